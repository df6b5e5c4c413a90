"""Characters to clusters of glyphs, each where it is painted.

Shaping, spacing, anchoring and the coordinate lists meet here; paint and scene types do not.
Everything is in the text's own space; y points down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import msgspec

from svg2pptx_batch.fonts.orientation import is_upright
from svg2pptx_batch.fonts.shaping import ShapedGlyph, joins, shape_line
from svg2pptx_batch.resolve.context import Context
from svg2pptx_batch.resolve.text.characters import Characters, Frame
from svg2pptx_batch.resolve.text.positions import Positions
from svg2pptx_batch.resolve.text.spans import SpanStyle
from svg2pptx_batch.resolve.text.text_path import Rail, rail_of
from svg2pptx_batch.resolve.units import Axis, parse_px
from svg2pptx_batch.scene.text import Direction, TextAnchor

_WORD_SEPARATORS = frozenset(" \u00a0\u1361\U00010100\U00010101\U0001039f\U0001091f")
_UNSPACED = (
    (0x0600, 0x074F), (0x0750, 0x077F), (0x07C0, 0x07FF), (0x0840, 0x086F), (0x08A0, 0x08FF),
    (0x0900, 0x0A7F), (0x1680, 0x169F), (0x1800, 0x18AF), (0xA840, 0xA87F), (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFF),
)  # fmt: skip
"""Scripts whose letters hang together: letter-spacing would tear them (CSS Text 3, 8.2.1)."""


class Cluster(msgspec.Struct, eq=False):
    """Characters that cannot be parted, and their glyphs.

    Attributes:
        start: Index of the first character.
        end: Index after the last.
        span: How they are set.
        glyphs: From left to right; advances and offsets in em.
        rtl: Whether it runs right to left.
        width: Natural advance, user units.
        advance: With spacing, user units.
        x: Origin on the baseline.
        y: Origin on the baseline.
        rotation_deg: Clockwise about the origin.
        spacing: What letter-spacing or textLength adds after each character of its stretch.
        scale_x: Horizontal stretch.
        shown: Whether it is painted at all: glyphs beyond a path's end are not.
        upright: Whether it stands upright in a vertical line.
        turned: Whether `rotate` or a path turns it.
        foot: Where the baseline of a vertical line begins to pass an upright cluster; None for
            others, which stand on theirs.
    """

    start: int
    end: int
    span: SpanStyle
    glyphs: list[ShapedGlyph]
    rtl: bool
    width: float
    advance: float
    x: float = 0.0
    y: float = 0.0
    rotation_deg: float = 0.0
    spacing: float = 0.0
    scale_x: float = 1.0
    shown: bool = True
    upright: bool = False
    turned: bool = False
    foot: tuple[float, float] | None = None


@dataclass(slots=True)
class Line:
    """A chunk, laid out.

    Attributes:
        clusters: From left to right as painted (top to bottom in a vertical line).
        x: Anchor point.
        y: Anchor point.
        anchor: Which part stands there.
        direction: Base direction.
        vertical: Whether it runs down.
        on_path: Whether it follows a path.
    """

    clusters: list[Cluster]
    x: float
    y: float
    anchor: TextAnchor
    direction: Direction
    vertical: bool
    on_path: bool

    @property
    def width(self) -> float:
        """Advance of the whole line."""
        return sum(cluster.advance for cluster in self.clusters)


class _Range(msgspec.Struct, frozen=True):
    start: int
    end: int
    x: float | None
    y: float | None
    path: Frame | None


def lay_out(
    characters: Characters,
    styles: dict[Frame, SpanStyle | None],
    positions: Positions,
    context: Context,
) -> list[Line]:
    """Lay out a text element.

    Args:
        characters: What is written.
        styles: Of every frame; None leaves its characters out.
        positions: What the author said of each character's place.
        context: Fonts, and the document that text paths refer to.

    Source: SVG 2, 11.5 and 11.8; where browsers agree on something else, as they do.
    """
    root = characters.frames[0]
    vertical = root.style["writing-mode"] in {
        "tb", "tb-rl", "vertical-rl", "vertical-lr", "sideways-rl",
    }  # fmt: skip
    lines: list[Line] = []
    x = y = 0.0
    rails: dict[Frame, Rail | None] = {}
    for part in _ranges(characters, positions):
        x = x if part.x is None else part.x
        y = y if part.y is None else part.y
        owner = characters.owners[part.start]
        direction = Direction.RTL if owner.style["direction"] == "rtl" else Direction.LTR
        line = Line(
            _shape(characters, part, styles, direction, context, vertical=vertical),
            x,
            y,
            TextAnchor(owner.style["text-anchor"]),
            direction,
            vertical and part.path is None,
            part.path is not None,
        )
        if not line.clusters:
            continue
        if line.vertical:
            _stand(line.clusters, characters.text)
        _space(line.clusters, characters.text)
        _fit(line.clusters)
        if part.path is not None:
            if part.path not in rails:
                rails[part.path] = rail_of(part.path, context)
            rail = rails[part.path]
            if rail is None:
                continue
            x, y = _place_on_path(line, rail, positions, part.x)
        else:
            x, y = _place(line, positions)
        lines.append(line)
    return lines


def _ranges(characters: Characters, positions: Positions) -> list[_Range]:
    """Cut the text into chunks: a new one at each absolute coordinate and at a path's ends."""
    text, owners = characters.text, characters.owners
    starts = [
        at
        for at in range(len(text))
        if at == 0
        or owners[at].path is not owners[at - 1].path
        or (
            (positions.x[at] is not None or positions.y[at] is not None)
            and (text[at].isascii() or not joins(text[at]))
        )
    ]
    return [
        _Range(start, end, positions.x[start], positions.y[start], owners[start].path)
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    ]


