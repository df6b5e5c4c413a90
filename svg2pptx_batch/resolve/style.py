"""Fill, stroke and visibility of an element: computed style in, scene paint out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from svg2pptx_batch.graphics.color import BLACK, Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve.context import Context, ContextPaint, State
from svg2pptx_batch.resolve.paint_servers import server_paint
from svg2pptx_batch.resolve.units import Axis, parse_px
from svg2pptx_batch.scene.paint import (
    Fill,
    FillRule,
    LinearGradient,
    LineCap,
    LineJoin,
    Paint,
    Pattern,
    RadialGradient,
    Stroke,
)
from svg2pptx_batch.svg.values.color import parse_color
from svg2pptx_batch.svg.values.length import parse_length_list
from svg2pptx_batch.svg.values.paint import (
    ContextPaint as ContextPaintValue,
)
from svg2pptx_batch.svg.values.paint import CurrentColor, NoPaint, PaintServer, parse_paint

if TYPE_CHECKING:
    from svg2pptx_batch.graphics.affine import Affine
    from svg2pptx_batch.svg.cascade import Style

Bounds = Callable[[], Rect | None]
"""Gives the object bounding box of what is painted; called only where a paint needs it."""


def fill_of(style: Style, bounds: Bounds, state: State, context: Context) -> Fill | None:
    """Return the fill a style asks for, or None for none.

    Args:
        style: Of the element or text span.
        bounds: Object bounding box for paint servers, in the space of the element.
        state: Where the walk stands; in a clipPath everything is filled, by `clip-rule`.
        context: Shared by the document.
    """
    raise NotImplementedError


def stroke_of(style: Style, bounds: Bounds, state: State, context: Context) -> Stroke | None:
    """Return the stroke a style asks for, or None for none.

    Args:
        style: Of the element or text span.
        bounds: As for `fill_of`: the box is that of the geometry, never of the stroke.
        state: Where the walk stands; in a clipPath nothing is stroked.
        context: Shared by the document.
    """
    raise NotImplementedError


def is_visible(style: Style) -> bool:
    """Return whether `visibility` lets an element be painted."""
    return style["visibility"] == "visible"


def is_stroke_first(style: Style) -> bool:
    """Return whether `paint-order` puts the stroke below the fill."""
    raise NotImplementedError


def current_color(style: Style) -> Color:
    """Return the computed value of `color`."""
    return parse_color(style["color"], BLACK) or BLACK
