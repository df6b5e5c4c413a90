"""The last rung: what DrawingML cannot hold is painted by resvg and becomes a picture."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Fidelity
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import BLACK
from svg2pptx_batch.graphics.effort import TooComplexError
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.lower.clip import Clip, clip_image
from svg2pptx_batch.lower.context import Lowering, count_leaves
from svg2pptx_batch.lower.filter_cost import Cost, painting_cost, tamed, with_few_octaves
from svg2pptx_batch.lower.sampling import encode_picture
from svg2pptx_batch.raster.resvg import UnpaintableError, render
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.effects import ClipPath
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
from svg2pptx_batch.scene.walk import rewrite_deep, visit

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_SIDE = 4096
_FARTHEST_PX = 1e8
_MAX_TILE_SIDE = 2048
# Reckoned processor time: of a slide's pictures before they get coarse, and of one at most.
_SLIDE_S = 1.2
_PATIENCE_S = 6.0
_PICTURE_S = 4.0
_COARSE = 1.0
_WORTH_KEEPING = 0.9
_COARSER = ((0.5, 7.0), (0.25, 7.5), (0.125, 8.0))
_LAYERS_BYTES = 160 * 2**20
_ALWAYS_S = 0.05
_FILTER_TOO_COSTLY = (
    "filter-too-costly",
    "What its filter does would take too long to paint; the element is left out",
)
_SHAPE_TOO_COSTLY = (
    "geometry-too-costly",
    "So complex an outline would take too long to paint; the element is left out",
)
_UNPAINTABLE = "What needed to become a picture could not be painted and is left out"


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


def outlined(node: Node) -> Node:
    """Return a node whose texts are outlines, ready to be painted without fonts."""

    def change(each: Node) -> Node:
        match each:
            case Text():
                from svg2pptx_batch.lower.text_outline import outline_text

                return outline_text(each)
            case Group():
                return with_few_octaves(each)
            case _:
                return each

    return rewrite_deep(node, change) or node


def rasterise(
    node: Node,
    to_slide: Affine,
    clip: Clip,
    link: str,
    work: Lowering,
    *,
    code: str,
    reason: str,
    elements: int | None = None,
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
        elements: How many drawn elements that are; those of the subtree when None.

    Returns:
        None where nothing is seen, or the picture cannot be painted, which is remarked upon.
    """
    if elements is None:
        elements = max(1, count_leaves(node))
    seen = _seen(node, to_slide, clip, work)
    if seen is None:
        return None
    if isinstance(node, Group):
        node = tamed(node, to_slide, seen)
    cost = painting_cost(node, to_slide, seen)
    scale = _affordable(cost, work)
    if scale is None:
        filtered = any(isinstance(each, Group) and each.filters for each in visit(node))
        fault = _FILTER_TOO_COSTLY if filtered else _SHAPE_TOO_COSTLY
        work.report(*fault, node.source, Fidelity.DROPPED, elements)
        return None
    region = _region(seen, min(scale, _storable(node, seen)))
    png: bytes | None = None
    if isinstance(node, Group) and node.blend_mode != "normal":
        from svg2pptx_batch.lower.blend import paint_blended

        picture = paint_blended(
            node, to_slide, region.view, width=region.width, height=region.height, work=work
        )
    else:
        view = region.view @ to_slide
        png = _painted([outlined(node)], view, region.width, region.height)
        picture = None if png is None else _decoded(png)
    if picture is None:
        work.report("fallback-failed", _UNPAINTABLE, node.source, Fidelity.DROPPED, elements)
        return None
    image = _cropped(picture, region, png)
    if image is None:
        return None
    work.report(code, f"{reason} became a picture", node.source, Fidelity.RASTERISED, elements)
    label = _label_of(node)
    if link and not label.link:
        label = replace(label, link=link)
    image = replace(image, label=label, source=node.source)
    try:
        return clip_image(image, clip)
    except TooComplexError:
        return _cut_pixels(image, clip, region)


def _label_of(node: Node) -> Label:
    """Return a node's label, or that of the only node inside."""
    while node.label is NO_LABEL and isinstance(node, Group) and len(node.children) == 1:
        node = node.children[0]
    return node.label


def _seen(node: Node, to_slide: Affine, clip: Clip, work: Lowering) -> Rect | None:
    """Return what can be seen of a node, slide px."""
    bounds = visual_bounds(node)
    if bounds is None or not all(map(math.isfinite, bounds)):
        return None
    seen = to_slide.apply_rect(bounds).intersection(work.page)
    return None if seen is None else seen.intersection(clip.rect)


def _affordable(cost: Cost, work: Lowering) -> float | None:
    """Return the resolution for a picture, pixels to one slide px, and count what it costs.

    The more a slide's pictures have taken already, and the more this one takes, the coarser it is.

    Returns:
        None where even a coarse picture takes too long.
    """
    wanted = work.pixel_scale
    spent = work.painting_s
    share = min(1.0, _SLIDE_S / (spent + cost.at(wanted) + 1e-9))
    scale = max(wanted * share, min(wanted, _COARSE))
    for each, most in ((scale, _PATIENCE_S), *_COARSER):
        scale = min(wanted, each)
        seconds = cost.at(scale)
        if seconds <= min(most - spent, _PICTURE_S):
            work.painting_s += seconds
            return scale
    # The coarsest of all costs next to nothing, mostly.
    return scale if seconds <= _ALWAYS_S else None


