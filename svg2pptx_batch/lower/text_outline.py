"""Text as outlines: glyphs and decoration lines as shapes, in the text's own space."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.fonts.face import open_face
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.path import Path, rect_path
from svg2pptx_batch.scene.nodes import Group, Shape, Text
from svg2pptx_batch.scene.text import Decoration, GlyphRun, TextChunk


def outline_text(text: Text, fonts: FontCatalog) -> Group:
    """Return a text as outlines, in its own space.

    Args:
        text: Any text of a scene.
        fonts: The catalogue whose faces measured it.

    Returns:
        A group with the text's transform, label and source; empty where no glyph has an outline.
    """
    shapes = chain.from_iterable(chunk_outlines(chunk) for chunk in text.chunks)
    return Group(tuple(shapes), text.transform, label=text.label, source=text.source)


def chunk_outlines(chunk: TextChunk) -> Iterator[Shape]:
    """Yield a chunk's shapes, bottom first: lines below, glyphs, lines through."""
    for span in chunk.spans:
        if not span.visible:
            continue
        for line in (span.decorations.underline, span.decorations.overline):
            if line is not None:
                yield from line_shapes(line)
        if span.fill is not None or span.stroke is not None:
            path = glyph_path(span.runs)
            if path:
                yield Shape(path, span.fill, span.stroke, stroke_first=span.stroke_first)
        if span.decorations.line_through is not None:
            yield from line_shapes(span.decorations.line_through)


def glyph_path(runs: Iterable[GlyphRun]) -> Path:
    """Return the outlines of all glyphs as one path."""
    verbs: list[str] = []
    coords: list[float] = []
    for run in runs:
        face = open_face(run.face, run.variations)
        for glyph in run.glyphs:
            path = face.glyph_path(glyph.gid)
            if not path:
                continue
            scale = Affine.scaling(run.size * glyph.scale_x, run.size)
            turn = Affine.rotation(glyph.rotation_deg) if glyph.rotation_deg else None
            place = Affine.translation(glyph.x, glyph.y)
            placed = path.transform(place @ (turn @ scale if turn else scale))
            verbs.append(placed.verbs)
            coords.extend(placed.coords)
    return Path("".join(verbs), tuple(coords))


def lacks_outlines(chunk: TextChunk) -> bool:
    """Tell whether a visible character is drawn by a face that has only pictures of it."""
    for span in chunk.spans:
        for run in span.runs if span.visible else ():
            face = open_face(run.face, run.variations)
            if not face.has_pictures:
                continue
            for glyph in run.glyphs:
                character = span.text[glyph.cluster : glyph.cluster + 1]
                if character.strip() and glyph.advance and not face.glyph_path(glyph.gid):
                    return True
    return False


def line_shapes(line: Decoration) -> Iterator[Shape]:
    """Yield the pieces of a decoration line."""
    if line.fill is None and line.stroke is None:
        return
    for path in (*(rect_path(rect) for rect in line.rects), *line.paths):
        yield Shape(path, line.fill, line.stroke, stroke_first=line.stroke_first)
