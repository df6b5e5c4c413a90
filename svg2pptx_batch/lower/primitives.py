"""Primitives: which shapes may stay presets on the slide."""

from __future__ import annotations

import math

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.clip import rectangle_of
from svg2pptx_batch.scene.nodes import (
    EllipsePrimitive,
    LinePrimitive,
    Primitive,
    RectPrimitive,
)

_KAPPA = 0.5522847498
_NEAR = 1e-3


def place_primitive(
    primitive: Primitive, m: Affine, *, upright: bool
) -> tuple[Primitive, Affine] | None:
    """Return a primitive on the slide.

    Args:
        primitive: In own space.
        m: Own space to slide px.
        upright: Whether a rotation is forbidden, as fills that do not turn with the shape ask.

    Returns:
        The primitive in slide px and the rotation about its centre (or identity); None where the
        map skews, or corners come out elliptical.
    """
    if type(primitive) is RectPrimitive and primitive.rx == primitive.ry == m.b == m.c == 0.0:
        x, y, width, height = primitive.rect  # most are
        cx, cy = m.apply(x + width / 2, y + height / 2)
        width, height = width * abs(m.a), height * abs(m.d)
        return RectPrimitive(Rect(cx - width / 2, cy - height / 2, width, height)), IDENTITY
    if isinstance(primitive, LinePrimitive):
        x1, y1 = m.apply(primitive.x1, primitive.y1)
        x2, y2 = m.apply(primitive.x2, primitive.y2)
        return LinePrimitive(x1, y1, x2, y2), IDENTITY
    if m.b == 0.0 and m.c == 0.0:
        sx, sy, turn = abs(m.a), abs(m.d), 0.0
    else:
        parts = m.decompose()
        if parts is None:
            return None
        sx, sy, turn = parts.scale_x, abs(parts.scale_y), parts.rotation_deg
    if isinstance(primitive, EllipsePrimitive):
        center = (primitive.cx, primitive.cy)
        width, height, radius = 2 * primitive.rx * sx, 2 * primitive.ry * sy, 0.0
    else:
        center = primitive.rect.center
        width, height = primitive.rect.width * sx, primitive.rect.height * sy
        radius = primitive.rx * sx
        if abs(radius - primitive.ry * sy) > 0.01 * max(radius, 1.0):
            return None
    quarters = turn / 90.0
    rotation = IDENTITY
    cx, cy = m.apply(*center)
    if not turn:
        pass
    elif abs(quarters - round(quarters)) < 1e-6:
        if round(quarters) % 2:
            width, height = height, width
    elif upright:
        return None
    elif isinstance(primitive, EllipsePrimitive) and abs(width - height) <= _NEAR * width:
        pass
    else:
        rotation = Affine.rotation(turn, cx, cy)
    if isinstance(primitive, EllipsePrimitive):
        return EllipsePrimitive(cx, cy, width / 2, height / 2), rotation
    rect = Rect(cx - width / 2, cy - height / 2, width, height)
    return RectPrimitive(rect, radius, radius), rotation


def recognise(path: Path) -> Primitive | None:
    """Return the axis-aligned rectangle or ellipse a path draws, or None.

    Args:
        path: Slide px.
    """
    if path.verbs in {"MLLLZ", "MLLLLZ"}:
        rect = rectangle_of(path)
        return None if rect is None or rect.is_empty else RectPrimitive(rect)
    if path.verbs == "MCCCCZ":
        return _ellipse_of(path)
    return None


def _ellipse_of(path: Path) -> EllipsePrimitive | None:
    """Return the ellipse that four cubics make, each a quarter."""
    xs, ys = path.coords[::2], path.coords[1::2]
    ends_x, ends_y = xs[::3], ys[::3]
    left, right, top, bottom = min(ends_x), max(ends_x), min(ends_y), max(ends_y)
    rx, ry = (right - left) / 2, (bottom - top) / 2
    if rx <= 0 or ry <= 0:
        return None
    cx, cy = left + rx, top + ry
    ux, uy = [(x - cx) / rx for x in xs], [(y - cy) / ry for y in ys]
    if math.dist((ux[0], uy[0]), (ux[12], uy[12])) > _NEAR:
        return None
    turns = set()
    for k in range(0, 12, 3):
        x0, y0, x3, y3 = ux[k], uy[k], ux[k + 3], uy[k + 3]
        # Quarters begin and end on the axes, a right angle apart.
        if min(abs(x0), abs(y0)) > _NEAR or abs(math.hypot(x0, y0) - 1) > _NEAR:
            return None
        cross = x0 * y3 - y0 * x3
        if abs(abs(cross) - 1) > _NEAR:
            return None
        turns.add(cross > 0)
        first = (x0 + _KAPPA * x3, y0 + _KAPPA * y3)
        second = (x3 + _KAPPA * x0, y3 + _KAPPA * y0)
        if (
            math.dist(first, (ux[k + 1], uy[k + 1])) > 4 * _NEAR
            or math.dist(second, (ux[k + 2], uy[k + 2])) > 4 * _NEAR
        ):
            return None
    return EllipsePrimitive(cx, cy, rx, ry) if len(turns) == 1 else None
