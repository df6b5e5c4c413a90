"""Patterns as pixels: one period that programs repeat, or a picture of all of it."""

from __future__ import annotations

import math

from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.lower.fallback import outlined, paint, paint_pattern
from svg2pptx_batch.lower.pattern import MIN_PERIODS
from svg2pptx_batch.lower.sampling import encode_picture
from svg2pptx_batch.lower.targets import habits
from svg2pptx_batch.scene.nodes import Shape
from svg2pptx_batch.scene.paint import Fill, Pattern, PatternFill, PictureFill

_CSS_DPI = 96
_MAX_TILE_SIDE = 1024
_TILE_SIDE = 64
_FINEST = 8
_MAX_DRIFT_PX = 0.5


def tile(
    pattern: Pattern, to_slide: Affine, box: Rect, work: Lowering
) -> PatternFill | PictureFill | None:
    """Return a pattern as pixels: one period where renderers repeat it rightly, else all of it.

    Args:
        pattern: In the shape's own space.
        to_slide: That space to slide px.
        box: The shape's box, slide px, not empty.
        work: For the resolution, and fonts of texts in the tile.

    Returns:
        None where the pattern paints nothing.
    """
    period = _period(pattern, to_slide, box, work)
    if period is None:
        return paint_pattern(pattern, to_slide, box, work)
    # Renderers take the nearest pixel of a tile: small ones need more of them.
    scale = max(2.0, work.pixel_scale)
    scale = max(scale, min(_FINEST, math.ceil(_TILE_SIDE / min(period.width, period.height))))
    width, height = round(period.width * scale), round(period.height * scale)
    placed = replace(pattern, transform=to_slide @ pattern.transform)
    cloth = outlined(Shape(rect_path(period), Fill(placed)))
    view = Affine(width / period.width, 0.0, 0.0, height / period.height, 0.0, 0.0)
    picture = paint([cloth], view @ Affine.translation(-period.x, -period.y), width, height)
    if picture is None or picture.getchannel("A").getbbox() is None:
        return None
    x = (period.x - box.x) % period.width
    y = (period.y - box.y) % period.height
    return PatternFill(
        encode_picture(picture, dpi=_CSS_DPI),
        Rect(x, y, period.width, period.height),
        (width, height),
    )


def _period(pattern: Pattern, to_slide: Affine, box: Rect, work: Lowering) -> Rect | None:
    """Return one period on the slide, px, where a tile of pixels can repeat it.

    Its sides lie along the axes; it is neither so small that rounding shows nor so large that a
    picture of the whole would not do as well.
    """
    m = to_slide @ pattern.transform
    size = max(map(abs, m[:4]))
    if pattern.overflow_visible or not (
        max(abs(m.b), abs(m.c)) <= 1e-6 * size or max(abs(m.a), abs(m.d)) <= 1e-6 * size
    ):
        return None
    period = m.apply_rect(pattern.tile)
    if period.is_empty:
        return None
    counts = (box.width / period.width, box.height / period.height)
    scale = max(2.0, work.pixel_scale)
    sides = (period.width, period.height)
    if counts[0] * counts[1] < MIN_PERIODS or max(sides) * scale > _MAX_TILE_SIDE:
        return None
    if min(sides) * scale < 4:
        return None
    unit = habits(work.options.target).tile_unit_px
    if unit:
        # What rounding leaves adds up from tile to tile.
        for side, count in zip(sides, counts, strict=True):
            if abs(side / unit - round(side / unit)) * unit * count > _MAX_DRIFT_PX:
                return None
    return period
