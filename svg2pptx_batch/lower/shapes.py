"""Shapes: onto the slide, with DrawingML's own paints, strokes and presets."""

from __future__ import annotations

import math
from functools import cached_property
from typing import assert_never

import msgspec
from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Fidelity
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.boolean import fills_alike, intersect, normalise
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.clip import Clip, covers, is_near
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.lower.gradient import axial, circular, flat_color, picture
from svg2pptx_batch.lower.primitives import place_primitive, recognise
from svg2pptx_batch.lower.strokes import NO_STROKE, LoweredStroke, lower_stroke, stroke_area
from svg2pptx_batch.scene.nodes import (
    NO_LABEL,
    EllipsePrimitive,
    Group,
    Label,
    LinePrimitive,
    Node,
    Primitive,
    RectPrimitive,
    Shape,
)
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    CircularGradient,
    Fill,
    FillRule,
    LinearGradient,
    LineJoin,
    Paint,
    Pattern,
    PatternFill,
    PictureFill,
    RadialGradient,
    Stroke,
)
from svg2pptx_batch.scene.walk import visit


def lower_shape(
    shape: Shape, to_slide: Affine, clip: Clip, link: str, work: Lowering
) -> Node | None:
    """Lower one shape.

    Args:
        shape: Any shape of a scene.
        to_slide: The parent's space to slide px.
        clip: What cuts it.
        link: Address of a link around it, or empty.
        work: State of this scene.

    Returns:
        A legal shape, a group of several, or None where nothing is seen.
    """
    m = to_slide if shape.transform is IDENTITY else to_slide @ shape.transform
    if not m.is_invertible or not math.isfinite(sum(m)):
        return None
    path = shape.path.transform(m)
    box = path.bounds()
    if box is None or not math.isfinite(sum(box)):
        return None
    if not is_near(box):
        from svg2pptx_batch.lower.far import keeps_dashes, lower_far

        if keeps_dashes(shape, path, work):
            return lower_far(shape, path, to_slide, clip, link, work)
    fill = shape.fill
    if fill is not None and (box.width <= 0 or box.height <= 0):
        fill = None
    stroke = NO_STROKE
    if shape.stroke is not None:
        stroke = lower_stroke(shape.stroke, shape.path, path, m, work, shape.source)
    ink = box if fill is not None else None
    if stroke is not NO_STROKE:
        ink = _ink(ink, box, stroke)
    if ink is None or clip.misses(ink) or not work.page.touches(ink):
        return None
    if link and not shape.label.link:
        shape = replace(shape, label=replace(shape.label, link=link))
    if fill is not shape.fill:
        shape = replace(shape, fill=fill)
    job = _Job(shape, m, path, box, stroke, work)
    near = clip.within_reach(ink, work.page)
    if near is None:
        return None
    clip = near
    if not clip.spares(ink) and not job.is_spared_by(clip):
        return job.clipped(clip)
    return job.whole()


def _ink(filled: Rect | None, box: Rect, stroke: LoweredStroke) -> Rect | None:
    """Return a box that holds all paint."""
    ink = filled
    if stroke.native is not None:
        line = box.inflate(_reach(stroke.native))
        ink = line if ink is None else ink.union(line)
    if stroke.outline is not None:
        outline = stroke.outline.bounds()
        if outline is not None:
            ink = outline if ink is None else ink.union(outline)
    return ink


def _reach(stroke: Stroke) -> float:
    """Return how far a stroke may leave its path; mitres count as twice the half width."""
    return stroke.width / 2 * (1.5 if stroke.join is LineJoin.MITER else 1.0)


