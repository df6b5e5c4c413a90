"""Layers laid over, into and out of one another: feMerge, feBlend and feComposite.

Only what gives layers again is told: where colours would mix, a picture has to show it.

Source: Filter Effects Module 1, chapter 9; Porter and Duff, Compositing Digital Images, 1984.
"""

from __future__ import annotations

from msgspec.structs import replace

from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.effects.chain import Result
from svg2pptx_batch.lower.effects.layer import Copy, Flood, Layers, SourceGraphic
from svg2pptx_batch.svg.values.number import parse_number

_MOST_LAYERS = 64
_NOWHERE = Rect(0.0, 0.0, 0.0, 0.0)


def lay_over(below: Layers, above: Layers, result: Result, source: SourceGraphic) -> Layers | None:
    """Return layers laid over others, None where that mixes colours in linear light.

    None as well where they are too many: merging may double them again and again.

    Args:
        below: Bottom first.
        above: Bottom first.
        result: The primitive that lays them; says in which light.
        source: What they are made of.
    """
    if len(below) + len(above) > _MOST_LAYERS:
        return None
    if not result.is_linear or not below or all(map(source.hides, above)):
        return below + above
    for high in above:
        reach = source.reach(high)
        for low in below:
            shared = reach and reach.intersection(source.reach(low) or _NOWHERE)
            if shared is not None and not shared.is_empty and not source.hides(high):
                return None
    return below + above


def composite(
    first: Layers, second: Layers, result: Result, source: SourceGraphic
) -> Layers | None:
    """Return what feComposite makes of its two inputs, None where those are no layers.

    Args:
        first: `in`, bottom first.
        second: `in2`, bottom first.
        result: The primitive.
        source: What the layers are made of.
    """
    match result.get("operator", "over") or "over":
        case "over":
            return lay_over(second, first, result, source)
        case "in":
            return _inside(first, second, result, source)
        case "out":
            return _outside(first, second, result)
        case "atop":
            return second if not first else None if second else ()
        case "xor":
            return first + second if not (first and second) else None
        case "arithmetic":
            return _arithmetic(first, second, result)
    return None


def _inside(first: Layers, second: Layers, result: Result, source: SourceGraphic) -> Layers | None:
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
    reach = made.reach(source.box)
    if reach is None:
        return ()
    if flood.rect.holds(reach, source.slack):
        return (made,)
    crop = flood.rect if made.crop is None else made.crop.intersection(flood.rect)
    return () if crop is None or crop.is_empty else (replace(made, crop=crop),)


def _outside(first: Layers, second: Layers, result: Result) -> Layers | None:
    if not first or not second:
        return first
    if len(first) > 1 or len(second) > 1:
        return None
    shadow, caster = first[0], second[0]
    if not isinstance(shadow, Copy) or not isinstance(caster, Copy):
        return None
    whole = caster.is_sharp and caster.gain == 1.0 and caster.crop is None
    if not whole or caster.hole is not None or shadow.hole is not None:
        return None
    if any(step.gain is None for step in caster.steps):
        return None
    return (replace(shadow, result=result, hole=(caster.dx, caster.dy)),)


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
