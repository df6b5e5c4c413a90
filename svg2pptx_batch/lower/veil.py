"""What a mask does to the parts it fades: alpha in their colours, gradients and pictures."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from svg2pptx_batch.diagnostics import Fidelity
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.color import BLACK, WHITE, Color
from svg2pptx_batch.graphics.effort import TooComplexError
from svg2pptx_batch.graphics.path import Path, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.clip import Clip
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.lower.filter_cost import painting_cost
from svg2pptx_batch.lower.gradient import axial, circular
from svg2pptx_batch.lower.mask import Spot, divide
from svg2pptx_batch.lower.sampling import encode_picture, sample_gradient
from svg2pptx_batch.lower.stops import MAX_STOPS, color_at
from svg2pptx_batch.lower.strokes import stroke_area
from svg2pptx_batch.lower.tone import Tone
from svg2pptx_batch.scene.effects import Mask
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
    LinearGradient,
    Paint,
    PictureFill,
    RadialGradient,
    Stop,
)
from svg2pptx_batch.scene.svg_writer import as_gradient
from svg2pptx_batch.scene.walk import visit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image as Picture

    Alpha = NDArray[np.float64]

Lower = Callable[[Group, Affine, Clip, str, Lowering], list[Node]]
"""Lowers a group's content with its clip and opacity; as `lower.passes` does it."""

_MAX_TONES = 6
_MAX_PIECES = 300
_MAX_PAINTED_LEAVES = 8
_MAX_PAINTING_S = 1.0
_MAX_SIDE = 2048
_FILL_SIDE = 1024
_CSS_DPI = 96
_SAME_ANGLE_DEG = 0.5


class Veil(Protocol):
    """How much of what lies below is seen at each place."""

    def native(self, paint: Paint, box: Rect) -> Paint | None:
        """Return a paint with this veil in it for a shape's box; None where only a picture can."""

    def alpha(self, to_slide: Affine, box: Rect, width: int, height: int) -> Alpha | None:
        """Return height × width values 0…1 over a box; None where they cannot be had.

        Args:
            to_slide: The box's space to slide px.
            box: What the values cover.
            width: Values across.
            height: Values down.
        """


def lower_masked(
    group: Group, to_parent: Affine, clip: Clip, link: str, work: Lowering, lower: Lower
) -> list[Node] | None:
    """Lower a group with a mask, without making one picture of it all.

    Args:
        group: With a mask, without filters and blend mode.
        to_parent: The parent's space to slide px.
        clip: What cuts the group.
        link: Address of a link around it, or empty.
        work: State of this scene.
        lower: For the group's content.

    Returns:
        What is seen, legal, bottom first; None where only a picture of the group will do.
    """
    assert group.mask is not None, "only a group with a mask is masked"
    to_slide = to_parent @ group.transform
    # A mask isolates what it fades: blending inside must not look out.
    bare = replace(group, mask=None, opacity=1.0, isolated=True)
    mark = work.mark()
    try:
        spots = divide(group.mask, to_slide, work)
        if spots is not None:
            found = _in_spots(bare, group.opacity, spots, to_parent, clip, link, work, lower)
        else:
            found = _painted(bare, group.opacity, group.mask, to_parent, clip, link, work, lower)
    except TooComplexError:
        found = None
    if found is None:
        work.rewind(mark)
    return found


def _in_spots(
    group: Group,
    opacity: float,
    spots: list[Spot],
    to_parent: Affine,
    clip: Clip,
    link: str,
    work: Lowering,
    lower: Lower,
) -> list[Node] | None:
    from svg2pptx_batch.lower.opacity import fade

    seen = [(spot, inner) for spot in spots if (inner := clip.cut(spot.outline)) is not None]
    if len(seen) > _MAX_TONES:
        return None
    found: list[Node] = []
    for spot, inner in seen:
        mark = work.mark()
        tone = spot.tone
        content = group if tone.frame is None else _without_texts(group, work)
        nodes = lower(content, to_parent, inner, link, work)
        if found:
            # The same elements once more, elsewhere.
            work.rewind(mark)
        if not nodes:
            continue
        if len(seen) > 1 and len(seen) * _count(nodes) > _MAX_PIECES:
            return None
        factor = opacity if tone.frame is not None else opacity * tone.value
        if factor < 1.0 or tone.frame is not None:
            faded = fade(nodes, factor)
            if faded is None or not faded.exact:
                return None
            nodes = faded.nodes
        if tone.frame is not None:
            veiled = _veiled_all(nodes, GradientVeil(_as_stops(tone)), work)
            if veiled is None:
                return None
            nodes = veiled
        found += nodes
    return found


