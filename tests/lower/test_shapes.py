from __future__ import annotations

import pytest
from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.boolean import area
from svg2pptx_batch.graphics.path import Path, ellipse_path, rect_path, rounded_rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.effects import ClipPath
from svg2pptx_batch.scene.nodes import (
    EllipsePrimitive,
    Group,
    LinePrimitive,
    RectPrimitive,
    Shape,
)
from svg2pptx_batch.scene.paint import Fill, FillRule, Stroke
from tests.support.scenes import BLACK, BLUE, RED, STAR, disc, leaves, lowered, only, square


def test_presets_survive_scaling_and_moving() -> None:
    shape = only(lowered(square(1, 2, 10, transform=Affine(2, 0, 0, 3, 4, 5)))[0])
    assert shape.primitive == RectPrimitive(Rect(6, 11, 20, 30))


def test_presets_survive_a_rotation() -> None:
    turn = Affine.rotation(30, 100, 100)
    shape = only(lowered(square(50, 80, 40, transform=turn))[0])
    assert isinstance(shape.primitive, RectPrimitive)
    parts = shape.transform.decompose()
    assert parts is not None and parts.rotation_deg == pytest.approx(30)
    corner = shape.transform.apply(shape.primitive.rect.x, shape.primitive.rect.y)
    assert corner == pytest.approx(turn.apply(50, 80))


def test_skewed_presets_become_outlines() -> None:
    shape = only(lowered(square(50, 50, 40, transform=Affine.skewing(20, 0)))[0])
    assert shape.primitive is None


def test_round_corners_stay_only_while_round() -> None:
    rect = Rect(10, 10, 80, 40)
    card = Shape(rounded_rect_path(rect, 8, 8), Fill(RED), primitive=RectPrimitive(rect, 8, 8))
    kept = only(lowered(replace(card, transform=Affine.scaling(1.5)))[0])
    assert kept.primitive == RectPrimitive(Rect(15, 15, 120, 60), 12, 12)
    assert only(lowered(replace(card, transform=Affine.scaling(1, 2)))[0]).primitive is None


def test_paths_that_are_rectangles_or_ellipses_are_recognised() -> None:
    box = Shape(Path("MLLLZ", (10, 10, 10, 50, 90, 50, 90, 10)), Fill(RED))
    assert only(lowered(box)[0]).primitive == RectPrimitive(Rect(10, 10, 80, 40))
    oval = only(lowered(Shape(ellipse_path(50, 60, 30, 20), Fill(RED)))[0]).primitive
    assert isinstance(oval, EllipsePrimitive)
    assert (oval.cx, oval.cy, oval.rx, oval.ry) == pytest.approx((50, 60, 30, 20))
    bent = Shape(Path("MLLLZ", (10, 10, 10, 50, 90, 50, 80, 10)), Fill(RED))
    assert only(lowered(bent)[0]).primitive is None


def test_a_line_goes_through_any_map() -> None:
    line = Shape(
        Path("ML", (0, 0, 10, 10)),
        None,
        Stroke(BLACK, width=2),
        primitive=LinePrimitive(0, 0, 10, 10),
    )
    shape = only(
        lowered(replace(line, transform=Affine.translation(5, 5) @ Affine.rotation(45)))[0]
    )
    assert isinstance(shape.primitive, LinePrimitive)
    assert (shape.primitive.x2, shape.primitive.y2) == pytest.approx((5, 5 + 200**0.5))


@pytest.mark.parametrize("rule", FillRule)
def test_fill_rule_is_made_viewer_proof(rule: FillRule) -> None:
    star = Shape(STAR, Fill(RED, rule=rule))
    shape = only(lowered(star)[0])
    wanted = area(STAR, even_odd=rule is FillRule.EVENODD)
    assert area(shape.path) == pytest.approx(wanted, rel=1e-4)
    assert area(shape.path, even_odd=True) == pytest.approx(wanted, rel=1e-4)


def test_inner_edges_are_still_stroked() -> None:
    shape = only(lowered(Shape(STAR, Fill(RED), Stroke(BLACK, width=3)))[0])
    assert shape.path == STAR
    assert shape.fill_path is not None and shape.fill_path != STAR


def test_singular_maps_and_empty_shapes_vanish() -> None:
    flat = square(0, 0, 10, transform=Affine(1, 1, 1, 1, 0, 0))
    scene, remarks = lowered(flat, Shape(Path("", ()), Fill(RED)), square(5, 5, 0))
    assert leaves(scene) == []
    assert [(remark.code, remark.elements) for remark in remarks] == [("unseen", 3)]


def test_what_lies_outside_the_drawing_vanishes() -> None:
    assert leaves(lowered(square(-50, 10, 30), square(10, 230, 30))[0]) == []


