"""The walk: one element in, one node out, with everything the handlers leave to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Fidelity, Source
from svg2pptx_batch.errors import LimitError
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.resolve.conditions import CONDITIONS, passes
from svg2pptx_batch.resolve.context import MAX_DEPTH, Context, State
from svg2pptx_batch.resolve.transforms import TRANSFORMS, local_transform
from svg2pptx_batch.scene.bounds import object_bounds
from svg2pptx_batch.scene.nodes import NO_LABEL, NOWHERE, Group, Label, Node, Shape
from svg2pptx_batch.svg.cascade import computed_style

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Element

EFFECTS = frozenset({"opacity", "clip-path", "mask", "filter", "mix-blend-mode", "isolation"})
_NAME = "{http://www.inkscape.org/namespaces/inkscape}label"
_NAMING = frozenset({_NAME, "id", "aria-label", "aria-hidden"})
_SAFE_SCHEMES = ("http://", "https://", "mailto:", "#")
_ANIMATIONS = frozenset({"animate", "animateColor", "animateMotion", "animateTransform", "set"})
_NEVER_DRAWN = frozenset(
    [
        "clipPath",
        "color-profile",
        "cursor",
        "defs",
        "desc",
        "discard",
        "filter",
        "font",
        "font-face",
        "hatch",
        "linearGradient",
        "marker",
        "mask",
        "metadata",
        "meshgradient",
        "missing-glyph",
        "glyph",
        "pattern",
        "radialGradient",
        "script",
        "solidcolor",
        "stop",
        "style",
        "title",
        "view",
        "hkern",
        "vkern",
        "a:midPointStop",
    ]
)


def draw(element: Element, parent: State, context: Context) -> Node | None:
    """Draw an element with its transform, effects and label.

    Args:
        element: Any element.
        parent: State of its parent.
        context: Shared by the document.

    Returns:
        The node, in the parent's user space; None where nothing is painted and nothing counts for
        bounding boxes.

    Raises:
        LimitError: References expand too far, or elements are nested too deeply.
    """
    handler = context.handlers.get(element.tag)
    if handler is None:
        _remark(element, context)
        return None
    attributes, declared = element.attributes, element.declared
    if not CONDITIONS.isdisjoint(attributes) and not passes(element, context):
        return None
    style = computed_style(element, None if element.parent is None else parent.style)
    if "display" in declared and style["display"] == "none":
        return None
    if parent.chain:
        context.budget.spend(element.line)
    if parent.depth >= MAX_DEPTH:
        raise LimitError(
            f"Elements are nested more than {MAX_DEPTH:,} deep, those referred to included.",
            line=element.line,
            remedy="Ungroup or flatten the drawing.",
        )
    state = State(
        style,
        parent.viewport,
        parent.context_paint,
        parent.chain,
        parent.clipping,
        parent.depth + 1,
        parent.user,
    )
    transform = IDENTITY
    late = "transform-box" in declared
    if not late and ("transform" in attributes or not TRANSFORMS.isdisjoint(declared)):
        transform = local_transform(element, state, _nothing)
        if not transform.is_invertible:
            return None
        if state.context_paint is not None:
            state = replace(state, context_paint=state.context_paint.moved(transform))
    node = handler(element, state, context)
    if late and node is not None:
        drawn = node
        transform = local_transform(element, state, lambda: object_bounds(drawn, context.bounds))
        if not transform.is_invertible:
            return None
    if not EFFECTS.isdisjoint(declared):
        # Few elements have effects, and their modules draw elements themselves.
        from svg2pptx_batch.resolve.effects import with_effects

        if node is not None and node.source is NOWHERE:
            node = replace(node, source=element.source)
        node = with_effects(node, state, context, element)
    if node is None:
        return None
    label = _label(element, state)
    if label is NO_LABEL and is_plain(node) and len(node.children) == 1:
        return place(node.children[0], transform @ node.transform, label, node.source)
    return place(node, transform, label, element.source)


def draw_children(element: Element, state: State, context: Context) -> list[Node]:
    """Draw all children of an element whose state is given."""
    nodes: list[Node] = []
    for child in element.children:
        if not isinstance(child, str):
            node = draw(child, state, context)
            if node is not None:
                nodes.append(node)
    return nodes


def is_plain(node: Node) -> TypeGuard[Group]:
    """Return whether a node is a group without effects and label, which could be dissolved."""
    return (
        isinstance(node, Group)
        and node.clip is None
        and node.opacity == 1.0
        and node.mask is None
        and not node.filters
        and node.blend_mode == "normal"
        and not node.isolated
        and node.label is NO_LABEL
    )


def place(node: Node, transform: Affine, label: Label, source: Source) -> Node:
    """Return a node moved by a transform, with label and source where it has none yet."""
    if not transform.is_identity:
        own = node.transform
        transform = transform if own.is_identity else transform @ own
    else:
        transform = node.transform
    if node.label is not NO_LABEL:
        label = node.label if label is NO_LABEL else _merged(label, node.label)
    if node.source is not NOWHERE:
        source = node.source
    if isinstance(node, Shape):
        return Shape(
            node.path,
            node.fill,
            node.stroke,
            transform,
            node.primitive,
            node.stroke_first,
            label=label,
            source=source,
        )
    return replace(node, transform=transform, label=label, source=source)


def _merged(outer: Label, inner: Label) -> Label:
    return Label(
        outer.name or inner.name,
        outer.title or inner.title,
        outer.description or inner.description,
        outer.link or inner.link,
        outer.decorative or inner.decorative,
    )


def _label(element: Element, state: State) -> Label:
    """What the author called an element; ids of copies are left out, they name the original."""
    attributes = element.attributes
    if not element.children and element.tag != "a" and _NAMING.isdisjoint(attributes):
        return NO_LABEL
    name = attributes.get(_NAME, "")
    if not name and not state.chain:
        name = attributes.get("id", "")
    title = description = link = ""
    for child in element.children:
        if isinstance(child, str):
            continue
        if child.tag == "title" and not title:
            title = text_of(child)
        elif child.tag == "desc" and not description:
            description = text_of(child)
    description = description or attributes.get("aria-label", "").strip()
    decorative = attributes.get("aria-hidden") == "true"
    if element.tag == "a":
        link = safe_link(attributes.get("href", ""))
    if not (name or title or description or link or decorative):
        return NO_LABEL
    return Label(name.strip(), title, description, link, decorative)


def safe_link(href: str) -> str:
    """Return an address that may stand in a slide, or an empty string."""
    href = href.strip()
    return href if href.lower().startswith(_SAFE_SCHEMES) else ""


def text_of(element: Element) -> str:
    """Return all text inside an element, white space collapsed."""
    parts: list[str] = []
    pending: list[Element | str] = [element]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            parts.append(item)
        else:
            pending.extend(reversed(item.children))
    return " ".join("".join(parts).split())


def _nothing() -> None:
    return None


def _remark(element: Element, context: Context) -> None:
    tag = element.tag
    if tag in _NEVER_DRAWN or tag.startswith("{"):
        return
    if tag in _ANIMATIONS:
        context.diagnostics.report(
            "animation-ignored", "Animations are left out; the drawing shows its first state"
        )
    else:
        context.diagnostics.report(
            "unknown-element",
            f"There is no SVG element “{tag}”, or it has no place here",
            element.source,
            fidelity=Fidelity.DROPPED,
        )
