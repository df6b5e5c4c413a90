"""Strokes: native lines where a line's width is one number, filled outlines elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Fidelity, Source
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.boolean import outline_stroke
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.path import Path, ellipse_path, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.lower.dashes import is_blank, settle_dashes
from svg2pptx_batch.lower.targets import habits
from svg2pptx_batch.scene.nodes import NOWHERE
from svg2pptx_batch.scene.paint import LineCap, LineJoin, Stroke

MAX_WIDTH_PX = 20_116_800 / 9525
_SIMILAR = 0.02
_FINEST_DASHES_PX = 0.5
_WIDEST_PX = 100_000.0
"""Wider strokes cover the same of a slide, and outlining them defeats the arithmetic."""


class LoweredStroke(NamedTuple):
    """A stroke on the slide.

    Attributes:
        native: The line, px, without dash offset; None where the outline says it all.
        path: What the line runs along, slide px; None for the shape's own path.
        outline: Area to be filled with the stroke's paint: the whole stroke, or what the line
            cannot say (dots of zero-length subpaths, shortened first dashes). None for none.
        baked: Whether the outline stands for the stroke as a whole.
    """

    native: Stroke | None
    path: Path | None = None
    outline: Path | None = None
    baked: bool = False


NO_STROKE = LoweredStroke(None)


def lower_stroke(
    stroke: Stroke,
    own: Path,
    placed: Path,
    to_slide: Affine,
    work: Lowering,
    source: Source = NOWHERE,
) -> LoweredStroke:
    """Decide how a stroke is drawn.

    Args:
        stroke: In the shape's own space, or the root viewport's where it does not scale.
        own: The path in its own space.
        placed: The same path in slide px.
        to_slide: Own space to slide px.
        work: Knows the slide's scale, which strokes that do not scale still follow, and whom the
            slide is for.
        source: The element, for remarks.
    """
    placement = work.placement
    large, small = (placement if stroke.non_scaling else to_slide).singular_values()
    scale = math.sqrt(large * small)
    width = stroke.width * scale
    if not math.isfinite(width) or width <= 0 or is_blank(stroke):
        return NO_STROKE
    if width > _WIDEST_PX:
        stroke, width = replace(stroke, width=_WIDEST_PX / scale), _WIDEST_PX
    if stroke.dashes and sum(stroke.dashes) * scale < _FINEST_DASHES_PX * len(stroke.dashes) / 2:
        stroke = _blurred(stroke)
        work.report(
            "dash-too-fine",
            "dashes finer than a pixel became a solid line of their mean opacity",
            source,
            Fidelity.APPROXIMATED,
        )
    uniform = large - small <= _SIMILAR * large
    if not uniform or width > MAX_WIDTH_PX or not isinstance(stroke.paint, Color):
        return LoweredStroke(None, None, _outline(stroke, own, placed, to_slide, work), True)
    native = replace(
        stroke,
        width=width,
        dashes=tuple(dash * scale for dash in stroke.dashes) if stroke.dashes else (),
        dash_offset=stroke.dash_offset * scale,
        non_scaling=False,
    )
    path: Path | None = None
    extra: Path | None = None
    drawn, dots = _without_dots(placed, native)
    if drawn is not placed:
        path, extra = drawn, dots
        if not drawn:
            return LoweredStroke(None, None, extra)
    if native.dashes:
        settled = settle_dashes(drawn, native, patterns=habits(work.options.target).dash_patterns)
        if settled is None:
            return LoweredStroke(None, None, _outline(stroke, own, placed, to_slide, work), True)
        native = settled.stroke
        if settled.path is not drawn:
            path = settled.path
        if settled.lead is not None:
            lead = _stroked(settled.lead, replace(native, dashes=()))
            extra = lead if extra is None else _joined(extra, lead)
        if not (path or drawn):
            return LoweredStroke(None, None, extra)
    if native.join is LineJoin.MITER and _all_bevelled(path or placed, native.miter_limit):
        native = replace(native, join=LineJoin.BEVEL)
    return LoweredStroke(native, path, extra)


def _blurred(stroke: Stroke) -> Stroke:
    """Return a solid stroke as dense as a dashed one; caps count, as far as they leave gaps."""
    cap = 0.0 if stroke.cap is LineCap.BUTT else stroke.width
    pairs = zip(stroke.dashes[::2], stroke.dashes[1::2], strict=True)
    inked = sum(dash + min(gap, cap) for dash, gap in pairs)
    opacity = stroke.opacity * min(1.0, inked / sum(stroke.dashes))
    return replace(stroke, dashes=(), dash_offset=0.0, opacity=opacity)


def _joined(one: Path, two: Path) -> Path:
    return Path(one.verbs + two.verbs, one.coords + two.coords)


def _stroked(path: Path, stroke: Stroke) -> Path:
    return outline_stroke(
        path,
        stroke.width,
        cap=stroke.cap,
        join=stroke.join,
        miter_limit=stroke.miter_limit,
        dashes=stroke.dashes,
        dash_offset=stroke.dash_offset,
    )


def _outline(
    stroke: Stroke, own: Path, placed: Path, to_slide: Affine, work: Lowering
) -> Path | None:
    """Outline a stroke in the space its width is measured in, then bring it to the slide."""
    placement = work.placement
    if stroke.non_scaling:
        if not placement.is_invertible:
            return None
        own, to_slide = placed.transform(placement.inverse()), placement
    area = work.stroked.get((own, stroke))
    if area is None:
        area = work.stroked[own, stroke] = stroke_area(own, stroke)
    return area.transform(to_slide) if area else None


def stroke_area(path: Path, stroke: Stroke) -> Path:
    """Return the area a stroke covers, in the space its width is measured in."""
    drawn, dots = _without_dots(path, stroke)
    area = _stroked(drawn, stroke) if drawn else Path("", ())
    return area if dots is None else _joined(area, dots)


def _without_dots(path: Path, stroke: Stroke) -> tuple[Path, Path | None]:
    """Part a path from its zero-length subpaths.

    Returns:
        The path itself where there are none; else what is left, and the dots their caps make.
        A lone move is no subpath at all: it goes without a dot.

    Source: SVG 2, 13.5.4: zero-length subpaths have caps, drawn along the x axis.
    """
    if not _may_have_dots(path):
        return path, None
    kept: list[Path] = []
    dots: list[Path] = []
    half = stroke.width / 2
    for sub in path.subpaths():
        x, y = sub.coords[0], sub.coords[1]
        if any(sub.coords[k] != sub.coords[k % 2] for k in range(2, len(sub.coords))):
            kept.append(sub)
        elif len(sub.verbs) > 1 and stroke.cap is LineCap.ROUND:
            dots.append(ellipse_path(x, y, half, half))
        elif len(sub.verbs) > 1 and stroke.cap is LineCap.SQUARE:
            dots.append(rect_path(Rect(x - half, y - half, 2 * half, 2 * half)))
    if len(kept) == path.verbs.count("M"):
        return path, None
    return _concatenated(kept), _concatenated(dots) if dots else None


def _concatenated(paths: list[Path]) -> Path:
    return Path(
        "".join(path.verbs for path in paths),
        tuple(value for path in paths for value in path.coords),
    )


def _may_have_dots(path: Path) -> bool:
    """Whether a subpath has so few segments that it may have no length."""
    verbs = path.verbs
    return "MM" in verbs or "MZ" in verbs or verbs[-1] == "M" or _repeats(path)


def _repeats(path: Path) -> bool:
    """Whether the first segment of any subpath has no length."""
    coords = path.coords
    if path.verbs.count("M") > 1:
        return any(map(_repeats, path.subpaths()))
    end = {"L": 4, "Q": 6, "C": 8}[path.verbs[1]]
    return coords[:2] == coords[end - 2 : end]


def _all_bevelled(path: Path, limit: float) -> bool:
    """Whether every corner is sharper than the miter limit lets pass, and there is one.

    LibreOffice heeds no limit, so a line without any mitred corner is better told as bevelled.
    """
    found = False
    for before, after in _corners(path):
        cross = before[0] * after[1] - before[1] * after[0]
        dot = before[0] * after[0] + before[1] * after[1]
        turn = abs(math.atan2(cross, dot))
        if turn < 1e-3:
            continue
        sharpness = math.sin((math.pi - turn) / 2)
        if sharpness * limit >= 1:
            return False
        found = True
    return found


def _corners(path: Path) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Yield the directions before and after each vertex inside the subpaths.

    They are those of the control polygon's sides that have a length.
    """
    for sub in path.subpaths():
        closed = sub.verbs.endswith("Z")
        xs, ys = sub.coords[::2], sub.coords[1::2]
        sides = zip(xs[1:], ys[1:], sub.on_outline()[1:], strict=True)
        first: tuple[float, float] | None = None
        last: tuple[float, float] | None = None
        count = 0
        turns = True
        x, y = xs[0], ys[0]
        for to_x, to_y, on in chain(sides, ((xs[0], ys[0], 1),) if closed else ()):
            if to_x != x or to_y != y:
                side = to_x - x, to_y - y
                if turns:
                    if last is not None:
                        yield last, side
                    count += 1
                    turns = False
                first, last = first or side, side
                x, y = to_x, to_y
            if on:
                turns = True
        if closed and count > 1 and first is not None and last is not None:
            yield last, first
