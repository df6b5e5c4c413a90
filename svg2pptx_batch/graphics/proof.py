"""Skia's path operations, proved: a result is looked at before it is believed.

Skia reckons in single precision and now and then gives an area that has little to do with what was
asked for, without a word. Where points tell so, the same is asked again at another angle, then with
one of the paths a ten-thousandth larger or smaller: the coincidences that misled it are gone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from svg2pptx_batch.graphics.effort import TooComplexError

Meant = Callable[[tuple[float, float]], bool]
"""Whether a point belongs to the area that was asked for."""

_POINTS = 32
_TRIES = ((0.0, 1.0), (0.53, 1.0), (0.53, 1.0001), (1.21, 0.9999), (2.3, 1.0003))
_NEAR = 1e-3
# Steps by the plastic number's powers: points that fill a square evenly, however many.
_SPREAD = tuple(
    ((0.5 + 0.7548776662466927 * k) % 1.0, (0.5 + 0.5698402909980532 * k) % 1.0)
    for k in range(1, _POINTS + 1)
)


def proved(
    operation: Callable[[Sequence[Any]], Any],
    sources: Sequence[Any],
    meant: Meant,
    bounds: tuple[float, float, float, float],
) -> Any:
    """Return what an operation gives, once points agree with it.

    Args:
        operation: Takes Skia paths, which it may change, and gives one.
        sources: What it is done on.
        meant: Says what belongs to the result.
        bounds: Left, top, right, bottom that the result cannot leave.

    Raises:
        TooComplexError: It fails at every try.
    """
    import pathops

    for angle, size in _TRIES:
        try:
            result = operation(
                [
                    _turned(source, angle, 1.0 if index == 0 else size)
                    for index, source in enumerate(sources)
                ]
            )
        except pathops.PathOpsError:
            continue
        result = _turned(result, -angle)
        if is_right(result, meant, bounds):
            return result
    raise TooComplexError("Its geometry defeats the algorithm")


def _turned(path: Any, angle: float, size: float = 1.0) -> Any:
    """Return a copy of a Skia path, turned and scaled about the origin."""
    import pathops

    if angle == 0.0 and size == 1.0:
        return pathops.Path(path)
    cos, sin = size * math.cos(angle), size * math.sin(angle)
    return path.transform(cos, sin, -sin, cos)


def is_right(result: Any, meant: Meant, bounds: tuple[float, float, float, float]) -> bool:
    """Whether a result keeps within bounds, and some points belong to it exactly if they should."""
    left, top, right, bottom = bounds
    width, height = right - left, bottom - top
    slack = _NEAR * max(width, height)
    if len(result):
        x0, y0, x1, y1 = result.bounds
        if min(x0 - left, y0 - top, right - x1, bottom - y1) < -slack:
            return False
    contains = result.contains
    for across, down in _SPREAD:
        x, y = left + across * width, top + down * height
        if contains((x, y)) != meant((x, y)) and not _is_at_edge(result, meant, x, y, slack):
            return False
    return True


def _is_at_edge(result: Any, meant: Meant, x: float, y: float, slack: float) -> bool:
    """Whether either area ends near a point, so that a hair's breadth decides."""
    around = [(x + dx, y + dy) for dx in (-slack, slack) for dy in (-slack, slack)]
    inside, wanted = result.contains((x, y)), meant((x, y))
    return any(result.contains(p) != inside or meant(p) != wanted for p in around)
