"""What runs in a worker: one input to one packed slide on disk.

Enters: an encoded `Setting`, the same for all tasks of a job, and an encoded `Order`, both small.
Leaves: an encoded `Converted` or `Refused` of a few hundred bytes; the slide goes into the job's
`objects` folder. A bad input is a value, never an exception; so is a defect of ours.
"""

from __future__ import annotations

import hashlib
import time
import traceback
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from svg2pptx_batch.batch.dependencies import Dependencies, RecordingLoader
from svg2pptx_batch.batch.inputs import InputFile, loader_for, parse_limits, read
from svg2pptx_batch.batch.messages import (
    WORKDIR_CODE,
    Converted,
    Order,
    Refused,
    Setting,
    decode_order,
    decode_setting,
    encode,
)
from svg2pptx_batch.batch.objects import ObjectWriter, StoredSlide
from svg2pptx_batch.batch.plan import Failure, defect, failure_of
from svg2pptx_batch.batch.report import TaskState, worst_first
from svg2pptx_batch.conversion import convert_svg
from svg2pptx_batch.deck import pack
from svg2pptx_batch.diagnostics import Diagnostic
from svg2pptx_batch.errors import Svg2PptxError
from svg2pptx_batch.executors.memory import memory_was_short
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.logs import name_task

if TYPE_CHECKING:
    from svg2pptx_batch.conversion import Conversion
    from svg2pptx_batch.svg.resources import ResourceLoader

_MAX_DIAGNOSTICS = 100
_MAX_A_KIND = 20


@lru_cache(maxsize=4)
def _context(setting: bytes) -> tuple[Setting, FontCatalog, ObjectWriter]:
    """Read a setting; once a process, and so are font catalogue and pack made."""
    decoded = decode_setting(setting)
    options = decoded.options
    fonts = FontCatalog(options.font_dirs, system=options.system_fonts)
    return decoded, fonts, ObjectWriter(decoded.objects)


def convert_task(argument: tuple[bytes, bytes]) -> bytes:
    """Convert one input and store its slide.

    Args:
        argument: An encoded `Setting` and an encoded `Order`.

    Returns:
        An encoded `TaskResult`.

    Raises:
        MemoryError: There was not enough memory; whoever runs the call judges that.
    """
    began = time.perf_counter()
    order = decode_order(argument[1])
    name_task(order.file.name)
    setting, fonts, objects = _context(argument[0])
    made = make(
        setting,
        order,
        fonts,
        lambda: read(order.file, setting.limits),
        lambda: loader_for(order.file, setting.options.resource_root),
        began,
    )
    if isinstance(made, bytes):
        return made
    conversion, packed, dependencies = made
    try:
        stored = objects.put(packed)
    except OSError as error:
        message = f"A slide cannot be stored in {setting.objects}: {error.strerror or error}."
        return _refuse(Failure(WORKDIR_CODE, message, state=TaskState.FAILED), began)
    return encode(converted(conversion, stored, dependencies, began))


def make(
    setting: Setting,
    order: Order,
    fonts: FontCatalog,
    source: Callable[[], bytes],
    loader: Callable[[], ResourceLoader],
    began: float,
) -> tuple[Conversion, bytes, Dependencies] | bytes:
    """Make a slide, wherever drawing and resources come from.

    Args:
        setting: What all tasks share.
        order: The task.
        fonts: What texts are set with.
        source: Gives the drawing's content.
        loader: Gives what reads on its behalf.
        began: When the task was begun, of `perf_counter`.

    Returns:
        The conversion, the packed slide and what it came of; or an encoded `Refused`.

    Raises:
        MemoryError: There was not enough memory.
    """
    try:
        questions = fonts.questions
        data = source()
        if hashlib.sha256(data).hexdigest() != order.digest:
            return _refuse(_changed(order.file), began)
        recording = RecordingLoader(loader())
        conversion = convert_svg(
            data,
            options=setting.options,
            slide=order.slide,
            fonts=fonts,
            loader=recording,
            name=order.file.name,
            limits=parse_limits(setting.limits),
            frame=setting.frame,
        )
        packed = pack(conversion.slide)
        asked = fonts.digest if fonts.questions > questions else ""
        return conversion, packed, Dependencies(asked, recording.references)
    except MemoryError:
        raise
    except Svg2PptxError as error:
        if memory_was_short():  # what libraries call an error of syntax, say, may be exhaustion
            raise MemoryError from error
        return _refuse(failure_of(error), began)
    except Exception as error:  # noqa: BLE001  the edge: whatever it is, it costs this file alone
        return _refuse(defect(f"{type(error).__name__}: {error}"), began, traceback.format_exc())


def compact(diagnostics: tuple[Diagnostic, ...]) -> tuple[tuple[Diagnostic, ...], int]:
    """Keep the first diagnostics of each kind, the worst before the others.

    Returns:
        Those kept, and how many were left out.
    """
    if len(diagnostics) < 2:
        return diagnostics, 0
    kinds: dict[str, int] = {}
    kept: list[Diagnostic] = []
    for diagnostic in worst_first(diagnostics):
        kinds[diagnostic.code] = kinds.get(diagnostic.code, 0) + 1
        if kinds[diagnostic.code] <= _MAX_A_KIND and len(kept) < _MAX_DIAGNOSTICS:
            kept.append(diagnostic)
    return tuple(kept), len(diagnostics) - len(kept)


def converted(
    conversion: Conversion, stored: StoredSlide, dependencies: Dependencies, began: float
) -> Converted:
    """Return what is told of a slide that is stored."""
    kept, more = compact(conversion.diagnostics)
    return Converted(
        stored,
        round(time.perf_counter() - began, 6),
        conversion.fidelity,
        kept,
        more,
        dependencies,
    )


def _refuse(failure: Failure, began: float, log: str = "") -> bytes:
    return encode(Refused(failure, round(time.perf_counter() - began, 6), log))


def _changed(file: InputFile) -> Failure:
    """Say that an input is another since it was planned."""
    return Failure(
        "changed",
        f"{file.source or file.name} changed while the job ran.",
        remedy="Convert it again.",
    )
