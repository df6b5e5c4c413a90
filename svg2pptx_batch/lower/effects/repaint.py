"""A filtered group's content in the colours its filter gives it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from svg2pptx_batch.graphics.color import Color, from_linear, to_linear
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.effects.recolour import Recolour, applied
from svg2pptx_batch.lower.sampling import encode_picture
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.nodes import Group, Image, ImageFormat, Node, Shape, Text
from svg2pptx_batch.scene.paint import (
    Fill,
    LinearGradient,
    Paint,
    Pattern,
    RadialGradient,
    Stop,
    Stroke,
)
from svg2pptx_batch.scene.text import Decoration, Decorations, TextSpan
from svg2pptx_batch.scene.walk import visit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEPS = 8
_MAX_LEAVES = 64
_MAX_PIXELS = 16_000_000


class _CannotRepaintError(Exception):
    """A picture cannot be read, or is too large to be worth it."""


def repaint(
    nodes: tuple[Node, ...], steps: tuple[Recolour, ...], tint: Color | None
) -> tuple[Node, ...] | None:
    """Return nodes in other colours.

    Args:
        nodes: Bottom first, in one space.
        steps: What becomes of each colour; unused with a tint.
        tint: The one colour all of it gets; alpha stays.

    Returns:
        None where recolouring the parts is not recolouring the whole: translucent parts on others
        under a function that does not allow for it, blending, filters within.
    """
    if any(
        isinstance(each, Group) and (each.filters or each.blend_mode != "normal")
        for node in nodes
        for each in visit(node)
    ):
        return None
    if tint is None and not _is_separable(nodes, steps):
        return None
    painter = _Painter(steps, tint)
    try:
        return tuple(painter.node(node) for node in nodes)
    except _CannotRepaintError:
        return None


def single_color(nodes: tuple[Node, ...]) -> Color | None:
    """Return the colour of all paint in some nodes, opaque, None where there are several."""
    found: set[Color] = set()
    for node in nodes:
        for leaf in visit(node):
            for paint, _ in _paints(leaf):
                if not isinstance(paint, Color):
                    return None
                found.add(paint._replace(alpha=1.0))
            if isinstance(leaf, Image) or len(found) > 1:
                return None
            if isinstance(leaf, Group) and (leaf.filters or leaf.blend_mode != "normal"):
                return None
    return found.pop() if found else None


def is_opaque_content(nodes: tuple[Node, ...]) -> bool:
    """Whether nothing shows through what some nodes paint."""
    return all(
        each.opacity == 1.0 and not each.mask and not each.filters
        if isinstance(each, Group)
        else _is_opaque(each)
        for node in nodes
        for each in visit(node)
    )


def _paints(leaf: Node) -> Iterator[tuple[Paint, float]]:
    """Yield a leaf's paints with their opacity."""
    owners: list[Any] = []
    if isinstance(leaf, Shape):
        owners = [leaf.fill, leaf.stroke]
    elif isinstance(leaf, Text):
        for chunk in leaf.chunks:
            for span in chunk.spans:
                lines = span.decorations
                owners += [span.fill, span.stroke]
                for line in (lines.underline, lines.overline, lines.line_through):
                    if line is not None:
                        owners += [line.fill, line.stroke]
    for owner in owners:
        if owner is not None:
            yield owner.paint, owner.opacity


def _is_separable(nodes: tuple[Node, ...], steps: tuple[Recolour, ...]) -> bool:
    """Whether recolouring each paint is recolouring what all of them look like together."""
    keeps_alpha = all(step.gain == 1.0 for step in steps)
    if keeps_alpha and all(step.is_affine for step in steps):
        return True
    leaves = [
        (leaf, box)
        for node in nodes
        for leaf in _placed_leaves(node)
        if (box := visual_bounds(leaf)) is not None
    ]
    if keeps_alpha and all(_is_opaque(leaf) for leaf, _ in leaves):
        return all(
            each.opacity == 1.0 for node in nodes for each in visit(node) if isinstance(each, Group)
        )
    if len(leaves) > _MAX_LEAVES or any(len(list(_paints(leaf))) > 1 for leaf, _ in leaves):
        return False
    for at, (_, box) in enumerate(leaves):
        for _, other in leaves[at + 1 :]:
            shared = box.intersection(other)
            if shared is not None and not shared.is_empty:
                return False
    return True


def _placed_leaves(node: Node) -> Iterator[Node]:
    """Yield leaves in the space of a node's parent."""
    pending = [(node, node.transform)]
    while pending:
        current, to_parent = pending.pop()
        if isinstance(current, Group):
            pending.extend((child, to_parent @ child.transform) for child in current.children)
        else:
            yield replace(current, transform=to_parent)


def _is_opaque(leaf: Node) -> bool:
    if isinstance(leaf, Image):
        return leaf.format is ImageFormat.JPEG and leaf.opacity == 1.0
    for paint, opacity in _paints(leaf):
        if opacity < 1.0 or isinstance(paint, Pattern):
            return False
        if isinstance(paint, Color):
            if paint.alpha < 1.0:
                return False
        elif isinstance(paint, LinearGradient | RadialGradient) and any(
            stop.color.alpha < 1.0 for stop in paint.stops
        ):
            return False
    return True


