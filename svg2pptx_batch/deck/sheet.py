"""Contact sheets: finished slides of single drawings, composed to one slide without parsing.

Each drawing was converted for a slide of the size of its box. Its shapes are taken out of that
slide as they stand and put into a group that moves them to their place: a pure shift, so that
lines, letters and tiles keep their sizes. Nothing within is rewritten but the numbers a slide may
have once only, those of shapes and of relationships. Bytes are searched for them safely: all text
and all attribute values are escaped (`drawingml/xml.py`), so that neither `<` nor `"` can stand in
what an author wrote.

The box of a group is that of its shapes, not that of its cell: PowerPoint makes it so as soon as
somebody edits the group, and a designer who clicks on an icon, aligns or scales it means what is
seen of it. The caption stands beside the group, next above it in the order of shapes and named
after it: one click takes the icon alone, and the selection pane shows what belongs together.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence
from typing import Final

import msgspec

from svg2pptx_batch.deck.caption import caption_color, caption_xml, fit_caption
from svg2pptx_batch.deck.grid import SheetLayout
from svg2pptx_batch.deck.packed import PackedMedia, PackedSlide
from svg2pptx_batch.deck.zip_stream import DEFLATED, Payload, deflate
from svg2pptx_batch.drawingml.emu import Box
from svg2pptx_batch.drawingml.slide import Relationship
from svg2pptx_batch.drawingml.slide_writer import Heading, write_slide
from svg2pptx_batch.drawingml.xml import escape
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Size
from svg2pptx_batch.scene.nodes import Group, Scene

_ROOT_END: Final = b"</p:grpSpPr>"
_TREE_END: Final = b"</p:spTree>"
_SHAPE_ID: Final = b'<p:cNvPr id="'
_FRAME: Final = re.compile(
    rb'<a:xfrm(?: rot="(\d+)")?[^>]*><a:off x="(-?\d+)" y="(-?\d+)"/><a:ext cx="(\d+)" cy="(\d+)"/>'
)
_REFERENCE: Final = re.compile(rb' (r:(?:embed|link|id)=")([^"]+)"')
_DEG: Final = 60_000


class SheetEntry(msgspec.Struct, frozen=True):
    """A drawing on a sheet.

    Attributes:
        name: Of its group.
        slide: The drawing, converted for a slide of the size `SheetLayout.drawing`.
        caption: What stands under it; empty for nothing.
    """

    name: str
    slide: PackedSlide
    caption: str = ""


def compose(
    entries: Sequence[SheetEntry],
    layout: SheetLayout,
    *,
    background: Color | None = None,
    heading: Heading | None = None,
) -> PackedSlide:
    """Put drawings on one slide.

    Args:
        entries: In the order of the layout's places, no more than there are; a drawing without
            shapes leaves its box empty.
        layout: Where they stand. Captions are left out where it has no room for them.
        background: Of the sheet, as for `write_slide`; those of the drawings are left behind.
        heading: Fills the title placeholder of the sheet's layout; None for a sheet without.

    Raises:
        ValueError: There are more drawings than places, or a drawing's slide is not one that
            `write_slide` makes.
    """
    if len(entries) > len(layout.places):
        raise ValueError(f"{len(entries)} drawings do not fit on {len(layout.places)} places")
    empty = Scene(Size(0, 0), Group(()))
    frame = write_slide(empty, background=background, heading=heading)
    head, end, tail = frame.xml.partition(_TREE_END)
    sheet = _Sheet(head)
    fill = caption_color(background)
    for entry, place in zip(entries, layout.places, strict=False):
        sheet.add_drawing(entry, place)
        if layout.caption is None:
            continue
        text = fit_caption(entry.caption, layout.caption)
        if text:
            sheet.add(caption_xml(text, entry.name, layout.caption, place, fill).encode())
    sheet.pieces += (end, tail)
    return PackedSlide(
        deflate(b"".join(sheet.pieces)),
        tuple(Relationship(new, *key) for key, new in sheet.relationships.items()),
        tuple(sheet.media.values()),
    )


class _Sheet:
    """A slide in the making; `rId1` is the layout's.

    Args:
        head: What the slide begins with; its shapes are numbered from 1 on.
    """

    __slots__ = ("_last_id", "media", "pieces", "relationships")

    def __init__(self, head: bytes) -> None:
        self.pieces = [head]
        self.relationships: dict[tuple[str, str], str] = {}
        self.media: dict[str, PackedMedia] = {}
        self._last_id = head.count(_SHAPE_ID)

    def add(self, shapes: bytes) -> None:
        """Append shapes under new ids."""
        first, *rest = shapes.split(_SHAPE_ID)
        self.pieces.append(first)
        for number, piece in enumerate(rest, self._last_id + 1):
            self.pieces.append(b"%b%d%b" % (_SHAPE_ID, number, piece[piece.index(b'"') :]))
        self._last_id += len(rest)

    def add_drawing(self, entry: SheetEntry, place: tuple[int, int]) -> None:
        """Append a drawing's shapes in a group at its place."""
        shapes = _shapes(entry.slide.xml)
        if not shapes:
            return
        if entry.slide.relationships:
            shapes = self._relate(shapes, entry.slide)
        title = entry.slide.metadata.title
        box = _union(shapes)
        left, top = box.left + place[0], box.top + place[1]
        described = f' descr="{escape(title)}"' if title else ""
        opened = (
            f'<p:grpSp><p:nvGrpSpPr><p:cNvPr id="0" name="{escape(entry.name)}"{described}/>'
            f'<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="{left}" '
            f'y="{top}"/><a:ext cx="{box.width}" cy="{box.height}"/><a:chOff x="{box.left}" '
            f'y="{box.top}"/><a:chExt cx="{box.width}" cy="{box.height}"/></a:xfrm></p:grpSpPr>'
        )
        self.add(b"%b%b</p:grpSp>" % (opened.encode(), shapes))

    def _relate(self, shapes: bytes, slide: PackedSlide) -> bytes:
        """Return shapes that refer to the sheet's relationships, and take over what they need."""
        names: dict[bytes, bytes] = {}
        for old, kind, target in map(msgspec.structs.astuple, slide.relationships):
            new = self.relationships.setdefault((kind, target), f"rId{len(self.relationships) + 2}")
            names[old.encode()] = new.encode()
        for each in slide.media:
            self.media.setdefault(each.name, each)

        def renamed(match: re.Match[bytes]) -> bytes:
            name = names.get(match[2])
            if name is None:
                raise ValueError(f"slide refers to {match[2].decode()}, which it does not list")
            return b' %b%b"' % (match[1], name)

        return _REFERENCE.sub(renamed, shapes)


