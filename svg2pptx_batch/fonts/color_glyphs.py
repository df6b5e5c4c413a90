"""Glyphs that bring their own colours: layers and paints as shapes, bitmaps as pictures.

A glyph of an open face enters. Scene nodes in em leave, y down, origin on the baseline; for glyphs
drawn in SVG the source, which is another room's business to read.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.color import BLACK, Color
from svg2pptx_batch.graphics.path import Path, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.effects import ClipPath, Mask, MaskKind
from svg2pptx_batch.scene.nodes import Group, Image, ImageFormat, Node, Shape
from svg2pptx_batch.scene.paint import (
    Fill,
    LinearGradient,
    Paint,
    RadialGradient,
    SpreadMethod,
    Stop,
)

if TYPE_CHECKING:
    from svg2pptx_batch.fonts.face import OpenFace

_SPREADS = {0: SpreadMethod.PAD, 1: SpreadMethod.REPEAT, 2: SpreadMethod.REFLECT}
_BLEND_MODES = frozenset(
    {
        "screen", "overlay", "darken", "lighten", "color-dodge", "color-burn", "hard-light",
        "soft-light", "difference", "exclusion", "multiply", "hue", "saturation", "color",
        "luminosity",
    }
)  # fmt: skip
_OPAQUE = Fill(BLACK)


class SvgGlyph(NamedTuple):
    """A glyph drawn in SVG.

    Attributes:
        source: The document; it may hold other glyphs, too.
        id: Of the element that draws this one.
        units_per_em: Units of the document to one em; y down, origin on the baseline.
    """

    source: bytes
    id: str
    units_per_em: float


def color_glyph(face: OpenFace, gid: int, foreground: Color) -> Node | SvgGlyph | None:
    """Return what a glyph shows in colours of its own.

    Args:
        face: A face that `has_pictures`.
        gid: Glyph number.
        foreground: Colour of the text, which layers may ask for.

    Returns:
        None for a glyph that is a plain outline, or that needs a paint no scene has.

    Source: OpenType 1.9, `COLR`, `SVG `, `sbix`, `CBDT`.
    """
    font, hb_face = face.hb_font, face.hb_font.face
    if hb_face.glyph_has_color_paint(gid) or (
        hb_face.has_color_layers and hb_face.get_glyph_color_layers(gid)
    ):
        return _painted(face, gid, foreground)
    if hb_face.has_color_svg:
        source = hb_face.get_glyph_color_svg(gid)
        if source is not None and source.data:
            return SvgGlyph(bytes(source.data), f"glyph{gid}", face.units_per_em)
    if hb_face.has_color_png:
        picture = font.get_glyph_color_png(gid)
        if picture is not None and picture.data:
            return _picture(face, gid, bytes(picture.data))
    return None


def _picture(face: OpenFace, gid: int, data: bytes) -> Image | None:
    extents = face.hb_font.get_glyph_extents(gid)
    if extents is None or not extents.width or not extents.height:
        return None
    scale = 1.0 / face.units_per_em
    rect = Rect(
        extents.x_bearing * scale,
        -extents.y_bearing * scale,
        extents.width * scale,
        -extents.height * scale,
    )
    # What font files hold is PNG by the standard; no program reads anything else from them.
    return Image(data, ImageFormat.PNG, rect)


def _painted(face: OpenFace, gid: int, foreground: Color) -> Group | None:
    import uharfbuzz

    painter = _Painter(face)
    red, green, blue, alpha = foreground
    color = uharfbuzz.Color(red, green, blue, round(alpha * 255))
    face.hb_font.paint_glyph(gid, _paint_functions(), painter, 0, color)
    children = painter.nodes()
    if not children:
        return None
    scale = 1.0 / face.units_per_em
    return Group(children, Affine.scaling(scale, -scale))


class _Painter:
    """Collects what HarfBuzz paints as nodes, in font units, y up."""

    def __init__(self, face: OpenFace) -> None:
        self._face = face
        self._up = Affine.scaling(face.units_per_em, -face.units_per_em)
        self._transforms: list[Affine] = [IDENTITY]
        self._clips: list[Path] = []
        self._layers: list[list[Node]] = [[]]
        self.failed = False

    def nodes(self) -> tuple[Node, ...]:
        """Return what was painted; nothing where a part of it cannot be said."""
        return () if self.failed else tuple(self._layers[0])

    def push_transform(self, transform: Affine) -> None:
        self._transforms.append(self._transforms[-1] @ transform)

    def pop_transform(self) -> None:
        self._transforms.pop()

    def push_glyph(self, gid: int) -> None:
        path = self._face.glyph_path(gid)
        self._clips.append(path.transform(self._transforms[-1] @ self._up))

    def push_rect(self, rect: Rect) -> None:
        self._clips.append(rect_path(rect).transform(self._transforms[-1]))

    def pop_clip(self) -> None:
        self._clips.pop()

    def fill(self, paint: Paint | None) -> None:
        """Paint everything inside the clip."""
        if paint is None:
            self.failed = True
            return
        if not self._clips or not all(self._clips):
            return  # nothing is inside
        *outer, path = self._clips
        node: Node = Shape(path, Fill(paint))
        bounds = path.bounds()
        for clip in reversed(outer):
            box = clip.bounds()
            if box is None or bounds is None:
                return
            if clip.verbs == _RECT_VERBS and box.union(bounds) == box:
                continue
            node = Group((node,), clip=ClipPath((Shape(clip, _OPAQUE),)))
        self._layers[-1].append(node)

    def gradient(self, line: Any, start: tuple[float, ...], end: tuple[float, ...]) -> Paint | None:
        """Return a gradient between two points or, with radii, two circles."""
        stops = sorted(line.color_stops, key=lambda stop: stop.offset)
        if not stops:
            return None
        first, last = stops[0].offset, stops[-1].offset
        span = last - first
        if span <= 0.0:
            return _color(stops[-1].color)
        if len(stops) == 1 or start == end:
            return _color(stops[-1].color)
        begin, finish = (
            tuple(a + (b - a) * at for a, b in zip(start, end, strict=True)) for at in (first, last)
        )
        colors = tuple(Stop((stop.offset - first) / span, _color(stop.color)) for stop in stops)
        spread = _SPREADS[int(line.extend)]
        transform = self._transforms[-1]
        if len(begin) == 2:
            (x1, y1), (x2, y2) = begin, finish
            return LinearGradient(x1, y1, x2, y2, colors, spread, transform)
        if finish[2] < begin[2]:
            begin, finish = finish, begin
            colors = tuple(Stop(1.0 - stop.offset, stop.color) for stop in reversed(colors))
        (fx, fy, fr), (cx, cy, r) = begin, finish
        return RadialGradient(cx, cy, r, fx, fy, max(0.0, fr), colors, spread, transform)

    def push_group(self) -> None:
        self._layers.append([])

    def pop_group(self, mode: str) -> None:
        """Put a layer onto the one below it."""
        source = tuple(self._layers.pop())
        backdrop = self._layers[-1]
        match mode:
            case "src-over":
                backdrop.extend(source)
            case "src":
                backdrop[:] = source
            case "dest":
                pass
            case "clear":
                backdrop.clear()
            case "dest-over":
                backdrop[:0] = source
            case "src-in":
                backdrop[:] = _masked(source, tuple(backdrop))
            case "dest-in":
                backdrop[:] = _masked(tuple(backdrop), source)
            case "src-atop":
                backdrop.extend(_masked(source, tuple(backdrop)))
            case _:
                name = mode.removeprefix("hsl-")
                if name not in _BLEND_MODES:
                    self.failed = True
                elif source:
                    backdrop[:] = [
                        Group((*backdrop, Group(source, blend_mode=name)), isolated=True)
                    ]


_RECT_VERBS = rect_path(Rect(0.0, 0.0, 1.0, 1.0)).verbs


def _masked(content: tuple[Node, ...], mask: tuple[Node, ...]) -> list[Node]:
    """Return nodes as far as others cover them."""
    if not content or not mask:
        return []
    cover = mask[0] if len(mask) == 1 else None
    if isinstance(cover, Shape) and cover.fill is not None and isinstance(cover.fill.paint, Color):
        clip = ClipPath((Shape(cover.path, _OPAQUE),))
        return [Group(content, opacity=cover.fill.paint.alpha, clip=clip)]
    from svg2pptx_batch.scene.bounds import visual_bounds

    region = visual_bounds(Group(mask))
    return [] if region is None else [Group(content, mask=Mask(mask, region, kind=MaskKind.ALPHA))]


def _color(color: Any) -> Color:
    return Color(color.red, color.green, color.blue, color.alpha / 255)


def _straightened(
    x0: float, y0: float, x1: float, y1: float, x2: float, y2: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return a linear gradient's two points after its third one has turned it.

    Source: OpenType 1.9, `COLR`, "Linear gradients".
    """
    px, py = x2 - x0, y2 - y0
    square = px * px + py * py
    if square < 1e-6:
        return (x0, y0), (x1, y1)
    share = ((x1 - x0) * px + (y1 - y0) * py) / square
    return (x0, y0), (x1 - share * px, y1 - share * py)


