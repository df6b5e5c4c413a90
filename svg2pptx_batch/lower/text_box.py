"""Text boxes: where they lie, what their runs carry, and the shapes beside them.

A chunk that may be a box enters; a legal text leaves: solid colours, a similarity for a transform,
the typeface to write settled. Strokes and lines that no run carries leave as shapes.
"""

from __future__ import annotations

import math

from msgspec.structs import replace

from svg2pptx_batch.fonts.face import TYPICAL, Metrics, open_face
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.targets import Habits, habits
from svg2pptx_batch.lower.text_outline import glyph_path, line_shapes
from svg2pptx_batch.lower.text_verdict import Frame, Line, flat_paint, frame_of, line_of
from svg2pptx_batch.options import ConvertOptions
from svg2pptx_batch.scene.nodes import Shape, Text
from svg2pptx_batch.scene.text import (
    NO_DECORATIONS,
    Decoration,
    Decorations,
    Direction,
    FontStyle,
    TextAnchor,
    TextChunk,
    TextSpan,
    WritingMode,
)

_LINE_EM = 1.2
_OPPOSITE = {
    TextAnchor.START: TextAnchor.END,
    TextAnchor.MIDDLE: TextAnchor.MIDDLE,
    TextAnchor.END: TextAnchor.START,
}


def text_box(text: Text, chunk: TextChunk, m: Affine, options: ConvertOptions) -> Text:
    """Return the legal text of one chunk: its anchor point is the origin of its own space."""
    chunk = _read_alone(chunk)
    frame = frame_of(chunk, m) or Frame(m @ Affine.translation(chunk.x, chunk.y), 1.0, 0.0)
    spans = tuple(_box_span(span, chunk, frame, options) for span in chunk.spans)
    chunk = replace(
        chunk,
        x=0.0,
        y=0.0,
        rotation_deg=0.0,
        writing_mode=WritingMode.HORIZONTAL,
        width=chunk.width * frame.stretch,
        spans=spans,
    )
    box = _line_box(chunk, habits(options.target))
    return Text((replace(chunk, box=box, bounds=box),), box, frame.transform, source=text.source)


def _read_alone(chunk: TextChunk) -> TextChunk:
    """Return a chunk in the direction in which a box of its own shows what was laid out.

    A part of a right-to-left line that runs from left to right would be turned by the marks at its
    ends, which have no direction of their own.
    """
    if chunk.direction is Direction.LTR or not _reads_forward(chunk):
        return chunk
    return replace(chunk, direction=Direction.LTR, anchor=_OPPOSITE[chunk.anchor])


def _reads_forward(chunk: TextChunk) -> bool:
    """Whether each character stands after the one before it in the source, along the line."""
    ahead = Affine.rotation(-chunk.rotation_deg)
    last = -math.inf
    for span in chunk.spans:
        glyphs = [glyph for run in span.runs for glyph in run.glyphs if glyph.advance]
        for glyph in sorted(glyphs, key=lambda glyph: glyph.cluster):
            along, _ = ahead.apply(glyph.x, glyph.y)
            if along < last:
                return False
            last = along
    return True


def _box_span(span: TextSpan, chunk: TextChunk, frame: Frame, options: ConvertOptions) -> TextSpan:
    """Return a span as a box can hold it: one colour, its typeface settled."""
    fill = span.fill
    if fill is not None:
        color = flat_paint(fill.paint)
        fill = None if color is None else replace(fill, paint=color)
    if not span.visible:
        fill = None
    spacing, stretch = span.letter_spacing, frame.stretch
    if stretch != 1.0:
        spacing = spacing * stretch + (stretch - 1.0) * span.width / max(1, len(span.text))
    program = habits(options.target)
    native_line = line_of(span, program) is Line.NATIVE
    installed = span.installed.name and program.own_faces
    return replace(
        span,
        font=replace(span.font, style=FontStyle.ITALIC) if frame.is_italic else span.font,
        fill=fill,
        stroke=span.stroke if native_line and span.visible else None,
        letter_spacing=spacing,
        word_spacing=span.word_spacing * stretch,
        kern_after=span.kern_after * stretch,
        width=span.width * stretch,
        decorations=_native_lines(span, chunk),
        typeface=span.installed if installed else span.typeface,
    )


def _line_box(chunk: TextChunk, program: Habits) -> Rect:
    """Return the box that seats a line's baseline on the chunk's y.

    A line has 1.2 em, shared out like the face's usWinAscent and usWinDescent where a program does
    not seat every face alike. Several faces on a line: the largest part above and below.
    """
    seats = []
    for span in chunk.spans:
        metrics = _metrics(span)
        up = program.baseline_em
        if not up:
            up = _LINE_EM * metrics.win_ascent / (metrics.win_ascent + metrics.win_descent)
        seats.append((up * span.font.size, (_LINE_EM - up) * span.font.size))
    above, below = max(seat[0] for seat in seats), max(seat[1] for seat in seats)
    end = chunk.anchor is TextAnchor.END
    if chunk.anchor is TextAnchor.MIDDLE:
        left = chunk.x - chunk.width / 2
    elif end != (chunk.direction is Direction.RTL):
        left = chunk.x - chunk.width
    else:
        left = chunk.x
    return Rect(left, chunk.y - above, max(chunk.width, 0.0), above + below)


def _metrics(span: TextSpan) -> Metrics:
    if span.face is None:
        return TYPICAL
    metrics = open_face(span.face).metrics
    return metrics if metrics.win_ascent + metrics.win_descent > 0 else TYPICAL


def beside_box(chunk: TextChunk, options: ConvertOptions) -> tuple[list[Shape], list[Shape]]:
    """Return what a box cannot hold, as shapes below and above it: strokes and odd lines."""
    below: list[Shape] = []
    above: list[Shape] = []
    for span in chunk.spans:
        if not span.visible:
            continue
        where = line_of(span, habits(options.target))
        if where in (Line.BELOW, Line.ABOVE):
            path = glyph_path(span.runs)
            if path:
                (below if where is Line.BELOW else above).append(Shape(path, None, span.stroke))
        native = _native_lines(span, chunk)
        for name, into in (("underline", below), ("overline", below), ("line_through", above)):
            line: Decoration | None = getattr(span.decorations, name)
            if line is not None and getattr(native, name) is None:
                into.extend(line_shapes(line))
    return below, above


def _native_lines(span: TextSpan, chunk: TextChunk) -> Decorations:
    """Return the lines a run can carry: underlines of one colour, strikes of the text's."""
    lines = span.decorations
    if lines is NO_DECORATIONS or span.fill is None:
        return NO_DECORATIONS
    if chunk.writing_mode is WritingMode.VERTICAL and not chunk.rotation_deg:
        return NO_DECORATIONS  # they run down beside characters that stand upright
    under, through = lines.underline, lines.line_through
    if under is not None and not _is_solid(under):
        under = None
    if through is not None and not (_is_solid(through) and through.fill == span.fill):
        through = None
    return Decorations(under, None, through)


def _is_solid(line: Decoration) -> bool:
    return line.stroke is None and line.fill is not None and isinstance(line.fill.paint, Color)
