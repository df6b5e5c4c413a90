"""Text, laid out: what was written, in which font, and where each glyph sits.

A text box needs the words and their paint; an outline or a picture needs the glyphs. Layout gives
both, so that nothing is measured twice.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.paint import Fill, Stroke

if TYPE_CHECKING:
    from svg2pptx_batch.scene.nodes import Node


class TextAnchor(StrEnum):
    """Which part of a chunk stands at its anchor point."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


class Direction(StrEnum):
    """Base direction of a chunk."""

    LTR = "ltr"
    RTL = "rtl"


class WritingMode(StrEnum):
    """Which way lines run."""

    HORIZONTAL = "horizontal-tb"
    VERTICAL = "vertical-rl"


class FontStyle(StrEnum):
    """Slant."""

    NORMAL = "normal"
    ITALIC = "italic"
    OBLIQUE = "oblique"


class Font(msgspec.Struct, frozen=True):
    """The font the author asked for.

    Attributes:
        families: Names in the author's order, unquoted; generic names in lower case.
        size: User units, > 0.
        weight: 1…1000.
        style: Slant.
        stretch: Percent, 50…200.
        variations: OpenType axes set by hand.
        features: OpenType features set by hand.
        small_caps: font-variant small-caps.
        kerning: Whether font-kerning allows it.
    """

    families: tuple[str, ...]
    size: float
    weight: int = 400
    style: FontStyle = FontStyle.NORMAL
    stretch: float = 100.0
    variations: tuple[tuple[str, float], ...] = ()
    features: tuple[tuple[str, int], ...] = ()
    small_caps: bool = False
    kerning: bool = True


class Typeface(NamedTuple):
    """How a program is asked for a face.

    Attributes:
        name: Family name; empty for unknown.
        bold: Whether it has to be asked for bold.
    """

    name: str
    bold: bool = False


NO_TYPEFACE = Typeface("")


class FaceId(NamedTuple):
    """A font face on disk.

    Attributes:
        path: Font file.
        number: Face within a collection.
    """

    path: str
    number: int = 0


class Glyph(msgspec.Struct, frozen=True):
    """A glyph where it is painted.

    Attributes:
        gid: Glyph number in its face.
        x: Origin on the baseline, own space of the text.
        y: Origin on the baseline.
        rotation_deg: Clockwise about the origin.
        cluster: Index of its first character in the span's text.
        advance: User units.
        scale_x: Horizontal stretch of lengthAdjust.
        drawing: What a coloured font paints for it, in em, y down, from its origin; None for a
            plain outline.
    """

    gid: int
    x: float
    y: float
    rotation_deg: float
    cluster: int
    advance: float
    scale_x: float = 1.0
    drawing: Node | None = None


class GlyphRun(msgspec.Struct, frozen=True):
    """Glyphs of one face, in visual order."""

    face: FaceId
    size: float
    glyphs: tuple[Glyph, ...]
    variations: tuple[tuple[str, float], ...] = ()


class Decoration(msgspec.Struct, frozen=True):
    """One line of text-decoration, painted as the element that set it.

    Attributes:
        fill: None for none.
        stroke: None for none.
        rects: The line where it is straight; own space of the text.
        paths: The line where characters are turned, one piece a character.
        stroke_first: paint-order.
    """

    fill: Fill | None
    stroke: Stroke | None
    rects: tuple[Rect, ...]
    paths: tuple[Path, ...] = ()
    stroke_first: bool = False


class Decorations(msgspec.Struct, frozen=True):
    """Lines of text-decoration that cross a span; None where absent."""

    underline: Decoration | None = None
    overline: Decoration | None = None
    line_through: Decoration | None = None


NO_DECORATIONS = Decorations()


class TextSpan(msgspec.Struct, frozen=True):
    """Characters of one style.

    Attributes:
        text: After white-space processing.
        font: As asked for.
        face: The face that measures it; None where no font at all was found.
        runs: The glyphs; several where fallback faces help out.
        fill: None for none.
        stroke: None for none.
        stroke_first: paint-order.
        letter_spacing: User units.
        word_spacing: User units.
        kern_after: Kerning between its last character and the next span's, user units.
        width: Advance of the whole span, spacing included.
        decorations: Lines.
        visible: Whether visibility lets it be painted; hidden spans keep their room.
        link: Address of an `a` inside the text.
        lang: BCP 47 tag, or empty.
        typeface: What a deck should ask for: the author's first concrete family, or one every
            Office has where only generic families were named.
        installed: What programs on this machine have to ask for to get `face`.
    """

    text: str
    font: Font
    face: FaceId | None
    runs: tuple[GlyphRun, ...]
    fill: Fill | None
    stroke: Stroke | None = None
    stroke_first: bool = False
    letter_spacing: float = 0.0
    word_spacing: float = 0.0
    kern_after: float = 0.0
    width: float = 0.0
    decorations: Decorations = NO_DECORATIONS
    visible: bool = True
    link: str = ""
    lang: str = ""
    typeface: Typeface = NO_TYPEFACE
    installed: Typeface = NO_TYPEFACE


class TextChunk(msgspec.Struct, frozen=True):
    """A line of text that hangs on one anchor point.

    Attributes:
        x: Anchor point, own space of the text.
        y: Its baseline.
        anchor: Which part stands there.
        direction: Base direction.
        writing_mode: Which way it runs.
        spans: In logical order.
        width: Advance of the whole chunk.
        plain: Whether the glyphs stand where a text box would put them: one straight line, none
            turned against it, no shift beyond 0.08 em.
        bounds: Box of the glyph cells.
        box: The text box, own space of the text: what a program sets the line in so that its
            baseline falls on `y`. Only in legal scenes.
        rotation_deg: Direction of the line, clockwise about the anchor point.
    """

    x: float
    y: float
    anchor: TextAnchor
    direction: Direction
    writing_mode: WritingMode
    spans: tuple[TextSpan, ...]
    width: float
    plain: bool
    bounds: Rect
    box: Rect | None = None
    rotation_deg: float = 0.0
