"""Joins chunks that stand where one text box would put them anyway.

PDF converters and some editors give every character or word a coordinate of its own. Where these
say no more than the font's own advances, or those and an even letter-spacing, one line is better
to edit than a box a letter.
"""

from __future__ import annotations

from itertools import pairwise

from svg2pptx_batch.resolve.text.layout import Cluster, Line
from svg2pptx_batch.scene.text import Direction, TextAnchor

TOLERANCE_EM = 0.08
"""How far a glyph may stand from its place in a text box."""

BASELINE_TOLERANCE_EM = 0.04
"""How far its baseline may."""

_SUBSTITUTE_TOLERANCE_EM = 0.2
_MAX_GAP_EM = 0.25


def tolerance(cluster: Cluster) -> float:
    """Return how far a cluster may stand from its place, user units.

    More where another face measures than the author's: its advances are a guess.
    """
    em = _SUBSTITUTE_TOLERANCE_EM if cluster.span.match.missing else TOLERANCE_EM
    return em * cluster.span.size


def merge_lines(lines: list[Line]) -> list[Line]:
    """Join neighbouring lines that make one."""
    merged: list[Line] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and _adjoins(lines[end - 1], lines[end]):
            end += 1
        merged.extend(_joined(lines[at:end]))
        at = end
    return merged


def _adjoins(line: Line, after: Line) -> bool:
    """Tell whether a line could go on in another, but for the exact gap between them."""
    if not (_is_simple(line) and _is_simple(after)):
        return False
    last, first = line.clusters[-1], after.clusters[0]
    size = last.span.size
    gap = first.x - last.x - last.advance
    return (
        last.end == first.start
        and abs(first.y - last.y) <= 0.01 * size
        and first.span.size == size
        and first.span.font.families == last.span.font.families
        and abs(gap) <= _MAX_GAP_EM * size
    )


def _is_simple(line: Line) -> bool:
    return (
        line.anchor is TextAnchor.START
        and line.direction is Direction.LTR
        and not line.vertical
        and not line.on_path
        and not any(
            cluster.turned or cluster.rtl or cluster.scale_x != 1.0 for cluster in line.clusters
        )
    )


def _joined(lines: list[Line]) -> list[Line]:
    """Join lines whose gaps are even; a new one begins where the error grows too large."""
    if len(lines) == 1:
        return lines
    spacing = 0.0
    if all(len(line.clusters) == 1 for line in lines):
        gaps = [
            after.clusters[0].x - line.clusters[0].x - line.clusters[0].advance
            for line, after in pairwise(lines)
        ]
        spacing = sum(gaps) / len(gaps)
        if abs(spacing) < 0.005 * lines[0].clusters[0].span.size:
            spacing = 0.0
    result = [lines[0]]
    expected = _end(lines[0]) + spacing
    for line in lines[1:]:
        first = line.clusters[0]
        if abs(first.x - expected) > tolerance(first):
            result.append(line)
            expected = _end(line) + spacing
            continue
        current = result[-1]
        for cluster in (current.clusters[-1], first):
            cluster.spacing = spacing or cluster.spacing
        current.clusters[-1].advance += spacing
        current.clusters.extend(line.clusters)
        expected += line.width + spacing
    return result


def _end(line: Line) -> float:
    last = line.clusters[-1]
    return last.x + last.advance
