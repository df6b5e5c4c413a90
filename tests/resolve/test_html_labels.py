"""HTML labels: their words. `tests.support.labels` tells how large those are."""

from __future__ import annotations

import pytest

from svg2pptx_batch.diagnostics import Diagnostics
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.nodes import RectPrimitive, Shape, Text
from svg2pptx_batch.scene.text import TextAnchor
from tests.support.labels import (
    XHTML,
    drawn_boxes,
    label,
    label_fonts,
    lines_of,
    nodes_of,
    rects_of,
    said,
    spans_of,
)


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> FontCatalog:
    return label_fonts(tmp_path_factory.mktemp("fonts") / "f")


# --- lines ---------------------------------------------------------------------------------------


def test_a_label_is_one_text_with_a_chunk_a_line(fonts: FontCatalog) -> None:
    (text,) = nodes_of(label("one<br/>two"), fonts)
    assert isinstance(text, Text)
    assert [chunk.y for chunk in text.chunks] == [8, 18]
    assert all(chunk.plain for chunk in text.chunks)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("  a \n <b> b </b> c ", ["a b c"]),
        ("a<br/>b<br/>", ["a", "b"]),
        ("a<br/><br/>b", ["a", "b"]),
        ("<div>a</div>b<div>c</div>", ["a", "b", "c"]),
        ("<span>a<p>b</p>c</span>", ["a", "b", "c"]),
        ("<!-- no -->a<style>b</style><script>c</script>", ["a"]),
        ('a<span style="display: none">b</span>', ["a"]),
        ('<span style="text-transform: uppercase">ab</span>', ["AB"]),
        ('<span style="font-size: 0">gone</span>left', ["left"]),
        ("<hr/>a", ["a"]),
    ],
)
def test_what_is_said(fonts: FontCatalog, content: str, expected: list[str]) -> None:
    assert said(label(content), fonts) == expected


def test_lines_break_between_words_at_the_width(fonts: FontCatalog) -> None:
    body = label("aaaa bbbb cc dddddd", width=50)
    assert said(body, fonts) == ["aaaa bbbb", "cc dddddd"]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("white-space: nowrap", ["aaaa bbbb cccc"]),
        ("white-space: pre", ["aaaa bbbb cccc"]),
        ("white-space: normal", ["aaaa bbbb", "cccc"]),
        ("width: 20px", ["aaaa", "bbbb", "cccc"]),
        ("max-width: 45%", ["aaaa", "bbbb", "cccc"]),
        ("width: 20px; padding: 0 10px 0 0; box-sizing: border-box", ["aaaa", "bbbb", "cccc"]),
    ],
)
def test_white_space_and_widths(fonts: FontCatalog, style: str, expected: list[str]) -> None:
    assert said(label("aaaa bbbb cccc", style, width=50), fonts) == expected


def test_preserved_line_breaks(fonts: FontCatalog) -> None:
    assert said(label("a\n b", "white-space: pre"), fonts) == ["a", " b"]
    assert said(label("a\n  b  c", "white-space: pre-line"), fonts) == ["a", "b c"]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("", ["aaaaaaaaaaaa"]),
        ("overflow-wrap: break-word", ["aaaaaaaaaa", "aa"]),
        ("word-wrap: break-word", ["aaaaaaaaaa", "aa"]),
        ("word-break: break-all", ["aaaaaaaaaa", "aa"]),
    ],
)
def test_long_words(fonts: FontCatalog, style: str, expected: list[str]) -> None:
    assert said(label("a" * 12, style, width=50), fonts) == expected


def test_hyphens_and_ideographs_may_end_a_line(fonts: FontCatalog) -> None:
    assert said(label("aaaa-bbbb", width=30), fonts) == ["aaaa-", "bbbb"]
    assert said(label("日本語日本語。", width=30), fonts) == ["日本語日本", "語。"]


