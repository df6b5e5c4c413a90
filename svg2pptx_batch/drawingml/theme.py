"""Colours of the theme: a slide's colours that equal one of them, or nearly, are called by name.

Everything the writer has drawn is rewritten by one pass over the finished XML: colours stand in it
in one form, and no text can look like one, because texts are escaped.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

_COLOR = re.compile(rb'<a:srgbClr val="([0-9A-F]{6})"(?:/>|>(.*?)</a:srgbClr>)')
_WHITE_D65 = (0.95047, 1.0, 1.08883)

Colors = tuple[tuple[str, str], ...]


class Themed(NamedTuple):
    """A slide with colours of the theme.

    Attributes:
        xml: The slide part.
        changed: How many colours became others, which are near.
    """

    xml: bytes
    changed: int


def themed(xml: bytes, colors: Colors, tolerance: float) -> Themed:
    """Return a slide whose colours are the theme's where they are near enough.

    Args:
        xml: The slide part.
        colors: Those of the theme, `RRGGBB` and name.
        tolerance: Largest distance that counts as near, CIE 1976 ΔE, ≥ 0.
    """
    changed: set[bytes] = set()

    def renamed(match: re.Match[bytes]) -> bytes:
        found = _nearest(match[1].decode(), colors, tolerance)
        if found is None:
            return match[0]
        value, name = found
        if value.encode() != match[1]:
            changed.add(match[1])
        if match[2] is None:
            return f'<a:schemeClr val="{name}"/>'.encode()
        return b'<a:schemeClr val="%b">%b</a:schemeClr>' % (name.encode(), match[2])

    return Themed(_COLOR.sub(renamed, xml) if colors else xml, len(changed))


@lru_cache(maxsize=4096)
def _nearest(color: str, colors: Colors, tolerance: float) -> tuple[str, str] | None:
    """Return value and name of the nearest colour, None where none is near enough."""
    for known in colors:
        if known[0] == color:
            return known
    if tolerance <= 0:
        return None
    here = _lab(color)
    distance, nearest = min((math.dist(here, _lab(known[0])), known) for known in colors)
    return nearest if distance <= tolerance else None


@lru_cache(maxsize=4096)
def _lab(color: str) -> tuple[float, float, float]:
    """Return a colour in CIE L*a*b*, D65.

    Source: CIE 15, 8.2.1; sRGB by IEC 61966-2-1.
    """
    r, g, b = (_light(int(color[at : at + 2], 16) / 255) for at in (0, 2, 4))
    rows = (
        (0.4124564, 0.3575761, 0.1804375),
        (0.2126729, 0.7151522, 0.0721750),
        (0.0193339, 0.1191920, 0.9503041),
    )
    x, y, z = (
        _root((p * r + q * g + s * b) / white)
        for (p, q, s), white in zip(rows, _WHITE_D65, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _light(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _root(value: float) -> float:
    return float(value ** (1 / 3)) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116