def _painted(
    group: Group,
    opacity: float,
    mask: Mask,
    to_parent: Affine,
    clip: Clip,
    link: str,
    work: Lowering,
    lower: Lower,
) -> list[Node] | None:
    """Fade few parts by a mask that only painting can tell: as pictures in native outlines."""
    from svg2pptx_batch.lower.opacity import fade

    to_slide = to_parent @ group.transform
    inner = clip.cut(rect_path(mask.region).transform(to_slide))
    if inner is None or mask.region.is_empty:
        return []
    mark = work.mark()
    nodes = lower(_without_texts(group, work), to_parent, inner, link, work)
    count = _count(nodes)
    if count > _MAX_PAINTED_LEAVES:
        return None
    if not nodes:
        return nodes
    content = Group(mask.children, transform=mask.transform)
    cost = painting_cost(content, to_slide, inner.rect).at(work.options.fallback_dpi / _CSS_DPI)
    if cost * count > _MAX_PAINTING_S:
        return None
    work.painting_s += cost * count
    faded = fade(nodes, opacity)
    if faded is None:
        return None
    veiled = _veiled_all(faded.nodes, PaintedVeil(mask, to_slide, work), work)
    if veiled is None:
        return None
    if any(isinstance(leaf, Shape) for node in veiled for leaf in visit(node)):
        work.rewind(mark)
        work.report(
            "mask-rasterised",
            "what a mask fades fills its shape as a picture",
            group.source,
            Fidelity.RASTERISED,
        )
        work.count(Fidelity.RASTERISED, count)
    return veiled


def _without_texts(group: Group, work: Lowering) -> Group:
    """Return a group whose texts are outlines, since letters take no gradient."""
    if not any(isinstance(node, Text) for node in visit(group)):
        return group
    from svg2pptx_batch.lower.fallback import outlined

    work.report(
        "text-outlined", "a text faded by a mask became outlines", group.source, Fidelity.OUTLINED
    )
    found = outlined(group, work)
    return found if isinstance(found, Group) else group


def _count(nodes: list[Node]) -> int:
    return sum(not isinstance(leaf, Group) for node in nodes for leaf in visit(node))


def _as_stops(tone: Tone) -> LinearGradient | RadialGradient:
    assert tone.frame is not None, "a flat tone needs no gradient"
    stops = (Stop(step.offset, BLACK.with_alpha(step.light)) for step in tone.steps)
    return replace(tone.frame, stops=tuple(stops))


@dataclass(frozen=True, slots=True)
class GradientVeil:
    """A veil that follows a gradient.

    Attributes:
        gradient: Its alpha counts; leads to slide px.
    """

    gradient: LinearGradient | RadialGradient

    def native(self, paint: Paint, box: Rect) -> Paint | None:
        """As `Veil` has it: exact for colours, and for gradients that run the same way."""
        if isinstance(paint, Color):
            stops = tuple(
                Stop(offset, paint.with_alpha(color.alpha)) for offset, color in self.gradient.stops
            )
            return _native(replace(self.gradient, stops=stops), box)
        if not isinstance(paint, AxialGradient | CircularGradient):
            return None
        veil = _native(self.gradient, box)
        if isinstance(veil, Color):
            return _times(paint, (Stop(0.0, veil), Stop(1.0, veil)))
        if isinstance(veil, CircularGradient) and isinstance(paint, CircularGradient):
            return _times(paint, veil.stops)
        if not isinstance(veil, AxialGradient) or not isinstance(paint, AxialGradient):
            return None
        turn = (veil.angle_deg - paint.angle_deg + 90.0) % 360.0 - 90.0
        if abs(turn) <= _SAME_ANGLE_DEG:
            return _times(paint, veil.stops)
        if abs(turn - 180.0) <= _SAME_ANGLE_DEG:
            back = tuple(Stop(1.0 - stop.offset, stop.color) for stop in reversed(veil.stops))
            return _times(paint, back)
        return None

    def alpha(self, to_slide: Affine, box: Rect, width: int, height: int) -> Alpha | None:
        """As `Veil` has it."""
        # The box's space takes the slide's place.
        pixels = sample_gradient(self.gradient, to_slide.inverse(), box, width, height)
        alpha: Alpha = pixels[..., 3] / 255
        return alpha


