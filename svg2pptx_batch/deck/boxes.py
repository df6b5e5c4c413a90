"""Where a shape of a layout stands."""

from __future__ import annotations

import math
import re
from typing import Any, Final, NamedTuple

from svg2pptx_batch.drawingml.xml import A, P
from svg2pptx_batch.options import SlideSize

_A: Final = f"{{{A}}}"
_P: Final = f"{{{P}}}"
_NUMBER: Final = re.compile(r"-?\d{1,15}", re.ASCII)
_FULL_TURN: Final = 21_600_000


class Box(NamedTuple):
    """A rectangle along the axes; in EMU, or as fractions of the slide."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def share(self) -> float:
        """Its area; as fractions, the share of the slide it covers."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def within(self, slide: SlideSize) -> Box:
        """Return a box of EMU as fractions of the slide, cut to it."""
        width, height = slide
        edges = self.left / width, self.top / height, self.right / width, self.bottom / height
        return Box(*(min(1.0, max(0.0, edge)) for edge in edges))


def box_of(shape: Any) -> Box | None:
    """Return the box that holds a shape as it is turned, EMU.

    Args:
        shape: Its element, of lxml.

    Returns:
        None if it says no box, or one turned inside out.
    """
    for path in (f"{_P}spPr/{_A}xfrm", f"{_P}xfrm", f"{_P}grpSpPr/{_A}xfrm"):
        frame = shape.find(path)
        if frame is not None:
            return _box_of_frame(frame)
    return None


def _box_of_frame(frame: Any) -> Box | None:
    corner, extent = frame.find(f"{_A}off"), frame.find(f"{_A}ext")
    if corner is None or extent is None:
        return None
    texts = [corner.get("x"), corner.get("y"), extent.get("cx"), extent.get("cy")]
    if not all(text is not None and _NUMBER.fullmatch(text) for text in texts):
        return None
    left, top, width, height = map(int, texts)
    if width < 0 or height < 0:
        return None
    turn = frame.get("rot", "0")
    angle = int(turn) / _FULL_TURN * math.tau if _NUMBER.fullmatch(turn) else 0.0
    sine, cosine = abs(math.sin(angle)), abs(math.cos(angle))
    half_wide = round(width * cosine + height * sine) / 2
    half_high = round(width * sine + height * cosine) / 2
    middle, centre = left + width / 2, top + height / 2
    return Box(middle - half_wide, centre - half_high, middle + half_wide, centre + half_high)
