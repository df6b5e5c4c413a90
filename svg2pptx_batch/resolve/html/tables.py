"""Tables: rows and cells from the boxes elements made, and where these go.

What is no cell gets one of its own.

Source: CSS 2.2, 17.2.1 and 17.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from svg2pptx_batch.resolve.html.boxes import Block, Paragraph, Run
from svg2pptx_batch.resolve.html.fragments import Fragment, Layouter, Placed, Room
from svg2pptx_batch.resolve.html.sizes import collapses
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
        rows: Rows it takes.
    """

    block: Block
    column: int
    span: int
    rows: int


class Row(NamedTuple):
    """A table row.

    Attributes:
        block: What paints below its cells; None where no element stands for it.
        cells: From the first column on.
    """

    block: Block | None
    cells: list[Cell]


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
    count = max(cell.column + cell.span for row in rows for cell in row.cells)
    widths = _columns(layout, rows, count, room.width - gap_x * (count + 1), gap_x)
    starts = [gap_x]
    for width in widths:
        starts.append(starts[-1] + width + gap_x)
    laid_rows: list[list[tuple[Cell, Fragment]]] = []
    heights: list[float] = []
    for row in rows:
        laid_row = []
        for cell in row.cells:
            width = starts[cell.column + cell.span] - gap_x - starts[cell.column]
            laid_row.append((cell, layout.block(cell.block, Room(width), width=width)))
        laid_rows.append(laid_row)
        own = (each.height for cell, each in laid_row if cell.rows == 1)
        heights.append(max(own, default=0.0))
    for at, laid_row in enumerate(laid_rows):
        for cell, laid in laid_row:
            last = min(at + cell.rows, len(heights)) - 1
            lacking = laid.height - sum(heights[at : last + 1]) - gap_y * (last - at)
            heights[last] += max(0.0, lacking)
    slack = least - floor - sum(heights) - gap_y * (len(heights) + 1)
    if slack > 0.0:
        heights = [height + slack / len(heights) for height in heights]
    floor += gap_y
    for at, (laid_row, height) in enumerate(zip(laid_rows, heights, strict=True)):
        painted = rows[at].block
        if painted is not None:
            below = Fragment(painted, starts[-1] - 2 * gap_x, height)
            fragment.children.append(Placed(gap_x, floor, below))
        for cell, laid in laid_row:
            taken = heights[at : at + cell.rows]
            laid.stretch(sum(taken) + gap_y * (len(taken) - 1))
            if painted is not None and len(taken) > 1:
                below = Fragment(painted, laid.width, laid.height)
                fragment.children.append(Placed(starts[cell.column], floor, below))
            fragment.children.append(Placed(starts[cell.column], floor, laid))
        floor += height + gap_y
    return floor


def table_extremes(layout: Layouter, block: Block) -> tuple[float, float]:
    """Return how wide a table's rows are at the least and at the most."""
    rows, _ = rows_of(block)
    if not rows:
        return 0.0, 0.0
    count = max(cell.column + cell.span for row in rows for cell in row.cells)
    gap = spacing(block)[0]
    narrow, wide = _column_extremes(layout, rows, count, gap)
    gaps = gap * (count + 1)
    return sum(narrow) + gaps, sum(wide) + gaps


def _columns(
    layout: Layouter, rows: list[Row], count: int, width: float, gap: float
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
    layout: Layouter, rows: list[Row], count: int, gap: float
) -> tuple[list[float], list[float]]:
    narrow, wide = [0.0] * count, [0.0] * count
    for row in rows:
        for cell in row.cells:
            least, most = layout.block_extremes(cell.block)
            columns = range(cell.column, cell.column + cell.span)
            for held, wanted in ((narrow, least), (wide, most)):
                lacking = wanted - sum(held[at] for at in columns) - gap * (cell.span - 1)
                for at in columns if lacking > 0.0 else ():
                    held[at] += lacking / cell.span
    return narrow, wide


def spacing(block: Block) -> tuple[float, float]:
    """Return border-spacing across and down."""
    if collapses(block):
        return 0.0, 0.0
    lengths = parse_length_list(block.style["border-spacing"]) or ()
    gaps = [max(0.0, to_px(length, Axis.X, block.frame.state)) for length in lengths[:2]]
    return (gaps[0], gaps[-1]) if gaps else (0.0, 0.0)


def rows_of(table: Block) -> tuple[list[Row], list[Block]]:
    """Return a table's rows of cells, and the blocks that stand above them.

    What is no cell gets one of its own, as CSS has it.
    """
    rows: list[tuple[Block | None, list[Block]]] = []
    above: list[Block] = []
    loose: list[Block] = []
    for child in _table_children(table):
        if isinstance(child, Block) and child.frame.element.tag.endswith("}caption"):
            above.append(child)
        elif isinstance(child, Block) and child.display == "table-row":
            loose = []
            rows.append((child, _cells(child)))
        else:
            if not loose:
                rows.append((None, loose))
            _add_cell(loose, child)
    return _seated(row for row in rows if row[1]), above


def _seated(rows: Iterable[tuple[Block | None, list[Block]]]) -> list[Row]:
    """Give cells their columns: those that reach down from the rows above are taken."""
    seated = []
    taken: dict[int, int] = {}
    for block, blocks in rows:
        column = 0
        cells = []
        for each in blocks:
            while taken.get(column, 0) > 0:
                column += 1
            cell = Cell(each, column, _span(each, "colspan"), _span(each, "rowspan"))
            cells.append(cell)
            column += cell.span
        taken = {at: left - 1 for at, left in taken.items() if left > 1}
        for cell in cells if any(cell.rows > 1 for cell in cells) else ():
            taken |= dict.fromkeys(range(cell.column, cell.column + cell.span), cell.rows - 1)
        seated.append(Row(block, cells))
    return seated


def _span(cell: Block, name: str) -> int:
    text = "" if cell.anonymous else cell.frame.element.get(name)
    span = int(text[:4]) if text.isascii() and text.isdecimal() else 1
    return min(_MAX_SPAN, max(1, span))


def _table_children(table: Block) -> list[Block | Paragraph]:
    found: list[Block | Paragraph] = []
    for child in table.children:
        if isinstance(child, Block) and child.display in _GROUPS:
            found.extend(_table_children(child))
        elif isinstance(child, Block) or not _is_blank(child):
            found.append(child)
    return found


def _cells(row: Block) -> list[Block]:
    cells: list[Block] = []
    for child in row.children:
        if isinstance(child, Block) or not _is_blank(child):
            _add_cell(cells, child)
    return cells


def _add_cell(cells: list[Block], child: Block | Paragraph) -> None:
    if isinstance(child, Block) and child.display == "table-cell":
        cells.append(child)
    elif cells and cells[-1].anonymous:
        cells[-1].children.append(child)
    else:
        cells.append(Block(child.frame, "table-cell", [child], anonymous=True))


def _is_blank(paragraph: Paragraph) -> bool:
    return all(isinstance(item, Run) and not item.text.strip() for item in paragraph.items)
