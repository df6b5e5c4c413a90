"""Groups: `p:grpSp`, which never scale or turn what they hold."""

from __future__ import annotations

from functools import reduce
from typing import assert_never

from svg2pptx_batch.drawingml.emu import Box
from svg2pptx_batch.drawingml.ids import SlideParts
from svg2pptx_batch.drawingml.naming import properties_xml
from svg2pptx_batch.drawingml.picture import picture_xml
from svg2pptx_batch.drawingml.shape import shape_xml
from svg2pptx_batch.drawingml.text import text_xml
from svg2pptx_batch.scene.nodes import Group, Image, Node, Shape, Text


def node_xml(node: Node, parts: SlideParts) -> tuple[str, Box]:
    """Return the element of any legal node, and its box on the slide."""
    match node:
        case Shape():
            return shape_xml(node, parts)
        case Group():
            return group_xml(node, parts)
        case Text():
            return text_xml(node, parts)
        case Image():
            return picture_xml(node, parts)
        case _:
            assert_never(node)


def group_xml(group: Group, parts: SlideParts) -> tuple[str, Box]:
    """Return a group's element and its box: child space and slide space are the same.

    Args:
        group: Legal: identity transform, no effects, at least one child.
        parts: Ids, relationships and media of the slide.
    """
    properties = properties_xml(group.label, "Group", parts)
    children = [node_xml(child, parts) for child in group.children]
    box = reduce(Box.union, [child_box for _, child_box in children])
    inside = "".join([xml for xml, _ in children])
    return (
        f"<p:grpSp><p:nvGrpSpPr>{properties}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
        f'<p:grpSpPr><a:xfrm><a:off x="{box.left}" y="{box.top}"/>'
        f'<a:ext cx="{box.width}" cy="{box.height}"/>'
        f'<a:chOff x="{box.left}" y="{box.top}"/>'
        f'<a:chExt cx="{box.width}" cy="{box.height}"/></a:xfrm></p:grpSpPr>{inside}</p:grpSp>',
        box,
    )