def _storable(node: Node, seen: Rect) -> float:
    """Return at how many pixels to one slide px all layers that are open at once can be stored."""
    layers = 2 + _layers(node)
    return math.sqrt(_LAYERS_BYTES / (4 * layers * max(seen.width * seen.height, 1.0)))


def _layers(node: Node) -> int:
    """Return how many groups with effects lie within one another."""
    deepest = 0
    pending = [(node, 0)]
    while pending:
        each, above = pending.pop()
        if isinstance(each, Group):
            above += each.is_layer
            deepest = max(deepest, above)
            pending += [(child, above) for child in each.children]
    return deepest


def _region(seen: Rect, scale: float) -> _Region:
    """Return a part of the slide on the pixel grid, at most 4096 pixels a side."""
    side = max(seen.width, seen.height)
    if side * scale > MAX_SIDE - 2:
        scale = (MAX_SIDE - 2) / side
    left, top = math.floor(seen.x * scale), math.floor(seen.y * scale)
    right, bottom = math.ceil(seen.right * scale), math.ceil(seen.bottom * scale)
    return _Region(left, top, max(1, right - left), max(1, bottom - top), scale)


def paint(nodes: Sequence[Node], view: Affine, width: int, height: int) -> Picture | None:
    """Paint nodes on a transparent canvas.

    Args:
        nodes: Bottom first, texts outlined.
        view: Their space to pixels.
        width: Pixels across.
        height: Pixels down.

    Returns:
        An RGBA picture, not premultiplied; None where resvg cannot paint it.
    """
    png = _painted(nodes, view, width, height)
    return None if png is None else _decoded(png)


def _painted(nodes: Sequence[Node], view: Affine, width: int, height: int) -> bytes | None:
    """Paint nodes: as `paint`, but the file itself."""
    for node in nodes:
        bounds = visual_bounds(node)
        # Coordinates beyond that end resvg, and the process with it.
        if bounds is not None and max(map(abs, view.apply_rect(bounds))) > _FARTHEST_PX:
            return None
    scene = Scene(Size(width, height), Group(tuple(nodes), transform=view))
    try:
        return render(write_svg(scene), width, height)
    except UnpaintableError:
        return None


def _decoded(png: bytes) -> Picture:
    import PIL.Image

    with PIL.Image.open(io.BytesIO(png)) as picture:
        return picture.convert("RGBA")


def _cropped(picture: Picture, region: _Region, png: bytes | None = None) -> Image | None:
    """Cut transparent margins off and place the rest.

    Args:
        picture: Of the whole region.
        region: Where it goes.
        png: The same as a file, which is kept where there is little to cut off: to pack pixels
            takes longer than to paint them.
    """
    seen = picture.getchannel("A").getbbox()
    if seen is None:
        return None
    left, top, right, bottom = seen
    whole = region.width * region.height
    if png is not None and (right - left) * (bottom - top) >= _WORTH_KEEPING * whole:
        return Image(png, ImageFormat.PNG, region.rect)
    part = _Region(region.left + left, region.top + top, right - left, bottom - top, region.scale)
    return Image(encode_picture(picture.crop(seen)), ImageFormat.PNG, part.rect)


def _cut_pixels(image: Image, clip: Clip, region: _Region) -> Image | None:
    """Cut a picture by a clip too complex for an outline."""
    if clip.path is None:
        return image
    shown = ClipPath((Shape(clip.path, Fill(BLACK)),))
    cut = Group((image,), clip=shown)
    picture = paint([cut], region.view, region.width, region.height)
    placed = None if picture is None else _cropped(picture, region)
    return placed and replace(placed, label=image.label, source=image.source)


def paint_pattern(
    pattern: Pattern, to_slide: Affine, box: Rect, work: Lowering
) -> PictureFill | None:
    """Return a pattern painted over a shape's box.

    Args:
        pattern: In its own space.
        to_slide: The shape's own space to slide px.
        box: The shape's box, slide px, not empty.
        work: For the resolution.

    Returns:
        None where the pattern paints nothing.
    """
    scale = work.pixel_scale
    scale = min(scale, _MAX_TILE_SIDE / max(box.width, box.height))
    width = max(1, math.ceil(box.width * scale))
    height = max(1, math.ceil(box.height * scale))
    placed = replace(pattern, transform=to_slide @ pattern.transform)
    cloth = outlined(Shape(rect_path(box), Fill(placed)))
    view = Affine(width / box.width, 0.0, 0.0, height / box.height, 0.0, 0.0)
    picture = paint([cloth], view @ Affine.translation(-box.x, -box.y), width, height)
    if picture is None or picture.getchannel("A").getbbox() is None:
        return None
    return PictureFill(encode_picture(picture))
