"""Legal parts under a veil: alpha in their colours, gradients and pictures.

A stroke becomes a filled outline first, since a line takes no picture. Which veil a mask makes is
the business of `masked`.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Fidelity, Source
from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.path import Path, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.lower.sampling import encode_picture, sample_gradient
from svg2pptx_batch.lower.strokes import stroke_area
from svg2pptx_batch.lower.veil import Veil
from svg2pptx_batch.scene.gradients import as_gradient
from svg2pptx_batch.scene.nodes import (
    NO_LABEL,
    Crop,
    Group,
    Image,
    ImageFormat,
    Node,
    Shape,
    Text,
)
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    CircularGradient,
    Fill,
    Paint,
    PictureFill,
)

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    from svg2pptx_batch.lower.veil import Alpha

_MAX_SIDE = 2048
_FILL_SIDE = 1024


def lay_veil(nodes: list[Node], veil: Veil, work: Lowering) -> list[Node] | None:
    """Return nodes under a veil.

    Args:
        nodes: Legal, slide px.
        veil: What fades them.
        work: For the resolution of pictures, and told of strokes that became outlines.

    Returns:
        None where one of them cannot be faded: a text, or something without extent.
    """
    found: list[Node] = []
    for node in nodes:
        veiled = _veiled(node, veil, work)
        if veiled is None:
            return None
        found.append(veiled)
    return found


def _veiled(node: Node, veil: Veil, work: Lowering) -> Node | None:
    """Return a legal node under a veil; None where that cannot be said."""
    match node:
        case Group():
            children = lay_veil(list(node.children), veil, work)
            return None if children is None else replace(node, children=tuple(children))
        case Shape():
            return _veiled_shape(node, veil, work)
        case Image():
            return _veiled_image(node, veil)
        case Text():
            return None


def _veiled_shape(shape: Shape, veil: Veil, work: Lowering) -> Node | None:
    path = shape.path
    if not shape.transform.is_identity:
        path = path.transform(shape.transform)
        shape = replace(shape, path=path, transform=IDENTITY, primitive=None)
    parts: list[Shape] = []
    if shape.fill is not None:
        fill = _veiled_fill(shape.fill, path, veil, shape.source, work)
        if fill is None:
            return None
        parts.append(replace(shape, fill=fill, stroke=None, stroke_first=False))
    if shape.stroke is not None:
        line = stroke_area(path, shape.stroke)
        fill = Fill(shape.stroke.paint, shape.stroke.opacity)
        fill = _veiled_fill(fill, line, veil, shape.source, work)
        if fill is None:
            return None
        stroked = Shape(line, fill, label=shape.label, source=shape.source)
        work.report(
            "stroke-outlined",
            "a stroke faded by a mask became a filled outline",
            shape.source,
            Fidelity.OUTLINED,
        )
        parts.insert(0 if shape.stroke_first else len(parts), stroked)
    if len(parts) == 1:
        return parts[0]
    inner = replace(NO_LABEL, link=shape.label.link)
    return Group(
        tuple(replace(part, label=inner) for part in parts),
        label=replace(shape.label, link=""),
        source=shape.source,
    )


def _veiled_fill(
    fill: Fill, frame: Path, veil: Veil, source: Source, work: Lowering
) -> Fill | None:
    """Return a fill under a veil.

    Args:
        fill: Legal.
        frame: The path whose box is the paint's frame, slide px.
        veil: What fades it.
        source: The element, for the remark on a picture.
        work: For the resolution of pictures.
    """
    box = frame.bounds()
    if box is None or box.is_empty:
        return None
    paint = veil.native(fill.paint, box)
    if paint is None:
        paint = _picture_of(fill.paint, veil, box, work)
        message = "what a mask fades fills its shape as a picture"
        work.report("mask-rasterised", message, source, Fidelity.RASTERISED)
    return None if paint is None else replace(fill, paint=paint)


def _picture_of(paint: Paint, veil: Veil, box: Rect, work: Lowering) -> PictureFill | None:
    """Return a paint under a veil as a picture over a shape's box."""
    import numpy as np
    from PIL import Image as Pictures

    scale = min(work.pixel_scale, _FILL_SIDE / max(box.width, box.height))
    if isinstance(paint, PictureFill):
        with Pictures.open(io.BytesIO(paint.png)) as opened:
            below = opened.convert("RGBA")
    width = max(1, math.ceil(box.width * scale))
    height = max(1, math.ceil(box.height * scale))
    match paint:
        case Color():
            below = Pictures.new("RGBA", (width, height), (*paint[:3], round(paint.alpha * 255)))
        case AxialGradient() | CircularGradient():
            gradient = as_gradient(paint, rect_path(box))
            pixels = sample_gradient(gradient, IDENTITY, box, width, height)
            below = Pictures.fromarray(np.rint(pixels).astype(np.uint8), "RGBA")
        case PictureFill():
            width, height = below.size
        case _:
            return None
    alpha = veil.alpha(IDENTITY, box, width, height)
    return None if alpha is None else PictureFill(encode_picture(_thinned(below, alpha)))


def _thinned(picture: Picture, alpha: Alpha) -> Picture:
    """Return an RGBA picture with an alpha multiplied into its own."""
    import numpy as np
    from PIL import Image as Pictures

    pixels = np.asarray(picture).copy()
    pixels[..., 3] = np.rint(pixels[..., 3] * alpha).astype(np.uint8)
    return Pictures.fromarray(pixels, "RGBA")


def _veiled_image(image: Image, veil: Veil) -> Image | None:
    """Bake a veil into a picture's own alpha; its pixels stay as many as they are."""
    from PIL import Image as Pictures

    with Pictures.open(io.BytesIO(image.data)) as opened:
        width, height = opened.size
        crop = image.crop
        kept = (
            math.floor(crop.left * width),
            math.floor(crop.top * height),
            math.ceil((1 - crop.right) * width),
            math.ceil((1 - crop.bottom) * height),
        )
        picture = opened.convert("RGBA").crop(kept)
    if min(picture.size) < 1:
        return None
    # What whole pixels cover is a little more than the crop leaves.
    rect = image.rect
    across = rect.width / (1 - crop.left - crop.right)
    down = rect.height / (1 - crop.top - crop.bottom)
    left, top = rect.x - crop.left * across, rect.y - crop.top * down
    box = Rect(
        left + kept[0] / width * across,
        top + kept[1] / height * down,
        picture.width / width * across,
        picture.height / height * down,
    )
    side = max(picture.size)
    if side < _MAX_SIDE:
        # A fine mask over a coarse picture still shows its own edges.
        grow = min(_MAX_SIDE / side, 2 * max(box.width, box.height) / side)
        if grow > 1:
            size = (math.ceil(picture.width * grow), math.ceil(picture.height * grow))
            picture = picture.resize(size, Pictures.Resampling.BICUBIC)
    alpha = veil.alpha(image.transform, box, *picture.size)
    if alpha is None:
        return None
    trimmed = Crop(
        max(0.0, (rect.x - box.x) / box.width),
        max(0.0, (rect.y - box.y) / box.height),
        max(0.0, (box.right - rect.right) / box.width),
        max(0.0, (box.bottom - rect.bottom) / box.height),
    )
    data = encode_picture(_thinned(picture, alpha))
    return replace(image, data=data, format=ImageFormat.PNG, crop=trimmed)
