"""Laid-out lines to the scene's chunks: pieces a text box can hold, spans, paint, decoration."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.fonts.face import OpenFace
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve.text.decorations import decorations_of
from svg2pptx_batch.resolve.text.layout import Cluster, Line, shaping_key
from svg2pptx_batch.resolve.text.merge import BASELINE_TOLERANCE_EM, tolerance
from svg2pptx_batch.resolve.text.painter import FramePaint, Painter
from svg2pptx_batch.scene.text import (
    Direction,
    Glyph,
    GlyphRun,
    TextAnchor,
    TextChunk,
    TextSpan,
    WritingMode,
)

_STRETCHED = (0.8, 1.25)
"""Horizontal stretch that letter-spacing can stand in for."""

_BEND_DEG = 4.0
"""How far a character on a path may lean from the first one of its box."""


_FELT_KERN_EM = 0.01
"""Kerning that is seen when it is missing."""


class _Manner(NamedTuple):
    """What neighbouring characters must share to be one span."""

    key: tuple[object, ...]
    paint: FramePaint
    lines: tuple[tuple[str, FramePaint], ...]


def line_bounds(lines: Sequence[Line]) -> Rect | None:
    """Return the box of all glyph cells: what object bounding boxes of text are made of."""
    return _cells(cluster for line in lines for cluster in line.clusters)


def cell_bounds(cluster: Cluster) -> Rect:
    """Return the box of a cluster's cell: its advance wide, the face's ascent and descent high."""
    metrics, size = cluster.span.metrics, cluster.span.size
    top, height = -metrics.ascent * size, (metrics.ascent - metrics.descent) * size
    width = _painted_width(cluster)
    left, width = min(0.0, width), abs(width)
    if not cluster.rotation_deg:
        return Rect(cluster.x + left, cluster.y + top, width, height)
    place = Affine.translation(cluster.x, cluster.y) @ Affine.rotation(cluster.rotation_deg)
    return place.apply_rect(Rect(left, top, width, height))


def _cells(clusters: Iterable[Cluster]) -> Rect | None:
    """Return the box of the cells of all clusters that are shown."""
    box: Rect | None = None
    shown = (cluster for cluster in clusters if cluster.shown)
    for _, group in groupby(shown, key=lambda cluster: id(cluster.span)):
        members = list(group)
        if any(cluster.rotation_deg or cluster.upright for cluster in members):
            boxes = [cell_bounds(cluster) for cluster in members]
        else:
            boxes = [_straight_cells(members)]
        for other in boxes:
            box = other if box is None else box.union(other)
    return box


def _straight_cells(clusters: Sequence[Cluster]) -> Rect:
    """Return the box of the cells of clusters of one span that stand on level baselines."""
    metrics, size = clusters[0].span.metrics, clusters[0].span.size
    xs = [cluster.x for cluster in clusters]
    ends = [cluster.x + cluster.advance for cluster in clusters]
    ys = [cluster.y for cluster in clusters]
    left, right = min(*xs, *ends), max(*xs, *ends)
    top, bottom = min(ys) - metrics.ascent * size, max(ys) - metrics.descent * size
    return Rect(left, top, right - left, bottom - top)


def chunks_of(lines: Sequence[Line], text: str, painter: Painter) -> tuple[TextChunk, ...]:
    """Return the chunks of all lines; a line is cut where a text box would not follow it."""
    return tuple(
        _chunk(line, piece, text, painter, whole=len(pieces) == 1)
        for line in lines
        for pieces in [_pieces(line)]
        for piece in pieces
    )


def _pieces(line: Line) -> list[list[Cluster]]:
    """Cut a line into stretches of clusters that follow one another on one straight baseline.

    Along a path these are words where it is nearly straight, single characters where it is not.
    Lines with characters that run right to left stay whole.
    """
    if any(cluster.rtl for cluster in line.clusters):
        return [line.clusters]
    pieces: list[list[Cluster]] = []
    piece: list[Cluster] = []
    heading = 1.0, 0.0
    width = 0.0
    for cluster in line.clusters:
        if not cluster.shown:
            continue
        if not piece or not _follows(piece[0], heading, width, cluster):
            piece = []
            pieces.append(piece)
            heading = _direction(cluster)
            width = 0.0
        piece.append(cluster)
        width += cluster.advance
    return pieces


def _follows(first: Cluster, heading: tuple[float, float], width: float, cluster: Cluster) -> bool:
    """Tell whether a cluster stands where a straight line would put it.

    Args:
        first: Where the line begins.
        heading: Cosine and sine of its direction.
        width: How far along it the cluster should stand.
        cluster: The one in question.
    """
    cos, sin = heading
    dx, dy = cluster.x - first.x, cluster.y - first.y
    along, across = dx * cos + dy * sin, dy * cos - dx * sin
    bend = cluster.rotation_deg - first.rotation_deg
    size = max(cluster.span.size, first.span.size)
    return (
        abs(along - width) <= tolerance(cluster)
        and abs(across) <= BASELINE_TOLERANCE_EM * size
        and (not bend or abs(math.remainder(bend, 360.0)) <= _BEND_DEG)
    )


def _chunk(
    line: Line, clusters: list[Cluster], text: str, painter: Painter, *, whole: bool
) -> TextChunk:
    anchor = line.anchor if whole else TextAnchor.START
    width = sum(cluster.advance for cluster in clusters)
    if not whole:
        # Spacing after the last character belongs to the gap between two boxes.
        width -= clusters[-1].advance - clusters[-1].width
    before = {TextAnchor.START: 0.0, TextAnchor.MIDDLE: width / 2, TextAnchor.END: width}[anchor]
    if line.direction is Direction.RTL and anchor is not TextAnchor.MIDDLE:
        before = width - before
    first = clusters[0]
    cos, sin = _direction(first)
    x, y = first.x + before * cos, first.y + before * sin
    bounds = _cells(clusters)
    return TextChunk(
        x=x,
        y=y,
        anchor=anchor,
        direction=line.direction,
        writing_mode=WritingMode.VERTICAL if line.vertical else WritingMode.HORIZONTAL,
        spans=_spans(clusters, text, painter),
        width=width,
        plain=_is_plain(line, clusters),
        bounds=bounds or Rect(x, y, 0.0, 0.0),
        rotation_deg=first.rotation_deg,
    )


def _is_plain(line: Line, clusters: Sequence[Cluster]) -> bool:
    """Tell whether the glyphs of a piece stand where a text box would put them."""
    low, high = _STRETCHED
    if not all(cluster.shown and low <= cluster.scale_x <= high for cluster in clusters):
        return False
    if not any(cluster.rtl for cluster in clusters):
        return True  # or the piece would have been cut
    if line.vertical or any(cluster.turned for cluster in clusters):
        return False
    expected, base = clusters[0].x, clusters[0].y
    for cluster in clusters:
        if abs(cluster.x - expected) > tolerance(cluster) or (
            abs(cluster.y - base) > BASELINE_TOLERANCE_EM * cluster.span.size
        ):
            return False
        expected += cluster.advance
    return True


def _spans(clusters: Sequence[Cluster], text: str, painter: Painter) -> tuple[TextSpan, ...]:
    visual = {id(cluster): at for at, cluster in enumerate(clusters)}
    logical = sorted(clusters, key=lambda cluster: cluster.start)
    spans: list[TextSpan] = []
    last: list[Cluster] = []
    for manner, members in _by_manner(logical, painter):
        kern = _kern_between(last, members[0]) if last else 0.0
        if kern:
            spans[-1] = replace(spans[-1], kern_after=kern)
        painted = sorted(members, key=lambda cluster: visual[id(cluster)])
        spans.append(_span(manner, members, painted, text, painter))
        last = members
    return tuple(spans)


def _kern_between(before: Sequence[Cluster], after: Cluster) -> float:
    """Return the kerning between two spans, user units: programs kern within runs alone.

    Nothing where the last character is kerned on both its sides: it cannot be parted from either.
    """
    last = before[-1]
    if last.rtl or after.rtl or shaping_key(last.span) != shaping_key(after.span):
        return 0.0
    kern = _kern(last)
    if abs(kern) < _FELT_KERN_EM or (len(before) > 1 and abs(_kern(before[-2])) >= _FELT_KERN_EM):
        return 0.0
    return kern * last.span.size * last.scale_x


def _kern(cluster: Cluster) -> float:
    """Return what shaping added to the advance of a cluster's last glyph, em."""
    glyph = cluster.glyphs[-1]
    if glyph.face is None:
        return 0.0
    own: float = glyph.face.hb_font.get_glyph_h_advance(glyph.gid)
    return glyph.advance - own / glyph.face.units_per_em


