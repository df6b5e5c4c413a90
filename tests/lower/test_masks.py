from __future__ import annotations

import io
import math
import pathlib

import PIL.Image
import pytest
from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.boolean import area
from svg2pptx_batch.graphics.color import BLACK, WHITE, Color
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.scene.effects import Filter, FilterPrimitive, Mask, MaskKind
from svg2pptx_batch.scene.nodes import Group, Image, ImageFormat, Node, Shape
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    CircularGradient,
    Fill,
    LinearGradient,
    PictureFill,
    RadialGradient,
    Stop,
    Stroke,
)
from tests.support.conversion import convert_files
from tests.support.decks import assert_opens, read_slides
from tests.support.scenes import BLUE, RED, disc, leaves, lowered, only, shapes, square
from tests.support.slides import png

EVERYWHERE = Rect(-50, -50, 300, 300)
GREY = Color(128, 128, 128)


def masked(*children: Node, by: tuple[Node, ...], **more: object) -> Group:
    mask = Mask(by, **{"region": EVERYWHERE, **more})  # type: ignore[arg-type]
    return Group(children, mask=mask)


def fade_right(x1: float = 0, x2: float = 100) -> LinearGradient:
    return LinearGradient(x1, 0, x2, 0, (Stop(0, WHITE), Stop(1, BLACK)))


def test_an_opaque_white_mask_is_a_clip() -> None:
    scene, remarks = lowered(masked(square(0, 0, 100), by=(disc(50, 50, 30, WHITE),)))
    assert area(only(scene).path) == pytest.approx(math.pi * 900, rel=1e-3)
    assert only(scene).fill == Fill(RED)
    assert remarks == () and scene.fidelity == {"native": 1}


def test_black_cuts_holes_into_white() -> None:
    hole = masked(square(0, 0, 100), by=(square(0, 0, 200, WHITE), disc(50, 50, 30, BLACK)))
    assert area(only(lowered(hole)[0]).path) == pytest.approx(10_000 - math.pi * 900, rel=1e-3)


def test_a_mask_that_shows_everything_changes_nothing() -> None:
    scene, remarks = lowered(masked(disc(50, 50, 30), by=(square(0, 0, 200, WHITE),)))
    assert only(scene).primitive is not None, "a circle stays a circle"
    assert remarks == ()


@pytest.mark.parametrize("by", [(), (square(0, 0, 200, BLACK),), (square(150, 0, 50, WHITE),)])
def test_a_mask_may_hide_everything(by: tuple[Node, ...]) -> None:
    assert leaves(lowered(masked(square(0, 0, 100), by=by))[0]) == []


def test_the_mask_region_cuts_too() -> None:
    by = (square(0, 0, 200, WHITE),)
    scene, _ = lowered(masked(square(0, 0, 100), by=by, region=Rect(0, 0, 50, 20)))
    assert only(scene).path.bounds() == Rect(0, 0, 50, 20)


def test_one_tone_all_over_is_an_opacity() -> None:
    both = masked(square(0, 0, 100), disc(50, 50, 30, BLUE), by=(square(0, 0, 200, GREY),))
    below, above = shapes(lowered(both)[0])
    assert below.fill and below.fill.opacity == pytest.approx(128 / 255, abs=2e-3)
    assert below.fill_path is not None, "what is faded as one does not show through"
    assert above.primitive is not None


def test_alpha_counts_where_the_mask_says_so() -> None:
    by = (square(0, 0, 200, Color(0, 0, 0, 0.5)),)
    scene, _ = lowered(masked(square(0, 0, 100), by=by, kind=MaskKind.ALPHA))
    fill = only(scene).fill
    assert fill and fill.opacity == pytest.approx(0.5, abs=3e-3)


def test_opacity_multiplies_the_mask() -> None:
    group = replace(masked(square(0, 0, 100), by=(square(0, 0, 200, GREY),)), opacity=0.5)
    fill = only(lowered(group)[0]).fill
    assert fill and fill.opacity == pytest.approx(64 / 255, abs=2e-3)


