"""Pictures: `p:pic`."""

from __future__ import annotations

from svg2pptx_batch.drawingml.effect import effects_xml
from svg2pptx_batch.drawingml.emu import Box, emu, percent
from svg2pptx_batch.drawingml.fill import blip_xml
from svg2pptx_batch.drawingml.geometry import custom_geometry_xml, path_xml, place_rect
from svg2pptx_batch.drawingml.ids import SlideParts
from svg2pptx_batch.drawingml.naming import properties_xml
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.nodes import Crop, Image


def _crop_xml(crop: Crop) -> str:
    sides = (("l", crop.left), ("t", crop.top), ("r", crop.right), ("b", crop.bottom))
    return "".join(f' {name}="{percent(part)}"' for name, part in sides if percent(part))


def picture_xml(image: Image, parts: SlideParts) -> tuple[str, Box]:
    """Return a picture's element and its box on the slide.

    Args:
        image: Legal: its transform decomposes, its clip lies within its rectangle.
        parts: Ids, relationships and media of the slide.
    """
    place, box = place_rect(image.rect, image.transform)
    geometry = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    if image.clip is not None:
        parted = image.transform.decompose()
        assert parted is not None, "a legal transform has orthogonal columns"
        # The outline lives in the unrotated, unflipped frame that `a:xfrm` then turns.
        scale = Affine.scaling(parted.scale_x, abs(parted.scale_y))
        frame = scale.apply_rect(image.rect)
        whole = Box(0, 0, *_size_emu(frame))
        outline = image.clip.transform(Affine.translation(-frame.x, -frame.y) @ scale)
        geometry = custom_geometry_xml(path_xml(outline, whole))
    properties = properties_xml(image.label, "Picture", parts)
    blip = blip_xml(image.data, image.format.value, image.opacity, parts)
    return (
        f"<p:pic><p:nvPicPr>{properties}<p:cNvPicPr>"
        '<a:picLocks noChangeAspect="1"/>'
        f"</p:cNvPicPr><p:nvPr/></p:nvPicPr><p:blipFill>{blip}<a:srcRect{_crop_xml(image.crop)}/>"
        "<a:stretch><a:fillRect/></a:stretch></p:blipFill>"
        f"<p:spPr>{place}{geometry}{effects_xml(image.effects)}</p:spPr></p:pic>",
        box,
    )


def _size_emu(rect: Rect) -> tuple[int, int]:
    """Return width and height of a rectangle in EMU, at least 1 each."""
    return max(1, emu(rect.width)), max(1, emu(rect.height))
