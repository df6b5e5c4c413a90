"""Words of a paragraph: white space, what cannot be parted, and which words share a line.

A paragraph of `boxes.py` enters; characters and units with widths leave, and units a line.

Source: CSS Text 3, 4 and 5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from svg2pptx_batch.resolve.html.boxes import Block, Paragraph, Run
from svg2pptx_batch.resolve.html.breaking import break_allowed
from svg2pptx_batch.resolve.text.characters import Frame

if TYPE_CHECKING:
    from svg2pptx_batch.resolve.html.fragments import Fragment

BOX = "\ufffc"
"""Stands for a block among the characters of a paragraph."""
_SPACES = re.compile("[\t\n\r\f]")
_COLLAPSING = frozenset({"normal", "nowrap", "pre-line"})
_UNBROKEN = frozenset({"nowrap", "pre"})
_BREAKING_LINES = frozenset({"pre", "pre-wrap", "break-spaces", "pre-line"})
_FITS = 0.02
"""px by which a line may exceed its width: sums of rounded advances do."""


@dataclass(slots=True)
class Unit:
    """What cannot be parted: a cluster of characters, a block, a forced break.

    Attributes:
        start: Index of its first character.
        end: Index after its last.
        width: Advance.
        inset: The block, laid out.
        narrow: Width at the least, where a block can be narrower.
    """

    start: int
    end: int
    width: float
    inset: Fragment | None = None
    narrow: float | None = None


@dataclass(slots=True)
class Measured:
    """A paragraph whose words have widths."""

    text: str
    owners: list[Frame]
    units: list[Unit]


def collapsed(paragraph: Paragraph) -> tuple[str, list[Frame], dict[int, Block]]:
    """Return a paragraph's characters after white-space processing, and its blocks by index."""
    text: list[str] = []
    owners: list[Frame] = []
    blocks: dict[int, Block] = {}
    after_space = True
    for item in paragraph.items:
        if isinstance(item, Run):
            mode = item.frame.style["white-space"]
            written = item.text
            if mode in _BREAKING_LINES:
                written = written.replace("\r\n", "\n").replace("\t", " " * 8)
            else:
                written = _SPACES.sub(" ", written)
            for character in written:
                if character == "\n":
                    after_space = True
                elif character == " " and mode in _COLLAPSING:
                    if after_space:
                        continue
                    after_space = True
                elif character in "\u00ad\r\f":
                    continue
                else:
                    after_space = False
                text.append(character)
                owners.append(item.frame)
            continue
        if isinstance(item, Block):
            blocks[len(text)] = item
            after_space = False
            text.append(BOX)
            owners.append(paragraph.frame)
        else:
            after_space = True
            text.append("\n")
            owners.append(item.frame)
    return "".join(text), owners, blocks


def forced(measured: Measured) -> list[list[Unit]]:
    """Return the units between forced breaks; a break at the very end makes no line after it."""
    stretches: list[list[Unit]] = [[]]
    broken = False
    for unit in measured.units:
        broken = measured.text[unit.start] == "\n"
        if broken:
            stretches.append([])
        else:
            stretches[-1].append(unit)
    if broken or not _trimmed(measured, stretches[-1]):
        stretches.pop()
    return stretches


def broken_at(measured: Measured, units: list[Unit], width: float) -> list[list[Unit]]:
    """Break units into lines, each as full as can be."""
    lines: list[list[Unit]] = []
    start = 0
    chance = 0
    used = 0.0
    at = 0
    while at < len(units):
        unit = units[at]
        if at > start and may_break(measured, unit.start):
            chance = at
        hangs = _hangs(measured, unit)
        if used + unit.width > width + _FITS and not hangs and at > start:
            if chance <= start and _may_tear(measured, unit):
                chance = at
            if chance > start:
                lines.append(_trimmed(measured, units[start:chance]))
                start = at = chance
                used = 0.0
                while at < len(units) and _collapses(measured, units[at]):
                    at += 1
                start = chance = at
                continue
        used += unit.width
        at += 1
    lines.append(_trimmed(measured, units[start:]))
    return lines


def _trimmed(measured: Measured, units: list[Unit]) -> list[Unit]:
    """Return a line's units without the white space that vanishes at its ends."""
    end, start = len(units), 0
    while end and _vanishes(measured, units[end - 1]):
        end -= 1
    while start < end and _collapses(measured, units[start]):
        start += 1
    return units[start:end]


def ink_width(measured: Measured, units: list[Unit]) -> float:
    """Return the width of units on one line, without the white space at its ends."""
    return sum(unit.width for unit in _trimmed(measured, units))


def least_width(measured: Measured, units: list[Unit]) -> float:
    """Return the same where every block is as narrow as it can be."""
    return sum(
        unit.width if unit.narrow is None else unit.narrow for unit in _trimmed(measured, units)
    )


def _mode(measured: Measured, at: int) -> str:
    return measured.owners[at].style["white-space"]


def _collapses(measured: Measured, unit: Unit) -> bool:
    return measured.text[unit.start] == " " and _mode(measured, unit.start) in _COLLAPSING


def _vanishes(measured: Measured, unit: Unit) -> bool:
    """Tell whether a unit takes no room at the end of a line."""
    if measured.text[unit.start] not in " \u200b":
        return False
    return _mode(measured, unit.start) in _COLLAPSING or _hangs(measured, unit)


def _hangs(measured: Measured, unit: Unit) -> bool:
    return measured.text[unit.start] == " " and _mode(measured, unit.start) != "break-spaces"


def may_break(measured: Measured, at: int, *, anywhere: bool = False) -> bool:
    """Tell whether a line may end before a character.

    Args:
        measured: The paragraph.
        at: Index of the character.
        anywhere: Whether `overflow-wrap: anywhere` counts, as it does for the narrowest width.
    """
    if at == 0:
        return False
    before, after = (measured.owners[each].style for each in (at - 1, at))
    if before["white-space"] in _UNBROKEN and (
        after["white-space"] in _UNBROKEN or measured.text[at - 1] == " "
    ):
        return False
    if break_allowed(measured.text, at):
        return True
    if before["word-break"] == "break-all" and after["word-break"] == "break-all":
        return measured.text[at] not in " \n"
    return anywhere and (
        before["overflow-wrap"] == "anywhere" or before["word-break"] == "break-word"
    )


def _may_tear(measured: Measured, unit: Unit) -> bool:
    """Tell whether a word too long for a line may be broken before a unit."""
    style = measured.owners[unit.start].style
    if style["white-space"] in _UNBROKEN:
        return False
    return style["overflow-wrap"] != "normal" or style["word-break"] == "break-word"
