"""Points, sizes and axis-aligned rectangles, in user units unless a name says otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

Point = tuple[float, float]


class Size(NamedTuple):
    """Width and height."""

    width: float
    height: float


class Rect(NamedTuple):
    """An axis-aligned rectangle; width and height are ≥ 0."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def around(cls, points: Iterable[Point]) -> Rect:
        """Return the smallest rectangle that holds all points (at least one)."""
        xs, ys = zip(*points, strict=True)
        left, top = min(xs), min(ys)
        return cls(left, top, max(xs) - left, max(ys) - top)

    @property
    def right(self) -> float:
        """Largest x."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Largest y."""
        return self.y + self.height

    @property
    def center(self) -> Point:
        """Middle point."""
        return (self.x + self.width / 2, self.y + self.height / 2)

    @property
    def is_empty(self) -> bool:
        """Whether the rectangle has no area."""
        return self.width <= 0 or self.height <= 0

    def union(self, other: Rect) -> Rect:
        """Return the smallest rectangle that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Rect(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def intersection(self, other: Rect) -> Rect | None:
        """Return what both share, or None where they do not even touch."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Rect(x, y, right - x, bottom - y) if right >= x and bottom >= y else None

    def touches(self, other: Rect) -> bool:
        """Tell whether both share a point."""
        x, y, width, height = self
        left, top, across, down = other
        return left <= x + width and x <= left + across and top <= y + height and y <= top + down

    def holds(self, other: Rect, slack: float = 0.0) -> bool:
        """Tell whether another rectangle lies within, or sticks out by no more than `slack`."""
        return (
            self.x <= other.x + slack
            and self.y <= other.y + slack
            and self.right >= other.right - slack
            and self.bottom >= other.bottom - slack
        )

    def inflate(self, by: float) -> Rect:
        """Return the rectangle grown by `by` on every side."""
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)
