"""What the first bytes of a file say it is, where its name does not tell."""

from __future__ import annotations

import re
import zlib

HEAD_BYTES = 4096
"""How much of a file is enough."""

_SVG_TAG = re.compile(rb"<(?:[\w.-]+:)?svg[\s>/]", re.IGNORECASE)
_SIGNATURES = (
    (b"\x89PNG", "it is a PNG picture"),
    (b"\xff\xd8\xff", "it is a JPEG picture"),
    (b"GIF8", "it is a GIF picture"),
    (b"%PDF", "it is a PDF document"),
    (b"PK\x03\x04", "it is a ZIP archive"),
    (b"Rar!", "it is a RAR archive"),
    (b"7z\xbc\xaf", "it is a 7z archive"),
    (b"\x1f\x8b", "it is packed with gzip and holds no SVG"),
    (b"{", "it looks like JSON"),
    (b"[", "it looks like JSON"),
)


def is_zip(head: bytes) -> bool:
    """Tell whether a file's first bytes are those of a ZIP archive, an empty one too."""
    return head[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def looks_like_svg(head: bytes) -> bool:
    """Tell whether a file's first bytes are those of an SVG, packed with gzip or not."""
    return _SVG_TAG.search(_plain(head)) is not None


def looks_like(head: bytes) -> str:
    """Return half a sentence on what a file is that is no SVG."""
    if not head.strip():
        return "it is empty"
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            return what
    if b"<html" in head.lower():
        return "it is a web page"
    return "no <svg> element stands at its beginning"


def _plain(head: bytes) -> bytes:
    """Unpack gzip and drop the zero bytes of UTF-16, so that tags can be looked for."""
    if head[:2] == b"\x1f\x8b":
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
        except zlib.error:
            return b""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[:4].count(0):
        return head.replace(b"\0", b"")
    return head
