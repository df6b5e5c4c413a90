"""What an operation on areas will cost, and what can be said of a path without one.

Skia's operations cannot be interrupted, and their time grows with the crossings and with the square
of the segments; so both are counted before anything is asked of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from svg2pptx_batch.graphics.path import COORDS_OF, Path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

OPERATION_EFFORT = 40_000.0
"""The most that one operation may cost; a unit is about 20 µs."""

DRAWING_EFFORT = 150_000.0
"""The most that all operations inside one `bounded` block may cost."""

_SIMPLE = 160
_PER_SQUARE = 2.5e-4
_PER_CROSSING = 0.4
_UNIT_S = 20e-6
_OUTLINE = 600
_LOOKS = 50
_TESTS = 60_000
_LEAST_TESTED = 32
_AT_ONCE = 20_000
_PROBES = 96
_PROBE_WORK = 4_000_000


class TooComplexError(Exception):
    """An operation would take too long, or defeats the algorithm; nothing has been done."""


class _Allowance:
    __slots__ = ("left",)

    def __init__(self, effort: float) -> None:
        self.left = effort


_allowance: ContextVar[_Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def bounded(effort: float = DRAWING_EFFORT) -> Iterator[None]:
    """Let the operations inside the block cost at most `effort` together."""
    token = _allowance.set(_Allowance(effort))
    try:
        yield
    finally:
        _allowance.reset(token)


def charge(*paths: Path, growth: float = 1.0, times: int = 1) -> None:
    """Pay for an operation on paths before it is done.

    Args:
        paths: All that takes part.
        growth: As for `effort`.
        times: How often it is done.

    Raises:
        TooComplexError: It, or it together with what was done before, costs too much.
    """
    cost = effort(*paths, growth=growth)
    for _ in range(times):
        _pay(cost)


def charge_nesting(segments: int) -> None:
    """Pay for finding which of a simplified path's contours lies in which: as `charge`."""
    _pay(segments * segments * _PER_SQUARE)


def _pay(cost: float) -> None:
    allowance = _allowance.get()
    if cost > OPERATION_EFFORT or (allowance is not None and cost > allowance.left):
        raise TooComplexError(f"It takes about {cost * _UNIT_S:.1f} s")
    if allowance is not None:
        allowance.left -= cost


def effort(*paths: Path, growth: float = 1.0) -> float:
    """Return what an operation on paths costs, in units of about 20 µs.

    Curves are taken for their control polygons; of long paths a part is looked at, the same part
    every time.

    Args:
        paths: All that takes part.
        growth: How many segments the operation works on for each of theirs, ≥ 1: 2 for the sides of
            a stroke, more for dashes.
    """
    points = sum(len(path.coords) for path in paths) // 2
    count = points * growth
    if count <= _SIMPLE:
        return count * 0.1
    square = count * count * _PER_SQUARE
    if square > OPERATION_EFFORT or points < 4:
        return square
    if points <= _OUTLINE and _hardly_overlap(paths, points):
        return count * 0.1 + square
    # Where two strokes cross, their sides cross four times, however finely they are dashed.
    crossings = _crossings(_chords(*paths)) * min(growth, 2.0) ** 2
    return count * 0.1 + square + crossings * _PER_CROSSING


def _hardly_overlap(paths: Sequence[Path], most: int) -> bool:
    """Whether at most `most` pairs of chords have boxes that overlap: then few can cross.

    Most drawings are outlines of that kind, and nothing has to be loaded to see it.
    """
    boxes = sorted(chain.from_iterable(map(_boxes, paths)))
    overlapping = looked_at = 0
    count = len(boxes)
    for index, (_, right, top, bottom) in enumerate(boxes, 1):
        at = index
        while at < count:
            left, _, upper, lower = boxes[at]
            if left > right:
                break
            if upper < bottom and lower > top:
                overlapping += 1
            at += 1
        looked_at += at - index
        if overlapping > most or looked_at > _LOOKS * most:
            return False
    return True


def _boxes(path: Path) -> list[tuple[float, float, float, float]]:
    """Return the boxes of the sides of the control polygons, closing ones included: x0 x1 y0 y1."""
    xs, ys = path.coords[::2], path.coords[1::2]
    before_x, before_y = [0.0, *xs[:-1]], [0.0, *ys[:-1]]
    for first, end in pairwise(path.starts()):
        before_x[first], before_y[first] = xs[end - 1], ys[end - 1]
    return [
        (
            *((x0, x1) if x0 < x1 else (x1, x0)),
            *((y0, y1) if y0 < y1 else (y1, y0)),
        )
        for x0, y0, x1, y1 in zip(before_x, before_y, xs, ys, strict=True)
    ]


