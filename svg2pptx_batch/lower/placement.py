"""Where the drawing goes on its slide."""

from __future__ import annotations

from typing import NamedTuple

from svg2pptx_batch.frame import WHOLE, Area
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.fit import Fit, PreserveAspectRatio, fit_box
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.options import EMU_PER_PX, FitMode, SlideSize

_ASPECTS = {
    FitMode.CONTAIN: PreserveAspectRatio(Fit.MEET),
    FitMode.COVER: PreserveAspectRatio(Fit.SLICE),
    FitMode.STRETCH: PreserveAspectRatio(Fit.NONE),
}


class Placement(NamedTuple):
    """The drawing on the slide.

    Attributes:
        transform: Root viewport to slide px.
        page: What can be seen, slide px: the slide, less what lies outside the drawing's viewport.
        slide: The slide, px.
    """

    transform: Affine
    page: Rect
    slide: Rect


def slide_rect(slide: SlideSize) -> Rect:
    """Return the slide in px."""
    return Rect(0.0, 0.0, slide.width_emu / EMU_PER_PX, slide.height_emu / EMU_PER_PX)


def place(
    size: Size, slide: SlideSize, fit: FitMode, margin: float, area: Area = WHOLE
) -> Placement:
    """Return where a drawing goes.

    Args:
        size: Root viewport, px, both sides > 0.
        slide: The slide.
        fit: How the drawing is scaled.
        margin: Kept free on every side of the area, px; at most 45 % of its shorter side is
            heeded.
        area: The part of the slide that is the drawing's, of some extent.
    """
    whole = slide_rect(slide)
    left, top, right, bottom = area
    seat = Rect(
        left * whole.width,
        top * whole.height,
        (right - left) * whole.width,
        (bottom - top) * whole.height,
    )
    margin = min(max(margin, 0.0), 0.45 * min(seat.width, seat.height))
    room = seat.inflate(-margin)
    drawing = Rect(0.0, 0.0, size.width, size.height)
    if fit == FitMode.ACTUAL:
        transform = Affine.translation(
            room.center[0] - drawing.center[0], room.center[1] - drawing.center[1]
        )
    else:
        transform = fit_box(drawing, room, _ASPECTS[fit])
    shown = transform.apply_rect(drawing)
    if fit == FitMode.COVER:
        shown = shown.intersection(room) or room
    elif area != WHOLE:
        shown = shown.intersection(seat) or seat
    page = shown.intersection(whole) or whole
    return Placement(transform, page, whole)
