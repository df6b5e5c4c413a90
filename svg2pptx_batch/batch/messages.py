"""What parent and workers say to each other: small, typed, encoded.

A task function takes a pair of an encoded `Setting` and an encoded `Order` and returns an encoded
`Converted` or `Refused`. Slides go through files, never through here.
"""

from __future__ import annotations

import msgspec

from svg2pptx_batch.batch.dependencies import Dependencies
from svg2pptx_batch.batch.inputs import InputFile
from svg2pptx_batch.batch.objects import StoredSlide
from svg2pptx_batch.batch.plan import Failure
from svg2pptx_batch.diagnostics import Diagnostic
from svg2pptx_batch.frame import Frame
from svg2pptx_batch.options import ConvertOptions, Limits, SlideSize

WORKDIR_CODE = "workdir"
"""Code of the failure that is the job folder's, not the file's: the job must stop."""


class Setting(msgspec.Struct, frozen=True, array_like=True):
    """What all tasks of a job share.

    Attributes:
        options: What the slides are like.
        limits: Bounds on what is read.
        objects: Folder of the packed slides.
        frame: What the slides' layout leaves to a drawing.
    """

    options: ConvertOptions
    limits: Limits
    objects: str
    frame: Frame = Frame()


class Order(msgspec.Struct, frozen=True, array_like=True):
    """One task, as sent; fields as in `plan.Task`."""

    file: InputFile
    digest: str
    key: str
    slide: SlideSize


class Converted(msgspec.Struct, frozen=True, array_like=True, tag="done"):
    """A slide is stored.

    Attributes:
        slide: Where.
        seconds: Time it took.
        fidelity: Fidelity name to count.
        diagnostics: The first of each kind, warnings before remarks.
        more: How many further remarks were made.
        dependencies: What the slide came of beside its key.
    """

    slide: StoredSlide
    seconds: float
    fidelity: dict[str, int]
    diagnostics: tuple[Diagnostic, ...] = ()
    more: int = 0
    dependencies: Dependencies = Dependencies()


class Refused(msgspec.Struct, frozen=True, array_like=True, tag="refused"):
    """There is no slide.

    Attributes:
        failure: Why.
        seconds: Time it took.
        log: For developers: a traceback.
    """

    failure: Failure
    seconds: float
    log: str = ""


TaskResult = Converted | Refused

_ENCODER = msgspec.msgpack.Encoder()
_SETTINGS = msgspec.msgpack.Decoder(Setting)
_ORDERS = msgspec.msgpack.Decoder(Order)
_RESULTS: msgspec.msgpack.Decoder[TaskResult] = msgspec.msgpack.Decoder(TaskResult)


def encode(value: Setting | Order | TaskResult) -> bytes:
    """Return a message as bytes."""
    return _ENCODER.encode(value)


def decode_setting(data: bytes) -> Setting:
    """Read an encoded setting."""
    return _SETTINGS.decode(data)


def decode_order(data: bytes) -> Order:
    """Read an encoded order."""
    return _ORDERS.decode(data)


def decode_result(data: bytes) -> TaskResult:
    """Read what the task function returned."""
    return _RESULTS.decode(data)
