"""Text: editable boxes where a box shows what was drawn, outlines where it would not.

A laid-out text enters. What leaves is legal as far as boxes go: one chunk a line, solid colours, a
similarity for a transform, the typeface to write settled. Outlines leave as shapes with SVG's own
paints, which `shapes.py` lowers like any other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from typing import NamedTuple

from svg2pptx_batch.diagnostics import Diagnostics, Fidelity
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.fonts.face import TYPICAL, Metrics, open_face
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.text_outline import (
    chunk_outlines,
    glyph_path,
    lacks_outlines,
    line_shapes,
    outline_text,
)
from svg2pptx_batch.lower.text_stack import stack_lines
from svg2pptx_batch.options import ConvertOptions, Target, TextMode
from svg2pptx_batch.scene.nodes import Group, Label, Node, Shape, Text
from svg2pptx_batch.scene.paint import (
    LinearGradient,
    Paint,
    RadialGradient,
)
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

__all__ = ["lower_text", "outline_text"]

_MIN_SIZE_PX = 4 / 3
_MAX_SIZE_PX = 4000 * 4 / 3
_SIMILAR = 0.02
_STRETCHED = (1 / math.sqrt(2), math.sqrt(2))
_UPRIGHT = 0.125
_ITALIC = 0.4
_THIN_STROKE_EM = 0.06
_FLAT_STOPS = 24
_LINE_EM = 1.2


class _Frame(NamedTuple):
    """Where a chunk's box goes.

    Attributes:
        transform: A similarity: anchor point and baseline direction to slide px.
        stretch: How much wider than high the letters are drawn, which it leaves out.
        lean: Tangent of the angle by which a skew makes letters lean to the right, left out, too.
    """

    transform: Affine
    stretch: float
    lean: float

    @property
    def is_italic(self) -> bool:
        """Whether the letters lean like italics."""
        return self.lean > _UPRIGHT


class _Line(Enum):
    """What becomes of a line around letters."""

    NONE = "there is none"
    NATIVE = "the run carries it"
    BELOW = "a shape below the box"
    ABOVE = "a shape above the box"
    LEFT_OUT = "too thin to miss"
    ALONE = "there is nothing else, and no run carries it"


class _Verdict(NamedTuple):
    """Why a chunk cannot be a box; empty where it can."""

    reason: str
    approximations: tuple[str, ...] = ()


def lower_text(
    text: Text,
    to_slide: Affine,
    options: ConvertOptions,
    fonts: FontCatalog,
    diagnostics: Diagnostics,
) -> Node | None:
    """Turn a text into boxes and outlines.

    Args:
        text: Any text of a scene.
        to_slide: The parent's space to slide px.
        options: `text` and `target` are heeded.
        fonts: Gives outlines.
        diagnostics: Told of what is outlined, approximated or dropped.

    Returns:
        A legal Text, of several chunks where these are lines of one box; a Group of such texts and
        of shapes whose transforms lead to slide px, still to be lowered; None where nothing is
        painted.
    """
    m = to_slide @ text.transform
    parts: list[Node] = []
    for chunk in text.chunks:
        if not any(_is_painted(span) for span in chunk.spans):
            continue
        parts.extend(_lower_chunk(text, chunk, m, options, diagnostics))
    if not parts:
        return None
    parts = stack_lines(parts)
    label = _described(text, parts)
    if len(parts) == 1:
        return replace(parts[0], label=label, source=text.source)
    return Group(
        tuple(replace(part, source=text.source) for part in parts),
        label=label,
        source=text.source,
    )


def _lower_chunk(
    text: Text,
    chunk: TextChunk,
    m: Affine,
    options: ConvertOptions,
    diagnostics: Diagnostics,
) -> Iterator[Node]:
    verdict = _judge(chunk, m, options)
    if verdict.reason:
        drawn = [replace(shape, transform=m @ shape.transform) for shape in chunk_outlines(chunk)]
        if drawn:
            diagnostics.report(
                "text-outlined",
                f"{verdict.reason} became outlines",
                text.source,
                fidelity=Fidelity.OUTLINED,
            )
        if lacks_outlines(chunk):
            diagnostics.report(
                "glyphs-dropped",
                "Characters whose font has no outlines for them are left out",
                text.source,
                fidelity=Fidelity.DROPPED,
            )
        yield from drawn
        return
    for remark in verdict.approximations:
        diagnostics.report("text-approximated", remark, text.source, fidelity=Fidelity.APPROXIMATED)
    below, above = _beside_box(chunk, options)
    yield from (replace(shape, transform=m @ shape.transform) for shape in below)
    yield _box(text, chunk, m, options)
    yield from (replace(shape, transform=m @ shape.transform) for shape in above)


def _described(text: Text, parts: Sequence[Node]) -> Label:
    """Return the text's label; outlines keep the words as their description."""
    if text.label.description or any(isinstance(part, Text) for part in parts):
        return text.label
    words = "".join(span.text for chunk in text.chunks for span in chunk.spans).strip()
    return replace(text.label, description=words)