def test_a_letterboxed_drawing_is_cut_at_its_own_edge() -> None:
    scene, _ = lowered(square(180, 50, 100), slide=(400, 200))
    shape = only(scene)
    assert shape.path.bounds() == pytest.approx(Rect(280, 50, 20, 100), abs=1e-3)


def test_where_the_slide_cuts_shapes_stay_whole() -> None:
    shape = only(lowered(square(180, 50, 100))[0])
    assert shape.primitive == RectPrimitive(Rect(180, 50, 100, 100))


def test_enormous_shapes_are_brought_within_reach() -> None:
    shape = only(lowered(disc(0, 0, 9e6))[0])
    bounds = shape.path.bounds()
    assert bounds is not None and bounds.right < 1000 and bounds.x > -1000


def test_what_is_left_of_an_enormous_shape_may_be_out_of_sight() -> None:
    stripe = Shape(rect_path(Rect(0, 0, 300_000, 50)), Fill(RED))
    assert leaves(lowered(Group((stripe,), clip=ClipPath((disc(150_000, 0, 500),))))[0]) == []


def test_placement_modes() -> None:
    def box(**options: object) -> object:
        scene, _ = lowered(square(0, 0, 100), size=(100, 100), slide=(400, 200), **options)
        primitive = only(scene).primitive
        assert isinstance(primitive, RectPrimitive)
        return primitive.rect

    assert box() == Rect(100, 0, 200, 200)
    assert box(fit="contain", margin=20) == Rect(120, 20, 160, 160)
    assert box(fit="cover") == Rect(0, -100, 400, 400)
    assert box(fit="stretch") == Rect(0, 0, 400, 200)
    assert box(fit="actual") == Rect(150, 50, 100, 100)


def test_groups() -> None:
    scene, _ = lowered(
        Group((Group((square(0, 0, 10),)),)),
        Group(()),
        Group((Group((square(20, 0, 10), square(40, 0, 10))),)),
    )
    first, second = scene.root.children
    assert isinstance(first, Shape)
    assert isinstance(second, Group) and len(second.children) == 2


def test_blue_stays_blue() -> None:
    fill = only(lowered(square(0, 0, 10, BLUE))[0]).fill
    assert fill == Fill(BLUE)


@pytest.mark.parametrize("rule", list(FillRule))
def test_a_star_drawn_again_elsewhere_covers_the_same_of_it(rule: FillRule) -> None:
    places = [
        Affine.scaling(0.3),
        Affine.translation(60, 0) @ Affine.scaling(0.3),
        Affine.translation(100, 190) @ Affine.rotation(200) @ Affine.scaling(0.4),
        Affine(-0.3, 0, 0.1, 0.3, 180, 60),
    ]
    star = Shape(STAR, Fill(RED, rule=rule))
    drawn = leaves(lowered(*(replace(star, transform=place) for place in places))[0])
    assert len(drawn) == len(places)
    for shape, place in zip(drawn, places, strict=True):
        assert isinstance(shape, Shape) and shape.path.verbs != STAR.verbs
        meant = STAR.transform(place)
        box, wanted = shape.path.bounds(), meant.bounds()
        assert box is not None and wanted is not None
        assert tuple(box) == pytest.approx(tuple(wanted), abs=1e-3)
        covered = area(meant, even_odd=rule is FillRule.EVENODD)
        assert area(shape.path) == pytest.approx(covered, rel=1e-3)
        assert area(shape.path, even_odd=True) == pytest.approx(covered, rel=1e-3)


@pytest.mark.parametrize("stroke", [None, Stroke(BLUE, width=2)])
def test_what_is_drawn_twice_is_not_filled_by_even_odd(stroke: Stroke | None) -> None:
    side = (10.0, 10.0, 90.0, 10.0, 50.0, 80.0)
    twice = Shape(Path("MLLZMLLZ", side + side), Fill(RED, rule=FillRule.EVENODD), stroke)
    drawn = leaves(lowered(twice)[0])
    assert [(leaf.fill, leaf.stroke is None) for leaf in drawn if isinstance(leaf, Shape)] == (
        [] if stroke is None else [(None, False)]
    )


@pytest.mark.parametrize("rule", list(FillRule))
def test_lines_without_area_keep_their_strokes(rule: FillRule) -> None:
    cross = Path("MLML", (1, 1, 10, 10, 10, 1, 1, 10)).transform(Affine(1.7, 0, 0, 1.7, 3.3, 8.9))
    drawn = leaves(lowered(Shape(cross, Fill(RED, rule=rule), Stroke(BLUE, width=2)))[0])
    assert [leaf.stroke is not None for leaf in drawn if isinstance(leaf, Shape)] == [True]
