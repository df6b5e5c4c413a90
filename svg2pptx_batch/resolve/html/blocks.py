"""Where boxes go: how wide and high each is, and block flow. Flex boxes and tables are next door.

Boxes enter, `Fragment`s leave.

Source: CSS 2.2, 8.3.1 and 10.
"""

from __future__ import annotations

import math
from functools import partial

from svg2pptx_batch.graphics.rect import Size
from svg2pptx_batch.resolve.context import Context
from svg2pptx_batch.resolve.html.boxes import Block, Paragraph
from svg2pptx_batch.resolve.html.flex import lay_out_flex
from svg2pptx_batch.resolve.html.fragments import NO_EDGES, Edges, Fragment, Placed, Room
from svg2pptx_batch.resolve.html.lines import LineSetter
from svg2pptx_batch.resolve.html.replaced import sides_of
from svg2pptx_batch.resolve.html.sizes import (
    TABLES,
    fixed_length,
    insets_of,
    length_of,
    margins_of,
)
from svg2pptx_batch.resolve.html.tables import lay_out_table, table_extremes

_SHRUNK = frozenset({"inline-block", "inline-flex", "inline-table", "table", "table-cell"})
_FLEX = frozenset({"flex", "inline-flex", "-webkit-box"})


class BlockLayout:
    """Lays out the blocks of one label."""

    def __init__(self, context: Context) -> None:
        self.lines = LineSetter(context)
        self._extremes: dict[Block | Paragraph, tuple[float, float]] = {}

    def label(self, root: Block, size: Size) -> Fragment:
        """Lay out a label in its foreignObject."""
        return self.block(root, Room(size.width, size.height), width=size.width)

    # --- one block -------------------------------------------------------------------------------

    def block(
        self,
        block: Block,
        room: Room,
        *,
        width: float | None = None,
        shrink: bool = False,
    ) -> Fragment:
        """As `Layouter` has it."""
        insets, margins = insets_of(block, room), margins_of(block, room)
        across = insets.left + insets.right
        if block.picture is not None:
            return self._picture(block, room, insets, margins)
        if width is None:
            width = self._width(block, room, across, margins, shrink=shrink)
        inner = max(0.0, width - across)
        along = insets.top + insets.bottom
        height = length_of(block, "height", room.height, along)
        content_height = None if height is None else max(0.0, height - along)
        fragment = Fragment(block, width, 0.0, margins)
        inside = Room(inner, content_height)
        if block.anonymous and room.height is not None and height is None:
            inside = Room(inner, room.height)
        if block.display in _FLEX:
            used = lay_out_flex(self, block, fragment, inside)
        elif block.display in TABLES:
            used = lay_out_table(self, block, fragment, inside, content_height or 0.0)
        else:
            used = self._flow(block, fragment, inside, insets)
        fragment.children = [
            placed._replace(x=placed.x + insets.left, y=placed.y + insets.top)
            for placed in fragment.children
        ]
        if height is None:
            height = used + along
        elif block.display in TABLES or block.display == "table-cell":
            height = max(height, used + along)
        high = length_of(block, "max-height", room.height, along)
        low = length_of(block, "min-height", room.height, along)
        height = max(min(height, math.inf if high is None else high), low or 0.0)
        if block.display == "table-cell":
            fragment.height = used + along
            fragment.stretch(height)
        else:
            fragment.height = height
        return fragment

    def _picture(self, block: Block, room: Room, insets: Edges, margins: Edges) -> Fragment:
        """Return the fragment of a picture: it keeps its proportions but where both sides are said.

        Backgrounds and borders around pictures are nothing labels use: their room is added to the
        margins.
        """
        assert block.picture is not None, "called for pictures only"
        area = block.picture.area
        width, height = sides_of(
            area,
            length_of(block, "width", room.width, 0.0),
            length_of(block, "height", room.height, 0.0),
        )
        high = length_of(block, "max-width", room.width, 0.0)
        if high is not None and 0.0 < high < width:
            width, height = high, height * high / width
        high = length_of(block, "max-height", room.height, 0.0)
        if high is not None and 0.0 < high < height:
            width, height = width * high / height, high
        around = Edges(*(sum(pair) for pair in zip(insets, margins, strict=True)))
        return Fragment(block, width, height, around)

    def _inset(self, block: Block, width: float) -> Fragment:
        """Lay out a block that stands in a line of a given width."""
        return self.block(block, Room(width), shrink=True)

    def _width(
        self, block: Block, room: Room, across: float, margins: Edges, *, shrink: bool
    ) -> float:
        width = length_of(block, "width", room.width, across)
        if width is None:
            free = max(0.0, room.width - margins.left - margins.right)
            width = free
            if shrink or block.display in _SHRUNK:
                narrow, wide = self.inner_extremes(block)
                width = min(max(narrow + across, free), wide + across)
        high = length_of(block, "max-width", room.width, across)
        low = length_of(block, "min-width", room.width, across)
        width = max(min(width, math.inf if high is None else high), low or 0.0)
        if block.display in TABLES or block.display == "table-cell":
            width = max(width, self.inner_extremes(block)[0] + across)
        return width

    # --- block flow ------------------------------------------------------------------------------

    def _flow(self, block: Block, fragment: Fragment, room: Room, insets: Edges) -> float:
        """Stack children; returns the height they take.

        Margins of neighbours collapse, and those of a first and last child with their parent's.
        """
        children = fragment.children
        collapses = block.display in ("block", "list-item") and not block.anonymous
        floor = 0.0
        pending = 0.0
        at_top = collapses and insets.top == 0.0
        marker = block.marker
        for child in block.children:
            if isinstance(child, Paragraph):
                lines = self.lines.set(
                    child, room.width, partial(self._inset, width=room.width), marker
                )
                if not lines:
                    continue
                marker = ""
                floor += 0.0 if at_top else pending
                if at_top:
                    fragment.margins = fragment.margins._replace(
                        top=_joined(fragment.margins.top, pending)
                    )
                pending, at_top = 0.0, False
                for line in lines:
                    children.append(Placed(0.0, floor, line))
                    floor += line.height
                continue
            if marker and not child.marker:
                child.marker, marker = marker, ""
            laid = self.block(child, room)
            gap = _joined(pending, laid.margins.top)
            if at_top:
                fragment.margins = fragment.margins._replace(top=_joined(fragment.margins.top, gap))
                gap = 0.0
            if not laid.height and not laid.children:
                pending = 0.0 if at_top else _joined(gap, laid.margins.bottom)
                continue
            floor += gap
            at_top = False
            children.append(Placed(self._indent(child, laid, room), floor, laid))
            floor += laid.height
            pending = laid.margins.bottom
        fixed = block.style["height"] not in ("auto", "") and not block.anonymous
        if collapses and insets.bottom == 0.0 and not fixed:
            fragment.margins = fragment.margins._replace(
                bottom=_joined(fragment.margins.bottom, pending)
            )
        else:
            floor += pending
        return floor

    def _indent(self, child: Block, laid: Fragment, room: Room) -> float:
        """Return where a block begins: `auto` margins take what is left."""
        if child.anonymous:
            return 0.0
        slack = max(0.0, room.width - laid.width)
        left, right = (child.style[f"margin-{side}"] == "auto" for side in ("left", "right"))
        if left and right:
            return slack / 2
        return slack - laid.margins.right if left else laid.margins.left

    # --- widths of content -----------------------------------------------------------------------

    def inner_extremes(self, block: Block) -> tuple[float, float]:
        """As `Layouter` has it."""
        known = self._extremes.get(block)
        if known is not None:
            return known
        narrow = wide = 0.0
        if block.picture is not None:
            narrow = wide = self._picture(block, Room(math.inf), NO_EDGES, NO_EDGES).width
        elif block.display in TABLES:
            narrow, wide = table_extremes(self, block)
        else:
            in_row = block.display in _FLEX and block.style["flex-direction"].startswith("row")
            for child in block.children:
                if isinstance(child, Paragraph):
                    least, most = self.lines.extremes(child, self.block_extremes)
                else:
                    least, most = self.block_extremes(child)
                if in_row:
                    narrow, wide = narrow + least, wide + most
                else:
                    narrow, wide = max(narrow, least), max(wide, most)
        self._extremes[block] = (narrow, wide)
        return narrow, wide

    def block_extremes(self, block: Block) -> tuple[float, float]:
        """As `Layouter` has it."""
        room = Room(0.0)
        insets, margins = insets_of(block, room), margins_of(block, room)
        across = insets.left + insets.right
        around = margins.left + margins.right
        said = fixed_length(block, "width", across)
        narrow, wide = (each + across for each in self.inner_extremes(block))
        if said is not None:
            wide = said
            narrow = max(narrow, said) if block.display == "table-cell" else said
        high, low = (
            fixed_length(block, "max-width", across),
            fixed_length(block, "min-width", across),
        )
        cap = math.inf if high is None else high
        return (
            max(min(narrow, cap), low or 0.0) + around,
            max(min(wide, cap), low or 0.0) + around,
        )


def _joined(margin: float, other: float) -> float:
    """Return what two margins that touch come to."""
    return max(margin, other, 0.0) + min(margin, other, 0.0)
