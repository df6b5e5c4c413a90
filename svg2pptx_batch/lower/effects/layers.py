"""What a filter chain paints, as layers: each primitive read as what it makes of its inputs'."""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec.structs import replace

from svg2pptx_batch.graphics.color import BLACK, Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.effects.chain import ALPHA, SOURCE, Result, moved, over
from svg2pptx_batch.lower.effects.compositing import composite, lay_over
from svg2pptx_batch.lower.effects.layer import Copy, Flood, Layer, Layers, SourceGraphic, Unknown
from svg2pptx_batch.lower.effects.recolour import Recolour, Transfer, read_recolour
from svg2pptx_batch.svg.values.color import parse_color
from svg2pptx_batch.svg.values.number import parse_number, parse_number_list

_MAX_LAYERS = 24


def read_layers(
    result: Result, box: Rect | None, *, slack: float, color: Color | None, opaque: bool
) -> Layers:
    """Return what a chain paints.

    Args:
        result: The end of the chain.
        box: What its source paints; None for nothing.
        slack: What sticks out of a region by less is not worth cutting.
        color: The colour, if it is only one, of all the source paints.
        opaque: Whether nothing shows through the source.

    Returns:
        Bottom first. One `Unknown` alone where nothing is recognised.
    """
    reader = _Reader(SourceGraphic(box, slack, color, opaque))
    # The depth of a chain is bounded only by its file: walk it from the leaves.
    pending = [result]
    while pending:
        current = pending[-1]
        missing = [each for each in current.inputs if id(each) not in reader.known]
        if missing:
            pending.extend(missing)
            continue
        pending.pop()
        if id(current) not in reader.known:
            reader.read(current)
    return reader.known[id(result)]