def _chords(*paths: Path) -> Points:
    """Return the sides of the control polygons, closing ones included: n × 4, x0 y0 x1 y1."""
    import numpy as np

    verbs = np.frombuffer("".join(path.verbs for path in paths).encode(), dtype=np.uint8)
    points = np.array([value for path in paths for value in path.coords]).reshape(-1, 2)
    per_verb = np.zeros(128, dtype=np.int64)
    for name, size in COORDS_OF.items():
        per_verb[ord(name)] = size // 2
    counts = per_verb[verbs]
    firsts = (np.cumsum(counts) - counts)[verbs == ord("M")]
    ends = np.append(firsts[1:], len(points)) - 1
    before = np.arange(len(points)) - 1
    before[firsts] = ends
    return np.concatenate([points[before], points], axis=1)


def _crossings(chords: Points) -> float:
    """Return about how often chords cross: exact where few share a stretch of x, as in outlines.

    Of others, the long ones are looked at one by one, and the rest is guessed from some.
    """
    import numpy as np

    total = len(chords)
    left = np.minimum(chords[:, 0], chords[:, 2])
    order = np.argsort(left, kind="stable")
    sweep, left = chords[order], left[order]
    right = np.maximum(sweep[:, 0], sweep[:, 2])
    # How many chords begin, each from its own on, before it ends.
    counts = np.searchsorted(left, right, side="right") - np.arange(1, total + 1)
    pairs = int(counts.sum())
    if pairs <= _TESTS:
        one = np.repeat(np.arange(total), counts)
        two = np.arange(pairs) - np.repeat(np.cumsum(counts) - counts, counts) + one + 1
        return _crossing_sum(sweep[one].T, sweep[two].T)
    tested = max(_LEAST_TESTED, _TESTS // total)
    span = np.abs(chords[:, 2:] - chords[:, :2]).sum(axis=1)
    order = np.argsort(-span, kind="stable")
    longest, others = order[: tested // 2], order[tested // 2 :]
    picked = np.random.default_rng(0).choice(others, tested - tested // 2, replace=False)
    of_long = _crossings_among(chords[longest], chords)
    of_others = _crossings_among(chords[picked], chords[others]) / 2
    return of_long + of_others * len(others) / len(picked)


def _crossings_among(some: Points, chords: Points) -> float:
    """Return how many pairs of `some` and `chords` cross properly."""
    parts = range(0, len(chords), _AT_ONCE)
    return sum(
        _crossing_sum(some.T[:, :, None], chords[at : at + _AT_ONCE].T[:, None]) for at in parts
    )


def _crossing_sum(some: Points, others: Points) -> float:
    """Return how many pairs of chords cross properly.

    Args:
        some: x0 y0 x1 y1 along the first axis.
        others: The other chord of each pair, as `some` or broadcast with it.
    """
    import numpy as np

    ax, ay, bx, by = some
    cx, cy, dx, dy = others
    # Which side of the one chord the ends of the other lie on.
    one = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    two = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    three = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
    four = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
    return float(np.count_nonzero((one * two < 0) & (three * four < 0)))


def rules_agree(path: Path) -> bool:
    """Whether nonzero and even-odd cover the same at some hundred points near the outline.

    A cheap look at paths too complex for a proof; curves are taken for their control polygons.
    """
    import numpy as np

    chords = _chords(path)
    count = max(8, min(_PROBES, _PROBE_WORK // len(chords)))
    picked = chords[np.linspace(0, len(chords) - 1, count).astype(np.int64)]
    middle = (picked[:, :2] + picked[:, 2:]) / 2
    along = picked[:, 2:] - picked[:, :2]
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1) * 0.05
    probes = np.concatenate([middle + aside, middle - aside])
    winding = np.zeros(len(probes), dtype=np.int64)
    x0, y0, x1, y1 = chords.T
    for index, (x, y) in enumerate(probes):
        # Chords that pass the height of the point to its right, downwards or upwards.
        down = (y0 <= y) & (y1 > y)
        up = (y1 <= y) & (y0 > y)
        side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        winding[index] = (down & (side > 0)).sum() - (up & (side < 0)).sum()
    return bool(((winding != 0) == (winding % 2 != 0)).all())
