"""Opacity of a group: multiplied into its leaves, once they no longer overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, cast

from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.boolean import area, intersect, subtract, unite
from svg2pptx_batch.graphics.color import TRANSPARENT, Color
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.lower.strokes import stroke_area
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.nodes import NO_LABEL, Group, Image, Node, Shape, Text
from svg2pptx_batch.scene.paint import AxialGradient, CircularGradient, Fill, Paint, Stroke
from svg2pptx_batch.scene.text import Decoration, Decorations, TextSpan
from svg2pptx_batch.scene.walk import visit

_MAX_LEAVES = 400
_MAX_PAIRS = 400
_TOUCHING = 0.01

_Leaf = Shape | Image | Text


class Faded(NamedTuple):
    """A group's parts with its opacity in them.

    Attributes:
        nodes: Bottom first.
        exact: Whether that looks the same as fading them together; text laid over a shape lets a
            little of it through.
    """

    nodes: list[Node]
    exact: bool


def fade(nodes: list[Node], opacity: float) -> Faded | None:
    """Multiply an opacity into every leaf.

    Where an opaque shape covers part of another, that part is cut away first, so that it does not
    show through.

    Args:
        nodes: Legal, slide px, bottom first.
        opacity: 0…1.

    Returns:
        None where leaves overlap in a way that no cutting helps, or have shadows below them.
    """
    leaves = [leaf for node in nodes for leaf in visit(node) if not isinstance(leaf, Group)]
    if any(leaf.effects for leaf in leaves):
        return None
    covers: dict[int, list[Path]] = {}
    exact = True
    if len(leaves) > 1:
        pairs = overlapping(leaves)
        if pairs is None:
            return None
        areas: dict[int, Path] = {}
        for low, high in pairs:
            below, above = leaves[low], leaves[high]
            if isinstance(above, Text) and not isinstance(below, Text):
                exact = False
                continue
            if not isinstance(below, Shape) or not isinstance(above, Shape):
                return None
            for index in (low, high):
                if index not in areas:
                    areas[index] = painted_area(cast(Shape, leaves[index]))
            if area(intersect(areas[low], areas[high])) > _TOUCHING:
                if not is_opaque(above):
                    return None
                covers.setdefault(id(below), []).append(areas[high])
    return Faded([_faded(node, opacity, covers) for node in nodes], exact)


def overlapping(leaves: Sequence[_Leaf]) -> list[tuple[int, int]] | None:
    """Return the pairs, lower first, whose boxes share more than an edge; None if too many."""
    if len(leaves) > _MAX_LEAVES:
        return None
    boxed = sorted(
        (
            (box, index)
            for index, leaf in enumerate(leaves)
            if (box := visual_bounds(leaf)) is not None
        ),
        key=lambda pair: pair[0].x,
    )
    pairs: list[tuple[int, int]] = []
    for at, (box, index) in enumerate(boxed):
        for other_box, other in boxed[at + 1 :]:
            if other_box.x >= box.right:
                break
            if other_box.y < box.bottom and box.y < other_box.bottom:
                pairs.append((min(index, other), max(index, other)))
                if len(pairs) > _MAX_PAIRS:
                    return None
    return sorted(pairs)


def is_opaque(shape: Shape) -> bool:
    """Whether nothing shows through what a shape paints."""
    paints: list[tuple[Paint, float]] = []
    if shape.fill is not None:
        paints.append((shape.fill.paint, shape.fill.opacity))
    if shape.stroke is not None:
        paints.append((shape.stroke.paint, shape.stroke.opacity))
    for paint, opacity in paints:
        if isinstance(paint, Color):
            opaque = paint.alpha >= 1.0
        elif isinstance(paint, AxialGradient | CircularGradient):
            opaque = all(stop.color.alpha >= 1.0 for stop in paint.stops)
        else:
            opaque = False
        if not opaque or opacity < 1.0:
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


def _faded(node: Node, opacity: float, covers: dict[int, list[Path]]) -> Node:
    match node:
        case Group():
            children = tuple(_faded(child, opacity, covers) for child in node.children)
            return replace(node, children=children)
        case Shape():
            covered = covers.get(id(node))
            if covered:
                return _faded_rest(node, opacity, unite((path, False) for path in covered))
            return _faded_shape(node, opacity)
        case Image():
            return replace(node, opacity=node.opacity * opacity)
        case Text():
            chunks = tuple(
                replace(chunk, spans=tuple(_faded_span(span, opacity) for span in chunk.spans))
                for chunk in node.chunks
            )
            return replace(node, chunks=chunks)


def _faded_rest(shape: Shape, opacity: float, covered: Path) -> Node:
    """Fade what is left of a shape when what lies on it is cut away.

    The path keeps its box, so that gradients keep their frame; a shape that is covered wholly stays
    without colour.
    """
    path, filled = shape.path, shape.fill_path or shape.path
    if not shape.transform.is_identity:
        path, filled = path.transform(shape.transform), filled.transform(shape.transform)
    bare = replace(
        shape,
        path=path,
        transform=IDENTITY,
        primitive=None,
        stroke=None,
        fill_path=None,
        stroke_first=False,
    )
    line = None if shape.stroke is None else stroke_area(path, shape.stroke)
    parts: list[Shape] = []
    if shape.fill is not None:
        cut = covered
        if line is not None and not shape.stroke_first:
            cut = unite([(covered, False), (line, False)])
        left = subtract(filled, cut)
        if left:
            parts.append(replace(bare, fill=_fill(shape.fill, opacity), fill_path=left))
    if shape.stroke is not None and line is not None:
        cut = covered
        if shape.stroke_first and shape.fill is not None:
            cut = unite([(covered, False), (filled, False)])
        left = subtract(line, cut)
        if left:
            paint = Fill(shape.stroke.paint, shape.stroke.opacity * opacity)
            stroked = replace(bare, path=left, fill=paint)
            parts = [stroked, *parts] if shape.stroke_first else [*parts, stroked]
    if not parts:
        return replace(bare, fill=Fill(TRANSPARENT))
    if len(parts) == 1:
        return parts[0]
    inner = replace(NO_LABEL, link=shape.label.link)
    return Group(
        tuple(replace(part, label=inner) for part in parts),
        label=replace(shape.label, link=""),
        source=shape.source,
    )


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
    return replace(line, fill=_fill(line.fill, opacity), stroke=_stroke(line.stroke, opacity))


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
