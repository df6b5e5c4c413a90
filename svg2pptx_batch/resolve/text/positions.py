"""Where the author put each character: the lists of x, y, dx, dy and rotate."""

from __future__ import annotations

import re
from dataclasses import dataclass

from svg2pptx_batch.resolve.text.characters import Characters, Frame
from svg2pptx_batch.resolve.units import Axis, to_px
from svg2pptx_batch.svg.values.length import parse_length_list
from svg2pptx_batch.svg.values.number import parse_number_list

_FOREIGN = re.compile(r"[^-+.,\deE\s]")


@dataclass(slots=True)
class Positions:
    """One entry a character; None where nothing was said.

    Attributes:
        x: Absolute, user units.
        y: Absolute.
        dx: Shift, added to the current position.
        dy: Shift.
        rotate: Degrees, clockwise.
        shifted: Whether there is any shift.
    """

    x: list[float | None]
    y: list[float | None]
    dx: list[float]
    dy: list[float]
    rotate: list[float]
    shifted: bool = False


def read_positions(characters: Characters) -> Positions:
    """Read the lists of every element; an inner element's words replace the outer's.

    `rotate` goes on with its last value, the others end with their list.

    Source: SVG 2, 11.4.2.
    """
    count = len(characters.text)
    positions = Positions(
        [None] * count, [None] * count, [0.0] * count, [0.0] * count, [0.0] * count
    )
    for frame in characters.frames:
        if frame.element.tag == "textPath":
            continue
        for name, axis, into in (("x", Axis.X, positions.x), ("y", Axis.Y, positions.y)):
            for at, value in _lengths(frame, name, axis):
                into[at] = value
        for name, axis, shifts in (("dx", Axis.X, positions.dx), ("dy", Axis.Y, positions.dy)):
            for at, value in _lengths(frame, name, axis):
                shifts[at] = value
                positions.shifted = True
        angles = frame.element.attributes.get("rotate")
        if angles is not None:
            # A list with anything but numbers in it counts as none at all.
            numbers = () if _FOREIGN.search(angles) else parse_number_list(angles) or ()
            for at in range(frame.start, frame.end if numbers else frame.start):
                positions.rotate[at] = numbers[min(at - frame.start, len(numbers) - 1)]
    return positions


def _lengths(frame: Frame, name: str, axis: Axis) -> list[tuple[int, float]]:
    text = frame.element.attributes.get(name)
    if text is None:
        return []
    return [
        (at, to_px(length, axis, frame.state))
        for at, length in zip(
            range(frame.start, frame.end), parse_length_list(text) or (), strict=False
        )
    ]
