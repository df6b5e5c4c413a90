"""Flex rows and columns.

Source: CSS Flexbox 1, 8 and 9.
"""

from __future__ import annotations

import math

from svg2pptx_batch.resolve.html.boxes import Block
from svg2pptx_batch.resolve.html.fragments import Fragment, Layouter, Placed, Room
from svg2pptx_batch.resolve.html.sizes import length_of, margins_of, padding_of


def lay_out_flex(layout: Layouter, block: Block, fragment: Fragment, room: Room) -> float:
    """Lay out the items of a flex box.

    Args:
        layout: Lays out the items.
        block: The flex box.
        fragment: Takes the items.
        room: Its content box.

    Returns:
        The height the items take.
    """
    items = [child for child in block.children if isinstance(child, Block)]
    if not items:
        return 0.0
    direction = block.style["flex-direction"]
    if direction.endswith("reverse"):
        items.reverse()
    justify = _alignment(block.style["justify-content"], "flex-start")
    align = _alignment(block.style["align-items"], "stretch")
    if direction.startswith("column"):
        return _column(layout, items, fragment, room, justify, align)
    return _row(layout, items, fragment, room, justify, align)


def _row(
    layout: Layouter, items: list[Block], fragment: Fragment, room: Room, justify: str, align: str
) -> float:
    widths = _shares(layout, items, room.width)
    laid = [
        layout.block(item, room, width=width) for item, width in zip(items, widths, strict=True)
    ]
    height = room.height
    if height is None:
        height = max(each.outer_height for each in laid)
    used = sum(each.outer_width for each in laid)
    before, between = _spread(justify, room.width - used, len(laid))
    at = before
    for each in laid:
        slack = height - each.outer_height
        down = {"center": slack / 2, "flex-end": slack}.get(align, 0.0)
        fragment.children.append(Placed(at + each.margins.left, down + each.margins.top, each))
        at += each.outer_width + between
    return height


def _column(
    layout: Layouter, items: list[Block], fragment: Fragment, room: Room, justify: str, align: str
) -> float:
    laid = [layout.block(item, room, shrink=align != "stretch") for item in items]
    used = sum(each.outer_height for each in laid)
    height = used if room.height is None else room.height
    before, between = _spread(justify, height - used, len(laid))
    at = before
    for each in laid:
        slack = room.width - each.outer_width
        right = {"center": slack / 2, "flex-end": slack}.get(align, 0.0)
        fragment.children.append(Placed(right + each.margins.left, at + each.margins.top, each))
        at += each.outer_height + between
    return height


def _shares(layout: Layouter, items: list[Block], width: float) -> list[float]:
    """Return the widths of flex items: as wide as they like, or shrunk to fit."""
    rooms = Room(width)
    likes, narrowest, margins = [], [], 0.0
    for item in items:
        padding, edges = padding_of(item, rooms), margins_of(item, rooms)
        across = padding.left + padding.right
        margins += edges.left + edges.right
        narrow, wide = (each + across for each in layout.inner_extremes(item))
        said = length_of(item, "width", width, across)
        high = length_of(item, "max-width", width, across)
        low = length_of(item, "min-width", width, across)
        cap = math.inf if high is None else high
        likes.append(max(min(wide if said is None else said, cap), low or 0.0))
        narrow = narrow if said is None else min(narrow, said)
        narrowest.append(max(min(narrow, cap), low or 0.0))
    excess = sum(likes) + margins - width
    for _ in items:
        soft = [at for at, like in enumerate(likes) if like > narrowest[at]]
        if excess <= 0.0 or not soft:
            break
        whole = sum(likes[at] for at in soft)
        for at in soft:
            likes[at] = max(narrowest[at], likes[at] * max(0.0, 1.0 - excess / whole))
        excess = sum(likes) + margins - width
    return likes


def _alignment(text: str, usual: str) -> str:
    """Return a word of align-items or justify-content, its old and new names being one."""
    word = text.lower().removeprefix("unsafe ").removeprefix("safe ").strip()
    if word in ("normal", ""):
        return usual
    return {
        "start": "flex-start",
        "left": "flex-start",
        "end": "flex-end",
        "right": "flex-end",
    }.get(word, word)


def _spread(justify: str, slack: float, count: int) -> tuple[float, float]:
    """Return the room before the first of several items, and between them."""
    match justify:
        case "center":
            return slack / 2, 0.0
        case "flex-end":
            return slack, 0.0
        case "space-between" if slack > 0 and count > 1:
            return 0.0, slack / (count - 1)
        case "space-around" if slack > 0:
            return slack / count / 2, slack / count
        case "space-evenly" if slack > 0:
            return slack / (count + 1), slack / (count + 1)
    return 0.0, 0.0
