"""What painting a node costs, known before resvg is asked: filters have no bound of their own."""

from __future__ import annotations

import math
from typing import NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.path import COORDS_OF, Path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.effects import Filter, FilterPrimitive
from svg2pptx_batch.scene.nodes import Group, Node, Shape
from svg2pptx_batch.scene.walk import visit

MAX_OCTAVES = 10
"""Each octave weighs half the one before: the eleventh is below what eight bits show."""

# Seconds for a million pixels, measured.
_CANVAS_S = 0.2
_PRIMITIVE_S = 0.08
_BLUR_S = 0.2
_NOISE_S = 0.4
_OCTAVE_S = 0.08
_WINDOW_S = 0.003
_TAP_S = 0.0065
_LAYER_S = 0.05
_FEW_LAYERS = 16
_MERGED_S = 0.1
_FEW_MERGED = 8
# Seconds for a million rows that sides of outlines pass; few drawings have any to speak of.
_SIDES_S = 1.0
_MANY_COORDS = 400
_MEGAPIXEL = 1e6
# resvg looks no further beyond its canvas: twice its size on every side.
_BEYOND = 25.0
# Everything outside a few deviations of a Gaussian is nothing.
_DEVIATIONS = 3.5
# Regions that much larger than ink and view are mostly empty.
_EMPTY = 4.0
_MARGIN = 0.02
_LOCAL = frozenset(
    {
        "feBlend",
        "feColorMatrix",
        "feComponentTransfer",
        "feComposite",
        "feDropShadow",
        "feFlood",
        "feGaussianBlur",
        "feMerge",
        "feMorphology",
        "feOffset",
    }
)
_SUBREGION = frozenset({"x", "y", "width", "height"})


class Cost(NamedTuple):
    """What painting costs at one pixel to a slide px, in seconds.

    Attributes:
        plain: Grows with the pixels.
        windowed: Grows with their square: windows of morphology.
        sides: Grows with the rows of pixels: long outlines.
    """

    plain: float
    windowed: float
    sides: float = 0.0

    def at(self, scale: float) -> float:
        """Return the seconds at so many pixels to one slide px."""
        return self.plain * scale**2 + self.windowed * scale**4 + self.sides * scale


def painting_cost(node: Node, to_slide: Affine, seen: Rect) -> Cost:
    """Return what resvg takes to paint a node.

    Args:
        node: Any node; filters in masks, patterns and clips are not looked at.
        to_slide: Its parent's space to slide px.
        seen: What of the slide is painted, slide px.
    """
    area = seen.width * seen.height / _MEGAPIXEL
    plain, windowed = area * _CANVAS_S, 0.0
    layers = 0
    for each in visit(node):
        if not isinstance(each, Group):
            continue
        layers += each.is_layer
        for item in each.filters:
            # Scales of groups in between hardly ever matter; those that do are not far from 1.
            scale = (to_slide @ each.transform).mean_scale if each is node else to_slide.mean_scale
            region = item.region.width * item.region.height * scale**2 / _MEGAPIXEL
            region = min(region, area * _BEYOND)
            for primitive in item.primitives:
                plain += region * _weight(primitive)
                windowed += region * _window(primitive, scale) * _WINDOW_S
    plain += max(0, layers - _FEW_LAYERS) * area * _LAYER_S
    return Cost(plain, windowed, _rows(node, to_slide, seen) / _MEGAPIXEL * _SIDES_S)


def _rows(node: Node, to_slide: Affine, seen: Rect) -> float:
    """Return how many rows of what is seen, at one pixel to a slide px, long outlines pass."""
    rows = 0.0
    pending = [(node, to_slide)]
    while pending:
        each, parent = pending.pop()
        if isinstance(each, Group):
            inside = parent @ each.transform
            pending += [(child, inside) for child in each.children]
        elif isinstance(each, Shape) and len(each.path.coords) > _MANY_COORDS:
            rows += _rows_of(each.path.transform(parent @ each.transform), seen)
    return rows


