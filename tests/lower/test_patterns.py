from __future__ import annotations

import io
import pathlib

import PIL.Image
import pytest
from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.boolean import area
from svg2pptx_batch.graphics.color import BLACK
from svg2pptx_batch.graphics.path import PathBuilder, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.options import ConvertOptions, SlideSize, Target
from svg2pptx_batch.scene.nodes import Group, Image, ImageFormat, Label, Node, Shape
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    Fill,
    LinearGradient,
    Pattern,
    PatternFill,
    PictureFill,
    Stop,
    Stroke,
)
from tests.support.conversion import convert_files
from tests.support.decks import assert_opens, read_part, read_slides
from tests.support.scenes import BLUE, RED, disc, leaves, lowered, only, shapes, square
from tests.support.slides import png


def pattern(*children: Node, side: float = 20, **more: object) -> Pattern:
    return Pattern(children, Rect(0, 0, side, side), **more)  # type: ignore[arg-type]


def bar(rect: Rect) -> Shape:
    return Shape(rect_path(rect), Fill(RED))


def test_dots_become_one_shape_inside_the_outline() -> None:
    scene, remarks = lowered(square(0, 0, 100, pattern(disc(10, 10, 5))))
    shape = only(scene)
    assert shape.fill == Fill(RED) and shape.path.verbs.count("M") == 25
    assert shape.path.bounds() == Rect(5, 5, 90, 90)
    assert remarks == () and scene.fidelity == {"native": 1}


def test_what_leaves_the_outline_is_cut() -> None:
    scene, _ = lowered(disc(50, 50, 50, pattern(square(0, 0, 10), square(10, 10, 10))))
    # Half of a chequer board is black.
    assert area(only(scene).path) == pytest.approx(3.1416 * 2500 / 2, rel=2e-2)


def test_stripes_grow_together() -> None:
    scene, _ = lowered(square(0, 0, 100, pattern(bar(Rect(0, 0, 20, 8)))))
    shape = only(scene)
    assert shape.path.verbs.count("M") == 5, "one strip a row, whatever the tiles are"
    assert area(shape.path) == pytest.approx(100 * 40, rel=1e-3)


def test_a_hatch_drawn_with_lines_is_one_shape() -> None:
    pen = PathBuilder()
    pen.move_to(-5, 5)
    pen.line_to(5, -5)
    pen.move_to(0, 20)
    pen.line_to(20, 0)
    pen.move_to(15, 25)
    pen.line_to(25, 15)
    hatch = pattern(Shape(pen.build(), None, Stroke(BLACK, width=2)))
    scene, _ = lowered(square(0, 0, 100, hatch))
    assert only(scene).stroke is None
    assert area(only(scene).path) == pytest.approx(100 * 100 * 2 / (20 / 2**0.5), rel=2e-2)


def test_a_slanting_pattern_is_drawn_along_its_own_axes() -> None:
    slanting = pattern(bar(Rect(0, 0, 20, 10)), transform=Affine.rotation(30))
    shape = only(lowered(square(0, 0, 100, slanting))[0])
    assert area(shape.path) == pytest.approx(5000, rel=4e-2)
    assert shape.path.bounds() == pytest.approx(Rect(0, 0, 100, 100), abs=0.1)


def test_colours_come_apart_and_carry_the_shapes_name() -> None:
    two = pattern(square(0, 0, 20), disc(10, 10, 5, BLUE))
    named = replace(square(0, 0, 60, two), stroke=Stroke(BLACK), label=Label(name="Cloth"))
    scene, _ = lowered(named)
    below, above, line = shapes(scene)
    assert below.fill == Fill(RED) and area(below.path) == pytest.approx(3600, rel=1e-3)
    assert above.fill == Fill(BLUE) and line.stroke is not None
    (group,) = scene.root.children
    assert isinstance(group, Group) and group.label.name == "Cloth"
    assert [below.label.name, above.label.name] == ["Cloth pattern"] * 2


def test_gradients_in_the_tile_keep_their_frames() -> None:
    fade = LinearGradient(0, 0, 10, 0, (Stop(0, RED), Stop(1, BLUE)))
    scene, _ = lowered(square(0, 0, 40, pattern(square(0, 0, 10, fade))))
    assert len(list(shapes(scene))) == 4
    for shape in shapes(scene):
        assert shape.fill and isinstance(shape.fill.paint, AxialGradient)
        assert shape.fill.paint.stops[0].color == RED


