import pytest

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.scene.paint import (
    FillRule,
    LinearGradient,
    LineCap,
    LineJoin,
    Pattern,
    RadialGradient,
    SpreadMethod,
)
from tests.support.resolving import codes_of, leaves_of

RECT = '<rect x="10" y="20" width="40" height="80" {}/>'


def fill(attributes, defs=""):
    leaves = leaves_of(f"<defs>{defs}</defs>" + RECT.format(attributes))
    return leaves[0].fill if leaves else None


def stroke(attributes):
    (leaf,) = leaves_of('<path d="M0 0H9V9" fill="none" stroke="red" ' + attributes + "/>")
    return leaf.stroke


def test_solid_fill():
    assert fill('fill="#f00" fill-opacity="50%" fill-rule="evenodd"').paint == Color(255, 0, 0)
    assert fill('fill="red" fill-opacity="50%"').opacity == 0.5
    assert fill('fill-rule="evenodd"').rule is FillRule.EVENODD
    assert fill('fill="currentColor" color="blue"').paint == Color(0, 0, 255)


def test_missing_paint_falls_back():
    assert fill('fill="url(#no) lime"').paint == Color(0, 255, 0)
    assert fill('fill="url(#no) currentColor" color="red"').paint == Color(255, 0, 0)
    assert fill('fill="url(#no)"') is None
    assert "missing-paint" in codes_of(RECT.format('fill="url(#no)"'))


def test_stroke_properties():
    found = stroke(
        'stroke-width="10%" stroke-linecap="round" stroke-linejoin="arcs" stroke-opacity="0.5" '
        'stroke-miterlimit="0.5"'
    )
    assert found.width == pytest.approx(20)
    assert (found.cap, found.join, found.opacity) == (LineCap.ROUND, LineJoin.MITER, 0.5)
    assert found.miter_limit == 4


@pytest.mark.parametrize(
    ("text", "dashes"),
    [
        ("5", (5, 5)),
        ("1,2 3", (1, 2, 3, 1, 2, 3)),
        ("1 2", (1, 2)),
        ("10%", (20, 20)),
        ("0 0", ()),
        ("-1 2", ()),
        ("none", ()),
        ("1em 2", (16, 2)),
    ],
)
def test_dashes(text, dashes):
    assert stroke(f'stroke-dasharray="{text}"').dashes == pytest.approx(dashes)


def test_strokes_that_paint_nothing():
    assert leaves_of('<path d="M0 0H9" stroke="red" stroke-width="0"/>') == []
    assert stroke('stroke-width="-1"').width == 1
    assert stroke('vector-effect="non-scaling-stroke"').non_scaling


def test_paint_order():
    def first(text):
        (leaf,) = leaves_of(RECT.format(f'stroke="red" paint-order="{text}"'))
        return leaf.stroke_first

    assert first("stroke")
    assert first("markers stroke")
    assert not first("normal")
    assert not first("fill stroke")


GRADIENT = '<linearGradient id="g" {}><stop stop-color="red"/><stop offset="1"/></linearGradient>'


def test_linear_gradient_in_bounding_box():
    paint = fill('fill="url(#g)"', GRADIENT.format('x2="50%" gradientTransform="scale(2)"')).paint
    assert isinstance(paint, LinearGradient)
    assert (paint.x1, paint.x2) == (0, 0.5)
    assert paint.transform == Affine(40, 0, 0, 80, 10, 20) @ Affine.scaling(2)


def test_linear_gradient_in_user_space():
    units = 'gradientUnits="userSpaceOnUse" x2="50%" spreadMethod="reflect"'
    paint = fill('fill="url(#g)"', GRADIENT.format(units)).paint
    assert paint.x2 == 100
    assert paint.transform.is_identity
    assert paint.spread is SpreadMethod.REFLECT


def test_gradient_on_a_box_without_area_is_not_painted():
    body = f'<defs>{GRADIENT.format("")}</defs><path d="M0 0H9" stroke="url(#g) red"/>'
    assert leaves_of(body)[0].stroke.paint == Color(255, 0, 0)


