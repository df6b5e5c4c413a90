"""Viewports: viewBox, overflow and size of the root, nested `svg`, `symbol` and SVG images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.fit import fit_box
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.resolve.clip import rect_clip
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.draw import draw_children
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.effects import ClipPath
from svg2pptx_batch.scene.nodes import Group, Node
from svg2pptx_batch.svg.values.view_box import parse_preserve_aspect_ratio, parse_view_box

if TYPE_CHECKING:
    from svg2pptx_batch.svg.cascade import Style
    from svg2pptx_batch.svg.document import Element

# Content may leave its viewport by so much of the viewport's size before it is clipped.
_TOLERANCE = 1e-4


def draw_viewport(
    element: Element, viewport: Rect, state: State, context: Context, *, clips: bool = True
) -> Group | None:
    """Draw the content of an `svg` or `symbol` inside its viewport.

    Args:
        element: Its viewBox, preserveAspectRatio and overflow count.
        viewport: Where it goes, in user space.
        state: With the element's own style.
        context: Shared by the document.
        clips: Whether overflow counts.

    Returns:
        A group that carries a clip only where content leaves the viewport; None where nothing is
        drawn.
    """
    if viewport.is_empty:
        return None
    view_box = parse_view_box(element.get("viewBox"))
    if view_box is not None and view_box.is_empty:
        return None
    transform = view_transform(element, view_box, viewport)
    if not transform.is_invertible:
        return None
    size = Size(viewport.width, viewport.height)
    if view_box is not None:
        size = Size(view_box.width, view_box.height)
    inside = replace(state, viewport=size, user=None)
    if state.context_paint is not None:
        inside = replace(inside, context_paint=state.context_paint.moved(transform))
    children = tuple(draw_children(element, inside, context))
    if not children:
        return None
    clip = None
    if clips and hides_overflow(state.style):
        clip = needed_clip(children, transform.inverse().apply_rect(viewport), context)
    return Group(children, transform, clip=clip)


def view_transform(element: Element, view_box: Rect | None, viewport: Rect) -> Affine:
    """Return the map from an element's content to the space its viewport lies in."""
    if view_box is None:
        return Affine.translation(viewport.x, viewport.y)
    aspect = parse_preserve_aspect_ratio(element.get("preserveAspectRatio"))
    return fit_box(view_box, viewport, aspect)


def hides_overflow(style: Style) -> bool:
    """Return whether content outside the viewport is hidden: yes, if the author does not object."""
    return not style.has("overflow") or style["overflow"] not in {"visible", "auto"}


def needed_clip(children: tuple[Node, ...], area: Rect, context: Context) -> ClipPath | None:
    """Return the clip path of an area, or None where the nodes do not leave it."""
    slack = _TOLERANCE * max(area.width, area.height)
    for child in children:
        box = visual_bounds(child, context.inks)
        if box is not None and (
            box.x < area.x - slack
            or box.y < area.y - slack
            or box.right > area.right + slack
            or box.bottom > area.bottom + slack
        ):
            return rect_clip(area)
    return None
