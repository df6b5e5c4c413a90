"""Bounding boxes of nodes: SVG's object bounding box, and what is really painted.

Boxes are axis-aligned, in the space of the node's parent. That of a group is the union of its
children's boxes, each mapped as a box, as browsers do it.
"""

from __future__ import annotations

import itertools
import math

from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Point, Rect
from svg2pptx_batch.scene.effects import ClipPath
from svg2pptx_batch.scene.nodes import Group, Image, Node, Shape, Text
from svg2pptx_batch.scene.paint import LineCap, LineJoin, Stroke

_LONG = 20_000
"""Segments of a path whose stroke is not looked at corner by corner."""

BoundsCache = dict[int, tuple[Node, Rect | None]]
"""Boxes of groups already asked for, by the identity of the node; keeps the node alive."""


def object_bounds(node: Node, cache: BoundsCache | None = None) -> Rect | None:
    """Return SVG's object bounding box: geometry alone, without strokes, clips and filters.

    Args:
        node: Any node.
        cache: Where boxes of groups are kept between calls.

    Returns:
        The box in the parent's space; None where there is nothing.

    Source: SVG 2, 8.10.
    """
    if isinstance(node, Group):
        if cache is not None and id(node) in cache:
            return cache[id(node)][1]
        box = content_bounds(node, cache)
        box = None if box is None else node.transform.apply_rect(box)
        if cache is not None:
            cache[id(node)] = (node, box)
        return box
    own = own_bounds(node)
    return None if own is None else node.transform.apply_rect(own)


def content_bounds(group: Group, cache: BoundsCache | None = None) -> Rect | None:
    """Return the object bounding box of a group's children, in the group's own space.

    Markers do not count (SVG 2, 8.10).
    """
    box: Rect | None = None
    for child in group.children:
        if child.source.tag == "marker":
            continue
        other = object_bounds(child, cache)
        if other is not None:
            box = other if box is None else box.union(other)
    return box


def own_bounds(node: Node) -> Rect | None:
    """Return the object bounding box in the node's own space."""
    if isinstance(node, Shape):
        return node.path.bounds()
    if isinstance(node, Image):
        return node.rect
    if isinstance(node, Text):
        return node.bounds
    return content_bounds(node)


def visual_bounds(node: Node, cache: BoundsCache | None = None) -> Rect | None:
    """Return a box that holds all a node paints: strokes, filter regions; cut by clips and masks.

    Args:
        node: Any node.
        cache: Where boxes of groups are kept between calls; another than for `object_bounds`.

    Returns:
        The box in the parent's space, None where nothing is painted. Tight for straight segments
        and plain Béziers; never too small, but for strokes that do not scale, whose width is taken
        as it stands.
    """
    if isinstance(node, Shape):
        return _shape_bounds(node)
    if isinstance(node, Image):
        return node.transform.apply_rect(node.rect)
    if isinstance(node, Text):
        return node.transform.apply_rect(_text_bounds(node))
    if cache is None:
        return _painted_bounds(node, None)
    if id(node) not in cache:
        cache[id(node)] = (node, _painted_bounds(node, cache))
    return cache[id(node)][1]


def _painted_bounds(node: Group, cache: BoundsCache | None) -> Rect | None:
    if node.opacity <= 0.0:
        return None
    box: Rect | None = None
    for child in node.children:
        other = visual_bounds(child, cache)
        if other is not None:
            box = other if box is None else box.union(other)
    for item in node.filters:
        box = item.region if box is None else box.union(item.region)
    if box is not None and node.clip is not None:
        box = _clipped(box, node.clip)
    if box is not None and node.mask is not None:
        box = box.intersection(node.mask.region)
    return None if box is None else node.transform.apply_rect(box)


def clip_bounds(clip: ClipPath) -> Rect | None:
    """Return a box that holds all a clip path lets through; None where that is nothing."""
    box: Rect | None = None
    for child in clip.children:
        other = visual_bounds(child)
        if other is not None:
            box = other if box is None else box.union(other)
    if box is None:
        return None
    box = clip.transform.apply_rect(box)
    return box if clip.clip is None else _clipped(box, clip.clip)


def _clipped(box: Rect, clip: ClipPath) -> Rect | None:
    limit = clip_bounds(clip)
    return None if limit is None else box.intersection(limit)


def _shape_bounds(shape: Shape) -> Rect | None:
    path = shape.path
    box: Rect | None = None
    if shape.fill is not None:
        box = (path if shape.transform.is_identity else path.transform(shape.transform)).bounds()
    if shape.stroke is not None:
        outline = stroke_bounds(path, shape.stroke)
        if outline is not None:
            outline = shape.transform.apply_rect(outline)
            box = outline if box is None else box.union(outline)
    return box


