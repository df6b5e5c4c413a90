import pytest

from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.svg.values.color import parse_color

GREEN = (0, 128, 0, 1)
DARK = (0, 153, 0, 1)
BRICK = (125, 35, 41, 1)


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("#080", (0, 136, 0, 1)),
        ("#0f08", (0, 255, 0, 136 / 255)),
        ("#008000", GREEN),
        ("#00800080", (0, 128, 0, 128 / 255)),
        ("GreeN", GREEN),
        ("rebeccapurple", (102, 51, 153, 1)),
        ("CanvasText", (0, 0, 0, 1)),
        ("transparent", (0, 0, 0, 0)),
        (" rgb( 0 , 128 , 0 ) ", GREEN),
        ("rgb(0 128 0 / 50%)", (0, 128, 0, 0.5)),
        ("rgba(0,128,0,.5)", (0, 128, 0, 0.5)),
        ("rgb(-10%, 50%, 120%)", (0, 128, 255, 1)),
        ("rgb(none 128 0)", GREEN),
        ("rgb(300 -5 0)", (255, 0, 0, 1)),
        ("hsl(120, 100%, 25%)", GREEN),
        ("hsl(120deg 100% 25% / .5)", (0, 128, 0, 0.5)),
        ("HSLA(480,100%,25%,1)", GREEN),
        ("hsl(0.5turn 100% 50%)", (0, 255, 255, 1)),
        ("hwb(120 0% 40%)", DARK),
        ("hwb(90deg 50% 50%)", (128, 128, 128, 1)),
        ("hwb(0 200% 200%)", (128, 128, 128, 1)),
        # Values of the web platform tests of CSS Color 4.
        ("lab(29.2345% 39.3825 20.0664)", BRICK),
        ("lch(29.2345% 44.2 27)", BRICK),
        ("oklab(40.101% 0.1147 0.0453)", BRICK),
        ("oklch(40.101% 0.12332 21.555)", BRICK),
        ("lab(100% 0 0)", (255, 255, 255, 1)),
        ("color(srgb 0 0.6 0)", DARK),
        ("color(srgb 0% 60% 0% / 50%)", (0, 153, 0, 0.5)),
        ("color(srgb-linear 0 0.318547 0)", DARK),
        ("color(display-p3 0.26374 0.59085 0.16434)", DARK),
        ("color(rec2020 0.299218 0.533327 0.120785)", DARK),
        ("color(a98-rgb 0.281363 0.498012 0.116746)", GREEN),
        ("color(prophoto-rgb 0.230479 0.395789 0.129968)", GREEN),
        ("color(xyz 0.07719 0.15438 0.02573)", GREEN),
        ("color(display-p3 1 0 0)", (255, 0, 0, 1)),
        ("light-dark(green, red)", GREEN),
        ("color-mix(in srgb, red, blue)", (128, 0, 128, 1)),
        ("color-mix(in srgb, red 25%, blue)", (64, 0, 191, 1)),
        ("color-mix(in oklab, rgb(0 0 0), white 100%)", (255, 255, 255, 1)),
        ("#CD853F icc-color(acmecmyk, 0.11, 0.48, 0.83, 0.00)", (205, 133, 63, 1)),
    ],
)
def test_notations(text, color):
    assert parse_color(text) == pytest.approx(color)


def test_current_color():
    teal = Color(0, 128, 128)
    assert parse_color("currentColor", teal) == teal
    assert parse_color("light-dark(currentcolor, red)", teal) == teal
    assert parse_color("color-mix(in srgb, currentColor, white)", teal) == (128, 192, 192, 1)


@pytest.mark.parametrize(
    "text",
    ["", "#", "#12", "#12345", "#gggggg", "nosuchcolor", "rgb()", "rgb(1,2)", "rgb(1,2,3,4,5)",
     "rgb(300,-5,10%)", "rgb(1deg 2 3)", "hsl(1px 2% 3%)", "color(foo 1 2 3)", "color(srgb 1 2)",
     "rgb(1 2 3 / 4 / 5)", "color-mix(red, blue)", "rgb(1 2 3", "url(#a)", "light-dark(red)",
     "color-mix(in srgb, x, y)", "light-dark(" * 40 + "red, red" + ")" * 40],
)  # fmt: skip
def test_what_is_no_color(text):
    assert parse_color(text) is None
