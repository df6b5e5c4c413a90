"""Preset geometry: rectangles, ellipses and lines stay what they were drawn as."""

from __future__ import annotations

from typing import assert_never

from svg2pptx_batch.drawingml.emu import Box, emu, percent
from svg2pptx_batch.drawingml.geometry import place_rect, xfrm_xml
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.nodes import EllipsePrimitive, LinePrimitive, Primitive, RectPrimitive


def preset_xml(primitive: Primitive, transform: Affine) -> tuple[str, Box, str]:
    """Return `a:xfrm` and `a:prstGeom` of a primitive.

    Args:
        primitive: Slide px. A rectangle's radii are equal.
        transform: Identity, or a rotation of a rectangle or ellipse.

    Returns:
        The elements, the axis-aligned box of the shape, and what people call such a shape.
    """
    match primitive:
        case RectPrimitive():
            place, box = place_rect(primitive.rect, transform, flips=False)
            if primitive.rx <= 0:
                return f'{place}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>', box, "Rectangle"
            side = min(primitive.rect.width, primitive.rect.height)
            adjust = min(50_000, percent(primitive.rx / side))
            return (
                f'{place}<a:prstGeom prst="roundRect"><a:avLst>'
                f'<a:gd name="adj" fmla="val {adjust}"/></a:avLst></a:prstGeom>',
                box,
                "Rectangle",
            )
        case EllipsePrimitive():
            rx, ry = primitive.rx, primitive.ry
            frame = Rect(primitive.cx - rx, primitive.cy - ry, 2 * rx, 2 * ry)
            place, box = place_rect(frame, transform, flips=False)
            return f'{place}<a:prstGeom prst="ellipse"><a:avLst/></a:prstGeom>', box, "Oval"
        case LinePrimitive():
            place, box = _place_line(primitive)
            return f'{place}<a:prstGeom prst="line"><a:avLst/></a:prstGeom>', box, "Line"
        case _:
            assert_never(primitive)


def _place_line(line: LinePrimitive) -> tuple[str, Box]:
    x1, y1, x2, y2 = emu(line.x1), emu(line.y1), emu(line.x2), emu(line.y2)
    flips = (' flipH="1"' if x2 < x1 else "") + (' flipV="1"' if y2 < y1 else "")
    box = Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    return xfrm_xml(box, flips), box
