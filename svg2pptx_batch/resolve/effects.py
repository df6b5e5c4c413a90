"""Opacity, clip, mask, filter and blending of an element, put on its node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve.clip import clip_of
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.draw import is_plain
from svg2pptx_batch.resolve.filters import filters_of
from svg2pptx_batch.resolve.mask import mask_of
from svg2pptx_batch.resolve.style import opacity_of
from svg2pptx_batch.scene.bounds import object_bounds
from svg2pptx_batch.scene.effects import Filter
from svg2pptx_batch.scene.nodes import Group, Image, Node, Shape, Text

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Element

_BLEND_MODES = frozenset(
    [
        "multiply",
        "screen",
        "overlay",
        "darken",
        "lighten",
        "color-dodge",
        "color-burn",
        "hard-light",
        "soft-light",
        "difference",
        "exclusion",
        "hue",
        "saturation",
        "color",
        "luminosity",
    ]
)


def with_effects(
    node: Node | None, state: State, context: Context, element: Element
) -> Node | None:
    """Return a node with the effects its element asks for.

    Args:
        node: In the element's user space; None where the element paints nothing, which a filter may
            still change.
        state: With the element's style; in a clipPath only clip-path counts.
        context: Shared by the document.
        element: For remarks.
    """
    style, declared = state.style, element.declared

    def bounds() -> Rect | None:
        return None if node is None else object_bounds(node, context.bounds)

    clip = None
    if "clip-path" in declared:
        clip = clip_of(style["clip-path"], bounds, state, context, element)
    if state.clipping:
        return node if clip is None or node is None else Group((node,), clip=clip)
    filters: tuple[Filter, ...] = ()
    if "filter" in declared:
        filters = filters_of(style["filter"], node, state, context, element)
    if node is None and not filters:
        return None
    mask = None
    if "mask" in declared:
        mask = mask_of(style["mask"], bounds, state, context, element)
    opacity = opacity_of(style["opacity"]) if "opacity" in declared else 1.0
    blend_mode = style["mix-blend-mode"] if "mix-blend-mode" in declared else "normal"
    if blend_mode not in _BLEND_MODES:
        blend_mode = "normal"
    isolated = "isolation" in declared and style["isolation"] == "isolate"
    if (
        opacity <= 0.0
        or (clip is not None and not clip.children)
        or (mask is not None and not mask.children)
        or any(not item.primitives for item in filters)
    ):
        context.unpainted = True
    if node is not None and not filters and blend_mode == "normal" and 0.0 < opacity < 1.0:
        folded = faded(node, opacity)
        if folded is not None:
            node, opacity = folded, 1.0
    plain = clip is None and mask is None and not filters and opacity == 1.0
    if plain and blend_mode == "normal" and not isolated:
        return node
    children: tuple[Node, ...] = () if node is None else (node,)
    if node is not None and is_plain(node) and node.transform.is_identity:
        children = node.children
    return Group(
        children,
        opacity=opacity,
        clip=clip,
        mask=mask,
        filters=filters,
        blend_mode=blend_mode,
        isolated=isolated,
    )


def faded(node: Node, opacity: float) -> Node | None:
    """Return a node with an opacity multiplied into its paint, or None where that is not the same.

    It is the same where only one layer of paint is concerned.
    """
    if isinstance(node, Shape):
        if node.fill is not None and node.stroke is not None:
            return None
        if node.fill is not None:
            return replace(node, fill=replace(node.fill, opacity=node.fill.opacity * opacity))
        if node.stroke is not None:
            stroke = replace(node.stroke, opacity=node.stroke.opacity * opacity)
            return replace(node, stroke=stroke)
        return node
    if isinstance(node, Image):
        return replace(node, opacity=node.opacity * opacity)
    if isinstance(node, Text):
        return _faded_text(node, opacity)
    if len(node.children) != 1 or node.filters or node.blend_mode != "normal":
        return None
    child = faded(node.children[0], opacity)
    return None if child is None else replace(node, children=(child,))


def _faded_text(text: Text, opacity: float) -> Text | None:
    """Fade a text; its glyphs are taken not to overlap."""
    chunks = []
    for chunk in text.chunks:
        spans = []
        for span in chunk.spans:
            lines = span.decorations
            if span.stroke is not None or any(
                (lines.underline, lines.overline, lines.line_through)
            ):
                return None
            fill = span.fill and replace(span.fill, opacity=span.fill.opacity * opacity)
            spans.append(replace(span, fill=fill))
        chunks.append(replace(chunk, spans=tuple(spans)))
    return replace(text, chunks=tuple(chunks))
