"""Masks: what their picture comes to, as few outlines with a value each.

A mask that is drawn with flat colours and plain gradients divides the slide into areas; the
luminance (or alpha) of each is a number or follows one gradient. Masks of anything else are not
divided.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.boolean import fills_alike, intersect, normalise, subtract, unite
from svg2pptx_batch.graphics.color import from_linear
from svg2pptx_batch.graphics.path import Path, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.clip import clip_outline, rectangle_of
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.lower.strokes import lower_stroke, stroke_area
from svg2pptx_batch.lower.tone import LUMINANCE, IrreducibleError, Step, Tone, tone_of
from svg2pptx_batch.scene.effects import Filter, Mask
from svg2pptx_batch.scene.nodes import Group, Node, Shape, Text
from svg2pptx_batch.scene.paint import FillRule
from svg2pptx_batch.svg.values.number import parse_number_list

_MAX_PAINTED = 400
_MAX_SPOTS = 48
_MATRIX = 20
_LEVELS = 255


class Spot(NamedTuple):
    """An area of one tone.

    Attributes:
        outline: Slide px, filling alike under both rules.
        tone: What is painted there.
    """

    outline: Path
    tone: Tone


def divide(mask: Mask, to_slide: Affine, work: Lowering) -> list[Spot] | None:
    """Return the areas of a mask that let something through.

    Args:
        mask: In the space of the group that carries it.
        to_slide: That space to slide px.
        work: For texts and strokes in the mask.

    Returns:
        Disjoint areas with settled tones (`light` is what is let through), none of them twice;
        empty where the mask hides everything, None where it cannot be divided.
    """
    try:
        return list(_joined(_seen(mask, to_slide, work)))
    except IrreducibleError:
        return None


def _seen(mask: Mask, to_slide: Affine, work: Lowering) -> list[Spot]:
    if mask.region.is_empty or not to_slide.is_invertible:
        return []
    layer = _Layer(work)
    layer.add(mask.children, to_slide @ mask.transform)
    region = rect_path(mask.region).transform(to_slide)
    spots = _cut([spot._replace(tone=spot.tone.settled(mask.kind)) for spot in layer.spots], region)
    if mask.mask is not None:
        spots = _product(spots, _seen(mask.mask, to_slide, work))
    return spots


def _joined(spots: Iterable[Spot]) -> Iterator[Spot]:
    """Unite areas of the same tone and drop those that let nothing through."""
    alike: dict[Tone, list[Path]] = {}
    for spot in spots:
        steps = tuple(Step(t, _rounded(light), _rounded(light)) for t, light, _ in spot.tone.steps)
        if spot.tone.frame is not None and len({step.light for step in steps}) == 1:
            tone = Tone((Step(0.0, steps[0].light, steps[0].light),))
        else:
            tone = Tone(steps, spot.tone.frame)
        if any(step.light > 0 for step in steps):
            alike.setdefault(tone, []).append(spot.outline)
    for tone, outlines in alike.items():
        outline = outlines[0] if len(outlines) == 1 else unite((each, False) for each in outlines)
        if outline:
            yield Spot(outline, tone)


def _rounded(value: float) -> float:
    return min(_LEVELS, max(0, round(value * _LEVELS))) / _LEVELS


def _cut(spots: Iterable[Spot], outline: Path) -> list[Spot]:
    """Return what lies inside an outline."""
    box, limit = outline.bounds(), rectangle_of(outline)
    if box is None:
        return []
    found = []
    for spot in spots:
        bounds = spot.outline.bounds()
        if bounds is None or not _meet(bounds, box):
            continue
        if limit is None or not limit.holds(bounds):
            shared = intersect(spot.outline, outline)
            if shared:
                found.append(Spot(shared, spot.tone))
        else:
            found.append(spot)
    return found


def _product(spots: Iterable[Spot], veil: Iterable[Spot]) -> list[Spot]:
    """Return spots faded by settled ones; nothing is left outside those."""
    held = list(spots)
    return [
        Spot(part.outline, part.tone.times(other.tone))
        for other in veil
        for part in _cut(held, other.outline)
    ]


def _meet(one: Rect, two: Rect) -> bool:
    return one.x < two.right and two.x < one.right and one.y < two.bottom and two.y < one.bottom


class _Layer:
    """A canvas of disjoint areas; those of one flat opaque tone may overlap."""

    __slots__ = ("_painted", "_work", "spots")

    def __init__(self, work: Lowering) -> None:
        self.spots: list[Spot] = []
        self._work = work
        self._painted = 0

    def add(self, nodes: Iterable[Node], to_slide: Affine) -> None:
        """Paint nodes, bottom first.

        Raises:
            IrreducibleError: They hold something that has no outline or no plain tone.
        """
        for node in nodes:
            match node:
                case Shape():
                    self._shape(node, to_slide @ node.transform)
                case Group():
                    self._group(node, to_slide @ node.transform)
                case Text():
                    from svg2pptx_batch.lower.text_outline import outline_text

                    self.add((outline_text(node),), to_slide)
                case _:
                    raise IrreducibleError

    def _group(self, group: Group, to_slide: Affine) -> None:
        if group.blend_mode != "normal":
            raise IrreducibleError
        if group.opacity <= 0.0:
            return
        plain = group.opacity >= 1.0 and group.clip is None and group.mask is None
        if plain and not group.filters:
            self.add(group.children, to_slide)
            return
        layer = _Layer(self._work)
        layer.add(group.children, to_slide)
        spots = _united(layer.spots)
        for item in group.filters:
            region = rect_path(item.region).transform(to_slide)
            spots = _cut(_recoloured(spots, item), region)
        if group.clip is not None:
            spots = _cut(spots, clip_outline(group.clip, to_slide, self._work))
        if group.mask is not None:
            spots = _product(spots, _seen(group.mask, to_slide, self._work))
        faded = Tone((Step(0.0, group.opacity, group.opacity),))
        for spot in spots:
            self._paint(spot.outline, spot.tone.times(faded))

    def _shape(self, shape: Shape, m: Affine) -> None:
        if not m.is_invertible or not all(map(math.isfinite, m)):
            return
        path = shape.path.transform(m)
        parts: list[tuple[Path, Tone]] = []
        box = path.bounds()
        if box is None:
            return
        if shape.fill is not None and not box.is_empty:
            even_odd = shape.fill.rule is FillRule.EVENODD
            inside = path if fills_alike(path) else normalise(path, even_odd=even_odd) or path
            parts.append((inside, tone_of(shape.fill.paint, shape.fill.opacity, m)))
        if shape.stroke is not None:
            tone = tone_of(shape.stroke.paint, shape.stroke.opacity, m)
            lowered = lower_stroke(shape.stroke, shape.path, path, m, self._work)
            lines = [] if lowered.outline is None else [(lowered.outline, False)]
            if lowered.native is not None:
                lines.append((stroke_area(lowered.path or path, lowered.native), False))
            if lines:
                parts.insert(0 if shape.stroke_first else len(parts), (unite(lines), tone))
        for outline, tone in parts:
            self._paint(outline, tone)

    def _paint(self, outline: Path, tone: Tone) -> None:
        self._painted += 1
        if self._painted > _MAX_PAINTED:
            raise IrreducibleError
        bounds = outline.bounds()
        if bounds is None or all(step.cover <= 0.0 for step in tone.steps):
            return
        plain = tone.frame is None and tone.is_opaque
        kept: list[Spot] = []
        added: list[Spot] = []
        rest = outline
        for spot in self.spots:
            below = spot.outline.bounds()
            if below is None or not _meet(below, bounds) or (plain and spot.tone == tone):
                kept.append(spot)
                continue
            left = subtract(spot.outline, outline)
            if left:
                kept.append(Spot(left, spot.tone))
            if not tone.is_opaque:
                shared = intersect(spot.outline, rest)
                if shared:
                    added.append(Spot(shared, tone.over(spot.tone)))
                    rest = subtract(rest, shared)
        if rest:
            added.append(Spot(rest, tone))
        self.spots = kept + added
        if not plain and len(self.spots) > _MAX_SPOTS:
            raise IrreducibleError


def _united(spots: Iterable[Spot]) -> list[Spot]:
    """Unite areas of the same tone, which may overlap as long as they are opaque."""
    alike: dict[Tone, list[Path]] = {}
    for spot in spots:
        alike.setdefault(spot.tone, []).append(spot.outline)
    return [
        Spot(paths[0] if len(paths) == 1 else unite((path, False) for path in paths), tone)
        for tone, paths in alike.items()
    ]


def _recoloured(spots: Iterable[Spot], item: Filter) -> list[Spot]:
    """Return spots after a filter that gives everything one colour, as cairo's masks have it.

    Raises:
        IrreducibleError: The filter is another.
    """
    if len(item.primitives) != 1 or item.primitives[0].tag != "feColorMatrix":
        raise IrreducibleError
    values = dict(item.primitives[0].attributes)
    matrix = parse_number_list(values.get("values", ""))
    if values.get("type", "matrix") != "matrix" or len(matrix) != _MATRIX:
        raise IrreducibleError
    red, green, blue, alpha = (matrix[row : row + 5] for row in range(0, _MATRIX, 5))
    if any(row[k] for row in (red, green, blue) for k in range(4)) or any(alpha[:3]) or alpha[4]:
        raise IrreducibleError
    channels = [min(1.0, max(0.0, row[4])) for row in (red, green, blue)]
    if values.get("color-interpolation-filters") != "sRGB":
        channels = [from_linear(channel) / 255 for channel in channels]
    light = sum(part * channel for part, channel in zip(LUMINANCE, channels, strict=True))
    found = []
    for spot in spots:
        covers = [(t, min(1.0, max(0.0, cover * alpha[3]))) for t, _, cover in spot.tone.steps]
        steps = tuple(Step(t, light * cover, cover) for t, cover in covers)
        found.append(Spot(spot.outline, Tone(steps, spot.tone.frame)))
    return found
