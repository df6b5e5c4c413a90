from __future__ import annotations

import io
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.gradient import axial, circular
from svg2pptx_batch.lower.sampling import sample_circular, sample_gradient
from svg2pptx_batch.lower.stops import color_at, window
from svg2pptx_batch.scene.gradients import linearised
from svg2pptx_batch.scene.nodes import RectPrimitive
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    CircularGradient,
    Fill,
    LinearGradient,
    PictureFill,
    RadialGradient,
    SpreadMethod,
    Stop,
)
from tests.support.scenes import BLUE, RED, disc, lowered, only, square

STOPS = (Stop(0, RED), Stop(0.25, Color(255, 255, 0, 0.5)), Stop(1, BLUE))
BOX = Rect(10, 20, 120, 60)

number = st.floats(-100, 200)
angle = st.floats(-180, 180)
maps = st.builds(
    lambda turn, skew, sx, sy, x, y: (
        Affine.translation(x, y)
        @ Affine.rotation(turn)
        @ Affine.skewing(skew, 0)
        @ Affine.scaling(sx, sy)
    ),
    angle,
    st.floats(-50, 50),
    st.floats(0.2, 3),
    st.floats(0.2, 3),
    number,
    number,
)
stop_lists = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.builds(Color, *[st.integers(0, 255)] * 3, st.floats(0, 1)),
    ),
    min_size=2,
    max_size=5,
).map(lambda pairs: tuple(Stop(*pair) for pair in sorted(pairs, key=lambda pair: pair[0])))


def drawn(gradient: AxialGradient, box: Rect, size: int) -> np.ndarray:
    """Draw a native gradient by its rule: perpendicular to the angle, corner to corner."""
    radians = math.radians(gradient.angle_deg)
    gx, gy = math.cos(radians), math.sin(radians)
    half = (abs(gx) * box.width + abs(gy) * box.height) / 2
    pixels = np.zeros((size, size, 4))
    for row in range(size):
        for column in range(size):
            x = (column + 0.5) / size * box.width - box.width / 2
            y = (row + 0.5) / size * box.height - box.height / 2
            color = color_at(gradient.stops, (gx * x + gy * y + half) / (2 * half), right=True)
            pixels[row, column] = [*color[:3], color.alpha * 255]
    return pixels


@settings(max_examples=60, deadline=None)
@given(maps, st.tuples(number, number, number, number), stop_lists, st.sampled_from(SpreadMethod))
def test_linear_formula_agrees_with_direct_evaluation(
    m: Affine,
    vector: tuple[float, float, float, float],
    stops: tuple[Stop, ...],
    spread: SpreadMethod,
) -> None:
    assume(math.dist(vector[:2], vector[2:]) > 5)
    gradient = LinearGradient(*vector, stops, spread, m)
    native = axial(gradient, Affine(), BOX)
    assume(isinstance(native, AxialGradient))
    assert isinstance(native, AxialGradient)
    assert 0 <= native.angle_deg < 360
    assert native.stops[0].offset == 0 and native.stops[-1].offset == pytest.approx(1)
    meant = sample_gradient(gradient, Affine(), BOX, 12, 12)
    # A pixel on a hard edge may fall on either side.
    apart = np.abs(drawn(native, BOX, 12) - meant).max(axis=-1)
    assert np.median(apart) < 1.5
    assert (apart > 3).mean() < 0.12


def test_linear_extends_and_cuts_its_stops() -> None:
    half = axial(LinearGradient(70, 0, 130, 0, STOPS), Affine(), BOX)
    assert isinstance(half, AxialGradient)
    assert half.angle_deg == 0
    assert half.stops[0] == Stop(0, RED)
    assert half.stops[1] == Stop(0.5, RED)
    inner = axial(LinearGradient(-50, 0, 190, 0, (Stop(0, RED), Stop(1, BLUE))), Affine(), BOX)
    assert isinstance(inner, AxialGradient)
    assert inner.stops[0].color == RED.mix(BLUE, 0.25)
    assert inner.stops[-1].color == RED.mix(BLUE, 0.75)


def test_a_vector_without_length_paints_the_last_colour() -> None:
    assert axial(LinearGradient(5, 5, 5, 5, STOPS), Affine(), BOX) == BLUE


def test_repeat_is_unrolled_and_gives_up_beyond_a_hundred_stops() -> None:
    many = axial(LinearGradient(0, 0, 10, 0, STOPS, SpreadMethod.REPEAT), Affine(), BOX)
    assert isinstance(many, AxialGradient)
    offsets = [stop.offset for stop in many.stops]
    assert offsets == sorted(offsets)
    assert len(set(offsets)) == len(offsets), "many stops never share a place"
    assert axial(LinearGradient(0, 0, 1, 0, STOPS, SpreadMethod.REPEAT), Affine(), BOX) is None


