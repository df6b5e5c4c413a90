"""Filters that become DrawingML's own words."""

from __future__ import annotations

import base64
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.options import Target
from svg2pptx_batch.scene.effects import OuterShadow
from svg2pptx_batch.scene.nodes import Image, Shape
from svg2pptx_batch.scene.paint import Fill
from tests.support.effects import difference, filtered, lowered
from tests.support.resolving import scene_of
from tests.support.scenes import leaves, shapes
from tests.support.slides import png

BLUR_OFFSET = (
    '<feGaussianBlur in="SourceAlpha" stdDeviation="4"/><feOffset dx="6" dy="8" result="o"/>'
)
ON_TOP = '<feMerge><feMergeNode in="s"/><feMergeNode in="SourceGraphic"/></feMerge>'
SHADOWS = {
    "feDropShadow": '<feDropShadow dx="6" dy="8" stdDeviation="4" flood-color="#c00"'
    ' flood-opacity=".6"/>',
    "flood and composite": BLUR_OFFSET + '<feFlood flood-color="#c00" flood-opacity=".6"/>'
    '<feComposite in2="o" operator="in" result="s"/>' + ON_TOP,
    "colour matrix": BLUR_OFFSET
    + '<feColorMatrix result="s" values="0 0 0 0 .8  0 0 0 0 0  0 0 0 0 0  0 0 0 .6 0"/>'
    '<feBlend in="SourceGraphic" in2="s"/>',
    "transfer": '<feGaussianBlur in="SourceAlpha" stdDeviation="4"/><feOffset dx="6" dy="8"/>'
    '<feComponentTransfer><feFuncR type="linear" slope="0" intercept=".8"/>'
    '<feFuncA type="linear" slope=".6"/></feComponentTransfer>'
    '<feComposite in="SourceGraphic" operator="over"/>',
    "figma": '<feFlood flood-opacity="0" result="BackgroundImageFix"/><feColorMatrix '
    'in="SourceAlpha" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 127 0" result="hardAlpha"/>'
    '<feOffset dx="6" dy="8"/><feGaussianBlur stdDeviation="4"/>'
    '<feComposite in2="hardAlpha" operator="out"/>'
    '<feColorMatrix values="0 0 0 0 .8 0 0 0 0 0 0 0 0 0 0 0 0 0 .6 0"/>'
    '<feBlend mode="normal" in2="BackgroundImageFix" result="d"/>'
    '<feBlend mode="normal" in="SourceGraphic" in2="d" result="shape"/>',
    "inkscape": '<feFlood flood-opacity=".6" flood-color="#c00" result="flood"/>'
    '<feComposite in="flood" in2="SourceGraphic" operator="in"/>'
    '<feGaussianBlur stdDeviation="4"/><feOffset dx="6" dy="8" result="offset"/>'
    '<feComposite in="SourceGraphic" in2="offset" operator="over"/>',
    "draw.io": '<feGaussianBlur in="SourceAlpha" stdDeviation="4" result="blur"/>'
    '<feOffset in="blur" dx="6" dy="8" result="offsetBlur"/>'
    '<feFlood flood-color="#c00" flood-opacity=".6" result="c"/>'
    '<feComposite in="c" in2="offsetBlur" operator="in" result="sh"/>'
    '<feBlend in="SourceGraphic" in2="sh"/>',
}


@pytest.mark.parametrize("chain", SHADOWS.values(), ids=SHADOWS)
def test_drop_shadows_are_shadows(chain: str) -> None:
    scene = filtered(chain)
    legal, remarks = lowered(scene)
    (shape,) = leaves(legal)
    assert shape.effects == (
        OuterShadow(pytest.approx(6), pytest.approx(8), pytest.approx(12), shape.effects[0].color),
    )
    color = shape.effects[0].color
    assert color[:3] == (204, 0, 0) and color.alpha == pytest.approx(0.6)
    assert remarks == () and legal.fidelity == {"native": 1}
    assert difference(scene, legal) < 0.002


def test_a_css_shadow_follows_the_transform() -> None:
    scene = scene_of(
        '<g transform="rotate(90 100 100) scale(.5)"><rect x="150" y="150" width="80" height="80" '
        'style="filter:drop-shadow(10px 0 4px red)"/></g>'
    )
    (shape,) = leaves(lowered(scene)[0])
    (shadow,) = shape.effects
    assert (shadow.dx, shadow.dy) == (pytest.approx(0, abs=1e-6), pytest.approx(5))
    assert shadow.radius == pytest.approx(3 * 4 / 2)


def test_libreoffice_blurs_more() -> None:
    (shape,) = leaves(lowered(filtered(SHADOWS["feDropShadow"]), target=Target.LIBREOFFICE)[0])
    assert shape.effects[0].radius == pytest.approx(4 / 0.43)


