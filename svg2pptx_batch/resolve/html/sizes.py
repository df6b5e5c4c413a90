"""Widths, heights, padding and margins of blocks in px, as their styles have them.

Source: CSS 2.2, 8.3, 8.4 and 10.
"""

from __future__ import annotations

import math

from svg2pptx_batch.resolve.html.boxes import Block
from svg2pptx_batch.resolve.html.fragments import NO_EDGES, Edges, Room
from svg2pptx_batch.resolve.units import Axis, to_px
from svg2pptx_batch.svg.values.length import Unit, parse_length


def fixed_length(block: Block, name: str, edges: float) -> float | None:
    """Return what `length_of` does, None for percentages."""
    text = "" if block.anonymous else block.style[name]
    return None if text.endswith("%") else length_of(block, name, 0.0, edges)


def length_of(block: Block, name: str, base: float | None, edges: float) -> float | None:
    """Return width, height and their bounds with padding, px; None where nobody said."""
    if block.anonymous:
        return None
    length = parse_length(block.style[name])
    if length is None:
        return None
    if length.unit is Unit.PERCENT:
        if base is None or math.isinf(base):
            return None
        value = length.number / 100.0 * base
    else:
        value = to_px(length, Axis.X, block.frame.state)
    border_box = block.style["box-sizing"] == "border-box"
    return max(value, edges) if border_box else value + edges


def padding_of(block: Block, room: Room) -> Edges:
    """Return the padding of a block."""
    return _edges(block, "padding", room)


def margins_of(block: Block, room: Room) -> Edges:
    """Return the margins of a block; `auto` is none."""
    if block.display == "table-cell":
        return NO_EDGES
    return _edges(block, "margin", room)


def _edges(block: Block, name: str, room: Room) -> Edges:
    if block.anonymous:
        return NO_EDGES
    return Edges(
        *(_edge(block, f"{name}-{side}", room) for side in ("top", "right", "bottom", "left"))
    )


def _edge(block: Block, name: str, room: Room) -> float:
    text = block.style[name]
    if text == "0":
        return 0.0
    length = parse_length(text)
    if length is None:
        return 0.0
    if length.unit is Unit.PERCENT:
        return 0.0 if math.isinf(room.width) else length.number / 100.0 * room.width
    return to_px(length, Axis.X, block.frame.state)
