"""Veils: how much of what lies below is seen at each place, along a gradient or as painted.

Enter: the tones of a mask, or the mask itself. Leave: paints with alpha in them, or the alpha of
each pixel. What a veil is laid over is the business of `veiling`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.color import WHITE, Color
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.gradient import axial, circular
from svg2pptx_batch.lower.sampling import sample_gradient
from svg2pptx_batch.lower.stops import MAX_STOPS, color_at
from svg2pptx_batch.scene.effects import Mask
from svg2pptx_batch.scene.nodes import Group, Shape
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    CircularGradient,
    Fill,
    LinearGradient,
    Paint,
    RadialGradient,
    Stop,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Alpha = NDArray[np.float64]

_SAME_ANGLE_DEG = 0.5


class Veil(Protocol):
    """How much of what lies below is seen at each place."""

    def native(self, paint: Paint, box: Rect) -> Paint | None:
        """Return a paint with this veil in it for a shape's box; None where only a picture can."""

    def alpha(self, to_slide: Affine, box: Rect, width: int, height: int) -> Alpha | None:
        """Return height × width values 0…1 over a box; None where they cannot be had.

        Args:
            to_slide: The box's space to slide px.
            box: What the values cover.
            width: Values across.
            height: Values down.
        """


class GradientVeil(msgspec.Struct, frozen=True):
    """A veil that follows a gradient.

    Attributes:
        gradient: Its alpha counts; leads to slide px.
    """

    gradient: LinearGradient | RadialGradient

    def native(self, paint: Paint, box: Rect) -> Paint | None:
        """As `Veil` has it: exact for colours, and for gradients that run the same way."""
        if isinstance(paint, Color):
            stops = tuple(
                Stop(offset, paint.with_alpha(color.alpha)) for offset, color in self.gradient.stops
            )
            return _native(replace(self.gradient, stops=stops), box)
        if not isinstance(paint, AxialGradient | CircularGradient):
            return None
        veil = _native(self.gradient, box)
        if isinstance(veil, Color):
            return _times(paint, (Stop(0.0, veil), Stop(1.0, veil)))
        if isinstance(veil, CircularGradient) and isinstance(paint, CircularGradient):
            return _times(paint, veil.stops)
        if not isinstance(veil, AxialGradient) or not isinstance(paint, AxialGradient):
            return None
        turn = (veil.angle_deg - paint.angle_deg + 90.0) % 360.0 - 90.0
        if abs(turn) <= _SAME_ANGLE_DEG:
            return _times(paint, veil.stops)
        if abs(turn - 180.0) <= _SAME_ANGLE_DEG:
            back = tuple(Stop(1.0 - stop.offset, stop.color) for stop in reversed(veil.stops))
            return _times(paint, back)
        return None

    def alpha(self, to_slide: Affine, box: Rect, width: int, height: int) -> Alpha | None:
        """As `Veil` has it."""
        # The box's space takes the slide's place.
        pixels = sample_gradient(self.gradient, to_slide.inverse(), box, width, height)
        alpha: Alpha = pixels[..., 3] / 255
        return alpha


class PaintedVeil(msgspec.Struct, frozen=True):
    """A veil that only painting its mask can tell.

    Attributes:
        mask: Any mask.
        to_slide: The space of the group that carries it to slide px.
    """

    mask: Mask
    to_slide: Affine

    def native(self, paint: Paint, box: Rect) -> Paint | None:
        """As `Veil` has it: never."""
        del paint, box
        return None

    def alpha(self, to_slide: Affine, box: Rect, width: int, height: int) -> Alpha | None:
        """As `Veil` has it."""
        import numpy as np

        from svg2pptx_batch.lower.fallback import outlined, paint

        view = Affine(width / box.width, 0.0, 0.0, height / box.height, 0.0, 0.0)
        view = view @ Affine.translation(-box.x, -box.y) @ to_slide.inverse() @ self.to_slide
        cloth = Group((Shape(rect_path(self.mask.region), Fill(WHITE)),), mask=self.mask)
        picture = paint([outlined(cloth)], view, width, height)
        if picture is None:
            return None
        alpha: Alpha = np.asarray(picture)[..., 3] / 255
        return alpha


def _native(
    gradient: LinearGradient | RadialGradient, box: Rect
) -> AxialGradient | CircularGradient | Color | None:
    if isinstance(gradient, LinearGradient):
        return axial(gradient, IDENTITY, box)
    return circular(gradient, IDENTITY, box)


def _times(
    paint: AxialGradient | CircularGradient, veil: tuple[Stop, ...]
) -> AxialGradient | CircularGradient | None:
    """Return a gradient with the alpha of stops that run the same way in the same frame."""
    at = sorted({stop.offset for stop in paint.stops} | {stop.offset for stop in veil})
    stops: list[Stop] = []
    for offset in at:
        for right in (False, True):
            color = color_at(paint.stops, offset, right=right)
            color = color.with_alpha(color_at(veil, offset, right=right).alpha)
            if not stops or stops[-1] != (offset, color):
                stops.append(Stop(offset, color))
    return replace(paint, stops=tuple(stops)) if len(stops) <= MAX_STOPS else None
