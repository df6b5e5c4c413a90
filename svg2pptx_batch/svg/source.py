"""Bytes to XML text: gzip, byte-order marks, encodings, limits.

What leaves is UTF-8 whose XML declaration, if it would mislead the parser, has been blanked so that
lines keep their numbers. What the XML says is not this module's business.
"""

from __future__ import annotations

import codecs
import re
import zlib

import msgspec

from svg2pptx_batch.errors import LimitError, NotSvgError, XmlError


class ParseLimits(msgspec.Struct, frozen=True):
    """Bounds on one document.

    Attributes:
        max_bytes: Source, unpacked.
        max_depth: Elements within elements.
        max_nodes: Elements, comments and processing instructions.
        max_expansion: Characters that internal entities may expand to.
        max_css_bytes: Style sheets altogether.
    """

    max_bytes: int = 64 * 2**20
    max_depth: int = 1024
    max_nodes: int = 1_000_000
    max_expansion: int = 16 * 2**20
    max_css_bytes: int = 8 * 2**20


_GZIP = b"\x1f\x8b"
_LEAST_PIECE = 512
_PIECE = 4 * 2**20
_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][\w.:-]*)["']""")
_PLAIN = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
_REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7"}
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Which of the first four bytes are zero where the first two characters are ASCII.
_ZEROS: dict[tuple[bool, ...], str] = {
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}


def read_source(data: bytes, limits: ParseLimits) -> bytes:
    """Return a source as UTF-8, ready for the XML parser.

    Args:
        data: File content, possibly gzipped.
        limits: Bounds on its size.

    Raises:
        LimitError: It is larger than `limits.max_bytes`, unpacked.
        XmlError: Its gzip data are damaged.
        NotSvgError: It is empty.
    """
    if data[:2] == _GZIP:
        data = gunzip(data, limits.max_bytes)
    if len(data) > limits.max_bytes:
        raise _too_large(limits)
    if data[:4] == b"<svg":
        return data
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _recoded(data[len(mark) :], codec)
    if b"\0" in data[:4]:
        codec = _ZEROS.get(tuple(byte == 0 for byte in data[:4]), "utf-8")
        return _recoded(data, codec)
    head = data[:1024]
    declared = _ENCODING.search(head)
    if declared is not None and declared[1].lower() not in _PLAIN:
        return _recoded(data, declared[1].decode("ascii"))
    if head[:1].isspace():
        if not data.strip():
            raise _empty()
        return without_declaration(data)
    if not data:
        raise _empty()
    return data


def without_declaration(data: bytes) -> bytes:
    """Return the text with its XML declaration, and white space before it, blanked; lines stay."""
    match = _DECLARATION.match(data)
    if match is None:
        return data.lstrip(b" \t") if data[:1].isspace() else data
    return b"\n" * match[0].count(b"\n") + data[match.end() :]


def reread(data: bytes) -> bytes:
    """Return text that is not valid UTF-8, although it should be, as UTF-8.

    It is taken for Windows-1252, what files without a true declaration mostly are.
    """
    return without_declaration(_as_text(data, "cp1252").encode("utf-8", "replace"))


def gunzip(data: bytes, most: int) -> bytes:
    """Return the content of gzip data of any number of members.

    Raises:
        LimitError: It is larger than `most` bytes.
        XmlError: The data are damaged.
    """
    parts: list[bytes] = []
    left = most
    at = 0
    while data.startswith(_GZIP, at):
        unpacker = zlib.decompressobj(wbits=31)
        size = _LEAST_PIECE
        # In pieces that grow: what is left behind the end of a member is copied by zlib.
        while not unpacker.eof and at < len(data):
            piece = data[at : at + size]
            size = min(2 * size, _PIECE)
            try:
                part = unpacker.decompress(piece, left + 1)
            except zlib.error as error:
                raise XmlError(
                    f"The gzip data are damaged: {error}.",
                    remedy="Export or download the file again.",
                ) from error
            at += len(piece) - len(unpacker.unused_data)
            left -= len(part)
            if left < 0:
                raise _too_large(ParseLimits(max_bytes=most))
            parts.append(part)
        if not unpacker.eof:
            raise XmlError(
                "The gzip data end too early.", remedy="Export or download the file again."
            )
    return b"".join(parts)


def _recoded(data: bytes, name: str) -> bytes:
    """Return text of a named encoding as UTF-8, or as what it turns out to be."""
    try:
        codec = codecs.lookup(name).name.replace("-", "_")
    except LookupError:
        codec = "utf_8"
    wide = codec.startswith(("utf_16", "utf_32"))
    if codec in _REFUSED or (wide and b"\0" not in data[:64]):
        # A declaration that lies: a wide encoding has zero bytes among its first characters.
        codec = "utf_8"
    text = _as_text(data, codec)
    # Zero bytes and lone surrogates are no XML; the parser is to say so, with the line.
    return without_declaration(text.encode("utf-8", "replace"))


def _as_text(data: bytes, codec: str) -> str:
    for candidate in (codec, "utf_8", "cp1252"):
        try:
            return data.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def _too_large(limits: ParseLimits) -> LimitError:
    return LimitError(
        f"The file is larger than {limits.max_bytes:,} bytes.",
        remedy="Raise --max-file-size, or simplify the drawing.",
    )


def _empty() -> NotSvgError:
    return NotSvgError("The file is empty.", remedy="Export or download it again.")


_MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"RIFF", "a RIFF file (WebP picture?)"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself"),
)
_LFS_REMEDY = "Fetch the file itself with `git lfs pull`."


def describe_foreign(data: bytes) -> NotSvgError | None:
    """Return an error that says what a file really is, or None where nothing is recognised."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            lfs = "LFS" in name
            return NotSvgError(
                f"This is {name}.", remedy=_LFS_REMEDY if lfs else "Give the SVG itself."
            )
    start = data.lstrip()[:256].lower()
    if not start:
        return _empty()
    if start.startswith((b"<!doctype html", b"<html")):
        return NotSvgError(
            "This is an HTML page, perhaps an error page saved in the drawing's place.",
            remedy="Download the SVG itself.",
        )
    if start[:1] in b"{[":
        return NotSvgError("This is JSON or another data file.", remedy="Give the SVG itself.")
    if start[:1] != b"<":
        return NotSvgError("This is no XML.", remedy="Give an SVG file.")
    return None
