"""Glyphs with colours of their own: text where programs show them so, drawings where not.

Glyphs of the box fonts are 0.5 em wide; in `Box Icons` the `b` is a drawing, in `Box Layers` two
plain layers, in `Box Pixels` a picture.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image as PilImage

from svg2pptx_batch.diagnostics import Diagnostics
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.lower.text import lower_text
from svg2pptx_batch.options import ConvertOptions, TextMode
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.nodes import Group, Image, Node, Scene, Shape, Text
from svg2pptx_batch.scene.walk import visit
from tests.support.effects import lowered as lowered_scene
from tests.support.fonts import add_colors, build_font, catalog
from tests.support.texts import only

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg"><g id="ID" transform="scale(100)">'
    '<rect y="-7" width="4" height="7" fill="lime"/></g></svg>'
)


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> FontCatalog:
    folder: Path = tmp_path_factory.mktemp("fonts") / "f"
    build_font(folder)
    for name in ("Box Icons", "Noto Color Emoji"):
        add_colors(build_font(folder, name), drawings={"b": DRAWING})
    layers = [("u0062", 0), ("u0063", 1)]
    add_colors(build_font(folder, "Box Layers"), layers={"b": layers})
    buffer = io.BytesIO()
    PilImage.new("RGB", (4, 7), "lime").save(buffer, "PNG")
    add_colors(build_font(folder, "Box Pixels"), pictures={"b": buffer.getvalue()})
    return catalog(folder)


def lowered(
    content: str, fonts: FontCatalog, options: ConvertOptions | None = None
) -> tuple[list[Node], list[str]]:
    """Return what is drawn, groups left out, and the codes of what is said about it."""
    diagnostics = Diagnostics()
    node = lower_text(only(content, fonts), IDENTITY, options or ConvertOptions(), diagnostics)
    drawn = [] if node is None else [each for each in visit(node) if not isinstance(each, Group)]
    return drawn, [item.code for item in diagnostics.items]


def test_words_beside_a_drawn_glyph_stay_text(fonts: FontCatalog) -> None:
    content = (
        '<text x="50" y="9" text-anchor="middle">aa<tspan font-family="Box Icons">b</tspan>a</text>'
    )
    (before, glyph, after), remarks = lowered(content, fonts)
    assert isinstance(before, Text)
    assert isinstance(glyph, Shape)
    assert isinstance(after, Text)
    assert before.transform.apply(0, 0) == pytest.approx((40, 9))
    assert after.transform.apply(0, 0) == pytest.approx((55, 9))
    assert glyph.fill is not None
    assert glyph.fill.paint == Color(0, 255, 0)
    assert remarks == ["text-outlined"]


def test_a_drawing_stands_where_its_glyph_does(fonts: FontCatalog) -> None:
    content = '<text x="50" y="9" rotate="90" font-family="Box Icons">b</text>'
    node = lower_text(only(content, fonts), IDENTITY, ConvertOptions(), Diagnostics())
    assert node is not None
    assert visual_bounds(node) == pytest.approx(Rect(50, 9, 7, 4))
    assert node.label.description == "b"


def test_characters_of_the_same_font_without_a_drawing_stay_text(fonts: FontCatalog) -> None:
    parts, _ = lowered('<text y="9" font-family="Box Icons">abba</text>', fonts)
    assert [type(part) for part in parts] == [Text, Shape, Shape, Text]


@pytest.mark.parametrize("family", ["Noto Color Emoji", "Box Layers"])
def test_what_programs_show_in_colour_stays_text(fonts: FontCatalog, family: str) -> None:
    parts, remarks = lowered(f'<text y="9" font-family="{family}">ab</text>', fonts)
    assert [type(part) for part in parts] == [Text]
    assert remarks == []


def test_outlined_text_keeps_its_colours(fonts: FontCatalog) -> None:
    options = ConvertOptions(text=TextMode.OUTLINE)
    parts, _ = lowered('<text y="9" font-family="Box Layers">b</text>', fonts, options)
    paints = [part.fill.paint for part in parts if isinstance(part, Shape) and part.fill]
    assert paints[0] == Color(255, 0, 0)
    assert len(paints) == 2


def test_a_glyph_that_is_a_picture_becomes_one(fonts: FontCatalog) -> None:
    (picture,), remarks = lowered('<text y="9" font-family="Box Pixels">b</text>', fonts)
    assert isinstance(picture, Image)
    assert remarks == ["glyphs-rasterised"]


def test_glyphs_are_as_faint_as_their_text(fonts: FontCatalog) -> None:
    content = '<text y="9" font-family="Box Icons" fill-opacity=".5">b</text>'
    node = lower_text(only(content, fonts), IDENTITY, ConvertOptions(), Diagnostics())
    assert isinstance(node, Group)
    assert node.opacity == 0.5
    parts, remarks = lowered('<text font-family="Box Icons" fill="none">b</text>', fonts)
    assert (parts, remarks) == ([], [])


def test_a_line_from_right_to_left_stays_text(fonts: FontCatalog) -> None:
    content = '<text x="50" direction="rtl" font-family="Box Icons">אb</text>'
    parts, remarks = lowered(content, fonts)
    assert [type(part) for part in parts] == [Text]
    assert remarks == ["text-approximated"]


@pytest.mark.parametrize(
    ("attributes", "ended"),
    [
        ('font-family="Box Icons"', {"outlined": 1}),
        ('font-family="Box Icons" fill-opacity=".5"', {"outlined": 1}),
        ('font-family="Box Pixels"', {"rasterised": 1}),
    ],
)
def test_a_text_counts_once_whatever_it_is_made_of(
    fonts: FontCatalog, attributes: str, ended: dict[str, int]
) -> None:
    text = only(f'<text x="9" y="20" {attributes}>bb</text>', fonts)
    legal, _ = lowered_scene(Scene(Size(200.0, 200.0), Group((text,))))
    assert legal.fidelity == ended
    leaves = [node for node in visit(legal.root) if not isinstance(node, Group)]
    assert len(leaves) == 2
