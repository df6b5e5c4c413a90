"""Groups, links, nested drawings, copies and choices."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Severity
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.resolve.conditions import passes
from svg2pptx_batch.resolve.context import Context, ContextPaint, State
from svg2pptx_batch.resolve.draw import draw, draw_children, place
from svg2pptx_batch.resolve.elements.shapes import geometry_text
from svg2pptx_batch.resolve.style import fill_of, stroke_of
from svg2pptx_batch.resolve.units import Axis, parse_px, percent_base
from svg2pptx_batch.resolve.viewport import draw_viewport
from svg2pptx_batch.scene.bounds import object_bounds
from svg2pptx_batch.scene.nodes import NO_LABEL, Group, Label, Node
from svg2pptx_batch.svg.references import fragment, href

if TYPE_CHECKING:
    from svg2pptx_batch.scene.paint import Fill, Stroke
    from svg2pptx_batch.svg.document import Element

_ENTERED_ONCE = frozenset({"clipPath", "filter", "marker", "mask", "pattern"})


def group(element: Element, state: State, context: Context) -> Node | None:
    """Draw the children of a `g` or `a`."""
    children = draw_children(element, state, context)
    return Group(tuple(children)) if children else None


def switch(element: Element, state: State, context: Context) -> Node | None:
    """Draw the first child whose conditions hold.

    A foreignObject that shows more than text gives way to what its author drew for programs that
    know no HTML, if that shows anything.
    """
    spare: Element | None = None
    for child in element.elements:
        if child.tag not in context.handlers or not passes(child, context):
            continue
        if spare is None and child.tag == "foreignObject":
            from svg2pptx_batch.resolve.html import is_kept

            if not is_kept(child):
                spare = child
                continue
        node = draw(child, state, context)
        if node is not None or spare is None:
            return node
    return None if spare is None else draw(spare, state, context)


def svg(element: Element, state: State, context: Context) -> Node | None:
    """Draw an `svg`: nested, copied by `use`, or the root, which never clips."""
    if element.parent is None:
        return draw_viewport(element, Rect(0.0, 0.0, *state.viewport), state, context, clips=False)
    x, y = (
        _length(element, name, axis, state, "0") for name, axis in (("x", Axis.X), ("y", Axis.Y))
    )
    holders = [holder for holder in (state.user, element) if holder is not None]
    return draw_viewport(element, Rect(x, y, *_size(holders, state)), state, context)


def symbol(element: Element, state: State, context: Context) -> Node | None:
    """Draw a `symbol` for the `use` that refers to it; by itself it is never drawn."""
    if state.user is None:
        return None
    return draw_viewport(element, Rect(0.0, 0.0, *_size([state.user], state)), state, context)


def _size(holders: list[Element], state: State) -> Size:
    """Return width and height as the first holder that has them says; 100 % where none does."""
    sides: list[float] = []
    for name, axis in (("width", Axis.X), ("height", Axis.Y)):
        texts = [geometry_text(holder, name, state) for holder in holders]
        text = next((text for text in texts if text not in {"", "auto"}), "100%")
        side = parse_px(text, axis, state)
        if side is None or side < 0.0:
            side = percent_base(state.viewport, axis)
        sides.append(side)
    return Size(*sides)


def use(element: Element, state: State, context: Context) -> Node | None:
    """Draw a copy, with the style of the place where it is used.

    A copy of itself, or of something it stands in, is not drawn.
    """
    reference = href(element)
    target = fragment(context.document, reference)
    if target is None:
        context.diagnostics.report(
            "missing-reference",
            f"There is nothing to copy at “{reference}”",
            element.source,
            severity=Severity.WARNING,
        )
        return None
    if _is_being_copied(target, state) or _stands_in(element, target):
        context.diagnostics.report("recursive-use", "A copy contains itself", element.source)
        return None
    shift = Affine.translation(
        _length(element, "x", Axis.X, state, "0"), _length(element, "y", Axis.Y, state, "0")
    )
    user = element if target.tag in {"svg", "symbol"} else None
    inside = replace(state, chain=(*state.chain, target), user=user)
    if not state.clipping:
        inside = replace(inside, context_paint=_context_paint(target, inside, shift, context))
    node = draw(target, inside, context)
    if node is None:
        return None
    # A copy that has no name of its own is called after its original.
    name = "" if state.chain or element.id else target.id
    return place(node, shift, Label(name) if name else NO_LABEL, element.source)


def _context_paint(target: Element, inside: State, shift: Affine, context: Context) -> ContextPaint:
    """Return the paint of a `use` for its content; worked out only where it is asked for."""

    @cache
    def bounds() -> Rect | None:
        node = draw(target, replace(inside, context_paint=None), context)
        return None if node is None else object_bounds(Group((node,), shift))

    @cache
    def fill() -> Fill | None:
        return fill_of(inside.style, bounds, inside, context)

    @cache
    def stroke() -> Stroke | None:
        return stroke_of(inside.style, bounds, inside, context)

    return ContextPaint(fill, stroke, shift)


def _is_being_copied(target: Element, state: State) -> bool:
    """Return whether a copy of the target is being drawn without a marker, pattern… in between.

    Those are never entered twice, so what a marker copies may well carry another marker.
    """
    for element in reversed(state.chain):
        if element is target:
            return True
        if element.tag in _ENTERED_ONCE:
            return False
    return False


def _stands_in(element: Element, target: Element) -> bool:
    parent: Element | None = element
    while parent is not None:
        if parent is target:
            return True
        parent = parent.parent
    return False


def _length(element: Element, name: str, axis: Axis, state: State, default: str) -> float:
    text = geometry_text(element, name, state) or default
    return parse_px(text, axis, state) or 0.0
