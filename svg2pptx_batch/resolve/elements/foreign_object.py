"""`foreignObject`: HTML labels, as diagrams carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.elements.shapes import geometry_text
from svg2pptx_batch.resolve.html import draw_label
from svg2pptx_batch.resolve.units import Axis, parse_px

if TYPE_CHECKING:
    from svg2pptx_batch.scene.nodes import Node
    from svg2pptx_batch.svg.document import Element


def foreign_object(element: Element, state: State, context: Context) -> Node | None:
    """Draw a `foreignObject` as the text and the backgrounds of its HTML.

    Nothing is cut at its edges, so that no words are lost.

    Returns:
        None where it is empty, or has no size and shows nothing beyond it; in a clipPath it has no
        place.
    """
    if state.clipping:
        return None
    box = Rect(
        *(
            parse_px(geometry_text(element, name, state), axis, state) or 0.0
            for name, axis in (
                ("x", Axis.X),
                ("y", Axis.Y),
                ("width", Axis.X),
                ("height", Axis.Y),
            )
        )
    )
    # Browsers hide what leaves a foreignObject unless told otherwise.
    visible = state.style.has("overflow") and state.style["overflow"] == "visible"
    if box.is_empty and not visible:
        return None
    return draw_label(element, box, state, context)
