from __future__ import annotations

import math

import pytest
from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.boolean import area, outline_stroke
from svg2pptx_batch.graphics.path import Path, ellipse_path, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.dashes import settle_dashes
from svg2pptx_batch.scene.nodes import EllipsePrimitive, Group, Label, Shape
from svg2pptx_batch.scene.paint import (
    Fill,
    LinearGradient,
    LineCap,
    LineJoin,
    PictureFill,
    Stop,
    Stroke,
)
from tests.support.scenes import BLACK, BLUE, RED, leaves, lowered, only, shapes, square

LINE = Path("ML", (20, 100, 180, 100))
BOX = rect_path(Rect(50, 50, 100, 60))


def stroked(path: Path, transform: Affine = IDENTITY, **stroke: object) -> Shape:
    return Shape(path, None, Stroke(BLACK, **{"width": 4.0, **stroke}), transform)  # type: ignore[arg-type]


def test_width_follows_the_scale() -> None:
    shape = only(lowered(stroked(LINE, Affine.scaling(0.5)))[0])
    assert shape.stroke is not None and shape.stroke.width == pytest.approx(2)


def test_a_stroke_of_any_width_covers_the_slide_and_is_no_picture() -> None:
    zigzag = Path("MLL", (30, 40, 110, 160, 150, 60))
    bounds = only(lowered(stroked(zigzag, width=1e9))[0]).path.bounds()
    assert bounds is not None and bounds.holds(Rect(0, 0, 200, 200))


def test_non_scaling_width_follows_the_slide_alone() -> None:
    thin = stroked(LINE, Affine.scaling(0.25), non_scaling=True)
    scene, _ = lowered(thin, slide=(400, 400))
    stroke = only(scene).stroke
    assert stroke is not None and stroke.width == pytest.approx(8) and not stroke.non_scaling


def test_uneven_scale_outlines_the_stroke_in_its_own_space() -> None:
    ring = stroked(ellipse_path(10, 10, 8, 8), Affine.scaling(8, 2), width=2)
    scene, remarks = lowered(ring)
    shape = only(scene)
    assert shape.stroke is None and shape.fill == Fill(BLACK)
    assert area(shape.path) == pytest.approx(math.pi * (81 - 49) * 16, rel=1e-3)
    assert [remark.code for remark in remarks] == ["stroke-outlined"]
    assert scene.fidelity == {"outlined": 1}


def test_fill_and_outlined_stroke_go_into_one_group() -> None:
    both = replace(
        square(10, 10, 20, RED),
        stroke=Stroke(BLUE, width=4),
        label=Label("badge"),
        transform=Affine.scaling(4, 1),
    )
    scene, _ = lowered(both)
    (group,) = scene.root.children
    assert isinstance(group, Group) and group.label.name == "badge"
    assert [leaf.label.name for leaf in leaves(scene)] == ["badge fill", "badge stroke"]


def test_gradient_strokes_become_filled_outlines() -> None:
    gradient = LinearGradient(50, 0, 150, 0, (Stop(0, RED), Stop(1, BLUE)))
    shape = only(lowered(Shape(BOX, None, Stroke(gradient, width=10)))[0])
    assert shape.stroke is None and shape.fill is not None
    assert not isinstance(shape.fill.paint, PictureFill)


@pytest.mark.parametrize(
    ("cap", "primitive"), [(LineCap.ROUND, EllipsePrimitive(30, 40, 2, 2)), (LineCap.BUTT, None)]
)
def test_zero_length_subpaths_are_dots(cap: LineCap, primitive: object) -> None:
    scene, _ = lowered(stroked(Path("ML", (30, 40, 30, 40)), cap=cap))
    assert [shape.primitive for shape in shapes(scene)] == ([primitive] if primitive else [])


def test_dots_beside_a_line() -> None:
    path = Path("MLMZ", (20, 20, 80, 20, 120, 20))
    line, dot = shapes(lowered(stroked(path, cap=LineCap.SQUARE))[0])
    assert line.path == Path("ML", (20, 20, 80, 20))
    assert dot.path.bounds() == Rect(118, 18, 4, 4)


def test_a_lone_move_is_nothing() -> None:
    shape = only(lowered(stroked(Path("MML", (5, 5, 20, 20, 80, 20)), cap=LineCap.ROUND))[0])
    assert shape.path.verbs == "ML"


def test_corners_beyond_the_limit_are_told_as_bevels() -> None:
    spike = Path("MLL", (20, 100, 100, 20, 110, 100))
    sharp = only(lowered(stroked(spike, miter_limit=1.2))[0]).stroke
    assert sharp is not None and sharp.join is LineJoin.BEVEL
    blunt = only(lowered(stroked(spike, miter_limit=20.0))[0]).stroke
    assert blunt is not None and blunt.join is LineJoin.MITER


def test_offset_at_a_pair_turns_the_pattern() -> None:
    stroke = Stroke(BLACK, width=1, dashes=(10, 5, 2, 5), dash_offset=15)
    settled = settle_dashes(LINE, stroke)
    assert settled is not None
    assert settled.stroke.dashes == (2, 5, 10, 5) and settled.stroke.dash_offset == 0
    assert settled.path is LINE and settled.lead is None


@pytest.mark.parametrize("offset", [3.0, 12.0, -4.0, 107.0])
@pytest.mark.parametrize("path", [LINE, BOX, ellipse_path(100, 100, 50, 30)])
def test_other_offsets_cut_the_path_where_a_dash_begins(path: Path, offset: float) -> None:
    stroke = Stroke(BLACK, width=2, dashes=(10, 5), dash_offset=offset)
    settled = settle_dashes(path, stroke)
    assert settled is not None and settled.stroke.dash_offset == 0
    drawn = area(outline_stroke(settled.path, 2, cap="butt", join="miter", dashes=(10, 5)))
    if settled.lead is not None:
        drawn += area(outline_stroke(settled.lead, 2, cap="butt", join="miter"))
    meant = outline_stroke(path, 2, cap="butt", join="miter", dashes=(10, 5), dash_offset=offset)
    assert drawn == pytest.approx(area(meant), rel=0.02)


def test_round_caps_that_close_every_gap_make_a_solid_line() -> None:
    stroke = Stroke(BLACK, width=5, dashes=(4, 4), cap=LineCap.ROUND)
    settled = settle_dashes(LINE, stroke)
    assert settled is not None and settled.stroke.dashes == ()


def test_patterns_no_line_can_say_are_outlined() -> None:
    mixed = stroked(LINE, dashes=(4.0, 2.0, 4.0, 20.0), cap=LineCap.ROUND)
    shape = only(lowered(mixed)[0])
    assert shape.stroke is None and shape.fill is not None


def test_stroke_below_fill_keeps_its_order() -> None:
    shape = only(lowered(replace(square(50, 50, 50), stroke=Stroke(BLUE), stroke_first=True))[0])
    assert shape.stroke_first and shape.primitive is None
