"""Glyphs of the box font are half an em wide: 5 units at font size 10."""

from __future__ import annotations

from pathlib import Path

import pytest

from svg2pptx_batch.diagnostics import Diagnostics
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.text import Direction, TextAnchor, WritingMode
from tests.support.fonts import HEBREW, LATIN, build_font, catalog
from tests.support.texts import glyphs, laid_out, only, places, words


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> FontCatalog:
    folder: Path = tmp_path_factory.mktemp("fonts") / "f"
    build_font(folder, characters=LATIN + HEBREW + "\u00a0\u4e00\u0301")
    build_font(folder, style="Bold", weight=700, bold=True)
    return catalog(folder)


# --- white space ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<text>  a \n\t b  </text>", "a b"),
        ('<text xml:space="preserve"> a\n b </text>', " a  b "),
        ('<text style="white-space: pre"> a </text>', " a "),
        ("<text>a <tspan> b </tspan> c</text>", "a b c"),
        ("<text>\n <tspan>\n <tspan>a</tspan>\n</tspan>\n</text>", "a"),
        ("<text>a\u00a0\u00a0b</text>", "a\u00a0\u00a0b"),
        ('<text>a<tspan style="display: none">b</tspan>c</text>', "ac"),
        ("<text>a<title>t</title><desc>d</desc>c</text>", "ac"),
        ('<text>a<tspan systemLanguage="xx">b</tspan>c</text>', "ac"),
        ('<text style="text-transform: uppercase">ab</text>', "AB"),
    ],
)
def test_white_space_and_what_counts(fonts: FontCatalog, content: str, expected: str) -> None:
    assert "".join(words(only(content, fonts))) == expected


def test_tref_stands_for_the_text_it_refers_to(fonts: FontCatalog) -> None:
    content = '<defs><text id="t">a  b</text></defs><text>x<tref xlink:href="#t"/></text>'
    assert words(only(content, fonts)) == ["xa b"]


def test_blank_texts_are_nothing(fonts: FontCatalog) -> None:
    assert laid_out('<text> </text><text font-size="0">a</text><text/>', fonts) == []


# --- positions -----------------------------------------------------------------------------------


def test_glyphs_follow_one_another(fonts: FontCatalog) -> None:
    text = only('<text x="10" y="20">abc</text>', fonts)
    assert places(text) == [(10, 20), (15, 20), (20, 20)]
    assert text.bounds == Rect(10, 12, 15, 10)
    assert text.chunks[0].plain


@pytest.mark.parametrize(
    ("anchor", "x"), [(TextAnchor.START, 50.0), (TextAnchor.MIDDLE, 40.0), (TextAnchor.END, 30.0)]
)
def test_anchor(fonts: FontCatalog, anchor: TextAnchor, x: float) -> None:
    text = only(f'<text x="50" y="20" text-anchor="{anchor}">abcd</text>', fonts)
    assert places(text)[0] == (x, 20)
    assert (text.chunks[0].x, text.chunks[0].anchor) == (50, anchor)


def test_absolute_positions_start_chunks(fonts: FontCatalog) -> None:
    content = '<text x="10" y="20">ab<tspan x="10" y="40" text-anchor="end">cd</tspan>ef</text>'
    text = only(content, fonts)
    assert words(text) == ["ab", "cdef"]
    assert places(text)[2] == (-10, 40)


def test_lists_reach_as_far_as_they_go(fonts: FontCatalog) -> None:
    text = only('<text x="10 30 60" y="20 50">abcd</text>', fonts)
    assert words(text) == ["a", "b", "cd"]
    assert places(text) == [(10, 20), (30, 50), (60, 50), (65, 50)]


def test_inner_lists_replace_the_outer(fonts: FontCatalog) -> None:
    text = only('<text x="10 20 90" y="20">a<tspan x="50">b</tspan>c</text>', fonts)
    assert places(text) == [(10, 20), (50, 20), (90, 20)]


def test_units_and_percentages(fonts: FontCatalog) -> None:
    assert places(only('<text x="50%" y="2em" dx="1in">a</text>', fonts)) == [(196, 20)]


def test_rotate_goes_on_with_its_last_angle(fonts: FontCatalog) -> None:
    text = only('<text rotate="10 20">abc</text>', fonts)
    assert [glyph.rotation_deg for chunk in text.chunks for glyph in glyphs(chunk)] == [10, 20, 20]
    assert [chunk.rotation_deg for chunk in text.chunks] == [10, 20, 20]
    (chunk,) = only('<text rotate="5mm">abc</text>', fonts).chunks
    assert [glyph.rotation_deg for glyph in glyphs(chunk)] == [0, 0, 0]


