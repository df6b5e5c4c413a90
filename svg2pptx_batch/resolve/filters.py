"""filter: elements and CSS functions, captured for `lower` with every length in user units."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Severity
from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.color import BLACK, WHITE, Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.draw import draw, place
from svg2pptx_batch.resolve.paint_servers import is_bbox_units, region_of, unit_value
from svg2pptx_batch.resolve.prune import pruned
from svg2pptx_batch.resolve.style import current_color, opacity_of
from svg2pptx_batch.resolve.units import Axis, to_px
from svg2pptx_batch.scene.bounds import object_bounds, visual_bounds
from svg2pptx_batch.scene.effects import Filter, FilterPrimitive
from svg2pptx_batch.scene.nodes import NO_LABEL, Node
from svg2pptx_batch.svg.cascade import style_of
from svg2pptx_batch.svg.references import fragment, href, href_chain
from svg2pptx_batch.svg.values.color import parse_color
from svg2pptx_batch.svg.values.filter_functions import (
    Blur,
    ColorFunction,
    DropShadow,
    FilterFunction,
    FilterUrl,
    HueRotate,
    parse_filter,
)
from svg2pptx_batch.svg.values.number import parse_number, parse_number_list

if TYPE_CHECKING:
    from svg2pptx_batch.svg.cascade import Style
    from svg2pptx_batch.svg.document import Element

Attributes = dict[str, str]

_HIDDEN_REGION = Rect(0.0, 0.0, 0.0, 0.0)
_VERBATIM = frozenset(
    [
        "in",
        "in2",
        "result",
        "operator",
        "mode",
        "k1",
        "k2",
        "k3",
        "k4",
        "values",
        "type",
        "tableValues",
        "slope",
        "intercept",
        "amplitude",
        "exponent",
        "offset",
        "edgeMode",
        "preserveAlpha",
        "order",
        "kernelMatrix",
        "divisor",
        "bias",
        "targetX",
        "targetY",
        "baseFrequency",
        "numOctaves",
        "seed",
        "stitchTiles",
        "surfaceScale",
        "diffuseConstant",
        "specularConstant",
        "specularExponent",
        "xChannelSelector",
        "yChannelSelector",
        "limitingConeAngle",
        "azimuth",
        "elevation",
        "preserveAspectRatio",
    ]
)
_SUBREGION = (("x", Axis.X), ("y", Axis.Y), ("width", Axis.X), ("height", Axis.Y))
# Attributes that hold one or two distances, along x and y.
_PAIRS = frozenset({"stdDeviation", "radius", "kernelUnitLength"})
_POINTS = {"x": 0, "y": 1, "z": 2, "pointsAtX": 0, "pointsAtY": 1, "pointsAtZ": 2}
_LIGHTS = frozenset({"fePointLight", "feSpotLight"})
_FLOODED = frozenset({"feFlood", "feDropShadow"})
_LIT = frozenset({"feDiffuseLighting", "feSpecularLighting"})


def filters_of(
    text: str, node: Node | None, state: State, context: Context, element: Element
) -> tuple[Filter, ...]:
    """Return the filters a computed `filter` asks for, in order.

    Args:
        text: `none`, or a list of functions and references.
        node: What is filtered, in the element's user space; None for nothing.
        state: Of the filtered element.
        context: Shared by the document.
        element: The filtered element, for remarks.

    Returns:
        Nothing for `none` and where a reference leads nowhere, as browsers do. A filter without
        primitives hides the element.
    """
    functions = parse_filter(text)
    if not functions:
        return ()
    box = None if node is None else object_bounds(node, context.bounds)
    filters: list[Filter] = []
    for function in functions:
        if not isinstance(function, FilterUrl):
            if node is not None:
                filters.append(_function_filter(function, node, state, filters, context))
            continue
        target = context.document.ids.get(function.id)
        if target is None or target.tag != "filter":
            context.diagnostics.report(
                "missing-filter",
                f"There is no filter “{function.id}”; the element is drawn without filters",
                element.source,
                severity=Severity.WARNING,
            )
            return ()
        if target in state.chain:
            context.diagnostics.report("recursive-filter", "A filter uses itself", target.source)
            return ()
        made = _filter(target, box, state, context)
        if made is not None:
            filters.append(made)
        elif node is not None:
            filters.append(Filter((), _HIDDEN_REGION))
    return tuple(filters)


def _filter(target: Element, box: Rect | None, state: State, context: Context) -> Filter | None:
    """Return a filter element's filter; None where it has no region."""
    chain = [link for link in href_chain(context.document, target) if link.tag == "filter"]
    units = next(
        (link.get("filterUnits") for link in chain if "filterUnits" in link.attributes), ""
    )
    inner = next(
        (link.get("primitiveUnits") for link in chain if "primitiveUnits" in link.attributes), ""
    )
    bbox_units = is_bbox_units(units, default=True)
    bbox_primitives = is_bbox_units(inner, default=False)
    if (bbox_units or bbox_primitives) and (box is None or box.is_empty):
        return None
    defaults = ("-10%", "-10%", "120%", "120%")
    region = region_of(chain, box if bbox_units else None, state, defaults)
    if region.is_empty:
        return None
    holder = next((link for link in chain if any(True for _ in link.elements)), target)
    maker = _Maker(box if bbox_primitives else None, region, state, context, target)
    return Filter(tuple(maker.primitives(holder)), region)


