import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svg2pptx_batch.graphics.arc import Arc, arc_to_cubics

coordinate = st.floats(-1000, 1000).map(lambda value: round(value, 3))
radius = st.floats(0.5, 500)


def at(p0, cubic, t):
    x1, y1, x2, y2, x, y = cubic
    s = 1 - t
    weights = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
    xs, ys = (p0[0], x1, x2, x), (p0[1], y1, y2, y)
    return (
        sum(w * v for w, v in zip(weights, xs, strict=True)),
        sum(w * v for w, v in zip(weights, ys, strict=True)),
    )


def test_half_circle_passes_its_top():
    cubics = arc_to_cubics((0, 0), Arc(50, 50, 0, False, True, (100, 0)))
    assert len(cubics) == 2
    assert cubics[0][4:] == pytest.approx((50, -50))
    assert cubics[-1][4:] == (100, 0)


@pytest.mark.parametrize(
    ("large", "sweep", "turn_deg"),
    [(False, True, 90), (False, False, -90), (True, True, 270), (True, False, -270)],
)
def test_flags_choose_among_the_four_arcs(large, sweep, turn_deg):
    start, end = (10.0, 0.0), (0.0, 10.0)
    cubics = arc_to_cubics(start, Arc(10, 10, 0, large, sweep, end))
    assert len(cubics) == math.ceil(abs(turn_deg) / 90)
    # Sum of the turning of the tangents from start to end.
    points = [start]
    for cubic in cubics:
        points += [at(points[-1], cubic, t / 8) for t in range(1, 9)]
    turning = 0.0
    for a, b, c in zip(points, points[1:], points[2:], strict=False):
        one = math.atan2(b[1] - a[1], b[0] - a[0])
        two = math.atan2(c[1] - b[1], c[0] - b[0])
        turning += (two - one + math.pi) % (2 * math.pi) - math.pi
    assert math.degrees(turning) == pytest.approx(turn_deg, abs=15)


def test_degenerate_arcs():
    assert arc_to_cubics((3, 4), Arc(5, 5, 0, True, True, (3, 4))) == ()
    assert arc_to_cubics((0, 0), Arc(0, 5, 0, True, True, (3, 4))) == ((0, 0, 3, 4, 3, 4),)


def test_small_radii_grow_to_reach_the_end():
    cubics = arc_to_cubics((0, 0), Arc(1, 1, 0, False, True, (100, 0)))
    assert cubics[0][4:] == pytest.approx((50, -50))


@given(
    st.tuples(coordinate, coordinate),
    st.tuples(coordinate, coordinate),
    st.tuples(radius, radius),
    st.floats(-720, 720),
    st.tuples(st.booleans(), st.booleans()),
)
def test_every_point_lies_on_one_ellipse(p, q, radii, rotation, flags):
    (x1, y1), (x2, y2), (rx, ry), (large, sweep) = p, q, radii, flags
    if math.hypot(x2 - x1, y2 - y1) < 0.01:
        return
    cubics = arc_to_cubics((x1, y1), Arc(rx, ry, rotation, large, sweep, (x2, y2)))
    assert 1 <= len(cubics) <= 4
    assert cubics[-1][4:] == (x2, y2)
    # Undo rotation and radii: what is left are points of a circle; three of them fix it.
    phi = math.radians(rotation)

    def unit(p):
        x, y = p
        return (
            (math.cos(phi) * x + math.sin(phi) * y) / rx,
            (math.cos(phi) * y - math.sin(phi) * x) / ry,
        )

    points, last = [], (x1, y1)
    for cubic in cubics:
        points += [unit(at(last, cubic, t)) for t in (0.0, 0.25, 0.5, 0.75)]
        last = cubic[4:]
    points.append(unit(last))
    (ax, ay), (bx, by), (cx, cy) = points[0], points[len(points) // 2], points[-1]
    d = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    if abs(d) < 1e-3:
        return
    a2, b2, c2 = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    ux = (a2 * (by - cy) + b2 * (cy - ay) + c2 * (ay - by)) / d
    uy = (a2 * (cx - bx) + b2 * (ax - cx) + c2 * (bx - ax)) / d
    size = math.hypot(ax - ux, ay - uy)
    for x, y in points:
        assert math.hypot(x - ux, y - uy) == pytest.approx(size, rel=2e-3, abs=1e-6)
