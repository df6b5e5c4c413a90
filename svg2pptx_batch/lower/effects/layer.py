"""One layer of what a filter chain paints: a copy of its source, a flood, or neither.

Says where a layer is seen and what it hides; how layers come about is the business of `layers`, how
they are laid over one another that of `compositing`.
"""

from __future__ import annotations

import msgspec

from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.effects.chain import Result
from svg2pptx_batch.lower.effects.recolour import Recolour


class Copy(msgspec.Struct, frozen=True):
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


class Flood(msgspec.Struct, frozen=True):
    """A rectangle of one colour."""

    result: Result
    rect: Rect
    color: Color


class Unknown(msgspec.Struct, frozen=True):
    """Something only a picture can show."""

    result: Result


Layer = Copy | Flood | Unknown
Layers = tuple[Layer, ...]


class SourceGraphic(msgspec.Struct, frozen=True):
    """What is known of the picture a chain starts from.

    Attributes:
        box: What it paints; None for nothing.
        slack: What sticks out of a region by less is not worth cutting.
        color: The colour, if it is only one, of all it paints.
        opaque: Whether nothing shows through it.
    """

    box: Rect | None
    slack: float
    color: Color | None
    opaque: bool

    def reach(self, layer: Layer) -> Rect | None:
        """Return a box that holds what a layer paints, None for nothing."""
        match layer:
            case Copy():
                reach = layer.reach(self.box)
                return reach if reach is None or not layer.crop else reach.intersection(layer.crop)
            case Flood():
                return layer.rect
            case Unknown():
                return layer.result.region

    def hides(self, layer: Layer) -> bool:
        """Whether nothing shows through what a layer paints."""
        if isinstance(layer, Flood):
            return layer.color.alpha >= 1.0
        return (
            isinstance(layer, Copy)
            and layer.is_sharp
            and layer.gain == 1.0
            and layer.hole is None
            and (self.opaque or layer.hard)
            and all(step.gain == 1.0 for step in layer.steps)
        )
