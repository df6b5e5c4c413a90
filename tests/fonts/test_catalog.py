from __future__ import annotations

import logging
from pathlib import Path

import pytest

from svg2pptx_batch.fonts import FontCatalog, scan_cache
from svg2pptx_batch.scene.text import Font, FontStyle, Typeface
from tests.support.fonts import HEBREW, build_font, catalog


def face_name(fonts: FontCatalog, *families: str, **wanted: object) -> str:
    face = fonts.match(Font(families, 16.0, **wanted)).face  # type: ignore[arg-type]
    return "" if face is None else Path(face.path).stem


def test_families_are_found_whatever_their_case(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Box Sans")
    assert face_name(catalog(tmp_path / "f"), "bOX sANS") == "BoxSans-Regular"


def test_typographic_and_legacy_names_both_count(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Box Sans Light", weight=300, typographic=("Box Sans", "Light"))
    build_font(tmp_path / "f", "Box Sans")
    fonts = catalog(tmp_path / "f")
    assert face_name(fonts, "Box Sans", weight=300) == "BoxSansLight-Regular"
    assert face_name(fonts, "Box Sans Light") == "BoxSansLight-Regular"


def test_a_face_beyond_the_four_styles_is_asked_for_by_its_legacy_name(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Box Sans Light", weight=300, typographic=("Box Sans", "Light"))
    build_font(tmp_path / "f", "Box Sans", style="Bold", weight=700, bold=True)
    fonts = catalog(tmp_path / "f")
    assert fonts.match(Font(("Box Sans",), 9.0, weight=300)).typeface == Typeface("Box Sans Light")
    assert fonts.match(Font(("Box Sans",), 9.0, weight=700)).typeface == Typeface("Box Sans", True)


def test_metric_twins_keep_the_authors_name_and_are_not_missing(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Liberation Sans")
    match = catalog(tmp_path / "f").match(Font(("Arial",), 12.0))
    assert match.typeface.name == match.installed.name == "Arial"
    assert match.missing == ""


def test_a_missing_family_keeps_its_name_and_is_measured_by_the_next(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Box Sans")
    match = catalog(tmp_path / "f").match(Font(("Corporate", "Box Sans"), 12.0))
    assert match.typeface.name == match.missing == "Corporate"
    assert match.installed.name == "Box Sans"


def test_generic_families_are_written_as_what_every_office_has(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Noto Sans")
    build_font(tmp_path / "f", "Noto Serif", panose_serif=2)
    fonts = catalog(tmp_path / "f")
    match = fonts.match(Font(("serif",), 12.0))
    assert match.typeface.name == "Times New Roman"
    assert match.installed.name == "Noto Serif"
    assert face_name(fonts, "system-ui") == "NotoSans-Regular"


def test_sans_means_what_free_desktops_call_so(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Arial")
    build_font(tmp_path / "f", "DejaVu Sans")
    fonts = catalog(tmp_path / "f")
    assert face_name(fonts, "Sans") == "DejaVuSans-Regular"
    assert face_name(fonts, "sans-serif") == "Arial-Regular"
    assert fonts.match(Font(("Sans",), 12.0)).typeface.name == "Arial"


def test_a_family_of_emoji_says_nothing_of_letters(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Noto Sans")
    build_font(tmp_path / "f", "Noto Serif", panose_serif=2)
    fonts = catalog(tmp_path / "f")
    assert face_name(fonts, "Virgil", "Segoe UI Emoji") == face_name(fonts, "Virgil")
    assert face_name(fonts, "Virgil", "Segoe UI") == "NotoSans-Regular"


def test_a_generic_family_is_answered_by_genre_where_no_known_name_is_there(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Aaa Roman", panose_serif=2)
    build_font(tmp_path / "f", "Zzz Grotesk", panose_serif=11)
    assert face_name(catalog(tmp_path / "f"), "sans-serif") == "ZzzGrotesk-Regular"


def test_postscript_names_bring_weight_and_slant(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Myriad Pro")
    build_font(
        tmp_path / "f", "Myriad Pro", style="Bold Italic", weight=700, italic=True, bold=True
    )
    match = catalog(tmp_path / "f").match(Font(("MyriadPro-BoldIt",), 12.0))
    assert match.face is not None
    assert Path(match.face.path).stem == "MyriadPro-BoldItalic"
    assert match.typeface == Typeface("Myriad Pro", True)


def test_the_users_folders_come_before_others(tmp_path: Path) -> None:
    build_font(tmp_path / "b", "Box Sans")
    build_font(tmp_path / "a", "Box Sans")
    folders = [str(tmp_path / "b"), str(tmp_path / "a")]
    fonts = FontCatalog(folders, system=False, cache_file=tmp_path / "cache")
    face = fonts.match(Font(("Box Sans",), 12.0)).face
    assert face is not None
    assert Path(face.path).parent.name == "b"


def test_characters_are_helped_out_by_a_face_that_has_them(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Box Sans")
    build_font(tmp_path / "f", "Box Hebrew", characters=HEBREW)
    fonts = catalog(tmp_path / "f")
    helper = fonts.fallback("\u05d0", Font(("Box Sans",), 12.0))
    assert helper is not None
    assert Path(helper.id.path).stem == "BoxHebrew-Regular"
    assert fonts.fallback("\u4e00", Font(("Box Sans",), 12.0)) is None


def test_characters_are_looked_for_in_the_authors_families_first(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Box Sans")
    for family in ("A Hebrew", "Box Hebrew"):
        build_font(tmp_path / "f", family, characters=HEBREW)
    fonts = catalog(tmp_path / "f")
    helper = fonts.fallback("\u05d0", Font(("Box Sans", "Box Hebrew", "serif"), 12.0))
    assert helper is not None
    assert Path(helper.id.path).stem == "BoxHebrew-Regular"
    other = fonts.fallback("\u05d0", Font(("Box Sans",), 12.0))
    assert other is not None
    assert Path(other.id.path).stem == "AHebrew-Regular"


def test_without_any_font_there_is_a_name_and_no_face(tmp_path: Path) -> None:
    match = catalog(tmp_path / "nothing").match(Font(("Acme",), 12.0))
    assert match.face is None
    assert match.typeface.name == "Acme"


def test_style_and_weight_are_matched_within_the_family(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Box Sans")
    build_font(tmp_path / "f", "Box Sans", style="Italic", italic=True)
    build_font(tmp_path / "f", "Box Sans", style="Bold", weight=700, bold=True)
    fonts = catalog(tmp_path / "f")
    assert face_name(fonts, "Box Sans", style=FontStyle.OBLIQUE) == "BoxSans-Italic"
    assert face_name(fonts, "Box Sans", weight=600) == "BoxSans-Bold"
    assert face_name(fonts, "Box Sans", weight=500) == "BoxSans-Regular"


def test_variable_faces_are_set_to_what_was_asked(tmp_path: Path) -> None:
    axes = [("wght", 100, 400, 900, "Weight"), ("opsz", 8, 14, 40, "Optical size")]
    build_font(tmp_path / "f", "Box Flex", axes=axes)
    fonts = catalog(tmp_path / "f")
    match = fonts.match(Font(("Box Flex",), 72.0, weight=1000))
    assert match.variations == (("opsz", 40.0), ("wght", 900.0))
    match = fonts.match(Font(("Box Flex",), 9.0, variations=(("wght", 250.0),)))
    assert match.variations == (("opsz", 9.0), ("wght", 250.0))


def test_nothing_is_read_before_the_first_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_font(tmp_path / "f")
    read: list[Path] = []
    real = scan_cache.read_faces
    monkeypatch.setattr(scan_cache, "read_faces", lambda path: (read.append(path), real(path))[1])
    fonts = catalog(tmp_path / "f")
    digest = fonts.digest
    assert read == []
    assert len(fonts.faces) == 1
    assert len(read) == 1
    again = catalog(tmp_path / "f")
    assert len(again.faces) == 1
    assert again.digest == digest
    assert len(read) == 1, "a second process must find the scan in the cache"


def test_new_and_changed_files_are_read_and_change_the_digest(tmp_path: Path) -> None:
    build_font(tmp_path / "f", "Box Sans")
    first = catalog(tmp_path / "f")
    assert [face.family for face in first.faces] == ["Box Sans"]
    build_font(tmp_path / "f", "Other Sans")
    second = catalog(tmp_path / "f")
    assert sorted(face.family for face in second.faces) == ["Box Sans", "Other Sans"]
    assert first.digest != second.digest


def test_a_broken_cache_is_told_and_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    build_font(tmp_path / "f")
    (tmp_path / "fonts.msgpack").write_bytes(b"\xc1 not a cache")
    with caplog.at_level(logging.WARNING):
        assert len(catalog(tmp_path / "f").faces) == 1
    assert "read anew" in caplog.text
    caplog.clear()
    assert len(catalog(tmp_path / "f").faces) == 1
    assert caplog.text == ""


def test_broken_fonts_are_left_out(tmp_path: Path) -> None:
    whole = build_font(tmp_path / "f")
    data = whole.read_bytes()
    (tmp_path / "f" / "cut.ttf").write_bytes(data[:300])
    (tmp_path / "f" / "text.otf").write_text("not a font")
    assert [face.path for face in catalog(tmp_path / "f").faces] == [str(whole)]
