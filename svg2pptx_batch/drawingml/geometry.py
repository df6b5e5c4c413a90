"""Geometry: places on the slide and free outlines.

A path's local unit is one EMU from the top left corner of its box, so points are integers without
loss; a width and height of zero would mean something else to some programs and never occur
together.
"""

from __future__ import annotations

import math

from svg2pptx_batch.drawingml.emu import Box, angle, box_of, emu
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.options import EMU_PER_PX

_TEMPLATES = {
    "M": '<a:moveTo><a:pt x="%d" y="%d"/></a:moveTo>',
    "L": '<a:lnTo><a:pt x="%d" y="%d"/></a:lnTo>',
    "Q": '<a:quadBezTo><a:pt x="%d" y="%d"/><a:pt x="%d" y="%d"/></a:quadBezTo>',
    "C": (
        '<a:cubicBezTo><a:pt x="%d" y="%d"/><a:pt x="%d" y="%d"/><a:pt x="%d" y="%d"/>'
        "</a:cubicBezTo>"
    ),
    "Z": "<a:close/>",
}
_HEAD = (
    "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
    '<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
)


def commands_xml(path: Path, box: Box) -> str:
    """Return the drawing commands of a path, in EMU from the corner of `box`."""
    left, top = box.left, box.top
    points = [0] * len(path.coords)
    points[::2] = [round(x * EMU_PER_PX) - left for x in path.coords[::2]]
    points[1::2] = [round(y * EMU_PER_PX) - top for y in path.coords[1::2]]
    return "".join([_TEMPLATES[verb] for verb in path.verbs]) % tuple(points)


def path_xml(path: Path, box: Box, flags: str = "") -> str:
    """Return one `a:path`.

    Args:
        path: Slide px.
        box: The shape's box.
        flags: More attributes, such as ` fill="none"`.
    """
    return f'<a:path w="{box.width}" h="{box.height}"{flags}>{commands_xml(path, box)}</a:path>'


def custom_geometry_xml(*paths: str) -> str:
    """Return `a:custGeom` around finished paths, painted in order."""
    return f"{_HEAD}{''.join(paths)}</a:pathLst></a:custGeom>"


def xfrm_xml(box: Box, attributes: str = "") -> str:
    """Return `a:xfrm` for a box.

    Args:
        box: Unrotated box.
        attributes: Rotation and flips, ` rot="…"`, or empty.
    """
    left, top, right, bottom = box
    return (
        f'<a:xfrm{attributes}><a:off x="{left}" y="{top}"/>'
        f'<a:ext cx="{right - left}" cy="{bottom - top}"/></a:xfrm>'
    )


def place_rect(rect: Rect, transform: Affine, *, flips: bool = True) -> tuple[str, Box]:
    """Return `a:xfrm` for a rectangle under a transform, and the box of its image.

    Args:
        rect: In own space.
        transform: To slide px; must decompose into translate · rotate · scale.
        flips: Whether mirroring shows; false for shapes that are their own mirror image.

    Returns:
        The element, and the axis-aligned box in EMU of what it places.
    """
    if transform.b == 0.0 and transform.c == 0.0 and transform.a > 0 and transform.d > 0:
        box = box_of(rect if transform is IDENTITY else transform.apply_rect(rect))
        return xfrm_xml(box), box
    parts = transform.decompose()
    assert parts is not None, "a legal transform has orthogonal columns"
    width, height = rect.width * parts.scale_x, rect.height * abs(parts.scale_y)
    cx, cy = transform.apply(*rect.center)
    turn = angle(parts.rotation_deg)
    flip = ' flipV="1"' if parts.scale_y < 0 and flips else ""
    if turn % 5_400_000 == 0 and not flips:
        if turn % 10_800_000:
            width, height = height, width
        turn = 0
    left, top = emu(cx - width / 2), emu(cy - height / 2)
    box = Box(left, top, left + emu(width), top + emu(height))
    rotation = f' rot="{turn}"' if turn else ""
    around = box
    if turn:
        radians = math.radians(parts.rotation_deg)
        cos, sin = abs(math.cos(radians)), abs(math.sin(radians))
        half_w, half_h = (width * cos + height * sin) / 2, (width * sin + height * cos) / 2
        around = box_of(Rect(cx - half_w, cy - half_h, 2 * half_w, 2 * half_h))
    return xfrm_xml(box, rotation + flip), around