def test_masks_on_masks_multiply() -> None:
    outer = Mask((square(0, 0, 60, GREY),), EVERYWHERE)
    group = masked(square(0, 0, 100), by=(square(0, 0, 200, GREY),), mask=outer)
    shape = only(lowered(group)[0])
    assert shape.path.bounds() == Rect(0, 0, 60, 60)
    assert shape.fill and shape.fill.opacity == pytest.approx(0.25, abs=5e-3)


def test_two_tones_part_the_shape() -> None:
    by = (square(0, 0, 200, WHITE), square(50, 0, 200, GREY))
    scene, _ = lowered(masked(square(0, 0, 100), by=by))
    parts = sorted(shapes(scene), key=lambda part: part.path.coords[0])
    assert [part.path.bounds() for part in parts] == [Rect(0, 0, 50, 100), Rect(50, 0, 50, 100)]
    assert scene.fidelity == {"native": 1}


def test_a_gradient_becomes_alpha_in_a_gradient() -> None:
    by = (square(0, 0, 200, fade_right()),)
    scene, remarks = lowered(masked(square(0, 0, 100), by=by))
    fill = only(scene).fill
    assert fill and isinstance(fill.paint, AxialGradient)
    assert {stop.color[:3] for stop in fill.paint.stops} == {RED[:3]}
    assert fill.paint.stops[0].color.alpha == 1 and fill.paint.stops[-1].color.alpha == 0
    assert remarks == ()


def test_luminance_and_alpha_of_one_gradient_make_a_curve() -> None:
    curve = LinearGradient(0, 0, 100, 0, (Stop(0, WHITE.with_alpha(0)), Stop(1, BLACK)))
    paint = only(lowered(masked(square(0, 0, 100), by=(square(0, 0, 200, curve),)))[0]).fill
    assert paint and isinstance(paint.paint, AxialGradient)
    assert max(stop.color.alpha for stop in paint.paint.stops) == pytest.approx(0.25, abs=5e-3)


def test_gradients_that_run_the_same_way_multiply() -> None:
    own = LinearGradient(100, 0, 0, 0, (Stop(0, RED), Stop(1, BLUE)))
    scene, _ = lowered(masked(square(0, 0, 100, own), by=(square(0, 0, 200, fade_right()),)))
    fill = only(scene).fill
    assert fill and isinstance(fill.paint, AxialGradient)
    colors = {stop.color[:3]: stop.color.alpha for stop in fill.paint.stops}
    assert colors[RED[:3]] == pytest.approx(0) and colors[BLUE[:3]] == pytest.approx(1)


