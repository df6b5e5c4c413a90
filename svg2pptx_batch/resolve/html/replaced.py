"""Pictures and drawings inside HTML labels: `img`, and `svg` without the detour of a file."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.draw import draw
from svg2pptx_batch.resolve.units import Axis, parse_px
from svg2pptx_batch.scene.bounds import object_bounds
from svg2pptx_batch.scene.nodes import Group, Node
from svg2pptx_batch.svg.document import Element
from svg2pptx_batch.svg.values.view_box import parse_view_box

REPLACED = frozenset({"img", "svg"})
_DEFAULT = Size(300.0, 150.0)


class Replaced(NamedTuple):
    """A picture.

    Attributes:
        node: As large as it is by itself.
        area: The room it takes, in the node's parent space.
    """

    node: Node
    area: Rect

    def placed(self, box: Rect) -> Node:
        """Return the picture stretched over a box."""
        x, y, width, height = self.area
        stretch = Affine.scaling(box.width / width, box.height / height)
        place = Affine.translation(box.x, box.y) @ stretch @ Affine.translation(-x, -y)
        return Group((self.node,), place)


def replaced(element: Element, state: State, context: Context) -> Replaced | None:
    """Draw an `img` or `svg`.

    Args:
        element: Found inside an HTML label.
        state: That of its parent.
        context: Shared by the document.

    Returns:
        None where nothing can be drawn; why, the diagnostics tell.
    """
    if element.tag == "svg":
        size = _drawing_size(element, state)
        if size.width <= 0.0 or size.height <= 0.0:
            return None
        node = draw(element, replace(state, viewport=size), context)
        return None if node is None else Replaced(node, Rect(0.0, 0.0, size.width, size.height))
    image = Element("image", {"href": element.get("src")}, element.line, element.parent)
    node = draw(image, state, context)
    box = None if node is None else object_bounds(node)
    if node is None or box is None or box.is_empty:
        return None
    return Replaced(node, box)


def sides_of(area: Rect, width: float | None, height: float | None) -> tuple[float, float]:
    """Return a picture's sides: those given, or its own in proportion."""
    if width is not None and height is not None:
        return width, height
    if width is not None:
        return width, width * area.height / area.width
    if height is not None:
        return height * area.width / area.height, height
    return area.width, area.height


def _drawing_size(element: Element, state: State) -> Size:
    """Source: CSS Images 3, 4.3: width and height, else in proportion, else 300 × 150."""
    sides = [
        None if "%" in element.get(name) else parse_px(element.get(name), axis, state)
        for name, axis in (("width", Axis.X), ("height", Axis.Y))
    ]
    view_box = parse_view_box(element.get("viewBox"))
    if view_box is None or view_box.is_empty:
        return Size(
            _DEFAULT.width if sides[0] is None else sides[0],
            _DEFAULT.height if sides[1] is None else sides[1],
        )
    if sides[0] is None and sides[1] is None:
        sides[0] = _DEFAULT.width
    return Size(*sides_of(view_box, sides[0], sides[1]))
