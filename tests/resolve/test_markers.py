import pytest

from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.resolve.marker import vertices
from svg2pptx_batch.scene.bounds import own_bounds
from svg2pptx_batch.scene.nodes import Group
from svg2pptx_batch.scene.walk import visit
from tests.support.resolving import codes_of, leaves_of, scene_of

MARKER = '<marker id="m" {}><path d="M0 0H2V2Z"/></marker>'


def markers(
    attributes, line='<path d="M10 10H50V50" stroke="red" stroke-width="2" {}/>', marks="marker-end"
):
    body = MARKER.format(attributes) + line.format(f'{marks}="url(#m)"')
    group = scene_of(body).root.children[-1]
    return [child for child in group.children if child.source.tag == "marker"]


def test_marker_scales_with_the_stroke_and_stands_on_its_reference_point():
    (marker,) = markers('refX="1" refY="1"')
    assert marker.transform.apply(1, 1) == (50, 50)
    assert marker.transform.a == 2


def test_user_space_units_view_box_and_words():
    (marker,) = markers(
        'markerUnits="userSpaceOnUse" markerWidth="20" markerHeight="20" viewBox="0 0 2 2" '
        'refX="center" refY="bottom" orient="90"'
    )
    assert marker.transform.apply(1, 2) == pytest.approx((50, 50))
    assert marker.transform.apply(2, 2) == pytest.approx((50, 60))


def test_orientation():
    (end,) = markers('orient="auto"')
    assert end.transform.apply_vector(1, 0) == pytest.approx((0, 2))
    (start,) = markers('orient="auto-start-reverse"', marks="marker-start")
    assert start.transform.apply_vector(1, 0) == pytest.approx((-2, 0))


def test_all_three_by_shorthand():
    line = '<path d="M0 0H9V9H0" stroke="red" style="marker: url(#m)"/>'
    assert len(markers("", line=line)) == 4


def test_only_content_that_leaves_the_marker_is_clipped():
    assert markers("")[0].clip is None
    assert markers('markerWidth="1"')[0].clip is not None
    assert markers('markerWidth="1" overflow="visible"')[0].clip is None


@pytest.mark.parametrize(
    ("tag", "count"),
    [
        ('rect width="9" height="9"', 5),
        ('rect width="9" height="9" rx="2"', 9),
        ('circle r="5"', 5),
        ('polygon points="0 0 9 0 9 9"', 4),
    ],
)
def test_vertices_of_shapes_carry_markers(tag, count):
    assert len(markers("", line=f'<{tag} style="marker: url(#m)"/>')) == count


def test_what_a_marker_copies_may_carry_another_marker():
    body = (
        '<marker id="m"><use href="#p"/></marker><marker id="n"><use href="#p"/></marker>'
        '<path id="p" d="M0 0H9" stroke="red" marker-start="url(#m)" marker-end="url(#n)"/>'
    )
    # The line, the copies in both markers, and in each of these the other marker's.
    assert len(leaves_of(body)) == 5


def test_cusps_have_one_direction_whichever_way_they_point():
    up = vertices(Path("MLL", (0, 0, 0, -9, 0, 0)))
    down = vertices(Path("MLL", (0, 0, 0, 9, 0, 0)))
    assert up[1].angle_deg == down[1].angle_deg == 180


def test_nothing_with_a_stroke_of_no_width_and_self_reference_is_cut():
    assert (
        leaves_of(MARKER.format("") + '<path d="M0 0H9" stroke-width="0" marker-end="url(#m)"/>')
        == []
    )
    recursive = '<marker id="m"><path d="M0 0H2V2" marker-end="url(#m)"/></marker>'
    body = recursive + '<path d="M0 0H9" stroke="red" marker-end="url(#m)"/>'
    assert len(leaves_of(body)) == 2
    assert "recursive-marker" in codes_of(body)


def test_context_paint():
    marker = '<marker id="m"><path d="M0 0H2V2" fill="context-stroke"/></marker>'
    leaves = leaves_of(marker + '<path d="M0 0H9" stroke="lime" marker-end="url(#m)"/>')
    assert leaves[1].fill.paint == Color(0, 255, 0)


def test_paint_order_puts_markers_first():
    body = (
        MARKER.format("")
        + '<path d="M0 0H9" stroke="red" paint-order="markers" marker-end="url(#m)"/>'
    )
    group = scene_of(body).root.children[0]
    assert [child.source.tag for child in group.children] == ["marker", "path"]


def test_markers_do_not_count_for_the_bounding_box():
    group = scene_of(MARKER.format("") + '<path d="M0 0H9V9" marker-end="url(#m)"/>').root.children[
        0
    ]
    assert isinstance(group, Group)
    assert own_bounds(group) == (0, 0, 9, 9)


def test_vertices_and_their_directions():
    assert [v.angle_deg for v in vertices(Path("MLL", (0, 0, 10, 0, 10, 10)))] == [0, 45, 90]
    closed = vertices(Path("MLLZ", (0, 0, 10, 0, 10, 10)))
    assert closed[0].angle_deg == closed[-1].angle_deg == pytest.approx(-67.5)
    # Segments without length take their neighbour's direction.
    assert [v.angle_deg for v in vertices(Path("MLL", (0, 0, 0, 0, 0, 5)))] == [90, 90, 90]
    curve = Path("MC", (0, 0, 0, 0, 10, 10, 10, 10))
    assert [v.angle_deg for v in vertices(curve)] == pytest.approx([45, 45])


def test_marker_content_is_drawn_once_for_all_vertices():
    line = '<path d="M0 0H9V9H0" stroke="red" style="marker: url(#m)"/>'
    first, *rest = markers("", line=line)
    assert all(other.children is first.children for other in rest)
    assert len(list(visit(first))) == 2
