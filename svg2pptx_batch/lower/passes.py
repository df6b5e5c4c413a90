"""Scene to legal scene: one walk, children before parents.

Transforms, clips and links are pushed down to the leaves; opacity is multiplied into them; what
cannot be said that way becomes a picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Diagnostics, Fidelity
from svg2pptx_batch.frame import WHOLE, Area
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.effort import DRAWING_EFFORT, TooComplexError, bounded
from svg2pptx_batch.graphics.rect import Size
from svg2pptx_batch.lower.clip import Clip, page_clip
from svg2pptx_batch.lower.context import Lowering, Step
from svg2pptx_batch.lower.legal import LegalScene, check
from svg2pptx_batch.lower.placement import place
from svg2pptx_batch.lower.shapes import lower_shape
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.scene.nodes import NO_LABEL, Group, Image, Label, Node, Scene, Shape, Text
from svg2pptx_batch.scene.walk import deep_recursion, visit

if TYPE_CHECKING:
    from svg2pptx_batch.fonts import FontCatalog

_COMPLEX = ("geometry-rasterised", "an outline too complex to be reckoned with")
_EFFORT_A_NODE = 60.0
"""What ordinary shapes need: a large drawing of them is no hostile one."""
_CONTAINERS = frozenset({"g", "svg", "symbol", "switch"})


def lower(
    scene: Scene,
    *,
    slide: SlideSize,
    options: ConvertOptions,
    fonts: FontCatalog,
    diagnostics: Diagnostics,
    area: Area = WHOLE,
) -> LegalScene:
    """Lower a scene.

    Args:
        scene: As `resolve` gives it.
        slide: The slide it goes on.
        options: Placement, text mode, target, resolution of pictures.
        fonts: For texts.
        diagnostics: Told of every element that does not end native.
        area: The part of the slide that is the drawing's.

    Returns:
        The scene in slide px, legal for `drawingml`.
    """
    placement = place(scene.size, slide, options.fit, options.margin, area)
    work = Lowering(placement.page, placement.transform, options, fonts)
    clip = page_clip(placement.page, placement.slide)
    effort = max(DRAWING_EFFORT, _EFFORT_A_NODE * sum(1 for _ in visit(scene.root)))
    with deep_recursion(), bounded(effort):
        children = tuple(_lower_content(scene.root, placement.transform, clip, "", work))
        if options.text_in_shapes:
            from svg2pptx_batch.lower.labels import seat_labels

            children = tuple(seat_labels(children))
    work.flush(diagnostics)
    for child in children:
        check(child)
    size = Size(placement.slide.width, placement.slide.height)
    fidelity = {name.value: work.counts[name] for name in Fidelity if work.counts[name]}
    return LegalScene(size, Group(children), scene.metadata, fidelity=fidelity)


def _lower_node(node: Node, to_slide: Affine, clip: Clip, link: str, work: Lowering) -> Node | None:
    if isinstance(node, Group):
        return _lower_group(node, to_slide, clip, link, work)
    since = work.said
    try:
        if isinstance(node, Shape):
            lowered = lower_shape(node, to_slide, clip, link, work)
        else:
            lowered = _lower_leaf(node, to_slide, clip, link, work)
    except TooComplexError:
        from svg2pptx_batch.lower.fallback import rasterise

        work.unsay(since)
        code, reason = _COMPLEX
        lowered = rasterise(node, to_slide, clip, link, work, code=code, reason=reason)
    work.end(node, since, seen=lowered is not None)
    return lowered


def _lower_leaf(
    node: Image | Text, to_slide: Affine, clip: Clip, link: str, work: Lowering
) -> Node | None:
    match node:
        case Image():
            from svg2pptx_batch.lower.images import lower_image

            return lower_image(node, to_slide, clip, link, work)
        case Text():
            from svg2pptx_batch.lower.texts import place_text

            return place_text(node, to_slide, clip, link, work)
        case _:
            assert_never(node)


def _lower_group(
    group: Group, to_parent: Affine, clip: Clip, link: str, work: Lowering
) -> Node | None:
    children = _lower_content(group, to_parent, clip, link, work)
    return _gathered(group, children) if children else None


def _lower_content(
    group: Group, to_parent: Affine, clip: Clip, link: str, work: Lowering
) -> list[Node]:
    """Return what a group shows, with its effects: its children, or one picture."""
    if group.opacity <= 0.0:
        work.end_all(group, work.said, seen=False)
        return []
    if group.filters:
        from svg2pptx_batch.lower.effects import lower_filtered

        mark = work.mark()
        unfiltered = lower_filtered(group, to_parent, clip, link, work, _lower_content)
        if unfiltered is not None:
            work.join(group, mark)
            return unfiltered
    fault = _needs_picture(group)
    if fault is None and group.mask is not None:
        from svg2pptx_batch.lower.masked import lower_masked

        mark = work.mark()
        masked = lower_masked(group, to_parent, clip, link, work, _lower_content)
        if masked is not None:
            work.join(group, mark)
            return masked
        fault = ("mask-rasterised", "what a mask fades")
    if fault is not None:
        return _as_picture(group, to_parent, clip, link, work, *fault)
    to_slide = to_parent if group.transform.is_identity else to_parent @ group.transform
    inner: Clip | None = clip
    if group.clip is not None:
        from svg2pptx_batch.lower.clip import clip_outline

        try:
            inner = clip.cut(clip_outline(group.clip, to_slide, work))
        except TooComplexError:
            return _as_picture(group, to_parent, clip, link, work, *_COMPLEX)
    if inner is None:
        work.end_all(group, work.said, seen=False)
        return []
    before = work.mark() if group.opacity < 1.0 else None
    link = group.label.link or link
    children: list[Node] = []
    steps = work.steps
    for index, child in enumerate(group.children):
        steps.append(Step(group, to_slide, index))
        lowered = _lower_node(child, to_slide, inner, link, work)
        steps.pop()
        if lowered is not None:
            children.append(lowered)
    if before is None or not children:
        return children
    from svg2pptx_batch.lower.opacity import fade

    try:
        faded = fade(children, group.opacity)
    except TooComplexError:
        faded = None
    if faded is not None:
        if not faded.exact:
            work.report(
                "group-opacity-approximated",
                "text on a shape that is faded with it lets a little of the shape through",
                group.source,
                Fidelity.APPROXIMATED,
                work.worsen(before),
            )
        return faded.nodes
    work.rewind(before)
    fault = ("group-opacity-rasterised", "overlapping parts that are faded together")
    return _as_picture(group, to_parent, clip, link, work, *fault)


def lower_part(group: Group, to_parent: Affine, clip: Clip, work: Lowering) -> list[Node]:
    """Return what a group shows that stands in no scene's tree itself, as a pattern's tile."""
    return _lower_content(group, to_parent, clip, "", work)


def _as_picture(
    group: Group,
    to_parent: Affine,
    clip: Clip,
    link: str,
    work: Lowering,
    *fault: str,
) -> list[Node]:
    from svg2pptx_batch.lower.fallback import rasterise

    code, reason = fault
    since = work.said
    image = rasterise(group, to_parent, clip, link, work, code=code, reason=reason)
    work.end_all(group, since, seen=image is not None)
    return [] if image is None else [image]


def _needs_picture(group: Group) -> tuple[str, str] | None:
    """Return code and reason if a group has an effect that DrawingML lacks."""
    if group.filters:
        return "filter-rasterised", "what a filter changes"
    if group.blend_mode != "normal":
        return "blend-rasterised", f"what is blended by {group.blend_mode}"
    return None


def _gathered(group: Group, children: list[Node]) -> Node:
    """Return a group without effects, or its only child where the group says nothing itself."""
    label = group.label
    if label.link:
        label = replace(label, link="")
    if len(children) == 1:
        only = children[0]
        if label is NO_LABEL or label == NO_LABEL:
            return only
        if group.source.tag not in _CONTAINERS and not _is_named(only.label):
            return replace(only, label=replace(label, link=only.label.link))
    return Group(tuple(children), IDENTITY, label=label, source=group.source)


def _is_named(label: Label) -> bool:
    return bool(label.name or label.title or label.description or label.decorative)