def _text_bounds(text: Text) -> Rect:
    """Glyph cells grown by half a line, since ink may leave its cell, and by the strokes."""
    grow = 0.0
    for chunk in text.chunks:
        for span in chunk.spans:
            width = 0.0 if span.stroke is None else span.stroke.width * span.stroke.miter_limit / 2
            grow = max(grow, span.font.size / 2 + width)
    return text.bounds.inflate(grow)


def stroke_bounds(path: Path, stroke: Stroke) -> Rect | None:
    """Return a box that holds the stroke of a path, in the path's space.

    Straight segments, miter tips and caps are exact; curves count with half the width all round,
    and so does all of a very long path. Dashes are taken for solid.
    """
    half = stroke.width / 2
    if len(path.verbs) > _LONG:
        box = path.bounds()
        tip = stroke.miter_limit if stroke.join is LineJoin.MITER else 1.0
        return box and box.inflate(half * max(tip, math.sqrt(2.0)))
    pen = _OutlineBox(half, stroke)
    for sub in path.subpaths():
        pen.subpath(sub)
    return pen.box()


class _OutlineBox:
    """Collects extreme points of a stroke."""

    __slots__ = ("_cap", "_half", "_join", "_limit", "_points", "_round")

    def __init__(self, half: float, stroke: Stroke) -> None:
        self._half = half
        self._cap = stroke.cap
        self._join = stroke.join
        self._limit = stroke.miter_limit
        self._points: list[Point] = []
        self._round: Rect | None = None

    def box(self) -> Rect | None:
        if not self._points:
            return self._round
        box = Rect.around(self._points)
        return box if self._round is None else box.union(self._round)

    def _disc(self, x: float, y: float) -> None:
        self._grow(Rect(x, y, 0.0, 0.0))

    def _grow(self, rect: Rect) -> None:
        rect = rect.inflate(self._half)
        self._round = rect if self._round is None else self._round.union(rect)

    def subpath(self, sub: Path) -> None:
        x, y = start = sub.coords[0], sub.coords[1]
        directions: list[tuple[Point, Point, Point]] = []  # corner before, direction out and in
        for verb, c in sub.segments():
            if verb == "M":
                continue
            points = c if verb != "Z" else start
            controls = [(x, y), *zip(points[::2], points[1::2], strict=True)]
            tangents = _tangents(controls)
            if tangents is not None:
                if len(controls) == 2:
                    self._line(controls[0], controls[1], tangents[0])
                else:
                    curve = Path("M" + verb, (x, y, *points)).bounds()
                    assert curve is not None
                    self._grow(curve)
                directions.append(((x, y), *tangents))
            x, y = points[-2], points[-1]
        if not directions:
            if self._cap is not LineCap.BUTT:
                self._disc(*start)
            return
        for (_, _, entering), (corner, leaving, _) in itertools.pairwise(directions):
            self._corner(corner, entering, leaving)
        if sub.verbs.endswith("Z"):
            self._corner(start, directions[-1][2], directions[0][1])
        else:
            self._end(start, (-directions[0][1][0], -directions[0][1][1]))
            self._end((x, y), directions[-1][2])

    def _line(self, p: Point, q: Point, direction: Point) -> None:
        nx, ny = -direction[1] * self._half, direction[0] * self._half
        for x, y in (p, q):
            self._points += ((x + nx, y + ny), (x - nx, y - ny))

    def _end(self, at: Point, outward: Point) -> None:
        if self._cap is LineCap.ROUND:
            self._disc(*at)
        elif self._cap is LineCap.SQUARE:
            h, (dx, dy) = self._half, outward
            for side in (1, -1):
                self._points.append((at[0] + h * (dx - side * dy), at[1] + h * (dy + side * dx)))

    def _corner(self, at: Point, entering: Point, leaving: Point) -> None:
        if self._join is LineJoin.ROUND:
            self._disc(*at)
            return
        if self._join is LineJoin.BEVEL:
            return
        # The tip lies on the bisector, half / sin(angle / 2) away; limit as in SVG 2, 13.5.5.
        bx, by = entering[0] - leaving[0], entering[1] - leaving[1]
        length = math.hypot(bx, by)
        cos = -(entering[0] * leaving[0] + entering[1] * leaving[1])
        sin_half = math.sqrt(max(0.0, (1 - cos) / 2))
        if length > 1e-9 and sin_half * self._limit >= 1.0:
            reach = self._half / sin_half / length
            self._points.append((at[0] + bx * reach, at[1] + by * reach))


def _tangents(controls: list[Point]) -> tuple[Point, Point] | None:
    """Unit directions at start and end of a segment, None for one without length."""
    first, last = controls[0], controls[-1]
    out = next((p for p in controls[1:] if p != first), None)
    back = next((p for p in reversed(controls[:-1]) if p != last), None)
    if out is None or back is None:
        return None
    return _unit(first, out), _unit(back, last)


def _unit(p: Point, q: Point) -> Point:
    dx, dy = q[0] - p[0], q[1] - p[1]
    length = math.hypot(dx, dy) or 1.0
    return dx / length, dy / length
