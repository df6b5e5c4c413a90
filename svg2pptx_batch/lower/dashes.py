"""Dashes: a pattern that begins at the path's start, as DrawingML's must."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.graphics.bezier import curve_length, split_at_length
from svg2pptx_batch.graphics.path import Path, PathBuilder
from svg2pptx_batch.scene.paint import LineCap, Stroke

_MAX_PAIRS = 32
_NEAR = 1e-6


class Dashed(NamedTuple):
    """A dashed stroke without offset.

    Attributes:
        stroke: Dashes from the start of each subpath; no dashes for a solid line.
        path: What it runs along.
        lead: Pieces of the first, shortened dashes: stroked solid. None for none.
    """

    stroke: Stroke
    path: Path
    lead: Path | None = None


def settle_dashes(path: Path, stroke: Stroke, *, patterns: bool = True) -> Dashed | None:
    """Bring dashes into a form that DrawingML has.

    Args:
        path: Same space as the stroke.
        stroke: With dashes.
        patterns: Whether the program drawn for knows more than one gap and two lengths of dashes.

    Returns:
        None where only the outline of the dashes will do.
    """
    dashes = _merged(stroke)
    if dashes is None or not (patterns or _has_single_gap(dashes)):
        return None
    if not dashes:
        return Dashed(replace(stroke, dashes=(), dash_offset=0.0), path)
    stroke = replace(stroke, dashes=dashes)
    if stroke.cap is LineCap.ROUND:
        hidden = [gap <= stroke.width * 1.001 for gap in dashes[1::2]]
        if all(hidden):
            return Dashed(replace(stroke, dashes=(), dash_offset=0.0), path)
        if any(hidden):
            return None
    total = sum(dashes)
    phase = stroke.dash_offset % total
    if total - phase < _NEAR * total:
        phase = 0.0
    at = 0.0
    for index in range(0, len(dashes), 2):
        if abs(phase - at) <= _NEAR * total:
            turned = dashes[index:] + dashes[:index]
            return Dashed(replace(stroke, dashes=turned, dash_offset=0.0), path)
        at += dashes[index] + dashes[index + 1]
    return _split(path, stroke, phase)


def _merged(stroke: Stroke) -> tuple[float, ...] | None:
    """Drop dashes and gaps of no length; None where the pattern is out of bounds.

    A dash of no length still shows under round and square caps.
    """
    dashes = stroke.dashes
    if len(dashes) > 2 * _MAX_PAIRS:
        return None
    gaps_only = all(gap <= 0 for gap in dashes[1::2])
    if gaps_only:
        return ()
    if any(gap <= 0 for gap in dashes[1::2]):
        return None
    if stroke.cap is LineCap.BUTT and any(dash <= 0 for dash in dashes[::2]):
        return None
    return dashes


def is_blank(stroke: Stroke) -> bool:
    """Whether a dashed stroke paints nothing: no dash has a length, and no cap shows."""
    return stroke.cap is LineCap.BUTT and bool(stroke.dashes) and not any(stroke.dashes[::2])


def _has_single_gap(dashes: tuple[float, ...]) -> bool:
    """Whether a pattern is some equal dashes, then some others, all the same distance apart."""
    lengths, gaps = dashes[::2], dashes[1::2]
    changes = sum(lengths[k] != lengths[k - 1] for k in range(len(lengths)))
    return changes <= 2 and len(set(gaps)) <= 1


def _split(path: Path, stroke: Stroke, phase: float) -> Dashed:
    """Cut every subpath where the first whole dash begins."""
    dashes = stroke.dashes
    at, index = 0.0, 0
    while at + dashes[index] <= phase:
        at += dashes[index]
        index = (index + 1) % len(dashes)
    rest = at + dashes[index] - phase
    if index % 2 == 0:
        shown, until = rest, rest + dashes[index + 1]
        first = index + 2
    else:
        shown, until = 0.0, rest
        first = index + 1
    first %= len(dashes)
    turned = replace(stroke, dashes=dashes[first:] + dashes[:first], dash_offset=0.0)
    lead, body = PathBuilder(), PathBuilder()
    for sub in path.subpaths():
        _cut(sub, shown, until, lead, body)
    begun = lead.build()
    return Dashed(turned, body.build(), begun if begun else None)


def _cut(sub: Path, shown: float, until: float, lead: PathBuilder, body: PathBuilder) -> None:
    """Draw [0, shown] of a subpath with `lead`, everything from `until` on with `body`."""
    start = x, y = sub.coords[0], sub.coords[1]
    if shown > 0:
        lead.move_to(x, y)
    walked = 0.0
    begun = False
    for verb, coords in sub.segments():
        if verb == "M":
            continue
        points = coords if verb != "Z" else start
        curve = (x, y, *points)
        length = curve_length(curve)
        if walked < shown:
            _draw(lead, split_at_length(curve, shown - walked)[0])
        if begun:
            _draw(body, curve)
        elif walked + length > until:
            tail = split_at_length(curve, until - walked)[1] if walked < until else curve
            body.move_to(tail[0], tail[1])
            _draw(body, tail)
            begun = True
        walked += length
        x, y = points[-2], points[-1]


def _draw(pen: PathBuilder, curve: tuple[float, ...]) -> None:
    if len(curve) == 4:
        pen.line_to(*curve[2:])
    elif len(curve) == 6:
        pen.quad_to(*curve[2:])
    else:
        pen.cubic_to(*curve[2:])
