"""Lengths to user units."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING

from svg2pptx_batch.svg.values.calc import parse_calc
from svg2pptx_batch.svg.values.length import PX_PER_UNIT, Length, Unit, parse_length
from svg2pptx_batch.svg.values.number import LARGEST

if TYPE_CHECKING:
    from svg2pptx_batch.graphics.rect import Size
    from svg2pptx_batch.resolve.context import State

# ex and ch by the rule for fonts that do not tell: half an em (CSS Values 4, 6.1).
_EMS_PER_UNIT = {Unit.EM: 1.0, Unit.EX: 0.5, Unit.CH: 0.5, Unit.IC: 1.0, Unit.LH: 1.2}
_ROOT_EMS_PER_UNIT = {Unit.REM: 1.0, Unit.RLH: 1.2}


class Axis(IntEnum):
    """What a percentage is of."""

    X = 0
    Y = 1
    DIAGONAL = 2


def percent_base(viewport: Size, axis: Axis) -> float:
    """Return 100 %: viewport width, height, or √((w² + h²) / 2) (SVG 2, 8.9)."""
    if axis is Axis.X:
        return viewport.width
    if axis is Axis.Y:
        return viewport.height
    return math.hypot(viewport.width, viewport.height) / math.sqrt(2.0)


def to_px(length: Length, axis: Axis, state: State) -> float:
    """Return a length in user units.

    Args:
        length: As parsed; percentages and font-relative units are allowed.
        axis: What a percentage is of.
        state: Gives the viewport and the font size.
    """
    number, unit = length
    absolute = PX_PER_UNIT.get(unit)
    if absolute is not None:
        return number * absolute
    if unit is Unit.PERCENT:
        return number / 100.0 * percent_base(state.viewport, axis)
    if unit in _EMS_PER_UNIT:
        return number * _EMS_PER_UNIT[unit] * state.style.font_size
    if unit in _ROOT_EMS_PER_UNIT:
        return number * _ROOT_EMS_PER_UNIT[unit] * state.style.root_font_size
    width, height = state.viewport
    base = {Unit.VW: width, Unit.VH: height, Unit.VMIN: min(width, height)}
    return number / 100.0 * base.get(unit, max(width, height))


def parse_px(text: str, axis: Axis, state: State) -> float | None:
    """Return the user units a text stands for, or None where it is no length."""
    try:
        number = float(text)
    except ValueError:
        length = parse_length(text)
        if length is not None:
            return to_px(length, axis, state)
        terms = parse_calc(text) if "(" in text else None
        return None if terms is None else sum(to_px(term, axis, state) for term in terms)
    return number if -LARGEST <= number <= LARGEST else None
