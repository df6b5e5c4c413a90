"""What slides are made on: size and layout, settled from options before any file is read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.deck.grid import CUTTING_MARGIN_PX, SheetLayout, lay_out, parse_grid
from svg2pptx_batch.deck.size import AUTO_SIZE, parse_slide_size
from svg2pptx_batch.deck.template import Template, blank_template, own_frame, with_notes_master
from svg2pptx_batch.drawingml.emu import Box
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.frame import Frame
from svg2pptx_batch.options import (
    EMU_PER_PX,
    ConvertOptions,
    JobOptions,
    OutputMode,
    SlideSize,
    Titles,
)

_RIM = 1 / 30
"""Kept free around a contact sheet, part of the shorter side of its area."""


class Stage(NamedTuple):
    """What slides are made on.

    Attributes:
        size: Of the slides; None where the drawings decide.
        frame: What the layout leaves to a drawing, with the theme's colours only if they count.
        sheet: How drawings stand on contact sheets, where those are made.
        heading: Type of the title placeholder that a sheet fills; empty for none.
    """

    size: SlideSize | None
    frame: Frame
    sheet: SheetLayout | None = None
    heading: str = ""


def stage_of(options: ConvertOptions, job_options: JobOptions | None = None) -> Stage:
    """Settle what slides are made on.

    Args:
        options: What they are to be like.
        job_options: Of the job; None for a single deck.

    Raises:
        UsageError: Options contradict each other, the template cannot be used, or the slide size
            is not understood.
    """
    job_options = job_options or JobOptions()
    if job_options.append_to:
        _check_append(options, job_options)
    size, frame = _of_layout(options, job_options)
    if options.theme_colors < 0:
        frame = replace(frame, colors=())
    if not job_options.grid:
        return Stage(size, frame)
    return _of_sheets(size, frame, options, job_options)


def template_of(options: ConvertOptions, job_options: JobOptions, slide: SlideSize) -> Template:
    """Return the template that decks are made of.

    Args:
        options: What slides are to be like.
        job_options: Where a deck is named that slides are appended to, its template has to be
            closed if no deck is written with it.
        slide: Size of the slides, where the template has none of its own.

    Raises:
        UsageError: It cannot be used.
    """
    titles = _titles(options, job_options)
    deck = job_options.append_to or options.template
    if deck:
        from svg2pptx_batch.deck.loading import load_template

        append = bool(job_options.append_to)
        template = load_template(Path(deck), options.layout, titles=titles, append=append)
    else:
        template = blank_template(slide, titled=titles in (Titles.NAME, Titles.TITLE))
    return with_notes_master(template) if options.notes else template


def _titles(options: ConvertOptions, job_options: JobOptions) -> Titles:
    """Return what slides are titled with; on contact sheets it is the drawings that have titles."""
    if job_options.grid and options.titles is not Titles.NONE:
        return Titles.AUTO
    return options.titles


def _of_layout(options: ConvertOptions, job_options: JobOptions) -> tuple[SlideSize | None, Frame]:
    """Return size and frame that a user's deck gives, or our own template if there is none."""
    titles = _titles(options, job_options)
    deck = job_options.append_to or options.template
    if deck:
        from svg2pptx_batch.deck.loading import load_template

        if options.slide_size != AUTO_SIZE:
            raise UsageError(
                f"Slides cannot be {options.slide_size}: their size is that of {deck}.",
                remedy="Leave --slide-size out.",
            )
        template = load_template(Path(deck), options.layout, titles=titles)
        return template.size, template.frame
    if options.layout:
        raise UsageError(
            f"Layout {options.layout!r} is no layout of ours.",
            remedy="Name the deck it is in with --template.",
        )
    frame = own_frame(titled=titles in (Titles.NAME, Titles.TITLE))
    return parse_slide_size(options.slide_size), frame


def _of_sheets(
    size: SlideSize | None, frame: Frame, options: ConvertOptions, job_options: JobOptions
) -> Stage:
    """Return the stage of contact sheets: drawings are converted for the size of their cell.

    Raises:
        UsageError: The grid is not understood, or goes against other options.
    """
    grid = parse_grid(job_options.grid)
    if job_options.mode is not OutputMode.MERGED:
        raise UsageError(
            "Contact sheets are slides of one deck.", remedy="Leave --grid or --mode out."
        )
    if size is None:
        raise UsageError(
            f"Contact sheets cannot be as large as a drawing ({options.slide_size}).",
            remedy="Give --slide-size a size, or leave it out.",
        )
    left, top, right, bottom = frame.area
    across, down = size.width_emu, size.height_emu
    rim = round(min((right - left) * across, (bottom - top) * down) * _RIM)
    area = Box(
        round(left * across) + rim,
        round(top * down) + rim,
        round(right * across) - rim,
        round(bottom * down) - rim,
    )
    sheet = lay_out(area, grid, captions=options.titles is not Titles.NONE)
    width, height = (CUTTING_MARGIN_PX * EMU_PER_PX / side for side in sheet.drawing)
    cell = Frame((width, height, 1.0 - width, 1.0 - height), colors=frame.colors)
    return Stage(size, cell, sheet, frame.title)


def _check_append(options: ConvertOptions, job_options: JobOptions) -> None:
    """Refuse what cannot be appended.

    Raises:
        UsageError: Options contradict each other.
    """
    if job_options.mode is not OutputMode.MERGED:
        why = "only a merged deck can be appended to another"
    elif options.template:
        why = "a deck that slides are appended to is its own template"
    elif job_options.grid:
        why = "contact sheets have no drawing of their own to be replaced by"
    else:
        return
    raise UsageError(
        f"{job_options.append_to} cannot be appended to: {why}.",
        remedy="Leave --append-to out, or what goes against it.",
    )