@dataclass(frozen=True, slots=True)
class PaintedVeil:
    """A veil that only painting its mask can tell.

    Attributes:
        mask: Any mask.
        to_slide: The space of the group that carries it to slide px.
        work: For texts in the mask.
    """

    mask: Mask
    to_slide: Affine
    work: Lowering

    def native(self, paint: Paint, box: Rect) -> Paint | None:
        """As `Veil` has it: never."""
        del paint, box
        return None

    def alpha(self, to_slide: Affine, box: Rect, width: int, height: int) -> Alpha | None:
        """As `Veil` has it."""
        import numpy as np

        from svg2pptx_batch.lower.fallback import outlined, paint

        view = Affine(width / box.width, 0.0, 0.0, height / box.height, 0.0, 0.0)
        view = view @ Affine.translation(-box.x, -box.y) @ to_slide.inverse() @ self.to_slide
        cloth = Group((Shape(rect_path(self.mask.region), Fill(WHITE)),), mask=self.mask)
        picture = paint([outlined(cloth, self.work)], view, width, height)
        if picture is None:
            return None
        alpha: Alpha = np.asarray(picture)[..., 3] / 255
        return alpha


def _native(
    gradient: LinearGradient | RadialGradient, box: Rect
) -> AxialGradient | CircularGradient | Color | None:
    if isinstance(gradient, LinearGradient):
        return axial(gradient, IDENTITY, box)
    return circular(gradient, IDENTITY, box)


def _times(
    paint: AxialGradient | CircularGradient, veil: tuple[Stop, ...]
) -> AxialGradient | CircularGradient | None:
    """Return a gradient with the alpha of stops that run the same way in the same frame."""
    at = sorted({stop.offset for stop in paint.stops} | {stop.offset for stop in veil})
    stops: list[Stop] = []
    for offset in at:
        for right in (False, True):
            color = color_at(paint.stops, offset, right=right)
            color = color.with_alpha(color_at(veil, offset, right=right).alpha)
            if not stops or stops[-1] != (offset, color):
                stops.append(Stop(offset, color))
    return replace(paint, stops=tuple(stops)) if len(stops) <= MAX_STOPS else None


def _veiled_all(nodes: list[Node], veil: Veil, work: Lowering) -> list[Node] | None:
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
            children = _veiled_all(list(node.children), veil, work)
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
        fill = _veiled_fill(shape.fill, path, veil, work)
        if fill is None:
            return None
        parts.append(replace(shape, fill=fill, stroke=None, stroke_first=False))
    if shape.stroke is not None:
        line = stroke_area(path, shape.stroke)
        fill = _veiled_fill(Fill(shape.stroke.paint, shape.stroke.opacity), line, veil, work)
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


def _veiled_fill(fill: Fill, frame: Path, veil: Veil, work: Lowering) -> Fill | None:
    """Return a fill under a veil.

    Args:
        fill: Legal.
        frame: The path whose box is the paint's frame, slide px.
        veil: What fades it.
        work: For the resolution of pictures.
    """
    box = frame.bounds()
    if box is None or box.is_empty:
        return None
    paint = veil.native(fill.paint, box)
    if paint is None:
        paint = _picture_of(fill.paint, veil, box, work)
    return None if paint is None else replace(fill, paint=paint)


def _picture_of(paint: Paint, veil: Veil, box: Rect, work: Lowering) -> PictureFill | None:
    """Return a paint under a veil as a picture over a shape's box."""
    import numpy as np
    from PIL import Image as Pictures

    scale = min(work.options.fallback_dpi / _CSS_DPI, _FILL_SIDE / max(box.width, box.height))
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