def test_a_shifted_tspan_is_a_box_of_its_own(fonts: FontCatalog) -> None:
    text = only(
        '<text x="10" y="20">H<tspan dy="3">2</tspan><tspan dy="-3">O</tspan></text>', fonts
    )
    assert words(text) == ["H", "2", "O"]
    assert [(chunk.x, chunk.y, chunk.plain) for chunk in text.chunks] == [
        (10, 20, True), (15, 23, True), (20, 20, True),
    ]  # fmt: skip


# --- merging -------------------------------------------------------------------------------------


def test_characters_placed_where_they_stand_anyway_are_one_line(fonts: FontCatalog) -> None:
    text = only('<text y="20" x="10 15.1 20 24.9">abcd</text>', fonts)
    assert words(text) == ["abcd"]
    assert text.chunks[0].plain
    assert places(text)[1] == (15.1, 20), "outlines keep the author's places"


def test_evenly_spread_characters_are_one_line_with_letter_spacing(fonts: FontCatalog) -> None:
    text = only('<text y="20" x="10 16 22 28">abcd</text>', fonts)
    assert words(text) == ["abcd"]
    assert text.chunks[0].spans[0].letter_spacing == pytest.approx(1.0)


def test_characters_far_apart_stay_apart(fonts: FontCatalog) -> None:
    assert words(only('<text y="20" x="10 30 50">abc</text>', fonts)) == ["a", "b", "c"]


def test_lines_below_one_another_stay_apart(fonts: FontCatalog) -> None:
    assert words(only('<text x="10 15" y="20 32">ab</text>', fonts)) == ["a", "b"]


# --- spacing -------------------------------------------------------------------------------------


def test_letter_and_word_spacing(fonts: FontCatalog) -> None:
    content = '<text letter-spacing="2" word-spacing="3" text-anchor="end" x="100">a b</text>'
    text = only(content, fonts)
    assert places(text) == [(78, 0), (85, 0), (95, 0)]
    (span,) = text.chunks[0].spans
    assert (span.letter_spacing, span.word_spacing) == (2, 3)


def test_text_length_spreads_letters(fonts: FontCatalog) -> None:
    text = only('<text textLength="30">abc</text>', fonts)
    assert places(text) == [(0, 0), (12.5, 0), (25, 0)]
    assert text.chunks[0].spans[0].letter_spacing == 7.5
    assert text.chunks[0].plain


def test_text_length_of_one_tspan_leaves_the_rest_alone(fonts: FontCatalog) -> None:
    (chunk,) = only('<text>a<tspan textLength="20">bc</tspan>d</text>', fonts).chunks
    assert [span.letter_spacing for span in chunk.spans] == [0, 10, 0]


def test_text_length_can_stretch_glyphs(fonts: FontCatalog) -> None:
    content = '<text textLength="30" lengthAdjust="spacingAndGlyphs">abc</text>'
    (chunk,) = only(content, fonts).chunks
    assert [(glyph.x, glyph.scale_x) for glyph in glyphs(chunk)] == [(0, 2), (10, 2), (20, 2)]
    assert not chunk.plain


# --- baselines -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attribute", "y"),
    [
        ('dominant-baseline="middle"', 102.5),
        ('dominant-baseline="central"', 103.0),
        ('dominant-baseline="hanging"', 106.4),
        ('dominant-baseline="mathematical"', 104.0),
        ('dominant-baseline="text-before-edge"', 108.0),
        ('dominant-baseline="text-after-edge"', 98.0),
        ('alignment-baseline="middle"', 102.5),
        ('baseline-shift="super"', 95.2),
        ('baseline-shift="sub"', 101.4),
        ('baseline-shift="3"', 97.0),
        ('baseline-shift="50%"', 95.0),
        ("", 100.0),
    ],
)
def test_baselines(fonts: FontCatalog, attribute: str, y: float) -> None:
    text = only(f'<text y="100"><tspan {attribute}>a</tspan></text>', fonts)
    assert places(text) == [(0, y)]
    assert text.chunks[0].y == pytest.approx(y)


def test_shifts_add_up(fonts: FontCatalog) -> None:
    content = (
        '<text y="100"><tspan baseline-shift="2"><tspan baseline-shift="3">a</tspan></tspan></text>'
    )
    assert places(only(content, fonts)) == [(0, 95)]


# --- direction -----------------------------------------------------------------------------------


