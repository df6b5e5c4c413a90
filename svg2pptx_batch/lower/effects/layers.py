"""What a filter chain paints, as layers: copies of its source, floods, and what is neither."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.effects.chain import ALPHA, SOURCE, Result, moved, over
from svg2pptx_batch.lower.effects.recolour import Recolour, Transfer, read_recolour
from svg2pptx_batch.svg.values.color import parse_color
from svg2pptx_batch.svg.values.number import parse_number, parse_number_list

BLACK = Color(0, 0, 0)
_MAX_LAYERS = 24
_NOWHERE = Rect(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Copy:
    """The source, perhaps moved, blurred and in other colours.

    Attributes:
        result: What paints it, crops included.
        crop: Outside it nothing is seen; None where it reaches no edge.
        steps: What becomes of its colours, in order; empty where `tint` is set.
        tint: The one colour it is painted in, None for its own.
        gain: 0…1, multiplies its alpha.
        hard: Whether everything in it counts as opaque.
        hole: Where the source's own area is cut out of it: that area's shift.
        dx: Shift, space of the filtered group.
        dy: Shift.
        blur_x: Standard deviation.
        blur_y: Standard deviation.
    """

    result: Result
    crop: Rect | None = None
    steps: tuple[Recolour, ...] = ()
    tint: Color | None = None
    gain: float = 1.0
    hard: bool = False
    hole: tuple[float, float] | None = None
    dx: float = 0.0
    dy: float = 0.0
    blur_x: float = 0.0
    blur_y: float = 0.0

    @property
    def is_sharp(self) -> bool:
        """Whether it is not blurred."""
        return self.blur_x == 0.0 and self.blur_y == 0.0

    @property
    def is_source(self) -> bool:
        """Whether nothing but the place has changed."""
        changed = self.steps or self.tint or self.hard or self.hole
        return self.is_sharp and not changed and self.gain == 1.0

    def reach(self, box: Rect | None, deviations: float = 3.0) -> Rect | None:
        """Return a box that holds what it paints.

        Args:
            box: What the source paints.
            deviations: How far the blur counts.
        """
        if box is None:
            return None
        wide, high = self.blur_x * deviations, self.blur_y * deviations
        return Rect(
            box.x + self.dx - wide,
            box.y + self.dy - high,
            box.width + 2 * wide,
            box.height + 2 * high,
        )


@dataclass(frozen=True, slots=True)
class Flood:
    """A rectangle of one colour."""

    result: Result
    rect: Rect
    color: Color


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something only a picture can show."""

    result: Result


