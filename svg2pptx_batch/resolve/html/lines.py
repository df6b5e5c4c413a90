"""Paragraphs to lines: measuring words, and how high each line is.

A paragraph of `boxes.py` and a width enter; lines leave, with where each piece of text begins and
on which baseline it stands.

Source: CSS 2.2, 10.8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from svg2pptx_batch.fonts.face import Metrics
from svg2pptx_batch.resolve.context import Context
from svg2pptx_batch.resolve.html.boxes import Block, Paragraph
from svg2pptx_batch.resolve.html.words import (
    BOX,
    Measured,
    Unit,
    broken_at,
    collapsed,
    forced,
    ink_width,
    least_width,
    may_break,
)
from svg2pptx_batch.resolve.text.characters import Characters, Frame
from svg2pptx_batch.resolve.text.layout import lay_out
from svg2pptx_batch.resolve.text.positions import Positions
from svg2pptx_batch.resolve.text.spans import SpanStyle, span_style
from svg2pptx_batch.resolve.units import Axis, parse_px

if TYPE_CHECKING:
    from svg2pptx_batch.resolve.html.fragments import Fragment


class Piece(NamedTuple):
    """Text of a line without a gap.

    Attributes:
        text: As painted.
        owners: The frame of each character.
        x: Anchor point, from the line's left end; which part of the text stands there the
            `text-anchor` of its frames says.
        y: Baseline, from the line's top.
    """

    text: str
    owners: tuple[Frame, ...]
    x: float
    y: float


class Inset(NamedTuple):
    """A block in a line, from the line's top left corner."""

    fragment: Fragment
    x: float
    y: float


@dataclass(slots=True)
class LaidLine:
    """A line.

    Attributes:
        height: From the line above to the line below.
        baseline: From its top.
        pieces: Text.
        insets: Blocks.
    """

    height: float
    baseline: float
    pieces: list[Piece] = field(default_factory=list)
    insets: list[Inset] = field(default_factory=list)


InsetLayout = Callable[[Block], "Fragment"]
InsetLimits = Callable[[Block], tuple[float, float]]


