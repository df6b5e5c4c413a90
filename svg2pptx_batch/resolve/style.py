"""Fill, stroke and visibility of an element: computed style in, scene paint out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from svg2pptx_batch.graphics.color import BLACK, Color
from svg2pptx_batch.resolve.context import Bounds, Context, State
from svg2pptx_batch.resolve.paint_servers import moved_paint, server_paint
from svg2pptx_batch.resolve.units import Axis, parse_px, to_px
from svg2pptx_batch.scene.paint import Fill, FillRule, LineCap, LineJoin, Paint, Stroke
from svg2pptx_batch.svg.values.color import parse_color
from svg2pptx_batch.svg.values.length import parse_length_list
from svg2pptx_batch.svg.values.number import parse_number_or_percentage
from svg2pptx_batch.svg.values.paint import (
    ContextKind,
    ContextPaint,
    CurrentColor,
    NoPaint,
    PaintServer,
    parse_paint,
)

if TYPE_CHECKING:
    from svg2pptx_batch.svg.cascade import Style

_CAPS = {str(cap): cap for cap in LineCap}
_JOINS = {str(join): join for join in LineJoin}
MARKERS = ("marker-start", "marker-mid", "marker-end")
"""The properties that put markers on a shape."""

_MARKERS = frozenset(MARKERS)
_PAINTING = _MARKERS | {"visibility", "fill-opacity", "fill-rule", "stroke"}

_CLIP_FILL = Fill(BLACK)
_CLIP_FILL_EVENODD = Fill(BLACK, 1.0, FillRule.EVENODD)


def plain_fill(style: Style) -> Fill | None:
    """Return the fill of an element that shows nothing but one colour, as most do.

    Returns:
        None where something else is said of its paint, or inherited, and has to be looked at.
    """
    if style.says(_PAINTING):
        return None
    paint = parse_paint(style["fill"])
    return Fill(paint) if type(paint) is Color else None


def fill_of(style: Style, bounds: Bounds, state: State, context: Context) -> Fill | None:
    """Return the fill a style asks for, or None for none.

    Args:
        style: Of the element or text span.
        bounds: Object bounding box for paint servers, in the space of the element.
        state: Where the walk stands; in a clipPath everything is filled, by `clip-rule`.
        context: Shared by the document.
    """
    if state.clipping:
        return _CLIP_FILL_EVENODD if style["clip-rule"] == "evenodd" else _CLIP_FILL
    opacity = opacity_of(style["fill-opacity"])
    paint, factor = _paint(style["fill"], style, bounds, state, context)
    if paint is None:
        return None
    rule = FillRule.EVENODD if style["fill-rule"] == "evenodd" else FillRule.NONZERO
    return Fill(paint, opacity * factor, rule)


def stroke_of(style: Style, bounds: Bounds, state: State, context: Context) -> Stroke | None:
    """Return the stroke a style asks for, or None for none.

    Args:
        style: Of the element or text span.
        bounds: As for `fill_of`: the box is that of the geometry, never of the stroke.
        state: Where the walk stands; in a clipPath nothing is stroked.
        context: Shared by the document.
    """
    text = style["stroke"]
    if text == "none" or state.clipping:
        return None
    width = stroke_width(style, state)
    if width <= 0.0:
        return None
    paint, factor = _paint(text, style, bounds, state, context)
    if paint is None:
        return None
    miter_limit = parse_number_or_percentage(style["stroke-miterlimit"])
    dashes = dashes_of(style, state)
    return Stroke(
        paint,
        width,
        opacity_of(style["stroke-opacity"]) * factor,
        _CAPS.get(style["stroke-linecap"], LineCap.BUTT),
        _JOINS.get(style["stroke-linejoin"], LineJoin.MITER),
        4.0 if miter_limit is None or miter_limit < 1.0 else miter_limit,
        dashes,
        (parse_px(style["stroke-dashoffset"], Axis.DIAGONAL, state.with_style(style)) or 0.0)
        if dashes
        else 0.0,
        "non-scaling-stroke" in style["vector-effect"],
    )


def stroke_width(style: Style, state: State) -> float:
    """Return `stroke-width` in user units, ≥ 0; 1 where the value is no length or negative."""
    width = parse_px(style["stroke-width"], Axis.DIAGONAL, state.with_style(style))
    return 1.0 if width is None or width < 0.0 else width


def dashes_of(style: Style, state: State) -> tuple[float, ...]:
    """Return an even number of dash lengths, user units, or nothing for a solid line.

    An odd list is doubled; a negative or unreadable length, or a sum of zero, makes the line solid.
    """
    text = style["stroke-dasharray"]
    if text == "none":
        return ()
    lengths = parse_length_list(text)
    if not lengths:
        return ()
    state = state.with_style(style)
    dashes = tuple(to_px(length, Axis.DIAGONAL, state) for length in lengths)
    if min(dashes) < 0.0 or sum(dashes) <= 0.0:
        return ()
    return dashes if len(dashes) % 2 == 0 else dashes * 2


def opacity_of(text: str) -> float:
    """Return an opacity clamped to 0…1; 1 where the text is no number."""
    if text == "1":
        return 1.0
    value = parse_number_or_percentage(text)
    return 1.0 if value is None else min(1.0, max(0.0, value))


def is_visible(style: Style) -> bool:
    """Return whether `visibility` lets an element be painted."""
    return style["visibility"] == "visible"


def has_markers(style: Style) -> bool:
    """Return whether any marker property is set."""
    return style.says(_MARKERS) and any(style[name] != "none" for name in MARKERS)


def paint_order(style: Style) -> tuple[str, str, str]:
    """Return `fill`, `stroke` and `markers` in the order they are painted.

    Source: SVG 2, 13.8: what is not named follows in the usual order.
    """
    text = style["paint-order"]
    usual = ("fill", "stroke", "markers")
    if text == "normal":
        return usual
    named = text.split()
    if not set(named) <= set(usual) or len(set(named)) < len(named):
        return usual
    first, second, third = [*named, *(name for name in usual if name not in named)]
    return first, second, third


def is_stroke_first(style: Style) -> bool:
    """Return whether `paint-order` puts the stroke below the fill."""
    order = paint_order(style)
    return order.index("stroke") < order.index("fill")


def current_color(style: Style) -> Color:
    """Return the computed value of `color`."""
    return parse_color(style["color"], BLACK) or BLACK


def _paint(
    text: str, style: Style, bounds: Bounds, state: State, context: Context
) -> tuple[Paint | None, float]:
    """Return a paint and the opacity that comes with it."""
    value = parse_paint(text)
    if isinstance(value, Color):
        return value, 1.0
    if value is None or isinstance(value, NoPaint):
        return None, 1.0
    if isinstance(value, CurrentColor):
        return current_color(style), 1.0
    if isinstance(value, PaintServer):
        paint = server_paint(value.id, bounds, state, context)
        if paint is not None:
            return paint, 1.0
        fallback = value.fallback
        if isinstance(fallback, CurrentColor):
            return current_color(style), 1.0
        return (fallback if isinstance(fallback, Color) else None), 1.0
    return _context_paint(value, state)


def _context_paint(value: ContextPaint, state: State) -> tuple[Paint | None, float]:
    scope = state.context_paint
    if scope is None:
        return None, 1.0
    source = scope.fill() if value.kind is ContextKind.FILL else scope.stroke()
    if source is None or not scope.transform.is_invertible:
        return None, 1.0
    return moved_paint(source.paint, scope.transform.inverse()), source.opacity
