"""The measure itself: it forgives a pixel of shift and nothing more."""

import numpy as np
import pytest

from tests.support.libreoffice import Likeness, compare, draw


def board(left=40, top=40, size=60, color=(47, 109, 181)):
    picture = np.full((140, 140, 3), 255, dtype=np.uint8)
    picture[top : top + size, left : left + size] = color
    return picture


def test_equal_pictures_are_alike():
    assert compare(board(), board()) == Likeness(0, 0)


def test_a_pixel_of_shift_is_forgiven():
    assert compare(board(), board(left=41, top=41)) == Likeness(0, 0)


@pytest.mark.parametrize(
    "other", [board(left=43), board(top=44), board(size=64), board(left=200), board(size=30)]
)
def test_more_shift_or_another_size_shows_in_the_edges(other):
    assert compare(board(), other).edges > 0.2
    assert compare(other, board()).edges > 0.2


def test_another_colour_shows_in_the_tone():
    likeness = compare(board(), board(color=(47, 109, 60)))
    assert likeness.edges == 0
    assert 0.02 < likeness.tone < 0.1


def test_pictures_of_different_size_cannot_be_compared():
    with pytest.raises(AssertionError):
        compare(board(), board()[:100])


def test_a_drawing_is_contained_and_centred(tmp_path):
    svg = tmp_path / "red.svg"
    svg.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="10mm" height="5mm">'
        '<rect width="100%" height="100%" fill="red"/></svg>'
    )
    picture = draw(svg, 100, 100)
    assert picture.shape == (100, 100, 3)
    assert picture[50, 50].tolist() == [255, 0, 0]
    assert picture[50, 1].tolist() == [255, 0, 0]
    assert picture[20, 50].tolist() == picture[80, 50].tolist() == [255, 255, 255]
