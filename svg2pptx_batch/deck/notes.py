"""Speaker notes: the text of a slide's notes as a notes slide."""

from __future__ import annotations

from typing import Final

from svg2pptx_batch.deck.package import XML_DECLARATION
from svg2pptx_batch.drawingml.xml import A, P, R, escape

_HEAD: Final = (
    f'{XML_DECLARATION}<p:notes xmlns:a="{A}" xmlns:r="{R}" xmlns:p="{P}"><p:cSld><p:spTree>'
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
    '<p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/>'
    '<a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
    '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Slide image"/><p:cNvSpPr>'
    '<a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr>'
    '<p:ph type="sldImg"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp>'
    '<p:sp><p:nvSpPr><p:cNvPr id="3" name="Notes"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
    '<p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>'
    "<a:lstStyle/>"
)
_TAIL: Final = (
    "</p:txBody></p:sp></p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>"
    "</p:notes>"
)


def notes_xml(text: str) -> bytes:
    """Return a notes slide.

    Args:
        text: A paragraph a line; tabs become spaces.

    Source: ECMA-376 part 1, 19.3.1.26 "notes".
    """
    paragraphs = [
        f'<a:p><a:r><a:rPr lang="en-US"/><a:t>{escape(line)}</a:t></a:r></a:p>'
        if line
        else "<a:p/>"
        for line in text.replace("\t", " ").splitlines() or [""]
    ]
    return f"{_HEAD}{''.join(paragraphs)}{_TAIL}".encode()
