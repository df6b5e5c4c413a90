from __future__ import annotations

import math

import pytest
from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.boolean import area
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.path import ellipse_path, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.legal import IllegalNodeError, check
from svg2pptx_batch.lower.opacity import fade
from svg2pptx_batch.scene.effects import ClipPath
from svg2pptx_batch.scene.nodes import (
    Crop,
    Group,
    Image,
    ImageFormat,
    Label,
    RectPrimitive,
    Shape,
    Text,
)
from svg2pptx_batch.scene.paint import Fill, LinearGradient, Stop, Stroke
from svg2pptx_batch.scene.text import (
    Decoration,
    Decorations,
    Direction,
    Font,
    TextAnchor,
    TextChunk,
    TextSpan,
    WritingMode,
)
from tests.support.scenes import BLACK, BLUE, RED, disc, leaves, lowered, only, shapes, square
from tests.support.slides import png

FADED = 0.4


def clip(*children: Shape, **more: object) -> ClipPath:
    return ClipPath(children, **more)  # type: ignore[arg-type]


def test_opacity_goes_into_parts_that_do_not_touch() -> None:
    scene, remarks = lowered(Group((square(0, 0, 50), disc(120, 100, 40, BLUE)), opacity=FADED))
    assert [shape.fill.opacity for shape in shapes(scene) if shape.fill] == [FADED, FADED]
    assert remarks == ()


def test_boxes_may_overlap_where_outlines_do_not() -> None:
    arc = Shape(rect_path(Rect(0, 0, 10, 100)), Fill(RED), transform=Affine.rotation(-45, 0, 0))
    scene, _ = lowered(
        Group(
            (
                replace(arc, transform=Affine.translation(20, 80) @ Affine.rotation(-45)),
                square(0, 0, 30),
            ),
            opacity=FADED,
        )
    )
    assert all(shape.fill and shape.fill.opacity == FADED for shape in shapes(scene))


def test_fill_and_stroke_of_a_faded_shape_do_not_overlap() -> None:
    both = replace(square(50, 50, 100), stroke=Stroke(BLUE, width=20))
    shape = only(lowered(Group((both,), opacity=FADED))[0])
    assert shape.fill_path is not None
    assert area(shape.fill_path) == pytest.approx(80 * 80, rel=1e-3)
    assert shape.stroke is not None and shape.stroke.opacity == FADED


def test_a_faded_stroke_below_its_fill_is_cut_too() -> None:
    both = replace(square(50, 50, 100), stroke=Stroke(BLUE, width=20), stroke_first=True)
    ring, top = shapes(lowered(Group((both,), opacity=FADED))[0])
    assert area(ring.path) == pytest.approx(120 * 120 - 100 * 100, rel=1e-3)
    assert area(top.path) == pytest.approx(100 * 100, rel=1e-3)


@pytest.mark.parametrize("stroke_first", [False, True])
def test_a_translucent_paint_over_the_other_is_faded_with_it(stroke_first: bool) -> None:
    """Layer by layer over white, where fill and stroke overlap, as SVG composites the group."""
    upper, lower, seen = 0.6, 0.9, FADED
    fill, line = (upper, lower) if stroke_first else (lower, upper)
    both = replace(
        square(50, 50, 100),
        fill=Fill(RED, fill),
        stroke=Stroke(BLUE, width=20, opacity=line),
        stroke_first=stroke_first,
    )
    scene, remarks = lowered(Group((both,), opacity=seen))
    expected = seen * (1 - upper) * lower
    backdrop = 1 - seen * (upper + (1 - upper) * lower)
    *_, shared, top = shapes(scene)
    assert shared.fill is not None
    over = top.stroke.opacity if top.stroke is not None else top.fill.opacity  # type: ignore[union-attr]
    assert over == pytest.approx(seen * upper)
    assert (1 - over) * shared.fill.opacity == pytest.approx(expected)
    assert (1 - over) * (1 - shared.fill.opacity) == pytest.approx(backdrop)
    covered = 10 * 100 * 4 - 4 * 10 * 10
    assert area(shared.fill_path or shared.path) == pytest.approx(covered, rel=1e-3)
    assert remarks == ()


