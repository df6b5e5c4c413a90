"""Tones: what paints come to in a mask, a value or values along one gradient.

Enter: paints of shapes in a mask. Leave: luminance and alpha, painted over one another and faded.
Where on the slide a tone lies is the business of `mask`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.scene.effects import MaskKind
from svg2pptx_batch.scene.gradients import linearised
from svg2pptx_batch.scene.paint import LinearGradient, Paint, RadialGradient

_CURVE_STEPS = 8
# Shares of sRGB's red, green and blue in its luminance (CSS Masking 1, 7.10.1).
LUMINANCE = (0.2126, 0.7152, 0.0722)

_Frame = LinearGradient | RadialGradient


class IrreducibleError(Exception):
    """A mask does not come to a few areas. Never leaves `lower`."""


class Step(NamedTuple):
    """A tone at one place of a gradient.

    Attributes:
        offset: 0…1, not decreasing along the list.
        light: Luminance times alpha, 0…1.
        cover: Alpha, 0…1.
    """

    offset: float
    light: float
    cover: float


class Tone(msgspec.Struct, frozen=True):
    """What a mask paints in one area: the same everywhere, or along one gradient.

    Attributes:
        steps: One for a flat tone.
        frame: The gradient's geometry, its transform leading to slide px, without stops; None for a
            flat tone.
    """

    steps: tuple[Step, ...]
    frame: _Frame | None = None

    @property
    def is_opaque(self) -> bool:
        """Whether nothing shows through anywhere."""
        return all(step.cover >= 1.0 for step in self.steps)

    @property
    def value(self) -> float:
        """How much a settled flat tone lets through, 0…1."""
        return self.steps[0].light

    def over(self, below: Tone) -> Tone:
        """Return this tone painted over another; straight segments stay straight.

        Raises:
            IrreducibleError: Both change, so that the result is no gradient.
        """
        if self.frame is not None and below.frame is not None:
            raise IrreducibleError
        if below.frame is not None:
            _, light, cover = self.steps[0]
            rest = 1.0 - cover
            steps = (Step(t, light + rest * b, cover + rest * c) for t, b, c in below.steps)
            return Tone(tuple(steps), below.frame)
        _, under, base = below.steps[0]
        steps = (Step(t, b + (1.0 - c) * under, c + (1.0 - c) * base) for t, b, c in self.steps)
        return Tone(tuple(steps), self.frame)

    def times(self, other: Tone) -> Tone:
        """Return this tone faded by a settled one.

        Raises:
            IrreducibleError: Both change.
        """
        if self.frame is None:
            flat, varied = self, other
        elif other.frame is None:
            flat, varied = other, self
        else:
            raise IrreducibleError
        _, light, cover = flat.steps[0]
        return Tone(tuple(Step(t, b * light, c * cover) for t, b, c in varied.steps), varied.frame)

    def settled(self, kind: MaskKind) -> Tone:
        """Return the tone with the value that counts for a mask of this kind as both of its own."""
        steps = (
            Step(t, light, light) if kind is MaskKind.LUMINANCE else Step(t, cover, cover)
            for t, light, cover in self.steps
        )
        return Tone(tuple(steps), self.frame)


def tone_of(paint: Paint, opacity: float, to_slide: Affine) -> Tone:
    """Return what a paint comes to in a mask.

    Args:
        paint: In the shape's own space.
        opacity: 0…1.
        to_slide: That space to slide px.

    Raises:
        IrreducibleError: It is neither a colour nor a gradient.
    """
    if isinstance(paint, Color):
        cover = paint.alpha * opacity
        return Tone((Step(0.0, _luminance(paint) * cover, cover),))
    if not isinstance(paint, LinearGradient | RadialGradient):
        raise IrreducibleError
    stops = linearised(paint.stops) if paint.linear_rgb else paint.stops
    frame = replace(paint, stops=(), linear_rgb=False, transform=to_slide @ paint.transform)
    if not frame.transform.is_invertible:
        return tone_of(stops[-1].color, opacity, to_slide)
    steps = [_step(0.0, stops[0].color, opacity)]
    for (t0, c0), (t1, c1) in pairwise(stops):
        bent = c0[:3] != c1[:3] and c0.alpha != c1.alpha
        count = _CURVE_STEPS if bent and t1 > t0 else 1
        if t0 > steps[-1].offset or t0 == t1:
            steps.append(_step(t0, c0, opacity))
        for index in range(1, count + 1):
            k = index / count
            light = _luminance(c0) + (_luminance(c1) - _luminance(c0)) * k
            cover = (c0.alpha + (c1.alpha - c0.alpha) * k) * opacity
            steps.append(Step(t0 + (t1 - t0) * k, light * cover, cover))
    if steps[-1].offset < 1.0:
        steps.append(_step(1.0, stops[-1].color, opacity))
    if all(step[1:] == steps[0][1:] for step in steps):
        return Tone((steps[0],))
    return Tone(tuple(steps), frame)


def _step(offset: float, color: Color, opacity: float) -> Step:
    cover = color.alpha * opacity
    return Step(offset, _luminance(color) * cover, cover)


def _luminance(color: Color) -> float:
    return sum(part * channel / 255 for part, channel in zip(LUMINANCE, color[:3], strict=True))
