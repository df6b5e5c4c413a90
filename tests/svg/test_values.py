import pytest

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.fit import Fit
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.svg.values.calc import parse_calc
from svg2pptx_batch.svg.values.filter_functions import (
    Blur,
    ColorFunction,
    DropShadow,
    FilterUrl,
    HueRotate,
    parse_filter,
)
from svg2pptx_batch.svg.values.font import (
    parse_features,
    parse_font,
    parse_font_family,
    parse_font_stretch,
    parse_variations,
)
from svg2pptx_batch.svg.values.length import Length, Unit, parse_length, parse_length_list
from svg2pptx_batch.svg.values.number import LARGEST, parse_number, parse_number_list
from svg2pptx_batch.svg.values.paint import (
    CURRENT_COLOR,
    NO_PAINT,
    ContextKind,
    ContextPaint,
    PaintServer,
    parse_paint,
)
from svg2pptx_batch.svg.values.transform import (
    TransformOrigin,
    parse_transform,
    parse_transform_origin,
)
from svg2pptx_batch.svg.values.view_box import parse_preserve_aspect_ratio, parse_view_box


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), (" -.5 ", -0.5), ("1e3", 1000), ("+2.", 2), ("1e400", LARGEST)],
)
def test_numbers(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "NaN", "inf", "Infinity", "1px", "1 2", "1_0", "0x1", "--1"])
def test_what_is_no_number(text):
    assert parse_number(text) is None


def test_number_lists_end_at_the_error():
    assert parse_number_list("1,2 3-4.5.5") == (1, 2, 3, -4.5, 0.5)
    assert parse_number_list("1 2 x 3") == (1, 2)
    assert parse_number_list("1,,2") == (1,)
    assert parse_number_list("") == ()


@pytest.mark.parametrize(
    ("text", "px"),
    [("3", 3), ("3px", 3), ("3PX", 3), ("3pt", 4), ("1pc", 16), ("1in", 96), ("2.54cm", 96),
     ("25.4mm", 96), ("101.6Q", 96), (" -1e1 ", -10)],
)  # fmt: skip
def test_absolute_lengths(text, px):
    assert parse_length(text).px == pytest.approx(px)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("50%", Unit.PERCENT), ("2em", Unit.EM), ("2ex", Unit.EX), ("2rem", Unit.REM),
     ("1e1em", Unit.EM), ("2ch", Unit.CH), ("2vw", Unit.VW), ("2vmax", Unit.VMAX)],
)  # fmt: skip
def test_relative_lengths(text, unit):
    assert parse_length(text).unit is unit
    assert parse_length(text).px is None


@pytest.mark.parametrize("text", ["", "auto", "12 px", "px", "1foo", "calc(1px + 1%)", "1,2"])
def test_what_is_no_length(text):
    assert parse_length(text) is None


def test_length_lists():
    assert parse_length_list("1, 2px  50%") == (
        Length(1),
        Length(2, Unit.PX),
        Length(50, Unit.PERCENT),
    )
    assert parse_length_list("") == ()
    assert parse_length_list("1 x") is None


@pytest.mark.parametrize(
    ("text", "matrix"),
    [
        ("", IDENTITY),
        ("none", IDENTITY),
        ("matrix(1 2 3 4 5 6)", Affine(1, 2, 3, 4, 5, 6)),
        ("translate(10)", Affine(1, 0, 0, 1, 10, 0)),
        ("translate(10-5)", Affine(1, 0, 0, 1, 10, -5)),
        ("scale(.5.25)", Affine(0.5, 0, 0, 0.25, 0, 0)),
        ("scale(2)", Affine(2, 0, 0, 2, 0, 0)),
        ("rotate(90)", Affine(0, 1, -1, 0, 0, 0)),
        ("rotate(90 10 10)", Affine(0, 1, -1, 0, 20, 0)),
        ("rotate(0.25turn)", Affine(0, 1, -1, 0, 0, 0)),
        ("rotate(100grad)", Affine(0, 1, -1, 0, 0, 0)),
        ("skewX(45)", Affine(1, 0, 1, 1, 0, 0)),
        ("skewY(45deg)", Affine(1, 1, 0, 1, 0, 0)),
        ("translate(1in, 1pt)", Affine(1, 0, 0, 1, 96, 4 / 3)),
        ("translateX(3px) scaleY(50%)", Affine(1, 0, 0, 0.5, 3, 0)),
        ("translate(1,2),scale(2)", Affine(2, 0, 0, 2, 1, 2)),
        ("translate(1 2)scale(2) translate(1 1)", Affine(2, 0, 0, 2, 3, 4)),
    ],
)
def test_transforms(text, matrix):
    assert parse_transform(text) == pytest.approx(matrix)


