from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svg2pptx_batch.deck.grid import Grid, lay_out, parse_grid
from svg2pptx_batch.drawingml.emu import Box
from svg2pptx_batch.errors import ExitCode, UsageError

WIDE = Box(0, 0, 12192000, 6858000)
PT = 12700

SIDES = st.integers(914400, 51206400)
NUMBERS = st.integers(1, 50)


@pytest.mark.parametrize(
    ("text", "grid"),
    [
        ("4x6", Grid(4, 6)),
        ("1x1", Grid(1, 1)),
        ("50X50", Grid(50, 50)),
        (" 3 × 10 ", Grid(3, 10)),
        ("04x06", Grid(4, 6)),
    ],
)
def test_grids_people_write(text, grid):
    assert parse_grid(text) == grid


@pytest.mark.parametrize("text", ["", "4", "4x", "x6", "4x6x2", "4*6", "-4x6", "4.5x6", "٤x٦"])
def test_what_is_no_grid_is_refused_with_a_remedy(text):
    with pytest.raises(UsageError, match="not understood") as caught:
        parse_grid(text)
    assert "4x6" in caught.value.remedy
    assert caught.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize("text", ["0x6", "4x0", "51x1", "1x51", "9999x9999"])
def test_a_grid_out_of_range_is_refused_with_a_remedy(text):
    with pytest.raises(UsageError, match="out of range") as caught:
        parse_grid(text)
    assert "50" in caught.value.remedy


def test_places_go_row_by_row():
    places = lay_out(WIDE, Grid(2, 3), captions=False).places
    assert len(places) == Grid(2, 3).capacity
    assert places == tuple(sorted(places, key=lambda place: (place[1], place[0])))


@given(SIDES, SIDES, NUMBERS, NUMBERS, st.booleans())
def test_drawings_and_captions_share_the_area_without_touching(
    width, height, rows, columns, captions
):
    area = Box(1000, 2000, 1000 + width, 2000 + height)
    layout = lay_out(area, Grid(rows, columns), captions=captions)
    drawing, caption = layout.drawing, layout.caption
    cell_height = drawing.height_emu
    assert min(drawing) > 0
    if caption is not None:
        assert captions
        assert caption.width_emu == drawing.width_emu
        assert caption.top_emu > drawing.height_emu
        cell_height = caption.top_emu + caption.height_emu
        assert drawing.height_emu >= cell_height * 2 // 3 - 1
    first, last = layout.places[0], layout.places[-1]
    # The whole area is used but for what division leaves over.
    assert 0 <= first[0] - area.left <= columns
    assert 0 <= area.right - last[0] - drawing.width_emu <= columns
    assert 0 <= first[1] - area.top <= rows
    assert 0 <= area.bottom - last[1] - cell_height <= rows
    lefts, tops = ([*sorted(set(sides))] for sides in zip(*layout.places, strict=True))
    assert (len(tops), len(lefts)) == (rows, columns)
    steps = {b - a - drawing.width_emu for a, b in pairwise(lefts)}
    steps |= {b - a - cell_height for a, b in pairwise(tops)}
    assert len(steps) <= 1, "gutters are alike in both directions"
    assert not steps or steps.pop() > 0


@pytest.mark.parametrize(
    ("grid", "size_pt", "lines"),
    [
        (Grid(1, 1), 14, 2),
        (Grid(4, 6), 8.5, 2),
        (Grid(6, 8), 7, 2),
        (Grid(1, 12), 7, 2),
        (Grid(12, 20), 7, 1),
    ],
)
def test_captions_have_the_size_of_their_cells(grid, size_pt, lines):
    caption = lay_out(WIDE, grid, captions=True).caption
    assert (caption.size_pt, caption.lines) == (size_pt, lines)


def test_cells_without_room_for_letters_have_no_captions():
    inch = Box(0, 0, 914400, 914400)
    assert lay_out(inch, Grid(50, 1), captions=True) == lay_out(inch, Grid(50, 1), captions=False)


def test_captions_of_tiny_cells_are_tiny():
    layout = lay_out(WIDE, Grid(50, 50), captions=True)
    assert 1 <= layout.caption.size_pt < 7
    assert layout.caption.size_pt % 0.5 == 0
    assert layout.caption.height_emu >= 1.2 * layout.caption.size_pt * PT - 1
