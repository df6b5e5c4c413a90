"""One SVG, bytes to slide: the compiler's driver."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import msgspec

from svg2pptx_batch.diagnostics import Diagnostic, Diagnostics, Fidelity
from svg2pptx_batch.drawingml import Slide, write_slide
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.graphics.color import BLACK, Color
from svg2pptx_batch.lower import lower
from svg2pptx_batch.options import ConvertOptions, SlideSize

if TYPE_CHECKING:
    from svg2pptx_batch.fonts import FontCatalog
    from svg2pptx_batch.svg import ParseLimits
    from svg2pptx_batch.svg.resources import ResourceLoader


class Conversion(msgspec.Struct, frozen=True):
    """What converting one SVG gave.

    Attributes:
        slide: The slide.
        diagnostics: What became of elements that are not simply native, and other remarks.
        fidelity: How many drawn elements ended how: fidelity name to count.
    """

    slide: Slide
    diagnostics: tuple[Diagnostic, ...] = ()
    fidelity: dict[str, int] = {}


_YOUNG = 1_000_000
"""Objects made between two looks for cycles while a drawing is converted."""


class _CollectingSeldom:
    """The interpreter's looks for cycles, seldom while anybody is inside.

    A conversion makes objects by the hundred thousand, and hardly one dies before it ends: to walk
    them all again and again took a seventh of the time. May be entered from several threads.
    """

    __slots__ = ("_guard", "_inside", "_usual")

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._inside = 0
        self._usual = (0, 0, 0)

    def __enter__(self) -> None:
        with self._guard:
            if self._inside == 0:
                self._usual = gc.get_threshold()
                if self._usual[0]:
                    gc.set_threshold(max(_YOUNG, self._usual[0]), *self._usual[1:])
            self._inside += 1

    def __exit__(self, *exc_info: object) -> None:
        with self._guard:
            self._inside -= 1
            if self._inside == 0:
                gc.set_threshold(*self._usual)


_collecting_seldom = _CollectingSeldom()


def convert_svg(
    data: bytes,
    *,
    options: ConvertOptions,
    slide: SlideSize,
    fonts: FontCatalog,
    loader: ResourceLoader,
    name: str = "",
    limits: ParseLimits | None = None,
) -> Conversion:
    """Convert one SVG.

    Args:
        data: SVG or svgz source.
        options: What changes the slide.
        slide: Size of the slide.
        fonts: Where glyphs and metrics come from.
        loader: What may be read beside the source.
        name: For messages; the slide's title where the drawing has none.
        limits: Bounds on the source; the usual ones when None.

    Raises:
        SvgError: The source cannot be converted.
        UsageError: The background is no colour.
    """
    with _collecting_seldom:
        return _convert(data, options, slide, fonts, loader, name, limits)


def _convert(
    data: bytes,
    options: ConvertOptions,
    slide: SlideSize,
    fonts: FontCatalog,
    loader: ResourceLoader,
    name: str,
    limits: ParseLimits | None,
) -> Conversion:
    """Run the stages, one after the other."""
    from svg2pptx_batch.resolve import resolve
    from svg2pptx_batch.svg import ParseLimits, parse

    background = background_color(options.background)
    diagnostics = Diagnostics()
    document = parse(data, name=name, loader=loader, limits=limits or ParseLimits())
    scene = resolve(
        document,
        fonts=fonts,
        loader=loader,
        diagnostics=diagnostics,
        languages=options.languages,
    )
    document.release()
    del document  # each stage of a large drawing takes more room than its slide
    lost = sum(item.elements for item in diagnostics.items if item.fidelity is Fidelity.DROPPED)
    legal = lower(scene, slide=slide, options=options, fonts=fonts, diagnostics=diagnostics)
    del scene
    written = write_slide(legal, background=background, title=legal.title or name)
    fidelity = dict(legal.fidelity)
    if lost:
        fidelity[Fidelity.DROPPED.value] = fidelity.get(Fidelity.DROPPED.value, 0) + lost
    return Conversion(written, diagnostics.items, fidelity)


def background_color(text: str) -> Color | None:
    """Return the colour of the slide's background; None for the theme's.

    Raises:
        UsageError: The text is no CSS colour.
    """
    if not text:
        return None
    from svg2pptx_batch.svg.values.color import parse_color

    color = parse_color(text, BLACK)
    if color is None:
        raise UsageError(
            f"{text!r} is no colour", remedy="Name one as CSS does: white, #fafafa, rgb(0 0 0)."
        )
    return color
