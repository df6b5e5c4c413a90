"""Basic shapes and paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Severity
from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.path import Path, ellipse_path, rect_path, rounded_rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.style import (
    fill_of,
    has_markers,
    is_stroke_first,
    is_visible,
    plain_fill,
    stroke_of,
)
from svg2pptx_batch.resolve.units import Axis, parse_px
from svg2pptx_batch.scene.nodes import (
    EllipsePrimitive,
    LinePrimitive,
    Node,
    Primitive,
    RectPrimitive,
    Shape,
)
from svg2pptx_batch.svg.values.number import parse_number, parse_number_list
from svg2pptx_batch.svg.values.path_data import parse_path

if TYPE_CHECKING:
    from svg2pptx_batch.scene.paint import Stroke
    from svg2pptx_batch.svg.document import Element

_FLAT = frozenset({"ML", "MLZ", "M", "MZ"})
_RADII = frozenset({"rx", "ry"})
_AUTO = frozenset({"", "auto"})


def path(element: Element, state: State, context: Context) -> Node | None:
    """Draw a `path`, up to the first error in its data."""
    text = element.attributes.get("d", "")
    if "d" in element.declared:
        text = state.style["d"]
    if not text or text == "none":
        return None
    outline, error_at = parse_path(text)
    if error_at is not None:
        context.diagnostics.report(
            "path-error",
            f"The path data is wrong at character {error_at + 1}; it is drawn up to there",
            element.source,
            severity=Severity.WARNING,
        )
    return _shape(outline, None, element, state, context) if outline else None


def rect(element: Element, state: State, context: Context) -> Node | None:
    """Draw a `rect`; one radius given stands for both, and each is at most half its side."""
    width = _geometry(element, "width", Axis.X, state)
    height = _geometry(element, "height", Axis.Y, state)
    if width <= 0.0 or height <= 0.0:
        return None
    box = Rect(
        _geometry(element, "x", Axis.X, state),
        _geometry(element, "y", Axis.Y, state),
        width,
        height,
    )
    rx, ry = _radii(element, state)
    rx, ry = min(rx, width / 2), min(ry, height / 2)
    if rx <= 0.0 or ry <= 0.0:
        return _shape(rect_path(box), RectPrimitive(box), element, state, context)
    outline = rounded_rect_path(box, rx, ry)
    return _shape(outline, RectPrimitive(box, rx, ry), element, state, context)


def circle(element: Element, state: State, context: Context) -> Node | None:
    """Draw a `circle`."""
    r = _geometry(element, "r", Axis.DIAGONAL, state)
    return _ellipse(r, r, element, state, context)


def ellipse(element: Element, state: State, context: Context) -> Node | None:
    """Draw an `ellipse`; one radius given stands for both."""
    rx, ry = _radii(element, state)
    return _ellipse(rx, ry, element, state, context)


def _ellipse(rx: float, ry: float, element: Element, state: State, context: Context) -> Node | None:
    if rx <= 0.0 or ry <= 0.0:
        return None
    cx = _geometry(element, "cx", Axis.X, state)
    cy = _geometry(element, "cy", Axis.Y, state)
    primitive = EllipsePrimitive(cx, cy, rx, ry)
    return _shape(ellipse_path(cx, cy, rx, ry), primitive, element, state, context)


def line(element: Element, state: State, context: Context) -> Node | None:
    """Draw a `line`."""
    ends = [
        parse_px(element.get(name, "0"), axis, state) or 0.0
        for name, axis in (("x1", Axis.X), ("y1", Axis.Y), ("x2", Axis.X), ("y2", Axis.Y))
    ]
    primitive = LinePrimitive(*ends)
    return _shape(Path("ML", tuple(ends)), primitive, element, state, context)


def polyline(element: Element, state: State, context: Context) -> Node | None:
    """Draw a `polyline`."""
    return _poly("", element, state, context)


def polygon(element: Element, state: State, context: Context) -> Node | None:
    """Draw a `polygon`."""
    return _poly("Z", element, state, context)


def _poly(closing: str, element: Element, state: State, context: Context) -> Node | None:
    numbers = parse_number_list(element.get("points"))
    count = len(numbers) // 2
    if len(numbers) % 2:
        context.diagnostics.report(
            "odd-points", "A coordinate is missing; the last point is left out", element.source
        )
    if count < 2:
        return None
    outline = Path("M" + "L" * (count - 1) + closing, numbers[: 2 * count])
    return _shape(outline, None, element, state, context)


def _shape(
    outline: Path,
    primitive: Primitive | None,
    element: Element,
    state: State,
    context: Context,
) -> Node | None:
    style = state.style
    plain = None if state.clipping or outline.verbs in _FLAT else plain_fill(style)
    if plain is not None:
        return Shape(outline, plain, None, IDENTITY, primitive)
    visible = is_visible(style)
    fill = fill_of(style, outline.bounds, state, context) if visible else None
    stroke = stroke_of(style, outline.bounds, state, context) if visible else None
    if stroke is not None and stroke.dashes and "pathLength" in element.attributes:
        stroke = _measured(stroke, outline, element)
    shape = Shape(
        outline,
        None if outline.verbs in _FLAT else fill,
        stroke,
        IDENTITY,
        primitive,
        stroke is not None and is_stroke_first(style),
    )
    if stroke is None and shape.fill is None:
        context.unpainted = True
    if visible and not state.clipping and has_markers(style):
        # Few drawings have markers.
        from svg2pptx_batch.resolve.marker import with_markers

        # It becomes one of several nodes, of which only their group is told where it stands; its
        # fill may be one by itself, and must be seen then.
        box = outline.bounds()
        if box is None or box.is_empty:
            shape = replace(shape, fill=None)
        shape = replace(shape, source=element.source)
        return with_markers(shape, fill, stroke, state, context)
    return shape


def _measured(stroke: Stroke, outline: Path, element: Element) -> Stroke:
    """Scale dashes to a path length the author gave (SVG 2, 9.6.1)."""
    from svg2pptx_batch.graphics.measure import path_length

    stated = parse_number(element.get("pathLength"))
    if stated is None or stated < 0.0:
        return stroke
    factor = path_length(outline) / stated if stated else 0.0
    if factor <= 0.0:
        return replace(stroke, dashes=())
    return replace(
        stroke,
        dashes=tuple(dash * factor for dash in stroke.dashes),
        dash_offset=stroke.dash_offset * factor,
    )


def _geometry(element: Element, name: str, axis: Axis, state: State) -> float:
    """Return a geometry property in user units; 0 where it is `auto` or wrong."""
    if name in element.declared:
        text: str | None = state.style[name]
    else:
        text = element.attributes.get(name)
    return parse_px(text.strip(), axis, state) or 0.0 if text else 0.0


def _radii(element: Element, state: State) -> tuple[float, float]:
    """Return both radii; one given stands for both, none for 0."""
    if _RADII.isdisjoint(element.attributes) and _RADII.isdisjoint(element.declared):
        return 0.0, 0.0
    rx, ry = _radius(element, "rx", Axis.X, state), _radius(element, "ry", Axis.Y, state)
    return (ry or 0.0) if rx is None else rx, (rx or 0.0) if ry is None else ry


def _radius(element: Element, name: str, axis: Axis, state: State) -> float | None:
    """Return a radius, or None for `auto`; negative and wrong ones count as `auto`."""
    text = geometry_text(element, name, state)
    if text in _AUTO:
        return None
    value = parse_px(text, axis, state)
    return None if value is None or value < 0.0 else value


def geometry_text(element: Element, name: str, state: State) -> str:
    """Return the value of x, y, width, height, cx, cy, r, rx or ry: CSS property or attribute."""
    if name in element.declared:
        return state.style[name]
    text = element.attributes.get(name)
    return "" if text is None else text.strip()
