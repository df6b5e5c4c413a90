"""Lines that stand below one another, put into one text box: better to edit than a box a line.

Legal texts of one chunk enter; where the next one hangs on the same anchor a line further down, one
text with a chunk a line leaves. `drawingml/text.py` writes each as a paragraph, and the gaps
between the lines' boxes as spacing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

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
    for part in parts:
        above = stacked[-1] if stacked else None
        whole = None
        if isinstance(part, Text) and isinstance(above, Text):
            whole = _stacked(above, part)
        if whole is None:
            stacked.append(part)
        else:
            stacked[-1] = whole
    return stacked


def _stacked(above: Text, below: Text) -> Text | None:
    """Return two texts as one, or None where the lower one is no next line of the upper."""
    last, (line,) = above.chunks[-1], below.chunks
    assert last.box is not None, "lower gives every legal chunk its box"
    assert line.box is not None, "lower gives every legal chunk its box"
    if (last.anchor, last.direction) != (line.anchor, line.direction):
        return None
    place = above.transform.inverse() @ below.transform
    size = min(_size(last), _size(line))
    turned = abs(place.a - 1.0) + abs(place.b) + abs(place.c) + abs(place.d - 1.0)
    if turned > 1e-3 or abs(place.e) > _ASIDE_EM * size:
        return None
    down = place.f
    box = Rect(line.box.x, line.box.y + down, line.box.width, line.box.height)
    gap = box.y - last.box.bottom
    if not _CLOSEST * box.height <= gap <= _FARTHEST * box.height:
        return None
    line = replace(line, y=down, box=box, bounds=box)
    return replace(above, chunks=(*above.chunks, line), bounds=above.bounds.union(box))


def _size(chunk: TextChunk) -> float:
    return max(span.font.size for span in chunk.spans)
