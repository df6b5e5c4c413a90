from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.bezier import curve_length, split_at_length, split_curve
from svg2pptx_batch.graphics.boolean import (
    area,
    fills_alike,
    intersect,
    normalise,
    outline_stroke,
    subtract,
    unite,
)
from svg2pptx_batch.graphics.path import Path, ellipse_path, rect_path
from svg2pptx_batch.graphics.rect import Rect

SQUARE = rect_path(Rect(0, 0, 100, 100))
HOLE = rect_path(Rect(25, 25, 50, 50))
PENTAGRAM = Path("MLLLLZ", (0, -100, 59, 81, -95, -31, 95, -31, -59, 81))


def both(one: Path, two: Path) -> Path:
    return Path(one.verbs + two.verbs, one.coords + two.coords)


def reversed_rect(rect: Rect) -> Path:
    return Path(
        "MLLLZ", (rect.x, rect.y, rect.x, rect.bottom, rect.right, rect.bottom, rect.right, rect.y)
    )


@pytest.mark.parametrize(
    "path", [SQUARE, ellipse_path(3, 4, 10, 20), Path("MLL", (0, 0, 5, 0, 0, 5))]
)
def test_convex_outlines_need_no_look(path: Path) -> None:
    assert fills_alike(path)
    assert normalise(path, even_odd=False) is None


def test_a_star_is_not_taken_for_convex() -> None:
    assert not fills_alike(PENTAGRAM)


def test_a_curve_that_turns_twice_is_not_taken_for_convex() -> None:
    twice = both(Path("MCC", ellipse_path(0, 0, 9, 9).coords[:14]), Path("", ()))
    around = ellipse_path(0, 0, 9, 9)
    double = Path("MCCCCCCCCZ", around.coords + around.coords[2:])
    assert fills_alike(twice)
    assert not fills_alike(double)


def test_nonzero_star_loses_its_inner_edges() -> None:
    found = normalise(PENTAGRAM, even_odd=False)
    assert found is not None
    assert area(found, even_odd=True) == pytest.approx(area(PENTAGRAM), rel=1e-4)
    assert area(found) == pytest.approx(area(PENTAGRAM), rel=1e-4)


def test_even_odd_star_keeps_its_hole_under_either_rule() -> None:
    found = normalise(PENTAGRAM, even_odd=True)
    assert found is not None
    wanted = area(PENTAGRAM, even_odd=True)
    assert wanted < area(PENTAGRAM)
    assert area(found) == pytest.approx(wanted, rel=1e-4)
    assert area(found, even_odd=True) == pytest.approx(wanted, rel=1e-4)


def test_a_hole_drawn_the_other_way_round_is_left_alone() -> None:
    ring = both(SQUARE, reversed_rect(Rect(25, 25, 50, 50)))
    assert normalise(ring, even_odd=False) is None
    assert normalise(ring, even_odd=True) is None


def test_same_direction_hole_depends_on_the_rule() -> None:
    ring = both(SQUARE, HOLE)
    filled = normalise(ring, even_odd=False)
    holed = normalise(ring, even_odd=True)
    assert filled is not None and area(filled) == pytest.approx(10_000)
    assert holed is not None and area(holed) == pytest.approx(7_500)


def test_set_operations() -> None:
    half = rect_path(Rect(50, 0, 100, 100))
    assert area(intersect(SQUARE, half)) == pytest.approx(5_000)
    assert area(subtract(SQUARE, half)) == pytest.approx(5_000)
    assert area(unite([(SQUARE, False), (half, False)])) == pytest.approx(15_000)
    assert not intersect(SQUARE, rect_path(Rect(500, 0, 1, 1)))
    assert not unite([])


def test_far_from_the_origin_nothing_is_lost() -> None:
    square = rect_path(Rect(900_000, 900_000, 10, 10))
    cut = intersect(square, rect_path(Rect(900_005, 900_000, 10, 10)))
    assert area(cut) == pytest.approx(50, rel=1e-3)


def test_stroke_of_a_square() -> None:
    line = outline_stroke(SQUARE, 2, cap="butt", join="miter")
    assert area(line) == pytest.approx(102 * 102 - 98 * 98, rel=1e-4)
    assert area(line, even_odd=True) == pytest.approx(800, rel=1e-4)


