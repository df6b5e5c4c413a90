"""Text as outlines: glyphs and decoration lines as shapes, in the text's own space."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec.structs import replace

from svg2pptx_batch.fonts.face import open_face
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.path import Path, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.nodes import Group, Image, Label, Node, Shape, Text
from svg2pptx_batch.scene.text import Decoration, Glyph, GlyphRun, TextChunk, TextSpan
from svg2pptx_batch.scene.walk import visit


def outline_text(text: Text) -> Group:
    """Return a text as outlines, in its own space.

    Returns:
        A group with the text's transform, label and source; empty where no glyph has an outline.
    """
    shapes = chain.from_iterable(chunk_outlines(chunk) for chunk in text.chunks)
    return Group(tuple(shapes), text.transform, label=text.label, source=text.source)


def reaching(chunk: TextChunk, area: Rect) -> TextChunk:
    """Return a chunk without the glyphs that have no ink in an area; the same where all have.

    What is outlined can be longer than all that is seen of it.

    Args:
        chunk: Its words stay whole.
        area: In the text's own space.
    """
    spans = tuple(_reaching_span(span, area) for span in chunk.spans)
    same = all(new is old for new, old in zip(spans, chunk.spans, strict=True))
    return chunk if same else replace(chunk, spans=spans)


def _reaching_span(span: TextSpan, area: Rect) -> TextSpan:
    stroke = span.stroke
    if stroke is not None:
        if stroke.non_scaling:
            return span
        area = area.inflate(stroke.width * max(1.0, stroke.miter_limit) / 2)
    runs = tuple(_reaching_run(run, area) for run in span.runs)
    same = all(new is old for new, old in zip(runs, span.runs, strict=True))
    return span if same else replace(span, runs=runs)


def _reaching_run(run: GlyphRun, area: Rect) -> GlyphRun:
    face = open_face(run.face, run.variations)
    boxes: dict[int, Rect | None] = {}
    kept = []
    for glyph in run.glyphs:
        gid = glyph.gid
        if gid not in boxes:
            drawing = glyph.drawing
            boxes[gid] = visual_bounds(drawing) if drawing else face.glyph_path(gid).bounds()
        box = boxes[gid]
        if box is None or _reaches(glyph, box, run.size, area):
            kept.append(glyph)
    return run if len(kept) == len(run.glyphs) else replace(run, glyphs=tuple(kept))


def _reaches(glyph: Glyph, box: Rect, size: float, area: Rect) -> bool:
    """Tell whether a glyph touches an area; `box` is that of its ink, em."""
    if glyph.rotation_deg:
        return _placement(glyph, size).apply_rect(box).touches(area)
    x, y, width, height = box
    left, top, across, down = area
    scale = size * glyph.scale_x
    x, y = glyph.x + x * scale, glyph.y + y * size
    return (
        x <= left + across
        and left <= x + width * scale
        and y <= top + down
        and top <= y + height * size
    )


def chunk_outlines(chunk: TextChunk) -> Iterator[Node]:
    """Yield what a chunk shows, bottom first: lines below, glyphs, lines through."""
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
        if span.fill is not None:
            yield from _drawings(span.runs, span.fill.opacity)
        if span.decorations.line_through is not None:
            yield from line_shapes(span.decorations.line_through)


def glyph_path(runs: Iterable[GlyphRun]) -> Path:
    """Return the outlines of all glyphs that have no colours of their own as one path."""
    verbs: list[str] = []
    coords: list[float] = []
    for run in runs:
        face = open_face(run.face, run.variations)
        for glyph in run.glyphs:
            path = face.glyph_path(glyph.gid)
            if not path or glyph.drawing is not None:
                continue
            placed = path.transform(_placement(glyph, run.size))
            verbs.append(placed.verbs)
            coords.extend(placed.coords)
    return Path("".join(verbs), tuple(coords))


def _drawings(runs: Iterable[GlyphRun], opacity: float) -> Iterator[Node]:
    """Yield the glyphs that have colours of their own."""
    for run in runs:
        for glyph in run.glyphs:
            if glyph.drawing is not None:
                place = _placement(glyph, run.size)
                yield Group((glyph.drawing,), place, opacity=opacity)


def _placement(glyph: Glyph, size: float) -> Affine:
    """Return a glyph's em to the text's own space."""
    place = Affine.translation(glyph.x, glyph.y)
    if glyph.rotation_deg:
        place = place @ Affine.rotation(glyph.rotation_deg)
    return place @ Affine.scaling(size * glyph.scale_x, size)


def described(text: Text) -> Label:
    """Return a label that keeps the words of a text that is no longer one."""
    if text.label.description:
        return text.label
    words = "".join(span.text for chunk in text.chunks for span in chunk.spans)
    return replace(text.label, description=words.strip())


def holds_picture(node: Node) -> bool:
    """Tell whether there is a picture among what outlines came to."""
    return any(isinstance(each, Image) for each in visit(node))


def lacks_outlines(chunk: TextChunk) -> bool:
    """Tell whether a visible character is drawn by a face that has only pictures of it."""
    for span in chunk.spans:
        for run in span.runs if span.visible else ():
            face = open_face(run.face, run.variations)
            if not face.has_pictures:
                continue
            for glyph in run.glyphs:
                character = span.text[glyph.cluster : glyph.cluster + 1]
                if glyph.drawing is not None or not character.strip() or not glyph.advance:
                    continue
                if not face.glyph_path(glyph.gid):
                    return True
    return False


def line_shapes(line: Decoration) -> Iterator[Shape]:
    """Yield the pieces of a decoration line."""
    if line.fill is None and line.stroke is None:
        return
    for path in (*(rect_path(rect) for rect in line.rects), *line.paths):
        yield Shape(path, line.fill, line.stroke, stroke_first=line.stroke_first)