def test_gradients_across_each_other_fill_the_shape_as_a_picture() -> None:
    own = LinearGradient(0, 0, 0, 100, (Stop(0, RED), Stop(1, BLUE)))
    scene, _ = lowered(masked(disc(50, 50, 50, own), by=(square(0, 0, 200, fade_right()),)))
    shape = only(scene)
    assert shape.primitive is not None and shape.fill
    assert isinstance(shape.fill.paint, PictureFill)
    with PIL.Image.open(io.BytesIO(shape.fill.paint.png)) as picture:
        left, right = (picture.getpixel((x, picture.height // 2)) for x in (2, picture.width - 3))
    assert isinstance(left, tuple) and isinstance(right, tuple)
    assert left[3] > 240 and right[3] < 15


def test_a_radial_mask_about_the_middle_stays_native() -> None:
    glow = RadialGradient(50, 50, 50, 50, 50, 0, (Stop(0, WHITE), Stop(1, BLACK)))
    fill = only(lowered(masked(square(0, 0, 100), by=(square(0, 0, 200, glow),)))[0]).fill
    assert fill and isinstance(fill.paint, CircularGradient)


def test_strokes_under_a_gradient_become_outlines_of_their_own() -> None:
    framed = replace(square(20, 20, 60), stroke=Stroke(BLUE, width=10))
    scene, remarks = lowered(masked(framed, by=(square(0, 0, 200, fade_right()),)))
    inside, ring = shapes(scene)
    assert inside.stroke is None and ring.stroke is None
    assert area(ring.path) == pytest.approx(70**2 - 50**2, rel=1e-2)
    assert [remark.code for remark in remarks] == ["stroke-outlined"]


def test_a_masked_picture_stays_one_picture_with_its_own_pixels() -> None:
    picture = Image(png(1, 2, 3), ImageFormat.PNG, Rect(0, 0, 100, 75))
    by = (square(0, 0, 200, fade_right()),)
    (leaf,) = leaves(lowered(masked(picture, by=by))[0])
    assert isinstance(leaf, Image) and leaf.rect == Rect(0, 0, 100, 75)
    with PIL.Image.open(io.BytesIO(leaf.data)) as baked:
        alpha = baked.getchannel("A")
        ends = alpha.getpixel((0, 0)), alpha.getpixel((baked.width - 1, 0))
    assert isinstance(ends[0], int) and isinstance(ends[1], int)
    assert ends[0] > 245 and ends[1] < 10


def test_the_white_of_cairos_masks_is_seen_through() -> None:
    white = FilterPrimitive(
        "feColorMatrix",
        (("type", "matrix"), ("values", "0 0 0 0 1 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0")),
    )
    dark = Group((square(0, 0, 200, Color(0, 0, 0, 0.4)),), filters=(Filter((white,), EVERYWHERE),))
    fill = only(lowered(masked(square(0, 0, 100), by=(dark,)))[0]).fill
    assert fill and fill.opacity == pytest.approx(0.4, abs=3e-3)


def test_a_blurred_mask_fills_native_outlines() -> None:
    blur = FilterPrimitive("feGaussianBlur", (("stdDeviation", "8"),))
    soft = Group((disc(50, 50, 30, WHITE),), filters=(Filter((blur,), EVERYWHERE),))
    scene, remarks = lowered(masked(square(0, 0, 100), by=(soft,)))
    fill = only(scene).fill
    assert fill and isinstance(fill.paint, PictureFill)
    assert [remark.code for remark in remarks] == ["mask-rasterised"]
    assert scene.fidelity == {"rasterised": 1}


def test_a_turned_mask_turns_with_its_group() -> None:
    by = (Shape(rect_path(Rect(0, 0, 100, 50)), Fill(WHITE)),)
    group = replace(masked(square(0, 0, 100), by=by), transform=Affine.rotation(30, 50, 50))
    assert area(only(lowered(group)[0]).path) == pytest.approx(5000, rel=1e-3)


def test_decks_with_masks_open(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "masks.svg"
    file.write_text("""<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200">
      <linearGradient id="g"><stop stop-color="#fff"/><stop offset="1"/></linearGradient>
      <mask id="c"><circle cx="60" cy="60" r="50" fill="#fff"/></mask>
      <mask id="l" maskContentUnits="objectBoundingBox">
        <rect width="1" height="1" fill="url(#g)"/></mask>
      <g mask="url(#c)"><path d="M0 0h120v60H0z" fill="red"/><path d="M0 60h120v60H0z"/></g>
      <rect x="120" y="120" width="70" height="70" fill="blue" mask="url(#l)"/></svg>""")
    deck = tmp_path / "masks.pptx"
    convert_files([file], deck, SlideSize(1905000, 1905000), ConvertOptions())
    assert_opens(deck)
    (slide,) = read_slides(deck)
    assert slide.kinds_of_leaves == ["sp"] * 3
    assert slide.find(".//a:gradFill//a:alpha[@val='0']")


@pytest.mark.parametrize(("opacity", "picture"), [(1.0, False), (0.5, True)])
def test_a_translucent_stroke_over_its_fill_is_no_two_faded_parts(
    opacity: float, picture: bool
) -> None:
    """Faded unevenly, what shows through the stroke would be too much at one end."""
    both = replace(square(20, 20, 100), stroke=Stroke(BLUE, width=20, opacity=opacity))
    scene, remarks = lowered(masked(both, by=(square(0, 0, 200, fade_right()),)))
    assert [isinstance(leaf, Image) for leaf in leaves(scene)] == (
        [True] if picture else [False] * 2
    )
    assert ("mask-rasterised" in {remark.code for remark in remarks}) is picture
