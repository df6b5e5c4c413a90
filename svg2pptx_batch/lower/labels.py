"""Labels into their shapes: a text in the middle of a shape becomes the shape's own.

On a slide such a label moves and grows with its box, as one that was typed there. It only looks the
same while nothing lies between the two, so little more than a chart's usual build is recognised.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import assert_never

from msgspec.structs import replace

from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.nodes import (
    NO_LABEL,
    Group,
    Image,
    Label,
    LinePrimitive,
    Node,
    Shape,
    Text,
)
from svg2pptx_batch.scene.text import TextAnchor

_NEAR = 32
_SLACK_PX = 1.0
_OFF_CENTRE = 0.02
_OFF_MIDDLE = 0.3


def seat_labels(nodes: Sequence[Node]) -> list[Node]:
    """Return legal nodes of one group, those below it included, with labels in their shapes.

    Args:
        nodes: In painting order, slide px.
    """
    return _seated(nodes)[0]


def _seated(nodes: Sequence[Node]) -> tuple[list[Node], list[Rect]]:
    """Return the nodes that are left, and the boxes of all that came."""
    seated: list[Node] = []
    boxes: list[Rect] = []
    for node in nodes:
        if isinstance(node, Group):
            children, inside = _seated(node.children)
            seated.append(replace(node, children=tuple(children)))
            boxes.append(reduce(Rect.union, inside))
        else:
            seated.append(node)
            boxes.append(_box(node))
    gone: set[int] = set()
    for index, node in enumerate(seated):
        text = _only_text(node)
        host = None if text is None else _host(seated, boxes, index, text)
        if text is None or host is None:
            continue
        shape = seated[host]
        assert isinstance(shape, Shape)
        label = _merged(shape.label, text.label)
        if label is not None:
            bare = replace(text, label=replace(text.label, link=""))
            seated[host] = replace(shape, label=label, text=bare)
            gone.add(index)
    return [node for index, node in enumerate(seated) if index not in gone], boxes


def _only_text(node: Node) -> Text | None:
    """Return the text a node is, or all that a nameless group holds."""
    while isinstance(node, Group) and len(node.children) == 1 and node.label == NO_LABEL:
        node = node.children[0]
    return node if isinstance(node, Text) else None


def _host(nodes: Sequence[Node], boxes: Sequence[Rect], index: int, text: Text) -> int | None:
    """Return which node below a text it belongs to; None where something else lies there."""
    box = boxes[index]
    for above in range(index + 1, min(len(nodes), index + 1 + _NEAR)):
        # Several texts in one place belong together: one alone would leave the others behind.
        if boxes[above].touches(box) and _only_text(nodes[above]) is not None:
            return None
    for below in range(index - 1, max(-1, index - 1 - _NEAR), -1):
        if boxes[below].touches(box):
            node = nodes[below]
            fits = isinstance(node, Shape) and _can_hold(node) and _is_centred(text, box, node)
            return below if fits else None
    return None


def _can_hold(shape: Shape) -> bool:
    return (
        shape.text is None
        and shape.transform.is_identity
        and not shape.effects
        and not isinstance(shape.primitive, LinePrimitive)
        and shape.path.verbs.endswith("Z")
        and shape.path.verbs.count("M") == 1
    )


def _is_centred(text: Text, box: Rect, shape: Shape) -> bool:
    placed = text.transform.decompose()
    room = shape.path.bounds()
    if placed is None or abs(placed.rotation_deg) > 1e-6 or room is None or text.effects:
        return False
    if any(
        chunk.anchor is not TextAnchor.MIDDLE
        or abs(chunk.x - text.chunks[0].x) * placed.scale_x > _SLACK_PX
        or any(span.link for span in chunk.spans)
        for chunk in text.chunks
    ):
        return False
    aside, down = box.center[0] - room.center[0], box.center[1] - room.center[1]
    line = box.height / len(text.chunks)
    wider = room.inflate(_SLACK_PX)
    return (
        abs(aside) <= _SLACK_PX + _OFF_CENTRE * room.width
        and abs(down) <= _OFF_MIDDLE * line
        and wider.x <= box.x
        and box.right <= wider.right
        and wider.y <= box.y
        and box.bottom <= wider.bottom
    )


def _merged(shape: Label, text: Label) -> Label | None:
    """Return what shape and label are called as one; None where something would be lost."""
    if (
        (shape.title and text.title)
        or (shape.description and text.description)
        or text.link not in ("", shape.link)
        or shape.decorative != text.decorative
    ):
        return None
    return replace(
        shape,
        name=shape.name or text.name,
        title=shape.title or text.title,
        description=shape.description or text.description,
    )


def _box(leaf: Shape | Image | Text) -> Rect:
    """Return the box of a legal leaf, slide px."""
    match leaf:
        case Text():
            lines = [chunk.box for chunk in leaf.chunks if chunk.box is not None]
            return leaf.transform.apply_rect(reduce(Rect.union, lines))
        case Image():
            return leaf.transform.apply_rect(leaf.rect)
        case Shape():
            bounds = leaf.path.bounds()
            assert bounds is not None, "a legal shape has an outline"
            reach = leaf.stroke.width / 2 if leaf.stroke is not None else 0.0
            return leaf.transform.apply_rect(bounds.inflate(reach))
        case _:
            assert_never(leaf)
