"""Text that may stand in XML: escaped, and freed of characters XML cannot hold."""

from __future__ import annotations

import re
from urllib.parse import quote

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

# What XML cannot hold; the same set as all but XML's own Char, which takes long to compile.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AWKWARD = re.compile('[&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]')
_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}
# Everything a URI may hold unescaped, and `%`, because addresses come encoded already.
_URI_SAFE = "%!#$&'()*+,/:;=?@[]~-._"


def escape(text: str) -> str:
    """Return text ready for an attribute value or element content.

    Args:
        text: Any string; lone surrogates and other characters outside XML 1.0's Char are left out.
    """
    if text.isalnum():  # which no illegal character is
        return text
    return _AWKWARD.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0], "")


def encode_uri(address: str) -> str:
    """Return an address with spaces and other characters foreign to URIs percent-encoded."""
    return quote(_ILLEGAL.sub("", address.strip()).encode("utf-8", "ignore"), safe=_URI_SAFE)
