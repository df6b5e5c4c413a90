"""The paint of `fill` and `stroke`, not yet looked up."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

import msgspec

from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.svg.values.color import hex_color, is_hex_color, parse_color


class NoPaint(msgspec.Struct, frozen=True):
    """`none`."""


class CurrentColor(msgspec.Struct, frozen=True):
    """`currentColor`: the `color` property where the paint is used."""


class ContextKind(StrEnum):
    """Which paint of the context element is meant."""

    FILL = "fill"
    STROKE = "stroke"


class ContextPaint(msgspec.Struct, frozen=True):
    """`context-fill` or `context-stroke`."""

    kind: ContextKind


class PaintServer(msgspec.Struct, frozen=True):
    """`url(#id)`, with what to do if it leads nowhere.

    Attributes:
        id: Fragment, percent-decoded; for an address outside the document, the whole address.
        fallback: None where the author gave none.
    """

    id: str
    fallback: NoPaint | CurrentColor | Color | None = None


PaintValue = NoPaint | CurrentColor | ContextPaint | Color | PaintServer

NO_PAINT = NoPaint()
CURRENT_COLOR = CurrentColor()

_URL = re.compile(
    r"""url\(\s*+(?:"([^"]*)"|'([^']*)'|([^"'()]*+))\s*+\)""", re.IGNORECASE | re.DOTALL
)


def parse_url(text: str) -> tuple[str, str] | None:
    """Split `url(…) rest` into the address and the rest; None where no url() stands in front."""
    match = _URL.match(text.strip())
    if match is None:
        return None
    address = next(group for group in match.groups() if group is not None)
    return address.strip(), text.strip()[match.end() :].strip()


def local_id(address: str) -> str:
    """Return the id of `#id`, percent-decoded; other addresses verbatim."""
    if not address.startswith("#"):
        return address
    identifier = address[1:]
    if "%" in identifier:
        from urllib.parse import unquote

        identifier = unquote(identifier)
    return identifier


@lru_cache(maxsize=4096)
def parse_paint(text: str) -> PaintValue | None:
    """Return the paint a text stands for, or None where it is none.

    A fallback that is wrong makes the whole value wrong, as in CSS; colours that depend on
    currentColor inside a function are taken with black.

    Source: SVG 2, 13.2.
    """
    text = text.strip()
    if text[:1] == "#" and is_hex_color(text):
        return hex_color(text)
    lower = text.lower()
    match lower:
        case "none":
            return NO_PAINT
        case "currentcolor":
            return CURRENT_COLOR
        case "context-fill":
            return ContextPaint(ContextKind.FILL)
        case "context-stroke":
            return ContextPaint(ContextKind.STROKE)
    if lower.startswith("url("):
        parts = parse_url(text)
        if parts is None:
            return None
        address, rest = parts
        if not rest:
            return PaintServer(local_id(address))
        if rest.lower().startswith("url("):
            return None
        # An ICC colour may follow a plain colour in SVG 1.1, but nothing reads it as a fallback.
        fallback = None if "icc-color(" in rest.lower() else parse_paint(rest)
        if fallback is None or isinstance(fallback, ContextPaint | PaintServer):
            return None
        return PaintServer(local_id(address), fallback)
    return parse_color(text)
