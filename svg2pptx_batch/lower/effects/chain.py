"""Filter chains as expressions: which primitive's result each primitive takes.

Filters enter as SVG has them, by names; expressions leave, and go back to a filter that paints any
one of them alone.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.effects import Filter, FilterPrimitive
from svg2pptx_batch.svg.values.number import parse_number

SOURCE, ALPHA = "SourceGraphic", "SourceAlpha"
_STANDARD = frozenset(
    {SOURCE, ALPHA, "BackgroundImage", "BackgroundAlpha", "FillPaint", "StrokePaint"}
)
_INPUTS = {
    "feFlood": 0,
    "feImage": 0,
    "feTurbulence": 0,
    "feBlend": 2,
    "feComposite": 2,
    "feDisplacementMap": 2,
}
_SIDES = ("x", "y", "width", "height")
_SRGB = ("color-interpolation-filters", "sRGB")
_TO_ALPHA = ("values", "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0")


class Result(msgspec.Struct, frozen=True, eq=False):
    """What a primitive, or a standard input, gives.

    Attributes:
        tag: The primitive's tag, or the input's name.
        inputs: What it takes, `in` before `in2`; merge nodes bottom first.
        region: Outside it is transparent; space of the filtered group.
        primitive: None for a standard input.
    """

    tag: str
    inputs: tuple[Result, ...]
    region: Rect
    primitive: FilterPrimitive | None = None

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute of the primitive."""
        if self.primitive is None:
            return default
        return next((value for key, value in self.primitive.attributes if key == name), default)

    @property
    def is_linear(self) -> bool:
        """Whether it computes in linear light."""
        return self.get(_SRGB[0]) == "linearRGB"


def read_filters(filters: tuple[Filter, ...]) -> Result | None:
    """Return what a group's filters give in the end.

    Returns:
        None where a primitive's subregion cannot be read, or a filter has none at all.
    """
    source: Result | None = None
    for item in filters:
        source = _Reader(item, source).last()
        if source is None:
            return None
    return source


class _Reader:
    """Reads one filter."""

    def __init__(self, item: Filter, before: Result | None) -> None:
        self._item = item
        self._named: dict[str, Result] = {}
        self._previous: Result | None = None
        if before is None:
            self._source = Result(SOURCE, (), item.region)
            self._alpha = Result(ALPHA, (), item.region)
        else:
            self._source = _made("feOffset", (before,), item.region)
            self._alpha = _made("feColorMatrix", (self._source,), item.region, _TO_ALPHA)

    def last(self) -> Result | None:
        for primitive in self._item.primitives:
            values = dict(primitive.attributes)
            region = self._region(values)
            if region is None:
                return None
            result = self._result(primitive, values, region)
            self._previous = result
            if values.get("result"):
                self._named[values["result"]] = result
        return self._previous

    def _result(self, primitive: FilterPrimitive, values: dict[str, str], region: Rect) -> Result:
        if primitive.tag == "feMerge":
            nodes = [child for child in primitive.children if child.tag == "feMergeNode"]
            inputs = tuple(self._input(dict(node.attributes).get("in", "")) for node in nodes)
        else:
            names = ("in", "in2")[: _INPUTS.get(primitive.tag, 1)]
            inputs = tuple(self._input(values.get(name, "")) for name in names)
        if primitive.tag == "feDropShadow":
            return _drop_shadow(primitive, inputs[0], region, self._item.region)
        return Result(primitive.tag, inputs, region, primitive)

    def _input(self, name: str) -> Result:
        if name in self._named:
            return self._named[name]
        if name == ALPHA:
            return self._alpha
        if name in _STANDARD and name != SOURCE:
            return Result(name, (), self._item.region)
        if name == SOURCE or self._previous is None:
            return self._source
        return self._previous

    def _region(self, values: dict[str, str]) -> Rect | None:
        """Return a primitive's subregion, cut to the filter's region."""
        sides = []
        for name, default in zip(_SIDES, self._item.region, strict=True):
            number = parse_number(values[name]) if name in values else default
            if number is None:
                return None
            sides.append(number)
        region = Rect(*sides)
        if region.width < 0 or region.height < 0:
            return None
        return region.intersection(self._item.region) or Rect(region.x, region.y, 0.0, 0.0)


