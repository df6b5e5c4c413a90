"""Affine maps of the plane, in SVG's own notation.

A map sends (x, y) to (a·x + c·y + e, b·x + d·y + f); y points down, positive angles turn clockwise.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from svg2pptx_batch.graphics.rect import Point, Rect


class Decomposition(NamedTuple):
    """translate · rotate · scale of a map whose columns are orthogonal.

    Attributes:
        scale_x: Length of the first column, ≥ 0.
        scale_y: Signed: negative where the map mirrors.
        rotation_deg: Clockwise, −180…180.
    """

    scale_x: float
    scale_y: float
    rotation_deg: float


class Affine(NamedTuple):
    """A 2×3 matrix; `m @ n` applies n first, as SVG's transform lists do."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    @classmethod
    def translation(cls, x: float, y: float) -> Affine:
        """Return the map that moves by (x, y)."""
        return cls(1.0, 0.0, 0.0, 1.0, x, y)

    @classmethod
    def scaling(cls, x: float, y: float | None = None) -> Affine:
        """Return the map that scales by x and y (x for both if y is None) about the origin."""
        return cls(x, 0.0, 0.0, x if y is None else y, 0.0, 0.0)

    @classmethod
    def rotation(cls, degrees: float, cx: float = 0.0, cy: float = 0.0) -> Affine:
        """Return the clockwise turn by `degrees` about (cx, cy); exact at right angles."""
        quarter = degrees % 360.0
        exact = {0.0: (1.0, 0.0), 90.0: (0.0, 1.0), 180.0: (-1.0, 0.0), 270.0: (0.0, -1.0)}
        cos, sin = exact.get(quarter) or (
            math.cos(math.radians(degrees)),
            math.sin(math.radians(degrees)),
        )
        return cls(cos, sin, -sin, cos, cx - cos * cx + sin * cy, cy - sin * cx - cos * cy)

    @classmethod
    def skewing(cls, x_deg: float, y_deg: float) -> Affine:
        """Return skewX(x_deg) · skewY(0) for y_deg = 0, and the like."""
        return cls(1.0, math.tan(math.radians(y_deg)), math.tan(math.radians(x_deg)), 1.0, 0.0, 0.0)

    def __matmul__(self, other: Affine) -> Affine:
        """Return self ∘ other."""
        a, b, c, d, e, f = self
        oa, ob, oc, od, oe, of = other
        return Affine(
            a * oa + c * ob,
            b * oa + d * ob,
            a * oc + c * od,
            b * oc + d * od,
            a * oe + c * of + e,
            b * oe + d * of + f,
        )

    def apply(self, x: float, y: float) -> Point:
        """Return the image of a point."""
        return (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)

    def apply_vector(self, x: float, y: float) -> Point:
        """Return the image of a direction: the linear part alone."""
        return (self.a * x + self.c * y, self.b * x + self.d * y)

    def apply_rect(self, rect: Rect) -> Rect:
        """Return the axis-aligned box of a rectangle's image."""
        a, b, c, d, e, f = self
        left, top, width, height = rect
        right, bottom = left + width, top + height
        if b == 0.0 and c == 0.0:
            xs = [a * left + e, a * right + e]
            ys = [d * top + f, d * bottom + f]
        else:
            corners = (left, top), (left, bottom), (right, top), (right, bottom)
            xs = [a * x + c * y + e for x, y in corners]
            ys = [b * x + d * y + f for x, y in corners]
        left, top = min(xs), min(ys)
        return Rect(left, top, max(xs) - left, max(ys) - top)

    @property
    def determinant(self) -> float:
        """Signed area scale."""
        return self.a * self.d - self.b * self.c

    @property
    def is_identity(self) -> bool:
        """Whether the map moves nothing, exactly."""
        return self is IDENTITY or self == IDENTITY

    @property
    def is_invertible(self) -> bool:
        """Whether the map keeps an area: finite and not degenerate."""
        a, b, c, d, e, f = self
        det = a * d - b * c
        return abs(det) > 1e-18 and math.isfinite(det) and math.isfinite(e + f)

    def inverse(self) -> Affine:
        """Return the inverse map.

        Raises:
            ZeroDivisionError: The map is singular; ask `is_invertible` first.
        """
        det = self.determinant
        a, b, c, d, e, f = self
        return Affine(
            d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det
        )

    @property
    def mean_scale(self) -> float:
        """√|det|: the scale of a similarity, the mean one of other maps."""
        return math.sqrt(abs(self.determinant))

    def singular_values(self) -> tuple[float, float]:
        """Return the largest and the smallest stretch of a unit vector."""
        p = (self.a + self.d) / 2, (self.b - self.c) / 2
        q = (self.a - self.d) / 2, (self.b + self.c) / 2
        r, s = math.hypot(*p), math.hypot(*q)
        return r + s, abs(r - s)

    @property
    def is_similarity(self) -> bool:
        """Whether lengths scale alike in every direction, within 0.01 %."""
        large, small = self.singular_values()
        return large - small <= 1e-4 * large

    def decompose(self) -> Decomposition | None:
        """Split into translate · rotate · scale; None where the map skews or is singular.

        Source: SVG 2, 8.4; orthogonal means |ac + bd| ≤ 1e-4 · |(a, b)| · |(c, d)|.
        """
        sx, sy = math.hypot(self.a, self.b), math.hypot(self.c, self.d)
        if not self.is_invertible or abs(self.a * self.c + self.b * self.d) > 1e-4 * sx * sy:
            return None
        return Decomposition(sx, self.determinant / sx, math.degrees(math.atan2(self.b, self.a)))


IDENTITY = Affine()