class _Job(msgspec.Struct, eq=False, dict=True):
    """One shape on its way.

    Attributes:
        _shape: As it was drawn, linked.
        _m: Its own space to slide px.
        _path: Its outline, slide px.
        _box: Box of that.
        _stroke: What became of its stroke.
        _work: State of this scene.
    """

    _shape: Shape
    _m: Affine
    _path: Path
    _box: Rect
    _stroke: LoweredStroke
    _work: Lowering

    # --- what is said about it -------------------------------------------------------------

    def _note(self, code: str, message: str, fidelity: Fidelity) -> None:
        self._work.report(code, message, self._shape.source, fidelity)

    def _done(self, parts: list[Shape]) -> Node | None:
        parts = [part for part in parts if part.path]
        if not parts:
            return None
        label = self._shape.label
        if len(parts) == 1:
            return parts[0] if parts[0].label is label else replace(parts[0], label=label)
        inner = NO_LABEL if not label.link else Label(link=label.link)
        named = [
            replace(
                part, label=replace(inner, name=part.label.name or _part_name(label, part, index))
            )
            for index, part in enumerate(parts)
        ]
        return Group(tuple(named), label=replace(label, link=""), source=self._shape.source)

    # --- the usual case --------------------------------------------------------------------

    def whole(self) -> Node | None:
        """Lower the shape uncut."""
        shape, stroke, path = self._shape, self._stroke, self._path
        if stroke.baked:
            self._note(
                "stroke-outlined",
                "a stroke that no line can show became a filled outline",
                Fidelity.OUTLINED,
            )
        fill, line = shape.fill, stroke.native
        if fill is None:
            return self._done(self._line_parts(path, line))
        normal = None
        if shape.primitive is None:
            normal = self._normal(even_odd=fill.rule is FillRule.EVENODD)
            if normal is not None and not normal:  # what is drawn twice covers nothing by even-odd
                return self._done(self._line_parts(path, line))
        if line is None and stroke.outline is None and type(fill.paint) is Color:  # most shapes
            outline = path if normal is None else normal
            plain_shape = Shape(outline, fill, label=shape.label, source=shape.source)
            return self._as_preset(plain_shape, shape.primitive)
        woven = self._woven(path if normal is None else normal, fill)
        if woven is not None:
            rest = self._line_parts(path, line)
            return self._done([*rest, *woven] if shape.stroke_first else [*woven, *rest])
        along = path if stroke.path is None else stroke.path
        if line is None:
            filled = self._filled(path if normal is None else normal, fill, shape.primitive)
            rest = self._outline_parts()
            return self._done([*rest, *filled] if shape.stroke_first else [*filled, *rest])
        plain = along is path and normal is None
        if not plain and not isinstance(fill.paint, Color) and along is not path:
            # The gradient's frame is the box of the outline: it must not follow a shortened line.
            filled = self._filled(path if normal is None else normal, fill, None)
            return self._done([*filled, *self._line_parts(along, line)])
        paint = self._paint(fill.paint, path)
        if paint is None:
            return self._done(self._line_parts(along, line))
        fill = replace(fill, paint=paint)
        fill_path = normal if normal is not None else (None if along is path else path)
        both = Shape(
            along,
            fill,
            line,
            stroke_first=shape.stroke_first,
            fill_path=fill_path,
            source=shape.source,
        )
        if plain and not shape.stroke_first and not line.dashes:
            both = self._as_preset(both, shape.primitive)
        return self._done([both, *self._outline_parts()])

    def _normal(self, *, even_odd: bool) -> Path | None:
        """Return what `normalise` says of the path; what is drawn again is not reckoned again."""
        if fills_alike(self._path):
            return None
        key = self._shape.path, even_odd
        known = self._work.outlines.get(key)
        if known is None:
            outline = normalise(self._path, even_odd=even_odd)
            self._work.outlines[key] = self._m, outline
            return outline
        placed, outline = known
        if outline is None or placed == self._m:
            return outline
        return outline.transform(self._m @ placed.inverse())

    def _line_parts(self, path: Path, line: Stroke | None) -> list[Shape]:
        parts: list[Shape] = []
        if line is not None:
            along = path if self._stroke.path is None else self._stroke.path
            bare = Shape(along, None, line, source=self._shape.source)
            primitive = self._shape.primitive
            if along is self._path and (not line.dashes or isinstance(primitive, LinePrimitive)):
                bare = self._as_preset(bare, primitive)
            parts.append(bare)
        return parts + self._outline_parts()

    def _outline_parts(self) -> list[Shape]:
        """The stroke's area, or what a line cannot say of it, as filled shapes."""
        outline, stroke = self._stroke.outline, self._shape.stroke
        if outline is None or stroke is None:
            return []
        return self._filled(outline, Fill(stroke.paint, stroke.opacity), None)

    def _filled(self, path: Path, fill: Fill, primitive: Primitive | None) -> list[Shape]:
        woven = self._woven(path, fill)
        if woven is not None:
            return woven
        paint = self._paint(fill.paint, path)
        if paint is None or not path:
            return []
        fill = fill if paint is fill.paint else replace(fill, paint=paint)
        shape = Shape(path, fill, source=self._shape.source)
        return [self._as_preset(shape, primitive)]

    def _woven(self, path: Path, fill: Fill) -> list[Shape] | None:
        """Return a pattern as native shapes inside an outline; None where that is not possible."""
        if type(fill.paint) is not Pattern:
            return None
        from svg2pptx_batch.lower.pattern import weave

        woven = weave(fill.paint, path, self._m, self._work)
        if woven and fill.opacity < 1.0:
            from svg2pptx_batch.lower.opacity import fade

            faded = fade(list(woven), fill.opacity)
            parts = [] if faded is None else [leaf for node in faded.nodes for leaf in visit(node)]
            woven = [part for part in parts if isinstance(part, Shape)] if parts else None
        name = self._shape.label.name
        label = replace(NO_LABEL, name=f"{name} pattern") if name else NO_LABEL
        return None if woven is None else [replace(part, label=label) for part in woven]

    def _as_preset(self, shape: Shape, primitive: Primitive | None) -> Shape:
        """Return a shape as a preset where geometry and paint allow it."""
        if shape.fill is not None and type(primitive) is LinePrimitive:
            return shape
        if primitive is None:
            primitive = recognise(shape.path)
            if primitive is None:
                return shape
            placed: tuple[Primitive, Affine] | None = primitive, IDENTITY
        else:
            upright = shape.fill is not None and type(shape.fill.paint) is not Color
            placed = place_primitive(primitive, self._m, upright=upright)
        if placed is None:
            return shape
        primitive, turn = placed
        if type(primitive) is RectPrimitive:
            if primitive.rect.is_empty:
                return shape
            if turn is IDENTITY:
                return replace(shape, primitive=primitive)
        if isinstance(primitive, EllipsePrimitive) and min(primitive.rx, primitive.ry) <= 0:
            return shape
        if not turn.is_identity:
            return replace(
                shape,
                path=shape.path.transform(turn.inverse()),
                transform=turn,
                primitive=primitive,
            )
        return replace(shape, primitive=primitive)

    # --- cut shapes ------------------------------------------------------------------------

    def is_spared_by(self, clip: Clip) -> bool:
        """Whether a clip whose box does not settle it lets all of the shape through."""
        shape = self._shape
        even_odd = shape.fill is not None and shape.fill.rule is FillRule.EVENODD
        if shape.fill is not None and not covers(clip, self._path, even_odd=even_odd):
            return False
        line = self._line_area
        return line is None or covers(clip, line, even_odd=False)

    @cached_property
    def _line_area(self) -> Path | None:
        """All the stroke covers."""
        stroke = self._stroke
        if stroke.native is None:
            return stroke.outline
        line = stroke_area(stroke.path or self._path, stroke.native)
        if stroke.outline is None:
            return line
        return Path(line.verbs + stroke.outline.verbs, line.coords + stroke.outline.coords)

    def clipped(self, clip: Clip) -> Node | None:
        """Lower the shape cut by a clip: fill and stroke become outlines of their own."""
        shape = self._shape
        parts: list[Shape] = []
        if shape.fill is not None:
            even_odd = shape.fill.rule is FillRule.EVENODD
            seen = intersect(self._path, clip.near(self._box), even_odd=(even_odd, False))
            parts += self._filled(seen, shape.fill, None)
        line = self._line_area
        if line is not None and shape.stroke is not None:
            bounds = line.bounds()
            if bounds is not None:
                seen = intersect(line, clip.near(bounds))
                stroked = self._filled(seen, Fill(shape.stroke.paint, shape.stroke.opacity), None)
                if stroked and not self._stroke.baked:
                    self._note(
                        "stroke-outlined",
                        "a stroke cut by a clip became a filled outline",
                        Fidelity.OUTLINED,
                    )
                parts = [*stroked, *parts] if shape.stroke_first else [*parts, *stroked]
        return self._done(parts)

    # --- paint -----------------------------------------------------------------------------

    def _paint(self, paint: Paint, path: Path) -> Paint | None:
        """Return a paint as DrawingML has it, for a shape of a given outline.

        Args:
            paint: Any paint of a scene.
            path: The outline whose box is the paint's frame, slide px.
        """
        if type(paint) is Color:  # most are
            return paint
        match paint:
            case Color() | AxialGradient() | CircularGradient() | PictureFill() | PatternFill():
                return paint
            case LinearGradient() | RadialGradient():
                return self._gradient(paint, path)
            case Pattern():
                return self._pattern(paint, path)
            case _:
                assert_never(paint)

    def _gradient(self, paint: LinearGradient | RadialGradient, path: Path) -> Paint | None:
        box = path.bounds()
        if box is None:
            return None
        flat = flat_color(paint)
        if flat is not None:
            return flat
        native: Paint | None
        if isinstance(paint, LinearGradient):
            native = axial(paint, self._m, box)
        else:
            native = circular(paint, self._m, box)
        if native is not None:
            return native
        if not (self._m @ paint.transform).is_invertible:
            return paint.stops[-1].color
        self._note(
            "gradient-rasterised",
            "a gradient that no native one resembles fills its shape as a picture",
            Fidelity.RASTERISED,
        )
        return picture(paint, self._m, box)

    def _pattern(self, paint: Pattern, path: Path) -> Paint | None:
        from svg2pptx_batch.lower.pattern_tile import tile

        box = path.bounds()
        if box is None or box.is_empty:
            return None
        found = tile(paint, self._m, box, self._work)
        if found is not None:
            self._note(
                "pattern-rasterised",
                "a pattern fills its shape as a picture",
                Fidelity.RASTERISED,
            )
        return found


def _part_name(label: Label, part: Shape, index: int) -> str:
    if not label.name:
        return ""
    return f"{label.name} {'fill' if index == 0 and part.stroke is None else 'stroke'}"