# --- heights -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("line-height: 2", [13, 33]),
        ("line-height: 20px", [13, 33]),
        ("line-height: 200%", [13, 33]),
        ("line-height: normal", [8, 18]),
        ("padding-top: 5px", [13, 23]),
        ("margin: 7px", [15, 25]),
    ],
)
def test_baselines(fonts: FontCatalog, style: str, expected: list[float]) -> None:
    assert [y for _, _, y in lines_of(label("a<br/>b", style), fonts)] == expected


def test_line_height_in_percent_is_inherited_as_a_length(fonts: FontCatalog) -> None:
    inner = '<div style="font-size: 5px">a</div>'
    assert lines_of(label(inner, "line-height: 200%"), fonts) == [("a", 0, 11)]
    assert lines_of(label(inner, "line-height: 2"), fonts) == [("a", 0, 6)]


def test_a_large_word_makes_its_line_higher(fonts: FontCatalog) -> None:
    body = label('a <span style="font-size: 20px">b</span><br/>c', "line-height: 1")
    assert [y for _, _, y in lines_of(body, fonts)] == [16, 28]


def test_margins_of_paragraphs_collapse(fonts: FontCatalog) -> None:
    # The first margin passes through the `div` around it and is its own.
    assert [y for _, _, y in lines_of(label("<p>a</p><p>b</p>"), fonts)] == [18, 38]


def test_headings_are_large_and_bold(fonts: FontCatalog) -> None:
    (span,) = spans_of(label("<h1>a</h1>"), fonts)
    assert (span.font.size, span.font.weight) == (20, 700)


# --- where it stands -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("align", "x", "anchor"),
    [
        ("left", 0, TextAnchor.START),
        ("center", 50, TextAnchor.MIDDLE),
        ("right", 100, TextAnchor.END),
        ("end", 100, TextAnchor.END),
        ("justify", 0, TextAnchor.START),
    ],
)
def test_text_align(fonts: FontCatalog, align: str, x: float, anchor: TextAnchor) -> None:
    (text,) = nodes_of(label("aa", f"text-align: {align}"), fonts)
    assert isinstance(text, Text)
    assert (text.chunks[0].x, text.chunks[0].anchor) == (x, anchor)


def test_a_table_cell_is_as_wide_as_its_text(fonts: FontCatalog) -> None:
    style = "display: table-cell; text-align: center; white-space: nowrap"
    assert lines_of(label("aaaa", style), fonts) == [("aaaa", 10, 8)]


def test_a_table_cell_in_the_middle_of_its_table(fonts: FontCatalog) -> None:
    cell = '<div style="display: table-cell; vertical-align: middle; text-align: center">aa</div>'
    body = label(cell, "display: table; width: 100%; height: 100%")
    assert lines_of(body, fonts) == [("aa", 50, 28)]


@pytest.mark.parametrize(
    ("align", "y"), [("flex-start", 40), ("center", 35.5), ("unsafe center", 35.5), ("end", 31)]
)
def test_zero_size_flex_boxes_as_drawio_places_them(
    fonts: FontCatalog, align: str, y: float
) -> None:
    outer = (
        f"display: flex; align-items: {align}; justify-content: unsafe center; width: 1px; "
        "height: 1px; padding-top: 30px; margin-left: 60px"
    )
    inner = '<div style="font-size: 0; text-align: center">' + (
        '<div style="display: inline-block; font-size: 10px; line-height: 1.2; '
        'white-space: nowrap">{}</div></div>'
    )
    ((text, x, _),) = lines_of(label(inner.format("aaaa"), outer), fonts)
    assert (text, x) == ("aaaa", 60.5)
    top = {"flex-start": 30.0, "end": 19.0}.get(align, 24.5)
    ((_, _, baseline),) = lines_of(label(inner.format("aaaa"), outer), fonts)
    assert baseline == pytest.approx(top + 9)