def test_what_an_opaque_part_covers_is_cut_away() -> None:
    scene, remarks = lowered(Group((square(0, 0, 100), disc(50, 50, 30, BLUE)), opacity=FADED))
    below, above = shapes(scene)
    assert below.fill_path is not None
    assert area(below.fill_path) == pytest.approx(10_000 - math.pi * 900, rel=1e-3)
    assert below.path.bounds() == Rect(0, 0, 100, 100), "a gradient's frame would stay"
    assert above.primitive is not None and above.fill == Fill(BLUE, FADED)
    assert remarks == () and scene.fidelity == {"native": 2}


def test_lines_through_turned_letters_fade_piece_by_piece() -> None:
    pieces = (rect_path(Rect(0, 0, 10, 1)), rect_path(Rect(12, 2, 10, 1)))
    line = Decoration(Fill(RED), Stroke(BLUE), (), pieces, stroke_first=True)
    span = TextSpan("ab", Font((), 10.0), None, (), Fill(RED), decorations=Decorations(line))
    box = Rect(0, -10, 22, 12)
    chunk = TextChunk(
        0, 0, TextAnchor.START, Direction.LTR, WritingMode.HORIZONTAL, (span,), 22, False, box
    )
    faded = fade([Text((chunk,), box)], FADED)
    assert faded is not None
    (text,) = faded.nodes
    assert isinstance(text, Text)
    assert text.chunks[0].spans[0].decorations.underline == replace(
        line, fill=Fill(RED, FADED), stroke=Stroke(BLUE, opacity=FADED)
    )


def test_strokes_below_something_are_cut_too() -> None:
    framed = replace(square(20, 20, 100), stroke=Stroke(BLACK, width=20))
    scene, _ = lowered(Group((framed, square(20, 20, 200, BLUE)), opacity=FADED))
    line, above = shapes(scene)
    assert line.stroke is None and line.fill == Fill(BLACK, FADED)
    assert area(line.path) == pytest.approx(120 * 10 + 110 * 10, rel=1e-3)
    assert above.fill == Fill(BLUE, FADED)


def test_a_part_that_is_covered_wholly_shows_nothing() -> None:
    scene, _ = lowered(Group((square(20, 20, 10), square(0, 0, 100, BLUE)), opacity=FADED))
    below, _ = shapes(scene)
    assert below.fill is not None and isinstance(below.fill.paint, Color)
    assert below.fill.paint.alpha == 0


def test_an_invisible_group_vanishes() -> None:
    assert leaves(lowered(Group((square(0, 0, 50),), opacity=0.0))[0]) == []


def test_a_clip_around_everything_changes_nothing() -> None:
    scene, remarks = lowered(Group((square(50, 50, 50),), clip=clip(square(0, 0, 200))))
    assert only(scene).primitive == RectPrimitive(Rect(50, 50, 50, 50))
    round_clip = clip(disc(75, 75, 60))
    scene, more = lowered(Group((square(50, 50, 50),), clip=round_clip))
    assert only(scene).primitive == RectPrimitive(Rect(50, 50, 50, 50))
    assert remarks == more == ()


def test_a_fill_is_cut_as_geometry() -> None:
    gradient = LinearGradient(50, 0, 150, 0, (Stop(0, RED), Stop(1, BLUE)))
    cut = clip(square(0, 0, 100))
    scene, remarks = lowered(Group((square(50, 50, 100, gradient),), clip=cut))
    shape = only(scene)
    assert shape.path.bounds() == pytest.approx(Rect(50, 50, 50, 50), abs=1e-3)
    assert shape.fill is not None
    end = shape.fill.paint.stops[-1].color  # type: ignore[union-attr]
    assert end == RED.mix(BLUE, 0.5)
    assert remarks == ()


