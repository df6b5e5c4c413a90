"""HTML labels, resolved: what they say, where, and what is drawn below the words.

Glyphs of the box font are half an em wide: 5 px at font size 10. Its ascent is 8 px and its descent
2 px, so that a line of normal height is 10 px high.
"""

from __future__ import annotations

from pathlib import Path

from svg2pptx_batch.diagnostics import Diagnostics
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve import resolve
from svg2pptx_batch.scene.bounds import object_bounds
from svg2pptx_batch.scene.nodes import Node, RectPrimitive, Shape, Text
from svg2pptx_batch.scene.text import TextSpan
from svg2pptx_batch.scene.walk import visit
from svg2pptx_batch.svg import parse
from svg2pptx_batch.svg.resources import DataLoader
from tests.support.fonts import LATIN, build_font, catalog

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def label_fonts(folder: Path) -> FontCatalog:
    """Return the box font: regular, bold, italic."""
    build_font(folder, characters=LATIN + "\u00a0\u2022\u65e5\u672c\u8a9e\u3002")
    build_font(folder, style="Bold", weight=700, bold=True)
    build_font(folder, style="Italic", italic=True)
    return catalog(folder)


def nodes_of(body: str, fonts: FontCatalog, diagnostics: Diagnostics | None = None) -> list[Node]:
    """Return the leaves of a 200 × 200 drawing."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" '
        f'font-family="Box Sans" font-size="10">{body}</svg>'
    )
    scene = resolve(
        parse(svg.encode()),
        fonts=fonts,
        loader=DataLoader(),
        diagnostics=diagnostics if diagnostics is not None else Diagnostics(),
    )
    return [node for node in visit(scene.root) if isinstance(node, Shape | Text)]


def label(content: str, style: str = "", *, width: int = 100, height: int = 50) -> str:
    """Return a foreignObject with one `div`."""
    return (
        f'<foreignObject width="{width}" height="{height}">'
        f'<div {XHTML} style="{style}">{content}</div></foreignObject>'
    )


def drawn_boxes(body: str, fonts: FontCatalog) -> list[Rect]:
    """Return the boxes of what a drawing of labels draws."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">{body}</svg>'
    scene = resolve(
        parse(svg.encode()), fonts=fonts, loader=DataLoader(), diagnostics=Diagnostics()
    )
    found = (object_bounds(node) for node in scene.root.children)
    return [box for box in found if box is not None]


def lines_of(body: str, fonts: FontCatalog) -> list[tuple[str, float, float]]:
    """Return each line with the place of its anchor point."""
    return [
        ("".join(span.text for span in chunk.spans), round(chunk.x, 2), round(chunk.y, 2))
        for node in nodes_of(body, fonts)
        if isinstance(node, Text)
        for chunk in node.chunks
    ]


def said(body: str, fonts: FontCatalog) -> list[str]:
    """Return what each line says."""
    return [text for text, _, _ in lines_of(body, fonts)]


def spans_of(body: str, fonts: FontCatalog) -> list[TextSpan]:
    """Return all spans of a drawing's labels."""
    return [
        span
        for node in nodes_of(body, fonts)
        if isinstance(node, Text)
        for chunk in node.chunks
        for span in chunk.spans
    ]


def rects_of(body: str, fonts: FontCatalog) -> list[tuple[Rect, Color]]:
    """Return the rectangles of a drawing with their colours."""
    return [
        (node.primitive.rect, node.fill.paint)
        for node in nodes_of(body, fonts)
        if isinstance(node, Shape)
        and isinstance(node.primitive, RectPrimitive)
        and node.fill is not None
        and isinstance(node.fill.paint, Color)
    ]