# --- box or outline ------------------------------------------------------------------------------


def _judge(chunk: TextChunk, m: Affine, options: ConvertOptions) -> _Verdict:
    """Decide what becomes of a chunk."""
    if any(span.face is None for span in chunk.spans):
        return _Verdict("")  # without a font there is nothing to outline
    if options.text is TextMode.OUTLINE:
        return _Verdict("Text")
    if not chunk.plain:
        return _Verdict("Text whose characters are placed one by one")
    frame = _frame(chunk, m)
    if frame is None or (frame.is_italic and not _is_upright(chunk)):
        return _Verdict("Skewed, mirrored or stretched text")
    scale = frame.transform.mean_scale
    sizes = [span.font.size * scale for span in chunk.spans]
    if min(sizes) < _MIN_SIZE_PX or max(sizes) > _MAX_SIZE_PX:
        return _Verdict("Text of a size no text box can have")
    remarks = []
    if abs(frame.stretch - 1.0) > _SIMILAR:
        remarks.append("Stretched text became a text box with wider or narrower spacing")
    if frame.is_italic:
        remarks.append("Skewed text became a text box in italics")
    elif abs(frame.lean) > _SIMILAR:
        remarks.append("Slightly skewed text became an upright text box")
    for span in chunk.spans:
        verdict = _judge_span(span, options)
        if verdict.reason:
            return verdict
        remarks.extend(verdict.approximations)
    return _Verdict("", tuple(dict.fromkeys(remarks)))


def _judge_span(span: TextSpan, options: ConvertOptions) -> _Verdict:
    if not span.visible or not span.text.strip():
        return _Verdict("")
    if _is_out_of_reach(span):
        return _Verdict("Text in a variation of its font that no program can ask for")
    remarks = []
    if span.fill is not None and not isinstance(span.fill.paint, Color):
        if flat_paint(span.fill.paint) is None:
            return _Verdict("Text filled with a gradient or pattern")
        remarks.append("A faint gradient on text became one colour")
    match _line_of(span, options.target):
        case _Line.LEFT_OUT:
            remarks.append("A thin line around text in its own colour is left out")
        case _Line.ALONE:
            return _Verdict("Text that is stroked but not filled")
    return _Verdict("", tuple(remarks))


def _line_of(span: TextSpan, target: Target) -> _Line:
    """Decide what becomes of the line around a span's letters."""
    stroke, fill = span.stroke, span.fill
    if stroke is None:
        return _Line.NONE
    if fill is not None and span.stroke_first:
        return _Line.BELOW
    thin = stroke.width <= _THIN_STROKE_EM * span.font.size and stroke.paint == getattr(
        fill, "paint", None
    )
    if fill is not None and (thin or stroke.width <= 0.01 * span.font.size):
        return _Line.LEFT_OUT
    if target is Target.POWERPOINT and isinstance(stroke.paint, Color) and not stroke.dashes:
        return _Line.NATIVE
    return _Line.ALONE if fill is None else _Line.ABOVE


def _is_upright(chunk: TextChunk) -> bool:
    return all(span.font.style is FontStyle.NORMAL for span in chunk.spans)


def _is_out_of_reach(span: TextSpan) -> bool:
    """Tell whether axes are set that no family name and no bold or italic stands for."""
    settings = {tag for run in span.runs for tag, _ in run.variations}
    asked = {tag for tag, _ in span.font.variations}
    return bool(settings & asked) or ("wdth" in settings and span.font.stretch != 100.0)


def flat_paint(paint: Paint) -> Color | None:
    """Return the colour a paint comes close to everywhere, or None."""
    if isinstance(paint, Color):
        return paint
    if not isinstance(paint, LinearGradient | RadialGradient):
        return None
    colors = [stop.color for stop in paint.stops]
    spread = max(
        max(channel) - min(channel)
        for channel in zip(*((c.red, c.green, c.blue, c.alpha * 255) for c in colors), strict=True)
    )
    return colors[0].mix(colors[-1], 0.5) if spread <= _FLAT_STOPS else None


def _is_painted(span: TextSpan) -> bool:
    if not span.visible:
        return False
    if span.text.strip() and (span.fill is not None or span.stroke is not None):
        return True
    return any(_lines(span.decorations))


