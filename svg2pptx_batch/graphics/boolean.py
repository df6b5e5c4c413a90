"""Areas of paths: union, intersection, difference, and the outline of a stroke.

The one bridge to Skia's path operations. They reckon in single precision, so every path is moved
to the neighbourhood of the origin first. Results fill alike under both fill rules.

What would take too long raises `TooComplexError` before Skia is called: its operations cannot be
interrupted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import chain, islice, pairwise
from operator import ne
from typing import Any

from svg2pptx_batch.graphics.effort import TooComplexError, charge, charge_nesting, rules_agree
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.proof import is_right, proved
from svg2pptx_batch.graphics.rect import Point

EMPTY = Path("", ())

_SAME_AREA = 1e-4
_CONIC_TOLERANCE = 0.02
# Strokes and areas are reckoned at this size: Skia's fixed tolerances are far below a pixel then.
_STROKE_SIZE = 4096.0
_DASH_SEGMENTS = 5
_TWICE_AROUND = 4 * math.pi - 0.05
_FEW_CONTOURS = 8


def _to_skia(path: Path, origin: Point, even_odd: bool, scale: float = 1.0) -> Any:
    import pathops

    out = pathops.Path(fillType=pathops.FillType.EVEN_ODD if even_odd else pathops.FillType.WINDING)
    dx, dy = origin
    coords = path.coords
    xs = [(x - dx) * scale for x in coords[::2]]
    ys = [(y - dy) * scale for y in coords[1::2]]
    move, line, quad, cubic = out.moveTo, out.lineTo, out.quadTo, out.cubicTo
    at = 0
    for verb in path.verbs:
        if verb == "L":
            line(xs[at], ys[at])
            at += 1
        elif verb == "C":
            cubic(xs[at], ys[at], xs[at + 1], ys[at + 1], xs[at + 2], ys[at + 2])
            at += 3
        elif verb == "M":
            move(xs[at], ys[at])
            at += 1
        elif verb == "Q":
            quad(xs[at], ys[at], xs[at + 1], ys[at + 1])
            at += 2
        else:
            out.close()
    return out


# Skia numbers its verbs: move, line, quadratic, conic (made quadratic before), cubic, close.
_LETTERS = bytes.maketrans(b"\0\1\2\4\5", b"MLQCZ")


def _from_skia(source: Any, origin: Point, scale: float = 1.0) -> Path:
    """Read a path back, its open contours closed."""
    dx, dy = origin
    # Skia's binding gives an enum's member a verb; as bytes they are read at once.
    verbs = bytes(source.verbs).translate(_LETTERS).decode()
    closed = verbs.replace("M", "ZM").replace("ZZM", "ZM")[1:]
    coords = [0.0] * (2 * len(points := source.points))
    coords[::2] = [x * scale + dx for x, _ in points]
    coords[1::2] = [y * scale + dy for _, y in points]
    return Path(closed if closed.endswith("Z") or not closed else f"{closed}Z", tuple(coords))


def _simplified(path: Any) -> Any:
    """Return an area without crossings, its contours turned so that both fill rules agree."""
    return _turned(_uncrossed(path))


def _simplified_first(paths: Sequence[Any]) -> Any:
    return _simplified(paths[0])


def _uncrossed(path: Any) -> Any:
    """Return an area without crossings, for the even-odd rule."""
    path.simplify(fix_winding=False, keep_starting_points=False)
    return path


def _turned(path: Any) -> Any:
    """Turn the contours of a simplified area so that both fill rules agree."""
    from pathops._pathops import winding_from_even_odd

    if len(path) > _FEW_CONTOURS:
        charge_nesting(len(path.verbs))
    winding_from_even_odd(path)
    return path


def _origin_of(*paths: Path) -> Point:
    coords = tuple(chain.from_iterable(path.coords for path in paths))
    xs, ys = coords[::2], coords[1::2]
    if not xs:
        return (0.0, 0.0)
    return ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)


def fills_alike(path: Path) -> bool:
    """Whether a cheap look proves that both fill rules agree: one contour, simple enough.

    Any line through a point meets a closed curve that winds twice around it at least four times;
    so a curve that goes one way and back along either axis, meeting lines across it only twice,
    winds around no point twice. And a curve that winds k times around a point goes k times to
    either side of it and back, so it turns by 2πk in all, left and right together: with less than
    4π, no point is wound around twice, however the curve crosses itself. Looks at the control
    polygon, which meets any line no less often than the curve, and turns no less.
    """
    if path.verbs.count("M") > 1:
        return False
    coords = path.coords
    xs, ys = coords[::2], coords[1::2]
    if len(xs) < 5 or _goes_and_returns(xs) or _goes_and_returns(ys):
        return True
    legs = [
        (bx - ax, by - ay)
        for (ax, ay), (bx, by) in pairwise(zip((xs[-1], *xs), (ys[-1], *ys), strict=True))
        if bx != ax or by != ay
    ]
    turning = 0.0
    px, py = legs[-1]
    for dx, dy in legs:
        turning += abs(math.atan2(px * dy - py * dx, px * dx + py * dy))
        if turning > _TWICE_AROUND:
            return False
        px, py = dx, dy
    return True


def _goes_and_returns(values: tuple[float, ...]) -> bool:
    """Whether one coordinate of a closed polygon rises at one stretch and falls at another."""
    rising = [to > at for at, to in pairwise((*values, values[0])) if to != at]
    changes: int = sum(map(ne, rising, (*rising[1:], *rising[:1])))
    return changes <= 2


def normalise(path: Path, *, even_odd: bool) -> Path | None:
    """Return an outline that covers, under either fill rule, what `path` covers under the given.

    To be asked where `fills_alike` does not know.

    Args:
        path: Open subpaths count as closed.
        even_odd: The rule the author meant; else nonzero.

    Returns:
        None where the path itself will do: both rules cover the same area within 1e-4, or, for a
        path too complex to measure, at all points tried.

    Raises:
        TooComplexError: The rules differ, and the outline would take too long.
    """
    try:
        charge(path, times=2)
        return _normalised(path, even_odd)
    except TooComplexError:
        if rules_agree(path):
            return None
        raise


def _normalised(path: Path, even_odd: bool) -> Path | None:
    import pathops

    origin = _origin_of(path)
    source = _to_skia(path, origin, even_odd)
    try:
        meant = _uncrossed(pathops.Path(source))
        if _winds_once(source, meant):
            return None
        outline = _turned_if_twice(source, meant)
        if outline is None:
            other = pathops.Path(source)
            other.fillType = pathops.FillType.WINDING if even_odd else pathops.FillType.EVEN_ODD
            if _uncrossed(other) == meant:
                return None
            outline = _turned(meant)
            try:
                _turned(other)
            except TooComplexError:
                # So many crossings that the rules cannot agree.
                return _from_skia(outline, origin)
            area = abs(outline.area)
            if abs(area - abs(other.area)) <= _SAME_AREA * max(area, abs(other.area)):
                return None
    except pathops.PathOpsError:
        return None
    if not is_right(outline, source.contains, source.bounds):
        outline = proved(_simplified_first, (source,), source.contains, source.bounds)
    return _from_skia(outline, origin)


def _winds_once(source: Any, meant: Any) -> bool:
    """Whether a path winds once around all it covers, which one closed line bounds.

    Inside that line the winding number does not change its sign, for that takes a place where it is
    zero; so where it sums to the area, it is one (or its opposite) but for a trifle.

    Args:
        source: The path.
        meant: What it covers under the rule the author meant, without crossings.
    """
    if len(source) > 1 or len(meant) > 1:
        return False
    area = abs(meant.area)
    return bool(abs(abs(source.area) - area) <= _SAME_AREA * area)


def _turned_if_twice(source: Any, meant: Any) -> Any:
    """Return the outline of what a path covers if the path certainly winds twice around some of it.

    The signed areas of its contours sum to the integral of the winding number; where that exceeds
    the area covered, the number exceeds one somewhere, and the rules differ. (Or it is three there,
    and they agree after all: the outline is then a simpler way to say the same.)

    Args:
        source: The path.
        meant: What it covers under the rule the author meant, without crossings.
    """
    import pathops

    least = abs(source.area) * (1 - _SAME_AREA)
    # As long as its contours are not turned, their areas sum to the area covered at most.
    if least <= abs(meant.area) or len(meant) == 0:
        return None
    outline = _turned(pathops.Path(meant))
    return outline if least > abs(outline.area) else None


def intersect(one: Path, two: Path, *, even_odd: tuple[bool, bool] = (False, False)) -> Path:
    """Return what both cover.

    Raises:
        TooComplexError: It would take too long, or defeats the algorithm.
    """
    if not one or not two:
        return EMPTY
    first, second, origin = _pair(one, two, even_odd)
    (l1, t1, r1, b1), (l2, t2, r2, b2) = first.bounds, second.bounds
    bounds = max(l1, l2), max(t1, t2), min(r1, r2), min(b1, b2)
    if bounds[0] > bounds[2] or bounds[1] > bounds[3]:
        return EMPTY
    found = proved(
        lambda paths: _operate(paths[0], paths[1], "INTERSECTION"),
        (first, second),
        lambda point: first.contains(point) and second.contains(point),
        bounds,
    )
    return _from_skia(found, origin)


def subtract(one: Path, two: Path) -> Path:
    """Return what `one` covers and `two` does not, both under the nonzero rule.

    Raises:
        TooComplexError: It would take too long, or defeats the algorithm.
    """
    if not one or not two:
        return one
    first, second, origin = _pair(one, two, (False, False))
    found = proved(
        lambda paths: _operate(paths[0], paths[1], "DIFFERENCE"),
        (first, second),
        lambda point: first.contains(point) and not second.contains(point),
        first.bounds,
    )
    return _from_skia(found, origin)


def _pair(one: Path, two: Path, even_odd: tuple[bool, bool]) -> tuple[Any, Any, Point]:
    """Pay for an operation; return both paths as Skia's, and what was taken for their origin."""
    charge(one, two)
    origin = _origin_of(one, two)
    return _to_skia(one, origin, even_odd[0]), _to_skia(two, origin, even_odd[1]), origin


