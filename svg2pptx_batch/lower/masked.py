"""Groups with a mask: their parts cut along its areas and faded, instead of one picture of all."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Fidelity
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import BLACK
from svg2pptx_batch.graphics.effort import TooComplexError
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.lower.clip import Clip
from svg2pptx_batch.lower.context import Lowering, count_leaves
from svg2pptx_batch.lower.filter_cost import painting_cost
from svg2pptx_batch.lower.mask import Spot, divide
from svg2pptx_batch.lower.tone import Tone
from svg2pptx_batch.lower.veil import GradientVeil, PaintedVeil
from svg2pptx_batch.lower.veiling import lay_veil
from svg2pptx_batch.scene.effects import Mask
from svg2pptx_batch.scene.nodes import Group, Node, Shape, Text
from svg2pptx_batch.scene.paint import LinearGradient, RadialGradient, Stop
from svg2pptx_batch.scene.walk import visit

Lower = Callable[[Group, Affine, Clip, str, Lowering], list[Node]]
"""Lowers a group's content with its clip and opacity; as `lower.passes` does it."""

_MAX_TONES = 6
_MAX_PIECES = 300
_MAX_PAINTED_LEAVES = 8
_MAX_PAINTING_S = 1.0


def lower_masked(
    group: Group, to_parent: Affine, clip: Clip, link: str, work: Lowering, lower: Lower
) -> list[Node] | None:
    """Lower a group with a mask, without making one picture of it all.

    Args:
        group: With a mask, without filters and blend mode.
        to_parent: The parent's space to slide px.
        clip: What cuts the group.
        link: Address of a link around it, or empty.
        work: State of this scene.
        lower: For the group's content.

    Returns:
        What is seen, legal, bottom first; None where only a picture of the group will do.
    """
    assert group.mask is not None, "only a group with a mask is masked"
    to_slide = to_parent @ group.transform
    # A mask isolates what it fades: blending inside must not look out.
    bare = replace(group, mask=None, opacity=1.0, isolated=True)
    mark = work.mark()
    try:
        spots = divide(group.mask, to_slide, work)
        if spots is not None:
            found = _in_spots(bare, group.opacity, spots, to_parent, clip, link, work, lower)
        else:
            found = _painted(bare, group.opacity, group.mask, to_parent, clip, link, work, lower)
    except TooComplexError:
        found = None
    if found is None:
        work.rewind(mark)
    return found


def _in_spots(
    group: Group,
    opacity: float,
    spots: list[Spot],
    to_parent: Affine,
    clip: Clip,
    link: str,
    work: Lowering,
    lower: Lower,
) -> list[Node] | None:
    from svg2pptx_batch.lower.opacity import fade, is_layered

    seen = [(spot, inner) for spot in spots if (inner := clip.cut(spot.outline)) is not None]
    if len(seen) > _MAX_TONES:
        return None
    found: list[Node] = []
    for spot, inner in seen:
        tone = spot.tone
        content = group if tone.frame is None else _without_texts(group, work)
        nodes = lower(content, to_parent, inner, link, work)
        if not nodes:
            continue
        if len(seen) > 1 and len(seen) * sum(map(count_leaves, nodes)) > _MAX_PIECES:
            return None
        if tone.frame is not None and is_layered(nodes):
            return None
        factor = opacity if tone.frame is not None else opacity * tone.value
        if factor < 1.0 or tone.frame is not None:
            faded = fade(nodes, factor)
            if faded is None or not faded.exact:
                return None
            nodes = faded.nodes
        if tone.frame is not None:
            veiled = lay_veil(nodes, GradientVeil(_as_stops(tone)), work)
            if veiled is None:
                return None
            nodes = veiled
        found += nodes
    return found


def _painted(
    group: Group,
    opacity: float,
    mask: Mask,
    to_parent: Affine,
    clip: Clip,
    link: str,
    work: Lowering,
    lower: Lower,
) -> list[Node] | None:
    """Fade few parts by a mask that only painting can tell: as pictures in native outlines."""
    from svg2pptx_batch.lower.opacity import fade, is_layered

    to_slide = to_parent @ group.transform
    inner = clip.cut(rect_path(mask.region).transform(to_slide))
    if inner is None or mask.region.is_empty:
        return []
    mark = work.mark()
    nodes = lower(_without_texts(group, work), to_parent, inner, link, work)
    count = sum(map(count_leaves, nodes))
    if count > _MAX_PAINTED_LEAVES:
        return None
    if not nodes:
        return nodes
    if is_layered(nodes):
        return None
    content = Group(mask.children, transform=mask.transform)
    cost = painting_cost(content, to_slide, inner.rect).at(work.pixel_scale)
    if cost * count > _MAX_PAINTING_S:
        return None
    work.painting_s += cost * count
    faded = fade(nodes, opacity)
    if faded is None:
        return None
    veiled = lay_veil(faded.nodes, PaintedVeil(mask, to_slide), work)
    if veiled is None:
        return None
    if any(isinstance(leaf, Shape) for node in veiled for leaf in visit(node)):
        work.rewind(mark)
        work.report(
            "mask-rasterised",
            "what a mask fades fills its shape as a picture",
            group.source,
            Fidelity.RASTERISED,
            count,
        )
        work.count(Fidelity.RASTERISED, count)
    return veiled


def _without_texts(group: Group, work: Lowering) -> Group:
    """Return a group whose texts are outlines, since letters take no gradient."""
    texts = [node for node in visit(group) if isinstance(node, Text)]
    if not texts:
        return group
    from svg2pptx_batch.lower.fallback import outlined

    for text in texts:
        message = "a text faded by a mask became outlines"
        work.report("text-outlined", message, text.source, Fidelity.OUTLINED)
    found = outlined(group)
    return found if isinstance(found, Group) else group


def _as_stops(tone: Tone) -> LinearGradient | RadialGradient:
    assert tone.frame is not None, "a flat tone needs no gradient"
    stops = (Stop(step.offset, BLACK.with_alpha(step.light)) for step in tone.steps)
    return replace(tone.frame, stops=tuple(stops))