def test_stroke_of_a_tiny_circle_stays_round() -> None:
    line = outline_stroke(ellipse_path(0, 0, 0.01, 0.01), 0.002, cap="butt", join="round")
    assert area(line) == pytest.approx(math.pi * (0.011**2 - 0.009**2), rel=2e-3)


def test_dashes_cover_their_share() -> None:
    line = Path("ML", (0, 0, 100, 0))
    dashed = outline_stroke(line, 4, cap="butt", join="miter", dashes=(10, 10), dash_offset=5)
    assert area(dashed) == pytest.approx(200, rel=1e-3)


coordinate = st.floats(-500, 500, allow_nan=False).map(lambda value: round(value, 3))


@given(st.lists(coordinate, min_size=8, max_size=8), st.floats(0, 1))
def test_splitting_keeps_the_curve(numbers: list[float], t: float) -> None:
    curve = tuple(numbers)
    left, right = split_curve(curve, t)
    assert left[:2] == curve[:2] and right[-2:] == curve[-2:]
    assert left[-2:] == pytest.approx(right[:2], abs=1e-9)
    assert curve_length(left) + curve_length(right) == pytest.approx(
        curve_length(curve), rel=0.02, abs=1e-6
    )


@given(st.floats(0.01, 0.99))
def test_cutting_a_quarter_circle_after_a_length(share: float) -> None:
    quarter = ellipse_path(0, 0, 100, 100).coords[:8]
    left, _ = split_at_length(quarter, share * curve_length(quarter))
    angle = math.atan2(left[-1], left[-2])
    assert angle == pytest.approx(share * math.pi / 2, abs=1e-3)


def test_lengths_of_known_curves() -> None:
    assert curve_length((0, 0, 3, 4)) == 5
    assert curve_length((0, 0, 5, 0, 10, 0)) == pytest.approx(10)
    assert curve_length(ellipse_path(0, 0, 1, 1).coords[:8]) == pytest.approx(math.pi / 2, rel=1e-3)


def test_cutting_beyond_the_ends() -> None:
    line = (0.0, 0.0, 10.0, 0.0)
    assert split_at_length(line, -1)[1] == line
    assert split_at_length(line, 99)[0] == line
    assert split_at_length((1.0, 1.0, 1.0, 1.0), 3)[0] == (1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(("skew", "stretch"), [(0.7, 1.3), (0.25, 0.7), (0.36397, 1.0)])
def test_discs_that_touch_one_another_and_the_edge_are_cut_right(
    skew: float, stretch: float
) -> None:
    """Skia alone gives areas far too large here, and says nothing."""
    placed = Affine(stretch, 0, skew, 1, 0, 0)
    pitch = 160 / 9
    discs = [
        ellipse_path(20 + pitch * i, 20 + pitch * j, pitch / 2, pitch / 2).transform(placed)
        for j in range(10)
        for i in range(10)
    ]
    every = Path("".join(d.verbs for d in discs), tuple(v for d in discs for v in d.coords))
    corner = 20 * (1 - 0.5522847498)
    low, high = 20.0, 180.0
    frame = Path(
        "MLCLCLCLCZ",
        (
            *(40, low, 160, low, high - corner, low, high, low + corner, high, 40),
            *(high, 160, high, high - corner, high - corner, high, 160, high),
            *(40, high, low + corner, high, low, high - corner, low, 160),
            *(low, 40, low, low + corner, low + corner, low, 40, low),
        ),
    ).transform(placed)
    one_by_one = sum(area(intersect(disc, frame)) for disc in discs)
    assert area(intersect(every, frame)) == pytest.approx(one_by_one, rel=1e-3)


@pytest.mark.parametrize("turned", [False, True])
def test_what_lies_over_several_contours_leaves_no_hole(turned: bool) -> None:
    squares = [rect_path(Rect(x, 0, 10, 10)) for x in (0, 20, 40)]
    if turned:
        squares[1] = reversed_rect(Rect(20, 0, 10, 10))
    row = Path("".join(s.verbs for s in squares), tuple(v for s in squares for v in s.coords))
    bar = Path("MLLZ", (5, 2, 55, 5, 5, 8))
    pieces = [area(intersect(s, bar)) for s in squares]
    assert area(unite([(row, False), (bar, False)])) == pytest.approx(
        300 + area(bar) - sum(pieces), rel=1e-4
    )