def test_right_to_left_characters_are_painted_backwards(fonts: FontCatalog) -> None:
    text = only("<text>a\u05d0\u05d1</text>", fonts)
    order = [glyph.cluster for glyph in glyphs(text.chunks[0])]
    assert order == [0, 2, 1]
    assert words(text) == ["a\u05d0\u05d1"]


def test_shifts_move_what_follows_in_the_source_wherever_it_stands(fonts: FontCatalog) -> None:
    text = only(
        '<text x="100" y="9" direction="rtl">\u05d0<tspan dx="3" dy="7">\u05d1!</tspan></text>',
        fonts,
    )
    assert sorted(places(text)) == [(88, 16), (93, 16), (95, 9)]


def test_a_right_to_left_line_starts_at_its_right(fonts: FontCatalog) -> None:
    text = only('<text x="100" direction="rtl">\u05d0\u05d1</text>', fonts)
    assert places(text) == [(90, 0), (95, 0)]
    chunk = text.chunks[0]
    assert (chunk.x, chunk.anchor, chunk.direction) == (100, TextAnchor.START, Direction.RTL)


def test_latin_in_vertical_lines_lies_on_its_side(fonts: FontCatalog) -> None:
    text = only('<text x="100" y="20" writing-mode="tb">ab</text>', fonts)
    (chunk,) = text.chunks
    assert places(text) == [(97, 20), (97, 25)]
    assert {glyph.rotation_deg for glyph in glyphs(chunk)} == {90}
    assert chunk.writing_mode is WritingMode.VERTICAL
    assert (chunk.x, chunk.y, chunk.rotation_deg) == (97, 20, 90)


def test_han_in_vertical_lines_stands(fonts: FontCatalog) -> None:
    text = only('<text x="100" y="20" writing-mode="vertical-rl">\u4e00\u4e00</text>', fonts)
    assert places(text) == [(97.5, 28), (97.5, 38)]
    assert words(text) == ["\u4e00", "\u4e00"]


# --- paths ---------------------------------------------------------------------------------------


def test_text_follows_a_path(fonts: FontCatalog) -> None:
    content = (
        '<defs><path id="p" d="M10 10H40V100" transform="translate(0 5)"/></defs>'
        '<text><textPath xlink:href="#p" startOffset="20">abc</textPath></text>'
    )
    text = only(content, fonts)
    placed = [
        (round(glyph.x, 2), round(glyph.y, 2), glyph.rotation_deg)
        for chunk in text.chunks
        for glyph in glyphs(chunk)
    ]
    assert placed == [(30, 15, 0), (35, 15, 0), (40, 15, 90)]
    assert words(text) == ["ab", "c"]


def test_characters_beyond_a_path_are_not_shown(fonts: FontCatalog) -> None:
    content = (
        '<path id="p" d="M0 50H12" fill="none"/>'
        '<text><textPath xlink:href="#p">abcd</textPath></text>'
    )
    (chunk,) = only(content, fonts).chunks
    assert len(glyphs(chunk)) == 2


def test_text_on_no_path_is_dropped_and_told(fonts: FontCatalog) -> None:
    diagnostics = Diagnostics()
    content = '<text><textPath xlink:href="#nowhere">abc</textPath></text>'
    assert laid_out(content, fonts, diagnostics) == []
    assert [item.code for item in diagnostics.items] == ["text-path-dropped"]


# --- spans and paint -----------------------------------------------------------------------------


def test_spans_carry_font_and_paint(fonts: FontCatalog) -> None:
    content = (
        '<text fill="red">a<tspan font-weight="bold" fill="#00f" stroke="black">b</tspan></text>'
    )
    first, second = only(content, fonts).chunks[0].spans
    assert first.fill is not None
    assert second.fill is not None
    assert (first.fill.paint, second.fill.paint) == (Color(255, 0, 0), Color(0, 0, 255))
    assert second.stroke is not None
    assert (first.font.weight, second.font.weight) == (400, 700)
    assert second.typeface.bold


def test_spans_of_equal_manner_are_one(fonts: FontCatalog) -> None:
    (chunk,) = only("<text>a<tspan>b</tspan><tspan>c</tspan></text>", fonts).chunks
    assert [span.text for span in chunk.spans] == ["abc"]


def test_links_inside_are_kept(fonts: FontCatalog) -> None:
    (chunk,) = only('<text>a<a href="https://example.org/">b</a></text>', fonts).chunks
    assert [(span.text, span.link) for span in chunk.spans] == [
        ("a", ""), ("b", "https://example.org/"),
    ]  # fmt: skip


