"""The last rung: what DrawingML cannot hold is painted by resvg and becomes a picture."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from svg2pptx_batch.diagnostics import Fidelity
from svg2pptx_batch.errors import SvgError
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.lower.clip import Clip, clip_image
from svg2pptx_batch.lower.context import Lowering, count_leaves
from svg2pptx_batch.lower.sampling import encode_png
from svg2pptx_batch.raster.resvg import render
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.nodes import (
    NO_LABEL,
    Group,
    Image,
    ImageFormat,
    Label,
    Node,
    Scene,
    Shape,
    Text,
)
from svg2pptx_batch.scene.paint import Fill, Pattern, PictureFill
from svg2pptx_batch.scene.svg_writer import write_svg
from svg2pptx_batch.scene.walk import rewrite

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_SIDE = 4096
_MAX_TILE_SIDE = 2048
_CSS_DPI = 96


class _Region(NamedTuple):
    """A part of the slide on the pixel grid.

    Attributes:
        left: Pixels from the slide's left edge.
        top: Pixels from its top edge.
        width: Pixels.
        height: Pixels.
        scale: Pixels to one slide px.
    """

    left: int
    top: int
    width: int
    height: int
    scale: float

    @property
    def rect(self) -> Rect:
        """The region in slide px."""
        return Rect(
            self.left / self.scale,
            self.top / self.scale,
            self.width / self.scale,
            self.height / self.scale,
        )

    @property
    def view(self) -> Affine:
        """Slide px to the region's pixels."""
        return Affine(self.scale, 0.0, 0.0, self.scale, -self.left, -self.top)


def outlined(node: Node, work: Lowering) -> Node:
    """Return a node whose texts are outlines, ready to be painted without fonts."""

    def change(each: Node) -> Node:
        if isinstance(each, Text):
            from svg2pptx_batch.lower.text import outline_text

            return outline_text(each, work.fonts)
        return each

    return rewrite(node, change) or node


def rasterise(
    node: Node, to_slide: Affine, clip: Clip, link: str, work: Lowering, *, code: str, reason: str
) -> Image | None:
    """Turn a subtree into a picture.

    Args:
        node: Any node with its effects.
        to_slide: The parent's space to slide px.
        clip: What cuts it.
        link: Address of a link around it, or empty.
        work: State of this scene.
        code: Diagnostic code, `filter-rasterised`.
        reason: What DrawingML lacks: the start of a sentence.

    Returns:
        None where nothing is seen.
    """
    region = _region(node, to_slide, clip, work)
    if region is None:
        return None
    if isinstance(node, Group) and node.blend_mode != "normal":
        from svg2pptx_batch.lower.blend import blended_pixels

        pixels = blended_pixels(
            node, to_slide, region.view, width=region.width, height=region.height, work=work
        )
    else:
        pixels = paint([outlined(node, work)], region.view @ to_slide, region.width, region.height)
    image = _cropped(pixels, region)
    if image is None:
        return None
    work.report(code, f"{reason} became a picture", node.source, Fidelity.RASTERISED)
    work.count(Fidelity.RASTERISED, max(1, count_leaves(node)))
    label = _label_of(node)
    if link and not label.link:
        label = replace(label, link=link)
    return clip_image(replace(image, label=label, source=node.source), clip)


def _label_of(node: Node) -> Label:
    """Return a node's label, or that of the only node inside."""
    while node.label is NO_LABEL and isinstance(node, Group) and len(node.children) == 1:
        node = node.children[0]
    return node.label


def _region(node: Node, to_slide: Affine, clip: Clip, work: Lowering) -> _Region | None:
    """Return what has to be painted: visible, on the pixel grid, at most 4096 pixels a side."""
    bounds = visual_bounds(node)
    if bounds is None or not all(map(math.isfinite, bounds)):
        return None
    box = to_slide.apply_rect(bounds)
    seen = box.intersection(work.page)
    seen = None if seen is None else seen.intersection(clip.rect)
    if seen is None:
        return None
    scale = work.options.fallback_dpi / _CSS_DPI
    side = max(seen.width, seen.height)
    if side * scale > MAX_SIDE - 2:
        scale = (MAX_SIDE - 2) / side
    left, top = math.floor(seen.x * scale), math.floor(seen.y * scale)
    right, bottom = math.ceil(seen.right * scale), math.ceil(seen.bottom * scale)
    return _Region(left, top, max(1, right - left), max(1, bottom - top), scale)


def paint(nodes: list[Node], view: Affine, width: int, height: int) -> NDArray[np.uint8]:
    """Paint nodes on a transparent canvas.

    Args:
        nodes: Bottom first, texts outlined.
        view: Their space to pixels.
        width: Pixels across.
        height: Pixels down.

    Returns:
        height × width × 4, RGBA, not premultiplied; all transparent where resvg cannot paint it.
    """
    import numpy as np
    from PIL import Image as Picture

    scene = Scene(Size(width, height), Group(tuple(nodes), transform=view))
    try:
        png = render(write_svg(scene), width, height)
    except SvgError:
        return np.zeros((height, width, 4), np.uint8)
    with Picture.open(io.BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGBA"))


def _cropped(pixels: NDArray[np.uint8], region: _Region) -> Image | None:
    """Cut transparent margins off and place the rest."""
    import numpy as np

    seen = pixels[..., 3] > 0
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    part = _Region(region.left + left, region.top + top, right - left, bottom - top, region.scale)
    png = encode_png(pixels[top:bottom, left:right].astype(np.float64))
    return Image(png, ImageFormat.PNG, part.rect)


def paint_pattern(
    pattern: Pattern, to_slide: Affine, box: Rect, work: Lowering
) -> PictureFill | None:
    """Return a pattern painted over a shape's box.

    Args:
        pattern: In its own space.
        to_slide: The shape's own space to slide px.
        box: The shape's box, slide px, not empty.
        work: For the resolution, and fonts of texts in the tile.

    Returns:
        None where the pattern paints nothing.
    """
    scale = work.options.fallback_dpi / _CSS_DPI
    scale = min(scale, _MAX_TILE_SIDE / max(box.width, box.height))
    width = max(1, math.ceil(box.width * scale))
    height = max(1, math.ceil(box.height * scale))
    children = tuple(outlined(child, work) for child in pattern.children)
    placed = replace(pattern, children=children, transform=to_slide @ pattern.transform)
    cloth = Shape(rect_path(box), Fill(placed), transform=IDENTITY)
    view = Affine(width / box.width, 0.0, 0.0, height / box.height, 0.0, 0.0)
    view = view @ Affine.translation(-box.x, -box.y)
    pixels = paint([cloth], view, width, height)
    if not pixels[..., 3].any():
        return None
    return PictureFill(encode_png(pixels.astype(float)))
