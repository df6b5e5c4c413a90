"""Opacity of a group: multiplied into its leaves where they do not overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.boolean import area, intersect, subtract
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.lower.strokes import stroke_area
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.nodes import NO_LABEL, Group, Image, Node, Shape, Text
from svg2pptx_batch.scene.paint import Fill, Stroke
from svg2pptx_batch.scene.text import Decoration, Decorations, TextSpan
from svg2pptx_batch.scene.walk import visit

_MAX_LEAVES = 400
_MAX_PAIRS = 200
_TOUCHING = 0.01


def fade(nodes: list[Node], opacity: float) -> list[Node] | None:
    """Multiply an opacity into every leaf.

    Args:
        nodes: Legal, slide px, bottom first.
        opacity: 0…1.

    Returns:
        None where leaves overlap, so that each would show through the other.
    """
    leaves = [leaf for node in nodes for leaf in visit(node) if not isinstance(leaf, Group)]
    if len(leaves) > 1 and not _disjoint(leaves):
        return None
    return [_faded(node, opacity) for node in nodes]


def _disjoint(leaves: Sequence[Node]) -> bool:
    if len(leaves) > _MAX_LEAVES:
        return False
    boxed = sorted(
        ((box, leaf) for leaf in leaves if (box := visual_bounds(leaf)) is not None),
        key=lambda pair: pair[0].x,
    )
    pairs = 0
    for index, (box, leaf) in enumerate(boxed):
        for other_box, other in boxed[index + 1 :]:
            if other_box.x >= box.right:
                break
            if other_box.y >= box.bottom or box.y >= other_box.bottom:
                continue
            pairs += 1
            if pairs > _MAX_PAIRS or not isinstance(leaf, Shape) or not isinstance(other, Shape):
                return False
            if area(intersect(painted_area(leaf), painted_area(other))) > _TOUCHING:
                return False
    return True


def painted_area(shape: Shape) -> Path:
    """Return the outline of all a legal shape paints: fill and stroke side by side."""
    verbs = ""
    coords: tuple[float, ...] = ()
    if shape.fill is not None:
        filled = shape.fill_path or shape.path
        verbs, coords = filled.verbs, filled.coords
    if shape.stroke is not None:
        line = stroke_area(shape.path, shape.stroke)
        verbs, coords = verbs + line.verbs, coords + line.coords
    path = Path(verbs, coords)
    return path if shape.transform.is_identity else path.transform(shape.transform)


def _faded(node: Node, opacity: float) -> Node:
    match node:
        case Group():
            return replace(node, children=tuple(_faded(c, opacity) for c in node.children))
        case Shape():
            return _faded_shape(node, opacity)
        case Image():
            return replace(node, opacity=node.opacity * opacity)
        case Text():
            chunks = tuple(
                replace(chunk, spans=tuple(_faded_span(span, opacity) for span in chunk.spans))
                for chunk in node.chunks
            )
            return replace(node, chunks=chunks)


def _fill(fill: Fill | None, opacity: float) -> Fill | None:
    return None if fill is None else replace(fill, opacity=fill.opacity * opacity)


def _stroke(stroke: Stroke | None, opacity: float) -> Stroke | None:
    return None if stroke is None else replace(stroke, opacity=stroke.opacity * opacity)


def _faded_span(span: TextSpan, opacity: float) -> TextSpan:
    lines = span.decorations
    return replace(
        span,
        fill=_fill(span.fill, opacity),
        stroke=_stroke(span.stroke, opacity),
        decorations=Decorations(
            _faded_line(lines.underline, opacity),
            _faded_line(lines.overline, opacity),
            _faded_line(lines.line_through, opacity),
        ),
    )


def _faded_line(line: Decoration | None, opacity: float) -> Decoration | None:
    if line is None:
        return None
    return Decoration(_fill(line.fill, opacity), _stroke(line.stroke, opacity), line.rects)


def _faded_shape(shape: Shape, opacity: float) -> Node:
    """Fade one shape; where it has both, fill and stroke are parted so as not to overlap."""
    faint = replace(shape, fill=_fill(shape.fill, opacity), stroke=_stroke(shape.stroke, opacity))
    if shape.fill is None or shape.stroke is None:
        return faint
    path, filled = shape.path, shape.fill_path or shape.path
    if not shape.transform.is_identity:
        path, filled = path.transform(shape.transform), filled.transform(shape.transform)
    line = stroke_area(path, shape.stroke)
    bare = replace(faint, path=path, transform=IDENTITY, primitive=None)
    if not shape.stroke_first:
        inside = subtract(filled, line)
        if not inside:
            return replace(bare, fill=None, fill_path=None)
        return replace(bare, fill_path=inside)
    outside = subtract(line, filled)
    top = replace(bare, path=filled, stroke=None, fill_path=None, stroke_first=False)
    if not outside or faint.stroke is None:
        return top
    top = replace(top, label=replace(NO_LABEL, link=shape.label.link))
    ring = replace(top, path=outside, fill=Fill(faint.stroke.paint, faint.stroke.opacity))
    label = replace(shape.label, link="")
    return Group((ring, top), label=label, source=shape.source)
