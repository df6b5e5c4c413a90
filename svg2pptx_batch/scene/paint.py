"""Paint: what fills and strokes are made of."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect

if TYPE_CHECKING:
    from svg2pptx_batch.scene.nodes import Node


class FillRule(StrEnum):
    """Which points count as inside."""

    NONZERO = "nonzero"
    EVENODD = "evenodd"


class SpreadMethod(StrEnum):
    """What a gradient does beyond its ends."""

    PAD = "pad"
    REFLECT = "reflect"
    REPEAT = "repeat"


class LineCap(StrEnum):
    """Ends of open strokes."""

    BUTT = "butt"
    ROUND = "round"
    SQUARE = "square"


class LineJoin(StrEnum):
    """Corners of strokes; `arcs` and `miter-clip` are drawn as `miter`."""

    MITER = "miter"
    ROUND = "round"
    BEVEL = "bevel"


class Stop(NamedTuple):
    """A gradient stop: offset 0…1, not decreasing along the list; stop-opacity is in the alpha."""

    offset: float
    color: Color


class LinearGradient(msgspec.Struct, frozen=True):
    """A linear gradient from (x1, y1) to (x2, y2).

    Attributes:
        x1: Start, in gradient space.
        y1: Start.
        x2: End.
        y2: End.
        stops: At least two; offsets in order.
        spread: Beyond the ends.
        transform: Gradient space to the shape's own space: gradientTransform, and the bounding box
            where units were objectBoundingBox.
        linear_rgb: Whether colours are interpolated in linear light.
    """

    x1: float
    y1: float
    x2: float
    y2: float
    stops: tuple[Stop, ...]
    spread: SpreadMethod = SpreadMethod.PAD
    transform: Affine = IDENTITY
    linear_rgb: bool = False


class RadialGradient(msgspec.Struct, frozen=True):
    """A radial gradient from the focal circle (fx, fy, fr) to the end circle (cx, cy, r).

    Other attributes as for `LinearGradient`.
    """

    cx: float
    cy: float
    r: float
    fx: float
    fy: float
    fr: float
    stops: tuple[Stop, ...]
    spread: SpreadMethod = SpreadMethod.PAD
    transform: Affine = IDENTITY
    linear_rgb: bool = False


class Pattern(msgspec.Struct, frozen=True):
    """A tile repeated without end.

    Attributes:
        children: The tile's content, in content space.
        tile: The tile, in pattern space.
        transform: Pattern space to the shape's own space.
        content_transform: Content space to pattern space (viewBox or objectBoundingBox content);
            content is clipped to the tile.
        overflow_visible: Whether content may leave its tile.
    """

    children: tuple[Node, ...]
    tile: Rect
    transform: Affine = IDENTITY
    content_transform: Affine = IDENTITY
    overflow_visible: bool = False


class AxialGradient(msgspec.Struct, frozen=True):
    """A linear gradient as DrawingML has it: its band runs corner to corner of the shape's box.

    Only in legal scenes.

    Attributes:
        angle_deg: 0 ≤ angle < 360, clockwise from the x axis.
        stops: 2 to 100.
    """

    angle_deg: float
    stops: tuple[Stop, ...]


class CircularGradient(msgspec.Struct, frozen=True):
    """Circles about the centre of the shape's box, offset 1 at its corners. Only in legal scenes.

    Attributes:
        stops: 2 to 100, from the centre outwards.
    """

    stops: tuple[Stop, ...]


class PictureFill(msgspec.Struct, frozen=True):
    """A picture stretched over the shape's box. Only in legal scenes.

    Attributes:
        png: The picture.
    """

    png: bytes


class PatternFill(msgspec.Struct, frozen=True):
    """A picture repeated over a shape, from its box's corner. Only in legal scenes.

    Attributes:
        png: One period, 96 pixels to the inch.
        period: Where one period lies, px, measured from the box's top left corner: 0 ≤ x < width,
            0 ≤ y < height.
        pixels: Width and height of the picture.
    """

    png: bytes
    period: Rect
    pixels: tuple[int, int]


Paint = (
    Color
    | LinearGradient
    | RadialGradient
    | Pattern
    | AxialGradient
    | CircularGradient
    | PictureFill
    | PatternFill
)


class Fill(msgspec.Struct, frozen=True):
    """Inside of a shape. `opacity` (0…1) multiplies the paint's own alpha."""

    paint: Paint
    opacity: float = 1.0
    rule: FillRule = FillRule.NONZERO


class Stroke(msgspec.Struct, frozen=True):
    """Outline of a shape.

    Attributes:
        paint: As for a fill.
        opacity: 0…1.
        width: User units of the shape's own space, > 0.
        cap: Ends.
        join: Corners.
        miter_limit: ≥ 1.
        dashes: Even number of lengths ≥ 0 with a positive sum, user units; empty for solid.
        dash_offset: User units.
        non_scaling: Whether width and dashes are lengths of the root viewport instead.
    """

    paint: Paint
    width: float = 1.0
    opacity: float = 1.0
    cap: LineCap = LineCap.BUTT
    join: LineJoin = LineJoin.MITER
    miter_limit: float = 4.0
    dashes: tuple[float, ...] = ()
    dash_offset: float = 0.0
    non_scaling: bool = False
