"""Opacity of a group: multiplied into its leaves, once they no longer overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

from msgspec.structs import replace

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
    if any(leaf.effects or _upper_alpha(leaf) is None for leaf in leaves):
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
    bare, path, filled = _placed(shape)
    line = None if shape.stroke is None else stroke_area(path, shape.stroke)
    parts: list[Shape] = []
    if shape.fill is not None:
        left = subtract(filled, covered)
        if line is None or shape.stroke_first:
            parts += _filled(bare, left, shape.fill, opacity)
        else:
            below = _opacity_below(_upper_alpha(shape), opacity)
            parts += _filled(bare, subtract(left, line), shape.fill, opacity)
            parts += _filled(bare, intersect(left, line), shape.fill, below) if below else []
    if shape.stroke is not None and line is not None:
        left = subtract(line, covered)
        if shape.stroke_first and shape.fill is not None:
            parts = [*_ring(bare, left, filled, shape, opacity), *parts]
        else:
            parts += _painted(bare, left, shape.stroke, opacity)
    if not parts:
        return replace(bare, fill=Fill(TRANSPARENT))
    return _together(parts, shape)


def _faded_shape(shape: Shape, opacity: float) -> Node:
    """Fade one shape; where it has both, fill and stroke are parted so as not to overlap."""
    faint = replace(shape, fill=_fill(shape.fill, opacity), stroke=_stroke(shape.stroke, opacity))
    if shape.fill is None or shape.stroke is None:
        return faint
    bare, path, filled = _placed(shape)
    line = stroke_area(path, shape.stroke)
    if shape.stroke_first:
        ring = _ring(bare, line, filled, shape, opacity)
        top = replace(bare, path=filled, fill=faint.fill)
        return _together([*ring, top], shape)
    inside = subtract(filled, line)
    below = _opacity_below(_upper_alpha(shape), opacity)
    shared = _filled(bare, intersect(filled, line), shape.fill, below) if below else []
    top = replace(bare, stroke=faint.stroke)
    if inside:
        top = replace(top, fill=faint.fill, fill_path=inside)
    return _together([*shared, top], shape)


def _placed(shape: Shape) -> tuple[Shape, Path, Path]:
    """Return a shape without paint and transform, its path, and what its fill covers."""
    path, filled = shape.path, shape.fill_path or shape.path
    if not shape.transform.is_identity:
        path, filled = path.transform(shape.transform), filled.transform(shape.transform)
    bare = replace(
        shape,
        path=path,
        transform=IDENTITY,
        primitive=None,
        fill=None,
        stroke=None,
        fill_path=None,
        stroke_first=False,
    )
    return bare, path, filled


def _ring(bare: Shape, line: Path, filled: Path, shape: Shape, opacity: float) -> list[Shape]:
    """Return a stroke that lies below its fill, or what is left of it: outside, and under it."""
    stroke = shape.stroke
    assert stroke is not None
    below = _opacity_below(_upper_alpha(shape), opacity)
    shared = _painted(bare, intersect(line, filled), stroke, below) if below else []
    return [*_painted(bare, subtract(line, filled), stroke, opacity), *shared]


def _filled(bare: Shape, area: Path, fill: Fill, opacity: float) -> list[Shape]:
    """Return a part of a fill, whose frame stays that of the whole shape."""
    return [replace(bare, fill=_fill(fill, opacity), fill_path=area)] if area else []


def _painted(bare: Shape, area: Path, stroke: Stroke, opacity: float) -> list[Shape]:
    """Return a part of a stroke, as a filled shape."""
    return (
        [replace(bare, path=area, fill=Fill(stroke.paint, stroke.opacity * opacity))]
        if area
        else []
    )


def _together(parts: list[Shape], shape: Shape) -> Node:
    """Return the parts of a shape under its name."""
    if len(parts) == 1:
        return replace(parts[0], label=shape.label)
    inner = replace(NO_LABEL, link=shape.label.link)
    return Group(
        tuple(replace(part, label=inner) for part in parts),
        label=replace(shape.label, link=""),
        source=shape.source,
    )


def _opacity_below(alpha: float | None, opacity: float) -> float:
    """Return what fades a paint under another so that both look as if faded together.

    With a the alpha above and o the opacity of both, compositing gives o (1 - a) / (1 - o a).
    """
    assert alpha is not None, "fade has made sure of an even paint"
    return opacity * (1.0 - alpha) / (1.0 - opacity * alpha) if alpha < 1.0 else 0.0


def is_layered(nodes: Sequence[Node]) -> bool:
    """Whether a leaf's own paints show through one another, which only even fading keeps."""
    leaves = (leaf for node in nodes for leaf in visit(node) if not isinstance(leaf, Group))
    return any(_upper_alpha(leaf) != 1.0 for leaf in leaves)


def _upper_alpha(leaf: _Leaf) -> float | None:
    """Return the alpha of what a shape paints last over itself; None where it varies."""
    if not isinstance(leaf, Shape) or leaf.fill is None or leaf.stroke is None:
        return 1.0
    upper = leaf.fill if leaf.stroke_first else leaf.stroke
    match upper.paint:
        case Color(alpha=alpha):
            return alpha * upper.opacity
        case AxialGradient(stops=stops) | CircularGradient(stops=stops):
            alphas = {stop.color.alpha for stop in stops}
            return alphas.pop() * upper.opacity if len(alphas) == 1 else None
        case _:
            return None


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
