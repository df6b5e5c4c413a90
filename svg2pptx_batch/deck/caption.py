"""Captions of a contact sheet: names cut to what a line or two hold, and their text boxes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from svg2pptx_batch.deck.grid import CaptionBox
from svg2pptx_batch.drawingml.xml import escape
from svg2pptx_batch.fonts.estimate import estimate_width
from svg2pptx_batch.fonts.shaping import joins
from svg2pptx_batch.graphics.color import BLACK, WHITE, Color, to_linear

_EMU_PER_PT: Final = 12700
_ELLIPSIS: Final = "…"
_FILLED: Final = 0.9
"""How much of a line is counted on: the table of widths is good to a tenth."""
_WORD: Final = re.compile(r"[^ -]*[ -]+|[^ -]+")
_MIDDLE_LIGHT: Final = 0.18
"""Linear light on which black and white are read equally well."""


@lru_cache(maxsize=1024)
def _width(character: str) -> float:
    return 1.0 if character == _ELLIPSIS else estimate_width(character)


def fit_caption(text: str, box: CaptionBox) -> str:
    """Return a caption that stays in its box, its middle replaced by `…` where it is too long.

    File names differ at their ends as often as at their beginnings, so both are kept. Widths are
    estimated, not measured: the theme's font is known to the program that opens the deck only.
    Each character counts with its advance in the usual sans serif, a line with nine tenths of its
    width, and lines break as programs break them: after spaces and hyphens, anywhere in a word
    that is longer than a line.

    Args:
        text: Any; white space is collapsed.
        box: Where it stands.
    """
    text = " ".join(text.split())
    width = _FILLED * box.width_emu / (box.size_pt * _EMU_PER_PT)
    if _count_lines(text, width) <= box.lines:
        return text
    fits, too_many = 0, len(text)
    while too_many - fits > 1:
        kept = (fits + too_many) // 2
        if _count_lines(_cut(text, kept), width) <= box.lines:
            fits = kept
        else:
            too_many = kept
    return _cut(text, fits)


def _cut(text: str, kept: int) -> str:
    """Return the text without its middle; a letter never loses the accents joined to it."""
    head, tail = kept - kept // 2, len(text) - kept // 2
    while head and joins(text[head]):
        head -= 1
    while tail < len(text) and joins(text[tail]):
        tail += 1
    return f"{text[:head].rstrip()}{_ELLIPSIS}{text[tail:].lstrip()}"


def _count_lines(text: str, width: float) -> int:
    """Return how many lines a text takes, `width` in em."""
    lines, used = 1, 0.0
    for word in _WORD.findall(text):
        needed = _total(word.rstrip())
        if used and used + needed > width:
            lines, used = lines + 1, 0.0
        if needed <= width:
            used += _total(word)
            continue
        for character in word:
            advance = _width(character)
            if used and used + advance > width:
                lines, used = lines + 1, 0.0
            used += advance
    return lines


def _total(text: Iterable[str]) -> float:
    return sum(map(_width, text))


def caption_color(background: Color | None) -> str:
    """Return the fill of captions: the theme's text colour, which goes with the theme's background.

    A background that is set is none of the theme's; black or white is read on it, whichever stands
    out more.
    """
    if background is None:
        return '<a:solidFill><a:schemeClr val="tx1"/></a:solidFill>'
    red, green, blue = map(to_linear, background[:3])
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    color = BLACK if light > _MIDDLE_LIGHT else WHITE
    return f'<a:solidFill><a:srgbClr val="{color.hex}"/></a:solidFill>'


def caption_xml(text: str, name: str, box: CaptionBox, place: tuple[int, int], fill: str) -> str:
    """Return a caption's text box; its shape id is 0, to be numbered with the drawing's.

    Args:
        text: What it says, not empty.
        name: Name of the drawing's group.
        box: Where captions stand.
        place: Left and top of the drawing's box on the sheet, EMU.
        fill: What `caption_color` gave.
    """
    left, top = place[0], place[1] + box.top_emu
    size = f'sz="{round(box.size_pt * 100)}"'
    fonts = '<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/>'
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="0" name="{escape(name)} caption"/><p:cNvSpPr txBox="1"/>'
        f'<p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{left}" y="{top}"/>'
        f'<a:ext cx="{box.width_emu}" cy="{box.height_emu}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>'
        '<p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" '
        'anchor="t"><a:noAutofit/></a:bodyPr><a:lstStyle/><a:p><a:pPr algn="ctr"/>'
        f"<a:r><a:rPr {size}>{fill}{fonts}</a:rPr><a:t>{escape(text)}</a:t></a:r>"
        f"<a:endParaRPr {size}>{fill}{fonts}</a:endParaRPr></a:p></p:txBody></p:sp>"
    )
