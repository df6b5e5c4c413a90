"""`text`: characters, laid out and painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.text.characters import collect
from svg2pptx_batch.resolve.text.chunks import chunks_of, line_bounds
from svg2pptx_batch.resolve.text.layout import lay_out
from svg2pptx_batch.resolve.text.merge import merge_lines
from svg2pptx_batch.resolve.text.painter import Painter, paint_by_style
from svg2pptx_batch.resolve.text.positions import read_positions
from svg2pptx_batch.resolve.text.spans import span_style
from svg2pptx_batch.scene.nodes import Node, Text

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Element


def text(element: Element, state: State, context: Context) -> Node | None:
    """Draw a `text` element with everything inside it.

    Returns:
        None where no character is left after white-space processing.

    Source: SVG 2, 11.
    """
    characters = collect(element, state, context)
    if not characters.text.strip():
        return None
    styles = {frame: span_style(frame, context) for frame in set(characters.owners)}
    lines = merge_lines(lay_out(characters, styles, read_positions(characters), context))
    bounds = line_bounds(lines)
    if bounds is None:
        return None
    chunks = chunks_of(lines, characters.text, Painter(paint_by_style(bounds, context), context))
    return Text(chunks, bounds)