def _frame(chunk: TextChunk, m: Affine) -> _Frame | None:
    """Return the similarity a text box can follow a transform with.

    Args:
        chunk: Its anchor point becomes the origin, its direction the x axis.
        m: The text's own space to slide px.

    Returns:
        None where the transform mirrors, stretches or skews more than spacing and italics make up
        for.
    """
    local = m @ Affine.translation(chunk.x, chunk.y) @ Affine.rotation(chunk.rotation_deg)
    scale_x, area = math.hypot(local.a, local.b), local.determinant
    if scale_x <= 0 or area <= 0 or not local.is_invertible:
        return None
    scale = area / scale_x
    stretch = scale_x / scale
    lean = -(local.a * local.c + local.b * local.d) / area
    if abs(stretch - 1.0) <= _SIMILAR:
        scale, stretch = local.mean_scale, 1.0
    elif not _STRETCHED[0] <= stretch <= _STRETCHED[1]:
        return None
    if not -_UPRIGHT <= lean <= _ITALIC:
        return None
    turn = Affine.rotation(math.degrees(math.atan2(local.b, local.a)))
    place = Affine.translation(local.e, local.f) @ turn @ Affine.scaling(scale)
    return _Frame(place, stretch, lean)


# --- boxes ---------------------------------------------------------------------------------------


def _box(text: Text, chunk: TextChunk, m: Affine, options: ConvertOptions) -> Text:
    """Return the legal text of one chunk: its anchor point is the origin of its own space."""
    frame = _frame(chunk, m) or _Frame(m @ Affine.translation(chunk.x, chunk.y), 1.0, 0.0)
    spans = tuple(_box_span(span, frame, options) for span in chunk.spans)
    chunk = replace(
        chunk,
        x=0.0,
        y=0.0,
        rotation_deg=0.0,
        writing_mode=WritingMode.HORIZONTAL,
        width=chunk.width * frame.stretch,
        spans=spans,
    )
    box = _line_box(chunk, options.target)
    return Text((replace(chunk, box=box, bounds=box),), box, frame.transform, source=text.source)


def _box_span(span: TextSpan, frame: _Frame, options: ConvertOptions) -> TextSpan:
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
    native_line = _line_of(span, options.target) is _Line.NATIVE
    # PowerPoint looks fonts up by the author's name on the reader's machine. LibreOffice draws
    # with the fonts of this one: naming the face that measured the line keeps its width.
    installed = span.installed.name and options.target is Target.LIBREOFFICE
    return replace(
        span,
        font=replace(span.font, style=FontStyle.ITALIC) if frame.is_italic else span.font,
        fill=fill,
        stroke=span.stroke if native_line and span.visible else None,
        letter_spacing=spacing,
        word_spacing=span.word_spacing * stretch,
        width=span.width * stretch,
        decorations=_native_lines(span),
        typeface=span.installed if installed else span.typeface,
    )


def _line_box(chunk: TextChunk, target: Target) -> Rect:
    """Return the box that seats a line's baseline on the chunk's y.

    PowerPoint gives a line 1.2 em and shares it out like the face's usWinAscent and usWinDescent;
    LibreOffice, reading PowerPoint files, puts the baseline 1 em below the top whatever the face.
    Several faces on a line: the largest part above and the largest below.
    """
    seats = []
    for span in chunk.spans:
        metrics = _metrics(span)
        up = 1.0
        if target is Target.POWERPOINT:
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


def _beside_box(chunk: TextChunk, options: ConvertOptions) -> tuple[list[Shape], list[Shape]]:
    """Return what a box cannot hold, as shapes below and above it: strokes and odd lines."""
    below: list[Shape] = []
    above: list[Shape] = []
    for span in chunk.spans:
        if not span.visible:
            continue
        where = _line_of(span, options.target)
        if where in (_Line.BELOW, _Line.ABOVE):
            path = glyph_path(span.runs)
            if path:
                (below if where is _Line.BELOW else above).append(Shape(path, None, span.stroke))
        native = _native_lines(span)
        for name, into in (("underline", below), ("overline", below), ("line_through", above)):
            line: Decoration | None = getattr(span.decorations, name)
            if line is not None and getattr(native, name) is None:
                into.extend(line_shapes(line))
    return below, above


def _native_lines(span: TextSpan) -> Decorations:
    """Return the lines a run can carry: underlines of one colour, strikes of the text's."""
    lines = span.decorations
    if lines is NO_DECORATIONS or span.fill is None:
        return NO_DECORATIONS
    under, through = lines.underline, lines.line_through
    if under is not None and not _is_solid(under):
        under = None
    if through is not None and not (_is_solid(through) and through.fill == span.fill):
        through = None
    return Decorations(under, None, through)


def _is_solid(line: Decoration) -> bool:
    return line.stroke is None and line.fill is not None and isinstance(line.fill.paint, Color)


def _lines(lines: Decorations) -> Iterator[Decoration]:
    yield from (
        line for line in (lines.underline, lines.overline, lines.line_through) if line is not None
    )
