"""HTML elements to boxes: blocks, the paragraphs between them, and what stands in those.

Elements enter; a tree of boxes with computed styles leaves, white space as it was written. Where
boxes go is `blocks.py`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from svg2pptx_batch.diagnostics import Fidelity, Severity, Source
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.draw import safe_link
from svg2pptx_batch.resolve.html.replaced import REPLACED, Replaced, replaced
from svg2pptx_batch.resolve.html.tags import DROPPED, defaults_of, local_name
from svg2pptx_batch.resolve.text.characters import Frame, transformed
from svg2pptx_batch.svg.cascade import Style, computed_style
from svg2pptx_batch.svg.document import Element

_MAX_DEPTH = 100
_INLINE = frozenset({"inline", "run-in"})
_ATOMIC = frozenset({"inline-block", "inline-flex", "inline-table", "inline-grid"})
_FLEX = frozenset({"flex", "inline-flex", "-webkit-box"})
_PLAIN = {
    "dominant-baseline": "auto",
    "writing-mode": "horizontal-tb",
    "text-anchor": "start",
}
"""What SVG's ancestors may say that means nothing to HTML."""
_ANCHORS = {
    "center": "middle", "-webkit-center": "middle", "end": "end", "-webkit-right": "right",
    "-webkit-left": "left", "left": "left", "right": "right",
}  # fmt: skip
_SIDES = ("margin-top", "margin-bottom", "margin-left", "margin-right")


class Run(NamedTuple):
    """Characters of one frame."""

    frame: Frame
    text: str


class Break(NamedTuple):
    """A forced line break."""

    frame: Frame


@dataclass(slots=True, eq=False)
class Paragraph:
    """Content that runs in lines.

    Attributes:
        frame: The block around it.
        items: What is in it, in order; blocks stand in the line like a large letter.
    """

    frame: Frame
    items: list[Run | Break | Block] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Block:
    """A box that holds blocks and paragraphs.

    Attributes:
        frame: Its element and style.
        display: As computed; a blockified one where its parent asks for it.
        children: In order.
        anonymous: Whether no element stands for it: it has no edges, colours or sizes.
        marker: What stands before its first line, as in a list.
        picture: What it shows instead of content.
    """

    frame: Frame
    display: str
    children: list[Block | Paragraph] = field(default_factory=list)
    anonymous: bool = False
    marker: str = ""
    picture: Replaced | None = None

    @property
    def style(self) -> Style:
        """Its computed style."""
        return self.frame.style


class LabelTree(NamedTuple):
    """All boxes of a label.

    Attributes:
        root: An anonymous block that fills the foreignObject.
        inline: Frames of the elements that make no box of their own.
    """

    root: Block
    inline: frozenset[Frame]


def build(element: Element, state: State, context: Context) -> LabelTree:
    """Return the boxes of a foreignObject's content.

    Args:
        element: The foreignObject.
        state: Where the walk stands for it.
        context: Told of what no label can hold.
    """
    style = _style(element, state.style, _PLAIN)
    root = Block(Frame(element, state.with_style(style), None), "block", anonymous=True)
    builder = _Builder(context)
    builder.fill(root, element)
    return LabelTree(root, frozenset(builder.inline))


class _Builder:
    def __init__(self, context: Context) -> None:
        self.inline: set[Frame] = set()
        self._context = context
        self._dropped: set[str] = set()

    def fill(self, block: Block, element: Element, depth: int = 0) -> None:
        """Put an element's content into its block."""
        if block.display in _FLEX:
            self._fill_flex(block, element, depth)
            return
        flow = _Flow(block)
        self._gather(element, block.frame, flow, depth)
        _number(block)

    def _gather(self, element: Element, frame: Frame, flow: _Flow, depth: int) -> None:
        for child in element.children:
            if isinstance(child, str):
                self._context.budget.write(len(child), element.line)
                flow.add(Run(frame, transformed(child, frame.style)))
                continue
            name = local_name(child)
            if name == "br":
                flow.add(Break(frame))
                continue
            if name == "wbr":
                flow.add(Run(frame, "\u200b"))
                continue
            made = self._frame(child, frame, depth)
            if made is None:
                continue
            display = made.style["display"].split()[-1]
            if name in REPLACED:
                self._add_picture(child, made, flow, display)
                continue
            if display in _INLINE or display == "contents":
                self.inline.add(made)
                self._gather(child, made, flow, depth + 1)
                continue
            block = Block(made, display)
            self.fill(block, child, depth + 1)
            if display in _ATOMIC:
                flow.add(block)
            else:
                flow.add_block(block)

    def _add_picture(self, element: Element, frame: Frame, flow: _Flow, display: str) -> None:
        picture = self._picture(element, frame)
        if picture is None:
            return
        if display in _INLINE or display in _ATOMIC:
            flow.add(Block(frame, "inline-block", picture=picture))
        else:
            flow.add_block(Block(frame, "block", picture=picture))

    def _picture(self, element: Element, frame: Frame) -> Replaced | None:
        assert frame.parent is not None, "pictures stand inside a label"
        return replaced(element, frame.parent.state, self._context)

    def _fill_flex(self, block: Block, element: Element, depth: int) -> None:
        """Every child element of a flex container is a block; text between them one, too."""
        for child in element.children:
            if isinstance(child, str):
                if child.strip():
                    self._context.budget.write(len(child), element.line)
                    run = Run(block.frame, transformed(child, block.style))
                    text = Paragraph(block.frame, [run])
                    block.children.append(Block(block.frame, "block", [text], anonymous=True))
                continue
            made = self._frame(child, block.frame, depth)
            if made is None or local_name(child) == "br":
                continue
            display = made.style["display"].split()[-1]
            item = Block(made, _blockified(display))
            if local_name(child) in REPLACED:
                item.picture = self._picture(child, made)
                if item.picture is None:
                    continue
            else:
                self.fill(item, child, depth + 1)
            block.children.append(item)

    def _frame(self, element: Element, parent: Frame, depth: int) -> Frame | None:
        """Return an element's frame, or None where nothing of it is shown."""
        name = local_name(element)
        if depth > _MAX_DEPTH or not name or name in DROPPED:
            self._drop(name or element.tag.rpartition("}")[2], element.source)
            return None
        style = _style(element, parent.style, defaults_of(element))
        if style["display"] == "none":
            return None
        link = parent.link
        if name == "a":
            link = safe_link(element.get("href")) or link
        return Frame(element, parent.state.with_style(style), parent, link)

    def _drop(self, name: str, source: Source) -> None:
        if name in self._dropped:
            return
        self._dropped.add(name)
        self._context.diagnostics.report(
            "foreign-object-part-dropped",
            f"“{name}” in an HTML label is left out",
            source,
            fidelity=Fidelity.DROPPED,
            severity=Severity.WARNING,
        )


