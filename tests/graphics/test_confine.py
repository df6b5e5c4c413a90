"""Outlines that lead far beyond a rectangle: the same inside, nothing outside."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svg2pptx_batch.graphics.boolean import intersect
from svg2pptx_batch.graphics.confine import confined
from svg2pptx_batch.graphics.path import Path, rect_path
from svg2pptx_batch.graphics.rect import Rect

NEAR = Rect(-10, -10, 40, 40)
INSIDE = Rect(0, 0, 20, 20)


def winding(path: Path, x: float, y: float) -> int:
    """Return how often a path of lines goes around a point."""
    turns = 0
    for part in path.subpaths():
        points = list(zip(part.coords[::2], part.coords[1::2], strict=True))
        for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
            side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
            if y0 <= y < y1 and side > 0:
                turns += 1
            elif y1 <= y < y0 and side < 0:
                turns -= 1
    return turns


@pytest.mark.parametrize("far", [1e3, 1e6, 1e12, 1e30, 1e308])
@pytest.mark.parametrize("closed", ["", "Z"])
def test_a_spike_that_leads_far_away_keeps_its_shape_where_it_is_seen(far, closed):
    spike = Path("MLLL" + closed, (4.0, 4.0, -far, 10.0, 4.0, 16.0, 16.0, 10.0))
    near = confined(spike, NEAR, filled=True)
    assert max(map(abs, near.coords)) <= 30
    seen = intersect(near, rect_path(INSIDE))
    # As good as parallel to the axis: its sides leave at 4 and at 16.
    box = seen.bounds()
    assert box is not None
    assert (box.x, box.right) == pytest.approx((0, 16), abs=1e-3)
    assert (box.y, box.bottom) == pytest.approx((4, 16), abs=60 / far + 1e-3)


def test_what_is_near_stays_as_it_is():
    path = Path("MLQCZ", (0.0, 0.0, 5.0, 0.0, 6.0, 1.0, 7.0, 7.0, 1.0, 2.0, 3.0, 4.0, 0.0, 9.0))
    near = confined(path, NEAR, filled=True)
    assert near.coords[: len(path.coords)] == path.coords
    assert near.verbs == "MLQCLZ"  # the line that closes it is written


def test_a_curve_is_cut_where_it_leaves():
    bow = Path("MC", (0.0, 10.0, 10.0, -1e9, 10.0, -1e9, 20.0, 10.0))
    near = confined(bow, NEAR, filled=False)
    box = near.bounds()
    assert box is not None
    assert box.y == -10
    assert box.bottom == 10
    assert "C" in near.verbs
    assert len(near.verbs) < 150


far = st.one_of(st.floats(-40, 40), st.floats(-1e9, 1e9)).map(lambda value: round(value, 3))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(far, far), min_size=3, max_size=8), st.booleans())
def test_points_inside_keep_their_winding_numbers(points, closed):
    path = Path(
        "M" + "L" * (len(points) - 1) + "Z" * closed, tuple(c for point in points for c in point)
    )
    near = confined(path, NEAR, filled=True)
    assert all(-10 <= c <= 30 for c in near.coords)
    for x, y in ((1.2345, 2.3456), (10.111, 10.222), (18.987, 3.21), (7.7, 19.19)):
        close = min(
            math.dist((x, y), _nearest(x, y, *a, *b))
            for a, b in zip(points, [*points[1:], points[0]], strict=True)
        )
        if close > 1e-3:
            assert winding(near, x, y) == winding(path, x, y)


def _nearest(x, y, x0, y0, x1, y1):
    along = (x1 - x0) ** 2 + (y1 - y0) ** 2
    t = 0.0 if along == 0 else max(0, min(1, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / along))
    return x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