def test_parts_that_stand_apart_cast_a_shadow_each() -> None:
    content = '<circle cx="40" cy="60" r="40"/><circle cx="150" cy="60" r="40" fill="red"/>'
    legal, _ = lowered(filtered(SHADOWS["feDropShadow"], content))
    assert [len(shape.effects) for shape in shapes(legal)] == [1, 1]


def test_a_card_casts_the_shadow_of_what_lies_on_it() -> None:
    content = (
        '<rect x="40" y="40" width="100" height="80" fill="#fff"/><circle cx="80" cy="80" r="20"/>'
    )
    scene = filtered(SHADOWS["figma"], content)
    legal, _ = lowered(scene)
    assert [len(shape.effects) for shape in shapes(legal)] == [1, 0]
    assert difference(scene, legal) < 0.002


def test_overlapping_parts_cast_one_shadow_from_below() -> None:
    content = (
        '<rect x="40" y="40" width="60" height="60"/><circle cx="110" cy="90" r="30" fill="red"/>'
    )
    scene = filtered(SHADOWS["feDropShadow"], content)
    legal, remarks = lowered(scene)
    below, *rest = shapes(legal)
    assert below.effects and below.label.decorative and not any(s.effects for s in rest)
    assert remarks == () and difference(scene, legal) < 0.004


def test_what_no_shadow_can_say_is_a_picture_below() -> None:
    content = '<g fill-opacity=".5"><rect x="40" y="40" width="60" height="60"/>'
    content += '<circle cx="110" cy="90" r="30" fill="red"/></g>'
    scene = filtered(SHADOWS["feDropShadow"], content)
    legal, remarks = lowered(scene)
    picture, *rest = leaves(legal)
    assert isinstance(picture, Image) and picture.label.decorative
    assert [type(leaf) for leaf in rest] == [Shape, Shape]
    assert [remark.code for remark in remarks] == ["filter-part-rasterised"]
    assert legal.fidelity == {"native": 2, "rasterised": 1}
    assert difference(scene, legal) < 0.002


def test_an_inner_shadow_is_a_picture_above() -> None:
    chain = (
        '<feFlood flood-opacity="0" result="b"/>'
        '<feBlend in="SourceGraphic" in2="b" result="shape"/>'
        '<feColorMatrix in="SourceAlpha" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 127 0" '
        'result="hardAlpha"/><feOffset dx="-8" dy="4"/><feGaussianBlur stdDeviation="5"/>'
        '<feComposite in2="hardAlpha" operator="arithmetic" k2="-1" k3="1"/>'
        '<feColorMatrix values="0 0 0 0 1 0 0 0 0 1 0 0 0 0 0 0 0 0 1 0"/>'
        '<feBlend in2="shape"/>'
    )
    scene = filtered(chain)
    legal, _ = lowered(scene)
    shape, picture = leaves(legal)
    assert isinstance(shape, Shape) and isinstance(picture, Image)
    assert difference(scene, legal) < 0.002


def test_a_shadow_that_its_region_cuts_is_a_picture() -> None:
    scene = filtered(SHADOWS["feDropShadow"], region='x="0" y="0" width="1.05" height="1.05"')
    legal, _ = lowered(scene)
    assert [type(leaf) for leaf in leaves(legal)] == [Image, Shape]
    assert difference(scene, legal) < 0.002


def test_a_second_shadow_is_cast_from_below() -> None:
    chain = (
        '<feGaussianBlur in="SourceAlpha" stdDeviation="3"/><feOffset dx="9" dy="9" result="a"/>'
        '<feGaussianBlur in="SourceAlpha" stdDeviation="6" result="b"/>'
        '<feMerge><feMergeNode in="b"/><feMergeNode in="a"/>'
        '<feMergeNode in="SourceGraphic"/></feMerge>'
    )
    scene = filtered(chain)
    legal, _ = lowered(scene)
    below, top = shapes(legal)
    assert (below.effects[0].dx, top.effects[0].dx) == (0, 9)
    assert difference(scene, legal) < 0.002


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("grayscale(1)", Color(109, 109, 109)),
        ("invert(1)", Color(213, 133, 79)),
        ("brightness(.5)", Color(21, 61, 88)),
        ("opacity(.5)", Color(42, 122, 176, 0.5)),
        ("hue-rotate(0deg) grayscale(0)", Color(42, 122, 176)),
    ],
)
def test_css_functions_recolour(function: str, expected: Color) -> None:
    scene = scene_of(
        f'<rect x="9" y="9" width="99" height="99" fill="#2a7ab0" style="filter:{function}"/>'
    )
    legal, remarks = lowered(scene)
    (shape,) = shapes(legal)
    assert shape.fill is not None and isinstance(shape.fill.paint, Color)
    assert shape.fill.paint.with_alpha(shape.fill.opacity) == expected
    assert remarks == () and difference(scene, legal) == 0


