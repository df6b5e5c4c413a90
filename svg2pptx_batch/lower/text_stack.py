"""Lines that stand below one another, put into one text box: better to edit than a box a line.

Legal texts of one chunk enter; where the next one hangs on the same anchor a line further down, one
text with a chunk a line leaves. `drawingml/text.py` writes each as a paragraph, and the gaps
between the lines' boxes as spacing.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.nodes import Node, Text
from svg2pptx_batch.scene.text import TextChunk

_ASIDE_EM = 0.02
"""How far a line's anchor may stand beside that of the line above."""

_CLOSEST = -0.4
_FARTHEST = 1.4
"""Gap between two lines' boxes, of the lower one's height."""


def stack_lines(parts: Iterable[Node]) -> list[Node]:
    """Return what a text became, its boxes of one line stacked where they make a column.

    Args:
        parts: Boxes and shapes in painting order; a shape between two boxes keeps them apart.
    """
    stacked: list[Node] = []
    column: list[TextChunk] = []  # the lines that have come together as the last of them
    for part in parts:
        top = stacked[-1] if stacked else None
        if isinstance(part, Text) and isinstance(top, Text):
            line = _next_line(top, column[-1], part)
            if line is not None:
                column.append(line)
                continue
        _close(stacked, column)
        stacked.append(part)
        column = list(part.chunks) if isinstance(part, Text) else []
    _close(stacked, column)
    return stacked


def _close(stacked: list[Node], column: list[TextChunk]) -> None:
    """Give the last text all lines of its column."""
    top = stacked[-1] if stacked else None
    if isinstance(top, Text) and len(column) > 1:
        bounds = top.bounds
        for line in column[1:]:
            bounds = bounds.union(line.bounds)
        stacked[-1] = replace(top, chunks=tuple(column), bounds=bounds)


def _next_line(top: Text, last: TextChunk, below: Text) -> TextChunk | None:
    """Return a text as the line after the last one of a column, or None where it is none.

    Args:
        top: Text at the column's top: the line is put into its space.
        last: Last line of the column.
        below: Text of one line.
    """
    (line,) = below.chunks
    assert last.box is not None, "lower gives every legal chunk its box"
    assert line.box is not None, "lower gives every legal chunk its box"
    if (last.anchor, last.direction) != (line.anchor, line.direction):
        return None
    place = top.transform.inverse() @ below.transform
    size = min(_size(last), _size(line))
    turned = abs(place.a - 1.0) + abs(place.b) + abs(place.c) + abs(place.d - 1.0)
    if turned > 1e-3 or abs(place.e) > _ASIDE_EM * size:
        return None
    down = place.f
    box = Rect(line.box.x, line.box.y + down, line.box.width, line.box.height)
    gap = box.y - last.box.bottom
    if not _CLOSEST * box.height <= gap <= _FARTHEST * box.height:
        return None
    return replace(line, y=down, box=box, bounds=box)


def _size(chunk: TextChunk) -> float:
    return max(span.font.size for span in chunk.spans)
