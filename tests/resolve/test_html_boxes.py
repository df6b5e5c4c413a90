"""Boxes of HTML labels: lines around them, tables, flex boxes."""

from __future__ import annotations

import pytest

from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.nodes import LinePrimitive, RectPrimitive, Shape, Text
from svg2pptx_batch.scene.paint import LineCap, Stroke
from tests.support.labels import label, label_fonts, lines_of, nodes_of, rects_of

GRAY = Color(128, 128, 128)


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> FontCatalog:
    return label_fonts(tmp_path_factory.mktemp("fonts") / "f")


def outlines_of(body: str, fonts: FontCatalog) -> list[tuple[RectPrimitive, Stroke]]:
    """Return the rectangles with a line around them."""
    return [
        (node.primitive, node.stroke)
        for node in nodes_of(body, fonts)
        if isinstance(node, Shape) and isinstance(node.primitive, RectPrimitive) and node.stroke
    ]


def sides_of(body: str, fonts: FontCatalog) -> list[tuple[LinePrimitive, Stroke]]:
    """Return the single lines."""
    return [
        (node.primitive, node.stroke)
        for node in nodes_of(body, fonts)
        if isinstance(node, Shape) and isinstance(node.primitive, LinePrimitive) and node.stroke
    ]


# --- borders -------------------------------------------------------------------------------------


def test_a_border_is_the_line_of_one_rectangle(fonts: FontCatalog) -> None:
    body = label("a", "border: 2px solid red; background: #eee; padding: 3px")
    (shape, text) = nodes_of(body, fonts)
    assert isinstance(shape, Shape)
    assert isinstance(text, Text)
    assert shape.primitive == RectPrimitive(Rect(1, 1, 98, 18))
    assert shape.stroke == Stroke(Color(255, 0, 0), 2.0)
    assert rects_of(body, fonts) == [(Rect(1, 1, 98, 18), Color(238, 238, 238))]
    assert lines_of(body, fonts) == [("a", 5, 13)]


def test_border_box_counts_the_border(fonts: FontCatalog) -> None:
    style = "width: 40px; border: 4px solid; padding: 1px"
    ((content, _),) = outlines_of(label("a", style), fonts)
    ((border, _),) = outlines_of(label("a", f"{style}; box-sizing: border-box"), fonts)
    assert (content.rect.width, border.rect.width) == (46, 36)


def test_sides_that_differ_are_lines(fonts: FontCatalog) -> None:
    body = label("a", "border-left: 4px solid blue; border-bottom: thin solid; color: #333")
    (bottom, below), (left, beside) = sides_of(body, fonts)
    assert (below, beside) == (Stroke(Color(51, 51, 51), 1.0), Stroke(Color(0, 0, 255), 4.0))
    assert left == LinePrimitive(2, 0, 2, 11)
    assert bottom == LinePrimitive(0, 10.5, 100, 10.5)
    assert lines_of(body, fonts) == [("a", 4, 8)]


@pytest.mark.parametrize(
    "style",
    ["border: 0", "border: none", "border: 2px hidden", "border: 1px", "border: solid transparent"],
)
def test_borders_nobody_sees(fonts: FontCatalog, style: str) -> None:
    assert outlines_of(label("a", style), fonts) == []


@pytest.mark.parametrize(
    ("border", "dashes", "cap"),
    [
        ("1px dashed", (3, 2), LineCap.BUTT),
        ("4px dashed", (8, 4), LineCap.BUTT),
        ("1px dotted", (1, 1), LineCap.BUTT),
        ("4px dotted", (0, 8), LineCap.ROUND),
        ("4px groove", (), LineCap.BUTT),
    ],
)
def test_dashes_of_borders(
    fonts: FontCatalog, border: str, dashes: tuple[float, ...], cap: LineCap
) -> None:
    ((_, stroke),) = outlines_of(label("a", f"border: {border} black"), fonts)
    assert (stroke.dashes, stroke.cap) == (dashes, cap)


@pytest.mark.parametrize(
    ("radius", "expected"), [("6px", 5), ("50%", 20), ("300px", 20), ("4px 9px", 3), ("junk", 0)]
)
def test_round_corners(fonts: FontCatalog, radius: str, expected: float) -> None:
    style = f"width: 38px; height: 38px; border: 2px solid; border-radius: {radius}"
    ((primitive, _),) = outlines_of(label("a", style), fonts)
    assert (primitive.rx, primitive.ry) == (expected, expected)


def test_a_border_is_not_hidden_by_what_fills_its_box(fonts: FontCatalog) -> None:
    inner = '<p style="background: #fff; margin: 0">a</p>'
    body = label(inner, "background: #999; border: 2px solid")
    assert [color for _, color in rects_of(body, fonts)] == [
        Color(153, 153, 153),
        Color(255, 255, 255),
    ]


# --- rules ---------------------------------------------------------------------------------------


def test_a_rule_is_a_sunken_box_between_lines(fonts: FontCatalog) -> None:
    body = label("a<hr/>b")
    assert sides_of(body, fonts) == [
        (LinePrimitive(0, 15.5, 100, 15.5), Stroke(GRAY, 1.0)),
        (LinePrimitive(0, 16.5, 100, 16.5), Stroke(Color(238, 238, 238), 1.0)),
    ]
    assert lines_of(body, fonts) == [("a", 0, 8), ("b", 0, 30)]


