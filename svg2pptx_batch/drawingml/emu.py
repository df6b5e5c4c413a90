"""DrawingML's integers: px, degrees and fractions in, rounded once."""

from __future__ import annotations

from typing import NamedTuple

from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.options import EMU_PER_PX

FULL_TURN = 21_600_000


class Box(NamedTuple):
    """A box in EMU; right ≥ left, bottom ≥ top."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Horizontal extent."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Vertical extent."""
        return self.bottom - self.top

    def union(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def emu(px: float) -> int:
    """Return a length in EMU."""
    return round(px * EMU_PER_PX)


def box_of(rect: Rect) -> Box:
    """Return a rectangle of px in EMU, edges rounded."""
    x, y, width, height = rect
    return Box(
        round(x * EMU_PER_PX),
        round(y * EMU_PER_PX),
        round((x + width) * EMU_PER_PX),
        round((y + height) * EMU_PER_PX),
    )


def angle(degrees: float) -> int:
    """Return an angle in 1/60000°, 0…21599999."""
    return round(degrees * 60_000) % FULL_TURN


def percent(fraction: float) -> int:
    """Return a fraction in 1/1000 %: 1 gives 100000."""
    return round(fraction * 100_000)
