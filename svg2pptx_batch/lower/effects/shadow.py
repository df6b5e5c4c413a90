"""Shadows on lowered nodes: on their leaves, or on one shape of the same outline below them."""

from __future__ import annotations

from msgspec.structs import replace

from svg2pptx_batch.graphics.boolean import EMPTY, area, subtract, unite
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.path import Path, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.opacity import is_opaque, overlapping, painted_area
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.effects import OuterShadow
from svg2pptx_batch.scene.nodes import Group, Image, ImageFormat, Label, Node, Shape, Text
from svg2pptx_batch.scene.paint import Fill
from svg2pptx_batch.scene.walk import visit

_MAX_LEAVES = 400
_SLACK = 0.02

_Leaf = Shape | Image | Text


def leaves_of(nodes: list[Node]) -> list[_Leaf]:
    """Return what is drawn, bottom first."""
    return [leaf for node in nodes for leaf in visit(node) if not isinstance(leaf, Group)]


def all_opaque(nodes: list[Node]) -> bool:
    """Whether nothing shows through any part."""
    return all(map(_is_opaque, leaves_of(nodes)))


def _is_opaque(leaf: _Leaf) -> bool:
    if isinstance(leaf, Shape):
        return is_opaque(leaf)
    if isinstance(leaf, Image):
        return leaf.format is ImageFormat.JPEG and leaf.opacity == 1.0
    fills = [span.fill for chunk in leaf.chunks for span in chunk.spans]
    return all(
        fill is not None
        and fill.opacity == 1.0
        and isinstance(fill.paint, Color)
        and fill.paint.alpha == 1.0
        for fill in fills
    )


def attach(nodes: list[Node], shadow: OuterShadow) -> list[Node] | None:
    """Give leaves a shadow such that it looks as if all of them cast one together.

    Args:
        nodes: Legal, bottom first, without effects.
        shadow: What to give them.

    Returns:
        None where a leaf's own shadow would fall on others, or lie double.
    """
    leaves = leaves_of(nodes)
    if not leaves or len(leaves) > _MAX_LEAVES or any(leaf.effects for leaf in leaves):
        return None
    chosen = leaves
    if len(leaves) > 1:
        cover = _cover(leaves)
        if cover is not None:
            chosen = [cover]
        elif not _stand_apart(leaves, shadow):
            return None
    keys = {id(leaf) for leaf in chosen}

    def changed(node: Node) -> Node:
        if isinstance(node, Group):
            return replace(node, children=tuple(map(changed, node.children)))
        return replace(node, effects=(shadow,)) if id(node) in keys else node

    return list(map(changed, nodes))


def caster(nodes: list[Node], shadow: OuterShadow) -> Shape | None:
    """Return a shape that casts the shadow of all nodes when it lies hidden right below them.

    Args:
        nodes: Legal, bottom first.
        shadow: Their shadow.

    Returns:
        None where it would show: translucent parts, letters and pictures that stick out.
    """
    leaves = leaves_of(nodes)
    shapes = [leaf for leaf in leaves if isinstance(leaf, Shape)]
    if not shapes or len(leaves) > _MAX_LEAVES or not all(map(is_opaque, shapes)):
        return None
    path = unite((painted_area(shape), False) for shape in shapes)
    if not path or not all(
        _lies_within(leaf, path) for leaf in leaves if not isinstance(leaf, Shape)
    ):
        return None
    below = shapes[0].fill or shapes[0].stroke
    color = below.paint if below is not None and isinstance(below.paint, Color) else shadow.color
    return Shape(
        path,
        Fill(color._replace(alpha=1.0)),
        effects=(shadow,),
        label=Label(name="Shadow", decorative=True),
        source=shapes[0].source,
    )


def _cover(leaves: list[_Leaf]) -> Shape | None:
    """Return an opaque shape that all other leaves lie within."""

    def size(leaf: _Leaf) -> float:
        box = visual_bounds(leaf)
        return -1.0 if box is None else box.width * box.height

    shape = max(leaves, key=size)
    if not isinstance(shape, Shape) or not is_opaque(shape):
        return None
    path = painted_area(shape)
    others = (leaf for leaf in leaves if leaf is not shape)
    return shape if all(_lies_within(leaf, path) for leaf in others) else None


def _lies_within(leaf: _Leaf, path: Path) -> bool:
    box, outer = visual_bounds(leaf), path.bounds()
    if box is None:
        return True
    if outer is None or not outer.touches(box):
        return False
    inner = painted_area(leaf) if isinstance(leaf, Shape) else rect_path(box)
    if not inner or inner == EMPTY:
        return True
    return area(subtract(inner, path)) <= _SLACK * min(area(inner), 100.0)


def _stand_apart(leaves: list[_Leaf], shadow: OuterShadow) -> bool:
    """Whether no leaf touches another, and no shadow falls on a leaf painted before."""
    if overlapping(leaves) != []:
        return False
    boxes = [visual_bounds(leaf) for leaf in leaves]
    reach = shadow.radius * 0.6
    for at, box in enumerate(boxes):
        if box is None:
            continue
        cast = Rect(box.x + shadow.dx, box.y + shadow.dy, box.width, box.height).inflate(reach)
        for below in boxes[:at]:
            if below is not None and (hit := cast.intersection(below)) and not hit.is_empty:
                return False
    return True
