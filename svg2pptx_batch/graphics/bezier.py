"""Bézier curves: extrema, splitting, flattening. Coordinates in, coordinates out; no paths here."""

from __future__ import annotations

import math
from collections.abc import Iterator


def quadratic_extrema(p0: float, p1: float, p2: float) -> Iterator[float]:
    """Yield the inner extreme value of one coordinate of a quadratic, if it has one."""
    denominator = p0 - 2 * p1 + p2
    if denominator:
        t = (p0 - p1) / denominator
        if 0 < t < 1:
            yield (1 - t) * (1 - t) * p0 + 2 * (1 - t) * t * p1 + t * t * p2


def cubic_extrema(p0: float, p1: float, p2: float, p3: float) -> Iterator[float]:
    """Yield the inner extreme values (0 to 2) of one coordinate of a cubic."""
    a = p3 - 3 * p2 + 3 * p1 - p0
    b = 2 * (p2 - 2 * p1 + p0)
    c = p1 - p0
    if abs(a) < 1e-12 * (abs(b) + abs(c)):
        roots = [-c / b] if b else []
    else:
        disc = b * b - 4 * a * c
        if disc < 0:
            return
        # The stable form: no cancellation between b and the root.
        q = -0.5 * (b + math.copysign(math.sqrt(disc), b))
        roots = [q / a] + ([c / q] if q else [])
    for t in roots:
        if 0 < t < 1:
            s = 1 - t
            yield s * s * s * p0 + 3 * s * s * t * p1 + 3 * s * t * t * p2 + t * t * t * p3
