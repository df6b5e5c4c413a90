"""transform, transform-origin and transform-box of an element."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve.context import Bounds, State
from svg2pptx_batch.resolve.units import Axis, to_px
from svg2pptx_batch.svg.cascade import style_of
from svg2pptx_batch.svg.values.transform import (
    Measures,
    individual_transform,
    parse_transform,
    parse_transform_origin,
)

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Element

TRANSFORMS = frozenset({"transform", "translate", "rotate", "scale"})
"""Properties that move an element."""

_UNIT = re.compile(r"\d(?:[a-df-zA-DF-Z%]|[eE][a-zA-Z])")
_INDIVIDUAL = ("translate", "rotate", "scale")


def local_transform(element: Element, state: State, bounds: Bounds) -> Affine:
    """Return the map from an element's user space to its parent's.

    Args:
        element: Its `transform` may be an attribute or a CSS property.
        state: With the element's own style.
        bounds: The element's object bounding box, asked for where transform-box says so.

    Returns:
        The identity where there is no transform, or none that can be read.
    """
    matrix = _matrix(element, state, bounds)
    if matrix.is_identity:
        return matrix
    declared = element.declared
    if "transform-origin" not in declared:
        if "transform-box" not in declared:
            return matrix
        box = _reference_box(state, bounds)
        return about(matrix, box.x, box.y)
    box = _reference_box(state, bounds)
    return _with_origin(matrix, state.style["transform-origin"], box, state)


def _matrix(element: Element, state: State, bounds: Bounds) -> Affine:
    """Return an element's transform before its origin counts."""
    declared, style = element.declared, state.style
    if "transform" in declared:
        text = style["transform"]
        matrix = parse_transform(text)
        if matrix is None:
            matrix = parse_transform(text, _measures(state, bounds))
    else:
        text = element.attributes.get("transform", "")
        # Units are CSS's own: with one in the attribute, no browser applies any of it.
        matrix = parse_transform(text) if text and not _UNIT.search(text) else IDENTITY
    matrix = IDENTITY if matrix is None else matrix
    if declared.keys().isdisjoint(_INDIVIDUAL):
        return matrix
    texts = [style[name] for name in _INDIVIDUAL]
    before = individual_transform(texts[0], texts[1], texts[2], _measures(state, bounds))
    return matrix if before is None else before @ matrix


def _measures(state: State, bounds: Bounds) -> Measures:
    box, style = _reference_box(state, bounds), state.style
    return Measures(box.width, box.height, style.font_size, style.root_font_size)


def about(matrix: Affine, x: float, y: float) -> Affine:
    """Return the map applied about the point (x, y) instead of the origin."""
    return Affine.translation(x, y) @ matrix @ Affine.translation(-x, -y)


def server_transform(element: Element, name: str, state: State, box: Rect | None) -> Affine | None:
    """Return gradientTransform or patternTransform, or None where it cannot be read.

    Args:
        element: Holds the attribute.
        name: `gradientTransform` or `patternTransform`.
        state: Of what is painted.
        box: What percentages of transform-origin are of; None for the viewport.
    """
    matrix = parse_transform(element.get(name))
    if matrix is None or "transform-origin" not in element.declared:
        return matrix
    reference = box or Rect(0.0, 0.0, *state.viewport)
    return _with_origin(matrix, style_of(element)["transform-origin"], reference, state)


def _reference_box(state: State, bounds: Bounds) -> Rect:
    """Source: CSS Transforms 1, 7: transform-box, whose initial value in SVG is view-box."""
    if state.style["transform-box"] in {"fill-box", "content-box", "stroke-box", "border-box"}:
        return bounds() or Rect(0.0, 0.0, 0.0, 0.0)
    return Rect(0.0, 0.0, *state.viewport)


def _with_origin(matrix: Affine, text: str, box: Rect, state: State) -> Affine:
    origin = parse_transform_origin(text)
    if origin is None:
        return matrix
    inside = replace(state, viewport=type(state.viewport)(box.width, box.height))
    x = box.x + to_px(origin.x, Axis.X, inside)
    y = box.y + to_px(origin.y, Axis.Y, inside)
    return about(matrix, x, y)
