"""Box or outline, and what a box is given.

Glyphs of the box font are 0.5 em wide; its win ascent is 0.9 em, its win descent 0.3 em.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from svg2pptx_batch.conversion import convert_svg
from svg2pptx_batch.diagnostics import Diagnostics
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.text import lower_text
from svg2pptx_batch.lower.text_outline import outline_text
from svg2pptx_batch.options import ConvertOptions, SlideSize, Target, TextMode
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.nodes import Group, Node, Shape, Text
from svg2pptx_batch.scene.text import FontStyle, TextSpan
from svg2pptx_batch.svg.resources import DataLoader
from tests.support.fonts import build_font, catalog
from tests.support.texts import only

POWERPOINT = ConvertOptions()
LIBREOFFICE = ConvertOptions(target=Target.LIBREOFFICE)


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> FontCatalog:
    folder: Path = tmp_path_factory.mktemp("fonts") / "f"
    build_font(folder)
    build_font(folder, "Box Flex", axes=[("GRAD", -200, 0, 200, "Grade")])
    return catalog(folder)


def lowered(
    content: str,
    fonts: FontCatalog,
    options: ConvertOptions = POWERPOINT,
    to_slide: Affine = IDENTITY,
) -> tuple[Node | None, list[str]]:
    diagnostics = Diagnostics()
    node = lower_text(only(content, fonts), to_slide, options, diagnostics)
    return node, [item.code for item in diagnostics.items]


def box_of(node: Node | None) -> Rect:
    """Return the upright box around a text box, slide px."""
    assert isinstance(node, Text)
    assert node.chunks[0].box is not None
    return node.transform.apply_rect(node.chunks[0].box)


def span_of(node: Node | None) -> TextSpan:
    assert isinstance(node, Text)
    return node.chunks[0].spans[0]


def kinds(node: Node | None) -> list[str]:
    if isinstance(node, Group):
        return [type(child).__name__ for child in node.children]
    return [] if node is None else [type(node).__name__]


# --- where the box lies --------------------------------------------------------------------------


def test_powerpoint_seats_the_line_by_the_faces_win_metrics(fonts: FontCatalog) -> None:
    node, remarks = lowered('<text x="20" y="50">abcd</text>', fonts)
    assert box_of(node) == pytest.approx(Rect(20, 50 - 9, 20, 12))
    assert remarks == []


def test_libreoffice_seats_the_line_one_em_below_its_top(fonts: FontCatalog) -> None:
    node, _ = lowered('<text x="20" y="50">abcd</text>', fonts, LIBREOFFICE)
    assert box_of(node) == pytest.approx(Rect(20, 40, 20, 12))


@pytest.mark.parametrize(("anchor", "left"), [("start", 50), ("middle", 40), ("end", 30)])
def test_the_box_hangs_on_its_anchor(fonts: FontCatalog, anchor: str, left: float) -> None:
    node, _ = lowered(f'<text x="50" text-anchor="{anchor}">abcd</text>', fonts)
    assert box_of(node).x == pytest.approx(left)


def test_the_largest_span_seats_the_line(fonts: FontCatalog) -> None:
    node, _ = lowered('<text y="50">a<tspan font-size="20">b</tspan></text>', fonts)
    box = box_of(node)
    assert (box.y, box.height) == pytest.approx((50 - 18, 24))


def test_vertical_latin_is_a_turned_box(fonts: FontCatalog) -> None:
    node, _ = lowered('<text x="100" y="20" writing-mode="tb">ab</text>', fonts)
    assert isinstance(node, Text)
    placement = node.transform.decompose()
    assert placement is not None
    assert placement.rotation_deg == pytest.approx(90)
    assert box_of(node).center == pytest.approx((97 + 3, 25))


def test_several_chunks_are_a_group_of_boxes(fonts: FontCatalog) -> None:
    node, _ = lowered(
        '<text id="t"><tspan y="9">a</tspan><tspan x="7" y="30">b</tspan></text>', fonts
    )
    assert kinds(node) == ["Text", "Text"]
    assert node is not None
    assert node.label.name == "t"


# --- lines of one box ----------------------------------------------------------------------------


def test_lines_below_one_another_share_a_box(fonts: FontCatalog) -> None:
    content = (
        '<text id="t" x="50" y="20" text-anchor="middle">aa<tspan x="50" y="32">bbbb</tspan>'
        '<tspan x="50" y="52" font-size="20">c</tspan></text>'
    )
    node, _ = lowered(content, fonts, to_slide=Affine.scaling(2))
    assert isinstance(node, Text)
    assert node.label.name == "t"
    # The face's usWinAscent is three quarters of its line: 9 of 12 px at font size 10.
    for chunk, expected in zip(
        node.chunks, [(-5, -9, 10, 12), (-10, 3, 20, 12), (-5, 14, 10, 24)], strict=True
    ):
        assert chunk.box == pytest.approx(expected)
    assert node.bounds == pytest.approx((-10, -9, 20, 47))
    assert node.transform.apply(0, 0) == (100, 40)


@pytest.mark.parametrize(
    "second",
    [
        'x="51" y="32"',
        'x="50" y="32" text-anchor="end"',
        'x="50" y="23"',
        'x="50" y="60"',
        'x="50" y="10"',
    ],
)
def test_other_lines_have_boxes_of_their_own(fonts: FontCatalog, second: str) -> None:
    node, _ = lowered(f'<text x="50" y="20">aa<tspan {second}>bb</tspan></text>', fonts)
    assert kinds(node) == ["Text", "Text"]


def test_turned_lines_share_a_turned_box(fonts: FontCatalog) -> None:
    content = '<text x="50" y="20">aa<tspan x="50" y="32">bbbb</tspan></text>'
    node, _ = lowered(content, fonts, to_slide=Affine.rotation(30))
    assert isinstance(node, Text)
    assert len(node.chunks) == 2


# --- what becomes an outline ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        '<text stroke="red" fill="url(#g)">ab</text>',
        '<text textLength="60" lengthAdjust="spacingAndGlyphs">ab</text>',
        '<text font-size="1">ab</text>',
        '<text textLength="1e7">ab</text>',
        '<text font-family="Box Flex" style="font-variation-settings: \'GRAD\' 150">ab</text>',
    ],
)
def test_outlined(fonts: FontCatalog, content: str) -> None:
    gradient = '<linearGradient id="g"><stop stop-color="red"/><stop offset="1"/></linearGradient>'
    node, remarks = lowered(gradient + content, fonts)
    assert kinds(node) == ["Shape"]
    assert remarks == ["text-outlined"]
    assert node is not None
    assert node.label.description == "ab"


@pytest.mark.parametrize(
    "transform",
    ["skewX(20)", "skewX(-40)", "scale(-1 1)", "scale(2 1)", "matrix(1 0.3 -1 1 0 0)"],
)
def test_transforms_no_box_can_follow(fonts: FontCatalog, transform: str) -> None:
    node, remarks = lowered(f'<text transform="{transform}">ab</text>', fonts)
    assert kinds(node) == ["Shape"]
    assert remarks == ["text-outlined"]


def test_turned_and_scaled_text_stays_a_box(fonts: FontCatalog) -> None:
    to_slide = Affine.translation(5, 6) @ Affine.rotation(30) @ Affine.scaling(3)
    node, remarks = lowered("<text>ab</text>", fonts, to_slide=to_slide)
    assert isinstance(node, Text)
    placement = node.transform.decompose()
    assert placement is not None
    assert tuple(placement) == pytest.approx((3, 3, 30))
    assert node.transform.apply(0, 0) == pytest.approx((5, 6))
    assert remarks == []


def test_a_little_stretch_becomes_spacing(fonts: FontCatalog) -> None:
    node, remarks = lowered('<text x="10" transform="scale(1.1 1)">abcd</text>', fonts)
    assert remarks == ["text-approximated"]
    box = box_of(node)
    assert (box.x, box.width) == pytest.approx((11, 22))
    assert span_of(node).letter_spacing == pytest.approx(0.5)


def test_a_lean_like_italics_becomes_italics(fonts: FontCatalog) -> None:
    node, remarks = lowered('<text x="10" y="30" transform="skewX(-12)">ab</text>', fonts)
    assert remarks == ["text-approximated"]
    assert span_of(node).font.style is FontStyle.ITALIC
    assert isinstance(node, Text)
    assert node.transform.apply(0, 0) == pytest.approx((10 - 30 * math.tan(math.radians(12)), 30))
    content = '<text font-style="italic" transform="skewX(-12)">ab</text>'
    assert kinds(lowered(content, fonts)[0]) == ["Shape"]


def test_turned_letters_are_boxes_of_their_own(fonts: FontCatalog) -> None:
    node, remarks = lowered('<text x="10" y="30" rotate="0 0 45">abc</text>', fonts)
    assert remarks == []
    assert isinstance(node, Group)
    turns = []
    for child in node.children:
        placement = child.transform.decompose()
        assert placement is not None
        turns.append(placement.rotation_deg)
    assert turns == pytest.approx([0, 45])
    assert node.children[1].transform.apply(0, 0) == pytest.approx((20, 30))


def test_words_stay_whole_where_a_path_is_straight(fonts: FontCatalog) -> None:
    content = (
        '<path id="p" d="M0 50H60V200" fill="none"/>'
        '<text><textPath xlink:href="#p" startOffset="30">abcdefghi</textPath></text>'
    )
    node, _ = lowered(content, fonts)
    assert isinstance(node, Group)
    said = [child.chunks[0].spans[0].text for child in node.children if isinstance(child, Text)]
    assert said == ["abcdef", "ghi"]


def test_asked_for_outlines(fonts: FontCatalog) -> None:
    node, _ = lowered("<text>ab</text>", fonts, ConvertOptions(text=TextMode.OUTLINE))
    assert kinds(node) == ["Shape"]


def test_outline_shapes_lead_to_the_slide(fonts: FontCatalog) -> None:
    text = only('<text x="10" y="20">a</text>', fonts)
    options = ConvertOptions(text=TextMode.OUTLINE)
    node = lower_text(text, Affine.scaling(2), options, Diagnostics())
    assert isinstance(node, Shape)
    bounds = node.path.transform(node.transform).bounds()
    assert bounds is not None
    assert bounds == pytest.approx(Rect(21, 26, 8, 14))


def test_outlines_keep_gradients_and_strokes(fonts: FontCatalog) -> None:
    content = (
        '<linearGradient id="g"><stop stop-color="red"/><stop offset="1"/></linearGradient>'
        '<text id="t" fill="url(#g)" stroke="blue" paint-order="stroke">a b</text>'
    )
    text = only(content, fonts)
    group = outline_text(text)
    (shape,) = group.children
    assert isinstance(shape, Shape)
    assert shape.fill == text.chunks[0].spans[0].fill
    assert shape.stroke is not None
    assert shape.stroke_first
    assert shape.path.verbs.count("M") == 2
    assert group.label.name == "t"


def test_without_a_font_text_stays_a_box(tmp_path: Path) -> None:
    empty = catalog(tmp_path / "none")
    options = ConvertOptions(text=TextMode.OUTLINE)
    node = lower_text(only("<text>ab</text>", empty), IDENTITY, options, Diagnostics())
    assert kinds(node) == ["Text"]


# --- paint ---------------------------------------------------------------------------------------


def test_a_halo_stands_below_the_box(fonts: FontCatalog) -> None:
    content = '<text stroke="white" stroke-width="3" paint-order="stroke">ab</text>'
    node, remarks = lowered(content, fonts)
    assert kinds(node) == ["Shape", "Text"]
    assert remarks == []
    assert isinstance(node, Group)
    halo = node.children[0]
    assert isinstance(halo, Shape)
    assert halo.fill is None
    assert halo.stroke is not None


def test_a_line_around_letters_is_powerpoints_own(fonts: FontCatalog) -> None:
    content = '<text fill="white" stroke="red">ab</text>'
    node, _ = lowered(content, fonts)
    assert span_of(node).stroke is not None
    node, remarks = lowered(content, fonts, LIBREOFFICE)
    assert kinds(node) == ["Text", "Shape"], "the line lies above the words as a shape"
    assert remarks == []


def test_letters_of_lines_alone(fonts: FontCatalog) -> None:
    content = '<text fill="none" stroke="red">ab</text>'
    span = span_of(lowered(content, fonts)[0])
    assert span.fill is None
    assert span.stroke is not None
    node, remarks = lowered(content, fonts, LIBREOFFICE)
    assert kinds(node) == ["Shape"]
    assert remarks == ["text-outlined"]


def test_a_thin_line_in_the_same_colour_is_left_out(fonts: FontCatalog) -> None:
    node, remarks = lowered(
        '<text fill="red" stroke="red" stroke-width=".3">ab</text>', fonts, LIBREOFFICE
    )
    assert kinds(node) == ["Text"]
    assert remarks == ["text-approximated"]


def test_a_line_that_makes_letters_bolder_is_kept(fonts: FontCatalog) -> None:
    content = '<text fill="red" stroke="red" stroke-width=".5">ab</text>'
    node, remarks = lowered(content, fonts, LIBREOFFICE)
    assert kinds(node) == ["Text", "Shape"]
    assert remarks == []
    node, remarks = lowered(content, fonts)
    assert span_of(node).stroke is not None
    assert remarks == []


def test_a_faint_gradient_becomes_one_colour(fonts: FontCatalog) -> None:
    content = (
        '<linearGradient id="g"><stop stop-color="#204060"/>'
        '<stop offset="1" stop-color="#244464"/></linearGradient><text fill="url(#g)">ab</text>'
    )
    node, remarks = lowered(content, fonts)
    fill = span_of(node).fill
    assert fill is not None
    assert fill.paint == Color(0x22, 0x42, 0x62)
    assert remarks == ["text-approximated"]


def test_unpainted_text_is_nothing(fonts: FontCatalog) -> None:
    assert lowered('<text fill="none">ab</text>', fonts) == (None, [])
    assert lowered('<text visibility="hidden">ab</text>', fonts) == (None, [])


def test_lines_a_run_cannot_carry_are_shapes(fonts: FontCatalog) -> None:
    content = '<text text-decoration="underline overline line-through">ab</text>'
    node, _ = lowered(content, fonts)
    assert kinds(node) == ["Shape", "Text"]
    assert isinstance(node, Group)
    span = span_of(node.children[1])
    assert span.decorations.underline is not None
    assert span.decorations.line_through is not None


def test_a_strike_in_another_colour_lies_above(fonts: FontCatalog) -> None:
    content = '<text text-decoration="line-through" fill="red"><tspan fill="blue">ab</tspan></text>'
    node, _ = lowered(content, fonts)
    assert kinds(node) == ["Text", "Shape"]


# --- typefaces -----------------------------------------------------------------------------------


def test_each_target_is_asked_for_the_face_it_can_find(fonts: FontCatalog) -> None:
    content = '<text font-family="Corporate, Box Sans">ab</text>'
    assert span_of(lowered(content, fonts)[0]).typeface.name == "Corporate"
    assert span_of(lowered(content, fonts, LIBREOFFICE)[0]).typeface.name == "Box Sans"


def test_upright_characters_have_their_underline_beside_them(fonts: FontCatalog) -> None:
    content = '<text y="20" writing-mode="tb" text-decoration="underline">a\u4e00</text>'
    node, _ = lowered(content, fonts)
    assert kinds(node) == ["Text", "Shape", "Text"]
    assert isinstance(node, Group)
    sideways, line, upright = node.children
    assert span_of(sideways).decorations.underline is not None
    assert span_of(upright).decorations.underline is None
    bounds = visual_bounds(line)
    assert bounds is not None
    assert (bounds.width, bounds.height) == pytest.approx((0.5, 10))


def test_small_capitals_stay_text_and_are_told(fonts: FontCatalog) -> None:
    node, remarks = lowered('<text font-variant="small-caps">ab</text>', fonts)
    assert span_of(node).font.small_caps
    assert remarks == ["text-approximated"]


@pytest.mark.parametrize(("top", "ends"), [(42.6, {"native": 1}), (46.0, {"outlined": 1})])
def test_a_clip_that_cuts_no_ink_leaves_text_alone(
    top: float, ends: dict[str, int], fonts: FontCatalog
) -> None:
    """Cells of letters reach from 42 to 52 here, and what is painted from 43 to 50."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" font-family="Box Sans" '
        f'font-size="10"><clipPath id="c"><rect y="{top}" width="200" height="8"/></clipPath>'
        '<text x="20" y="50" clip-path="url(#c)">abc</text></svg>'
    )
    conversion = convert_svg(
        svg.encode(),
        options=POWERPOINT,
        slide=SlideSize(200 * 9525, 100 * 9525),
        fonts=fonts,
        loader=DataLoader(),
    )
    assert conversion.fidelity == ends