class _Maker:
    """Turns the primitives of one filter element into plain ones."""

    def __init__(
        self, box: Rect | None, region: Rect, state: State, context: Context, target: Element
    ) -> None:
        self._box = box
        self._region = region
        self._state = state
        self._context = context
        self._target = target

    def primitives(self, holder: Element) -> Iterator[FilterPrimitive]:
        for child in holder.elements:
            if child.tag.startswith("fe"):
                yield self._primitive(child)

    def _primitive(self, element: Element) -> FilterPrimitive:
        tag, style = element.tag, style_of(element)
        values = {name: value for name, value in element.attributes.items() if name in _VERBATIM}
        values.update(self._subregion(element))
        values.update(self._distances(element))
        values["color-interpolation-filters"] = (
            "linearRGB" if style["color-interpolation-filters"] == "linearRGB" else "sRGB"
        )
        if tag in _FLOODED:
            color = _color(style, "flood-color", BLACK)
            values["flood-color"] = f"#{color.hex.lower()}"
            values["flood-opacity"] = _text(color.alpha * opacity_of(style["flood-opacity"]))
        elif tag in _LIT:
            values["lighting-color"] = f"#{_color(style, 'lighting-color', WHITE).hex.lower()}"
        children = tuple(
            FilterPrimitive(child.tag, tuple(self._child(child).items()))
            for child in element.elements
            if child.tag.startswith("fe")
        )
        content: tuple[Node, ...] = ()
        if tag == "feImage":
            content = self._image(element)
        return FilterPrimitive(tag, tuple(values.items()), children, content)

    def _subregion(self, element: Element) -> Iterator[tuple[str, str]]:
        for name, axis in _SUBREGION:
            text = element.get(name)
            value = None
            if text:
                value = unit_value(text, axis, self._state, bbox_units=self._box is not None)
            if value is None:
                continue
            if self._box is not None:
                value *= self._box.width if axis is Axis.X else self._box.height
                value += {"x": self._box.x, "y": self._box.y}.get(name, 0.0)
            yield name, _text(value)

    def _distances(self, element: Element) -> Iterator[tuple[str, str]]:
        width, height = (1.0, 1.0) if self._box is None else self._box[2:]
        for name, factor in (("dx", width), ("dy", height)):
            if name in element.attributes:
                number = parse_number(element.get(name))
                yield name, _text((number or 0.0) * factor)
        if element.tag == "feDropShadow":
            for name, factor in (("dx", width), ("dy", height)):
                if name not in element.attributes:
                    yield name, _text(2.0 * factor)
        if "scale" in element.attributes:
            diagonal = math.hypot(width, height) / math.sqrt(2.0)
            yield "scale", _text((parse_number(element.get("scale")) or 0.0) * diagonal)
        for name in _PAIRS & element.attributes.keys():
            text = element.get(name)
            if self._box is None:
                yield name, text
            else:
                numbers = parse_number_list(text)
                if 1 <= len(numbers) <= 2:
                    yield name, f"{_text(numbers[0] * width)} {_text(numbers[-1] * height)}"

    def _child(self, element: Element) -> Attributes:
        """Return the attributes of a light source, transfer function or merge node."""
        values = {name: value for name, value in element.attributes.items() if name in _VERBATIM}
        if element.tag in _LIGHTS:
            for name, axis in _POINTS.items():
                if name in element.attributes:
                    number = parse_number(element.get(name)) or 0.0
                    values[name] = _text(self._coordinate(number, axis))
        return values

    def _coordinate(self, number: float, axis: int) -> float:
        if self._box is None:
            return number
        x, y, width, height = self._box
        diagonal = math.hypot(width, height) / math.sqrt(2.0)
        return (x + number * width, y + number * height, number * diagonal)[axis]

    def _image(self, element: Element) -> tuple[Node, ...]:
        """Return what feImage shows: another element, or a picture in the primitive's subregion."""
        reference = href(element)
        inside = replace(self._state, chain=(*self._state.chain, self._target), context_paint=None)
        if reference.startswith("#"):
            shown = fragment(self._context.document, reference)
            if shown is None or shown in self._state.chain:
                return ()
            node = draw(
                shown, replace(inside, style=style_of(shown.parent or shown)), self._context
            )
        else:
            from svg2pptx_batch.resolve.elements.image import picture

            named = dict(self._subregion(element))
            area = Rect(
                *(
                    float(named.get(name, default))
                    for (name, _), default in zip(_SUBREGION, self._region, strict=True)
                )
            )
            node = picture(element, area, inside.with_style(style_of(element)), self._context)
            node = node and place(node, IDENTITY, NO_LABEL, element.source)
        return () if node is None else pruned((node,))