def test_attributes_and_stops_through_href():
    defs = (
        GRADIENT.format('spreadMethod="repeat" x1="0.3"')
        + '<radialGradient id="a" href="#b" r="0.7"/><radialGradient id="b" href="#g" cx="0.1"/>'
    )
    paint = fill('fill="url(#a)"', defs).paint
    assert isinstance(paint, RadialGradient)
    assert (paint.cx, paint.cy, paint.r) == (0.1, 0.5, 0.7)
    assert paint.spread is SpreadMethod.REPEAT
    assert len(paint.stops) == 2


def test_focal_point_may_lie_outside():
    # SVG 2, 14.2.3: the two circles then span a cone.
    defs = '<radialGradient id="g" fx="2" fr="0.1"><stop/><stop offset="1"/></radialGradient>'
    paint = fill('fill="url(#g)"', defs).paint
    assert (paint.fx, paint.fy) == (2, 0.5)
    assert paint.fr == 0.1


def test_stops():
    defs = (
        '<linearGradient id="g" color="lime"><stop offset="-1" stop-color="currentColor"/>'
        '<stop offset="60%" stop-opacity="0.5"/><stop offset="0.2"/><stop offset="7"/>'
        "</linearGradient>"
    )
    stops = fill('fill="url(#g)"', defs).paint.stops
    assert [stop.offset for stop in stops] == [0, 0.6, 0.6, 1]
    assert stops[0].color == Color(0, 255, 0)
    assert stops[1].color.alpha == 0.5


@pytest.mark.parametrize(
    ("defs", "paint"),
    [
        ('<linearGradient id="g"/>', None),
        ('<linearGradient id="g"><stop stop-color="red"/></linearGradient>', Color(255, 0, 0)),
        (GRADIENT.format('x2="0"'), Color(0, 0, 0)),
        (
            '<radialGradient id="g" r="0"><stop/><stop stop-color="red"/></radialGradient>',
            Color(255, 0, 0),
        ),
    ],
)
def test_degenerate_gradients(defs, paint):
    found = fill('fill="url(#g)"', defs)
    assert (found and found.paint) == paint


def test_pattern():
    defs = (
        '<pattern id="p" width="50%" height="0.25" viewBox="0 0 10 10" preserveAspectRatio="none">'
        '<rect width="10" height="10"/></pattern>'
    )
    paint = fill('fill="url(#p)"', defs).paint
    assert isinstance(paint, Pattern)
    assert paint.tile == (10, 20, 20, 20)
    assert paint.content_transform == Affine(2, 0, 0, 2, 10, 20)


def test_recursive_pattern_is_cut():
    defs = (
        '<pattern id="p" width="1" height="1"><rect width="9" height="9" fill="url(#p) red"/>'
        '<rect width="1" height="1"/></pattern>'
    )
    children = fill('fill="url(#p)"', defs).paint.children
    assert children[0].fill.paint == Color(255, 0, 0)


def test_context_paint_in_copies():
    body = (
        '<defs><rect id="r" width="1" height="1" fill="context-stroke"/></defs>'
        '<use href="#r" stroke="blue"/>'
    )
    assert leaves_of(body)[0].fill.paint == Color(0, 0, 255)
    assert leaves_of('<rect width="1" height="1" fill="context-fill"/>') == []


def test_context_gradient_keeps_the_place_of_the_copy():
    body = (
        '<defs><linearGradient id="g" gradientUnits="userSpaceOnUse" x2="9"><stop/>'
        '<stop offset="1"/></linearGradient>'
        '<rect id="r" width="9" height="9" fill="context-fill" transform="scale(3)"/></defs>'
        '<use href="#r" x="5" fill="url(#g)"/>'
    )
    (leaf,) = leaves_of(body)
    assert leaf.transform @ leaf.fill.paint.transform == pytest.approx(Affine())