def test_colours_are_computed_in_linear_light_unless_told_otherwise() -> None:
    matrix = '<feColorMatrix type="saturate" values="0" color-interpolation-filters="{}"/>'
    red = '<rect x="20" y="20" width="50" height="50" fill="red"/>'
    greys = []
    for space in ("linearRGB", "sRGB"):
        scene = filtered(matrix.format(space), red)
        (shape,) = shapes(lowered(scene)[0])
        assert shape.fill is not None and isinstance(shape.fill.paint, Color)
        greys.append(shape.fill.paint.red)
    assert greys == [pytest.approx(127, abs=1), pytest.approx(54, abs=1)]


def test_gradients_and_pictures_keep_their_kind() -> None:
    data = base64.b64encode(png(200, 40, 90)).decode()
    content = (
        '<linearGradient id="g"><stop stop-color="red"/><stop offset="1" stop-color="blue"/>'
        '</linearGradient><rect x="20" y="20" width="80" height="50" fill="url(#g)"/>'
        f'<image x="20" y="100" width="60" height="60" href="data:image/png;base64,{data}"/>'
    )
    chain = '<feColorMatrix type="hueRotate" values="80" color-interpolation-filters="linearRGB"/>'
    scene = filtered(chain, content)
    legal, remarks = lowered(scene)
    assert sorted(type(leaf).__name__ for leaf in leaves(legal)) == ["Image", "Shape"]
    assert remarks == () and difference(scene, legal) < 0.002


@pytest.mark.parametrize(
    "chain",
    [
        '<feGaussianBlur stdDeviation="0"/>',
        '<feOffset dx="0" dy="0"/>',
        '<feFlood flood-opacity="0" result="b"/><feBlend in="SourceGraphic" in2="b"/>',
        '<feMerge><feMergeNode in="SourceGraphic"/></feMerge>',
        '<feColorMatrix type="saturate" values="1"/>',
        '<feComponentTransfer><feFuncR type="identity"/></feComponentTransfer>',
        '<feComposite operator="arithmetic" k2="1"/>',
    ],
)
def test_what_changes_nothing_is_dropped(chain: str) -> None:
    plain, _ = lowered(scene_of('<rect x="50" y="60" width="80" height="70" fill="#2a7ab0"/>'))
    legal, remarks = lowered(filtered(chain))
    (one,), (two,) = shapes(plain), shapes(legal)
    assert (one.path, one.fill, one.primitive) == (two.path, two.fill, two.primitive)
    assert not two.effects and remarks == ()


def test_a_flood_is_a_rectangle_and_regions_cut_outlines() -> None:
    scene = filtered(
        '<feFlood x="30" y="40" width="60" height="50" flood-color="green" flood-opacity=".5" '
        'result="f"/><feOffset in="SourceGraphic" dx="20" dy="10"/>'
        '<feMerge x="30" width="70" result="o"><feMergeNode/></feMerge>'
        '<feMerge><feMergeNode in="f"/><feMergeNode in="o"/></feMerge>',
        region='filterUnits="userSpaceOnUse" x="20" y="20" width="160" height="100"',
    )
    legal, _ = lowered(scene)
    assert all(isinstance(leaf, Shape) for leaf in leaves(legal))
    assert difference(scene, legal) < 0.002


def test_a_shadow_does_not_show_through_a_faded_group() -> None:
    scene = scene_of(
        '<g opacity=".5"><rect x="50" y="50" width="80" height="80" fill="red" '
        'style="filter:drop-shadow(8px 8px 2px black)"/></g>'
    )
    legal, _ = lowered(scene)
    assert difference(scene, legal) < 0.002


# --- whatever the chain, what is seen stays -----------------------------------------------------

_NAMES = st.sampled_from(["", "SourceGraphic", "SourceAlpha", "a", "b", "c"])
_COLORS = st.sampled_from(["red", "#2a7", "white", "black"])
_SPACES = st.sampled_from(["sRGB", "linearRGB"])


