"""Document to Scene: every question SVG leaves open is settled here.

For tool makers: `resolve(document, fonts=…, loader=…, diagnostics=…)` follows references, lays text
out and gives a `scene.nodes.Scene` in user units (px, 1/96 inch, y down), without percentages and
references. What is wrong or missing becomes a diagnostic, not an error.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Severity, Source
from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.resolve.conditions import passes
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.draw import EFFECTS, place, text_of
from svg2pptx_batch.resolve.elements import ELEMENTS
from svg2pptx_batch.resolve.elements.structure import svg
from svg2pptx_batch.resolve.prune import pruned
from svg2pptx_batch.resolve.style import current_color
from svg2pptx_batch.resolve.transforms import TRANSFORMS, about, local_transform
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.metadata import NO_METADATA
from svg2pptx_batch.scene.nodes import NO_LABEL, Group, Node, RectPrimitive, Scene, Shape
from svg2pptx_batch.scene.paint import Fill
from svg2pptx_batch.scene.walk import deep_recursion
from svg2pptx_batch.svg.cascade import style_of
from svg2pptx_batch.svg.probe import DEFAULT_SIZE, drawing_size
from svg2pptx_batch.svg.values.color import parse_color

if TYPE_CHECKING:
    from svg2pptx_batch.diagnostics import Diagnostics
    from svg2pptx_batch.fonts import FontCatalog
    from svg2pptx_batch.scene.metadata import Metadata
    from svg2pptx_batch.svg.document import Document, Element
    from svg2pptx_batch.svg.resources import ResourceLoader

_TELLING = frozenset({"title", "desc", "metadata"})


def resolve(
    document: Document,
    *,
    fonts: FontCatalog,
    loader: ResourceLoader,
    diagnostics: Diagnostics,
    languages: tuple[str, ...] = ("en",),
) -> Scene:
    """Turn a document into what it paints.

    Args:
        document: As parsed, the cascade done.
        fonts: The fonts there are; used by text alone.
        loader: Reads images.
        diagnostics: Collects remarks on what is wrong, missing or left out.
        languages: For `systemLanguage`, preferred first.

    Returns:
        The scene; its root's transform is that of the root viewBox.

    Raises:
        InvalidSizeError: Width, height or viewBox disable rendering.
        LimitError: References expand too far, or elements are nested too deeply.
    """
    context = Context(
        document,
        fonts=fonts,
        loader=loader,
        diagnostics=diagnostics,
        languages=languages,
        handlers=ELEMENTS,
    )
    with deep_recursion():
        return _scene(document, context)


def _scene(document: Document, context: Context) -> Scene:
    root = document.root
    for problem in document.problems:
        context.diagnostics.report(
            problem.code,
            problem.message,
            Source(root.tag, root.id, problem.line),
            severity=Severity.WARNING,
        )
    style = style_of(root)
    size = drawing_size(root)
    state = State(style, size or DEFAULT_SIZE)
    node = _root_node(root, state, context)
    if context.unpainted and node is not None:
        (node,) = pruned((node,), partial(_tell_hidden, context.diagnostics)) or (None,)
    if size is None:
        box = None if node is None else visual_bounds(node)
        size = DEFAULT_SIZE
        if box is not None and box.right > 0.0 and box.bottom > 0.0:
            size = Size(box.right, box.bottom)
    if not isinstance(node, Group):
        node = Group(() if node is None else (node,))
    return Scene(size, node, _metadata(root, context.diagnostics))


def _metadata(root: Element, diagnostics: Diagnostics) -> Metadata:
    """Return what a drawing says about itself."""
    told = [child for child in root.elements if child.tag in _TELLING]
    if not told:
        return NO_METADATA
    from svg2pptx_batch.resolve.metadata import read_metadata

    texts = {child.tag: text_of(child) for child in told if child.tag != "metadata"}
    elements = [child for child in told if child.tag == "metadata"]
    return read_metadata(elements, texts.get("title", ""), texts.get("desc", ""), diagnostics)


def _tell_hidden(diagnostics: Diagnostics, leaf: Node) -> None:
    message = "Nothing of it is seen: an opacity, a clip, a mask or a filter hides it"
    diagnostics.report("unseen", message, leaf.source)


def _root_node(root: Element, state: State, context: Context) -> Node | None:
    """Draw the root element: its size is that of the scene, and transforms turn it as a whole."""
    if state.style["display"] == "none" or not passes(root, context):
        return None
    node = _turned(svg(root, state, context), root, state)
    if root.declared and state.style.has("background-color"):
        node = _on_background(node, root, state)
    if not EFFECTS.isdisjoint(root.declared):
        # Few drawings have effects on their root.
        from svg2pptx_batch.resolve.effects import with_effects

        node = with_effects(node, state, context, root)
        return None if node is None else place(node, IDENTITY, NO_LABEL, root.source)
    return node


def _turned(node: Node | None, root: Element, state: State) -> Node | None:
    """Apply the root's own transform, by default about the drawing's middle.

    Source: SVG 2, 8.5 and the user agent style sheet in its appendix: the outermost `svg` is a CSS
    box, whose transform-origin is 50% 50%.
    """
    if node is None or (
        "transform" not in root.attributes and TRANSFORMS.isdisjoint(root.declared)
    ):
        return node
    turn = local_transform(root, state, lambda: Rect(0.0, 0.0, *state.viewport))
    if "transform-origin" not in root.declared:
        turn = about(turn, state.viewport.width / 2, state.viewport.height / 2)
    if not turn.is_invertible:
        return None
    return place(node, turn, NO_LABEL, root.source)


def _on_background(node: Node | None, root: Element, state: State) -> Node | None:
    """Put the root element's background-color below its content."""
    color = parse_color(state.style["background-color"], current_color(state.style))
    if color is None or color.alpha <= 0.0:
        return node
    group = node if isinstance(node, Group) else Group(())
    box = Rect(0.0, 0.0, *state.viewport)
    canvas = Shape(
        rect_path(box),
        Fill(color),
        transform=group.transform.inverse(),
        primitive=RectPrimitive(box),
        source=root.source,
    )
    return replace(group, children=(canvas, *group.children))
