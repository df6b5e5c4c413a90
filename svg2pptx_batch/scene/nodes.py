"""The four node kinds: Group, Shape, Image, Text.

A node's `transform` maps its own space to its parent's. Effects of a group (clip, mask, filters,
opacity, blending) are expressed in the group's own space and applied in SVG's order: filters,
clip, mask, opacity, blend mode.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from svg2pptx_batch.diagnostics import Source
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.scene.effects import ClipPath, Effect, Filter, Mask
from svg2pptx_batch.scene.metadata import NO_METADATA, Metadata
from svg2pptx_batch.scene.paint import Fill, Stroke
from svg2pptx_batch.scene.text import TextChunk


class Label(msgspec.Struct, frozen=True):
    """What people call a node.

    Attributes:
        name: inkscape:label or id; empty if the author gave none.
        title: Text of `title`.
        description: Text of `desc`, or aria-label.
        link: Absolute address the node links to.
        decorative: aria-hidden.
    """

    name: str = ""
    title: str = ""
    description: str = ""
    link: str = ""
    decorative: bool = False


NO_LABEL = Label()
NOWHERE = Source("", "", 0)


class RectPrimitive(msgspec.Struct, frozen=True):
    """A rectangle in the shape's own space; radii are resolved and clamped."""

    rect: Rect
    rx: float = 0.0
    ry: float = 0.0


class EllipsePrimitive(msgspec.Struct, frozen=True):
    """An ellipse in the shape's own space."""

    cx: float
    cy: float
    rx: float
    ry: float


class LinePrimitive(msgspec.Struct, frozen=True):
    """A straight line in the shape's own space."""

    x1: float
    y1: float
    x2: float
    y2: float


Primitive = RectPrimitive | EllipsePrimitive | LinePrimitive


class Shape(msgspec.Struct, frozen=True):
    """A path with its paint.

    Attributes:
        path: Geometry in the shape's own space.
        fill: None for no fill.
        stroke: None for no stroke.
        transform: Own space to the parent's.
        primitive: What the path was drawn from, so that preset shapes survive; None for others.
        stroke_first: paint-order puts the stroke below the fill.
        fill_path: Where the filled outline differs from `path` (fill rule made viewer-proof): what
            the fill covers. Only in legal scenes.
        effects: DrawingML's own effects. Only in legal scenes.
        text: The shape's own text: upright, its lines centred. Only in legal scenes.
        label: Names and links.
        source: Element it came from.
    """

    path: Path
    fill: Fill | None = None
    stroke: Stroke | None = None
    transform: Affine = IDENTITY
    primitive: Primitive | None = None
    stroke_first: bool = False
    fill_path: Path | None = None
    effects: tuple[Effect, ...] = ()
    text: Text | None = None
    label: Label = NO_LABEL
    source: Source = NOWHERE


class ImageFormat(StrEnum):
    """Picture formats a scene can hold; others are re-encoded on the way in."""

    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"


class Crop(msgspec.Struct, frozen=True):
    """Fractions (0…1) cut from each side of a picture."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


class Image(msgspec.Struct, frozen=True):
    """A picture.

    Attributes:
        data: File content, in the format named.
        format: PNG, JPEG or GIF.
        rect: Where the cropped picture goes, in the image's own space.
        crop: What is cut off before.
        opacity: 0…1.
        pixelated: image-rendering asks for hard pixels.
        clip: Outline in own space that cuts the picture. Only in legal scenes.
        transform: Own space to the parent's.
        effects: DrawingML's own effects. Only in legal scenes.
        label: Names and links.
        source: Element it came from.
    """

    data: bytes
    format: ImageFormat
    rect: Rect
    crop: Crop = Crop()
    opacity: float = 1.0
    pixelated: bool = False
    clip: Path | None = None
    transform: Affine = IDENTITY
    effects: tuple[Effect, ...] = ()
    label: Label = NO_LABEL
    source: Source = NOWHERE


class Text(msgspec.Struct, frozen=True):
    """A text element, laid out.

    Attributes:
        chunks: In document order. In legal scenes the lines of one text box, from its top down.
        bounds: Box of all glyph cells, in the text's own space.
        transform: Own space to the parent's.
        effects: DrawingML's own effects. Only in legal scenes.
        label: Names and links.
        source: Element it came from.
    """

    chunks: tuple[TextChunk, ...]
    bounds: Rect
    transform: Affine = IDENTITY
    effects: tuple[Effect, ...] = ()
    label: Label = NO_LABEL
    source: Source = NOWHERE


class Group(msgspec.Struct, frozen=True):
    """Nodes painted in order, with common effects.

    Attributes:
        children: Bottom first.
        transform: Own space to the parent's.
        opacity: 0…1, of the group as a whole.
        clip: Cuts the group.
        mask: Fades the group.
        filters: Applied in order.
        blend_mode: mix-blend-mode; `normal` for none.
        isolated: isolation: isolate.
        label: Names and links.
        source: Element it came from.
    """

    children: tuple[Node, ...]
    transform: Affine = IDENTITY
    opacity: float = 1.0
    clip: ClipPath | None = None
    mask: Mask | None = None
    filters: tuple[Filter, ...] = ()
    blend_mode: str = "normal"
    isolated: bool = False
    label: Label = NO_LABEL
    source: Source = NOWHERE

    @property
    def is_layer(self) -> bool:
        """Whether it is painted by itself before it is laid over what is below."""
        return bool(
            self.isolated
            or self.opacity < 1.0
            or self.clip
            or self.mask
            or self.filters
            or self.blend_mode != "normal"
        )


Node = Group | Shape | Image | Text


class Scene(msgspec.Struct, frozen=True):
    """A whole drawing.

    Attributes:
        size: The root viewport, in px (1/96 inch).
        root: Content; its transform is that of the root viewBox.
        metadata: What the document says about itself, title and desc included.
    """

    size: Size
    root: Group
    metadata: Metadata = NO_METADATA
