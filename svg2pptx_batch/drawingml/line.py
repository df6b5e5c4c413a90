"""Lines: `a:ln` with its children in the schema's order."""

from __future__ import annotations

from functools import lru_cache

from svg2pptx_batch.drawingml.emu import emu, percent
from svg2pptx_batch.drawingml.fill import paint_xml
from svg2pptx_batch.drawingml.ids import SlideParts
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.scene.paint import LineCap, LineJoin, Stroke

NO_LINE = "<a:ln><a:noFill/></a:ln>"
MAX_WIDTH_EMU = 20_116_800
_MAX_LENGTH = 2**31 - 1

_CAPS = {LineCap.BUTT: "flat", LineCap.ROUND: "rnd", LineCap.SQUARE: "sq"}
_IN_WIDTHS: dict[tuple[int, ...], str] = {
    (1, 3): "dot",
    (1, 1): "sysDot",
    (4, 3): "dash",
    (3, 1): "sysDash",
    (8, 3): "lgDash",
    (4, 3, 1, 3): "dashDot",
    (3, 1, 1, 1): "sysDashDot",
    (8, 3, 1, 3): "lgDashDot",
    (3, 1, 1, 1, 1, 1): "sysDashDotDot",
}
_PRESETS = {tuple(100_000 * width for width in key): name for key, name in _IN_WIDTHS.items()}


def dash_lengths(stroke: Stroke) -> tuple[float, ...]:
    """Return dash and gap lengths in line widths, as DrawingML counts them.

    Renderers keep round caps inside the dash where SVG adds them outside, so a dash grows by one
    width and its gap shrinks by as much. Square caps are added outside by both.
    """
    extra = 1.0 if stroke.cap is LineCap.ROUND else 0.0
    return tuple(
        length / stroke.width + (extra if index % 2 == 0 else -extra)
        for index, length in enumerate(stroke.dashes)
    )


def dash_xml(stroke: Stroke) -> str:
    """Return `a:custDash`, `a:prstDash` where one is meant exactly, or nothing for a solid line."""
    if not stroke.dashes:
        return ""
    units = [min(_MAX_LENGTH, max(1, percent(length))) for length in dash_lengths(stroke)]
    preset = _PRESETS.get(tuple(units)) if stroke.cap is LineCap.BUTT else None
    if preset:
        return f'<a:prstDash val="{preset}"/>'
    pairs = zip(units[::2], units[1::2], strict=True)
    return (
        "<a:custDash>" + "".join(f'<a:ds d="{d}" sp="{sp}"/>' for d, sp in pairs) + "</a:custDash>"
    )


def join_xml(stroke: Stroke) -> str:
    """Return how a line's corners look: `a:round`, `a:bevel` or `a:miter`."""
    if stroke.join is LineJoin.ROUND:
        return "<a:round/>"
    if stroke.join is LineJoin.BEVEL:
        return "<a:bevel/>"
    limit = min(2_000_000_000, max(100_000, percent(stroke.miter_limit)))
    return f'<a:miter lim="{limit}"/>'


def line_xml(stroke: Stroke | None, parts: SlideParts) -> str:
    """Return `a:ln`, written even for no line at all: a missing one draws the theme's.

    Args:
        stroke: Width and dashes in slide px, no dash offset; None for no line.
        parts: Relationships of the slide.
    """
    if stroke is None:
        return NO_LINE
    if isinstance(stroke.paint, Color):
        return _plain_line_xml(stroke)
    return _open_tag(stroke) + paint_xml(stroke.paint, stroke.opacity, parts) + _rest(stroke)


def _open_tag(stroke: Stroke) -> str:
    width = min(MAX_WIDTH_EMU, max(1, emu(stroke.width)))
    return f'<a:ln w="{width}" cap="{_CAPS[stroke.cap]}" cmpd="sng">'


def _rest(stroke: Stroke) -> str:
    return f"{dash_xml(stroke)}{join_xml(stroke)}</a:ln>"


@lru_cache(maxsize=256)
def _plain_line_xml(stroke: Stroke) -> str:
    return _open_tag(stroke) + paint_xml(stroke.paint, stroke.opacity, SlideParts()) + _rest(stroke)
