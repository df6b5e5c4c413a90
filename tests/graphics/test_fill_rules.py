"""When both fill rules agree: every answer against winding numbers counted point by point."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.boolean import fills_alike, normalise
from svg2pptx_batch.graphics.path import Path, ellipse_path, rect_path, rounded_rect_path
from svg2pptx_batch.graphics.rect import Point, Rect

PROBES = [(x + 0.437, y + 0.381) for x in range(0, 24, 3) for y in range(0, 24, 3)]
NEAR = 0.2


def outline_points(path: Path) -> list[list[Point]]:
    """Return each subpath as a closed polygon, curves in 12 pieces."""
    polygons: list[list[Point]] = []
    for verb, coords in path.segments():
        points = list(zip(coords[::2], coords[1::2], strict=True))
        if verb == "M":
            polygons.append(points)
        elif verb == "L":
            polygons[-1].append(points[0])
        elif verb in "QC":
            hull = [polygons[-1][-1], *points]
            polygons[-1] += [at(hull, step / 12) for step in range(1, 13)]
    return [[*polygon, polygon[0]] for polygon in polygons]


def at(hull: list[Point], t: float) -> Point:
    while len(hull) > 1:
        hull = [(ax + (bx - ax) * t, ay + (by - ay) * t) for (ax, ay), (bx, by) in pairwise(hull)]
    return hull[0]


def winding(polygons: list[list[Point]], x: float, y: float) -> int | None:
    """Return how often polygons wind around a point; None for a point near an edge."""
    found = 0
    for polygon in polygons:
        for (ax, ay), (bx, by) in pairwise(polygon):
            length = math.hypot(bx - ax, by - ay)
            along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length**2 if length else 0.0
            along = min(1.0, max(0.0, along))
            if math.hypot(ax + along * (bx - ax) - x, ay + along * (by - ay) - y) < NEAR:
                return None
            if (ay <= y) != (by <= y):
                side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
                found += (side > 0) - (side < 0) if (side > 0) == (by > ay) else 0
    return found


grid = st.integers(0, 24).map(float)
polygons = st.lists(st.tuples(grid, grid), min_size=3, max_size=8).map(
    lambda points: Path(
        "M" + "L" * (len(points) - 1) + "Z", tuple(value for point in points for value in point)
    )
)
curved = st.lists(st.tuples(grid, grid), min_size=6, max_size=9).map(
    lambda points: Path(
        "M" + "C" * ((len(points) - 1) // 3) + "L" * ((len(points) - 1) % 3),
        tuple(value for point in points for value in point),
    )
)
boxes = st.builds(Rect, grid, grid, st.integers(1, 12), st.integers(1, 12))
neat = st.one_of(
    boxes.map(rect_path),
    boxes.map(lambda box: rounded_rect_path(box, 2, 2)),
    boxes.map(lambda box: ellipse_path(*box.center, box.width / 2, box.height / 2)),
    boxes.map(lambda box: rect_path(box).transform(Affine.rotation(45, *box.center))),
)


def backwards(path: Path) -> Path:
    """Return a closed subpath drawn the other way round."""
    points = list(zip(path.coords[::2], path.coords[1::2], strict=True))[::-1]
    return Path(
        "M" + path.verbs[:0:-1].lstrip("Z") + "Z",
        tuple(value for point in points for value in point),
    )


rings = st.builds(lambda path, turn: backwards(path) if turn else path, neat, st.booleans())
drawings = st.lists(st.one_of(rings, rings, polygons, curved), min_size=1, max_size=5).map(
    lambda parts: Path(
        "".join(part.verbs for part in parts),
        tuple(value for part in parts for value in part.coords),
    )
)


@settings(deadline=None)
@given(drawings, st.booleans())
def test_a_path_left_as_it_is_covers_the_same_under_both_rules(path: Path, even_odd: bool) -> None:
    if normalise(path, even_odd=even_odd) is None:
        outlines = outline_points(path)
        for x, y in PROBES:
            found = winding(outlines, x, y)
            assert found is None or (found != 0) == (found % 2 != 0), (x, y)


@settings(deadline=None)
@given(drawings)
@example(Path("MLLZMLLZ", (0, 0, 20, 0, 0, 20, 1, 1, 9, 1, 1, 9)))
def test_what_a_cheap_look_proves_is_so(path: Path) -> None:
    if fills_alike(path):
        outlines = outline_points(path)
        for x, y in PROBES:
            found = winding(outlines, x, y)
            assert found is None or abs(found) <= 1, (x, y)
