"""Markers: baked as groups beside the shape that carries them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.fit import fit_box
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Point, Rect, Size
from svg2pptx_batch.resolve.context import Context, ContextPaint, State
from svg2pptx_batch.resolve.draw import draw_children
from svg2pptx_batch.resolve.prune import pruned
from svg2pptx_batch.resolve.style import MARKERS, paint_order, stroke_width
from svg2pptx_batch.resolve.units import Axis, parse_px
from svg2pptx_batch.resolve.viewport import hides_overflow, needed_clip
from svg2pptx_batch.scene.effects import ClipPath
from svg2pptx_batch.scene.nodes import Group, Node, Shape
from svg2pptx_batch.scene.paint import Fill, Stroke
from svg2pptx_batch.scene.walk import visit
from svg2pptx_batch.svg.cascade import style_of
from svg2pptx_batch.svg.references import fragment
from svg2pptx_batch.svg.values.transform import parse_angle
from svg2pptx_batch.svg.values.view_box import parse_preserve_aspect_ratio, parse_view_box

if TYPE_CHECKING:
    from svg2pptx_batch.svg.cascade import Style
    from svg2pptx_batch.svg.document import Element

_REFERENCE_WORDS = {"left": 0.0, "top": 0.0, "center": 0.5, "right": 1.0, "bottom": 1.0}


class Vertex(NamedTuple):
    """Where a marker may stand.

    Attributes:
        x: User units.
        y: User units.
        angle_deg: Direction of the path there; the bisector between two segments.
    """

    x: float
    y: float
    angle_deg: float


def with_markers(
    shape: Shape, fill: Fill | None, stroke: Stroke | None, state: State, context: Context
) -> Node:
    """Return a shape with its markers, in the order paint-order gives.

    Args:
        shape: As it is painted without markers.
        fill: What context-fill stands for, even where the shape has no inside.
        stroke: What context-stroke stands for.
        state: Of the shape.
        context: Shared by the document.

    Returns:
        The shape itself where no marker is drawn, else a group.
    """
    markers = _markers(shape, fill, stroke, state, context)
    if not markers:
        return shape
    order = paint_order(state.style)
    if order[2] == "markers":
        return Group((shape, *markers))
    if order[0] == "markers":
        return Group((*markers, shape))
    filled, stroked = replace(shape, stroke=None), replace(shape, fill=None)
    below, above = (filled, stroked) if order[0] == "fill" else (stroked, filled)
    return Group((below, *markers, above))


def _markers(
    shape: Shape, fill: Fill | None, stroke: Stroke | None, state: State, context: Context
) -> list[Node]:
    places = vertices(shape.path, completing=shape.primitive is not None)
    nodes: list[Node] = []
    for name, chosen in zip(MARKERS, (places[:1], places[1:-1], places[-1:]), strict=True):
        text = state.style[name]
        if text == "none" or not chosen:
            continue
        element = fragment(context.document, text)
        if element is None or element.tag != "marker":
            context.diagnostics.report("missing-marker", f"There is no marker {text}")
            continue
        if element in state.chain:
            context.diagnostics.report("recursive-marker", "A marker marks itself", element.source)
            continue
        # Charts draw the same arrow thousands of times.
        width = stroke_width(state.style, state)
        key = ("marker", element, width, fill, stroke, state.viewport, state.chain)
        if key not in context.cache:
            context.cache[key] = _prepare(element, width, state)
        marker: _Marker | None = context.cache[key]
        if marker is not None:
            for vertex in chosen:
                node = marker.draw(
                    vertex, (fill, stroke), state, context, at_start=name == "marker-start"
                )
                if node is not None:
                    nodes.append(node)
    return nodes


@dataclass(slots=True)
class _Marker:
    """A marker element with its numbers resolved.

    Attributes:
        element: The marker.
        style: Its own.
        angle_deg: None for `auto`.
        reverse: `auto-start-reverse`.
        inner: Content space to marker space: the vertex at the origin, path direction along x.
        area: What overflow leaves visible, in content space.
        viewport: For percentages inside.
        content: Children and their clip, where they are the same at every vertex.
        leaves: How many elements these draw.
    """

    element: Element
    style: Style
    angle_deg: float | None
    reverse: bool
    inner: Affine
    area: Rect
    viewport: Size
    content: tuple[tuple[Node, ...], ClipPath | None] | None = None
    leaves: int = 0

    def draw(
        self,
        vertex: Vertex,
        paints: tuple[Fill | None, Stroke | None],
        state: State,
        context: Context,
        *,
        at_start: bool,
    ) -> Group | None:
        """Return the marker at a vertex; None where it paints nothing.

        Args:
            vertex: Where.
            paints: What context-fill and context-stroke stand for.
            state: Of the shape.
            context: Shared by the document.
            at_start: Whether auto-start-reverse turns it.
        """
        angle = self.angle_deg
        if angle is None:
            angle = vertex.angle_deg + (180.0 if at_start and self.reverse else 0.0)
        transform = Affine.translation(vertex.x, vertex.y) @ Affine.rotation(angle) @ self.inner
        if not transform.is_invertible:
            return None
        content = self.content
        if content is not None:
            # The same nodes again: they take no room, but all that comes after walks them.
            context.budget.spend(self.element.line, self.leaves)
        else:
            used: list[bool] = []
            scope = ContextPaint(_noted(paints[0], used), _noted(paints[1], used), transform)
            inside = State(
                self.style,
                self.viewport,
                scope,
                (*state.chain, self.element),
                depth=state.depth + 1,
            )
            children = pruned(draw_children(self.element, inside, context))
            clip = needed_clip(children, self.area, context) if hides_overflow(self.style) else None
            content = (children, clip)
            if not used:
                self.content = content
                self.leaves = sum(not isinstance(each, Group) for each in _all(children))
        children, clip = content
        return (
            Group(children, transform, clip=clip, source=self.element.source) if children else None
        )


def _all(nodes: Iterable[Node]) -> Iterator[Node]:
    return (each for node in nodes for each in visit(node))


_P = TypeVar("_P", Fill, Stroke)


def _noted(paint: _P | None, used: list[bool]) -> Callable[[], _P | None]:
    """Give a paint, and note where it depends on the vertex that it was asked for."""

    def give() -> _P | None:
        if paint is not None and not isinstance(paint.paint, Color):
            used.append(True)
        return paint

    return give


def _prepare(element: Element, width: float, state: State) -> _Marker | None:
    """Resolve a marker's attributes for a stroke width; None where it draws nothing."""
    scale = 1.0 if element.get("markerUnits") == "userSpaceOnUse" else width
    style = style_of(element)
    own = state.with_style(style)
    across = _number(element.get("markerWidth"), Axis.X, own, 3.0)
    down = _number(element.get("markerHeight"), Axis.Y, own, 3.0)
    view_box = parse_view_box(element.get("viewBox"))
    if across <= 0.0 or down <= 0.0 or scale <= 0.0 or (view_box and view_box.is_empty):
        return None
    frame = Rect(0.0, 0.0, across, down)
    fit = Affine()
    if view_box is not None:
        aspect = parse_preserve_aspect_ratio(element.get("preserveAspectRatio"))
        fit = fit_box(view_box, frame, aspect)
        if fit.determinant == 0.0:
            return None
    box = view_box or frame
    ref_x = _reference(element.get("refX"), Axis.X, own, box.x, box.width)
    ref_y = _reference(element.get("refY"), Axis.Y, own, box.y, box.height)
    x, y = fit.apply(ref_x, ref_y)
    orient = element.get("orient")
    automatic = orient in {"auto", "auto-start-reverse"}
    return _Marker(
        element,
        style,
        None if automatic else parse_angle(orient) or 0.0,
        orient == "auto-start-reverse",
        Affine.scaling(scale) @ Affine.translation(-x, -y) @ fit,
        fit.inverse().apply_rect(frame),
        Size(box.width, box.height),
    )


