"""Texts: left to the text rules, and cut by clips where one passes through them."""

from __future__ import annotations

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Diagnostics, Fidelity, Source
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.clip import Clip, covers, is_near, reach_of
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.lower.shapes import lower_shape
from svg2pptx_batch.lower.text import lower_text
from svg2pptx_batch.lower.text_outline import described, outline_text, reaching
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.nodes import Group, Image, Node, Shape, Text
from svg2pptx_batch.scene.walk import rewrite


def place_text(text: Text, to_slide: Affine, clip: Clip, link: str, work: Lowering) -> Node | None:
    """Lower one text.

    Args:
        text: Any text of a scene.
        to_slide: The parent's space to slide px.
        clip: What cuts it.
        link: Address of a link around it, or empty.
        work: State of this scene.

    Returns:
        Text boxes, outlines, both in a group, or None where nothing is seen.
    """
    m = to_slide @ text.transform
    if not m.is_invertible:
        return None
    box = m.apply_rect(text.bounds)
    # Words beside the slide are kept there, out of sight: nothing written is lost.
    reach = reach_of(work.page)
    if clip.misses(box) or not reach.touches(box):
        return None
    if link and not text.label.link:
        text = replace(text, label=replace(text.label, link=link))
    area = clip.rect if is_near(box) else clip.rect.intersection(reach)
    if area is None:
        return None
    area = m.inverse().apply_rect(area)
    outlines = None
    if not _is_spared(box, clip):
        part = _reaching(text, area)
        outlines = outline_text(part)
        # The cells of the letters are cut; what is painted need not be.
        ink = visual_bounds(outlines)
        if part is text and (ink is None or _is_spared(to_slide.apply_rect(ink), clip)):
            outlines = None
    if outlines is None:
        remarks = Diagnostics()
        lowered = lower_text(text, to_slide, work.options, remarks, area)
        for item in remarks.items:
            work.report(item.code, item.message, text.source, item.fidelity)
    else:
        placed = to_slide @ outlines.transform
        lowered = replace(outlines, label=described(text), transform=placed)
        message = "a text cut by a clip became outlines"
        work.report("text-outlined", message, text.source, Fidelity.OUTLINED)
    return None if lowered is None else _placed(lowered, IDENTITY, clip, text.source, work)


def _reaching(text: Text, area: Rect) -> Text:
    """Return a text without the glyphs that have no ink in an area; the same where all have."""
    chunks = tuple(reaching(chunk, area) for chunk in text.chunks)
    same = all(new is old for new, old in zip(chunks, text.chunks, strict=True))
    return text if same else replace(text, chunks=chunks)


def _is_spared(box: Rect, clip: Clip) -> bool:
    return clip.spares(box) or covers(clip, rect_path(box), even_odd=False)


def _placed(
    node: Node, to_slide: Affine, clip: Clip, source: Source, work: Lowering
) -> Node | None:
    """Lower the shapes among what a text became."""
    link = node.label.link
    if isinstance(node, Shape):
        return lower_shape(replace(node, source=source), to_slide, clip, link, work)
    if isinstance(node, Text):
        return node
    if isinstance(node, Image) or _has_effect(node):
        return _drawn(node, to_slide, clip, source, work)
    parts: list[Node] = []
    for child in node.children:
        linked = child
        if link and not child.label.link:
            linked = replace(child, label=replace(child.label, link=link))
        part = _placed(linked, to_slide @ node.transform, clip, source, work)
        if part is not None:
            parts.append(part)
    if not parts:
        return None
    if len(parts) == 1:
        return replace(parts[0], label=node.label)
    label = replace(node.label, link="") if link else node.label
    return Group(tuple(parts), label=label, source=node.source)


def _has_effect(group: Group) -> bool:
    return bool(
        group.opacity < 1.0
        or group.clip is not None
        or group.mask is not None
        or group.filters
        or group.blend_mode != "normal"
    )


def _drawn(
    node: Group | Image, to_slide: Affine, clip: Clip, source: Source, work: Lowering
) -> Node | None:
    """Lower the drawing of a coloured glyph; its parts are no elements of their own."""
    from svg2pptx_batch.lower.passes import lower_part

    whole = rewrite(node, lambda each: replace(each, source=source))
    counts = work.counts.copy()
    parts = [] if whole is None else lower_part(Group((whole,)), to_slide, clip, work)
    work.counts = counts
    if len(parts) > 1:
        return Group(tuple(parts), label=node.label, source=source)
    return replace(parts[0], label=node.label) if parts else None