def _shape(
    characters: Characters,
    part: _Range,
    styles: dict[Frame, SpanStyle | None],
    direction: Direction,
    context: Context,
    *,
    vertical: bool,
) -> list[Cluster]:
    """Shape a chunk. Kerning and ligatures reach across elements of the same font."""
    indexes = [
        at for at in range(part.start, part.end) if styles[characters.owners[at]] is not None
    ]
    if not indexes:
        return []
    text = "".join([characters.text[at] for at in indexes])
    spans = [span for at in indexes if (span := styles[characters.owners[at]]) is not None]
    # Keys cost more than characters: they are compared only where the span changes.
    changes = [at for at, span in enumerate(spans) if at == 0 or span is not spans[at - 1]]
    starts = [next(group) for _, group in groupby(changes, key=lambda at: shaping_key(spans[at]))]
    segments = [
        spans[start].segment(start, end, context.fonts, vertical=vertical)
        for start, end in pairwise([*starts, len(spans)])
    ]
    glyphs = shape_line(text, segments, rtl=direction is Direction.RTL)
    return _clusters(glyphs, indexes, spans)


def shaping_key(span: SpanStyle) -> tuple[object, ...]:
    """Return what neighbouring characters must share to be shaped together."""
    font = span.font
    return (
        span.match.face, span.match.variations, span.size, font.features, font.kerning,
        font.small_caps, bool(span.letter_spacing), span.lang, font.weight, font.style,
    )  # fmt: skip


def _clusters(
    glyphs: list[ShapedGlyph], indexes: Sequence[int], spans: Sequence[SpanStyle]
) -> list[Cluster]:
    starts = sorted({glyph.cluster for glyph in glyphs})
    ends = dict(zip(starts, [*starts[1:], len(indexes)], strict=True))
    clusters: list[Cluster] = []
    first = 0
    while first < len(glyphs):
        at, rtl = glyphs[first].cluster, glyphs[first].rtl
        advance = glyphs[first].advance
        after = first + 1
        while after < len(glyphs) and glyphs[after].cluster == at:
            advance += glyphs[after].advance
            after += 1
        span = spans[at]
        width = advance * span.size
        end = indexes[ends[at] - 1] + 1
        clusters.append(Cluster(indexes[at], end, span, glyphs[first:after], rtl, width, width))
        first = after
    return clusters


def _space(clusters: list[Cluster], text: str) -> None:
    """Apply letter- and word-spacing; there is none after the last character of a line."""
    for cluster in clusters:
        first = text[cluster.start]
        if cluster.span.letter_spacing and _is_spaced(first):
            cluster.spacing = cluster.span.letter_spacing
            if cluster is not clusters[-1]:
                cluster.advance += cluster.spacing
        if first in _WORD_SEPARATORS:
            cluster.advance += cluster.span.word_spacing


def _is_spaced(character: str) -> bool:
    code = ord(character)
    return code < 0x0600 or not any(low <= code <= high for low, high in _UNSPACED)


