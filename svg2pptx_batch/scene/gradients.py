"""Gradients in other words: with more stops for linear light, and legal ones as SVG has them."""

from __future__ import annotations

import math
from itertools import pairwise

from svg2pptx_batch.graphics.color import Color, from_linear, to_linear
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    CircularGradient,
    LinearGradient,
    RadialGradient,
    Stop,
)

_LINEAR_STEPS = 8


def linearised(stops: tuple[Stop, ...]) -> tuple[Stop, ...]:
    """Return stops whose sRGB interpolation follows one in linear light.

    Each segment is divided into 8.
    """
    out = [stops[0]]
    for (t0, c0), (t1, c1) in pairwise(stops):
        if t1 > t0 and c0[:3] != c1[:3]:
            low, high = [to_linear(v) for v in c0[:3]], [to_linear(v) for v in c1[:3]]
            for step in range(1, _LINEAR_STEPS):
                k = step / _LINEAR_STEPS
                r, g, b = (from_linear(x + (y - x) * k) for x, y in zip(low, high, strict=True))
                alpha = c0.alpha + (c1.alpha - c0.alpha) * k
                out.append(Stop(t0 + (t1 - t0) * k, Color(r, g, b, alpha)))
        out.append(Stop(t1, c1))
    return tuple(out)


def as_gradient(
    paint: AxialGradient | CircularGradient, path: Path
) -> LinearGradient | RadialGradient:
    """Return a gradient of legal scenes as SVG has it."""
    box = path.bounds() or Rect(0.0, 0.0, 0.0, 0.0)
    x, y = box.center
    if isinstance(paint, CircularGradient):
        r = math.hypot(box.width, box.height) / 2
        return RadialGradient(x, y, r, x, y, 0.0, paint.stops)
    angle = math.radians(paint.angle_deg)
    cos, sin = math.cos(angle), math.sin(angle)
    half = (abs(cos) * box.width + abs(sin) * box.height) / 2
    return LinearGradient(
        x - cos * half, y - sin * half, x + cos * half, y + sin * half, paint.stops
    )
