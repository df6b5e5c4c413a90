"""Whether a text box shows what was drawn, or outlines have to.

A laid-out chunk and where it goes enter; a verdict leaves, with what a box gives up.
"""

from __future__ import annotations

import math
from enum import Enum
from itertools import groupby, pairwise
from typing import NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.fonts.face import open_face
from svg2pptx_batch.fonts.families import is_emoji_family
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.lower.targets import Habits, habits
from svg2pptx_batch.options import ConvertOptions, TextMode
from svg2pptx_batch.scene.paint import LinearGradient, Paint, RadialGradient
from svg2pptx_batch.scene.text import Direction, FontStyle, TextAnchor, TextChunk, TextSpan

_MIN_SIZE_PX = 4 / 3
_MAX_SIZE_PX = 4000 * 4 / 3
_MAX_WIDTH_PX = 100_000.0
_SIMILAR = 0.02
_STRETCHED = (1 / math.sqrt(2), math.sqrt(2))
_UPRIGHT = 0.125
_ITALIC = 0.4
_THIN_STROKE_EM = 0.03
_FLAT_STOPS = 24


class Frame(NamedTuple):
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


class Line(Enum):
    """What becomes of a line around letters."""

    NONE = "there is none"
    NATIVE = "the run carries it"
    BELOW = "a shape below the box"
    ABOVE = "a shape above the box"
    LEFT_OUT = "too thin to miss"
    ALONE = "there is nothing else, and no run carries it"


class Verdict(NamedTuple):
    """Why a chunk cannot be a box; empty where it can."""

    reason: str
    approximations: tuple[str, ...] = ()


def parted(chunk: TextChunk) -> tuple[TextChunk, ...]:
    """Cut a line around stretches of coloured glyphs, so that the words beside them stay text."""
    stretches = [(key, list(spans)) for key, spans in groupby(chunk.spans, key=is_drawn)]
    if len(stretches) == 1 or not chunk.plain or not _runs_forward(chunk):
        return (chunk,)
    turn = Affine.rotation(chunk.rotation_deg)
    width = sum(span.width for span in chunk.spans)
    along = {TextAnchor.START: 0.0, TextAnchor.MIDDLE: -width / 2, TextAnchor.END: -width}[
        chunk.anchor
    ]
    pieces = []
    for _, spans in stretches:
        dx, dy = turn.apply(along, 0.0)
        width = sum(span.width for span in spans)
        pieces.append(
            replace(
                chunk,
                x=chunk.x + dx,
                y=chunk.y + dy,
                anchor=TextAnchor.START,
                spans=tuple(spans),
                width=width,
            )
        )
        along += width
    return tuple(pieces)


def _runs_forward(chunk: TextChunk) -> bool:
    """Tell whether glyphs follow one another in the order of their characters."""
    if chunk.direction is Direction.RTL:
        return False
    ahead = Affine.rotation(-chunk.rotation_deg)
    at = [
        ahead.apply(glyph.x, glyph.y)[0]
        for span in chunk.spans
        for run in span.runs
        for glyph in run.glyphs
        if glyph.advance
    ]
    return all(first < second for first, second in pairwise(at))


def is_drawn(span: TextSpan) -> bool:
    """Tell whether a span shows glyphs of a coloured font that no text box would.

    Programs have fonts of their own for emoji, which they take for the usual names, too, and for
    characters that the author's font lacks.
    """
    return any(
        run.face == span.face
        and any(glyph.drawing is not None for glyph in run.glyphs)
        and not is_emoji_family(span.typeface.name)
        and not open_face(run.face, run.variations).is_layered
        for run in span.runs
    )


def judge(chunk: TextChunk, m: Affine, options: ConvertOptions) -> Verdict:
    """Decide what becomes of a chunk."""
    if any(span.face is None for span in chunk.spans):
        return Verdict("")  # without a font there is nothing to outline
    if options.text is TextMode.OUTLINE:
        return Verdict("Text")
    if not chunk.plain:
        return Verdict("Text whose characters are placed one by one")
    drawn = [is_drawn(span) for span in chunk.spans]
    if all(drawn):
        return Verdict("Characters of a coloured font")
    frame = frame_of(chunk, m)
    if frame is None or (frame.is_italic and not _is_upright(chunk)):
        return Verdict("Skewed, mirrored or stretched text")
    scale = frame.transform.mean_scale
    sizes = [span.font.size * scale for span in chunk.spans]
    if min(sizes) < _MIN_SIZE_PX or max(sizes) > _MAX_SIZE_PX:
        return Verdict("Text of a size no text box can have")
    if chunk.width * scale > _MAX_WIDTH_PX:
        return Verdict("Text spaced wider than any text box")
    remarks = []
    if any(drawn):
        remarks.append("Characters of a coloured font show what the reader's own fonts have")
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
    return Verdict("", tuple(dict.fromkeys(remarks)))


def _judge_span(span: TextSpan, options: ConvertOptions) -> Verdict:
    if not span.visible or not span.text.strip():
        return Verdict("")
    if _is_out_of_reach(span):
        return Verdict("Text in a variation of its font that no program can ask for")
    remarks = []
    if span.fill is not None and not isinstance(span.fill.paint, Color):
        if flat_paint(span.fill.paint) is None:
            return Verdict("Text filled with a gradient or pattern")
        remarks.append("A faint gradient on text became one colour")
    if span.font.small_caps:
        remarks.append("Small capitals are made of smaller capitals, not of the font's own")
    match line_of(span, habits(options.target)):
        case Line.LEFT_OUT:
            remarks.append("A thin line around text in its own colour is left out")
        case Line.ALONE:
            return Verdict("Text that is stroked but not filled")
    return Verdict("", tuple(remarks))


def line_of(span: TextSpan, program: Habits) -> Line:
    """Decide what becomes of the line around a span's letters."""
    stroke, fill = span.stroke, span.fill
    if stroke is None:
        return Line.NONE
    if fill is not None and span.stroke_first:
        return Line.BELOW
    if program.outlined_letters and isinstance(stroke.paint, Color) and not stroke.dashes:
        return Line.NATIVE
    same = fill is not None and stroke.paint == fill.paint
    thin = _THIN_STROKE_EM if same else _THIN_STROKE_EM / 3
    if fill is not None and stroke.width <= thin * span.font.size:
        return Line.LEFT_OUT
    return Line.ALONE if fill is None else Line.ABOVE


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


def is_painted(span: TextSpan) -> bool:
    """Tell whether anything of a span can be seen."""
    if not span.visible:
        return False
    if span.text.strip() and (span.fill is not None or span.stroke is not None):
        return True
    lines = span.decorations
    return bool(lines.underline or lines.overline or lines.line_through)


def frame_of(chunk: TextChunk, m: Affine) -> Frame | None:
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
    return Frame(place, stretch, lean)
