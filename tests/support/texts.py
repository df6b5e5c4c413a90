"""Text elements, laid out with a box font."""

from __future__ import annotations

from svg2pptx_batch.diagnostics import Diagnostics
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.resolve import resolve
from svg2pptx_batch.scene.nodes import Text
from svg2pptx_batch.scene.text import Glyph, TextChunk
from svg2pptx_batch.scene.walk import visit
from svg2pptx_batch.svg import parse
from svg2pptx_batch.svg.resources import DataLoader


def laid_out(
    content: str,
    fonts: FontCatalog,
    diagnostics: Diagnostics | None = None,
    *,
    attributes: str = 'font-family="Box Sans" font-size="10"',
) -> list[Text]:
    """Return the texts of a 200 × 200 drawing."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 200 200" {attributes}>{content}</svg>'
    )
    scene = resolve(
        parse(svg.encode()),
        fonts=fonts,
        loader=DataLoader(),
        diagnostics=diagnostics if diagnostics is not None else Diagnostics(),
    )
    return [node for node in visit(scene.root) if isinstance(node, Text)]


def only(content: str, fonts: FontCatalog, **more: str) -> Text:
    """Return the only text of a drawing."""
    (text,) = laid_out(content, fonts, **more)
    return text


def words(text: Text) -> list[str]:
    """Return what each chunk says."""
    return ["".join(span.text for span in chunk.spans) for chunk in text.chunks]


def glyphs(chunk: TextChunk) -> list[Glyph]:
    """Return a chunk's glyphs."""
    return [glyph for span in chunk.spans for run in span.runs for glyph in run.glyphs]


def places(text: Text) -> list[tuple[float, float]]:
    """Return where each glyph of a text stands."""
    return [
        (round(glyph.x, 3), round(glyph.y, 3)) for chunk in text.chunks for glyph in glyphs(chunk)
    ]