def _color(style: Style, name: str, default: Color) -> Color:
    return parse_color(style[name], current_color(style)) or default


def _text(value: float) -> str:
    return f"{value + 0.0:.8g}"


def _function_filter(
    function: FilterFunction, node: Node, state: State, before: list[Filter], context: Context
) -> Filter:
    """Return a CSS function as the primitives it is short for (Filter Effects 1, 13.1).

    Functions have no region of their own: it is made large enough for what they paint.
    """
    region = visual_bounds(node, context.inks) or _HIDDEN_REGION
    if before:
        region = region.union(before[-1].region)
    primitives, reach = _function_primitives(function, state)
    return Filter(tuple(primitives), region.inflate(reach))


def _function_primitives(
    function: FilterFunction, state: State
) -> tuple[list[FilterPrimitive], float]:
    match function:
        case Blur(length):
            deviation = to_px(length, Axis.DIAGONAL, state)
            values = {"stdDeviation": _text(deviation)}
            return [_plain("feGaussianBlur", values)], 3.0 * deviation + 1.0
        case DropShadow(dx, dy, length, color):
            color = color or current_color(state.style)
            x, y = to_px(dx, Axis.X, state), to_px(dy, Axis.Y, state)
            deviation = to_px(length, Axis.DIAGONAL, state)
            values = {
                "dx": _text(x),
                "dy": _text(y),
                "stdDeviation": _text(deviation),
                "flood-color": f"#{color.hex.lower()}",
                "flood-opacity": _text(color.alpha),
            }
            return [_plain("feDropShadow", values)], 3.0 * deviation + max(abs(x), abs(y)) + 1.0
        case HueRotate(angle):
            return [_plain("feColorMatrix", {"type": "hueRotate", "values": _text(angle)})], 0.0
        case ColorFunction(name, amount):
            return [_color_function(name, amount)], 0.0
    raise AssertionError(function)


def _plain(
    tag: str, values: Attributes, children: tuple[FilterPrimitive, ...] = ()
) -> FilterPrimitive:
    return FilterPrimitive(
        tag, (*values.items(), ("color-interpolation-filters", "sRGB")), children
    )


def _color_function(name: str, amount: float) -> FilterPrimitive:
    match name:
        case "brightness":
            return _transfer({"type": "linear", "slope": _text(amount)})
        case "contrast":
            values = {"slope": _text(amount), "intercept": _text(0.5 - 0.5 * amount)}
            return _transfer({"type": "linear", **values})
        case "invert":
            table = f"{_text(amount)} {_text(1 - amount)}"
            return _transfer({"type": "table", "tableValues": table})
        case "opacity":
            alpha = (("type", "table"), ("tableValues", f"0 {_text(amount)}"))
            return _plain("feComponentTransfer", {}, (FilterPrimitive("feFuncA", alpha),))
    # Saturation is the inverse of greyness, beyond 1 too, where `type="saturate"` is not reliable.
    matrix = _SEPIA if name == "sepia" else _GRAYSCALE
    amount = 1 - amount if name == "saturate" else amount
    rows = [
        [entry * amount + (1 - amount) * (row == column) for column, entry in enumerate(entries)]
        for row, entries in enumerate(matrix)
    ]
    text = " ".join(" ".join(_text(entry) for entry in entries) + " 0 0" for entries in rows)
    return _plain("feColorMatrix", {"type": "matrix", "values": f"{text} 0 0 0 1 0"})


def _transfer(values: Attributes) -> FilterPrimitive:
    functions = tuple(
        FilterPrimitive(tag, tuple(values.items())) for tag in ("feFuncR", "feFuncG", "feFuncB")
    )
    return _plain("feComponentTransfer", {}, functions)


_GRAYSCALE = ((0.2126, 0.7152, 0.0722),) * 3
_SEPIA = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))
