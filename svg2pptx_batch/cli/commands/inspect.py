"""`inspect`: how each element of a drawing will end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from svg2pptx_batch.cli import drawing, params
from svg2pptx_batch.cli.console import Console, Format, leave
from svg2pptx_batch.errors import ExitCode, InputError, SvgError
from svg2pptx_batch.escaping import escape

if TYPE_CHECKING:
    from svg2pptx_batch.batch.report import Inspection

EXIT_CODES = """Exit status:

0 the drawing can be converted; 1 --fail-on objects to it;

2 wrong usage or settings; 3 it is no usable SVG."""

_HEADINGS = ("LINE", "ELEMENT", "ENDS", "TIMES", "WHY", "CODE")
_COLOURS = {"approximated": "cyan", "outlined": "blue", "rasterised": "yellow", "dropped": "red"}


def inspect(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE.svg",
            help="An SVG file, or - for one on standard input.",
            show_default=False,
        ),
    ],
    slide_size: drawing.SlideSizeOption = None,
    fit: drawing.FitOption = None,
    margin: drawing.MarginOption = None,
    template: drawing.TemplateOption = None,
    layout: drawing.LayoutOption = None,
    theme_colors: drawing.ThemeColorsOption = None,
    titles: drawing.TitlesOption = None,
    text: drawing.TextOption = None,
    text_in_shapes: drawing.TextInShapesOption = None,
    fallback_dpi: drawing.FallbackDpiOption = None,
    font_dir: drawing.FontDirOption = None,
    system_fonts: drawing.SystemFontsOption = None,
    languages: drawing.LanguagesOption = None,
    resource_root: drawing.ResourceRootOption = None,
    target: drawing.TargetOption = None,
    fail_on: params.FailOnOption = None,
    strict: params.StrictOption = False,
    exit_zero: params.ExitZeroOption = False,
    format: params.TextOrJsonOption = params.TextOrJson.TEXT,
    verbose: Annotated[
        bool,
        typer.Option(
            "-v",
            "--verbose",
            help="Tell what is not about an element's end, too: what is not seen, what is wrong.",
            rich_help_panel=params.TALKING,
        ),
    ] = False,
    config: params.ConfigOption = None,
    isolated: params.IsolatedOption = False,
) -> None:
    """Tell how the elements of a drawing end: native, approximated, outlined, rasterised, dropped.

    Each that does not end native is listed with its line, the reason and its code. Nothing is
    written.
    """
    console = Console(Format(format), verbose=verbose)
    flags: dict[str, object] = {
        "slide-size": slide_size,
        "fit": fit,
        "margin": margin,
        "template": template,
        "layout": layout,
        "theme-colors": theme_colors,
        "titles": titles,
        "text": text,
        "text-in-shapes": text_in_shapes,
        "target": target,
        "fallback-dpi": fallback_dpi,
        "font-dir": font_dir or None,
        "system-fonts": system_fonts,
        "languages": languages,
        "resource-root": resource_root,
    }

    def work() -> int:
        from svg2pptx_batch import api
        from svg2pptx_batch.config import load

        flags["fail-on"] = params.fail_on_of(fail_on, strict=strict)
        settings = load(flags, config_file=config, isolated=isolated)
        source = sys.stdin.buffer.read() if file == "-" else file
        try:
            found = api.inspect(source, options=settings.convert, fail_on=settings.job.fail_on)
        except SvgError as error:
            # One file is all there is: that it is unusable concerns the whole command.
            raise _unusable(file, error) from error
        if console.format is Format.JSON:
            console.result_json(found)
        else:
            _tell(console, found)
        return ExitCode.SOME_FAILED if found.objected and not exit_zero else ExitCode.OK

    leave(console, work)


def _unusable(file: str, error: SvgError) -> InputError:
    message = error.message
    if file not in message:
        message = f"{file}:{error.line}: {message}" if error.line else f"{file}: {message}"
    unusable = InputError(message, line=error.line, remedy=error.remedy)
    unusable.code = error.code
    return unusable


def _tell(console: Console, found: Inspection) -> None:
    """Write the counts, and a table of what does not end native."""
    from svg2pptx_batch.cli.summary import fidelity_line

    ends = fidelity_line(found.fidelity) or "nothing is drawn"
    console.result(f"{found.name}: {found.elements:,} drawn elements: {ends}")
    rows = [
        (
            f"{item.line}" if item.line else "",
            item.element,
            str(item.fidelity or "-"),
            f"{item.elements:,}",
            item.message,
            item.code,
        )
        for item in found.diagnostics
        if item.fidelity is not None or console.verbose
    ]
    if rows and sys.stdout.isatty():
        _draw_table(rows)
    elif rows:
        console.result_table([_HEADINGS, *rows])
    if found.objected:
        console.error(f"--fail-on {found.fail_on} objects to {found.name}.")


def _draw_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Draw the table on a terminal, as wide as that is."""
    from rich.console import Console as RichConsole
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in _HEADINGS:
        table.add_column(
            heading.capitalize(),
            justify="right" if heading in {"LINE", "TIMES"} else "left",
            no_wrap=heading in {"LINE", "TIMES", "ENDS"},
        )
    for row in rows:
        styles = ("", "", _COLOURS.get(row[2], ""), "", "", "dim")
        cells = zip(row, styles, strict=True)
        table.add_row(*(Text(escape(cell), style) for cell, style in cells))
    RichConsole().print(table)
