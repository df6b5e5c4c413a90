"""Contact sheets: how many drawings a slide holds, and where each one and its caption stand.

An area and a grid enter, integers in EMU leave. What is put there is `sheet`'s business.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from svg2pptx_batch.drawingml.emu import Box
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import SlideSize

MAX_ROWS: Final = 50
MAX_COLUMNS: Final = 50
CUTTING_MARGIN_PX: Final = 0.25
"""Least margin of a drawing in its box. With it the converter cuts what reaches beyond the viewport
on every side; without, it leaves that to the edge of the slide, of which a box has none."""

_ROWS_BY_COLUMNS: Final = re.compile(r"([0-9]{1,4})\s*[x×]\s*([0-9]{1,4})", re.IGNORECASE)
_EMU_PER_PT: Final = 12700
_GUTTER: Final = 8
"""Between two drawings lies this part of what one drawing takes, counted with its gutter."""
_SIZE: Final = 14
"""A caption's letters are this part of the shorter side of its cell."""
_SMALLEST_PT, _LARGEST_PT = 7.0, 14.0
_LINE: Final = 1.2
_BETWEEN: Final = 0.5
"""Between a drawing and its caption, in sizes of the letters."""
_SHARE: Final = 3
"""Captions take no more than this part of their cell."""


class Grid(msgspec.Struct, frozen=True):
    """Drawings on a sheet.

    Attributes:
        rows: 1…50.
        columns: 1…50.
    """

    rows: int
    columns: int

    @property
    def capacity(self) -> int:
        """How many drawings one sheet holds."""
        return self.rows * self.columns


class CaptionBox(msgspec.Struct, frozen=True):
    """Where captions stand, and in what size.

    Attributes:
        top_emu: From the top of a drawing's box down to that of its caption.
        width_emu: Width of the box.
        height_emu: Its height, for all lines.
        size_pt: Of the letters, whole half points.
        lines: How many lines a caption may have, 1 or 2.
    """

    top_emu: int
    width_emu: int
    height_emu: int
    size_pt: float
    lines: int


class SheetLayout(msgspec.Struct, frozen=True):
    """Where everything stands on a sheet.

    Attributes:
        drawing: Size of the box each drawing is fitted into: the "slide" it is converted for. May
            be smaller than any real slide.
        places: Left and top of each such box, EMU, row by row.
        caption: Relative to a drawing's box; None where captions have no room.
    """

    drawing: SlideSize
    places: tuple[tuple[int, int], ...]
    caption: CaptionBox | None = None


def parse_grid(text: str) -> Grid:
    """Read a grid.

    Args:
        text: Rows, `x` or `×`, columns: `4x6` has four rows of six drawings.

    Raises:
        UsageError: The text is something else, or a number lies outside 1…50.
    """
    match = _ROWS_BY_COLUMNS.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"Grid {text!r} is not understood.",
            remedy="Write rows, x, columns: 4x6 puts 24 drawings on a slide, four rows of six.",
        )
    grid = Grid(int(match[1]), int(match[2]))
    if not (1 <= grid.rows <= MAX_ROWS and 1 <= grid.columns <= MAX_COLUMNS):
        raise UsageError(
            f"Grid {text!r} is out of range.",
            remedy=f"Choose 1 to {MAX_ROWS} rows and 1 to {MAX_COLUMNS} columns.",
        )
    return grid


def lay_out(area: Box, grid: Grid, *, captions: bool) -> SheetLayout:
    """Divide an area into equal cells with gutters between them, none around them.

    Args:
        area: What the sheet may cover, at least 1 inch a side.
        grid: Rows and columns.
        captions: Whether each cell keeps room for a caption under its drawing. A cell that is
            not even high enough for letters of 1 pt, under 5.1 pt, does not.
    """
    gutter = min(area.width // grid.columns, area.height // grid.rows) // _GUTTER
    width = (area.width - gutter * (grid.columns - 1)) // grid.columns
    height = (area.height - gutter * (grid.rows - 1)) // grid.rows
    # What division leaves over, less than an EMU a cell, is shared by both sides.
    left = area.left + (area.width - width * grid.columns - gutter * (grid.columns - 1)) // 2
    top = area.top + (area.height - height * grid.rows - gutter * (grid.rows - 1)) // 2
    places = tuple(
        (left + column * (width + gutter), top + row * (height + gutter))
        for row in range(grid.rows)
        for column in range(grid.columns)
    )
    caption = _caption_box(width, height) if captions else None
    if caption is None:
        return SheetLayout(SlideSize(width, height), places)
    between = round(_BETWEEN * caption.size_pt * _EMU_PER_PT)
    return SheetLayout(SlideSize(width, caption.top_emu - between), places, caption)


def _caption_box(width_emu: int, height_emu: int) -> CaptionBox | None:
    """Return where captions stand in a cell; None where letters of 1 pt are too large for it.

    Two lines where there is room for them, one elsewhere. Letters get smaller than 7 pt only in
    cells that hold no line of that size, and the sheet is one to be enlarged then.
    """
    height_pt = height_emu / _EMU_PER_PT
    wanted = min(width_emu / _EMU_PER_PT, height_pt) / _SIZE
    size = _half_points(min(_LARGEST_PT, max(_SMALLEST_PT, wanted)))
    lines = 2 if (2 * _LINE + _BETWEEN) * size <= height_pt / _SHARE else 1
    size = min(size, _half_points(height_pt / _SHARE / (lines * _LINE + _BETWEEN)))
    if size < 1:
        return None
    height = round(lines * _LINE * size * _EMU_PER_PT)
    return CaptionBox(height_emu - height, width_emu, height, size, lines)


def _half_points(size_pt: float) -> float:
    return int(size_pt * 2) / 2
