"""Slide sizes: what people write, and what a drawing asks for, as EMU within the allowed range."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import EMU_PER_INCH, EMU_PER_PX, SlideSize

MIN_SIDE_EMU = 914400
MAX_SIDE_EMU = 51206400
_COMFORTABLE_EMU = 6858000

DEFAULT_SIZE = SlideSize(12192000, 6858000)
"""16:9."""

AUTO_SIZE = "auto"
LARGEST = "largest"
OWN_SIZE = "svg"

_NAMED = {
    AUTO_SIZE: DEFAULT_SIZE,
    "16:9": DEFAULT_SIZE,
    "4:3": SlideSize(9144000, 6858000),
    "a4": SlideSize(10692000, 7560000),
    "letter": SlideSize(10058400, 7772400),
}
_OF_THE_DRAWING = frozenset({OWN_SIZE, "first", LARGEST})
_EMU_PER_UNIT = {
    "px": EMU_PER_PX,
    "in": EMU_PER_INCH,
    "mm": 36000,
    "cm": 360000,
    "pt": 12700,
}
_WIDTH_BY_HEIGHT = re.compile(
    r"(\d+(?:\.\d+)?|\.\d+)\s*[x×]\s*(\d+(?:\.\d+)?|\.\d+)\s*(px|in|mm|cm|pt)", re.IGNORECASE
)


def parse_slide_size(text: str) -> SlideSize | None:
    """Read a slide size.

    Args:
        text: `auto`, `16:9`, `4:3`, `a4` and `letter` (the whole sheet, landscape), `WxHunit` with
            one unit of px, in, mm, cm or pt for both numbers, or `svg`, `first` and `largest`.

    Returns:
        The size, or None for `svg`, `first` and `largest`, which the drawings decide.

    Raises:
        UsageError: The text is none of these, or a side lies outside 1…56 inches.
    """
    name = text.strip().lower()
    if name in _OF_THE_DRAWING:
        return None
    named = _NAMED.get(name)
    if named is not None:
        return named
    match = _WIDTH_BY_HEIGHT.fullmatch(name)
    if match is None:
        raise UsageError(
            f"Slide size {text!r} is not understood.",
            remedy="Use 16:9, 4:3, a4, letter, svg, first, largest, or a size such as 1280x720px, "
            "10x7.5in.",
        )
    emu = _EMU_PER_UNIT[match[3]]
    size = SlideSize(round(float(match[1]) * emu), round(float(match[2]) * emu))
    if not all(MIN_SIDE_EMU <= side <= MAX_SIDE_EMU for side in size):
        raise UsageError(
            f"Slide size {text!r} is out of range.",
            remedy="Choose each side between 1 and 56 inches (96 and 5376 px, 25.4 and 1422.4 mm).",
        )
    return size


def size_for_drawing(width_px: float, height_px: float) -> SlideSize:
    """Return the slide size a drawing asks for.

    A drawing within the range gives its own size. Others are scaled uniformly until both sides
    are allowed. One that is too small must grow anyway, so it grows to a slide one can work on,
    7.5 inches at its longer side: at one inch, programs that keep positions in hundredths of a
    millimetre round an icon visibly. If a drawing is longer than 56:1 no scale brings both sides
    into the range; then the long side is brought there and the short side padded.

    Args:
        width_px: Width of the drawing, px (1/96 inch), finite and > 0.
        height_px: Its height, likewise.

    Raises:
        ValueError: A side is not a positive finite number.

    Source: ECMA-376, ST_SlideSizeCoordinate.
    """
    if not (0 < width_px < math.inf and 0 < height_px < math.inf):
        raise ValueError(f"a drawing of {width_px} by {height_px} px has no slide size")
    width, height = width_px * EMU_PER_PX, height_px * EMU_PER_PX
    long, short = max(width, height), min(width, height)
    scale = min(1.0, MAX_SIDE_EMU / long)
    if short * scale < MIN_SIDE_EMU:
        wanted = max(MIN_SIDE_EMU / short, _COMFORTABLE_EMU / long)
        fits_both = long / short <= MAX_SIDE_EMU / MIN_SIDE_EMU
        scale = min(wanted, MAX_SIDE_EMU / long) if fits_both else max(scale, MIN_SIDE_EMU / long)
    return SlideSize(_clamped(width * scale), _clamped(height * scale))


def largest(sizes: Iterable[SlideSize]) -> SlideSize | None:
    """Return the smallest size that holds all others, None where there are none."""
    found = list(sizes)
    if not found:
        return None
    return SlideSize(max(width for width, _ in found), max(height for _, height in found))


def _clamped(side_emu: float) -> int:
    return min(max(round(side_emu), MIN_SIDE_EMU), MAX_SIDE_EMU)
