"""Effects a group can carry: clip paths, masks, filters; and those DrawingML has for leaves."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect

if TYPE_CHECKING:
    from svg2pptx_batch.scene.nodes import Node


class ClipPath(msgspec.Struct, frozen=True):
    """The union of its children's outlines; an empty one hides everything.

    Attributes:
        children: Shapes (their fill's rule is the clip-rule) and texts; groups carry nested clips.
        transform: Clip space to the space of the group that carries it: the clipPath's own
            transform, and the bounding box where units were objectBoundingBox.
        clip: A clip path that cuts this one, in the space of the carrying group.
    """

    children: tuple[Node, ...]
    transform: Affine = IDENTITY
    clip: ClipPath | None = None


class MaskKind(StrEnum):
    """Which value of the mask's picture counts."""

    LUMINANCE = "luminance"
    ALPHA = "alpha"


class Mask(msgspec.Struct, frozen=True):
    """A picture whose luminance or alpha multiplies the group's alpha.

    Attributes:
        children: The mask's content.
        region: What lies outside is hidden; space of the carrying group.
        transform: Content space to the space of the carrying group.
        kind: Luminance or alpha.
        mask: A mask on this mask.
    """

    children: tuple[Node, ...]
    region: Rect
    transform: Affine = IDENTITY
    kind: MaskKind = MaskKind.LUMINANCE
    mask: Mask | None = None


class FilterPrimitive(msgspec.Struct, frozen=True):
    """A filter primitive, or a child of one, as SVG has it.

    Attributes:
        tag: `feGaussianBlur`, `feFuncR`, `feMergeNode` …
        attributes: Names and values with lengths in user units and colours resolved.
        children: Light sources, transfer functions, merge nodes.
        content: What `feImage` shows, where it refers to an element.
    """

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[FilterPrimitive, ...] = ()
    content: tuple[Node, ...] = ()


class Filter(msgspec.Struct, frozen=True):
    """A filter in the space of the carrying group.

    Attributes:
        primitives: In order; empty hides the group.
        region: Filter region.
    """

    primitives: tuple[FilterPrimitive, ...]
    region: Rect


class OuterShadow(msgspec.Struct, frozen=True):
    """A shadow below a shape, a picture, or the letters of a text. Only in legal scenes.

    Attributes:
        dx: Shift, slide px.
        dy: Shift.
        radius: Width of the blur as DrawingML counts it, slide px, ≥ 0.
        color: Its alpha is the shadow's where the leaf is opaque.
    """

    dx: float
    dy: float
    radius: float
    color: Color


Effect = OuterShadow
"""What a leaf of a legal scene can carry; one of each kind."""
