"""Shapes that lead farther off the slide than the coordinates of a deck."""

from __future__ import annotations

from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.confine import confined, is_open
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.lower.clip import Clip, reach_of
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.lower.shapes import lower_shape
from svg2pptx_batch.scene.nodes import NO_LABEL, Group, Label, Node, Shape


def lower_far(
    shape: Shape, path: Path, to_slide: Affine, clip: Clip, link: str, work: Lowering
) -> Node | None:
    """Lower a shape after its outline is brought near: nothing that is seen of it changes.

    Args:
        shape: Without dashes, whose places on the line would be others.
        path: Its outline, slide px.
        to_slide: As of `lower_shape`, and so are the others.
        clip: What cuts it.
        link: Address of a link around it, or empty.
        work: State of this scene.
    """
    back = (to_slide @ shape.transform).inverse()

    def near(*, filled: bool) -> Shape:
        outline = confined(path, reach_of(work.page), filled=filled).transform(back)
        return replace(shape, path=outline, primitive=None)

    if shape.fill is None or shape.stroke is None or not is_open(path):
        part = near(filled=shape.fill is not None)
        return lower_shape(part, to_slide, clip, link, work)
    # What closes the area is no part of the line.
    label = shape.label
    inner = Label(link=label.link) if label.link else NO_LABEL
    area = replace(near(filled=True), stroke=None, label=inner)
    line = replace(near(filled=False), fill=None, label=inner)
    parts = (line, area) if shape.stroke_first else (area, line)
    lowered = [lower_shape(part, to_slide, clip, link, work) for part in parts]
    nodes = tuple(node for node in lowered if node is not None)
    outer = replace(label, link="") if label.link else label
    return Group(nodes, label=outer, source=shape.source) if nodes else None