def test_period_edges_take_the_right_side() -> None:
    part = window((Stop(0, RED), Stop(1, BLUE)), SpreadMethod.REPEAT, 1.0, 2.0)
    assert part == (Stop(0, RED), Stop(1, BLUE))


def test_linear_light_is_followed() -> None:
    stops = linearised((Stop(0, Color(0, 0, 0)), Stop(1, Color(255, 255, 255))))
    assert len(stops) == 9
    assert stops[4].color.red == 188


def test_radial_in_the_middle_is_native_and_exact() -> None:
    box = Rect(0, 0, 80, 80)
    gradient = RadialGradient(40, 40, 40, 40, 40, 0, STOPS)
    native = circular(gradient, Affine(), box)
    assert isinstance(native, CircularGradient)
    meant = sample_gradient(gradient, Affine(), box, 48, 48)
    assert np.abs(sample_circular(native, box, 48, 48) - meant).mean() < 2


def test_radial_with_focal_radius_is_native() -> None:
    native = circular(RadialGradient(40, 40, 40, 40, 40, 10, STOPS), Affine(), Rect(0, 0, 80, 80))
    assert isinstance(native, CircularGradient)
    assert native.stops[1].offset == pytest.approx(10 / math.hypot(40, 40))


def test_elliptic_radial_is_not_native() -> None:
    gradient = RadialGradient(0.5, 0.5, 0.5, 0.5, 0.5, 0, STOPS, transform=Affine.scaling(120, 60))
    assert circular(gradient, Affine(), Rect(0, 0, 120, 60)) is None


def test_off_centre_radial_fills_as_a_picture_inside_native_geometry() -> None:
    gradient = RadialGradient(60, 60, 50, 60, 60, 0, STOPS)
    scene, remarks = lowered(square(50, 50, 100, gradient))
    shape = only(scene)
    assert isinstance(shape.primitive, RectPrimitive)
    assert isinstance(shape.fill, Fill) and isinstance(shape.fill.paint, PictureFill)
    assert [remark.code for remark in remarks] == ["gradient-rasterised"]
    assert scene.fidelity == {"rasterised": 1}
    with Picture.open(io.BytesIO(shape.fill.paint.png)) as picture:
        assert max(picture.size) <= 512
        red, green, blue, _ = picture.convert("RGBA").getpixel((20, 20))  # type: ignore[misc]
    assert (red, green, blue) == pytest.approx((255, 0, 0), abs=12)


def test_equal_gradients_give_equal_pictures() -> None:
    gradient = RadialGradient(60, 60, 50, 60, 60, 0, STOPS)
    first, second = (only(lowered(square(50, 50, 100, gradient))[0]) for _ in range(2))
    assert first.fill == second.fill


def test_rotated_gradient_shapes_are_baked() -> None:
    gradient = LinearGradient(0, 0, 100, 0, STOPS)
    turned = square(0, 0, 60, gradient, transform=Affine.translation(80, 60) @ Affine.rotation(30))
    shape = only(lowered(turned)[0])
    assert shape.primitive is None and shape.transform.is_identity
    assert shape.fill is not None and isinstance(shape.fill.paint, AxialGradient)
    assert shape.fill.paint.angle_deg == pytest.approx(30)


def test_turned_by_a_right_angle_it_stays_a_preset() -> None:
    gradient = LinearGradient(0, 0, 100, 0, STOPS)
    turned = square(0, 0, 60, gradient, transform=Affine.translation(80, 60) @ Affine.rotation(90))
    shape = only(lowered(turned)[0])
    assert isinstance(shape.primitive, RectPrimitive) and shape.transform.is_identity


def test_one_colour_gradient_is_a_colour() -> None:
    gradient = RadialGradient(1, 1, 5, 1, 1, 0, (Stop(0, RED), Stop(1, RED)))
    fill = only(lowered(disc(50, 50, 20, gradient))[0]).fill
    assert fill is not None and fill.paint == RED


def test_equal_circles_leave_a_hard_edge() -> None:
    gradient = RadialGradient(50, 50, 30, 50, 50, 30, (Stop(0, RED), Stop(1, BLUE)))
    pixels = sample_gradient(gradient, Affine(), Rect(0, 0, 100, 100), 10, 10)
    assert pixels[5, 5, :3] == pytest.approx([255, 0, 0], abs=1e-3)
    assert pixels[0, 0, :3] == pytest.approx([0, 0, 255], abs=1e-3)


def test_outside_the_cone_nothing_is_painted() -> None:
    gradient = RadialGradient(50, 50, 10, 90, 50, 0, (Stop(0, RED), Stop(1, BLUE)))
    pixels = sample_gradient(gradient, Affine(), Rect(0, 0, 100, 100), 10, 10)
    # Transparent in a colour of the gradient: black would show where the edge is smoothed.
    assert tuple(pixels[0, 9]) == (*RED[:3], 0)
    assert pixels[5, 2, 3] == 255