class _Flow:
    """Puts content into a block: paragraphs between the blocks."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._open: Paragraph | None = None

    def add(self, item: Run | Break | Block) -> None:
        if self._open is None:
            self._open = Paragraph(self._block.frame)
            self._block.children.append(self._open)
        self._open.items.append(item)

    def add_block(self, block: Block) -> None:
        self._open = None
        self._block.children.append(block)


def _style(element: Element, parent: Style, defaults: Mapping[str, str]) -> Style:
    """Return an element's computed style, with defaults weaker than what it declares."""
    shown = Element(element.tag, element.attributes, element.line, element.parent)
    declared = {**defaults, **element.declared}
    height = declared.get("line-height", "")
    if height.endswith("%"):  # a share of the element's own font size is what children inherit
        declared["line-height"] = f"{float(height[:-1]) / 100:g}em"
    if declared.get("vertical-align") in ("sub", "super"):
        # Browsers: a fifth of the parent's size down, a third up, and a px.
        size = parent.font_size
        shift = size / 3 + 1 if declared["vertical-align"] == "super" else -(size / 5 + 1)
        declared["baseline-shift"] = f"{shift:g}px"
    shown.declared = declared
    style = computed_style(shown, parent)
    if "text-align" in declared or "direction" in declared:
        declared["text-anchor"] = _anchor(style)
        style = computed_style(shown, parent)
    return style


def _anchor(style: Style) -> str:
    """Return SVG's word for `text-align`."""
    rtl = style["direction"] == "rtl"
    anchor = _ANCHORS.get(style["text-align"], "start")
    if anchor in ("left", "right"):
        return "end" if (anchor == "right") != rtl else "start"
    return anchor


def _blockified(display: str) -> str:
    if display in _INLINE or display in ("inline-block", "contents"):
        return "block"
    return display.removeprefix("inline-")


def _number(block: Block) -> None:
    """Give the items of a list their markers."""
    start = block.frame.element.get("start")
    number = int(start) if re.fullmatch(r"-?\d{1,6}", start) else 1
    for child in block.children:
        if isinstance(child, Block) and child.display == "list-item":
            value = child.frame.element.get("value")
            if re.fullmatch(r"-?\d{1,6}", value):
                number = int(value)
            child.marker = marker_text(child.style["list-style-type"].lower(), number)
            number += 1


def marker_text(kind: str, number: int) -> str:
    """Return what stands before an item of a list, or nothing."""
    match kind:
        case "none":
            return ""
        case "circle":
            return "\u25e6\u00a0\u00a0"
        case "square":
            return "\u25aa\u00a0\u00a0"
        case "lower-alpha" | "lower-latin" if 1 <= number <= 26:
            return f"{chr(96 + number)}.\u00a0"
        case "upper-alpha" | "upper-latin" if 1 <= number <= 26:
            return f"{chr(64 + number)}.\u00a0"
        case "lower-roman" | "upper-roman" if 1 <= number < 4000:
            roman = _roman(number)
            return f"{roman if kind == 'upper-roman' else roman.lower()}.\u00a0"
        case "decimal" | "lower-alpha" | "upper-alpha" | "lower-roman" | "upper-roman":
            return f"{number}.\u00a0"
        case _:
            return "\u2022\u00a0\u00a0"


def _roman(number: int) -> str:
    text = ""
    for value, letters in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
        (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        text += letters * (number // value)
        number %= value
    return text