def _rows_of(path: Path, seen: Rect) -> float:
    """Return how many rows of what is seen the sides of a control polygon pass."""
    top, bottom = seen.y, seen.bottom
    coords = path.coords
    rows, at, last = 0.0, 1, top
    for verb in path.verbs:
        for _ in range(COORDS_OF[verb] // 2):
            y = min(max(coords[at], top), bottom)
            if verb != "M":
                rows += abs(y - last)
            last = y
            at += 2
    return rows


def _weight(primitive: FilterPrimitive) -> float:
    values = dict(primitive.attributes)
    match primitive.tag:
        case "feGaussianBlur" | "feDropShadow":
            return _BLUR_S
        case "feTurbulence":
            return _NOISE_S + _OCTAVE_S * min(MAX_OCTAVES, _octaves(values))
        case "feMerge" if len(primitive.children) > _FEW_MERGED:
            return _MERGED_S * len(primitive.children)
        case "feConvolveMatrix":
            return _PRIMITIVE_S + _TAP_S * math.prod(_pair(values.get("order", ""), 3.0))
        case _:
            return _PRIMITIVE_S


def _window(primitive: FilterPrimitive, scale: float) -> float:
    """Return how many slide px² the window of a morphology has; 0 for other primitives."""
    if primitive.tag != "feMorphology":
        return 0.0
    across, down = _pair(dict(primitive.attributes).get("radius", ""), 0.0)
    return 4 * max(0.0, across * scale) * max(0.0, down * scale)


def tamed(group: Group, to_slide: Affine, seen: Rect) -> Group:
    """Return a group whose filters do nothing that is not seen.

    Args:
        group: Any group.
        to_slide: Its parent's space to slide px.
        seen: What of the slide is painted, slide px.

    Returns:
        The group itself, or one with smaller filter regions.
    """
    m = to_slide @ group.transform
    if not group.filters or not m.is_invertible:
        return group
    view = m.inverse().apply_rect(seen)
    reaches = [[_reach(primitive) for primitive in item.primitives] for item in group.filters]
    if not math.isfinite(sum(map(sum, reaches))):
        return group
    filters = []
    # What a later filter reaches for must have been left by those before it.
    reach = 0.0
    for item, own in zip(reversed(group.filters), reversed(reaches), strict=True):
        reach += sum(own)
        region = item.region.intersection(view.inflate(reach))
        filters.append(item if region is None else replace(item, region=region))
    if len([each for own in reaches for each in own if each]) == 1 and len(filters) == 1:
        filters = [_near_ink(filters[0], group, view)]
    return replace(group, filters=tuple(reversed(filters)))


def _near_ink(item: Filter, group: Group, view: Rect) -> Filter:
    """Return a filter that looks around once without the empty part of a very large region."""
    ink = visual_bounds(replace(group, filters=(), clip=None, mask=None, transform=IDENTITY))
    if ink is None:
        return item
    margin = _MARGIN * max(view.width, view.height)
    region = item.region.intersection(ink.union(view).inflate(margin))
    if region is None or region.width * region.height * _EMPTY > (
        item.region.width * item.region.height
    ):
        return item
    return replace(item, region=region)


def _reach(primitive: FilterPrimitive) -> float:
    """Return how far away a primitive looks, user units; infinity where that cannot be told."""
    values = dict(primitive.attributes)
    if primitive.tag not in _LOCAL or not _SUBREGION.isdisjoint(values):
        return math.inf
    reach = 0.0
    if primitive.tag in ("feGaussianBlur", "feDropShadow"):
        reach += _DEVIATIONS * max(_pair(values.get("stdDeviation", ""), 2.0))
    if primitive.tag in ("feOffset", "feDropShadow"):
        reach += abs(_number(values.get("dx", ""), 2.0))
        reach += abs(_number(values.get("dy", ""), 2.0))
    if primitive.tag == "feMorphology":
        reach += max(_pair(values.get("radius", ""), 0.0))
    return reach


def with_few_octaves(group: Group) -> Group:
    """Return a group whose noise has no more octaves than can be seen."""
    if not any(_is_noisy(step) for item in group.filters for step in item.primitives):
        return group
    filters = tuple(
        replace(item, primitives=tuple(map(_quieter, item.primitives))) for item in group.filters
    )
    return replace(group, filters=filters)


def _is_noisy(primitive: FilterPrimitive) -> bool:
    values = dict(primitive.attributes)
    return primitive.tag == "feTurbulence" and _octaves(values) > MAX_OCTAVES


def _quieter(primitive: FilterPrimitive) -> FilterPrimitive:
    if not _is_noisy(primitive):
        return primitive
    values = {**dict(primitive.attributes), "numOctaves": str(MAX_OCTAVES)}
    return replace(primitive, attributes=tuple(values.items()))


def _octaves(values: dict[str, str]) -> float:
    return _number(values.get("numOctaves", ""), 1.0)


def _number(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default


def _pair(text: str, default: float) -> tuple[float, float]:
    """Return one or two numbers as two."""
    parts = text.replace(",", " ").split()
    first = _number(parts[0], default) if parts else default
    return first, _number(parts[1], first) if len(parts) > 1 else first
