"""Flex rows and columns.

Source: CSS Flexbox 1, 8 and 9.
"""

from __future__ import annotations

import math

from svg2pptx_batch.resolve.html.boxes import Block
from svg2pptx_batch.resolve.html.fragments import Fragment, Layouter, Placed, Room
from svg2pptx_batch.resolve.html.sizes import edge_of, insets_of, length_of, margins_of


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
    gap = _gap(fragment.block, "column-gap", room)
    widths = _shares(layout, items, room.width - gap * (len(items) - 1))
    laid = [
        layout.block(item, room, width=width) for item, width in zip(items, widths, strict=True)
    ]
    height = room.height
    if height is None:
        height = max(each.outer_height for each in laid)
    used = sum(each.outer_width for each in laid) + gap * (len(items) - 1)
    before, between = _spread(justify, room.width - used, len(laid))
    at = before
    for each in laid:
        slack = height - each.outer_height
        own = _own_alignment(each.block, align)
        if own == "stretch" and slack > 0.0 and _is_auto(each.block, "height"):
            each.height += slack
        down = {"center": slack / 2, "flex-end": slack}.get(own, 0.0)
        fragment.children.append(Placed(at + each.margins.left, down + each.margins.top, each))
        at += each.outer_width + between + gap
    return height


def _column(
    layout: Layouter, items: list[Block], fragment: Fragment, room: Room, justify: str, align: str
) -> float:
    gap = _gap(fragment.block, "row-gap", room)
    laid = [
        layout.block(item, room, shrink=_own_alignment(item, align) != "stretch") for item in items
    ]
    used = sum(each.outer_height for each in laid) + gap * (len(items) - 1)
    height = used if room.height is None else room.height
    shares = [_factor(item, "flex-grow") for item in items]
    if height > used and any(shares):
        scale = (height - used) / max(1.0, sum(shares))
        for each, share in zip(laid, shares, strict=True):
            each.height += share * scale
        used = sum(each.outer_height for each in laid) + gap * (len(items) - 1)
    before, between = _spread(justify, height - used, len(laid))
    at = before
    for each in laid:
        slack = room.width - each.outer_width
        own = _own_alignment(each.block, align)
        right = {"center": slack / 2, "flex-end": slack}.get(own, 0.0)
        fragment.children.append(Placed(right + each.margins.left, at + each.margins.top, each))
        at += each.outer_height + between + gap
    return height


def _shares(layout: Layouter, items: list[Block], width: float) -> list[float]:
    """Return the widths of flex items: as wide as they like, grown or shrunk to fit."""
    rooms = Room(width)
    likes, narrowest, margins = [], [], 0.0
    for item in items:
        insets, edges = insets_of(item, rooms), margins_of(item, rooms)
        across = insets.left + insets.right
        margins += edges.left + edges.right
        narrow, wide = (each + across for each in layout.inner_extremes(item))
        said = length_of(item, "width", width, across)
        basis = length_of(item, "flex-basis", width, across)
        if basis is None:
            basis = wide if said is None else said
        high = length_of(item, "max-width", width, across)
        low = length_of(item, "min-width", width, across)
        cap = math.inf if high is None else high
        likes.append(max(min(basis, cap), low or 0.0))
        narrow = narrow if said is None else min(narrow, said)
        if not _factor(item, "flex-shrink"):
            narrow = likes[-1]
        narrowest.append(max(min(narrow, cap), low or 0.0))
    excess = sum(likes) + margins - width
    if excess < 0.0:
        return _grown(likes, narrowest, [_factor(item, "flex-grow") for item in items], -excess)
    for _ in items:
        soft = [at for at, like in enumerate(likes) if like > narrowest[at]]
        if excess <= 0.0 or not soft:
            break
        whole = sum(likes[at] for at in soft)
        for at in soft:
            likes[at] = max(narrowest[at], likes[at] * max(0.0, 1.0 - excess / whole))
        excess = sum(likes) + margins - width
    return likes


def _grown(
    likes: list[float], narrowest: list[float], shares: list[float], slack: float
) -> list[float]:
    """Return widths that share out what room is left; none is below its narrowest."""
    growing = set(range(len(likes)))
    widths = likes
    while True:
        scale = slack / max(1.0, sum(shares[at] for at in growing))
        widths = [
            like + shares[at] * scale if at in growing else narrowest[at]
            for at, like in enumerate(likes)
        ]
        short = {at for at in growing if widths[at] < narrowest[at]}
        if not short:
            return widths
        growing -= short
        slack -= sum(narrowest[at] - likes[at] for at in short)


def _factor(item: Block, name: str) -> float:
    return 0.0 if item.anonymous and name == "flex-grow" else float(item.style[name])


def _gap(block: Block, name: str, room: Room) -> float:
    """Return the least room between two items."""
    text = block.style[name]
    return 0.0 if text == "normal" else edge_of(block, name, room)


def _is_auto(item: Block, name: str) -> bool:
    return item.anonymous or item.style[name] == "auto"


def _own_alignment(item: Block, usual: str) -> str:
    text = "auto" if item.anonymous else item.style["align-self"]
    return usual if text == "auto" else _alignment(text, usual)


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
