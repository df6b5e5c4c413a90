import pytest

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import BLACK
from svg2pptx_batch.graphics.path import Path, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.bounds import clip_bounds, object_bounds, stroke_bounds, visual_bounds
from svg2pptx_batch.scene.effects import ClipPath, Filter, Mask
from svg2pptx_batch.scene.nodes import Group, Shape
from svg2pptx_batch.scene.paint import Fill, LineCap, LineJoin, Stroke

BOX = Rect(0, 0, 10, 20)
FILLED = Shape(rect_path(BOX), Fill(BLACK))


def test_object_bounds_leave_strokes_and_clips_out():
    stroked = Shape(rect_path(BOX), None, Stroke(BLACK, 4), Affine.translation(5, 5))
    group = Group((stroked,), Affine.scaling(2), clip=ClipPath((FILLED,)))
    assert object_bounds(group) == Rect(10, 10, 20, 40)
    assert object_bounds(Group(())) is None


def test_object_bounds_are_kept_in_the_cache():
    group = Group((FILLED,))
    cache = {}
    assert object_bounds(group, cache) is object_bounds(group, cache)


def test_groups_unite_boxes_not_outlines():
    turned = Shape(rect_path(Rect(-5, -5, 10, 10)), Fill(BLACK), transform=Affine.rotation(45))
    outer = Group((turned,), Affine.rotation(45))
    assert object_bounds(outer).width == pytest.approx(20)


def test_visual_bounds():
    stroked = Shape(rect_path(BOX), Fill(BLACK), Stroke(BLACK, 4))
    assert visual_bounds(stroked) == Rect(-2, -2, 14, 24)
    clip = ClipPath((FILLED,), Affine.translation(5, 0))
    assert visual_bounds(Group((stroked,), clip=clip)) == Rect(5, 0, 7, 20)
    region = Filter((), Rect(-50, 0, 100, 1))
    assert visual_bounds(Group((FILLED,), filters=(region,))) == Rect(-50, 0, 100, 20)
    assert visual_bounds(Group((FILLED,), mask=Mask((), Rect(0, 0, 5, 5)))) == Rect(0, 0, 5, 5)
    assert visual_bounds(Group((FILLED,), opacity=0)) is None


def test_clip_bounds_of_nested_clips():
    inner = ClipPath((FILLED,), Affine.translation(4, 4))
    assert clip_bounds(ClipPath((FILLED,), clip=inner)) == Rect(4, 4, 6, 16)
    assert clip_bounds(ClipPath(())) is None


LINE = Path("ML", (0, 0, 10, 0))


@pytest.mark.parametrize(
    ("path", "stroke", "box"),
    [
        (LINE, Stroke(BLACK, 2), Rect(0, -1, 10, 2)),
        (LINE, Stroke(BLACK, 2, cap=LineCap.SQUARE), Rect(-1, -1, 12, 2)),
        (LINE, Stroke(BLACK, 2, cap=LineCap.ROUND), Rect(-1, -1, 12, 2)),
        (Path("MLL", (0, 0, 10, 0, 10, 10)), Stroke(BLACK, 2), Rect(0, -1, 11, 11)),
        (
            Path("MLL", (0, 0, 10, 0, 10, 10)),
            Stroke(BLACK, 2, join=LineJoin.BEVEL),
            Rect(0, -1, 11, 11),
        ),
        # A tip of 53.13°: 1 / sin(26.57°) = 2.236 half widths away.
        (Path("MLL", (-5, 10, 0, 0, 5, 10)), Stroke(BLACK, 2), None),
        (Path("ML", (3, 3, 3, 3)), Stroke(BLACK, 2, cap=LineCap.ROUND), Rect(2, 2, 2, 2)),
    ],
)
def test_stroke_bounds(path, stroke, box):
    found = stroke_bounds(path, stroke)
    if box is None:
        assert found.y == pytest.approx(-2.2360680)
    else:
        assert found == pytest.approx(box)


def test_miter_limit_cuts_the_tip():
    spike = Path("MLL", (-5, 10, 0, 0, 5, 10))
    assert stroke_bounds(spike, Stroke(BLACK, 2, miter_limit=2)).y > -1


def test_stroke_of_nothing():
    assert stroke_bounds(Path("ML", (3, 3, 3, 3)), Stroke(BLACK, 2)) is None
