"""The value of `filter`: functions and references, in order."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.svg.values.color import CURRENT, parse_color
from svg2pptx_batch.svg.values.length import ZERO, Length, Unit, parse_length
from svg2pptx_batch.svg.values.number import parse_number_or_percentage
from svg2pptx_batch.svg.values.paint import local_id
from svg2pptx_batch.svg.values.transform import parse_angle


class FilterUrl(msgspec.Struct, frozen=True):
    """`url(#id)`: a filter element."""

    id: str


class Blur(msgspec.Struct, frozen=True):
    """`blur()`; the length is ≥ 0 and no percentage."""

    std_deviation: Length


class DropShadow(msgspec.Struct, frozen=True):
    """`drop-shadow()`; `color` is None for currentColor."""

    dx: Length
    dy: Length
    std_deviation: Length
    color: Color | None


class ColorFunction(msgspec.Struct, frozen=True):
    """A function of one amount.

    Attributes:
        name: brightness, contrast, grayscale, invert, opacity, saturate or sepia.
        amount: ≥ 0; clamped to 1 where the function has that limit.
    """

    name: str
    amount: float


class HueRotate(msgspec.Struct, frozen=True):
    """`hue-rotate()`, in degrees."""

    angle_deg: float


FilterFunction = FilterUrl | Blur | DropShadow | ColorFunction | HueRotate

_ITEM = re.compile(
    r"""\s*+(?:url\(\s*+(?:"([^"]*)"|'([^']*)'|([^"'()]*+))\s*+\)|([a-zA-Z-]+)"""
    r"""\(((?:[^()]|\([^()]*\))*)\))\s*+""",
    re.IGNORECASE,
)
_CLAMPED = {"grayscale", "invert", "opacity", "sepia"}
_OPEN = {"brightness", "contrast", "saturate"}
_WORD = re.compile(r"[a-zA-Z-]+\([^()]*\)|[^\s]+")


@lru_cache(maxsize=512)
def parse_filter(text: str) -> tuple[FilterFunction, ...] | None:
    """Return the filters in order of application; empty for `none`, None for a wrong value."""
    text = text.strip()
    if text.lower() == "none":
        return ()
    items: list[FilterFunction] = []
    at = 0
    while at < len(text):
        match = _ITEM.match(text, at)
        if match is None:
            return None
        address = next((group for group in match.groups()[:3] if group is not None), None)
        if address is not None:
            items.append(FilterUrl(local_id(address.strip())))
        else:
            item = _function(match[4].lower(), match[5].strip())
            if item is None:
                return None
            items.append(item)
        at = match.end()
    return tuple(items) or None


def _function(name: str, inner: str) -> FilterFunction | None:
    match name:
        case "blur":
            length = _distance(inner) if inner else ZERO
            return Blur(length) if length and length.number >= 0 else None
        case "hue-rotate":
            angle = parse_angle(inner) if inner else 0.0
            # Zero alone may go without a unit.
            bare = angle and not inner[-1].isalpha()
            return None if angle is None or bare else HueRotate(angle)
        case "drop-shadow":
            return _drop_shadow(inner)
    if name in _CLAMPED or name in _OPEN:
        amount = parse_number_or_percentage(inner) if inner else 1.0
        if amount is None or amount < 0:
            return None
        return ColorFunction(name, min(1.0, amount) if name in _CLAMPED else amount)
    return None


def _distance(word: str) -> Length | None:
    length = parse_length(word)
    return None if length is None or length.unit is Unit.PERCENT else length


def _drop_shadow(inner: str) -> DropShadow | None:
    lengths: list[Length] = []
    color: Color | None = None
    for word in _WORD.findall(inner):
        length = _distance(word)
        if length is not None:
            lengths.append(length)
            continue
        found = parse_color(word, CURRENT)
        if found is None or color is not None:
            return None
        color = found
    if not 2 <= len(lengths) <= 3 or (len(lengths) == 3 and lengths[2].number < 0):
        return None
    blur = lengths[2] if len(lengths) == 3 else ZERO
    return DropShadow(lengths[0], lengths[1], blur, None if color is CURRENT else color)
