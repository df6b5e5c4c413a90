"""One handler an element: the table of what can be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from svg2pptx_batch.resolve.elements import shapes, structure

if TYPE_CHECKING:
    from svg2pptx_batch.resolve.context import Context, Handler, State
    from svg2pptx_batch.scene.nodes import Node
    from svg2pptx_batch.svg.document import Element


def _foreign_object(element: Element, state: State, context: Context) -> Node | None:
    from svg2pptx_batch.resolve.elements.foreign_object import foreign_object

    return foreign_object(element, state, context)


def _image(element: Element, state: State, context: Context) -> Node | None:
    from svg2pptx_batch.resolve.elements.image import image

    return image(element, state, context)


def _text(element: Element, state: State, context: Context) -> Node | None:
    from svg2pptx_batch.resolve.elements.text import text

    return text(element, state, context)


ELEMENTS: Mapping[str, Handler] = MappingProxyType(
    {
        "a": structure.group,
        "circle": shapes.circle,
        "ellipse": shapes.ellipse,
        "foreignObject": _foreign_object,
        "g": structure.group,
        "image": _image,
        "line": shapes.line,
        "path": shapes.path,
        "polygon": shapes.polygon,
        "polyline": shapes.polyline,
        "rect": shapes.rect,
        "svg": structure.svg,
        "switch": structure.switch,
        "symbol": structure.symbol,
        "text": _text,
        "use": structure.use,
    }
)
"""Handlers by tag. Those of text, HTML and images load their libraries when first called."""