def test_flex_boxes_wrap_at_their_width(fonts: FontCatalog) -> None:
    outer = "display: flex; align-items: center; width: 30px; height: 1px; padding-top: 50px"
    inner = (
        '<div style="text-align: center"><div style="display: inline-block">aaaa bbbb</div></div>'
    )
    assert lines_of(label(inner, outer), fonts) == [("aaaa", 15, 48.5), ("bbbb", 15, 58.5)]


def test_flex_columns_and_shared_room(fonts: FontCatalog) -> None:
    column = "display: flex; flex-direction: column; justify-content: flex-end; height: 50px"
    assert lines_of(label("<p>a</p><b>b</b>", column), fonts)[1][2] == 48
    row = "display: flex; justify-content: space-between"
    assert lines_of(label("<b>aa</b><b>bb</b>", row), fonts) == [("aa", 0, 8), ("bb", 90, 8)]


def test_percentages_of_the_drawing_and_offsets(fonts: FontCatalog) -> None:
    body = (
        f'<foreignObject x="10" y="20" width="50%" height="10%"><p {XHTML} '
        'style="margin: 0; text-align: center">a</p></foreignObject>'
    )
    assert lines_of(body, fonts) == [("a", 60, 28)]


def test_right_to_left(fonts: FontCatalog) -> None:
    (text,) = nodes_of(label("ab", "direction: rtl"), fonts)
    assert isinstance(text, Text)
    assert (text.chunks[0].x, text.chunks[0].anchor) == (100, TextAnchor.START)


# --- style ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "weight", "style", "size"),
    [
        ("<b>x</b>", 700, "normal", 10),
        ("<strong><em>x</em></strong>", 700, "italic", 10),
        ('<span style="font-weight: bold">x</span>', 700, "normal", 10),
        ('<font style="font-size: 30px">x</font>', 400, "normal", 30),
        ('<font size="5">x</font>', 400, "normal", 24),
        ('<font size="+1">x</font>', 400, "normal", 18),
        ("<i>x</i>", 400, "italic", 10),
    ],
)
def test_fonts(fonts: FontCatalog, content: str, weight: int, style: str, size: float) -> None:
    (span,) = spans_of(label(content), fonts)
    assert (span.font.weight, span.font.style, span.font.size) == (weight, style, size)


def test_families_by_attribute_and_for_code(fonts: FontCatalog) -> None:
    spans = spans_of(label('<font face="Georgia">a</font><code>b</code>'), fonts)
    assert [span.font.families for span in spans] == [("Georgia",), ("monospace",)]


def test_colour_is_css_color_not_fill(fonts: FontCatalog) -> None:
    labels = label("a") + label('<font color="#0f0">b</font>')
    body = f'<g fill="red" color="blue">{labels}</g>'
    fills = [span.fill for span in spans_of(body, fonts)]
    assert [fill and fill.paint for fill in fills] == [Color(0, 0, 255), Color(0, 255, 0)]


def test_opacity_fades_text_and_backgrounds(fonts: FontCatalog) -> None:
    body = label('<p style="opacity: 0.5; background: #fff; margin: 0">a</p>', "opacity: 0.5")
    (span,) = spans_of(body, fonts)
    assert span.fill is not None
    assert span.fill.opacity == 0.25
    (shape,) = [node for node in nodes_of(body, fonts) if isinstance(node, Shape)]
    assert shape.fill is not None
    assert shape.fill.opacity == 0.25


def test_lines_under_and_through(fonts: FontCatalog) -> None:
    spans = spans_of(label("<u>a</u><s>b</s>"), fonts)
    assert spans[0].decorations.underline is not None
    assert spans[1].decorations.line_through is not None
    assert spans[0].decorations.line_through is None


def test_links_look_as_their_surroundings(fonts: FontCatalog) -> None:
    body = label('<a href="https://example.org/x">a</a><a href="javascript:x()">b</a>')
    assert [span.link for span in spans_of(body, fonts)] == ["https://example.org/x", ""]