@st.composite
def primitives(draw: st.DrawFn) -> str:
    number = st.integers(-24, 24)
    tag = draw(
        st.sampled_from(
            ["blur", "offset", "flood", "matrix", "transfer", "in", "merge", "blend", "drop"]
        )
    )
    common = f'color-interpolation-filters="{draw(_SPACES)}"'
    for name in ("in", "in2"):
        value = draw(_NAMES)
        if value:
            common += f' {name}="{value}"'
    common += f' result="{draw(st.sampled_from(["a", "b", "c"]))}"'
    # resvg does not cut what feOffset moves.
    if tag != "offset" and draw(st.integers(0, 5)) == 0:
        common += f' x="{draw(number) + 50}" width="{draw(st.integers(20, 120))}"'
    match tag:
        case "blur":
            return f'<feGaussianBlur {common} stdDeviation="{draw(st.sampled_from([0, 2, 5]))}"/>'
        case "offset":
            return f'<feOffset {common} dx="{draw(number)}" dy="{draw(number)}"/>'
        case "flood":
            return (
                f'<feFlood {common} flood-color="{draw(_COLORS)}" '
                f'flood-opacity="{draw(st.sampled_from([0, 0.4, 1]))}"/>'
            )
        case "matrix":
            values = draw(
                st.sampled_from(
                    [
                        'type="saturate" values=".2"',
                        'type="hueRotate" values="70"',
                        'type="luminanceToAlpha"',
                        'values="0 0 0 0 .4 0 0 0 0 .1 0 0 0 0 0 0 0 0 .7 0"',
                        'values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 127 0"',
                        'values="1 0 0 .3 0 0 .5 0 0 0 0 0 1 0 .2 0 0 0 2 0"',
                        'values="-1 0 0 0 1 0 -1 0 0 1 0 0 -1 0 1 0 0 0 1 .2"',
                    ]
                )
            )
            return f"<feColorMatrix {common} {values}/>"
        case "transfer":
            function = draw(
                st.sampled_from(
                    [
                        '<feFuncR type="table" tableValues="1 0 1"/>',
                        '<feFuncA type="linear" slope=".5"/>',
                        '<feFuncA type="discrete" tableValues="0 1"/>',
                        '<feFuncG type="gamma" exponent="2"/>'
                        '<feFuncB type="linear" intercept=".3"/>',
                        '<feFuncA type="table" tableValues="1 0"/>',
                        '<feFuncR type="table" tableValues="1px"/>',
                    ]
                )
            )
            return f"<feComponentTransfer {common}>{function}</feComponentTransfer>"
        case "in":
            operator = draw(
                st.sampled_from(["in", "out", "over", "atop", "xor", 'arithmetic" k2="1" k3=".5'])
            )
            return f'<feComposite {common} operator="{operator}"/>'
        case "blend":
            mode = draw(st.sampled_from(["normal", "multiply", "screen"]))
            return f'<feBlend {common} mode="{mode}"/>'
        case "drop":
            return f'<feDropShadow {common} dx="5" dy="-7" stdDeviation="3" flood-color="#083"/>'
    nodes = "".join(
        f'<feMergeNode in="{name}"/>' if name else "<feMergeNode/>"
        for name in draw(st.lists(_NAMES, min_size=1, max_size=3))
    )
    return f"<feMerge {common}>{nodes}</feMerge>"


_CONTENTS = st.sampled_from(
    [
        '<rect x="50" y="60" width="80" height="70" fill="#2a7ab0"/>',
        '<rect x="50" y="60" width="80" height="70" fill="#2a7ab0" fill-opacity=".5"/>',
        '<circle cx="90" cy="90" r="40" fill="#fa3" stroke="#315" stroke-width="9"/>',
        '<rect x="30" y="40" width="60" height="60" fill="#e22"/><circle cx="95" cy="95" r="35"/>',
        '<rect x="30" y="60" width="30" height="60" fill="#e22"/><circle cx="125" cy="95" r="35"/>',
        '<g opacity=".6"><rect x="40" y="40" width="60" height="60" fill="#e22"/></g>'
        '<circle cx="100" cy="100" r="35" fill="#36c"/>',
        '<linearGradient id="g"><stop stop-color="red"/><stop offset="1" stop-color="#04f"/>'
        '</linearGradient><rect x="40" y="40" width="90" height="60" fill="url(#g)"/>',
    ]
)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(chain=st.lists(primitives(), min_size=1, max_size=5), content=_CONTENTS)
def test_no_chain_is_taken_for_another(chain: list[str], content: str) -> None:
    scene = filtered("".join(chain), content)
    legal, _ = lowered(scene)
    assert difference(scene, legal) < 0.004


def test_a_shadow_of_no_width_has_no_direction_to_lose() -> None:
    legal, _ = lowered(filtered('<feDropShadow dx="0" dy="0" stdDeviation="5"/>'))
    (shape,) = shapes(legal)
    assert math.hypot(shape.effects[0].dx, shape.effects[0].dy) == 0
    assert isinstance(shape.fill, Fill)
