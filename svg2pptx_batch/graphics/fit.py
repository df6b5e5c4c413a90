"""One box into another: viewBox into viewport, drawing into slide, image into its rectangle."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Rect


class Fit(StrEnum):
    """How a box is scaled into another."""

    NONE = "none"
    MEET = "meet"
    SLICE = "slice"


class PreserveAspectRatio(NamedTuple):
    """SVG's preserveAspectRatio.

    Attributes:
        fit: `none`, `meet` or `slice`.
        align_x: 0 for xMin, ½ for xMid, 1 for xMax.
        align_y: 0 for YMin, ½ for YMid, 1 for YMax.
    """

    fit: Fit = Fit.MEET
    align_x: float = 0.5
    align_y: float = 0.5


def fit_box(inner: Rect, outer: Rect, aspect: PreserveAspectRatio) -> Affine:
    """Return the map that takes `inner` into `outer`.

    Args:
        inner: The viewBox; width and height > 0.
        outer: The viewport.
        aspect: Alignment and whether to meet, slice or stretch.

    Source: SVG 2, 8.2 "Computing the equivalent transform of an SVG viewport".
    """
    sx, sy = outer.width / inner.width, outer.height / inner.height
    if aspect.fit is Fit.MEET:
        sx = sy = min(sx, sy)
    elif aspect.fit is Fit.SLICE:
        sx = sy = max(sx, sy)
    free_x, free_y = outer.width - inner.width * sx, outer.height - inner.height * sy
    if aspect.fit is Fit.NONE:
        free_x = free_y = 0.0
    return Affine(
        sx,
        0.0,
        0.0,
        sy,
        outer.x - inner.x * sx + aspect.align_x * free_x,
        outer.y - inner.y * sy + aspect.align_y * free_y,
    )