def test_a_cut_stroke_becomes_an_outline() -> None:
    both = replace(square(50, 50, 100), stroke=Stroke(BLACK, width=10))
    scene, remarks = lowered(Group((both,), clip=clip(square(0, 0, 100))))
    fill, line = shapes(scene)
    assert area(fill.path) == pytest.approx(2500, rel=1e-3)
    assert area(line.path) == pytest.approx(55 * 55 - 45 * 45, rel=1e-3)
    assert [remark.code for remark in remarks] == ["stroke-outlined"]


def test_clips_of_clips_and_of_groups_add_up() -> None:
    inner = clip(square(0, 0, 100), clip=clip(square(60, 0, 100)))
    scene, _ = lowered(
        Group((Group((square(50, 50, 100),), clip=inner),), clip=clip(square(0, 0, 80)))
    )
    assert only(scene).path.bounds() == pytest.approx(Rect(60, 50, 20, 30), abs=1e-3)


def test_an_empty_clip_hides_everything() -> None:
    assert leaves(lowered(Group((square(50, 50, 50),), clip=ClipPath(())))[0]) == []


def picture(**more: object) -> Image:
    return Image(png(1, 2, 3), ImageFormat.PNG, Rect(0, 0, 100, 100), **more)  # type: ignore[arg-type]


def test_a_picture_is_cropped_by_a_rectangle() -> None:
    scene, _ = lowered(Group((picture(crop=Crop(left=0.5)),), clip=clip(square(20, 40, 300))))
    (image,) = leaves(scene)
    assert isinstance(image, Image) and image.clip is None
    assert image.rect == pytest.approx(Rect(20, 40, 80, 60), abs=1e-3)
    assert image.crop.left == pytest.approx(0.6, abs=1e-5)
    assert image.crop.top == pytest.approx(0.4, abs=1e-5)


def test_a_picture_is_cut_by_an_outline() -> None:
    turned = picture(transform=Affine.translation(60, 20) @ Affine.rotation(30))
    (image,) = leaves(lowered(Group((turned,), clip=clip(disc(80, 80, 40))))[0])
    assert isinstance(image, Image) and image.clip is not None
    round_again = image.clip.transform(image.transform).bounds()
    assert round_again == pytest.approx(Rect(40, 40, 80, 80), abs=0.5)


def test_names_and_links_find_their_shapes() -> None:
    link = Group(
        (square(0, 0, 10), square(20, 0, 10)), label=Label("both", link="https://example.org")
    )
    wrapped = Group((square(40, 0, 10),), opacity=0.5, label=Label("one", "title", "words"))
    scene, _ = lowered(link, wrapped)
    group, single = scene.root.children
    assert group.label == Label("both")
    assert [leaf.label.link for leaf in leaves(scene)] == ["https://example.org"] * 2 + [""]
    assert single.label == Label("one", "title", "words")
    assert isinstance(single, Shape)


@pytest.mark.parametrize(
    "node",
    [
        Group(()),
        Group((square(0, 0, 1),), opacity=0.5),
        Group((square(0, 0, 1),), transform=Affine.scaling(2)),
        Shape(rect_path(Rect(0, 0, 1, 1))),
        Shape(rect_path(Rect(0, 0, float("nan"), 1)), Fill(RED)),
        Shape(ellipse_path(0, 0, 1e9, 1), Fill(RED)),
        square(0, 0, 1, transform=Affine.scaling(2)),
        square(0, 0, 1, LinearGradient(0, 0, 1, 0, ())),
        Shape(rect_path(Rect(0, 0, 1, 1)), None, Stroke(RED, dashes=(1, 1), dash_offset=1)),
        picture(transform=Affine.skewing(20, 0)),
    ],
)
def test_illegal_nodes_are_named(node: Group | Shape | Image) -> None:
    with pytest.raises(IllegalNodeError, match=type(node).__name__):
        check(node)