@cache
def _paint_functions() -> Any:
    """Return HarfBuzz's callbacks; they work on the `_Painter` handed along."""
    import uharfbuzz

    def push_transform(*args: Any) -> None:
        *numbers, painter = args
        painter.push_transform(Affine(*numbers))

    def push_rect(x0: float, y0: float, x1: float, y1: float, painter: _Painter) -> None:
        painter.push_rect(Rect(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)))

    def linear(*args: Any) -> None:
        line, *numbers, painter = args
        painter.fill(painter.gradient(line, *_straightened(*numbers)))

    def radial(*args: Any) -> None:
        line, x0, y0, r0, x1, y1, r1, painter = args
        painter.fill(painter.gradient(line, (x0, y0, r0), (x1, y1, r1)))

    functions = uharfbuzz.PaintFuncs()
    functions.set_push_transform_func(push_transform)
    functions.set_pop_transform_func(lambda painter: painter.pop_transform())
    functions.set_push_clip_glyph_func(lambda gid, painter: painter.push_glyph(gid))
    functions.set_push_clip_rectangle_func(push_rect)
    functions.set_pop_clip_func(lambda painter: painter.pop_clip())
    functions.set_color_func(lambda color, _, painter: painter.fill(_color(color)))
    functions.set_linear_gradient_func(linear)
    functions.set_radial_gradient_func(radial)
    # DrawingML and SVG have no gradient that runs round a point.
    functions.set_sweep_gradient_func(lambda *args: args[-1].fill(None))
    functions.set_push_group_func(lambda painter: painter.push_group())
    functions.set_pop_group_func(
        lambda mode, painter: painter.pop_group(
            uharfbuzz.PaintCompositeMode(mode).name.lower().replace("_", "-")
        )
    )
    return functions
