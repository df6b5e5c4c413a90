"""clip-path: captured for `lower`, not drawn here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from svg2pptx_batch.diagnostics import Severity
from svg2pptx_batch.graphics.color import BLACK
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve.context import Bounds, Context, State
from svg2pptx_batch.resolve.draw import draw
from svg2pptx_batch.resolve.paint_servers import box_transform, is_bbox_units
from svg2pptx_batch.resolve.prune import pruned
from svg2pptx_batch.resolve.transforms import local_transform
from svg2pptx_batch.scene.effects import ClipPath
from svg2pptx_batch.scene.nodes import Node, RectPrimitive, Shape
from svg2pptx_batch.scene.paint import Fill
from svg2pptx_batch.svg.cascade import style_of
from svg2pptx_batch.svg.references import fragment, href

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Element

NOTHING = ClipPath(())
"""The clip path that hides everything."""

_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"})


def rect_clip(rect: Rect) -> ClipPath:
    """Return the clip path of a rectangle, in the space of the carrying group."""
    return ClipPath((Shape(rect_path(rect), Fill(BLACK), primitive=RectPrimitive(rect)),))


def clip_of(
    text: str, bounds: Bounds, state: State, context: Context, element: Element
) -> ClipPath | None:
    """Return the clip path a computed `clip-path` asks for.

    Args:
        text: `none`, `url(#id)` or a CSS shape, which is reported and left out.
        bounds: Object bounding box of the clipped element.
        state: Of the clipped element.
        context: Shared by the document.
        element: The clipped element, for remarks.

    Returns:
        None for no clipping, as for a reference to nothing; an empty one where all is hidden.

    Source: CSS Masking 1, 7.
    """
    if text == "none":
        return None
    if "url(" not in text:
        context.diagnostics.report(
            "clip-shape-ignored",
            f"The CSS shape “{text}” is not applied",
            element.source,
            severity=Severity.WARNING,
        )
        return None
    target = fragment(context.document, text)
    if target is None or target.tag != "clipPath":
        context.diagnostics.report(
            "missing-clip-path", f"There is no clip path {text}", element.source
        )
        return None
    if target in state.chain:
        context.diagnostics.report("recursive-clip-path", "A clip path clips itself", target.source)
        return None
    if state.chain or target.get("clipPathUnits") == "objectBoundingBox" or target.declared:
        return _clip_path(target, bounds, state, context)
    # Charts clip thousands of elements by the same rectangle.
    key = ("clip", target, state.viewport)
    if key not in context.cache:
        context.cache[key] = _clip_path(target, bounds, state, context)
    shared: ClipPath = context.cache[key]
    return shared


def _clip_path(target: Element, bounds: Bounds, state: State, context: Context) -> ClipPath:
    style = style_of(target)
    inside = State(
        style, state.viewport, None, (*state.chain, target), clipping=True, depth=state.depth + 1
    )
    transform = local_transform(target, inside, bounds)
    if not transform.is_invertible:
        return NOTHING
    if is_bbox_units(target.get("clipPathUnits"), default=False):
        box = bounds()
        if box is None or box.is_empty:
            return NOTHING
        transform = transform @ box_transform(box)
    nested = None
    if "clip-path" in target.declared:
        nested = clip_of(style["clip-path"], bounds, inside, context, target)
        if nested is not None and not nested.children:
            return NOTHING
    children: list[Node] = []
    for child in target.elements:
        if child.tag in _SHAPES or (child.tag == "use" and _refers_to_shape(child, context)):
            node = draw(child, inside, context)
            if node is not None:
                children.append(node)
    return ClipPath(pruned(children), transform, nested)


def _refers_to_shape(use: Element, context: Context) -> bool:
    target = fragment(context.document, href(use))
    return target is not None and target.tag in _SHAPES
