"""Shapes that lead farther off the slide than the coordinates of a deck."""

from __future__ import annotations

from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.confine import confined, is_open
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.lower.clip import Clip, is_near, reach_of
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.lower.shapes import lower_shape
from svg2pptx_batch.scene.nodes import NO_LABEL, Group, Label, Node, Shape


def keeps_dashes(shape: Shape, path: Path, work: Lowering) -> bool:
    """Tell whether dashes stay where they are when a shape's outline is brought near.

    They do up to where each subpath leaves, if it starts near. Where one comes back, so far away,
    nobody can count them.
    """
    if shape.stroke is None or not shape.stroke.dashes:
        return True
    reach = reach_of(work.page)
    starts = (part.coords[:2] for part in path.subpaths())
    return all(reach.x <= x <= reach.right and reach.y <= y <= reach.bottom for x, y in starts)


def lower_far(
    shape: Shape, path: Path, to_slide: Affine, clip: Clip, link: str, work: Lowering
) -> Node | None:
    """Lower a shape after its outline is brought near: nothing that is seen of it changes.

    Args:
        shape: Whose dashes, if any, are kept: see `keeps_dashes`.
        path: Its outline, slide px.
        to_slide: As of `lower_shape`, and so are the others.
        clip: What cuts it.
        link: Address of a link around it, or empty.
        work: State of this scene.
    """
    m = to_slide @ shape.transform
    area = shape.fill is not None
    if not area or shape.stroke is None or not is_open(path):
        part = _near(shape, path, m, work, filled=area)
        return None if part is None else lower_shape(part, to_slide, clip, link, work)
    # What closes the area is no part of the line.
    label = shape.label
    bare = replace(shape, label=Label(link=label.link) if label.link else NO_LABEL)
    parts = [
        _near(replace(bare, stroke=None), path, m, work, filled=True),
        _near(replace(bare, fill=None), path, m, work, filled=False),
    ]
    if shape.stroke_first:
        parts.reverse()
    lowered = (lower_shape(part, to_slide, clip, link, work) for part in parts if part is not None)
    nodes = tuple(node for node in lowered if node is not None)
    outer = replace(label, link="") if label.link else label
    return Group(nodes, label=outer, source=shape.source) if nodes else None


def _near(shape: Shape, path: Path, m: Affine, work: Lowering, *, filled: bool) -> Shape | None:
    """Return a shape whose outline is near; None where its numbers are too large for that."""
    outline = confined(path, reach_of(work.page), filled=filled).transform(m.inverse())
    box = outline.transform(m).bounds()
    if box is None or not is_near(box):
        return None
    return replace(shape, path=outline, primitive=None)
