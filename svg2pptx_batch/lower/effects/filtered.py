"""Filtered groups: what filters do, said in shapes and shadows; pictures for the rest alone."""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Fidelity
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import BLACK
from svg2pptx_batch.graphics.effort import TooComplexError
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.clip import Clip, clip_outline
from svg2pptx_batch.lower.context import FILTER_PART, Lowering
from svg2pptx_batch.lower.effects.chain import Result, over, read_filters, write_filter
from svg2pptx_batch.lower.effects.layer import Copy, Flood, Layer, Unknown
from svg2pptx_batch.lower.effects.layers import read_layers
from svg2pptx_batch.lower.effects.repaint import (
    is_opaque_content,
    repaint,
    single_color,
    union_bounds,
)
from svg2pptx_batch.lower.effects.shadow import all_opaque, attach, caster
from svg2pptx_batch.lower.targets import habits
from svg2pptx_batch.scene.effects import ClipPath, OuterShadow
from svg2pptx_batch.scene.nodes import Group, Label, Node, RectPrimitive, Shape
from svg2pptx_batch.scene.paint import Fill

Content = Callable[[Group, Affine, Clip, str, Lowering], list[Node]]
"""Lowers a group without filters to what it shows."""

_MAX_COPIES = 3
# Antialiasing and the pixel grid hide what sticks out of a region by less.
_SLACK_PX = 0.75
_MAX_DEVIATION_PX = 44.0
_ROUND = 0.9
_INVISIBLE = 0.05


def lower_filtered(
    group: Group, to_parent: Affine, clip: Clip, link: str, work: Lowering, content: Content
) -> list[Node] | None:
    """Lower a filtered group without painting all of it.

    Args:
        group: With filters.
        to_parent: Its parent's space to slide px.
        clip: What cuts it.
        link: Address of a link around it, or empty.
        work: State of this scene.
        content: Lowers what has no filters.

    Returns:
        None where nothing of it can stay native.
    """
    m = to_parent @ group.transform
    if group.blend_mode != "normal" or not m.is_invertible:
        return None
    result = read_filters(group.filters)
    if result is None:
        return None
    layers = read_layers(
        result,
        union_bounds(group.children),
        slack=_SLACK_PX / m.mean_scale,
        color=single_color(group.children),
        opaque=is_opaque_content(group.children),
    )
    if all(isinstance(layer, Unknown) for layer in layers) and layers:
        return None
    if len(layers) > 1 and (group.opacity < 1.0 or group.mask is not None):
        return None
    if sum(isinstance(layer, Copy) and layer.is_sharp for layer in layers) > _MAX_COPIES:
        return None
    mark = work.mark()
    parts = _Parts(replace(group, isolated=True), m, to_parent, clip, link, work, content)
    try:
        nodes = parts.lower(list(layers))
    except TooComplexError:
        nodes = None
    if nodes is None:
        work.rewind(mark)
    return nodes


