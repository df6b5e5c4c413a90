"""Tables: rows and cells from the boxes elements made, and where these go.

What is no cell gets one of its own.

Source: CSS 2.2, 17.2.1 and 17.5.
"""

from __future__ import annotations

from typing import NamedTuple

from svg2pptx_batch.resolve.html.boxes import Block, Paragraph, Run
from svg2pptx_batch.resolve.html.fragments import Fragment, Layouter, Placed, Room
from svg2pptx_batch.resolve.units import Axis, to_px
from svg2pptx_batch.svg.values.length import parse_length_list

_GROUPS = frozenset({"table-row-group", "table-header-group", "table-footer-group"})
_MAX_SPAN = 100


class Cell(NamedTuple):
    """A table cell.

    Attributes:
        block: Its content.
        column: First column, from 0.
        span: Columns it takes.
    """

    block: Block
    column: int
    span: int


def lay_out_table(
    layout: Layouter, block: Block, fragment: Fragment, room: Room, least: float
) -> float:
    """Lay out a table.

    Args:
        layout: Lays out the cells.
        block: The table.
        fragment: Takes the cells.
        room: Its content box.
        least: How high the rows are at least.

    Returns:
        The height captions and rows take.
    """
    gap_x, gap_y = spacing(block)
    rows, above = rows_of(block)
    floor = 0.0
    for caption in above:
        laid = layout.block(caption, room)
        fragment.children.append(Placed(0.0, floor, laid))
        floor += laid.height
    if not rows:
        return floor
    count = max(cell.column + cell.span for row in rows for cell in row)
    widths = _columns(layout, rows, count, room.width - gap_x * (count + 1), gap_x)
    starts = [gap_x]
    for width in widths:
        starts.append(starts[-1] + width + gap_x)
    laid_rows: list[list[tuple[Cell, Fragment]]] = []
    heights: list[float] = []
    for row in rows:
        laid_row = []
        for cell in row:
            width = starts[cell.column + cell.span] - gap_x - starts[cell.column]
            laid_row.append((cell, layout.block(cell.block, Room(width), width=width)))
        laid_rows.append(laid_row)
        heights.append(max((each.height for _, each in laid_row), default=0.0))
    slack = least - floor - sum(heights) - gap_y * (len(heights) + 1)
    if slack > 0.0:
        heights = [height + slack / len(heights) for height in heights]
    floor += gap_y
    for laid_row, height in zip(laid_rows, heights, strict=True):
        for cell, laid in laid_row:
            laid.stretch(height)
            fragment.children.append(Placed(starts[cell.column], floor, laid))
        floor += height + gap_y
    return floor


def table_extremes(layout: Layouter, block: Block) -> tuple[float, float]:
    """Return how wide a table's rows are at the least and at the most."""
    rows, _ = rows_of(block)
    if not rows:
        return 0.0, 0.0
    count = max(cell.column + cell.span for row in rows for cell in row)
    gap = spacing(block)[0]
    narrow, wide = _column_extremes(layout, rows, count, gap)
    gaps = gap * (count + 1)
    return sum(narrow) + gaps, sum(wide) + gaps


def _columns(
    layout: Layouter, rows: list[list[Cell]], count: int, width: float, gap: float
) -> list[float]:
    """Share out a table's width: each column at least its longest word, at most its text."""
    narrow, wide = _column_extremes(layout, rows, count, gap)
    least, most = sum(narrow), sum(wide)
    if width >= most:
        extra = width - most
        whole = most or float(count)
        return [each + extra * ((each / whole) if most else 1.0 / count) for each in wide]
    if width <= least or most <= least:
        return narrow
    share = (width - least) / (most - least)
    return [low + (high - low) * share for low, high in zip(narrow, wide, strict=True)]


def _column_extremes(
    layout: Layouter, rows: list[list[Cell]], count: int, gap: float
) -> tuple[list[float], list[float]]:
    narrow, wide = [0.0] * count, [0.0] * count
    for row in rows:
        for cell in row:
            least, most = layout.block_extremes(cell.block)
            columns = range(cell.column, cell.column + cell.span)
            for held, wanted in ((narrow, least), (wide, most)):
                lacking = wanted - sum(held[at] for at in columns) - gap * (cell.span - 1)
                for at in columns if lacking > 0.0 else ():
                    held[at] += lacking / cell.span
    return narrow, wide


def spacing(block: Block) -> tuple[float, float]:
    """Return border-spacing across and down."""
    lengths = parse_length_list(block.style["border-spacing"]) or ()
    gaps = [max(0.0, to_px(length, Axis.X, block.frame.state)) for length in lengths[:2]]
    return (gaps[0], gaps[-1]) if gaps else (0.0, 0.0)


def rows_of(table: Block) -> tuple[list[list[Cell]], list[Block]]:
    """Return a table's rows of cells, and the blocks that stand above them.

    What is no cell gets one of its own, as CSS has it.
    """
    rows: list[list[Cell]] = []
    above: list[Block] = []
    loose: list[Cell] = []
    for child in _table_children(table):
        if isinstance(child, Block) and child.frame.element.tag.endswith("}caption"):
            above.append(child)
        elif isinstance(child, Block) and child.display == "table-row":
            loose = []
            rows.append(_cells(child))
        else:
            if not loose:
                rows.append(loose)
            _add_cell(loose, child)
    return [row for row in rows if row], above


def _table_children(table: Block) -> list[Block | Paragraph]:
    found: list[Block | Paragraph] = []
    for child in table.children:
        if isinstance(child, Block) and child.display in _GROUPS:
            found.extend(_table_children(child))
        elif isinstance(child, Block) or not _is_blank(child):
            found.append(child)
    return found


def _cells(row: Block) -> list[Cell]:
    cells: list[Cell] = []
    for child in row.children:
        if isinstance(child, Block) or not _is_blank(child):
            _add_cell(cells, child)
    return cells


def _add_cell(cells: list[Cell], child: Block | Paragraph) -> None:
    column = cells[-1].column + cells[-1].span if cells else 0
    if isinstance(child, Block) and child.display == "table-cell":
        text = child.frame.element.get("colspan")
        span = int(text[:4]) if text.isascii() and text.isdecimal() else 1
        cells.append(Cell(child, column, min(_MAX_SPAN, max(1, span))))
        return
    last = cells[-1].block if cells else None
    if last is not None and last.anonymous:
        last.children.append(child)
        return
    cells.append(Cell(Block(child.frame, "table-cell", [child], anonymous=True), column, 1))


def _is_blank(paragraph: Paragraph) -> bool:
    return all(isinstance(item, Run) and not item.text.strip() for item in paragraph.items)
