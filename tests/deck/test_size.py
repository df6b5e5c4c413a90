import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svg2pptx_batch.deck import parse_slide_size, size_for_drawing
from svg2pptx_batch.deck.size import MAX_SIDE_EMU, MIN_SIDE_EMU
from svg2pptx_batch.errors import ExitCode, UsageError


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("16:9", (12192000, 6858000)),
        ("4:3", (9144000, 6858000)),
        ("A4", (10692000, 7560000)),
        ("letter", (10058400, 7772400)),
        ("1280x720px", (12192000, 6858000)),
        ("10x7.5in", (9144000, 6858000)),
        (" 254 x 190.5 MM ", (9144000, 6858000)),
        ("25.4×19.05cm", (9144000, 6858000)),
        ("720x540pt", (9144000, 6858000)),
        ("1x56in", (914400, 51206400)),
    ],
)
def test_sizes_people_write(text, size):
    assert parse_slide_size(text) == size


@pytest.mark.parametrize("text", ["svg", "first", "SVG"])
def test_sizes_the_drawing_decides(text):
    assert parse_slide_size(text) is None


@pytest.mark.parametrize(
    "text",
    ["", "wide", "16/9", "10x7.5", "10x", "x7in", "-10x7in", "10x7furlong", "1e3x7in", "10inx7in"],
)
def test_what_is_no_size_is_refused_with_a_remedy(text):
    with pytest.raises(UsageError) as caught:
        parse_slide_size(text)
    assert caught.value.exit_code is ExitCode.USAGE
    assert "1280x720px" in caught.value.remedy


@pytest.mark.parametrize("text", ["0x7in", "0.9x7in", "10x57in", "95x720px"])
def test_what_no_slide_may_have_is_refused(text):
    with pytest.raises(UsageError, match="out of range"):
        parse_slide_size(text)


def test_a_drawing_of_usual_size_gives_its_own():
    assert size_for_drawing(800, 600) == (800 * 9525, 600 * 9525)


def test_an_icon_is_scaled_up_uniformly():
    assert size_for_drawing(16, 16) == (6858000, 6858000)
    assert size_for_drawing(24, 48) == (3429000, 6858000)
    assert size_for_drawing(480, 40) == (10972800, 914400)


def test_a_poster_is_scaled_down_uniformly():
    assert size_for_drawing(10752, 5376) == (51206400, 25603200)


def test_a_ribbon_is_padded():
    assert size_for_drawing(1000, 1) == (9525000, 914400)
    assert size_for_drawing(1, 100000) == (914400, 51206400)
    assert size_for_drawing(0.1, 0.00001) == (914400, 914400)


@given(
    st.floats(1e-6, 1e9, allow_nan=False),
    st.floats(1e-6, 1e9, allow_nan=False),
)
def test_every_drawing_gets_a_slide_of_its_shape(width, height):
    size = size_for_drawing(width, height)
    assert all(MIN_SIDE_EMU <= side <= MAX_SIDE_EMU for side in size)
    ratio = width / height
    if 1 / 56 <= ratio <= 56:
        assert math.isclose(size.width_emu / size.height_emu, ratio, rel_tol=1e-5)


@pytest.mark.parametrize("width", [0, -1, math.nan, math.inf])
def test_no_slide_for_what_has_no_size(width):
    with pytest.raises(ValueError, match="no slide size"):
        size_for_drawing(width, 10)
