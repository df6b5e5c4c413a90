"""Outlines that lead far beyond what is seen, kept near without a change that shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Final

from svg2pptx_batch.graphics.bezier import split_curve
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Rect

_FARTHEST: Final = 1e30
"""Farther off, differences of coordinates overflow, and directions mean nothing any more."""
_DEEPEST: Final = 120
"""Halvings of a curve; enough to find a px on one as long as `_FARTHEST`."""
_SHORT: Final = 1.0
"""Where a curve crosses the edge its last px is straight."""


def confined(path: Path, rect: Rect, *, filled: bool) -> Path:
    """Return a path that covers the same inside a rectangle and never leaves it.

    What leads outside goes along the edge instead, at the nearest points. Points move there along
    lines that do not meet the inside, so each point inside keeps its winding number. A stroke is
    the same but for what shows along the edge.

    Args:
        path: Open or closed, any finite numbers.
        rect: Not empty.
        filled: Whether its area is meant: then the line that closes an open subpath is drawn, too.
    """
    left, top, right, bottom = rect.x, rect.y, rect.right, rect.bottom
    verbs: list[str] = []
    coords: list[float] = []

    def add(verb: str, points: tuple[float, ...]) -> None:
        verbs.append(verb)
        for x, y in zip(points[::2], points[1::2], strict=True):
            coords.extend((min(max(x, left), right), min(max(y, top), bottom)))
        if verbs[-2:] == ["L", "L"] and _on_edge(coords[-6:], rect):
            verbs.pop()
            del coords[-4:-2]

    def draw(verb: str, curve: tuple[float, ...]) -> None:
        for piece in _pieces(curve, rect):
            add(verb if len(piece) == len(curve) else "L", piece[2:])

    start: tuple[float, ...] = (0.0, 0.0)
    last = start
    for verb, raw in path.segments():
        points = tuple(min(max(value, -_FARTHEST), _FARTHEST) for value in raw)
        if verb == "M":
            if filled and last != start:
                draw("L", last + start)
            add(verb, points)
            start = points
        elif verb == "Z":
            draw("L", last + start)
            add(verb, ())
        else:
            draw(verb, last + points)
        last = points[-2:] or start
    if filled and last != start:
        draw("L", last + start)
    return Path("".join(verbs), tuple(coords))


def is_open(path: Path) -> bool:
    """Tell whether a subpath is open."""
    return path.verbs.count("M") != path.verbs.count("Z")


def _pieces(curve: tuple[float, ...], rect: Rect) -> Iterator[tuple[float, ...]]:
    """Cut a segment so that each piece is inside, or beyond one side: that is a line then."""
    if len(curve) == 4:
        yield from _parts_of_line(curve, rect)
        return
    pending = [(curve, 0)]
    while pending:
        piece, depth = pending.pop()
        xs, ys = piece[::2], piece[1::2]
        across, down = max(xs) - min(xs), max(ys) - min(ys)
        if _is_inside(piece, rect):
            yield piece
        elif _is_beyond(piece, rect) or max(across, down) < _SHORT or depth == _DEEPEST:
            yield piece[:2] + piece[-2:]
        else:
            one, two = split_curve(piece, 0.5)
            pending += (two, depth + 1), (one, depth + 1)


def _parts_of_line(line: tuple[float, ...], rect: Rect) -> Iterator[tuple[float, ...]]:
    """Cut a line where it crosses the four sides."""
    x0, y0, x1, y1 = line
    points = [(x0, y0), (x1, y1)]
    # Weighed from both ends, each crossing is as exact as the end that is near.
    points += (
        (side, (y0 * (x1 - side) + y1 * (side - x0)) / (x1 - x0))
        for side in (rect.x, rect.right)
        if min(x0, x1) < side < max(x0, x1)
    )
    points += (
        ((x0 * (y1 - side) + x1 * (side - y0)) / (y1 - y0), side)
        for side in (rect.y, rect.bottom)
        if min(y0, y1) < side < max(y0, y1)
    )
    axis = int(abs(y1 - y0) > abs(x1 - x0))
    points.sort(key=itemgetter(axis), reverse=line[axis] > line[2 + axis])
    for one, two in pairwise(points):
        yield *one, *two


def _is_inside(points: tuple[float, ...], rect: Rect) -> bool:
    xs, ys = points[::2], points[1::2]
    return (
        min(xs) >= rect.x and max(xs) <= rect.right and min(ys) >= rect.y and max(ys) <= rect.bottom
    )


def _is_beyond(points: tuple[float, ...], rect: Rect) -> bool:
    """Whether all points lie beyond one side."""
    xs, ys = points[::2], points[1::2]
    return max(xs) <= rect.x or min(xs) >= rect.right or max(ys) <= rect.y or min(ys) >= rect.bottom


def _on_edge(points: Sequence[float], rect: Rect) -> bool:
    """Whether all points lie on one and the same side."""
    xs, ys = set(points[::2]), set(points[1::2])
    return xs in ({rect.x}, {rect.right}) or ys in ({rect.y}, {rect.bottom})