def test_opacity_of_the_fill_fades_what_lies_on_top_of_each_other_once() -> None:
    two = pattern(square(0, 0, 20), disc(10, 10, 5, BLUE))
    faded = replace(square(0, 0, 60), fill=Fill(two, opacity=0.5), primitive=None)
    below, above = shapes(lowered(faded)[0])
    assert above.fill == Fill(BLUE, 0.5)
    assert area(below.fill_path or below.path) == pytest.approx(3600 - 9 * 78.54, rel=1e-2)


def test_a_stroke_may_be_patterned() -> None:
    line = replace(square(20, 20, 100, None), stroke=Stroke(pattern(square(0, 0, 20)), width=10))
    assert area(only(lowered(line)[0]).path) == pytest.approx(110**2 - 90**2, rel=1e-3)


def test_a_tile_with_a_picture_is_repeated_as_pixels() -> None:
    photo = Image(png(1, 2, 3), ImageFormat.PNG, Rect(0, 0, 10, 10))
    shape = only(lowered(square(10, 30, 100, pattern(photo, side=12)))[0])
    assert shape.fill and isinstance(shape.fill.paint, PatternFill)
    assert shape.fill.paint.period == pytest.approx(Rect(2, 6, 12, 12))
    with PIL.Image.open(io.BytesIO(shape.fill.paint.png)) as tile:
        assert tile.size == shape.fill.paint.pixels
        assert tile.info["dpi"] == pytest.approx((96, 96), abs=0.1)


def test_turned_tiles_of_pixels_are_painted_whole() -> None:
    photo = Image(png(1, 2, 3), ImageFormat.PNG, Rect(0, 0, 10, 10))
    turned = pattern(photo, side=12, transform=Affine.rotation(20))
    shape = only(lowered(square(10, 30, 100, turned))[0])
    assert shape.fill and isinstance(shape.fill.paint, PictureFill)


def test_rounded_periods_that_would_drift_are_painted_whole() -> None:
    photo = Image(png(1, 2, 3), ImageFormat.PNG, Rect(0, 0, 2, 2))
    fine = square(0, 0, 190, pattern(photo, side=2.7))
    shape = only(lowered(fine, target=Target.LIBREOFFICE)[0])
    assert shape.fill and isinstance(shape.fill.paint, PictureFill)
    shape = only(lowered(fine, target=Target.POWERPOINT)[0])
    assert shape.fill and isinstance(shape.fill.paint, PatternFill)


def test_dense_patterns_are_pixels() -> None:
    (shape,) = leaves(lowered(square(0, 0, 190, pattern(disc(2, 2, 1), side=4)))[0])
    assert isinstance(shape, Shape) and shape.fill
    assert isinstance(shape.fill.paint, PatternFill)


def test_decks_with_patterns_open(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "cloth.svg"
    file.write_text("""<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200">
      <pattern id="dots" width="20" height="20" patternUnits="userSpaceOnUse">
        <circle cx="10" cy="10" r="6" fill="teal"/></pattern>
      <pattern id="fine" width="3" height="3" patternUnits="userSpaceOnUse">
        <circle cx="1.5" cy="1.5" r="1" fill="teal"/></pattern>
      <circle cx="60" cy="60" r="50" fill="url(#dots)" stroke="black"/>
      <rect x="10" y="120" width="180" height="70" fill="url(#fine)"/></svg>""")
    deck = tmp_path / "cloth.pptx"
    convert_files([file], deck, SlideSize(1905000, 1905000), ConvertOptions())
    assert_opens(deck)
    (slide,) = read_slides(deck)
    assert slide.kinds_of_leaves == ["sp"] * 3
    (tile,) = slide.find(".//a:blipFill/a:tile")
    assert (tile.get("tx"), tile.get("ty")) == (str(2 * 9525), "0")
    assert (tile.get("sx"), tile.get("flip"), tile.get("algn")) == ("12500", "none", "tl")
    picture = next(name for name in slide.relationships.values() if name.endswith(".png"))
    # 3780 pixels to the metre.
    assert b"pHYs\x00\x00\x0e\xc4\x00\x00\x0e\xc4\x01" in read_part(deck, picture)
