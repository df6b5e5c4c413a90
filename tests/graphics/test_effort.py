"""Bounds on geometry. Without them these tests run for minutes or hours."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest

from svg2pptx_batch.graphics.boolean import area, intersect, normalise, outline_stroke, unite
from svg2pptx_batch.graphics.effort import TooComplexError, bounded, effort, rules_agree
from svg2pptx_batch.graphics.path import Path, ellipse_path, rect_path
from svg2pptx_batch.graphics.rect import Point, Rect
from tests.support.tangles import cog, scribble


@pytest.mark.parametrize("verb", ["L", "Q", "C"])
def test_a_scribble_is_refused(verb: str) -> None:
    path = scribble(2000, verb)
    with pytest.raises(TooComplexError):
        normalise(path, even_odd=False)
    with pytest.raises(TooComplexError):
        intersect(path, ellipse_path(100, 100, 50, 50))
    with pytest.raises(TooComplexError):
        unite([(path, False), (path, True)])
    with pytest.raises(TooComplexError):
        area(path)
    with pytest.raises(TooComplexError):
        outline_stroke(path, 2, cap="round", join="round")


def test_a_long_outline_whose_rules_agree_stays() -> None:
    assert normalise(cog(100_000), even_odd=True) is None


@pytest.mark.parametrize("count", [300, 1000])
def test_crossings_are_counted_not_segments(count: int) -> None:
    assert effort(scribble(count)) > 20 * effort(cog(count))


def test_a_dash_far_below_its_path_is_refused() -> None:
    line = Path("ML", (0, 0, 1000, 0))
    with pytest.raises(TooComplexError):
        outline_stroke(line, 1, cap="butt", join="miter", dashes=(1e-4, 1e-4))
    assert outline_stroke(line, 1, cap="butt", join="miter", dashes=(10, 10))


def test_operations_inside_a_block_share_an_allowance() -> None:
    circle, square = ellipse_path(0, 0, 10, 10), rect_path(Rect(0, 0, 10, 10))
    done = 0
    with bounded(20), pytest.raises(TooComplexError):
        for done in range(1000):  # noqa: B007  looked at below
            intersect(circle, square)
    assert 2 < done < 100
    assert intersect(circle, square)


def test_a_knot_with_many_crossings_still_fills_by_its_rule() -> None:
    path = scribble(150)
    outline = normalise(path, even_odd=False)
    assert outline is not None
    assert area(outline, even_odd=True) == pytest.approx(area(path), rel=0.02)


def test_rules_are_seen_to_differ_near_the_outline() -> None:
    rings = ellipse_path(0, 0, 10, 10), ellipse_path(0, 0, 5, 5)
    both = Path(rings[0].verbs + rings[1].verbs, rings[0].coords + rings[1].coords)
    assert not rules_agree(both)
    assert rules_agree(rings[0])


def sides(count: int, seed: int) -> Path:
    """Return a polygon of short sides that turn anywhere, in places over itself."""
    pick = random.Random(seed)
    x = y = 0.0
    coords = [x, y]
    for _ in range(count - 1):
        x, y = x + pick.uniform(-1, 2), y + pick.uniform(-2, 2)
        coords += (x, y)
    return Path("M" + "L" * (count - 1) + "Z", tuple(coords))


@pytest.mark.parametrize("seed", range(3))
def test_crossings_of_a_long_outline_are_counted_exactly(seed: int) -> None:
    path = sides(700, seed)
    points = list(zip(path.coords[::2], path.coords[1::2], strict=True))
    chords = list(pairwise([points[-1], *points]))

    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    crossings = sum(
        side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
        for (a, b), (c, d) in combinations(chords, 2)
    )
    assert crossings > 100
    assert effort(path) == pytest.approx(700 * 0.1 + 700**2 * 2.5e-4 + crossings * 0.4)
