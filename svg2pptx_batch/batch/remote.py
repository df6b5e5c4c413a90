"""What a cluster's worker does for one input: plain data in, plain data out, no files of the job.

The drawing comes along, or is read where the worker sees the same file or address. What it refers
to is asked for: a first attempt tells which files are missed, and the next one has them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from svg2pptx_batch.batch.fingerprint import converter_fingerprint
from svg2pptx_batch.batch.inputs import read
from svg2pptx_batch.batch.messages import Order, Setting, decode_order, decode_setting, encode
from svg2pptx_batch.batch.objects import StoredSlide
from svg2pptx_batch.batch.storage import Storage
from svg2pptx_batch.batch.worker import converted, make
from svg2pptx_batch.errors import Svg2PptxError
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.logs import name_task
from svg2pptx_batch.options import ConvertOptions
from svg2pptx_batch.svg.resources import Resource, ResourceError, decode_data
from svg2pptx_batch.version import __version__


class Sent(msgspec.Struct, frozen=True, array_like=True):
    """A file that a drawing refers to, or why there is none.

    Attributes:
        data: Its content.
        media_type: As of `Resource`.
        name: Likewise.
        error: What was said where nothing could be read; empty otherwise.
        remedy: What helps then.
    """

    data: bytes = b""
    media_type: str = ""
    name: str = ""
    error: str = ""
    remedy: str = ""


class Wanted(msgspec.Struct, frozen=True, array_like=True, tag="wanted"):
    """The slide cannot be made yet.

    Attributes:
        drawing: Whether the drawing itself is missed.
        references: Addresses of what it refers to, as written.
    """

    drawing: bool
    references: tuple[str, ...] = ()


RemoteArgument = tuple[bytes, bytes, bytes | None, bytes]
"""An encoded `Setting` and `Order`, the drawing or None, and what it refers to by its address."""

RemoteValue = tuple[bytes, bytes]
"""An encoded `TaskResult`, or `Wanted`; and the packed slide, empty where there is none."""

_ENCODER = msgspec.msgpack.Encoder()
_SENT = msgspec.msgpack.Decoder(dict[str, Sent])
_WANTED = msgspec.msgpack.Decoder(Wanted)


def encode_sent(sent: Mapping[str, Sent]) -> bytes:
    """Return what a drawing refers to as bytes."""
    return _ENCODER.encode(sent)


def decode_wanted(data: bytes) -> Wanted | None:
    """Read what is wanted; None where it is a result."""
    try:
        return _WANTED.decode(data)
    except msgspec.ValidationError:
        return None


def traits(about: bytes) -> dict[str, str]:
    """Return what has to be the same on all machines for slides to be.

    Args:
        about: Encoded options.
    """
    return {
        f"version ({__version__} is wanted)": __version__,
        "converter, or other libraries": converter_fingerprint(),
        "set of fonts": _fonts(about).portable_digest,
    }


def encode_options(options: ConvertOptions) -> bytes:
    """Return what fonts depend on as bytes."""
    return _ENCODER.encode((options.font_dirs, options.system_fonts))


def _fonts(about: bytes) -> FontCatalog:
    folders, system = msgspec.msgpack.decode(about, type=tuple[tuple[str, ...], bool])
    return FontCatalog(folders, system=system)


@lru_cache(maxsize=4)
def _context(setting: bytes) -> tuple[Setting, FontCatalog]:
    decoded = decode_setting(setting)
    return decoded, _fonts(encode_options(decoded.options))


def convert_remote(argument: RemoteArgument) -> RemoteValue:
    """Convert one input; see `worker.convert_task`.

    Raises:
        MemoryError: There was not enough memory; whoever runs the call judges that.
    """
    began = time.perf_counter()
    encoded_setting, encoded_order, data, resources = argument
    order = decode_order(encoded_order)
    name_task(order.file.name)
    setting, fonts = _context(encoded_setting)
    if data is None:
        data = _own_reading(order, setting)
        if data is None:
            return _ENCODER.encode(Wanted(drawing=True)), b""
    loader = _SentLoader(_SENT.decode(resources))
    drawing = data
    made = make(setting, order, fonts, lambda: drawing, lambda: loader, began)
    if loader.wanted:
        return _ENCODER.encode(Wanted(drawing=False, references=tuple(loader.wanted))), b""
    if isinstance(made, bytes):
        return made, b""
    conversion, packed, dependencies = made
    stored = StoredSlide("", 0, len(packed), hashlib.sha256(packed).hexdigest())
    return encode(converted(conversion, stored, dependencies, began)), packed


def _own_reading(order: Order, setting: Setting) -> bytes | None:
    """Return the drawing where this machine can read it, by its address or under its path.

    None where it cannot, or finds another drawing there.
    """
    file = order.file
    try:
        if file.address and not file.archive:
            data = Storage(file.address).content(file.size_bytes)
        else:
            data = read(file, setting.limits)
    except Svg2PptxError:  # no driver or no credentials here, or no such file
        return None
    return data if hashlib.sha256(data).hexdigest() == order.digest else None


class _SentLoader:
    """Hands out what was sent, and notes what was not.

    Args:
        sent: By address as written.

    Attributes:
        wanted: Addresses that were asked for in vain, each once.
    """

    def __init__(self, sent: Mapping[str, Sent]) -> None:
        self._sent = sent
        self.wanted: dict[str, None] = {}

    def load(self, href: str) -> Resource:
        """See `svg.resources.ResourceLoader.load`."""
        if href.lstrip()[:5].lower() == "data:":
            return decode_data(href.strip())
        found = self._sent.get(href)
        if found is None:
            self.wanted[href] = None
            raise ResourceError("It was not sent.", "Convert with --executor local.")
        if found.error:
            raise ResourceError(found.error, found.remedy)
        return Resource(found.data, found.media_type, found.name)
