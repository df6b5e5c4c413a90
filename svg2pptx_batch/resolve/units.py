"""Lengths to user units."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING

from svg2pptx_batch.svg.values.length import Length, parse_length

if TYPE_CHECKING:
    from svg2pptx_batch.graphics.rect import Size
    from svg2pptx_batch.resolve.context import State


_PX_PER_UNIT: dict[str, float] = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
    "Q": 96 / 101.6,
}
# ex and ch by the rule for fonts that do not tell: half an em (CSS Values 4, 6.1).
_EMS_PER_UNIT: dict[str, float] = {"em": 1.0, "ex": 0.5, "ch": 0.5, "ic": 1.0, "lh": 1.2}
_ROOT_FONT_SIZE = 16.0


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
    absolute = _PX_PER_UNIT.get(unit)
    if absolute is not None:
        return number * absolute
    if unit == "%":
        return number / 100.0 * percent_base(state.viewport, axis)
    relative = _EMS_PER_UNIT.get(unit)
    if relative is not None:
        return number * relative * state.style.font_size
    if unit == "rem":
        return number * _ROOT_FONT_SIZE
    base = state.viewport.height if unit in {"vh", "vb"} else state.viewport.width
    if unit in {"vmin", "vmax"}:
        base = (min if unit == "vmin" else max)(state.viewport)
    return number / 100.0 * base


def parse_px(text: str, axis: Axis, state: State) -> float | None:
    """Return the user units a text stands for, or None where it is no length."""
    try:
        number = float(text)
    except ValueError:
        length = parse_length(text)
        return None if length is None else to_px(length, axis, state)
    return number if math.isfinite(number) else None