def _fit(clusters: list[Cluster]) -> None:
    """Apply textLength: of each cluster the nearest element's that has one.

    The length a line is stretched to replaces letter- and word-spacing.
    """
    owner_of: dict[Frame, Frame | None] = {}
    owners: dict[Frame, list[Cluster]] = {}
    for cluster in clusters:
        frame = cluster.span.frame
        if frame not in owner_of:
            owner_of[frame] = next(
                (each for each in frame.lineage() if "textLength" in each.element.attributes), None
            )
        owner = owner_of[frame]
        if owner is not None:
            owners.setdefault(owner, []).append(cluster)
    for frame, members in owners.items():
        target = parse_px(frame.element.get("textLength"), Axis.X, frame.state)
        natural = sum(cluster.width for cluster in members)
        if target is None or target < 0 or natural <= 0:
            continue
        if frame.element.get("lengthAdjust") == "spacingAndGlyphs":
            scale = target / natural
            if scale < 0.001:
                continue
            extra = natural * (scale - 1.0) / len(members)
            for cluster in members:
                cluster.scale_x = scale
                cluster.width *= scale
                cluster.advance = cluster.width
                cluster.spacing = extra
        else:
            gap = (target - natural) / (len(members) - 1) if len(members) > 1 else 0.0
            for cluster in members:
                cluster.advance = cluster.width + gap
                cluster.spacing = gap
            if members[-1] is clusters[-1]:
                members[-1].advance = members[-1].width


def _stand(clusters: list[Cluster], text: str) -> None:
    """Turn upright scripts of a vertical line upright: each takes one em of it."""
    for cluster in clusters:
        if is_upright(text[cluster.start]):
            cluster.upright = True
            cluster.width = cluster.advance = cluster.span.size


def _anchor_shift(line: Line) -> float:
    """Return where a line begins, from its anchor point, along its direction."""
    width = line.width
    match line.anchor:
        case TextAnchor.MIDDLE:
            return -width / 2
        case TextAnchor.END:
            return 0.0 if line.direction is Direction.RTL else -width
        case TextAnchor.START:
            return -width if line.direction is Direction.RTL else 0.0


def _place(line: Line, positions: Positions) -> tuple[float, float]:
    """Place a straight line's clusters; returns the current position after it."""
    along = _anchor_shift(line)
    shifts = _shifts(line, positions)
    for cluster in line.clusters:
        dx, dy = shifts[cluster.start]
        turn = positions.rotate[cluster.start]
        if line.vertical:
            _place_down(cluster, line, along + dy, dx)
        else:
            cluster.x, cluster.y = line.x + along + dx, line.y + dy + cluster.span.shift
        if turn:
            cluster.rotation_deg += turn
            cluster.turned = True
        along += cluster.advance
    dx, dy = shifts[-1]
    if line.vertical:
        return line.x + dx, line.y + along + dy
    return line.x + along + dx, line.y + dy


def _shifts(line: Line, positions: Positions) -> dict[int, tuple[float, float]]:
    """Return each cluster's shift by its first character, and under -1 what they come to.

    A shift moves all that comes after it in the source, wherever it stands (SVG 2, 11.5).
    """
    if not positions.shifted:
        return dict.fromkeys([-1, *(cluster.start for cluster in line.clusters)], (0.0, 0.0))
    along = across = 0.0
    shifts = {}
    for cluster in sorted(line.clusters, key=lambda cluster: cluster.start):
        along += sum(positions.dx[cluster.start : cluster.end])
        across += sum(positions.dy[cluster.start : cluster.end])
        shifts[cluster.start] = along, across
    shifts[-1] = along, across
    return shifts


def _place_down(cluster: Cluster, line: Line, along: float, across: float) -> None:
    """Place a cluster of a vertical line: upright ones are centred, others lie on their side."""
    metrics, size = cluster.span.metrics, cluster.span.size
    middle = (metrics.ascent + metrics.descent) / 2 * size
    if cluster.upright:
        cluster.foot = (line.x + across - middle, line.y + along)
        natural = sum(glyph.advance for glyph in cluster.glyphs) * size
        cluster.x = line.x + across - natural / 2
        cluster.y = line.y + along + size / 2 + middle
    else:
        cluster.x = line.x + across - middle
        cluster.y = line.y + along
        cluster.rotation_deg = 90.0


def _place_on_path(
    line: Line, rail: Rail, positions: Positions, start: float | None
) -> tuple[float, float]:
    """Place clusters on a path: each by its middle; what lies beyond the ends is not shown.

    Args:
        line: Its clusters are given their places.
        rail: The path.
        positions: Shifts and rotations.
        start: Absolute x, which counts along the path.

    Returns:
        Where text goes on after the path.
    """
    along = rail.offset + (start or 0.0) + _anchor_shift(line)
    after = (line.x, line.y)
    shifts = _shifts(line, positions)
    for cluster in line.clusters:
        dx, across = shifts[cluster.start]
        half = cluster.width / 2
        place = rail.measure.at(along + dx + half)
        cluster.turned = True
        if place is None:
            cluster.shown = False
        else:
            turn = place.angle_deg
            cluster.x, cluster.y = rail.beside(place, -half, across + cluster.span.shift)
            cluster.rotation_deg = turn + positions.rotate[cluster.start]
            after = (place.x + cluster.advance, place.y)
        along += cluster.advance
    return after
