import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svg2pptx_batch.graphics.measure import PathMeasure, path_length
from svg2pptx_batch.graphics.path import Path, ellipse_path


def test_length_of_lines_counts_closing_and_skips_gaps():
    assert path_length(Path("MLLZMML", (0, 0, 3, 0, 3, 4, 9, 9, 50, 50, 60, 50))) == pytest.approx(
        22
    )


def test_circle():
    assert path_length(ellipse_path(0, 0, 10, 10)) == pytest.approx(2 * math.pi * 10, rel=5e-4)


def test_quadratic_against_its_closed_form():
    # y = x² from 0 to 1 has length √5 / 2 + asinh(2) / 4.
    length = path_length(Path("MQ", (0, 0, 0.5, 0, 1, 1)))
    assert length == pytest.approx(math.sqrt(5) / 2 + math.asinh(2) / 4, rel=1e-6)


def test_places_on_a_corner_path():
    measure = PathMeasure(Path("MLL", (0, 0, 10, 0, 10, 10)))
    assert measure.at(0) == (0, 0, 0)
    assert measure.at(5) == (5, 0, 0)
    assert measure.at(15) == pytest.approx((10, 5, 90))
    assert measure.at(20) == pytest.approx((10, 10, 90))
    assert measure.at(-1) is None
    assert measure.at(20.1) is None


def test_nothing_to_measure():
    assert PathMeasure(Path("ML", (1, 1, 1, 1))).at(0) is None
    assert path_length(Path("", ())) == 0


def test_direction_where_a_curve_starts_with_doubled_points():
    location = PathMeasure(Path("MC", (0, 0, 0, 0, 10, 10, 10, 10))).at(0)
    assert location.angle_deg == pytest.approx(45, abs=0.1)


coordinate = st.floats(-100, 100).map(lambda value: round(value, 3))


@given(st.lists(coordinate, min_size=8, max_size=8), st.floats(0, 1))
def test_distance_along_a_cubic_is_that_asked_for(points, share):
    path = Path("MC", tuple(points))
    measure = PathMeasure(path)
    place = measure.at(share * measure.length)
    if place is None:
        assert measure.length == 0
        return
    # Walk the curve in small steps up to the place found.
    x0, y0, x1, y1, x2, y2, x3, y3 = points
    best, walked, last = math.inf, 0.0, (x0, y0)
    for step in range(1, 1001):
        t = step / 1000
        s = 1 - t
        here = (
            s**3 * x0 + 3 * s * s * t * x1 + 3 * s * t * t * x2 + t**3 * x3,
            s**3 * y0 + 3 * s * s * t * y1 + 3 * s * t * t * y2 + t**3 * y3,
        )
        walked += math.dist(last, here)
        last = here
        miss = math.dist(here, place[:2]) + abs(walked - share * measure.length)
        best = min(best, miss)
    start = math.dist((x0, y0), place[:2]) + share * measure.length
    assert min(best, start) <= 0.02 * measure.length + 1e-6