def _number(text: str, axis: Axis, state: State, default: float) -> float:
    value = parse_px(text, axis, state) if text else None
    return default if value is None else value


def _reference(text: str, axis: Axis, state: State, start: float, size: float) -> float:
    if text in _REFERENCE_WORDS:
        return start + _REFERENCE_WORDS[text] * size
    return _number(text, axis, state, 0.0)


def vertices(path: Path, *, completing: bool = False) -> list[Vertex]:
    """Return the places of markers: every segment's ends, in order, each once.

    Args:
        path: In user space.
        completing: Whether closing makes no vertex of its own where the path is back at its start
            already, as in the outlines of basic shapes.

    Source: SVG 2, 13.7.3 and 9.5.3: segments without length take their neighbour's direction; where
    a subpath closes, its first and last vertex share the bisector.
    """
    found: list[Vertex] = []
    for sub in path.subpaths():
        points, directions = _directions(sub)
        closed = sub.verbs.endswith("Z")
        if completing and closed and len(points) > 2 and points[-2] == points[-1]:
            points.pop()
            directions.pop()
        for index, (x, y) in enumerate(points):
            before = directions[index - 1] if index else None
            after = directions[index] if index < len(directions) else None
            if closed and directions:
                before = before or directions[-1]
                after = after or directions[0]
            entering = None if before is None else before[1]
            leaving = None if after is None else after[0]
            found.append(Vertex(x, y, _bisector(entering, leaving)))
    return found


def _directions(sub: Path) -> tuple[list[Point], list[tuple[float, float]]]:
    """Return a subpath's vertices, and the angles each segment starts and ends with."""
    start = (sub.coords[0], sub.coords[1])
    points, ends = [start], list[tuple[float, float] | None]()
    for verb, c in sub.segments():
        if verb == "M":
            continue
        coords = c or start
        controls = [points[-1], *zip(coords[::2], coords[1::2], strict=True)]
        out = next((p for p in controls[1:] if p != controls[0]), None)
        back = next((p for p in reversed(controls[:-1]) if p != controls[-1]), None)
        if out is None or back is None:
            ends.append(None)
        else:
            ends.append((_angle(controls[0], out), _angle(back, controls[-1])))
        points.append(controls[-1])
    known: tuple[float, float] | None = None
    for index, item in enumerate(ends):
        known = item or known
        if item is None and known is not None:
            ends[index] = (known[1], known[1])
    first = next((item[0] for item in ends if item is not None), 0.0)
    return points, [item or (first, first) for item in ends]


def _angle(p: Point, q: Point) -> float:
    return math.degrees(math.atan2(q[1] - p[1], q[0] - p[0]))


def _bisector(entering: float | None, leaving: float | None) -> float:
    if entering is None or leaving is None:
        return entering or leaving or 0.0
    # From 0 to 360 first: at a cusp, where two bisectors are equally right, this chooses one.
    entering, leaving = entering % 360.0, leaving % 360.0
    if abs(entering - leaving) > 180.0:
        entering += 360.0 if entering < leaving else -360.0
    return (entering + leaving) / 2