class LineSetter:
    """Breaks and measures the paragraphs of one label."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._styles: dict[Frame, SpanStyle | None] = {}

    def style_of(self, frame: Frame) -> SpanStyle | None:
        """Return how a frame's characters are set; None for a font size of zero."""
        if frame not in self._styles:
            self._styles[frame] = span_style(frame, self._context)
        return self._styles[frame]

    def width_of(self, text: str, owners: Sequence[Frame]) -> float:
        """Return the advance of a text on one line."""
        return sum(unit.width for unit in self._clusters(text, owners, 0))

    def extremes(self, paragraph: Paragraph, limits: InsetLimits) -> tuple[float, float]:
        """Return the widths of the longest word, and of all on one line.

        Args:
            paragraph: White space as written.
            limits: Tells the narrowest and the widest a block can be.
        """

        def unit(at: int, block: Block) -> Unit:
            least, most = limits(block)
            return Unit(at, at + 1, most, narrow=least)

        measured = self._measure(paragraph, unit)
        narrow = wide = 0.0
        for stretch in forced(measured):
            wide = max(wide, ink_width(measured, stretch))
            word: list[Unit] = []
            for each in stretch:
                if word and may_break(measured, each.start, anywhere=True):
                    narrow = max(narrow, least_width(measured, word))
                    word = []
                word.append(each)
            narrow = max(narrow, least_width(measured, word))
        return narrow, wide

    def set(
        self, paragraph: Paragraph, width: float, inset: InsetLayout, marker: str = ""
    ) -> list[LaidLine]:
        """Return a paragraph's lines.

        Args:
            paragraph: White space as written.
            width: What a line may take.
            inset: Lays out a block that stands in a line.
            marker: What stands before the first line, left of it.
        """

        def unit(at: int, block: Block) -> Unit:
            fragment = inset(block)
            return Unit(at, at + 1, fragment.outer_width, fragment)

        measured = self._measure(paragraph, unit)
        lines = []
        for stretch in forced(measured):
            for units in broken_at(measured, stretch, width):
                lines.append(self._line(paragraph, measured, units, width, marker))
                marker = ""
        return lines

    def _measure(self, paragraph: Paragraph, unit_of: Callable[[int, Block], Unit]) -> Measured:
        text, owners, blocks = collapsed(paragraph)
        units: list[Unit] = []
        start = 0
        for at, character in enumerate([*text, BOX]):
            if character not in (BOX, "\n"):
                continue
            if at > start:
                units.extend(self._clusters(text[start:at], owners[start:at], start))
            if at < len(text):
                block = blocks.get(at)
                units.append(Unit(at, at + 1, 0.0) if block is None else unit_of(at, block))
            start = at + 1
        return Measured(text, owners, units)

    def _clusters(self, text: str, owners: Sequence[Frame], offset: int) -> list[Unit]:
        shown = [self.style_of(owner) is not None for owner in owners]
        if not any(shown):
            return [Unit(offset, offset + len(text), 0.0)] if text else []
        count = len(text)
        styles = {owner: self.style_of(owner) for owner in set(owners)}
        characters = Characters(text, list(owners), [owners[0]])
        positions = Positions(
            [None] * count, [None] * count, [0.0] * count, [0.0] * count, [0.0] * count
        )
        units = [
            Unit(offset + cluster.start, offset + cluster.end, cluster.advance)
            for line in lay_out(characters, styles, positions, self._context)
            for cluster in line.clusters
        ]
        return sorted(units, key=lambda unit: unit.start)

    def _line(
        self,
        paragraph: Paragraph,
        measured: Measured,
        units: Sequence[Unit],
        width: float,
        marker: str,
    ) -> LaidLine:
        """Place the units of one line."""
        up, down, rises = self._height(paragraph, measured, units)
        line = LaidLine(up + down, up)
        frame = paragraph.frame
        hanging = 0.0
        if marker and self.style_of(frame) is not None:
            hanging = self.width_of(marker, [frame] * len(marker))
        total = sum(unit.width for unit in units)
        anchor = frame.style["text-anchor"]
        rtl = frame.style["direction"] == "rtl"
        to_right = anchor == "end" if not rtl else anchor == "start"
        left = 0.0
        if anchor == "middle":
            left = (width - total) / 2
        elif to_right:
            left = width - total
        if any(unit.inset for unit in units) and total > width and not to_right:
            left = max(left, 0.0)
        at = left
        stretch: list[Unit] = []
        for unit in [*units, None]:
            if unit is not None and unit.inset is None:
                stretch.append(unit)
                continue
            if stretch:
                taken = sum(each.width for each in stretch)
                prefix = marker if stretch[0] is units[0] else ""
                line.pieces.append(
                    self._piece(measured, stretch, prefix, frame, (at, taken, hanging), up)
                )
                at += taken
                stretch = []
            if unit is not None and unit.inset is not None:
                line.insets.append(
                    Inset(
                        unit.inset,
                        at + unit.inset.margins.left,
                        up - rises[id(unit)] + unit.inset.margins.top,
                    )
                )
                at += unit.width
        if marker and not line.pieces and hanging:
            owners = (frame,) * len(marker)
            line.pieces.insert(0, Piece(marker, owners, left - hanging, up))
        return line

    def _piece(
        self,
        measured: Measured,
        units: Sequence[Unit],
        marker: str,
        frame: Frame,
        place: tuple[float, float, float],
        baseline: float,
    ) -> Piece:
        left, width, hanging = place
        start, end = units[0].start, units[-1].end
        text, owners = measured.text[start:end], tuple(measured.owners[start:end])
        if marker:
            text, owners = marker + text, (frame,) * len(marker) + owners
            left, width = left - hanging, width + hanging
        shown = next((owner for owner in owners if self.style_of(owner) is not None), frame)
        anchor = shown.style["text-anchor"]
        rtl = shown.style["direction"] == "rtl"
        before = {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        if rtl:
            before = width - before
        return Piece(text, owners, left + before, baseline)

    def _height(
        self, paragraph: Paragraph, measured: Measured, units: Sequence[Unit]
    ) -> tuple[float, float, dict[int, float]]:
        """Return what a line needs above and below its baseline, and where each block's top is."""
        up, down = self._strut(paragraph.frame)
        frames: dict[Frame, None] = {}
        for unit in units:
            if unit.inset is None:
                for frame in measured.owners[unit.start : unit.end]:
                    frames[frame] = None
        for frame in list(frames):
            for each in frame.lineage():
                if each is paragraph.frame:
                    break
                frames[each] = None
        for frame in frames:
            above, below = self._strut(frame)
            span = self.style_of(frame)
            shift = span.shift if span is not None else 0.0
            up, down = max(up, above - shift), max(down, below + shift)
        rises: dict[int, float] = {}
        loose = []
        for unit in units:
            if unit.inset is None:
                continue
            height = unit.inset.outer_height
            rise = self._rise(paragraph.frame, unit.inset)
            if rise is None:
                loose.append(unit)
                continue
            rises[id(unit)] = rise
            up, down = max(up, rise), max(down, height - rise)
        for unit in loose:
            assert unit.inset is not None
            height = unit.inset.outer_height
            if unit.inset.vertical_align == "bottom":
                up = max(up, height - down)
                rises[id(unit)] = height - down
            else:
                down = max(down, height - up)
                rises[id(unit)] = up
        return up, down, rises

    def _rise(self, frame: Frame, inset: Fragment) -> float | None:
        """Return how far a block's top stands above the baseline; None for top and bottom."""
        align = inset.vertical_align
        if align in ("top", "bottom"):
            return None
        metrics, size = self._metrics(frame)
        height = inset.outer_height
        match align:
            case "middle":
                return height / 2 + metrics.x_height * size / 2
            case "text-top":
                return metrics.ascent * size
            case "text-bottom":
                return height + metrics.descent * size
        raised = parse_px(align, Axis.Y, frame.state) or 0.0
        baseline = inset.baseline
        return raised + (height if baseline is None else baseline + inset.margins.top)

    def _strut(self, frame: Frame) -> tuple[float, float]:
        """Return what a frame's font and line-height need above and below the baseline.

        Ascent and descent are whole px, as browsers have them.
        """
        metrics, size = self._metrics(frame)
        ascent, descent = _round(metrics.ascent * size), _round(-metrics.descent * size)
        height = line_height(frame, metrics, size)
        above = ascent + math.floor((height - ascent - descent) / 2)
        return above, height - above

    def _metrics(self, frame: Frame) -> tuple[Metrics, float]:
        span = self.style_of(frame)
        return (Metrics(), 0.0) if span is None else (span.metrics, span.size)


def line_height(frame: Frame, metrics: Metrics, size: float) -> float:
    """Return the used value of `line-height`, px."""
    text = frame.style["line-height"]
    if text == "normal":
        parts = (metrics.ascent * size, -metrics.descent * size, metrics.line_gap * size)
        return sum(_round(part) for part in parts)
    try:
        return max(0.0, float(text)) * frame.style.font_size
    except ValueError:
        return max(0.0, parse_px(text, Axis.Y, frame.state) or 0.0)


def _round(value: float) -> float:
    return math.floor(value + 0.5)