def _operate(one: Any, two: Any, name: str) -> Any:
    """Return an area that fills alike under both rules."""
    return _turned(_combined(one, two, name))


def _combined(one: Any, two: Any, name: str) -> Any:
    import pathops

    operation = getattr(pathops.PathOp, name)
    return pathops.op(one, two, operation, fix_winding=False, keep_starting_points=False)


def unite(parts: Iterable[tuple[Path, bool]]) -> Path:
    """Return what any of the parts covers.

    Args:
        parts: Paths, each with whether its rule is even-odd.

    Raises:
        TooComplexError: It would take too long, or defeats the algorithm.
    """
    listed = [(path, even_odd) for path, even_odd in parts if path]
    if not listed:
        return EMPTY
    charge(*(path for path, _ in listed), times=min(2, len(listed)))
    origin = _origin_of(*(path for path, _ in listed))
    sources = [_to_skia(path, origin, even_odd) for path, even_odd in listed]
    boxes = [source.bounds for source in sources]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    found = proved(
        _united,
        sources,
        lambda point: any(source.contains(point) for source in sources),
        (min(lefts), min(tops), max(rights), max(bottoms)),
    )
    return _from_skia(found, origin)


def _united(sources: Sequence[Any]) -> Any:
    """Unite two at a time: Skia's own builder for many loses parts where outlines have holes."""
    if len(sources) == 1:
        return _simplified(sources[0])
    while len(sources) > 1:
        pairs = zip(sources[::2], sources[1::2], strict=False)
        rest = sources[-1:] if len(sources) % 2 else []
        sources = [*(_combined(one, two, "UNION") for one, two in pairs), *rest]
    return _turned(sources[0])


