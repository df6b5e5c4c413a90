"""Gradients: SVG's vectors and circles to DrawingML's boxes.

A linear gradient has an exact form under any affine map; a radial one only where its circle stands
in the middle of the shape's box. Everything else becomes a picture inside the native outline.
"""

from __future__ import annotations

import math

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.sampling import encode_pixels, sample_circular, sample_gradient
from svg2pptx_batch.lower.stops import window
from svg2pptx_batch.scene.gradients import linearised
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    CircularGradient,
    LinearGradient,
    PictureFill,
    RadialGradient,
    SpreadMethod,
)

_MAX_ERROR = 4.0
_GRID = 48
_PICTURE_SIDE = 512
_PICTURE_SCALE = 2.0


def flat_color(gradient: LinearGradient | RadialGradient) -> Color | None:
    """Return the one colour of a gradient that has but one, or None."""
    first = gradient.stops[0].color
    if all(stop.color == first for stop in gradient.stops):
        return first
    return None


def axial(gradient: LinearGradient, to_slide: Affine, box: Rect) -> AxialGradient | Color | None:
    """Return a linear gradient as DrawingML has it: exact under any affine map.

    Args:
        gradient: In gradient space.
        to_slide: The shape's own space to slide px.
        box: The shape's box, slide px.

    Returns:
        A colour where the vector has no length, None where more than 100 stops are needed.
    """
    stops = linearised(gradient.stops) if gradient.linear_rgb else gradient.stops
    dx, dy = gradient.x2 - gradient.x1, gradient.y2 - gradient.y1
    square = dx * dx + dy * dy
    m = to_slide @ gradient.transform
    det = m.determinant
    if square <= 0 or not m.is_invertible or not math.isfinite(square):
        return stops[-1].color
    # g = A⁻ᵀ d / |d|²: the covector whose value along the slide is the gradient's parameter.
    gx = (m.d * dx - m.b * dy) / det / square
    gy = (m.a * dy - m.c * dx) / det / square
    px, py = m.apply(gradient.x1, gradient.y1)
    cx, cy = box.center
    middle = gx * (cx - px) + gy * (cy - py)
    half = (abs(gx) * box.width + abs(gy) * box.height) / 2
    if not math.isfinite(half) or half <= 0:
        return stops[-1].color
    found = window(stops, gradient.spread, middle - half, middle + half)
    if found is None:
        return None
    # Twice, because the remainder of a negative trifle is rounded up to the divisor itself.
    angle = math.degrees(math.atan2(gy, gx)) % 360.0 % 360.0
    return AxialGradient(angle, found)


def circular(
    gradient: RadialGradient, to_slide: Affine, box: Rect
) -> CircularGradient | Color | None:
    """Return a radial gradient as DrawingML has it, where that is near enough.

    Args:
        gradient: In gradient space.
        to_slide: The shape's own space to slide px.
        box: The shape's box, slide px.

    Returns:
        None where the predicted error is above 4/255, or the form does not fit.
    """
    m = to_slide @ gradient.transform
    if gradient.r <= 0 or not m.is_invertible:
        return gradient.stops[-1].color
    stops = linearised(gradient.stops) if gradient.linear_rgb else gradient.stops
    large, small = m.singular_values()
    center = m.apply(gradient.cx, gradient.cy)
    focus = m.apply(gradient.fx, gradient.fy)
    size = max(box.width, box.height)
    reach = math.hypot(box.width, box.height) / 2
    if size <= 0:
        return None
    middle = box.center
    off_center = max(math.dist(center, middle), math.dist(focus, middle)) / size
    exact = large <= 1.01 * small and off_center <= 0.005
    radius = gradient.r * math.sqrt(large * small)
    inner = gradient.fr * math.sqrt(large * small)
    # Parameter at the centre and at the corners of the box: t = (distance − fr) / (r − fr).
    if radius <= inner:
        return None
    low, high = -inner / (radius - inner), (reach - inner) / (radius - inner)
    if inner > 0 and gradient.spread is not SpreadMethod.PAD:
        return None
    found = window(stops, gradient.spread, low, high)
    if found is None:
        return None
    candidate = CircularGradient(found)
    if exact or _circular_error(candidate, gradient, to_slide, box) <= _MAX_ERROR:
        return candidate
    return None


def picture(gradient: LinearGradient | RadialGradient, to_slide: Affine, box: Rect) -> PictureFill:
    """Return a gradient painted over a box: at most 512 px a side, the same bytes every time.

    Args:
        gradient: In gradient space.
        to_slide: The shape's own space to slide px.
        box: The shape's box, slide px.
    """
    scale = min(_PICTURE_SCALE, _PICTURE_SIDE / max(box.width, box.height, 1e-6))
    width = max(1, min(_PICTURE_SIDE, math.ceil(box.width * scale)))
    height = max(1, min(_PICTURE_SIDE, math.ceil(box.height * scale)))
    return PictureFill(encode_pixels(sample_gradient(gradient, to_slide, box, width, height)))


def _circular_error(
    candidate: CircularGradient, gradient: RadialGradient, to_slide: Affine, box: Rect
) -> float:
    """Return the mean difference, 0…255, between what is meant and what would be drawn."""
    meant = sample_gradient(gradient, to_slide, box, _GRID, _GRID)
    drawn = sample_circular(candidate, box, _GRID, _GRID)
    color = abs(meant[..., :3] - drawn[..., :3]).mean()
    return float(max(color, abs(meant[..., 3] - drawn[..., 3]).mean()))
