"""Texts: left to the text rules, and cut by clips where one passes through them."""

from __future__ import annotations

from dataclasses import replace

from svg2pptx_batch.diagnostics import Diagnostics, Fidelity
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.lower.clip import Clip, covers
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.lower.shapes import lower_shape
from svg2pptx_batch.lower.text import lower_text, outline_text
from svg2pptx_batch.scene.nodes import NO_LABEL, Group, Image, Node, Shape, Text


def place_text(text: Text, to_slide: Affine, clip: Clip, link: str, work: Lowering) -> Node | None:
    """Lower one text.

    Args:
        text: Any text of a scene.
        to_slide: The parent's space to slide px.
        clip: What cuts it.
        link: Address of a link around it, or empty.
        work: State of this scene.

    Returns:
        Text boxes, outlines, or None where nothing is seen.
    """
    m = to_slide @ text.transform
    box = m.apply_rect(text.bounds)
    if not m.is_invertible or clip.misses(box) or work.page.intersection(box) is None:
        return None
    if link and not text.label.link:
        text = replace(text, label=replace(text.label, link=link))
    if not clip.spares(box) and not covers(clip, rect_path(box), even_odd=False):
        return _cut(text, to_slide, clip, work)
    remarks = Diagnostics()
    lowered = lower_text(text, to_slide, work.options, work.fonts, remarks)
    for item in remarks.items:
        work.report(item.code, item.message, text.source, item.fidelity)
    if lowered is not None:
        lowered = _finished(lowered, clip, work)
    if lowered is not None:
        work.count(_fidelity(lowered))
    return lowered


def _finished(node: Node, clip: Clip, work: Lowering) -> Node | None:
    """Lower the shapes among a text's parts: their transforms lead to slide px already."""
    if isinstance(node, Shape):
        mark = work.counts.copy()
        shape = lower_shape(node, IDENTITY, clip, "", work)
        work.counts = mark  # the text counts once, whatever it consists of
        return shape
    if isinstance(node, Group):
        parts = [part for child in node.children if (part := _finished(child, clip, work))]
        return replace(node, children=tuple(parts)) if parts else None
    return node


def _fidelity(node: Node) -> Fidelity:
    if isinstance(node, Text):
        return Fidelity.NATIVE
    if isinstance(node, Group) and all(isinstance(child, Text) for child in node.children):
        return Fidelity.NATIVE
    return Fidelity.RASTERISED if isinstance(node, Image) else Fidelity.OUTLINED


def _cut(text: Text, to_slide: Affine, clip: Clip, work: Lowering) -> Node | None:
    """Outline a text and cut the outlines."""
    mark = work.mark()
    outlines = outline_text(text, work.fonts)
    parts = _lower_parts(outlines, to_slide, clip, text.label.link, work)
    work.rewind(mark)
    if not parts:
        return None
    work.count(Fidelity.OUTLINED)
    work.report(
        "text-outlined", "a text cut by a clip became outlines", text.source, Fidelity.OUTLINED
    )
    label = replace(text.label, link="")
    if not label.description:
        words = "".join(span.text for chunk in text.chunks for span in chunk.spans)
        label = replace(label, description=words.strip())
    if len(parts) == 1:
        return replace(parts[0], label=replace(label, link=text.label.link))
    return Group(tuple(parts), label=label, source=text.source)


def _lower_parts(node: Node, to_slide: Affine, clip: Clip, link: str, work: Lowering) -> list[Node]:
    if isinstance(node, Group):
        inner = to_slide @ node.transform
        parts = [_lower_parts(child, inner, clip, link, work) for child in node.children]
        return [part for some in parts for part in some]
    if isinstance(node, Shape):
        bare = replace(node, label=NO_LABEL)
        lowered = lower_shape(bare, to_slide, clip, link, work)
        return [] if lowered is None else [lowered]
    return []
