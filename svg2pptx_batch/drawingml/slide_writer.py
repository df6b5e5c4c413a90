"""A legal scene as a slide part."""

from __future__ import annotations

from typing import NamedTuple

from svg2pptx_batch.drawingml.fill import color_xml
from svg2pptx_batch.drawingml.group import node_xml
from svg2pptx_batch.drawingml.ids import SlideParts
from svg2pptx_batch.drawingml.slide import Slide
from svg2pptx_batch.drawingml.xml import A, P, R, escape
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.scene.nodes import Scene

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<p:sld xmlns:a="{A}" xmlns:r="{R}" xmlns:p="{P}"><p:cSld'
)
_TREE = (
    '<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
    '<p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/>'
    '<a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)
_TAIL = "</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>"


class Heading(NamedTuple):
    """The title that people see on a slide.

    Attributes:
        kind: Type of the layout's placeholder, `title` or `ctrTitle`.
        text: What it says.
    """

    kind: str
    text: str


def write_slide(
    scene: Scene,
    *,
    background: Color | None = None,
    name: str = "",
    heading: Heading | None = None,
) -> Slide:
    """Write a legal scene.

    Args:
        scene: As `lower` gives it: slide px throughout.
        background: Slide background; None for the theme's.
        name: Of the slide: that of the drawing it shows.
        heading: Fills the title placeholder; None for a slide without.

    Returns:
        The slide, complete but for its layout relationship.
    """
    parts = SlideParts()
    above = "" if heading is None else _heading_xml(heading, parts)
    body = [node_xml(child, parts)[0].encode() for child in scene.root.children]
    ground = ""
    if background is not None:
        ground = (
            f"<p:bg><p:bgPr><a:solidFill>{color_xml(background)}</a:solidFill><a:effectLst/>"
            "</p:bgPr></p:bg>"
        )
    # A slide can be large: joined once, from bytes.
    named = f' name="{escape(name)}"' if name else ""
    head = f"{_HEAD}{named}>{ground}{_TREE}{above}"
    xml = b"".join([head.encode(), *body, _TAIL.encode()])
    return Slide(xml, parts.relationships, parts.media, metadata=scene.metadata)


def _heading_xml(heading: Heading, parts: SlideParts) -> str:
    """Return the shape that fills the title placeholder: place and looks are the layout's.

    A long title gets smaller letters; LibreOffice does not take that over from the layout.
    """
    number = parts.next_id()
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Title"/><p:cNvSpPr>'
        f'<a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="{heading.kind}"/></p:nvPr>'
        "</p:nvSpPr><p:spPr/><p:txBody><a:bodyPr><a:normAutofit/></a:bodyPr><a:lstStyle/><a:p><a:r>"
        f'<a:rPr lang="en-US"/><a:t>{escape(heading.text)}</a:t></a:r></a:p></p:txBody></p:sp>'
    )
