"""mask: captured for `lower`, not drawn here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve.context import Bounds, Context, State
from svg2pptx_batch.resolve.draw import draw_children
from svg2pptx_batch.resolve.paint_servers import box_transform, is_bbox_units, region_of
from svg2pptx_batch.resolve.prune import pruned
from svg2pptx_batch.scene.effects import Mask, MaskKind
from svg2pptx_batch.svg.cascade import style_of
from svg2pptx_batch.svg.references import fragment

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Element

_NOTHING = Mask((), Rect(0.0, 0.0, 0.0, 0.0))


def mask_of(
    text: str, bounds: Bounds, state: State, context: Context, element: Element
) -> Mask | None:
    """Return the mask a computed `mask` asks for.

    Args:
        text: `none` or `url(#id)`.
        bounds: Object bounding box of the masked element.
        state: Of the masked element.
        context: Shared by the document.
        element: The masked element, for remarks.

    Returns:
        None for no mask, as for a reference to nothing; one without children hides everything.

    Source: CSS Masking 1, 9.
    """
    if text == "none":
        return None
    target = fragment(context.document, text) if "url(" in text else None
    if target is None or target.tag != "mask":
        context.diagnostics.report("missing-mask", f"There is no mask {text}", element.source)
        return None
    if target in state.chain:
        context.diagnostics.report("recursive-mask", "A mask masks itself", target.source)
        return None
    style = style_of(target)
    bbox_units = is_bbox_units(target.get("maskUnits"), default=True)
    content_bbox_units = is_bbox_units(target.get("maskContentUnits"), default=False)
    box = bounds() if bbox_units or content_bbox_units else None
    if (bbox_units or content_bbox_units) and (box is None or box.is_empty):
        return _NOTHING
    defaults = ("-10%", "-10%", "120%", "120%")
    region = region_of([target], box if bbox_units else None, state, defaults)
    inside = State(style, state.viewport, None, (*state.chain, target), depth=state.depth + 1)
    outer = None
    if "mask" in target.declared and not _leads_back(target, context):
        outer = mask_of(style["mask"], bounds, inside, context, target)
    return Mask(
        pruned(draw_children(target, inside, context)),
        region,
        box_transform(box) if content_bbox_units and box is not None else IDENTITY,
        MaskKind.ALPHA if style["mask-type"] == "alpha" else MaskKind.LUMINANCE,
        outer,
    )


def _leads_back(target: Element, context: Context) -> bool:
    """Return whether a mask's own mask leads to itself; such a reference does not count."""
    seen: list[Element] = []
    current: Element | None = target
    while current is not None and current not in seen:
        seen.append(current)
        current = fragment(context.document, style_of(current)["mask"])
    return current is not None
