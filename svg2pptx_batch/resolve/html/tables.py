"""The rows and cells of tables, from the boxes elements made; what is no cell gets one of its own.

Source: CSS 2.2, 17.2.1.
"""

from __future__ import annotations

from typing import NamedTuple

from svg2pptx_batch.resolve.html.boxes import Block, Paragraph, Run
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
