"""What text is painted with: each frame's fill and stroke, and the glyphs of coloured fonts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from svg2pptx_batch.fonts.face import OpenFace
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.color import BLACK, Color
from svg2pptx_batch.graphics.fit import PreserveAspectRatio, fit_box
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.style import fill_of, is_stroke_first, stroke_of
from svg2pptx_batch.resolve.text.characters import Frame
from svg2pptx_batch.scene.nodes import Group, Node
from svg2pptx_batch.scene.paint import Fill, Stroke

if TYPE_CHECKING:
    from svg2pptx_batch.fonts.color_glyphs import SvgGlyph


class FramePaint(NamedTuple):
    """How a frame is painted."""

    fill: Fill | None
    stroke: Stroke | None
    stroke_first: bool


PaintOf = Callable[[Frame], FramePaint]


def paint_by_style(bounds: Rect | None, context: Context) -> PaintOf:
    """Return a function that reads a frame's paint from its style.

    Args:
        bounds: Object bounding box of the whole text: what paint servers refer to.
        context: Shared by the document.
    """

    def paint_of(frame: Frame) -> FramePaint:
        style, state = frame.style, frame.state
        return FramePaint(
            fill_of(style, lambda: bounds, state, context),
            stroke_of(style, lambda: bounds, state, context),
            is_stroke_first(style),
        )

    return paint_of


class Painter:
    """Paints one text element.

    Args:
        paint_of: Tells each frame's paint.
        context: Shared by the document.
    """

    __slots__ = ("_context", "_known", "_paint_of")

    def __init__(self, paint_of: PaintOf, context: Context) -> None:
        self._paint_of = paint_of
        self._context = context
        self._known: dict[Frame, FramePaint] = {}

    def paint(self, frame: Frame) -> FramePaint:
        """Return a frame's paint, asked for once a frame."""
        found = self._known.get(frame)
        if found is None:
            found = self._known[frame] = self._paint_of(frame)
        return found

    def drawing(self, face: OpenFace, gid: int, paint: FramePaint) -> Node | None:
        """Return what a glyph shows in colours of its own.

        Args:
            face: Its face, one that `has_pictures`.
            gid: Its number.
            paint: Of the text; the colour of its fill is one that glyphs may ask for.

        Returns:
            A node in em, y down, origin on the baseline; None for a plain outline.
        """
        fill = paint.fill.paint if paint.fill is not None else BLACK
        color = fill if isinstance(fill, Color) else BLACK
        key = ("glyph", face.id, face.variations, gid, color)
        cache = self._context.cache
        if key not in cache:
            cache[key] = _drawn(face, gid, color, self._context)
        drawing: Node | None = cache[key]
        return drawing


def _drawn(face: OpenFace, gid: int, color: Color, context: Context) -> Node | None:
    from svg2pptx_batch.fonts.color_glyphs import SvgGlyph, color_glyph

    glyph = color_glyph(face, gid, color)
    return _svg_glyph(glyph, context) if isinstance(glyph, SvgGlyph) else glyph


def _svg_glyph(glyph: SvgGlyph, context: Context) -> Node | None:
    """Draw a glyph that is SVG itself; it sees nothing of the drawing around it.

    Source: OpenType 1.9, `SVG `.
    """
    from svg2pptx_batch.errors import SvgError
    from svg2pptx_batch.resolve.draw import draw
    from svg2pptx_batch.resolve.prune import pruned
    from svg2pptx_batch.svg import parse
    from svg2pptx_batch.svg.cascade import style_of
    from svg2pptx_batch.svg.references import fragment
    from svg2pptx_batch.svg.resources import DataLoader
    from svg2pptx_batch.svg.values.view_box import parse_view_box

    loader = DataLoader()
    try:
        document = parse(glyph.source, name="a glyph", loader=loader)
    except SvgError:
        return None
    element = fragment(document, f"#{glyph.id}")
    if element is None:
        return None
    inner = Context(
        document,
        fonts=context.fonts,
        loader=loader,
        diagnostics=context.diagnostics,
        languages=context.languages,
        budget=context.budget,
        handlers=context.handlers,
    )
    root, em = document.root, glyph.units_per_em
    state = State(style_of(root), Size(em, em), chain=(root,))
    # The root has no viewport that would cut it: glyphs stand above its origin.
    parts = root.elements if element is root else (element,)
    children = tuple(node for part in parts if (node := draw(part, state, inner)) is not None)
    if inner.unpainted:
        children = pruned(children)
    if not children:
        return None
    view_box = parse_view_box(root.get("viewBox"))
    fit = (
        IDENTITY
        if view_box is None
        else fit_box(view_box, Rect(0.0, 0.0, em, em), PreserveAspectRatio())
    )
    return Group(children, Affine.scaling(1.0 / em) @ fit)