class _Reader:
    """Reads results whose inputs are read."""

    def __init__(self, source: SourceGraphic) -> None:
        self.known: dict[int, Layers] = {}
        self._source = source
        self._readers: dict[str, Callable[[Result], Layers | None]] = {
            SOURCE: self._copy,
            ALPHA: self._copy,
            "feBlend": self._blend,
            "feColorMatrix": self._recolour,
            "feComponentTransfer": self._recolour,
            "feComposite": self._composite,
            "feFlood": self._flood,
            "feGaussianBlur": self._blur,
            "feMerge": self._merge,
            "feOffset": self._offset,
        }

    def read(self, result: Result) -> None:
        """Find the layers of a result."""
        reader = self._readers.get(result.tag)
        layers = None if reader is None else reader(result)
        if layers is None or len(layers) > _MAX_LAYERS:
            layers = (Unknown(result),)
        self.known[id(result)] = tuple(
            cut for layer in layers if (cut := self._cropped(layer, result)) is not None
        )

    def _of(self, result: Result, number: int = 0) -> Layers:
        return self.known[id(result.inputs[number])]

    def _cropped(self, layer: Layer, by: Result) -> Layer | None:
        """Return a layer cut to the subregion of the primitive it leaves."""
        rect = by.region
        if isinstance(layer, Unknown):
            if layer.result is not by and not rect.holds(layer.result.region):
                return Unknown(over([layer.result], rect))
            return layer
        if isinstance(layer, Flood):
            seen = layer.rect.intersection(rect)
            if seen is None or seen.is_empty:
                return None
            if seen == layer.rect:
                return layer
            return Flood(over([layer.result], seen), seen, layer.color)
        reach = self._source.reach(layer)
        if reach is None or (seen := reach.intersection(rect)) is None:
            return None
        if rect.holds(reach, self._source.slack):
            return layer
        if seen.is_empty:
            return None
        cropped = layer.result if layer.result is by else over([layer.result], rect)
        return replace(layer, crop=seen, result=cropped)

    # --- primitives --------------------------------------------------------------------------

    def _copy(self, result: Result) -> Layers:
        if self._source.box is None:
            return ()
        return (Copy(result, tint=BLACK if result.tag == ALPHA else None),)

    def _flood(self, result: Result) -> Layers | None:
        color = parse_color(result.get("flood-color", "#000000"), BLACK)
        opacity = parse_number(result.get("flood-opacity", "1"))
        if color is None or opacity is None:
            return None
        color = color.with_alpha(min(1.0, max(0.0, opacity)))
        if color.alpha <= 0.0 or result.region.is_empty:
            return ()
        return (Flood(result, result.region, color),)

    def _offset(self, result: Result) -> Layers | None:
        dx = parse_number(result.get("dx", "0") or "0")
        dy = parse_number(result.get("dy", "0") or "0")
        if dx is None or dy is None:
            return None
        if dx == 0.0 and dy == 0.0:
            return self._of(result)
        layers: list[Layer] = []
        for layer in self._of(result):
            shifted = moved(layer.result, result)
            match layer:
                case Copy():
                    crop = layer.crop and _shifted(layer.crop, dx, dy)
                    layers.append(
                        replace(
                            layer,
                            result=shifted,
                            crop=crop,
                            hole=layer.hole and (layer.hole[0] + dx, layer.hole[1] + dy),
                            dx=layer.dx + dx,
                            dy=layer.dy + dy,
                        )
                    )
                case Flood():
                    layers.append(Flood(shifted, _shifted(layer.rect, dx, dy), layer.color))
                case Unknown():
                    layers.append(Unknown(shifted))
        return tuple(layers)

    def _blur(self, result: Result) -> Layers | None:
        numbers = parse_number_list(result.get("stdDeviation", "0") or "0")
        if not 1 <= len(numbers) <= 2 or min(numbers) < 0:
            return None
        wide, high = numbers[0], numbers[-1]
        layers = self._of(result)
        if wide == high == 0.0 or not layers:
            return layers
        if len(layers) > 1 or not isinstance(layers[0], Copy):
            return None
        copy = layers[0]
        if copy.crop is not None or copy.hole is not None or copy.steps:
            return None
        return (
            replace(
                copy,
                result=result,
                tint=copy.tint or self._source.color,
                blur_x=math.hypot(copy.blur_x, wide),
                blur_y=math.hypot(copy.blur_y, high),
            ),
        )

    def _recolour(self, result: Result) -> Layers | None:
        function = read_recolour(result)
        layers = self._of(result)
        if function is None or not function.keeps_nothing:
            return None
        if function.is_identity or not layers:
            return layers
        if len(layers) > 1:
            return None
        layer = layers[0]
        match layer:
            case Unknown():
                return None
            case Flood():
                color = function(layer.color)
                return (Flood(result, layer.rect, color),) if color.alpha > 0 else ()
            case Copy():
                copy = _recoloured(layer, function, result)
                return None if copy is None else (copy,) if copy.gain > 0 else ()

    def _merge(self, result: Result) -> Layers | None:
        layers: Layers = ()
        for each in result.inputs:
            laid = lay_over(layers, self.known[id(each)], result, self._source)
            if laid is None:
                return None
            layers = laid
        return layers

    def _blend(self, result: Result) -> Layers | None:
        above, below = self._of(result, 0), self._of(result, 1)
        if not above or not below or result.get("mode", "normal") in {"normal", ""}:
            return lay_over(below, above, result, self._source)
        return None

    def _composite(self, result: Result) -> Layers | None:
        return composite(self._of(result, 0), self._of(result, 1), result, self._source)


def _recoloured(copy: Copy, function: Recolour, result: Result) -> Copy | None:
    """Return a copy in other colours, None where that is no copy any more."""
    gain = function.gain
    if gain is None and function.hardens and copy.is_sharp and copy.gain == 1.0 and not copy.steps:
        copy, gain = replace(copy, hard=True), 1.0
    if gain is None:
        plain = copy.is_sharp and copy.tint is None and copy.gain == 1.0 and not copy.hard
        return replace(copy, result=result, steps=(*copy.steps, function)) if plain else None
    alphas = [step.gain for step in copy.steps]
    if not function.sees_alpha and (copy.tint is not None or not function.sees_color):
        if None in alphas:
            return None
        tint = function((copy.tint or BLACK)._replace(alpha=1.0))._replace(alpha=1.0)
        return replace(copy, result=result, steps=(), tint=tint, gain=copy.gain * gain)
    if not copy.is_sharp or copy.tint is not None or copy.hard:
        return None
    rows = function.rows and (*function.rows[:3], (0.0, 0.0, 0.0, 1.0, 0.0))
    bare = replace(function, rows=rows, transfers=(*function.transfers[:3], Transfer()))
    steps = copy.steps if bare.is_identity else (*copy.steps, bare)
    return replace(copy, result=result, steps=steps, gain=copy.gain * gain)


def _shifted(rect: Rect, dx: float, dy: float) -> Rect:
    return Rect(rect.x + dx, rect.y + dy, rect.width, rect.height)