def area(path: Path, *, even_odd: bool = False) -> float:
    """Return the area a path covers, ≥ 0, square units."""
    import pathops

    if not path:
        return 0.0
    charge(path)
    bounds = path.bounds()
    extent = 0.0 if bounds is None else max(bounds.width, bounds.height)
    if bounds is None or extent <= 0:
        return 0.0
    scale = _STROKE_SIZE / extent
    source = _to_skia(path, bounds.center, even_odd, scale)
    try:
        _simplified(source)
    except pathops.PathOpsError:
        return bounds.width * bounds.height
    return abs(float(source.area)) / scale**2


def _stroke_growth(path: Path, dashes: Sequence[float]) -> float:
    """Return how many segments the outline of a stroke has for each of the path's."""
    if not dashes:
        return 2.0
    coords = path.coords
    steps = zip(coords, coords[1:], coords[2:], coords[3:], strict=False)
    length = sum(math.hypot(x1 - x0, y1 - y0) for x0, y0, x1, y1 in islice(steps, 0, None, 2))
    pieces = length / sum(dashes) * (len(dashes) / 2)
    return 2.0 + _DASH_SEGMENTS * pieces / len(path.verbs)


def outline_stroke(
    path: Path,
    width: float,
    *,
    cap: str,
    join: str,
    miter_limit: float = 4.0,
    dashes: Sequence[float] = (),
    dash_offset: float = 0.0,
) -> Path:
    """Return the area a stroke covers.

    Args:
        path: User units.
        width: > 0.
        cap: `butt`, `round` or `square`.
        join: `miter`, `round` or `bevel`.
        miter_limit: ≥ 1.
        dashes: Even number of lengths ≥ 0 with a positive sum; empty for solid.
        dash_offset: User units.

    Returns:
        A path that fills alike under both rules; empty where nothing is stroked.

    Raises:
        TooComplexError: The outline would take too long.
    """
    import pathops

    caps = {
        "butt": pathops.LineCap.BUTT_CAP,
        "round": pathops.LineCap.ROUND_CAP,
        "square": pathops.LineCap.SQUARE_CAP,
    }
    joins = {
        "miter": pathops.LineJoin.MITER_JOIN,
        "round": pathops.LineJoin.ROUND_JOIN,
        "bevel": pathops.LineJoin.BEVEL_JOIN,
    }
    bounds = path.bounds()
    if bounds is None:
        return EMPTY
    charge(path, growth=_stroke_growth(path, dashes))
    extent = max(bounds.width, bounds.height) + width
    scale = _STROKE_SIZE / extent
    origin = bounds.center
    pen = _to_skia(path, origin, False, scale)
    pattern = None
    if dashes:
        # Skia takes no dash of no length; a thousandth of the width looks the same under caps.
        pattern = [max(length, width / 1000) * scale for length in dashes]
    pen.stroke(width * scale, caps[cap], joins[join], miter_limit, pattern, dash_offset * scale)
    pen.convertConicsToQuads(_CONIC_TOLERANCE)
    found = proved(_simplified_first, (pen,), pen.contains, pen.bounds)
    return _from_skia(found, origin, 1 / scale)
