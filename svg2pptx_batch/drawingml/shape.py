"""Shapes: `p:sp` and `p:cxnSp`."""

from __future__ import annotations

from svg2pptx_batch.drawingml.effect import effects_xml
from svg2pptx_batch.drawingml.emu import Box, box_of
from svg2pptx_batch.drawingml.fill import fill_xml
from svg2pptx_batch.drawingml.geometry import custom_geometry_xml, path_xml, xfrm_xml
from svg2pptx_batch.drawingml.ids import SlideParts
from svg2pptx_batch.drawingml.line import line_xml
from svg2pptx_batch.drawingml.naming import properties_xml
from svg2pptx_batch.drawingml.preset import preset_xml
from svg2pptx_batch.drawingml.text import shape_text_xml
from svg2pptx_batch.scene.nodes import LinePrimitive, Shape


def shape_xml(shape: Shape, parts: SlideParts) -> tuple[str, Box]:
    """Return a shape's element and its box on the slide.

    Args:
        shape: Legal: slide px, DrawingML's own paints.
        parts: Ids, relationships and media of the slide.
    """
    if shape.primitive is not None:
        geometry, box, kind = preset_xml(shape.primitive, shape.transform)
    else:
        bounds = shape.path.bounds()
        assert bounds is not None, "a legal shape has an outline"
        box = box_of(bounds)
        geometry, kind = xfrm_xml(box) + _free_form(shape, box), "Freeform"
    properties = properties_xml(shape.label, kind, parts)
    effects = effects_xml(shape.effects) if shape.effects else ""
    text = "" if shape.text is None else shape_text_xml(shape.text, box, parts)
    if isinstance(shape.primitive, LinePrimitive):
        return (
            f"<p:cxnSp><p:nvCxnSpPr>{properties}<p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr>"
            f"<p:spPr>{geometry}{line_xml(shape.stroke, parts)}{effects}</p:spPr></p:cxnSp>",
            box,
        )
    return (
        f"<p:sp><p:nvSpPr>{properties}<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{geometry}"
        f"{fill_xml(shape.fill, parts)}{line_xml(shape.stroke, parts)}{effects}</p:spPr>"
        f"{text}</p:sp>",
        box,
    )


def _free_form(shape: Shape, box: Box) -> str:
    """Return `a:custGeom`: one path, or two where fill and stroke differ in outline or order."""
    if shape.stroke is None or (shape.fill is None and shape.fill_path is None):
        return custom_geometry_xml(path_xml(shape.fill_path or shape.path, box))
    if shape.fill_path is None and not shape.stroke_first:
        return custom_geometry_xml(path_xml(shape.path, box))
    filled = path_xml(shape.fill_path or shape.path, box, ' stroke="0"')
    stroked = path_xml(shape.path, box, ' fill="none"')
    both = (stroked, filled) if shape.stroke_first else (filled, stroked)
    return custom_geometry_xml(*both)
