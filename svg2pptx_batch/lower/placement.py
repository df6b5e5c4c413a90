"""Where the drawing goes on its slide."""

from __future__ import annotations

from typing import NamedTuple

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


def place(size: Size, slide: SlideSize, fit: FitMode, margin: float) -> Placement:
    """Return where a drawing goes.

    Args:
        size: Root viewport, px, both sides > 0.
        slide: The slide.
        fit: How the drawing is scaled.
        margin: Kept free on every side, px; at most 45 % of the shorter side is heeded.
    """
    whole = slide_rect(slide)
    margin = min(max(margin, 0.0), 0.45 * min(whole.width, whole.height))
    room = whole.inflate(-margin)
    drawing = Rect(0.0, 0.0, size.width, size.height)
    if fit == FitMode.ACTUAL:
        transform = Affine.translation(
            room.center[0] - drawing.center[0], room.center[1] - drawing.center[1]
        )
    else:
        transform = fit_box(drawing, room, _ASPECTS[fit])
    shown = transform.apply_rect(drawing)
    if fit == FitMode.COVER and margin > 0:
        shown = shown.intersection(room) or room
    page = shown.intersection(whole) or whole
    return Placement(transform, page, whole)