def test_the_rules_of_class_diagrams_are_thin(fonts: FontCatalog) -> None:
    body = label('<p style="margin: 0">a</p><hr size="1"/><p style="margin: 0">b</p>')
    assert sides_of(body, fonts) == [(LinePrimitive(0, 15.5, 100, 15.5), Stroke(GRAY, 1.0))]
    assert lines_of(body, fonts) == [("a", 0, 8), ("b", 0, 29)]


def test_attributes_of_rules(fonts: FontCatalog) -> None:
    ((primitive, stroke),) = outlines_of(label('<hr width="50%" size="6" color="red"/>'), fonts)
    assert (primitive.rect.width, primitive.rect.height) == (51, 5)
    assert primitive.rect.x == 24.5
    assert stroke.paint == Color(255, 0, 0)


# --- tables --------------------------------------------------------------------------------------


def test_the_border_attribute_lines_table_and_cells(fonts: FontCatalog) -> None:
    body = label('<table border="1"><tr><td>a</td></tr></table>')
    (table, stroke), (cell, _) = outlines_of(body, fonts)
    assert stroke == Stroke(GRAY, 1.0)
    assert table.rect == Rect(0.5, 0.5, 14, 19)
    assert cell.rect == Rect(3.5, 3.5, 8, 13)
    assert lines_of(body, fonts) == [("a", 5, 13)]


def test_collapsed_cells_share_their_lines(fonts: FontCatalog) -> None:
    cells = "<td>a</td><td>b</td>"
    style = "border-collapse: collapse"
    body = label(f'<table border="2" style="{style}" cellpadding="3"><tr>{cells}</tr></table>')
    (_, _), (one, _), (two, _) = outlines_of(body, fonts)
    assert one.rect == Rect(1, 1, 12, 17)
    assert two.rect == Rect(13, 1, 12, 17)
    assert lines_of(body, fonts) == [("a", 4.5, 12.5), ("b", 16.5, 12.5)]


def test_spacing_and_padding_by_attribute(fonts: FontCatalog) -> None:
    body = label('<table cellspacing="5" cellpadding="4"><tr><td>a</td><td>b</td></tr></table>')
    assert lines_of(body, fonts) == [("a", 9, 17), ("b", 27, 17)]


def test_cells_that_reach_over_rows(fonts: FontCatalog) -> None:
    rows = '<tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr>'
    body = label(f'<table cellspacing="0" cellpadding="0">{rows}</table>')
    assert lines_of(body, fonts) == [("a", 0, 13), ("b", 5, 8), ("c", 5, 18)]
    rows = '<tr><td rowspan="2">a<br/>b<br/>c</td><td>d</td></tr><tr><td>e</td></tr>'
    body = label(f'<table cellspacing="0" cellpadding="0">{rows}</table>')
    assert lines_of(body, fonts)[-2:] == [("d", 5, 8), ("e", 5, 23)]


def test_rows_have_backgrounds(fonts: FontCatalog) -> None:
    rows = '<tr style="background: red"><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr>'
    body = label(f'<table cellspacing="0" cellpadding="0">{rows}</table>')
    assert [rect for rect, _ in rects_of(body, fonts)] == [Rect(0, 0, 10, 10), Rect(0, 0, 5, 20)]


# --- flex boxes ----------------------------------------------------------------------------------


def test_flex_items_grow(fonts: FontCatalog) -> None:
    items = '<div style="flex: 1">a</div><div style="flex: 3 1 0">b</div>'
    assert lines_of(label(items, "display: flex"), fonts) == [("a", 0, 8), ("b", 25, 8)]
    items = '<div style="flex: 1">aaaaaaaaaa</div><div style="flex: 1; padding: 1px">b</div>'
    assert [x for _, x, _ in lines_of(label(items, "display: flex"), fonts)] == [0, 51]
    items = '<div style="flex: 1">aaaaaaaaaaaaa</div><div style="flex: 1">b</div>'
    assert [x for _, x, _ in lines_of(label(items, "display: flex"), fonts)] == [0, 65]


def test_flex_items_that_do_not_shrink(fonts: FontCatalog) -> None:
    items = '<div style="flex: none">aaaa aaaa aaaa</div><div>bbb bbb bbb</div>'
    assert lines_of(label(items, "display: flex"), fonts) == [
        ("aaaa aaaa aaaa", 0, 8),
        ("bbb", 70, 8),
        ("bbb", 70, 18),
        ("bbb", 70, 28),
    ]


def test_gaps_between_flex_items(fonts: FontCatalog) -> None:
    items = "<div>a</div><div>b</div>"
    assert lines_of(label(items, "display: flex; gap: 7px 12px"), fonts) == [
        ("a", 0, 8),
        ("b", 17, 8),
    ]
    column = "display: flex; flex-direction: column; gap: 7px"
    assert lines_of(label(items, column), fonts) == [("a", 0, 8), ("b", 0, 25)]


def test_flex_items_stretch_and_align_themselves(fonts: FontCatalog) -> None:
    style = "background: red"
    items = f'<div style="{style}">a</div><div style="{style}; align-self: flex-end">b</div>'
    body = label(items, "display: flex; height: 40px")
    assert [rect for rect, _ in rects_of(body, fonts)] == [Rect(0, 0, 5, 40), Rect(5, 30, 5, 10)]


def test_columns_share_out_their_height(fonts: FontCatalog) -> None:
    items = '<div style="flex-grow: 1">a</div><div>b</div>'
    style = "display: flex; flex-direction: column; height: 50px"
    assert lines_of(label(items, style), fonts) == [("a", 0, 8), ("b", 0, 48)]