@pytest.mark.parametrize(
    "text",
    ["translate(10,)", "rotate(abc)", "foo(1)", "rotate(1 2)", "matrix(1 2 3)", "scale()",
     "translate(50%)", "rotate(10px)", "translate(1) x", "translate 1", "scale(1 2 3)"],
)  # fmt: skip
def test_a_fault_voids_the_whole_transform(text):
    assert parse_transform(f"translate(5) {text}") is None


def test_transform_origin():
    percent = Unit.PERCENT
    assert parse_transform_origin("center") == TransformOrigin(
        Length(50, percent), Length(50, percent)
    )
    assert parse_transform_origin("top left") == parse_transform_origin("0% 0%")
    assert parse_transform_origin("bottom") == parse_transform_origin("50% 100%")
    assert parse_transform_origin("10px 2em 0") == TransformOrigin(
        Length(10, Unit.PX), Length(2, Unit.EM)
    )
    assert parse_transform_origin("left 20%") == parse_transform_origin("0% 20%")
    assert parse_transform_origin("foo") is None
    assert parse_transform_origin("") is None


def test_view_box():
    assert parse_view_box("0 0 10 20") == Rect(0, 0, 10, 20)
    assert parse_view_box(" -1,-2 , 10,20 ") == Rect(-1, -2, 10, 20)
    assert parse_view_box("0 0 0 20") == Rect(0, 0, 0, 20)
    for wrong in ("", "0 0 10", "0 0 10 20 30", "0 0 -1 5", "a b c d", "0 0 NaN 5"):
        assert parse_view_box(wrong) is None


def test_preserve_aspect_ratio():
    assert parse_preserve_aspect_ratio("") == (Fit.MEET, 0.5, 0.5)
    assert parse_preserve_aspect_ratio("none") == (Fit.NONE, 0.5, 0.5)
    assert parse_preserve_aspect_ratio("xMinYMax slice") == (Fit.SLICE, 0, 1)
    assert parse_preserve_aspect_ratio("defer xMaxYMid") == (Fit.MEET, 1, 0.5)
    assert parse_preserve_aspect_ratio("xminymax") == (Fit.MEET, 0.5, 0.5)


def test_paint():
    red, green = Color(255, 0, 0), Color(0, 128, 0)
    assert parse_paint("none") is NO_PAINT
    assert parse_paint(" CurrentColor ") is CURRENT_COLOR
    assert parse_paint("context-stroke") == ContextPaint(ContextKind.STROKE)
    assert parse_paint("red") == red
    assert parse_paint("url(#a)") == PaintServer("a")
    assert parse_paint("url( '#a b' ) green") == PaintServer("a b", green)
    assert parse_paint('url("#a%20b")none') == PaintServer("a b", NO_PAINT)
    assert parse_paint("url(#a) currentColor") == PaintServer("a", CURRENT_COLOR)
    assert parse_paint("url(#a) green icc-color(x, 1)") is None
    assert parse_paint("url(other.svg#a)") == PaintServer("other.svg#a")
    for wrong in ("", "nosuchcolor", "url(#a", "url(#a) junk", "url(#a) url(#b)", "1"):
        assert parse_paint(wrong) is None


def test_font_families():
    assert parse_font_family("'Open Sans', Arial  Black,SERIF") == (
        "Open Sans", "Arial Black", "serif",
    )  # fmt: skip
    assert parse_font_family(r'"A\"B", C\64 ') == ('A"B', "Cd")
    assert parse_font_family("a'b, Ok") == ("Ok",)
    assert parse_font_family(" , ") == ()