class _Parts:
    """The layers of one filtered group on their way."""

    def __init__(
        self,
        group: Group,
        m: Affine,
        to_parent: Affine,
        clip: Clip,
        link: str,
        work: Lowering,
        content: Content,
    ) -> None:
        self._group = group
        self._m = m
        self._to_parent = to_parent
        self._clip = clip
        self._link = link
        self._work = work
        self._content = content
        self._box = union_bounds(group.children)

    def lower(self, layers: list[Layer]) -> list[Node] | None:
        """Return what the layers become, None if all would be pictures."""
        # Top first, because a shadow needs what casts it.
        slots: list[list[Node] | Result] = []
        at = len(layers) - 1
        while at >= 0:
            layer = layers[at]
            nodes: list[Node] | None = None
            match layer:
                case Copy():
                    nodes = self._copy(layer)
                    if nodes is not None and self._casts(layer):
                        nodes, at = self._with_shadows(nodes, layer, layers, at)
                case Flood():
                    nodes = self._flood(layer)
            slots.append(layer.result if nodes is None else nodes)
            at -= 1
        if slots and all(isinstance(slot, Result) for slot in slots):
            return None
        return self._gathered(slots[::-1])

    def _gathered(self, slots: list[list[Node] | Result]) -> list[Node]:
        """Return slots, bottom first, with results that lie together in one picture."""
        out: list[Node] = []
        pending: list[Result] = []
        for slot in slots:
            if isinstance(slot, Result):
                pending.append(slot)
                continue
            if pending:
                out += self._picture(pending)
                pending = []
            out += slot
        return [*out, *self._picture(pending)] if pending else out

    def _picture(self, results: list[Result]) -> list[Node]:
        from svg2pptx_batch.lower.fallback import rasterise

        region = self._group.filters[0].region
        for item in self._group.filters[1:]:
            region = region.union(item.region)
        shown = replace(self._group, filters=(write_filter(over(results, region), region),))
        image = rasterise(
            shown,
            self._to_parent,
            self._clip,
            "",
            self._work,
            code=FILTER_PART,
            reason="what a filter adds to its content",
            elements=1,
        )
        if image is None:
            return []
        self._work.count(Fidelity.RASTERISED, 1)
        return [replace(image, label=Label(decorative=True))]

    # --- copies and floods -------------------------------------------------------------------

    def _bare(self, children: tuple[Node, ...], crop: Rect | None) -> list[Node]:
        """Lower content in place of the group, with all its effects but the filters."""
        clip = self._group.clip
        if crop is not None:
            frame = Shape(rect_path(crop), Fill(BLACK), primitive=RectPrimitive(crop))
            clip = ClipPath((frame,), clip=clip)
        bare = replace(self._group, children=children, filters=(), clip=clip)
        return self._content(bare, self._to_parent, self._clip, self._link, self._work)

    def _copy(self, copy: Copy) -> list[Node] | None:
        if not copy.is_sharp or copy.hole is not None:
            return None
        children: tuple[Node, ...] | None = self._group.children
        if copy.steps or copy.tint is not None:
            children = repaint(self._group.children, copy.steps, copy.tint)
        if children is None:
            return None
        if copy.gain < 1.0 or copy.dx or copy.dy:
            moved = Affine.translation(copy.dx, copy.dy)
            children = (Group(children, transform=moved, opacity=copy.gain),)
        mark = self._work.mark()
        nodes = self._bare(children, copy.crop)
        if copy.hard and not all_opaque(nodes):
            self._work.rewind(mark)
            return None
        return nodes

    def _flood(self, flood: Flood) -> list[Node]:
        rect = flood.rect
        shape = Shape(
            rect_path(rect),
            Fill(flood.color),
            primitive=RectPrimitive(rect),
            source=self._group.source,
        )
        return self._bare((shape,), None)

    # --- shadows -----------------------------------------------------------------------------

    def _casts(self, copy: Copy) -> bool:
        return copy.crop is None and copy.gain == 1.0 and self._group.opacity == 1.0

    def _with_shadows(
        self, nodes: list[Node], base: Copy, layers: list[Layer], at: int
    ) -> tuple[list[Node], int]:
        """Give nodes the shadows that lie right below them.

        Args:
            nodes: What a copy became.
            base: That copy.
            layers: Of the whole filter.
            at: The copy's place among them.

        Returns:
            The nodes, and the place of the lowest layer that is in them.
        """
        first, out = True, nodes
        while at > 0:
            below = layers[at - 1]
            shadow = self._shadow(below, base, nodes) if isinstance(below, Copy) else None
            if shadow is None:
                break
            done = attach(nodes, shadow) if first else None
            if done is None:
                hidden = caster(nodes, shadow)
                if hidden is None:
                    break
                done = [hidden, *out]
            first, out, at = False, done, at - 1
        return out, at

    def _shadow(self, copy: Copy, base: Copy, nodes: list[Node]) -> OuterShadow | None:
        """Return a copy as a shadow of another, None where it is none that DrawingML knows."""
        if copy.tint is None:
            return None
        opaque_only = copy.hard or copy.hole is not None
        if opaque_only and not all_opaque(nodes):
            return None
        if copy.hole is not None and copy.hole != (base.dx, base.dy):
            return None
        m = self._m
        large, small = Affine(
            m.a * copy.blur_x, m.b * copy.blur_x, m.c * copy.blur_y, m.d * copy.blur_y
        ).singular_values()
        if large > _MAX_DEVIATION_PX or small < _ROUND * large:
            return None
        if not self._is_seen_whole(copy, base):
            return None
        dx, dy = m.apply_vector(copy.dx - base.dx, copy.dy - base.dy)
        radius = (large + small) / 2 * habits(self._work.options.target).shadow_radius
        return OuterShadow(dx, dy, radius, copy.tint._replace(alpha=copy.gain))

    def _is_seen_whole(self, copy: Copy, base: Copy) -> bool:
        """Whether no region and no clip cuts what can be seen of a shadow or what casts it."""
        # Beyond d deviations outside an edge a blur leaves at most exp(-d²/2)/2.
        deviations = math.sqrt(2 * math.log(max(1.0, copy.gain / 2 / _INVISIBLE)))
        seen = copy.reach(self._box, deviations)
        source = base.reach(self._box)
        if seen is None or source is None:
            return False
        if copy.crop is not None:
            kept = copy.crop.inflate(_SLACK_PX / self._m.mean_scale)
            if kept.intersection(seen) != seen:
                return False
        clip: Clip | None = self._clip
        if self._group.clip is not None:
            clip = self._clip.cut(clip_outline(self._group.clip, self._m, self._work))
        return clip is not None and clip.spares(self._m.apply_rect(seen.union(source)))