def test_sub_and_sup_stand_lower_and_higher(fonts: FontCatalog) -> None:
    lines = lines_of(label("a<sub>b</sub><sup>c</sup>"), fonts)
    base = lines[0][2]
    assert [round(y - base, 2) for _, _, y in lines] == [0, 3, -4.33]


def test_style_sheets_reach_html(fonts: FontCatalog) -> None:
    body = (
        "<style>#d .nodeLabel p { font-weight: bold; color: red } "
        "#d span { font-size: 20px }</style>"
        f'<g id="d">{label("<span class=&quot;nodeLabel&quot;><p>a</p></span>")}</g>'
    ).replace("&quot;", '"')
    (span,) = spans_of(body, fonts)
    assert (span.font.weight, span.font.size) == (700, 20)
    assert span.fill is not None
    assert span.fill.paint == Color(255, 0, 0)


def test_baselines_of_svg_mean_nothing_to_html(fonts: FontCatalog) -> None:
    body = f'<g dominant-baseline="central" text-anchor="middle">{label("a")}</g>'
    assert lines_of(body, fonts) == [("a", 0, 8)]


# --- backgrounds ---------------------------------------------------------------------------------


def test_backgrounds_of_blocks_lie_below(fonts: FontCatalog) -> None:
    body = label("aa", "background-color: #e8e8e8; padding: 2px 3px; display: inline-block")
    shape, text = nodes_of(body, fonts)
    assert isinstance(text, Text)
    assert isinstance(shape, Shape)
    assert rects_of(body, fonts) == [(Rect(0, 0, 16, 14), Color(232, 232, 232))]


def test_backgrounds_in_lines(fonts: FontCatalog) -> None:
    body = label('a<span style="background-color: yellow">bb cc</span>', width=25)
    assert [rect for rect, _ in rects_of(body, fonts)] == [Rect(5, 0, 10, 10), Rect(0, 10, 10, 10)]


def test_an_element_in_a_line_paints_nothing_below_blocks_inside_it(fonts: FontCatalog) -> None:
    body = label('<span style="background-color: yellow"><p>a</p></span>')
    assert rects_of(body, fonts) == []


def test_hidden_backgrounds_are_left_out(fonts: FontCatalog) -> None:
    inner = '<p style="background: #fff; margin: 0">a</p>'
    found = rects_of(label(inner, "background: rgba(9, 9, 9, 0.5)"), fonts)
    assert [color for _, color in found] == [Color(255, 255, 255)]


# --- lists and tables ----------------------------------------------------------------------------


def test_lists(fonts: FontCatalog) -> None:
    body = label("<ul><li>a</li><li>b</li></ul>", "padding: 1px")
    assert lines_of(body, fonts) == [
        ("\u2022\u00a0\u00a0a", 26, 19),
        ("\u2022\u00a0\u00a0b", 26, 29),
    ]
    body = label('<ol start="3"><li>a</li><li value="9">b</li><li>c</li></ol>')
    assert said(body, fonts) == ["3.\u00a0a", "9.\u00a0b", "10.\u00a0c"]
    body = label('<ol style="list-style: lower-roman inside"><li>a</li></ol>')
    assert said(body, fonts) == ["i.\u00a0a"]


def test_tables(fonts: FontCatalog) -> None:
    body = label(
        "<table><tbody><tr><th>aaaa</th><td>b</td></tr>"
        '<tr><td colspan="2">ccccc</td></tr></tbody></table>'
    )
    assert lines_of(body, fonts) == [("aaaa", 13, 11), ("b", 27, 11), ("ccccc", 3, 25)]


def test_cells_of_a_row_are_equally_high(fonts: FontCatalog) -> None:
    cells = '<td>a<br/>b</td><td>c</td><td valign="bottom">d</td><td valign="top">e</td>'
    body = label(f"<table><tr>{cells}</tr></table>")
    found = {text: y for text, _, y in lines_of(body, fonts)}
    assert found == {"a": 11, "b": 21, "c": 16, "d": 21, "e": 11}


