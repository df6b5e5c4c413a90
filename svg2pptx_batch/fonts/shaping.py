"""Characters to glyphs: direction runs, fallback faces, HarfBuzz.

A string and the face that should set it enter; glyphs in visual order leave, advances in em.
Positions, spacing and lists of coordinates are layout's business.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from svg2pptx_batch.fonts.bidi import levels, visual_runs
from svg2pptx_batch.fonts.estimate import estimate_width
from svg2pptx_batch.fonts.face import OpenFace

Fallback = Callable[[str], OpenFace | None]
"""Finds a face that has a character; None where nobody has it."""


_CONTEXT = 5
"""How many characters HarfBuzz looks at before and after what it shapes."""


class ShapedGlyph(msgspec.Struct, frozen=True):
    """A glyph of a shaped string.

    Attributes:
        face: Where its outline is; None for a width without outline.
        gid: Glyph number.
        cluster: Index of its first character.
        advance: To the next glyph, em.
        dx: Offset of the outline to the right, em.
        dy: Offset downwards, em.
        rtl: Whether its run goes right to left.
    """

    face: OpenFace | None
    gid: int
    cluster: int
    advance: float
    dx: float
    dy: float
    rtl: bool = False


class Segment(NamedTuple):
    """A stretch of a line that one font sets.

    Attributes:
        start: Index of its first character.
        end: Index after its last.
        face: Sets every character it has; None where no font is installed.
        fallback: Asked for each character the face lacks.
        features: OpenType features beyond HarfBuzz's defaults; 0 switches one off.
        language: BCP 47 tag, or empty.
    """

    start: int
    end: int
    face: OpenFace | None
    fallback: Fallback
    features: tuple[tuple[str, int], ...] = ()
    language: str = ""


def shape_line(text: str, segments: Sequence[Segment], *, rtl: bool = False) -> list[ShapedGlyph]:
    """Shape one line.

    Args:
        text: Without line breaks.
        segments: In logical order, without gaps.
        rtl: Base direction.

    Returns:
        Glyphs from left to right as painted. Without any font, one a character, of estimated width.
    """
    glyphs: list[ShapedGlyph] = []
    ends = [segment.end for segment in segments]
    for start, end, level in visual_runs(levels(text, rtl=rtl)):
        backwards = bool(level % 2)
        pieces: list[_Piece] = []
        at = bisect_right(ends, start)
        while at < len(segments) and segments[at].start < end:
            segment = segments[at]
            pieces += _by_face(text, max(start, segment.start), min(end, segment.end), segment)
            at += 1
        for piece in reversed(pieces) if backwards else pieces:
            glyphs.extend(_shape_piece(text, piece, backwards))
    return glyphs


class _Piece(NamedTuple):
    start: int
    end: int
    face: OpenFace | None
    segment: Segment


def _by_face(text: str, start: int, end: int, segment: Segment) -> Iterator[_Piece]:
    """Yield pieces that one face can set; marks stay with their base."""
    face = segment.face
    if face is None:
        yield _Piece(start, end, None, segment)
        return
    piece_start, piece_face = start, face
    for at in range(start, end):
        character = text[at]
        current = face
        belongs = at > start and not character.isascii() and joins(character)
        if not face.covers(character):
            current = piece_face if belongs else segment.fallback(character) or face
        elif belongs and piece_face is not face:
            current = piece_face
        if current is not piece_face:
            if at > piece_start:
                yield _Piece(piece_start, at, piece_face, segment)
            piece_start, piece_face = at, current
    yield _Piece(piece_start, end, piece_face, segment)


def joins(character: str) -> bool:
    """Tell whether a character belongs to the one before it: a mark, a joiner, a selector."""
    return (
        unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def _shape_piece(text: str, piece: _Piece, backwards: bool) -> Iterator[ShapedGlyph]:
    start, end, face, segment = piece
    if face is None:
        for at in range(end - 1, start - 1, -1) if backwards else range(start, end):
            yield ShapedGlyph(None, 0, at, estimate_width(text[at]), 0.0, 0.0, backwards)
        return
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    # What stands around is context, so that Arabic letters join across faces and spans.
    first = max(0, start - _CONTEXT)
    around = [ord(character) for character in text[first : end + _CONTEXT]]
    buffer.add_codepoints(around, start - first, end - start)
    buffer.direction = "rtl" if backwards else "ltr"
    if segment.language:
        buffer.language = segment.language
    buffer.guess_segment_properties()
    uharfbuzz.shape(face.hb_font, buffer, dict(segment.features))
    scale = 1.0 / face.units_per_em
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        yield ShapedGlyph(
            face,
            info.codepoint,
            first + info.cluster,
            position.x_advance * scale,
            position.x_offset * scale,
            -position.y_offset * scale,
            backwards,
        )
