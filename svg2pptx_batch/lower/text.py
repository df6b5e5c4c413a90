"""Text: editable boxes where a box shows what was drawn, outlines where it would not.

A laid-out text enters. What leaves is legal as far as boxes go: one chunk a line. Outlines leave as
shapes with SVG's own paints, and coloured glyphs as drawings, which are lowered like any other.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Diagnostics, Fidelity
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.text_box import beside_box, text_box
from svg2pptx_batch.lower.text_outline import (
    chunk_outlines,
    described,
    holds_picture,
    lacks_outlines,
    reaching,
)
from svg2pptx_batch.lower.text_stack import stack_lines
from svg2pptx_batch.lower.text_verdict import is_painted, judge, parted
from svg2pptx_batch.options import ConvertOptions
from svg2pptx_batch.scene.nodes import Group, Node, Text
from svg2pptx_batch.scene.text import TextChunk


def lower_text(
    text: Text,
    to_slide: Affine,
    options: ConvertOptions,
    diagnostics: Diagnostics,
    area: Rect | None = None,
) -> Node | None:
    """Turn a text into boxes and outlines.

    Args:
        text: Any text of a scene.
        to_slide: The parent's space to slide px.
        options: `text` and `target` are heeded.
        diagnostics: Told of what is outlined, approximated or dropped.
        area: Glyphs without ink in it need not be outlined; in the text's own space.

    Returns:
        A legal Text, of several chunks where these are lines of one box; a Group of such texts and
        of shapes whose transforms lead to slide px, still to be lowered; None where nothing is
        painted.
    """
    m = to_slide @ text.transform
    parts: list[Node] = []
    for chunk in text.chunks:
        for piece in parted(chunk):
            if not any(is_painted(span) for span in piece.spans):
                continue
            parts.extend(_lower_chunk(text, piece, m, options, diagnostics, area))
    if not parts:
        return None
    parts = stack_lines(parts)
    label = text.label if any(isinstance(part, Text) for part in parts) else described(text)
    if len(parts) == 1:
        return replace(parts[0], label=label, source=text.source)
    return Group(
        tuple(replace(part, source=text.source) for part in parts),
        label=label,
        source=text.source,
    )


def _lower_chunk(
    text: Text,
    chunk: TextChunk,
    m: Affine,
    options: ConvertOptions,
    diagnostics: Diagnostics,
    area: Rect | None,
) -> Iterator[Node]:
    verdict = judge(chunk, m, options)
    if verdict.reason:
        part = chunk if area is None else reaching(chunk, area)
        drawn = [replace(node, transform=m @ node.transform) for node in chunk_outlines(part)]
        if any(holds_picture(node) for node in drawn):
            message, fidelity = f"{verdict.reason} became pictures", Fidelity.RASTERISED
            diagnostics.report("glyphs-rasterised", message, text.source, fidelity=fidelity)
        elif drawn:
            message, fidelity = f"{verdict.reason} became outlines", Fidelity.OUTLINED
            diagnostics.report("text-outlined", message, text.source, fidelity=fidelity)
        if lacks_outlines(chunk):
            diagnostics.report(
                "glyphs-dropped",
                "Characters whose font has no outlines for them are left out",
                text.source,
                fidelity=Fidelity.DROPPED,
            )
        yield from drawn
        return
    for remark in verdict.approximations:
        diagnostics.report("text-approximated", remark, text.source, fidelity=Fidelity.APPROXIMATED)
    below, above = beside_box(chunk, options)
    yield from (replace(shape, transform=m @ shape.transform) for shape in below)
    yield text_box(text, chunk, m, options)
    yield from (replace(shape, transform=m @ shape.transform) for shape in above)