def _shapes(packed: Payload) -> bytes:
    """Return what stands in a slide's shape tree behind the tree's own properties."""
    xml = packed.data
    if packed.method == DEFLATED:
        xml = zlib.decompress(xml, -zlib.MAX_WBITS, packed.size)
    start, end = xml.find(_ROOT_END), xml.rfind(_TREE_END)
    if start < 0 or end < 0:
        raise ValueError("slide has no shape tree of the form that write_slide makes")
    return xml[start + len(_ROOT_END) : end]


def _union(shapes: bytes) -> Box:
    """Return the box around all shapes.

    Groups within a drawing neither move nor scale, and their boxes are true, so that the shapes at
    every depth may be taken together.
    """
    boxes = []
    at = shapes.find(b"<a:xfrm")
    while at >= 0:
        frame = _FRAME.match(shapes, at)
        if frame is None:
            raise ValueError("slide has a shape whose place is not of the form write_slide makes")
        x, y, width, height = map(int, frame.groups()[1:])
        if frame[1] is not None:
            x, y, width, height = _around_turned(x, y, width, height, int(frame[1]) / _DEG)
        boxes.append((x, y, x + width, y + height))
        at = shapes.find(b"<a:xfrm", frame.end())
    if not boxes:
        raise ValueError("slide has shapes without a place")
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def _around_turned(
    x: int, y: int, width: int, height: int, turn_deg: float
) -> tuple[int, int, int, int]:
    """Return the upright box around one that is turned about its middle."""
    cos, sin = abs(math.cos(math.radians(turn_deg))), abs(math.sin(math.radians(turn_deg)))
    wide, high = round(width * cos + height * sin), round(width * sin + height * cos)
    return x + (width - wide) // 2, y + (height - high) // 2, wide, high
