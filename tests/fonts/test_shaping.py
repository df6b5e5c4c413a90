from __future__ import annotations

from pathlib import Path

from svg2pptx_batch.fonts import OpenFace, open_face
from svg2pptx_batch.fonts.shaping import Segment, shape_line
from svg2pptx_batch.scene.text import FaceId
from tests.support.fonts import HEBREW, build_font

KERN = "feature kern { pos u0041 u0056 -100; } kern;"


def face_of(path: Path) -> OpenFace:
    return open_face(FaceId(str(path)))


def segment(
    text: str, face: OpenFace | None, helper: OpenFace | None = None, **more: object
) -> Segment:
    return Segment(0, len(text), face, lambda _: helper, **more)  # type: ignore[arg-type]


def test_advances_are_in_em_and_kerned(tmp_path: Path) -> None:
    face = face_of(build_font(tmp_path, advances={"A": 600}, features=KERN))
    glyphs = shape_line("AVA", [segment("AVA", face)])
    assert [round(glyph.advance, 3) for glyph in glyphs] == [0.5, 0.5, 0.6]
    bare = shape_line("AVA", [segment("AVA", face, features=(("kern", 0),))])
    assert [round(glyph.advance, 3) for glyph in bare] == [0.6, 0.5, 0.6]


def test_right_to_left_runs_come_out_as_painted(tmp_path: Path) -> None:
    face = face_of(build_font(tmp_path, characters=HEBREW + "ab "))
    text = "a \u05d0\u05d1\u05d2"
    glyphs = shape_line(text, [segment(text, face)])
    assert [glyph.cluster for glyph in glyphs] == [0, 1, 4, 3, 2]
    assert [glyph.rtl for glyph in glyphs] == [False, False, True, True, True]


def test_missing_characters_come_from_the_helper_with_their_marks(tmp_path: Path) -> None:
    face = face_of(build_font(tmp_path, "Box Sans", characters="ab\u0301"))
    helper = face_of(build_font(tmp_path, "Help", characters="\u4e00\u0301"))
    text = "a\u4e00\u0301b"
    glyphs = shape_line(text, [segment(text, face, helper)])
    assert [glyph.face for glyph in glyphs] == [face, helper, helper, face]


def test_without_a_face_widths_are_estimated() -> None:
    glyphs = shape_line("Wi", [segment("Wi", None)])
    assert [glyph.face for glyph in glyphs] == [None, None]
    assert glyphs[0].advance > 2 * glyphs[1].advance > 0


def test_segments_keep_their_own_faces(tmp_path: Path) -> None:
    one = face_of(build_font(tmp_path, "One"))
    two = face_of(build_font(tmp_path, "Two", advances={"b": 900}))
    parts = [Segment(0, 1, one, lambda _: None), Segment(1, 2, two, lambda _: None)]
    glyphs = shape_line("ab", parts)
    assert [(glyph.face, glyph.advance) for glyph in glyphs] == [(one, 0.5), (two, 0.9)]


def test_metrics_and_outlines_are_in_em(tmp_path: Path) -> None:
    face = face_of(build_font(tmp_path))
    metrics = face.metrics
    assert (metrics.ascent, metrics.descent, metrics.x_height) == (0.8, -0.2, 0.5)
    assert (metrics.win_ascent, metrics.win_descent) == (0.9, 0.3)
    assert (metrics.underline, metrics.thickness, metrics.strikeout) == (-0.1, 0.05, 0.25)
    assert (metrics.subscript, metrics.superscript) == (0.14, 0.48)
    gid = shape_line("a", [segment("a", face)])[0].gid
    bounds = face.glyph_path(gid).bounds()
    assert bounds is not None
    assert tuple(round(value, 6) for value in bounds) == (0.05, -0.7, 0.4, 0.7)
    blank = shape_line(" ", [segment(" ", face)])[0].gid
    assert not face.glyph_path(blank)
