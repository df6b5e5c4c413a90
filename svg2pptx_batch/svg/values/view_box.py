"""viewBox and preserveAspectRatio."""

from __future__ import annotations

import re
from functools import lru_cache

from svg2pptx_batch.graphics.fit import Fit, PreserveAspectRatio
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.svg.values.number import parse_number

_SEPARATOR = re.compile(r"[\s,]+")
_ALIGN = re.compile(r"x(Min|Mid|Max)Y(Min|Mid|Max)")
_FRACTION = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}


@lru_cache(maxsize=256)
def parse_view_box(text: str) -> Rect | None:
    """Return the view box, or None where the text is not four numbers or a side is negative.

    A side of zero is returned: it disables rendering, which is the caller's business.
    """
    numbers = [parse_number(item) for item in _SEPARATOR.split(text.strip().strip(","))]
    match numbers:
        case [float(x), float(y), float(width), float(height)] if width >= 0 and height >= 0:
            return Rect(x, y, width, height)
    return None


@lru_cache(maxsize=256)
def parse_preserve_aspect_ratio(text: str) -> PreserveAspectRatio:
    """Return alignment and fit; the default `xMidYMid meet` where the text is wrong or empty."""
    words = text.split()
    if words and words[0] == "defer":
        words = words[1:]
    if not words or len(words) > 2:
        return PreserveAspectRatio()
    if words[0] == "none":
        return PreserveAspectRatio(Fit.NONE)
    align = _ALIGN.fullmatch(words[0])
    fit = words[1] if len(words) == 2 else "meet"
    if align is None or fit not in ("meet", "slice"):
        return PreserveAspectRatio()
    return PreserveAspectRatio(Fit(fit), _FRACTION[align[1]], _FRACTION[align[2]])