# --- pictures ------------------------------------------------------------------------------------


def test_drawings_stand_in_lines_on_the_baseline(fonts: FontCatalog) -> None:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="20" viewBox="0 0 2 1">'
        '<rect width="2" height="1"/></svg>'
    )
    nodes = nodes_of(label(f"ab{drawing}c"), fonts)
    svg = next(node for node in nodes if isinstance(node, Shape))
    assert svg.primitive == RectPrimitive(Rect(0, 0, 2, 1))
    assert lines_of(label(f"ab{drawing}c"), fonts) == [("ab", 0, 10), ("c", 30, 10)]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("", (20, 10)),
        ("width: 40px", (40, 20)),
        ("height: 5px", (10, 5)),
        ("width: 5px; height: 5px", (5, 5)),
        ("max-width: 10%", (10, 5)),
        ("display: block; max-height: 2px", (4, 2)),
    ],
)
def test_pictures_keep_their_proportions(
    fonts: FontCatalog, style: str, expected: tuple[float, float]
) -> None:
    inner = (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='20' height='10'%3E"
        "%3Crect width='20' height='10'/%3E%3C/svg%3E"
    )
    body = label(f'<img src="{inner}" style="{style}"/>')
    boxes = drawn_boxes(body, fonts)
    assert [(box.width, box.height) for box in boxes] == [expected]


def test_pictures_that_cannot_be_read_are_named(fonts: FontCatalog) -> None:
    diagnostics = Diagnostics()
    nodes_of(label('<img src="https://example.org/x.png"/>a'), fonts, diagnostics)
    assert [item.code for item in diagnostics.items] == ["image-dropped"]


# --- what a label cannot hold --------------------------------------------------------------------


def test_parts_that_are_left_out_are_named(fonts: FontCatalog) -> None:
    diagnostics = Diagnostics()
    nodes_of(label('a<input value="x"/><iframe src="y"/>'), fonts, diagnostics)
    assert [item.code for item in diagnostics.items] == ["foreign-object-part-dropped"] * 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [("html", "html"), ('<input value="x"/>', "svg"), ("", ""), ("<canvas/>html", "svg")],
)
def test_switch_takes_html_whose_text_can_be_kept(
    fonts: FontCatalog, content: str, expected: str
) -> None:
    body = f'<switch>{label(content)}<text y="9">svg</text></switch>'
    assert "".join(said(body, fonts)) == expected


def test_switch_without_a_spare_takes_what_html_there_is(fonts: FontCatalog) -> None:
    body = f"<switch>{label('<canvas/>html')}<g/></switch>"
    assert said(body, fonts) == ["html"]


def test_drawio_hint_is_not_drawn(fonts: FontCatalog) -> None:
    body = (
        '<switch><g requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility"/>'
        '<a href="https://example.org"><text>Text is not SVG</text></a></switch>'
    )
    assert nodes_of(body, fonts) == []


def test_boxes_without_size_show_only_what_may_overflow(fonts: FontCatalog) -> None:
    assert nodes_of(label("a", width=0, height=0), fonts) == []
    body = label("a", width=0, height=0).replace(
        "<foreignObject", '<foreignObject overflow="visible"'
    )
    assert said(body, fonts) == ["a"]


def test_html_without_its_namespace_is_taken_for_html(fonts: FontCatalog) -> None:
    body = '<foreignObject width="50" height="20"><div><b>a</b></div></foreignObject>'
    assert said(body, fonts) == ["a"]


def test_deep_nesting_ends(fonts: FontCatalog) -> None:
    diagnostics = Diagnostics()
    nodes_of(label("<div>" * 150 + "a" + "</div>" * 150), fonts, diagnostics)
    assert [item.code for item in diagnostics.items] == ["foreign-object-part-dropped"]