def _by_manner(
    clusters: Sequence[Cluster], painter: Painter
) -> Iterator[tuple[_Manner, list[Cluster]]]:
    """Yield stretches of clusters that are one span.

    Manners cost more than clusters: they are compared only where something may have changed.
    """
    manner: _Manner | None = None
    members: list[Cluster] = []
    before: Cluster | None = None  # the one before, where nothing but its span says how it looks
    for cluster in clusters:
        uncertain = _may_be_drawn(cluster)
        if (
            before is None
            or uncertain
            or cluster.span is not before.span
            or cluster.spacing != before.spacing
        ):
            own = _manner(cluster, painter)
            if manner is not None and own != manner:
                yield manner, members
                members = []
            manner = own
        members.append(cluster)
        before = None if uncertain else cluster
    if manner is not None:
        yield manner, members


def _manner(cluster: Cluster, painter: Painter) -> _Manner:
    span = cluster.span
    lines = tuple((name, painter.paint(frame)) for name, frame in span.lines.items())
    paint = painter.paint(span.frame)
    return _Manner(
        (span.font, span.match, cluster.spacing, span.word_spacing, span.visible,
         span.frame.link, span.lang, _is_drawn(cluster, painter, paint)),
        paint,
        lines,
    )  # fmt: skip


def _may_be_drawn(cluster: Cluster) -> bool:
    """Tell whether a cluster is set by a font that may have colours of its own."""
    return any(glyph.face is not None and glyph.face.has_pictures for glyph in cluster.glyphs)


