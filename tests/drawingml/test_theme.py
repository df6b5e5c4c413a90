"""Colours of the theme: which of a slide's colours become them, and that nothing else does."""

from __future__ import annotations

import pytest

from svg2pptx_batch import ConvertOptions, convert, inspect
from svg2pptx_batch.drawingml.theme import themed
from tests.support.decks import assert_opens, read_slides

COLORS = (("2F6DB5", "accent1"), ("FFFFFF", "bg1"), ("000000", "tx1"))

DRAWING = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">
  <defs>
    <linearGradient id="fade"><stop stop-color="#2f6db5"/>
      <stop offset="1" stop-color="#e07a3f" stop-opacity=".5"/></linearGradient>
    <filter id="shadow" x="-1" y="-1" width="3" height="3">
      <feDropShadow dx="4" dy="4" stdDeviation="2" flood-color="#5c9e6a"/></filter>
  </defs>
  <rect id="plain" width="40" height="40" fill="#2F6DB5"/>
  <rect id="alpha" x="50" width="40" height="40" fill="rgba(47, 109, 181, .25)"/>
  <rect id="faded" x="100" width="40" height="40" fill="url(#fade)"/>
  <rect id="lined" y="50" width="40" height="40" fill="none" stroke="#e07a3f" stroke-width="3"/>
  <rect id="raised" x="50" y="50" width="40" height="40" fill="#123456" filter="url(#shadow)"/>
  <text id="text" x="10" y="150" font-size="12" fill="#7a5fa8">val="2F6DB5" &lt;a:srgbClr/></text>
</svg>"""


def solid(color):
    return f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill>'.encode()


def colours(slide, name):
    """Return the colours within a shape, as tag and value, in document order."""
    (shape,) = slide.find(f'.//*[p:nvSpPr/p:cNvPr/@name="{name}"]')
    found = shape.xpath(".//*[local-name()='srgbClr' or local-name()='schemeClr']")
    return [(e.tag.rpartition("}")[2], e.get("val")) for e in found]


@pytest.fixture
def convert_with(tmp_path):
    """Convert the drawing with a tolerance; return its slide."""

    def run(tolerance, **options):
        deck = tmp_path / "deck.pptx"
        convert(DRAWING.encode(), deck, options=ConvertOptions(theme_colors=tolerance, **options))
        assert_opens(deck)
        (slide,) = read_slides(deck)
        return slide

    return run


def test_without_the_option_colours_are_what_they_are(convert_with):
    assert not convert_with(-1).find(".//a:schemeClr")


def test_equal_colours_are_taken_wherever_they_stand(convert_with):
    slide = convert_with(0)
    assert colours(slide, "plain") == [("schemeClr", "accent1")]
    assert colours(slide, "alpha") == [("schemeClr", "accent1")]
    assert set(colours(slide, "faded")) == {("schemeClr", "accent1"), ("schemeClr", "accent2")}
    assert colours(slide, "lined") == [("schemeClr", "accent2")]
    assert colours(slide, "raised") == [("srgbClr", "123456"), ("schemeClr", "accent3")]
    assert set(colours(slide, "text")) == {("schemeClr", "accent5")}


def test_alpha_is_kept(convert_with):
    slide = convert_with(0)
    (alpha,) = slide.find('.//*[p:nvSpPr/p:cNvPr/@name="alpha"]//a:schemeClr/a:alpha/@val')
    assert alpha == "25000"


def test_texts_are_never_touched(convert_with):
    assert convert_with(100).texts == ['val="2F6DB5" <a:srgbClr/>']


@pytest.mark.parametrize(
    ("color", "tolerance", "name", "changed"),
    [
        ("2F6DB5", 0, "accent1", 0),
        ("2F6DB6", 0, "", 0),
        ("2F6DB6", 2, "accent1", 1),
        ("FEFEFE", 1, "bg1", 1),
        ("808080", 20, "", 0),
        ("FF9090", 100, "bg1", 1),
    ],
)
def test_near_colours_are_taken_within_the_tolerance(color, tolerance, name, changed):
    result = themed(solid(color) * 2, COLORS, tolerance)
    assert result.changed == changed
    if name:
        assert result.xml == f'<a:solidFill><a:schemeClr val="{name}"/></a:solidFill>'.encode() * 2
    else:
        assert result.xml == solid(color) * 2


def test_the_distance_is_that_of_the_eye():
    """ΔE of pure red and pure green, after Bruce Lindbloom's calculator: 170.58."""
    green = (("00FF00", "accent2"),)
    assert themed(solid("FF0000"), green, 170.5).changed == 0
    assert themed(solid("FF0000"), green, 170.7).changed == 1


def test_colours_that_change_are_told():
    (remark,) = [
        item
        for item in inspect(
            DRAWING.replace("#123456", "#2f6db6").encode(), options=ConvertOptions(theme_colors=1)
        ).diagnostics
        if item.code == "theme-color-taken"
    ]
    assert (remark.fidelity, remark.severity) == (None, "info")
    assert remark.message.startswith("one of its colours")
    exact = inspect(DRAWING.encode(), options=ConvertOptions(theme_colors=0))
    assert "theme-color-taken" not in {item.code for item in exact.diagnostics}


def test_the_background_is_taken_as_well(convert_with):
    assert convert_with(0, background="white").find(".//p:bg//a:schemeClr/@val") == ["bg1"]