class _Painter:
    """Repaints nodes."""

    def __init__(self, steps: tuple[Recolour, ...], tint: Color | None) -> None:
        self._steps = steps
        self._tint = tint
        self._bends = tint is None and not all(step.is_affine for step in steps)

    def node(self, node: Node) -> Node:
        match node:
            case Shape():
                fill, stroke = self._fill(node.fill), self._stroke(node.stroke)
                return replace(node, fill=fill, stroke=stroke)
            case Text():
                chunks = tuple(
                    replace(chunk, spans=tuple(map(self._span, chunk.spans)))
                    for chunk in node.chunks
                )
                return replace(node, chunks=chunks)
            case Image():
                return self._image(node)
            case Group():
                return replace(node, children=tuple(map(self.node, node.children)))

    def _span(self, span: TextSpan) -> TextSpan:
        lines = span.decorations
        return replace(
            span,
            fill=self._fill(span.fill),
            stroke=self._stroke(span.stroke),
            decorations=Decorations(
                self._line(lines.underline),
                self._line(lines.overline),
                self._line(lines.line_through),
            ),
        )

    def _line(self, line: Decoration | None) -> Decoration | None:
        if line is None:
            return None
        return replace(line, fill=self._fill(line.fill), stroke=self._stroke(line.stroke))

    def _fill(self, fill: Fill | None) -> Fill | None:
        if fill is None:
            return None
        return replace(fill, paint=self._paint(fill.paint, fill.opacity), opacity=1.0)

    def _stroke(self, stroke: Stroke | None) -> Stroke | None:
        if stroke is None:
            return None
        return replace(stroke, paint=self._paint(stroke.paint, stroke.opacity), opacity=1.0)

    def _color(self, color: Color) -> Color:
        if self._tint is not None:
            return self._tint._replace(alpha=color.alpha)
        return applied(self._steps, color)

    def _paint(self, paint: Paint, opacity: float) -> Paint:
        """Return a paint in other colours, with an opacity in them."""
        if isinstance(paint, Color):
            return self._color(paint.with_alpha(opacity))
        if isinstance(paint, LinearGradient | RadialGradient):
            stops = [Stop(at, color.with_alpha(opacity)) for at, color in paint.stops]
            if self._bends:
                stops = list(_subdivided(stops, linear=paint.linear_rgb))
                paint = replace(paint, linear_rgb=False)
            return replace(paint, stops=tuple(Stop(at, self._color(c)) for at, c in stops))
        if isinstance(paint, Pattern) and opacity >= 1.0:
            return replace(paint, children=tuple(map(self.node, paint.children)))
        raise _CannotRepaintError

    def _image(self, image: Image) -> Image:
        import numpy as np
        import PIL.Image

        try:
            with PIL.Image.open(io.BytesIO(image.data)) as source:
                if source.width * source.height > _MAX_PIXELS:
                    raise _CannotRepaintError
                pixels = np.asarray(source.convert("RGBA"))
        except (OSError, ValueError) as error:
            raise _CannotRepaintError from error
        if self._tint is not None:
            out = pixels.copy()
            out[..., :3] = self._tint[:3]
        else:
            values = pixels / 255.0
            values[..., 3] *= image.opacity
            for step in self._steps:
                values = _on_pixels(step, values)
            out = np.rint(values * 255).astype(np.uint8)
            image = replace(image, opacity=1.0)
        picture = PIL.Image.fromarray(out, "RGBA")
        return replace(image, data=encode_picture(picture), format=ImageFormat.PNG)


def _subdivided(stops: list[Stop], *, linear: bool) -> Iterator[Stop]:
    """Yield stops with seven more between each two, for functions that bend what lies between."""
    yield stops[0]
    for (start, first), (end, last) in pairwise(stops):
        if end > start and first != last:
            for step in range(1, _STEPS):
                t = step / _STEPS
                color = _between(first, last, t) if linear else first.mix(last, t)
                yield Stop(start + (end - start) * t, color)
        yield Stop(end, last)


def _between(first: Color, last: Color, t: float) -> Color:
    """Return a colour between two others in linear light."""
    red, green, blue = (
        from_linear(to_linear(p) * (1 - t) + to_linear(q) * t)
        for p, q in zip(first[:3], last[:3], strict=True)
    )
    return Color(red, green, blue, first.alpha + (last.alpha - first.alpha) * t)


def _on_pixels(step: Recolour, values: NDArray[Any]) -> NDArray[Any]:
    """Apply a function to pixels: (height, width, 4), unpremultiplied, 0…1."""
    import numpy as np

    out = values.copy()
    if step.linear:
        rgb = out[..., :3]
        out[..., :3] = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    if step.rows:
        rows = np.array(step.rows)
        out = np.clip(out @ rows[:, :4].T + rows[:, 4], 0.0, 1.0)
    for channel, function in enumerate(step.transfers):
        if not function.is_identity:
            table = np.array([function(k / 1023) for k in range(1024)])
            out[..., channel] = table[np.rint(out[..., channel] * 1023).astype(np.int32)]
    if step.linear:
        rgb = out[..., :3]
        curve = 1.055 * np.maximum(rgb, 0.0031308) ** (1 / 2.4) - 0.055
        out[..., :3] = np.where(rgb <= 0.0031308, rgb * 12.92, curve)
    return out


def union_bounds(nodes: tuple[Node, ...]) -> Rect | None:
    """Return a box that holds all some nodes paint, in the space of their parent."""
    box: Rect | None = None
    for node in nodes:
        other = visual_bounds(node)
        if other is not None:
            box = other if box is None else box.union(other)
    return box
