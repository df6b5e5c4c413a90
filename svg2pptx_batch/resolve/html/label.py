"""A foreignObject's content as scene nodes: one Text for all its lines, boxes below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.html.blocks import BlockLayout
from svg2pptx_batch.resolve.html.boxes import build
from svg2pptx_batch.resolve.html.fragments import Fragment
from svg2pptx_batch.resolve.html.lines import LaidLine, Piece
from svg2pptx_batch.resolve.html.painting import (
    box_shapes,
    frame_opacity,
    inline_backgrounds,
    uncovered,
)
from svg2pptx_batch.resolve.html.tags import DROPPED, local_name
from svg2pptx_batch.resolve.style import current_color
from svg2pptx_batch.resolve.text.characters import Characters, Frame
from svg2pptx_batch.resolve.text.chunks import chunks_of, line_bounds
from svg2pptx_batch.resolve.text.layout import Line, lay_out
from svg2pptx_batch.resolve.text.painter import FramePaint, Painter
from svg2pptx_batch.resolve.text.positions import Positions
from svg2pptx_batch.scene.nodes import Group, Node, Shape, Text
from svg2pptx_batch.scene.paint import Fill

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Element


def draw_label(element: Element, box: Rect, state: State, context: Context) -> Node | None:
    """Draw the content of a foreignObject.

    Args:
        element: The foreignObject.
        box: Where it stands, in its user space.
        state: Where the walk stands for it.
        context: Shared by the document.

    Returns:
        A Text, below it backgrounds, lines around boxes, and pictures; None where nothing is
        painted.
    """
    tree = build(element, state, context)
    layout = BlockLayout(context)
    fragment = layout.label(tree.root, Size(box.width, box.height))
    shapes: list[Shape] = []
    pictures: list[Node] = []
    pieces: list[Piece] = []
    for x, y, content in _placed(fragment, box.x, box.y):
        if isinstance(content, LaidLine):
            pieces.extend(piece._replace(x=x + piece.x, y=y + piece.y) for piece in content.pieces)
        else:
            rect = Rect(x, y, content.width, content.height)
            picture = content.block.picture
            if picture is not None and not rect.is_empty:
                pictures.append(picture.placed(rect))
                continue
            shapes.extend(box_shapes(content.block, rect))
    lines, characters = _lines(pieces, layout, context)
    shapes.extend(inline_backgrounds(lines, tree, layout.lines))
    nodes: list[Node] = [*uncovered(shapes), *pictures]
    bounds = line_bounds(lines)
    if bounds is not None:
        nodes.append(Text(chunks_of(lines, characters.text, Painter(_paint, context)), bounds))
    if not nodes:
        return None
    return nodes[0] if len(nodes) == 1 else Group(tuple(nodes))


def is_kept(element: Element) -> bool:
    """Tell whether nothing a foreignObject shows is lost in a label."""
    pending = list(element.elements)
    while pending:
        item = pending.pop()
        name = local_name(item)
        if not name or name in DROPPED:
            return False
        if name == "img" and not item.get("src").startswith("data:"):
            return False
        if name != "svg":
            pending.extend(item.elements)
    return True


def _placed(
    fragment: Fragment, x: float, y: float
) -> Iterator[tuple[float, float, Fragment | LaidLine]]:
    """Yield everything in a fragment with its place, what is painted first first."""
    if not fragment.block.anonymous:
        yield x, y, fragment
    for placed in fragment.children:
        left, top, content = x + placed.x, y + placed.y, placed.content
        if isinstance(content, LaidLine):
            yield left, top, content
            for inset in content.insets:
                yield from _placed(inset.fragment, left + inset.x, top + inset.y)
        else:
            yield from _placed(content, left, top)


def _lines(
    pieces: list[Piece], layout: BlockLayout, context: Context
) -> tuple[list[Line], Characters]:
    """Lay out the glyphs of all pieces."""
    found = Characters()
    anchors: dict[int, tuple[float, float]] = {}
    for piece in pieces:
        kept = [
            (character, owner)
            for character, owner in zip(piece.text, piece.owners, strict=True)
            if character != "\u200b" and layout.lines.style_of(owner) is not None
        ]
        if not kept:
            continue
        anchors[len(found.owners)] = (piece.x, piece.y)
        found.text += "".join(character for character, _ in kept)
        found.owners.extend(owner for _, owner in kept)
    if not found.text:
        return [], found
    count = len(found.text)
    positions = Positions(
        [anchors[at][0] if at in anchors else None for at in range(count)],
        [anchors[at][1] if at in anchors else None for at in range(count)],
        [0.0] * count,
        [0.0] * count,
        [0.0] * count,
    )
    found.frames = [found.owners[0]]
    styles = {owner: layout.lines.style_of(owner) for owner in set(found.owners)}
    return lay_out(found, styles, positions, context), found


def _paint(frame: Frame) -> FramePaint:
    """Return a frame's paint: CSS `color`, faded by the opacity of all around it."""
    color = current_color(frame.style)
    fill = Fill(color, frame_opacity(frame)) if color.alpha > 0 else None
    return FramePaint(fill, None, False)