def test_font_shorthand():
    font = parse_font("italic small-caps bold condensed 12px/1.5 'Open Sans', serif")
    assert font["font-style"] == "italic"
    assert font["font-variant"] == "small-caps"
    assert font["font-weight"] == "bold"
    assert font["font-stretch"] == "condensed"
    assert font["font-size"] == "12px"
    assert font["line-height"] == "1.5"
    assert font["font-family"] == "'Open Sans', serif"
    assert parse_font("600 2em x")["font-weight"] == "600"
    assert parse_font("12px x")["font-style"] == "normal"
    assert parse_font("menu")["font-size"] == "13.333px"
    for wrong in ("", "12px", "bold x", "bold 12px", "foo 12px x"):
        assert parse_font(wrong) is None


def test_font_settings():
    assert parse_variations("'wght' 350, \"slnt\" -5") == (("wght", 350), ("slnt", -5))
    assert parse_variations("normal") == ()
    assert parse_features("'liga' off, 'ss01', 'aalt' 2") == (("liga", 0), ("ss01", 1), ("aalt", 2))
    assert parse_font_stretch("condensed") == 75
    assert parse_font_stretch("110%") == 110
    assert parse_font_stretch("wide") is None


def test_filters():
    assert parse_filter("none") == ()
    assert parse_filter("url(#a) blur(2px) hue-rotate(0.5turn)") == (
        FilterUrl("a"), Blur(Length(2, Unit.PX)), HueRotate(180),
    )  # fmt: skip
    assert parse_filter("drop-shadow( 1px 2px 3px rgba(185, 185, 185, 1))") == (
        DropShadow(
            Length(1, Unit.PX), Length(2, Unit.PX), Length(3, Unit.PX), Color(185, 185, 185)
        ),
    )
    assert parse_filter("drop-shadow(red 1 2)")[0].color == Color(255, 0, 0)
    assert parse_filter("drop-shadow(1 2)")[0].color is None
    assert parse_filter("grayscale() invert(30%) brightness(2)") == (
        ColorFunction("grayscale", 1), ColorFunction("invert", 0.3), ColorFunction("brightness", 2),
    )  # fmt: skip
    assert parse_filter("opacity(3)") == (ColorFunction("opacity", 1),)
    for wrong in ("", "blur(-1px)", "blur(5%)", "foo(1)", "blur(2px) junk", "drop-shadow(1px)"):
        assert parse_filter(wrong) is None


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("calc(100% - 20px)", {"%": 100, "px": -20}),
        ("calc( (1em + 2 * 3px) / 2 )", {"em": 0.5, "px": 3}),
        ("calc(-1 * (2em - -1px))", {"em": -2, "px": -1}),
        ("calc(1in - calc(48px))", {"px": 48}),
        ("CALC(2 * 3)", {"px": 6}),
    ],
)
def test_calc(text, terms):
    assert {str(unit): number for number, unit in parse_calc(text)} == terms


@pytest.mark.parametrize(
    "text",
    ["calc()", "calc(1px", "calc(1px * 2px)", "calc(1px / 0)", "calc(1px 2px)", "calc(1foo)", "3px",
     "calc(" + "(" * 99 + "1" + ")" * 99 + ")", "calc(1px) 2px"],
)  # fmt: skip
def test_what_is_no_calc(text):
    assert parse_calc(text) is None


def test_a_calc_of_one_unit_is_a_length():
    assert parse_length("calc(1em + 2em)") == Length(3, Unit.EM)
    assert parse_length("calc(1em + 2%)") is None
    assert parse_length_list("1, calc(2 * (1px + 1px)) 3") == (
        Length(1), Length(4, Unit.PX), Length(3),
    )  # fmt: skip


def test_a_turn_of_hues_has_a_unit():
    assert parse_filter("hue-rotate(90)") is None
    assert parse_filter("hue-rotate(0)") == (HueRotate(0),)
