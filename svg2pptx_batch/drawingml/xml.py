"""Text that may stand in XML: escaped, and freed of characters XML cannot hold."""

from __future__ import annotations

import re
from urllib.parse import quote

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile('[&<>"\t\n\r]')
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
    if not text.isalnum():
        text = _ILLEGAL.sub("", text)
        return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)
    return text if text.isascii() else _ILLEGAL.sub("", text)


def encode_uri(address: str) -> str:
    """Return an address with spaces and other characters foreign to URIs percent-encoded."""
    return quote(_ILLEGAL.sub("", address.strip()).encode("utf-8", "ignore"), safe=_URI_SAFE)
