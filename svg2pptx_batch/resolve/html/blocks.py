"""Where boxes go: block flow, flex rows and columns, tables.

Boxes enter, `Fragment`s leave: sizes, and where everything in them stands. All lengths are px of
the foreignObject's user space.

Source: CSS 2.2, 8.3.1, 10 and 17.5; CSS Flexbox 1, 8 and 9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from svg2pptx_batch.graphics.rect import Size
from svg2pptx_batch.resolve.context import Context
from svg2pptx_batch.resolve.html.boxes import Block, Paragraph
from svg2pptx_batch.resolve.html.lines import LaidLine, LineSetter
from svg2pptx_batch.resolve.html.replaced import sides_of
from svg2pptx_batch.resolve.html.tables import Cell, rows_of, spacing
from svg2pptx_batch.resolve.units import Axis, to_px
from svg2pptx_batch.svg.values.length import Unit, parse_length

_SHRUNK = frozenset({"inline-block", "inline-flex", "inline-table", "table", "table-cell"})
_FLEX = frozenset({"flex", "inline-flex", "-webkit-box"})
_TABLES = frozenset({"table", "inline-table"})


class Edges(NamedTuple):
    """Four widths."""

    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    left: float = 0.0


NO_EDGES = Edges()


class Placed(NamedTuple):
    """Something inside a fragment, from the fragment's top left corner."""

    x: float
    y: float
    content: Fragment | LaidLine


@dataclass(slots=True)
class Fragment:
    """A block, laid out.

    Attributes:
        block: What it was made of.
        width: With padding, without margins.
        height: The same.
        margins: After collapsing with those of what is inside.
        children: What stands in it.
    """

    block: Block
    width: float
    height: float
    margins: Edges = NO_EDGES
    children: list[Placed] = field(default_factory=list)

    @property
    def outer_width(self) -> float:
        """Width with margins."""
        return self.margins.left + self.width + self.margins.right

    @property
    def outer_height(self) -> float:
        """Height with margins."""
        return self.margins.top + self.height + self.margins.bottom

    @property
    def vertical_align(self) -> str:
        """How it stands in a line or a row."""
        return self.block.style["vertical-align"]

    @property
    def baseline(self) -> float | None:
        """Baseline of its last line, from its top; None where there is no line."""
        for placed in reversed(self.children):
            content = placed.content
            found = content.baseline
            if found is not None:
                return placed.y + found
        return None

    def stretch(self, height: float) -> None:
        """Make a table cell higher; its content stands as `vertical-align` says."""
        slack = height - self.height
        self.height = height
        share = {"middle": 0.5, "bottom": 1.0}.get(self.vertical_align, 0.0)
        if slack and share:
            self.children = [
                placed._replace(y=placed.y + slack * share) for placed in self.children
            ]


class _Room(NamedTuple):
    """What a block may take.

    Attributes:
        width: Of the containing block.
        height: The same; None where nobody said.
    """

    width: float
    height: float | None = None


