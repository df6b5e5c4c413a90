"""Gradients and patterns: elements in, scene paint out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.color import BLACK, Color
from svg2pptx_batch.graphics.fit import fit_box
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.resolve.context import Bounds, Context, State
from svg2pptx_batch.resolve.draw import draw_children
from svg2pptx_batch.resolve.prune import pruned
from svg2pptx_batch.resolve.transforms import server_transform
from svg2pptx_batch.resolve.units import Axis, parse_px, to_px
from svg2pptx_batch.scene.paint import (
    LinearGradient,
    Paint,
    Pattern,
    RadialGradient,
    SpreadMethod,
    Stop,
)
from svg2pptx_batch.svg.cascade import style_of
from svg2pptx_batch.svg.references import href_chain
from svg2pptx_batch.svg.values.color import parse_color
from svg2pptx_batch.svg.values.length import Unit, parse_length
from svg2pptx_batch.svg.values.number import parse_number_or_percentage
from svg2pptx_batch.svg.values.view_box import parse_preserve_aspect_ratio, parse_view_box

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Element

GRADIENTS = frozenset({"linearGradient", "radialGradient"})
_UNIT = Size(1.0, 1.0)
_SPREADS = {str(spread): spread for spread in SpreadMethod}


def server_paint(id_: str, bounds: Bounds, state: State, context: Context) -> Paint | None:
    """Return the paint of a gradient or pattern.

    Args:
        id_: The element's id.
        bounds: Object bounding box of what is painted.
        state: Of what is painted; percentages are of its viewport.
        context: Shared by the document.

    Returns:
        A solid colour for gradients that have but one; None where the fallback counts: no such
        element, no stops, no content, or bounding-box units on a box without area.
    """
    element = context.document.ids.get(id_)
    if element is not None and element.tag in GRADIENTS:
        key = ("gradient", element, state.viewport)
        if key in context.cache:
            template: _Gradient | Color | None = context.cache[key]
        else:
            template = context.cache[key] = _gradient(element, state, context)
        if isinstance(template, _Gradient):
            return template.paint(bounds)
        return template
    if element is not None and element.tag == "pattern":
        return _pattern(element, bounds, state, context)
    context.diagnostics.report("missing-paint", f"There is no paint named “{id_}”")
    return None


def moved_paint(paint: Paint, transform: Affine) -> Paint:
    """Return a paint seen from another space, to which `transform` maps the present one."""
    if isinstance(paint, LinearGradient | RadialGradient | Pattern) and not transform.is_identity:
        return replace(paint, transform=transform @ paint.transform)
    return paint


class _Gradient(msgspec.Struct, frozen=True):
    """A gradient before its bounding box is known."""

    paint_in_units: LinearGradient | RadialGradient
    bbox_units: bool

    def paint(self, bounds: Bounds) -> Paint | None:
        if not self.bbox_units:
            return self.paint_in_units
        box = bounds()
        if box is None or box.is_empty:
            return None
        return moved_paint(self.paint_in_units, box_transform(box))


def box_transform(box: Rect) -> Affine:
    """Return the map from bounding-box units to user space."""
    return Affine(box.width, 0.0, 0.0, box.height, box.x, box.y)


def is_bbox_units(text: str, *, default: bool) -> bool:
    """Return whether a units attribute means the bounding box; the default where it is wrong."""
    return default if text not in {"objectBoundingBox", "userSpaceOnUse"} else text[0] == "o"


def unit_value(text: str, axis: Axis, state: State, *, bbox_units: bool) -> float | None:
    """Return a coordinate in user units, or as a fraction of the bounding box."""
    if not bbox_units:
        return parse_px(text, axis, state)
    length = parse_length(text)
    if length is None:
        return None if "(" not in text else parse_px(text, axis, replace(state, viewport=_UNIT))
    return length.number / 100.0 if length.unit is Unit.PERCENT else to_px(length, axis, state)


def _attribute(chain: list[Element], name: str) -> str:
    """Return the first value along an href chain."""
    return next((element.get(name) for element in chain if name in element.attributes), "")


def _gradient(element: Element, state: State, context: Context) -> _Gradient | Color | None:
    chain = [link for link in href_chain(context.document, element) if link.tag in GRADIENTS]
    stops = _stops(chain)
    if not stops:
        context.diagnostics.report(
            "gradient-without-stops", "A gradient has no stops", element.source
        )
        return None
    if len(stops) == 1:
        return stops[0].color
    bbox_units = is_bbox_units(_attribute(chain, "gradientUnits"), default=True)
    holder = next((link for link in chain if "gradientTransform" in link.attributes), element)
    box = Rect(0.0, 0.0, 1.0, 1.0) if bbox_units else None
    transform = server_transform(holder, "gradientTransform", state, box)
    if transform is None or not transform.is_invertible:
        transform = IDENTITY
    spread = _SPREADS.get(_attribute(chain, "spreadMethod"), SpreadMethod.PAD)
    linear_rgb = style_of(element)["color-interpolation"] == "linearRGB"
    same = [link for link in chain if link.tag == element.tag]

    def coordinate(name: str, axis: Axis, default: str) -> float:
        for text in (_attribute(same, name), default):
            value = unit_value(text, axis, state, bbox_units=bbox_units) if text else None
            if value is not None:
                return value
        return 0.0

    if element.tag == "linearGradient":
        x1, y1 = coordinate("x1", Axis.X, "0%"), coordinate("y1", Axis.Y, "0%")
        x2, y2 = coordinate("x2", Axis.X, "100%"), coordinate("y2", Axis.Y, "0%")
        if (x1, y1) == (x2, y2):
            return stops[-1].color
        return _Gradient(
            LinearGradient(x1, y1, x2, y2, stops, spread, transform, linear_rgb), bbox_units
        )
    cx, cy = coordinate("cx", Axis.X, "50%"), coordinate("cy", Axis.Y, "50%")
    r, fr = coordinate("r", Axis.DIAGONAL, "50%"), coordinate("fr", Axis.DIAGONAL, "0")
    if r <= 0.0:
        return stops[-1].color
    fx = coordinate("fx", Axis.X, "") if _attribute(same, "fx") else cx
    fy = coordinate("fy", Axis.Y, "") if _attribute(same, "fy") else cy
    return _Gradient(
        RadialGradient(cx, cy, r, fx, fy, max(0.0, fr), stops, spread, transform, linear_rgb),
        bbox_units,
    )


def _stops(chain: list[Element]) -> tuple[Stop, ...]:
    """Return the stops of the first gradient of a chain that has any; offsets never decrease."""
    for element in chain:
        stops: list[Stop] = []
        offset = 0.0
        for child in _stop_elements(element):
            style = style_of(child)
            value = parse_number_or_percentage(child.get("offset", "0"))
            offset = max(offset, min(1.0, value or 0.0))
            current = parse_color(style["color"], BLACK) or BLACK
            color = parse_color(style["stop-color"], current) or BLACK
            opacity = parse_number_or_percentage(style["stop-opacity"])
            if opacity is not None:
                color = color.with_alpha(min(1.0, max(0.0, opacity)))
            stops.append(Stop(offset, color))
        if stops:
            return tuple(stops)
    return ()


def _stop_elements(element: Element) -> Iterator[Element]:
    return (child for child in element.elements if child.tag == "stop")


def _pattern(element: Element, bounds: Bounds, state: State, context: Context) -> Pattern | None:
    if element in state.chain:
        context.diagnostics.report("recursive-pattern", "A pattern paints itself", element.source)
        return None
    chain = [link for link in href_chain(context.document, element) if link.tag == "pattern"]
    bbox_units = is_bbox_units(_attribute(chain, "patternUnits"), default=True)
    view_box = parse_view_box(_attribute(chain, "viewBox"))
    content_bbox_units = view_box is None and is_bbox_units(
        _attribute(chain, "patternContentUnits"), default=False
    )
    box = bounds() if bbox_units or content_bbox_units else None
    if (bbox_units or content_bbox_units) and (box is None or box.is_empty):
        return None
    holder = next((link for link in chain if "patternTransform" in link.attributes), element)
    transform = server_transform(holder, "patternTransform", state, box)
    content = next((link for link in chain if any(True for _ in link.elements)), None)
    if content is None:
        return None
    if transform is None or not transform.is_invertible:
        transform = IDENTITY
    tile = region_of(chain, box if bbox_units else None, state, ("0", "0", "0", "0"))
    if tile.is_empty or (view_box is not None and view_box.is_empty):
        return None
    inner = IDENTITY
    viewport = state.viewport
    if view_box is not None:
        aspect = parse_preserve_aspect_ratio(_attribute(chain, "preserveAspectRatio"))
        inner = fit_box(view_box, Rect(0.0, 0.0, tile.width, tile.height), aspect)
        viewport = Size(view_box.width, view_box.height)
    elif content_bbox_units and box is not None:
        inner = Affine.scaling(box.width, box.height)
    style = style_of(content)
    inside = State(style, viewport, None, (*state.chain, element), depth=state.depth + 1)
    children = pruned(draw_children(content, inside, context))
    if not children:
        return None
    overflow = style["overflow"] if style.has("overflow") else "hidden"
    return Pattern(
        children,
        tile,
        transform,
        Affine.translation(tile.x, tile.y) @ inner,
        overflow in {"visible", "auto"},
    )


def region_of(
    chain: list[Element], box: Rect | None, state: State, defaults: tuple[str, str, str, str]
) -> Rect:
    """Return the rectangle that x, y, width and height give, in user space.

    Args:
        chain: Where the attributes may stand, first counts.
        box: The bounding box the values are fractions of; None for user space.
        state: For percentages and font sizes.
        defaults: Of x, y, width and height.

    Returns:
        The region; empty where a side is zero or negative.
    """
    axes = (Axis.X, Axis.Y, Axis.X, Axis.Y)
    values: list[float] = []
    for name, axis, default in zip(("x", "y", "width", "height"), axes, defaults, strict=True):
        text = _attribute(chain, name) or default
        value = unit_value(text, axis, state, bbox_units=box is not None)
        if value is None:
            value = unit_value(default, axis, state, bbox_units=box is not None)
        values.append(value or 0.0)
    x, y, width, height = values
    region = Rect(x, y, max(0.0, width), max(0.0, height))
    return region if box is None else box_transform(box).apply_rect(region)
