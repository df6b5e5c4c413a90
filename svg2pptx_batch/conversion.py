"""One SVG, bytes to slide: the compiler's driver."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Diagnostic, Diagnostics, Fidelity
from svg2pptx_batch.drawingml import Heading, Slide, write_slide
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.escaping import escape
from svg2pptx_batch.frame import Frame
from svg2pptx_batch.graphics.color import BLACK, Color
from svg2pptx_batch.lower import lower
from svg2pptx_batch.options import ConvertOptions, SlideSize, Titles

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

_MOST_REMARKS = 20
"""Remarks that notes repeat."""


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
    frame: Frame = Frame(),  # noqa: B008  frozen
) -> Conversion:
    """Convert one SVG.

    Args:
        data: SVG or svgz source.
        options: What changes the slide.
        slide: Size of the slide.
        fonts: Where glyphs and metrics come from.
        loader: What may be read beside the source.
        name: For messages; names the slide, and titles it where the drawing has no title.
        limits: Bounds on the source; the usual ones when None.
        frame: What the slide's layout leaves to the drawing.

    Raises:
        SvgError: The source cannot be converted.
        UsageError: The background is no colour.
    """
    with _collecting_seldom:
        return _convert(data, options, slide, fonts, loader, name, limits, frame)


def _convert(
    data: bytes,
    options: ConvertOptions,
    slide: SlideSize,
    fonts: FontCatalog,
    loader: ResourceLoader,
    name: str,
    limits: ParseLimits | None,
    frame: Frame,
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
    legal = lower(
        scene,
        slide=slide,
        options=options,
        fonts=fonts,
        diagnostics=diagnostics,
        area=frame.area,
    )
    del scene
    shown = escape(name)
    written = write_slide(
        legal,
        background=background,
        name=shown,
        heading=_heading(options.titles, frame, shown, legal.metadata.title),
    )
    if options.theme_colors >= 0:
        from svg2pptx_batch.drawingml.theme import themed

        xml, changed = themed(written.xml, frame.colors, options.theme_colors)
        written = replace(written, xml=xml)
        if changed:
            diagnostics.report(
                "theme-color-taken",
                f"{changed} of its colours became near ones of the theme"
                if changed > 1
                else "one of its colours became a near one of the theme",
            )
    if options.notes:
        notes = _notes(legal.metadata.description, shown, diagnostics.items)
        written = replace(written, notes=notes)
    fidelity = dict(legal.fidelity)
    if lost:
        fidelity[Fidelity.DROPPED.value] = fidelity.get(Fidelity.DROPPED.value, 0) + lost
    return Conversion(written, diagnostics.items, fidelity)


def _heading(titles: Titles, frame: Frame, name: str, title: str) -> Heading | None:
    """Return the slide's title, None for a slide without."""
    if not frame.title or titles is Titles.NONE:
        return None
    stem = stem_of(name)
    return Heading(frame.title, stem if titles is Titles.NAME else title or stem)


def stem_of(name: str) -> str:
    """Return a drawing's name without folders and extension."""
    file = name.rpartition("/")[2]
    return file.rpartition(".")[0] or file


def _notes(description: str, name: str, remarks: Iterable[Diagnostic]) -> str:
    """Return notes for the speaker: description, source, and what did not stay native."""
    paragraphs = [line for line in (description.strip(), f"Source: {name}" if name else "") if line]
    ends = [remark for remark in remarks if remark.fidelity not in (None, Fidelity.NATIVE)]
    for remark in ends[:_MOST_REMARKS]:
        count = f", {remark.elements} elements" if remark.elements > 1 else ""
        where = f" ({remark.element}, line {remark.line}{count})" if remark.element else ""
        paragraphs.append(f"{str(remark.fidelity).capitalize()}: {remark.message}{where}")
    if len(ends) > _MOST_REMARKS:
        paragraphs.append(f"{len(ends) - _MOST_REMARKS} more remarks are in the report.")
    return "\n".join(paragraphs)


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