def test_hidden_characters_keep_their_room(fonts: FontCatalog) -> None:
    text = only('<text>a<tspan visibility="hidden">b</tspan>c</text>', fonts)
    assert [span.visible for span in text.chunks[0].spans] == [True, False, True]
    assert places(text)[2] == (10, 0)


def test_gradients_refer_to_the_box_of_the_whole_text(fonts: FontCatalog) -> None:
    content = (
        '<linearGradient id="g"><stop stop-color="red"/><stop offset="1" stop-color="blue"/>'
        '</linearGradient><text x="10" y="20">ab<tspan fill="url(#g)">cd</tspan></text>'
    )
    paint = only(content, fonts).chunks[0].spans[1].fill
    assert paint is not None
    transform = paint.paint.transform  # type: ignore[union-attr]
    assert transform.apply_rect(Rect(0, 0, 1, 1)) == Rect(10, 12, 20, 10)


def test_decoration_takes_the_paint_of_who_set_it(fonts: FontCatalog) -> None:
    content = (
        '<text y="20" fill="red" text-decoration="underline">a'
        '<tspan fill="blue" text-decoration="line-through">b</tspan></text>'
    )
    _, second = only(content, fonts).chunks[0].spans
    under, through = second.decorations.underline, second.decorations.line_through
    assert under is not None
    assert through is not None
    assert under.fill is not None
    assert under.fill.paint == Color(255, 0, 0)
    assert through.fill is not None
    assert through.fill.paint == Color(0, 0, 255)
    assert under.rects == (Rect(5, 20.75, 5, 0.5),)
    assert second.decorations.overline is None


# --- fonts ---------------------------------------------------------------------------------------


def test_a_missing_family_is_told_once(fonts: FontCatalog) -> None:
    diagnostics = Diagnostics()
    content = '<text font-family="Nowhere">a</text><text font-family="Nowhere">b</text>'
    laid_out(content, fonts, diagnostics)
    (item,) = diagnostics.items
    assert item.code == "font-missing"
    assert "Nowhere" in item.message
    assert "Box Sans" in item.message


def test_without_any_font_widths_are_estimated(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    (text,) = laid_out('<text x="10">Wide</text>', catalog(tmp_path / "none"), diagnostics)
    (chunk,) = text.chunks
    assert 15 < chunk.width < 30
    assert chunk.spans[0].face is None
    assert [item.code for item in diagnostics.items] == ["font-missing"]


def test_surrogates_and_marks_count_as_they_should(fonts: FontCatalog) -> None:
    text = only('<text x="10 50 90">a\u0301b</text>', fonts)
    assert words(text) == ["a\u0301", "b"]
    text = only('<text x="10 50">\U0001f600b</text>', fonts)
    assert words(text) == ["\U0001f600", "b"]


def test_lines_of_vertical_text_run_down_beside_upright_characters_too(fonts: FontCatalog) -> None:
    content = '<text x="100" y="20" writing-mode="tb" text-decoration="underline">a\u4e00a</text>'
    pieces = [
        path.bounds()
        for chunk in only(content, fonts).chunks
        for span in chunk.spans
        if span.decorations.underline is not None
        for path in span.decorations.underline.paths
    ]
    # The baseline of sideways letters is at 97; the underline lies 1 beyond it, 0.5 thick.
    assert pieces == [
        pytest.approx(Rect(95.75, 20, 0.5, 5)),
        pytest.approx(Rect(95.75, 25, 0.5, 10)),
        pytest.approx(Rect(95.75, 35, 0.5, 5)),
    ]


@pytest.mark.parametrize(
    ("attributes", "second"),
    [("", 4), ('font-kerning="none"', 4), ('style="font-kerning: none"', 5), ('kerning="0"', 5)],
)
def test_kerning_is_a_matter_of_style_sheets(
    tmp_path: Path, attributes: str, second: float
) -> None:
    build_font(tmp_path / "f", features="feature kern { pos u0061 u0062 -100; } kern;")
    text = only(f"<text {attributes}>ab</text>", catalog(tmp_path / "f"))
    assert [x for x, _ in places(text)] == [0, second]


def test_an_order_that_is_not_overridden_is_told(fonts: FontCatalog) -> None:
    diagnostics = Diagnostics()
    laid_out(
        '<text>a<tspan unicode-bidi="bidi-override" direction="rtl">bc</tspan></text>',
        fonts,
        diagnostics,
    )
    assert [(d.code, d.element) for d in diagnostics.items] == [("bidi-override-ignored", "tspan")]
