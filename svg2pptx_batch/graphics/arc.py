"""Elliptical arcs to cubic Béziers. Angles in degrees outside, radians inside."""

from __future__ import annotations

import math
from typing import NamedTuple

from svg2pptx_batch.graphics.rect import Point

Cubic = tuple[float, float, float, float, float, float]


class Arc(NamedTuple):
    """An elliptical arc in SVG's endpoint form.

    Attributes:
        rx: Radius along the rotated x axis, user units; the sign is ignored.
        ry: Radius along the rotated y axis, user units; the sign is ignored.
        rotation_deg: Of the x axis, clockwise.
        large: Whether the arc is the longer one (more than 180°).
        sweep: Whether it runs clockwise.
        end: Where it ends, user units.
    """

    rx: float
    ry: float
    rotation_deg: float
    large: bool
    sweep: bool
    end: Point


def arc_to_cubics(start: Point, arc: Arc) -> tuple[Cubic, ...]:
    """Approximate an elliptical arc by cubic Béziers.

    Args:
        start: Current point, user units.
        arc: Radii in user units, rotation in degrees, flags, end.

    Returns:
        0 to 4 cubics (x1, y1, x2, y2, x, y) of at most 90° each, within 0.03 % of the radius.
        Empty when the end is the start; a zero radius gives a straight line; radii too small are
        scaled up.

    Source: SVG 2, appendix B.2.4 and B.2.5.
    """
    (x1, y1), (x2, y2) = start, arc.end
    if x1 == x2 and y1 == y2:
        return ()
    rx, ry = abs(arc.rx), abs(arc.ry)
    if rx == 0.0 or ry == 0.0:
        return ((x1, y1, x2, y2, x2, y2),)
    phi = math.radians(arc.rotation_deg % 360.0)
    cos, sin = math.cos(phi), math.sin(phi)
    # The half chord in the ellipse's own axes, then on the unit circle.
    hx, hy = (x1 - x2) / 2, (y1 - y2) / 2
    ux, uy = (cos * hx + sin * hy) / rx, (cos * hy - sin * hx) / ry
    square = ux * ux + uy * uy
    if square > 1.0:
        grow = math.sqrt(square)
        rx, ry, ux, uy, square = rx * grow, ry * grow, ux / grow, uy / grow, 1.0
    if square == 0.0:
        return ((x1, y1, x2, y2, x2, y2),)
    reach = math.sqrt(max(0.0, 1.0 / square - 1.0))
    if arc.large == arc.sweep:
        reach = -reach
    # Centre on the unit circle's plane, relative to the chord's middle.
    px, py = reach * uy, -reach * ux
    theta = math.atan2(uy - py, ux - px)
    delta = math.atan2(-uy - py, -ux - px) - theta
    if arc.sweep and delta < 0:
        delta += 2 * math.pi
    elif not arc.sweep and delta > 0:
        delta -= 2 * math.pi
    cx = cos * rx * px - sin * ry * py + (x1 + x2) / 2
    cy = sin * rx * px + cos * ry * py + (y1 + y2) / 2
    pieces = max(1, math.ceil(abs(delta) / (math.pi / 2) - 1e-9))
    step = delta / pieces
    k = 4 / 3 * math.tan(step / 4)
    ax, ay, bx, by = cos * rx, sin * rx, -sin * ry, cos * ry
    cubics: list[Cubic] = []
    c0, s0 = math.cos(theta), math.sin(theta)
    for index in range(1, pieces + 1):
        angle = theta + index * step
        c1, s1 = math.cos(angle), math.sin(angle)
        p, q = c0 - k * s0, s0 + k * c0
        r, s = c1 + k * s1, s1 - k * c1
        x, y = arc.end
        if index < pieces:
            x, y = cx + ax * c1 + bx * s1, cy + ay * c1 + by * s1
        x1, y1 = cx + ax * p + bx * q, cy + ay * p + by * q
        x2, y2 = cx + ax * r + bx * s, cy + ay * r + by * s
        cubics.append((x1, y1, x2, y2, x, y))
        c0, s0 = c1, s1
    return tuple(cubics)