def _is_drawn(cluster: Cluster, painter: Painter, paint: FramePaint) -> bool:
    """Tell whether a cluster's glyphs have colours of their own."""
    for glyph in cluster.glyphs:
        face = glyph.face
        if face is not None and face.has_pictures and painter.drawing(face, glyph.gid, paint):
            return True
    return False


def _span(
    manner: _Manner,
    logical: Sequence[Cluster],
    painted: Sequence[Cluster],
    text: str,
    painter: Painter,
) -> TextSpan:
    style = logical[0].span
    offsets: dict[int, int] = {}
    written: list[str] = []
    length = 0
    for cluster in logical:
        offsets[cluster.start] = length
        written.append(text[cluster.start : cluster.end])
        length += cluster.end - cluster.start
    return TextSpan(
        text="".join(written),
        font=style.font,
        face=style.match.face,
        runs=_runs(painted, offsets, manner.paint, painter),
        fill=manner.paint.fill,
        stroke=manner.paint.stroke,
        stroke_first=manner.paint.stroke_first,
        letter_spacing=logical[0].spacing,
        word_spacing=style.word_spacing,
        width=sum(cluster.advance for cluster in logical),
        decorations=decorations_of(manner.lines, painted),
        visible=style.visible,
        link=style.frame.link,
        lang=style.lang,
        typeface=style.match.typeface,
        installed=style.match.installed,
    )


def _natural(cluster: Cluster) -> float:
    return sum(glyph.advance for glyph in cluster.glyphs) * cluster.span.size


def _runs(
    clusters: Sequence[Cluster], offsets: dict[int, int], paint: FramePaint, painter: Painter
) -> tuple[GlyphRun, ...]:
    runs: list[tuple[OpenFace, float, list[Glyph]]] = []
    for cluster in clusters:
        if not cluster.shown:
            continue
        size, scale_x = cluster.span.size, cluster.scale_x
        at = 0.0
        cos, sin = _direction(cluster)
        for glyph in cluster.glyphs:
            face = glyph.face
            if face is not None:
                along = (at + glyph.dx) * size * scale_x
                down = glyph.dy * size
                if not runs or runs[-1][0] is not face or runs[-1][1] != size:
                    runs.append((face, size, []))
                runs[-1][2].append(
                    Glyph(
                        glyph.gid,
                        cluster.x + along * cos - down * sin,
                        cluster.y + along * sin + down * cos,
                        cluster.rotation_deg,
                        offsets[cluster.start],
                        glyph.advance * size * scale_x,
                        scale_x,
                        painter.drawing(face, glyph.gid, paint) if face.has_pictures else None,
                    )
                )
            at += glyph.advance
    return tuple(
        GlyphRun(face.id, size, tuple(glyphs), face.variations) for face, size, glyphs in runs
    )


def _painted_width(cluster: Cluster) -> float:
    if cluster.upright:
        return _natural(cluster)
    return cluster.advance


def _direction(cluster: Cluster) -> tuple[float, float]:
    if not cluster.rotation_deg:
        return 1.0, 0.0
    angle = math.radians(cluster.rotation_deg)
    return math.cos(angle), math.sin(angle)
