"""Names, alternative texts and links of shapes: `p:cNvPr`."""

from __future__ import annotations

from svg2pptx_batch.drawingml.ids import SlideParts
from svg2pptx_batch.drawingml.xml import escape
from svg2pptx_batch.scene.nodes import NO_LABEL, Label

_DECORATIVE = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}">'
    '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative"'
    ' val="1"/></a:ext></a:extLst>'
)


def properties_xml(label: Label, kind: str, parts: SlideParts) -> str:
    """Return `p:cNvPr` with a fresh id.

    Args:
        label: What the author said; a name is made up from `kind` and the id where there is none.
        kind: `Freeform`, `Oval` …
        parts: Ids and relationships of the slide.
    """
    number = parts.next_id()
    if label is NO_LABEL or label == NO_LABEL:
        return f'<p:cNvPr id="{number}" name="{kind} {number - 1}"/>'
    name = escape(label.name) or f"{kind} {number - 1}"
    attributes = f'id="{number}" name="{name}"'
    if label.description:
        attributes += f' descr="{escape(label.description)}"'
    if label.title:
        attributes += f' title="{escape(label.title)}"'
    link = parts.hyperlink(label.link) if label.link else ""
    inside = f'<a:hlinkClick r:id="{link}"/>' if link else ""
    if label.decorative:
        inside += _DECORATIVE
    return f"<p:cNvPr {attributes}>{inside}</p:cNvPr>" if inside else f"<p:cNvPr {attributes}/>"
