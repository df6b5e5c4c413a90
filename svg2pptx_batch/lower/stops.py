"""Gradient stops: unrolled, cut to a window, interpolated, tidied."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right

from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.scene.paint import SpreadMethod, Stop

MAX_STOPS = 100
_SEPARATED_BEYOND = 16


def color_at(stops: tuple[Stop, ...], t: float, *, right: bool) -> Color:
    """Return a gradient's colour at t, within one period.

    Args:
        stops: Offsets in order.
        t: Any number; beyond the ends the end's colour is given.
        right: Which limit to take where two stops share an offset: from above or from below.
    """
    offsets = [stop.offset for stop in stops]
    index = bisect_right(offsets, t) if right else bisect_left(offsets, t)
    if index == 0:
        return stops[0].color
    if index == len(stops):
        return stops[-1].color
    (t0, c0), (t1, c1) = stops[index - 1], stops[index]
    return c0.mix(c1, (t - t0) / (t1 - t0)) if t1 > t0 else c1


def window(
    stops: tuple[Stop, ...], spread: SpreadMethod, low: float, high: float
) -> tuple[Stop, ...] | None:
    """Return the part of a gradient between two parameters as stops from 0 to 1.

    Args:
        stops: One period, offsets in 0…1, in order.
        spread: What lies beyond it.
        low: Parameter that becomes 0.
        high: Parameter that becomes 1, > low.

    Returns:
        At least two stops, or None where more than 100 would be needed.
    """
    unrolled = _unrolled(stops, spread, low, high)
    if unrolled is None:
        return None
    first = color_at(unrolled, low, right=True)
    last = color_at(unrolled, high, right=False)
    span = high - low
    inner = [
        Stop((stop.offset - low) / span, stop.color)
        for stop in unrolled
        if low < stop.offset < high
    ]
    tidy = _tidied([Stop(0.0, first), *inner, Stop(1.0, last)])
    return tidy if len(tidy) <= MAX_STOPS else None


def _unrolled(
    stops: tuple[Stop, ...], spread: SpreadMethod, low: float, high: float
) -> tuple[Stop, ...] | None:
    if spread is SpreadMethod.PAD:
        return stops
    start, end = math.floor(low), math.ceil(high)
    if (end - start) * len(stops) > 4 * MAX_STOPS:
        return None
    # A period begins at its first colour and ends at its last, whatever the outer offsets are.
    period = [Stop(0.0, stops[0].color), *stops, Stop(1.0, stops[-1].color)]
    mirrored = [Stop(1.0 - offset, color) for offset, color in reversed(period)]
    out: list[Stop] = []
    for number in range(start, end):
        turned = spread is SpreadMethod.REFLECT and number % 2 != 0
        out += [Stop(number + t, color) for t, color in (mirrored if turned else period)]
    return tuple(out)


def _tidied(stops: list[Stop]) -> tuple[Stop, ...]:
    """Drop stops that say nothing; part equal positions where there are many stops."""
    out: list[Stop] = []
    for stop in stops:
        if len(out) >= 2 and (
            out[-1].color == stop.color == out[-2].color
            or out[-1].offset == stop.offset == out[-2].offset
        ):
            out[-1] = stop
        else:
            out.append(stop)
    if len(out) > _SEPARATED_BEYOND:
        # LibreOffice sorts unstably: of many stops, equal positions may change places.
        unit = 1e-5
        for index in range(1, len(out)):
            least = out[index - 1].offset + unit
            if out[index].offset < least:
                out[index] = out[index]._replace(offset=least)
        excess = out[-1].offset
        if excess > 1.0:
            out = [stop._replace(offset=stop.offset / excess) for stop in out]
    return tuple(out)