def _made(
    tag: str, inputs: tuple[Result, ...], region: Rect, *attributes: tuple[str, str]
) -> Result:
    return Result(tag, inputs, region, FilterPrimitive(tag, (*attributes, _SRGB)))


def _drop_shadow(primitive: FilterPrimitive, source: Result, region: Rect, whole: Rect) -> Result:
    """Return feDropShadow as the primitives it is short for (Filter Effects 1, 9.12)."""
    values = dict(primitive.attributes)

    def of(*names: str) -> tuple[tuple[str, str], ...]:
        return tuple((name, values[name]) for name in names if name in values)

    space = of(_SRGB[0])
    blur = FilterPrimitive("feGaussianBlur", (*of("stdDeviation"), *space))
    blurred = Result(blur.tag, (source,), whole, blur)
    offset = FilterPrimitive("feOffset", (*of("dx", "dy"), *space))
    moved = Result(offset.tag, (blurred,), whole, offset)
    flood = FilterPrimitive("feFlood", (*of("flood-color", "flood-opacity"), *space))
    color = Result(flood.tag, (), whole, flood)
    inside = FilterPrimitive("feComposite", (("operator", "in"), *space))
    shadow = Result(inside.tag, (color, moved), whole, inside)
    merge = FilterPrimitive("feMerge", space)
    return Result(merge.tag, (shadow, source), region, merge)


def over(parts: list[Result], region: Rect) -> Result:
    """Return results laid over one another.

    Args:
        parts: At least one, bottom first.
        region: What is seen of them.
    """
    if len(parts) == 1 and parts[0].region == region:
        return parts[0]
    return _made("feMerge", tuple(parts), region)


def moved(part: Result, like: Result) -> Result:
    """Return a part of what an feOffset takes, moved by it."""
    return Result(like.tag, (part,), like.region, like.primitive)


def write_filter(result: Result, region: Rect) -> Filter:
    """Return a filter that paints one result.

    Args:
        result: Any.
        region: Filter region, as large as that of any filter the result comes from.
    """
    primitives: list[FilterPrimitive] = []
    names: dict[int, str] = {}
    pending = [result]
    while pending:
        current = pending[-1]
        key = id(current)
        if key in names:
            pending.pop()
            continue
        if current.primitive is None:
            names[key] = current.tag
            continue
        missing = [each for each in current.inputs if id(each) not in names]
        if missing:
            pending.extend(missing)
            continue
        names[key] = f"r{len(primitives) + 1}"
        primitives.append(_written(current, current.primitive, names))
        pending.pop()
    if not primitives:
        return Filter((_plain_merge(result),), region)
    return Filter(tuple(primitives), region)


def _plain_merge(result: Result) -> FilterPrimitive:
    node = FilterPrimitive("feMergeNode", (("in", result.tag),))
    return FilterPrimitive("feMerge", (_SRGB,), (node,))


def _written(result: Result, primitive: FilterPrimitive, names: dict[int, str]) -> FilterPrimitive:
    dropped = {"in", "in2", "result", *_SIDES}
    values = [item for item in primitive.attributes if item[0] not in dropped]
    values += zip(_SIDES, (f"{side:.8g}" for side in result.region), strict=True)
    inputs = [names[id(each)] for each in result.inputs]
    values.append(("result", names[id(result)]))
    children = primitive.children
    if result.tag == "feMerge":
        children = tuple(FilterPrimitive("feMergeNode", (("in", name),)) for name in inputs)
    else:
        values = [*zip(("in", "in2"), inputs, strict=False), *values]
    return replace(primitive, attributes=tuple(values), children=children)