class BlockLayout:
    """Lays out the blocks of one label."""

    def __init__(self, context: Context) -> None:
        self.lines = LineSetter(context)
        self._extremes: dict[Block | Paragraph, tuple[float, float]] = {}

    def label(self, root: Block, size: Size) -> Fragment:
        """Lay out a label in its foreignObject."""
        return self._block(root, _Room(size.width, size.height), width=size.width)

    # --- one block -------------------------------------------------------------------------------

    def _block(
        self,
        block: Block,
        room: _Room,
        *,
        width: float | None = None,
        shrink: bool = False,
    ) -> Fragment:
        """Lay out a block.

        Args:
            block: The block.
            room: What it may take.
            width: Its width with padding, where that is settled.
            shrink: Whether it is no wider than its content.
        """
        padding, margins = self._padding(block, room), self._margins(block, room)
        across = padding.left + padding.right
        if block.picture is not None:
            return self._picture(block, room, padding, margins)
        if width is None:
            width = self._width(block, room, across, margins, shrink=shrink)
        inner = max(0.0, width - across)
        along = padding.top + padding.bottom
        height = self._length(block, "height", room.height, along)
        content_height = None if height is None else max(0.0, height - along)
        fragment = Fragment(block, width, 0.0, margins)
        inside = _Room(inner, content_height)
        if block.anonymous and room.height is not None and height is None:
            inside = _Room(inner, room.height)
        if block.display in _FLEX:
            used = self._flex(block, fragment, inside)
        elif block.display in _TABLES:
            used = self._table(block, fragment, inside, content_height or 0.0)
        else:
            used = self._flow(block, fragment, inside, padding)
        fragment.children = [
            placed._replace(x=placed.x + padding.left, y=placed.y + padding.top)
            for placed in fragment.children
        ]
        if height is None:
            height = used + along
        elif block.display in _TABLES or block.display == "table-cell":
            height = max(height, used + along)
        high = self._length(block, "max-height", room.height, along)
        low = self._length(block, "min-height", room.height, along)
        height = max(min(height, math.inf if high is None else high), low or 0.0)
        if block.display == "table-cell":
            fragment.height = used + along
            fragment.stretch(height)
        else:
            fragment.height = height
        return fragment

    def _picture(self, block: Block, room: _Room, padding: Edges, margins: Edges) -> Fragment:
        """Return the fragment of a picture: it keeps its proportions but where both sides are said.

        Backgrounds and padding around pictures are nothing labels use: the padding is added to the
        margins.
        """
        assert block.picture is not None, "called for pictures only"
        area = block.picture.area
        width, height = sides_of(
            area,
            self._length(block, "width", room.width, 0.0),
            self._length(block, "height", room.height, 0.0),
        )
        high = self._length(block, "max-width", room.width, 0.0)
        if high is not None and 0.0 < high < width:
            width, height = high, height * high / width
        high = self._length(block, "max-height", room.height, 0.0)
        if high is not None and 0.0 < high < height:
            width, height = width * high / height, high
        around = Edges(*(sum(pair) for pair in zip(padding, margins, strict=True)))
        return Fragment(block, width, height, around)

    def _inset(self, block: Block, width: float) -> Fragment:
        """Lay out a block that stands in a line of a given width."""
        return self._block(block, _Room(width), shrink=True)

    def _width(
        self, block: Block, room: _Room, across: float, margins: Edges, *, shrink: bool
    ) -> float:
        width = self._length(block, "width", room.width, across)
        if width is None:
            free = max(0.0, room.width - margins.left - margins.right)
            width = free
            if shrink or block.display in _SHRUNK:
                narrow, wide = self._inner_extremes(block)
                width = min(max(narrow + across, free), wide + across)
        high = self._length(block, "max-width", room.width, across)
        low = self._length(block, "min-width", room.width, across)
        width = max(min(width, math.inf if high is None else high), low or 0.0)
        if block.display in _TABLES or block.display == "table-cell":
            width = max(width, self._inner_extremes(block)[0] + across)
        return width

    # --- block flow ------------------------------------------------------------------------------

    def _flow(self, block: Block, fragment: Fragment, room: _Room, padding: Edges) -> float:
        """Stack children; returns the height they take.

        Margins of neighbours collapse, and those of a first and last child with their parent's.
        """
        children = fragment.children
        collapses = block.display in ("block", "list-item") and not block.anonymous
        floor = 0.0
        pending = 0.0
        at_top = collapses and padding.top == 0.0
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
            laid = self._block(child, room)
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
        if collapses and padding.bottom == 0.0 and not fixed:
            fragment.margins = fragment.margins._replace(
                bottom=_joined(fragment.margins.bottom, pending)
            )
        else:
            floor += pending
        return floor

    def _indent(self, child: Block, laid: Fragment, room: _Room) -> float:
        """Return where a block begins: `auto` margins take what is left."""
        if child.anonymous:
            return 0.0
        slack = max(0.0, room.width - laid.width)
        left, right = (child.style[f"margin-{side}"] == "auto" for side in ("left", "right"))
        if left and right:
            return slack / 2
        return slack - laid.margins.right if left else laid.margins.left

    # --- flex ------------------------------------------------------------------------------------

    def _flex(self, block: Block, fragment: Fragment, room: _Room) -> float:
        items = [child for child in block.children if isinstance(child, Block)]
        if not items:
            return 0.0
        direction = block.style["flex-direction"]
        if direction.endswith("reverse"):
            items.reverse()
        justify = _alignment(block.style["justify-content"], "flex-start")
        align = _alignment(block.style["align-items"], "stretch")
        if direction.startswith("column"):
            return self._column(items, fragment, room, justify, align)
        return self._row(items, fragment, room, justify, align)

    def _row(
        self, items: list[Block], fragment: Fragment, room: _Room, justify: str, align: str
    ) -> float:
        widths = self._shares(items, room.width)
        laid = [
            self._block(item, room, width=width) for item, width in zip(items, widths, strict=True)
        ]
        height = room.height
        if height is None:
            height = max(each.outer_height for each in laid)
        used = sum(each.outer_width for each in laid)
        before, between = _spread(justify, room.width - used, len(laid))
        at = before
        for each in laid:
            slack = height - each.outer_height
            down = {"center": slack / 2, "flex-end": slack}.get(align, 0.0)
            fragment.children.append(Placed(at + each.margins.left, down + each.margins.top, each))
            at += each.outer_width + between
        return height

    def _column(
        self, items: list[Block], fragment: Fragment, room: _Room, justify: str, align: str
    ) -> float:
        laid = [self._block(item, room, shrink=align != "stretch") for item in items]
        used = sum(each.outer_height for each in laid)
        height = used if room.height is None else room.height
        before, between = _spread(justify, height - used, len(laid))
        at = before
        for each in laid:
            slack = room.width - each.outer_width
            right = {"center": slack / 2, "flex-end": slack}.get(align, 0.0)
            fragment.children.append(Placed(right + each.margins.left, at + each.margins.top, each))
            at += each.outer_height + between
        return height

    def _shares(self, items: list[Block], width: float) -> list[float]:
        """Return the widths of flex items: as wide as they like, or shrunk to fit."""
        rooms = _Room(width)
        likes, narrowest, margins = [], [], 0.0
        for item in items:
            padding, edges = self._padding(item, rooms), self._margins(item, rooms)
            across = padding.left + padding.right
            margins += edges.left + edges.right
            narrow, wide = (each + across for each in self._inner_extremes(item))
            said = self._length(item, "width", width, across)
            high = self._length(item, "max-width", width, across)
            low = self._length(item, "min-width", width, across)
            cap = math.inf if high is None else high
            likes.append(max(min(wide if said is None else said, cap), low or 0.0))
            narrow = narrow if said is None else min(narrow, said)
            narrowest.append(max(min(narrow, cap), low or 0.0))
        excess = sum(likes) + margins - width
        for _ in items:
            soft = [at for at, like in enumerate(likes) if like > narrowest[at]]
            if excess <= 0.0 or not soft:
                break
            whole = sum(likes[at] for at in soft)
            for at in soft:
                likes[at] = max(narrowest[at], likes[at] * max(0.0, 1.0 - excess / whole))
            excess = sum(likes) + margins - width
        return likes

    # --- tables ----------------------------------------------------------------------------------

    def _table(self, block: Block, fragment: Fragment, room: _Room, least: float) -> float:
        gap_x, gap_y = spacing(block)
        rows, above = rows_of(block)
        floor = 0.0
        for caption in above:
            laid = self._block(caption, room)
            fragment.children.append(Placed(0.0, floor, laid))
            floor += laid.height
        if not rows:
            return floor
        count = max(cell.column + cell.span for row in rows for cell in row)
        widths = self._columns(rows, count, room.width - gap_x * (count + 1), gap_x)
        starts = [gap_x]
        for width in widths:
            starts.append(starts[-1] + width + gap_x)
        laid_rows: list[list[tuple[Cell, Fragment]]] = []
        heights: list[float] = []
        for row in rows:
            laid_row = []
            for cell in row:
                width = starts[cell.column + cell.span] - gap_x - starts[cell.column]
                laid_row.append((cell, self._block(cell.block, _Room(width), width=width)))
            laid_rows.append(laid_row)
            heights.append(max((each.height for _, each in laid_row), default=0.0))
        slack = least - floor - sum(heights) - gap_y * (len(heights) + 1)
        if slack > 0.0:
            heights = [height + slack / len(heights) for height in heights]
        floor += gap_y
        for laid_row, height in zip(laid_rows, heights, strict=True):
            for cell, laid in laid_row:
                laid.stretch(height)
                fragment.children.append(Placed(starts[cell.column], floor, laid))
            floor += height + gap_y
        return floor

    def _columns(self, rows: list[list[Cell]], count: int, width: float, gap: float) -> list[float]:
        """Share out a table's width: each column at least its longest word, at most its text."""
        narrow, wide = self._column_extremes(rows, count, gap)
        least, most = sum(narrow), sum(wide)
        if width >= most:
            extra = width - most
            whole = most or float(count)
            return [each + extra * ((each / whole) if most else 1.0 / count) for each in wide]
        if width <= least or most <= least:
            return narrow
        share = (width - least) / (most - least)
        return [low + (high - low) * share for low, high in zip(narrow, wide, strict=True)]

    def _column_extremes(
        self, rows: list[list[Cell]], count: int, gap: float
    ) -> tuple[list[float], list[float]]:
        narrow, wide = [0.0] * count, [0.0] * count
        for row in rows:
            for cell in row:
                least, most = self._block_extremes(cell.block)
                columns = range(cell.column, cell.column + cell.span)
                for held, wanted in ((narrow, least), (wide, most)):
                    lacking = wanted - sum(held[at] for at in columns) - gap * (cell.span - 1)
                    for at in columns if lacking > 0.0 else ():
                        held[at] += lacking / cell.span
        return narrow, wide

    # --- widths of content -----------------------------------------------------------------------

    def _inner_extremes(self, block: Block) -> tuple[float, float]:
        """Return a block's content at its narrowest and widest, without padding."""
        known = self._extremes.get(block)
        if known is not None:
            return known
        narrow = wide = 0.0
        if block.picture is not None:
            narrow = wide = self._picture(block, _Room(math.inf), NO_EDGES, NO_EDGES).width
        elif block.display in _TABLES:
            rows, _ = rows_of(block)
            if rows:
                count = max(cell.column + cell.span for row in rows for cell in row)
                gap = spacing(block)[0]
                gaps = gap * (count + 1)
                lows, highs = self._column_extremes(rows, count, gap)
                narrow, wide = sum(lows) + gaps, sum(highs) + gaps
        else:
            in_row = block.display in _FLEX and block.style["flex-direction"].startswith("row")
            for child in block.children:
                if isinstance(child, Paragraph):
                    least, most = self.lines.extremes(child, self._block_extremes)
                else:
                    least, most = self._block_extremes(child)
                if in_row:
                    narrow, wide = narrow + least, wide + most
                else:
                    narrow, wide = max(narrow, least), max(wide, most)
        self._extremes[block] = (narrow, wide)
        return narrow, wide

    def _block_extremes(self, block: Block) -> tuple[float, float]:
        """Return a block's narrowest and widest with padding and margins."""
        room = _Room(0.0)
        padding, margins = self._padding(block, room), self._margins(block, room)
        across = padding.left + padding.right
        around = margins.left + margins.right
        said = self._fixed(block, "width", across)
        narrow, wide = (each + across for each in self._inner_extremes(block))
        if said is not None:
            wide = said
            narrow = max(narrow, said) if block.display == "table-cell" else said
        high, low = self._fixed(block, "max-width", across), self._fixed(block, "min-width", across)
        cap = math.inf if high is None else high
        return (
            max(min(narrow, cap), low or 0.0) + around,
            max(min(wide, cap), low or 0.0) + around,
        )

    # --- lengths ---------------------------------------------------------------------------------

    def _fixed(self, block: Block, name: str, edges: float) -> float | None:
        text = "" if block.anonymous else block.style[name]
        return None if text.endswith("%") else self._length(block, name, 0.0, edges)

    def _length(self, block: Block, name: str, base: float | None, edges: float) -> float | None:
        """Return width, height and their bounds with padding, px; None where nobody said."""
        if block.anonymous:
            return None
        length = parse_length(block.style[name])
        if length is None:
            return None
        if length.unit is Unit.PERCENT:
            if base is None or math.isinf(base):
                return None
            value = length.number / 100.0 * base
        else:
            value = to_px(length, Axis.X, block.frame.state)
        border_box = block.style["box-sizing"] == "border-box"
        return max(value, edges) if border_box else value + edges

    def _padding(self, block: Block, room: _Room) -> Edges:
        return self._edges(block, "padding", room)

    def _margins(self, block: Block, room: _Room) -> Edges:
        if block.display == "table-cell":
            return NO_EDGES
        return self._edges(block, "margin", room)

    def _edges(self, block: Block, name: str, room: _Room) -> Edges:
        if block.anonymous:
            return NO_EDGES
        return Edges(
            *(
                self._edge(block, f"{name}-{side}", room)
                for side in ("top", "right", "bottom", "left")
            )
        )

    def _edge(self, block: Block, name: str, room: _Room) -> float:
        text = block.style[name]
        if text == "0":
            return 0.0
        length = parse_length(text)
        if length is None:
            return 0.0
        if length.unit is Unit.PERCENT:
            return 0.0 if math.isinf(room.width) else length.number / 100.0 * room.width
        return to_px(length, Axis.X, block.frame.state)


def _joined(margin: float, other: float) -> float:
    """Return what two margins that touch come to."""
    return max(margin, other, 0.0) + min(margin, other, 0.0)


def _alignment(text: str, usual: str) -> str:
    """Return a word of align-items or justify-content, its old and new names being one."""
    word = text.lower().removeprefix("unsafe ").removeprefix("safe ").strip()
    if word in ("normal", ""):
        return usual
    return {
        "start": "flex-start",
        "left": "flex-start",
        "end": "flex-end",
        "right": "flex-end",
    }.get(word, word)


def _spread(justify: str, slack: float, count: int) -> tuple[float, float]:
    """Return the room before the first of several items, and between them."""
    match justify:
        case "center":
            return slack / 2, 0.0
        case "flex-end":
            return slack, 0.0
        case "space-between" if slack > 0 and count > 1:
            return 0.0, slack / (count - 1)
        case "space-around" if slack > 0:
            return slack / count / 2, slack / count
        case "space-evenly" if slack > 0:
            return slack / (count + 1), slack / (count + 1)
    return 0.0, 0.0