Layer = Copy | Flood | Unknown
Layers = tuple[Layer, ...]


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
    reader = _Reader(box, slack, color, opaque=opaque)
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

    def __init__(
        self, box: Rect | None, slack: float, color: Color | None, *, opaque: bool
    ) -> None:
        self.known: dict[int, Layers] = {}
        self._box = box
        self._slack = slack
        self._color = color
        self._opaque = opaque
        self._readers: dict[str, Callable[[Result], Layers | None]] = {
            SOURCE: self._source,
            ALPHA: self._source,
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
            if layer.result is not by and not _holds(rect, layer.result.region, 0.0):
                return Unknown(over([layer.result], rect))
            return layer
        if isinstance(layer, Flood):
            seen = layer.rect.intersection(rect)
            if seen is None or seen.is_empty:
                return None
            if seen == layer.rect:
                return layer
            return Flood(over([layer.result], seen), seen, layer.color)
        reach = layer.reach(self._box)
        if reach is None:
            return None
        if layer.crop is not None:
            reach = reach.intersection(layer.crop)
        if reach is None or (seen := reach.intersection(rect)) is None:
            return None
        if _holds(rect, reach, self._slack):
            return layer
        if seen.is_empty:
            return None
        cropped = layer.result if layer.result is by else over([layer.result], rect)
        return replace(layer, crop=seen, result=cropped)

    # --- primitives --------------------------------------------------------------------------

    def _source(self, result: Result) -> Layers:
        if self._box is None:
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
                tint=copy.tint or self._color,
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
            laid = self._over(layers, self.known[id(each)], result)
            if laid is None:
                return None
            layers = laid
        return layers

    def _over(self, below: Layers, above: Layers, result: Result) -> Layers | None:
        """Return layers laid over others, None where that mixes colours in linear light."""
        if not result.is_linear or not below or all(map(self._hides, above)):
            return below + above
        for high in above:
            reach = self._reach(high)
            for low in below:
                shared = reach and reach.intersection(self._reach(low) or _NOWHERE)
                if shared is not None and not shared.is_empty and not self._hides(high):
                    return None
        return below + above

    def _hides(self, layer: Layer) -> bool:
        """Whether nothing shows through what a layer paints."""
        if isinstance(layer, Flood):
            return layer.color.alpha >= 1.0
        return (
            isinstance(layer, Copy)
            and layer.is_sharp
            and layer.gain == 1.0
            and layer.hole is None
            and (self._opaque or layer.hard)
            and all(step.gain == 1.0 for step in layer.steps)
        )

    def _reach(self, layer: Layer) -> Rect | None:
        match layer:
            case Copy():
                reach = layer.reach(self._box)
                return reach if reach is None or not layer.crop else reach.intersection(layer.crop)
            case Flood():
                return layer.rect
            case Unknown():
                return layer.result.region

    def _blend(self, result: Result) -> Layers | None:
        above, below = self._of(result, 0), self._of(result, 1)
        if not above or not below or result.get("mode", "normal") in {"normal", ""}:
            return self._over(below, above, result)
        return None

    def _composite(self, result: Result) -> Layers | None:
        first, second = self._of(result, 0), self._of(result, 1)
        match result.get("operator", "over") or "over":
            case "over":
                return self._over(second, first, result)
            case "in":
                return self._inside(first, second, result)
            case "out":
                return self._outside(first, second, result)
            case "atop":
                return second if not first else None if second else ()
            case "xor":
                return first + second if not (first and second) else None
            case "arithmetic":
                return _arithmetic(first, second, result)
        return None

    def _outside(self, first: Layers, second: Layers, result: Result) -> Layers | None:
        if not first or not second:
            return first
        if len(first) > 1 or len(second) > 1:
            return None
        shadow, source = first[0], second[0]
        if not isinstance(shadow, Copy) or not isinstance(source, Copy):
            return None
        whole = source.is_sharp and source.gain == 1.0 and source.crop is None
        if not whole or source.hole is not None or shadow.hole is not None:
            return None
        if any(step.gain is None for step in source.steps):
            return None
        return (replace(shadow, result=result, hole=(source.dx, source.dy)),)

    def _inside(self, first: Layers, second: Layers, result: Result) -> Layers | None:
        if not first or not second:
            return ()
        if len(first) > 1 or len(second) > 1:
            return None
        match first[0], second[0]:
            case Flood() as flood, Copy() as copy:
                tint = flood.color._replace(alpha=1.0)
                if any(step.gain is None for step in copy.steps):
                    return None
                gain = copy.gain * flood.color.alpha
                made = replace(copy, result=result, steps=(), tint=tint, gain=gain)
            case Copy() as copy, Flood() as flood:
                made = replace(copy, result=result, gain=copy.gain * flood.color.alpha)
            case _:
                return None
        reach = made.reach(self._box)
        if reach is None:
            return ()
        if _holds(flood.rect, reach, self._slack):
            return (made,)
        crop = flood.rect if made.crop is None else made.crop.intersection(flood.rect)
        return () if crop is None or crop.is_empty else (replace(made, crop=crop),)


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


def _arithmetic(first: Layers, second: Layers, result: Result) -> Layers | None:
    """Return k1·i1·i2 + k2·i1 + k3·i2 + k4 where it is one of its inputs."""
    factors = [parse_number(result.get(name, "0") or "0") for name in ("k1", "k2", "k3", "k4")]
    k1, k2, k3, k4 = factors
    if k4 != 0.0:
        return None
    product = k1 != 0.0 and bool(first) and bool(second)
    if product:
        return None
    if k2 == 1.0 and (k3 == 0.0 or not second):
        return first
    if k3 == 1.0 and (k2 == 0.0 or not first):
        return second
    return () if not first and not second else None


def _shifted(rect: Rect, dx: float, dy: float) -> Rect:
    return Rect(rect.x + dx, rect.y + dy, rect.width, rect.height)


def _holds(outer: Rect, inner: Rect, slack: float) -> bool:
    return (
        outer.x <= inner.x + slack
        and outer.y <= inner.y + slack
        and outer.right >= inner.right - slack
        and outer.bottom >= inner.bottom - slack
    )
