"""Widths, heights, padding, borders and margins of blocks in px, as their styles have them.

Source: CSS 2.2, 8.3 to 8.5, 10 and 17.6.2.
"""

from __future__ import annotations

import math

from svg2pptx_batch.resolve.html.boxes import Block
from svg2pptx_batch.resolve.html.fragments import NO_EDGES, Edges, Room
from svg2pptx_batch.resolve.units import Axis, to_px
from svg2pptx_batch.svg.values.length import Unit, parse_length

TABLES = frozenset({"table", "inline-table"})
_TABLE_PARTS = TABLES | {"table-row", "table-cell"}
SIDES = ("top", "right", "bottom", "left")
"""In the order of `Edges`."""
_NO_LINE = frozenset({"none", "hidden"})
_BORDER_WIDTHS = {"thin": 1.0, "medium": 3.0, "thick": 5.0}


def fixed_length(block: Block, name: str, edges: float) -> float | None:
    """Return what `length_of` does, None for percentages."""
    text = "" if block.anonymous else block.style[name]
    return None if text.endswith("%") else length_of(block, name, 0.0, edges)


def length_of(block: Block, name: str, base: float | None, edges: float) -> float | None:
    """Return width, height and their bounds with padding and border; None where nobody said.

    Args:
        block: The block.
        name: The property.
        base: What percentages are of; None where nobody knows.
        edges: Padding and border at both ends.
    """
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


def insets_of(block: Block, room: Room) -> Edges:
    """Return what stands between the outline of a block and its content: border and padding."""
    padding = _edges(block, "padding", room)
    if block.anonymous:
        return padding
    borders = borders_of(block)
    if collapses(block):  # a line between two cells belongs to both
        padding = NO_EDGES if block.display in TABLES else padding
        borders = Edges(*(width / 2 for width in borders))
    if borders is NO_EDGES:
        return padding
    return Edges(*(sum(pair) for pair in zip(padding, borders, strict=True)))


def borders_of(block: Block) -> Edges:
    """Return how wide the lines around a block are."""
    style = block.style
    if block.display == "table-row" and style["border-collapse"] == "separate":
        return NO_EDGES
    if block.anonymous or all(style[f"border-{side}-style"] in _NO_LINE for side in SIDES):
        return NO_EDGES
    return Edges(*(_border(block, side) for side in SIDES))


def _border(block: Block, side: str) -> float:
    if block.style[f"border-{side}-style"] in _NO_LINE:
        return 0.0
    text = block.style[f"border-{side}-width"]
    if text in _BORDER_WIDTHS:
        return _BORDER_WIDTHS[text]
    length = parse_length(text)
    return 0.0 if length is None else to_px(length, Axis.X, block.frame.state)


def collapses(block: Block) -> bool:
    """Tell whether a table or a part of it shares its lines with its neighbours."""
    return block.display in _TABLE_PARTS and block.style["border-collapse"] == "collapse"


def margins_of(block: Block, room: Room) -> Edges:
    """Return the margins of a block; `auto` is none."""
    if block.display == "table-cell":
        return NO_EDGES
    return _edges(block, "margin", room)


def _edges(block: Block, name: str, room: Room) -> Edges:
    if block.anonymous:
        return NO_EDGES
    return Edges(*(edge_of(block, f"{name}-{side}", room) for side in SIDES))


def edge_of(block: Block, name: str, room: Room) -> float:
    """Return a length whose percentages are of the room's width; 0 for words."""
    text = block.style[name]
    if text == "0":
        return 0.0
    length = parse_length(text)
    if length is None:
        return 0.0
    if length.unit is Unit.PERCENT:
        return 0.0 if math.isinf(room.width) else length.number / 100.0 * room.width
    return to_px(length, Axis.X, block.frame.state)
