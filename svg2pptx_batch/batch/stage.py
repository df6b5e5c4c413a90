"""What slides are made on: size and layout, settled from options before any file is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.deck.grid import CUTTING_MARGIN_PX, Grid, SheetLayout, lay_out, parse_grid
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
_LEAST_CELL_PX = 1.0
"""Drawings on contact sheets are no smaller."""
_ALWAYS = (Titles.NAME, Titles.TITLE)
"""With these every slide has a title."""


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


def check_stage(options: ConvertOptions, job_options: JobOptions, output: str = "") -> None:
    """Refuse what goes against each other, without reading any file.

    Args:
        options: What slides are to be like.
        job_options: Of the job.
        output: Absolute path of the result, where it is known.

    Raises:
        UsageError: Options contradict each other, or one is not understood.
    """
    size = parse_slide_size(options.slide_size)
    if job_options.append_to:
        _check_append(options, job_options, output)
    deck = job_options.append_to or options.template
    if deck and options.slide_size.strip().lower() != AUTO_SIZE:
        raise UsageError(
            f"Slides cannot be {options.slide_size}: their size is that of {deck}.",
            remedy="Leave --slide-size out, or make it auto.",
        )
    if options.layout and not deck:
        raise UsageError(
            f"Layout {options.layout!r} is no layout of ours.",
            remedy="Name the deck it is in with --template.",
        )
    if job_options.grid:
        _check_grid(options, job_options, size)


def stage_of(
    options: ConvertOptions,
    job_options: JobOptions | None = None,
    template: Template | None = None,
) -> Stage:
    """Settle what slides are made on.

    Args:
        options: What they are to be like.
        job_options: Of the job; None for a single deck.
        template: What `template_of` gave for them, where that is at hand.

    Raises:
        UsageError: Options contradict each other, the template cannot be used, or the slide size
            is not understood.
    """
    job_options = job_options or JobOptions()
    check_stage(options, job_options)
    titles = _titles(options, job_options)
    deck = job_options.append_to or options.template
    size: SlideSize | None
    if deck:
        from svg2pptx_batch.deck.base import check_appendable
        from svg2pptx_batch.deck.loading import load_template
        from svg2pptx_batch.deck.package_reader import PackageReader

        if template is None and job_options.append_to:
            with PackageReader(Path(deck)) as reader:
                check_appendable(reader)
        template = template or load_template(Path(deck), options.layout, titles=titles)
        size, frame = template.size, template.frame
    else:
        size, frame = parse_slide_size(options.slide_size), own_frame(titled=titles in _ALWAYS)
    if options.theme_colors < 0:
        frame = replace(frame, colors=())
    if not job_options.grid or size is None:
        return Stage(size, frame)
    return _of_sheets(size, frame, parse_grid(job_options.grid), options.titles)


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
        template = blank_template(slide, titled=titles in _ALWAYS)
    return with_notes_master(template) if options.notes else template


def _titles(options: ConvertOptions, job_options: JobOptions) -> Titles:
    """Return what slides are titled with; on contact sheets it is the drawings that have titles."""
    if job_options.grid and options.titles is not Titles.NONE:
        return Titles.AUTO
    return options.titles


def _of_sheets(size: SlideSize, frame: Frame, grid: Grid, titles: Titles) -> Stage:
    """Return the stage of contact sheets: drawings are converted for the size of their cell.

    Raises:
        UsageError: Drawings would have no room.
    """
    left, top, right, bottom = frame.area
    across, down = size.width_emu, size.height_emu
    rim = round(min((right - left) * across, (bottom - top) * down) * _RIM)
    area = Box(
        round(left * across) + rim,
        round(top * down) + rim,
        round(right * across) - rim,
        round(bottom * down) - rim,
    )
    sheet = lay_out(area, grid, captions=titles is not Titles.NONE)
    if min(sheet.drawing) < _LEAST_CELL_PX * EMU_PER_PX:
        raise UsageError(
            f"{grid.rows}x{grid.columns} drawings have no room on a slide.",
            remedy="Choose a --grid of fewer rows and columns, a larger slide, or a --layout that "
            "leaves more room.",
        )
    width, height = (CUTTING_MARGIN_PX * EMU_PER_PX / side for side in sheet.drawing)
    cell = Frame((width, height, 1.0 - width, 1.0 - height), colors=frame.colors)
    return Stage(size, cell, sheet, frame.title)


def _check_grid(options: ConvertOptions, job_options: JobOptions, size: SlideSize | None) -> None:
    """Refuse contact sheets that cannot be.

    Raises:
        UsageError: The grid is not understood, or goes against other options.
    """
    parse_grid(job_options.grid)
    if job_options.mode is not OutputMode.MERGED:
        raise UsageError(
            "Contact sheets are slides of one deck.", remedy="Leave --grid or --mode out."
        )
    if size is None:
        raise UsageError(
            f"Contact sheets cannot be as large as a drawing ({options.slide_size}).",
            remedy="Give --slide-size a size, or leave it out.",
        )


def _check_append(options: ConvertOptions, job_options: JobOptions, output: str) -> None:
    """Refuse what cannot be appended.

    Raises:
        UsageError: Options contradict each other.
    """
    deck = job_options.append_to
    remedy = "Leave --append-to out, or what goes against it."
    if job_options.mode is not OutputMode.MERGED:
        why = "only a merged deck can be appended to another"
    elif options.template:
        why = "a deck that slides are appended to is its own template"
    elif job_options.grid:
        why = "contact sheets have no drawing of their own to be replaced by"
    elif (
        output and not job_options.overwrite and os.path.realpath(deck) == os.path.realpath(output)
    ):
        why = "no output may be replaced"
        remedy = "Name another deck with -o, or allow it with --overwrite."
    else:
        return
    raise UsageError(f"{deck} cannot be appended to: {why}.", remedy=remedy)
