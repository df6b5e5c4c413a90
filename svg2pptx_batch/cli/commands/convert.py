"""`convert`: drawings in, decks out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from svg2pptx_batch.batch.names import has_magic
from svg2pptx_batch.batch.outputs import mode_for
from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.commands.resume import run_job
from svg2pptx_batch.cli.console import Console, Format, ProgressMode, leave
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import FitMode, JobOptions, OutputMode, SortOrder, Target, TextMode

if TYPE_CHECKING:
    from svg2pptx_batch.config import Settings

EXAMPLES = """Examples:

svg2pptx-batch convert icons/ -o icons.pptx

svg2pptx-batch convert -r drawings/ --exclude drafts --mode folder -o decks/

svg2pptx-batch convert icons.zip -o icons.pptx --slide-size svg --text outline

git ls-files -z '*.svg' | svg2pptx-batch convert --files-from - -o all.pptx

cat logo.svg | svg2pptx-batch convert - -o logo.pptx

Run the same command again after an interruption: only what is missing is converted."""

_SUFFIX_OF = {OutputMode.MERGED: ".pptx", OutputMode.ZIP: ".zip"}
_WANTED = {
    OutputMode.MERGED: "a .pptx",
    OutputMode.ZIP: "a .zip",
    OutputMode.FOLDER: "a folder",
}


def convert(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="SVG files, folders, patterns such as 'icons/**/*.svg', ZIP archives, or - for "
            "one SVG on standard input.",
            show_default=False,
        ),
    ] = None,
    recursive: Annotated[
        bool,
        typer.Option(
            "-r", "--recursive", help="Look into sub-folders.", rich_help_panel=params.INPUTS
        ),
    ] = False,
    files_from: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|-",
            help="Read more inputs from a list, one a line or NUL between them.",
            rich_help_panel=params.INPUTS,
        ),
    ] = None,
    include: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN",
            help="Take only what matches: a file, a folder, or a path with /. Repeatable.",
            rich_help_panel=params.INPUTS,
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN",
            help="Leave out what matches. Repeatable.",
            rich_help_panel=params.INPUTS,
        ),
    ] = None,
    sort: Annotated[
        SortOrder,
        typer.Option(
            help="Order of the slides; natural puts icon2 before icon10.",
            rich_help_panel=params.INPUTS,
        ),
    ] = SortOrder.NATURAL,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="DECK.pptx for one merged deck, OUT.zip for a ZIP of decks, else a folder of "
            "decks. Default: named after the input, in the current folder.",
            show_default=False,
            rich_help_panel=params.OUTPUT,
        ),
    ] = None,
    mode: Annotated[
        OutputMode | None,
        typer.Option(
            help="What is made; told from --output where not given.",
            show_default=False,
            rich_help_panel=params.OUTPUT,
        ),
    ] = None,
    name_template: Annotated[
        str | None,
        typer.Option(
            metavar="TEMPLATE",
            help="Names of decks in a ZIP or folder, from {stem}, {parent} and {index}. "
            "Default: {stem}.",
            show_default=False,
            rich_help_panel=params.OUTPUT,
        ),
    ] = None,
    overwrite: Annotated[
        bool | None,
        typer.Option(
            "--overwrite/--no-overwrite",
            help="Whether an existing output is replaced. Default: it is.",
            show_default=False,
            rich_help_panel=params.OUTPUT,
        ),
    ] = None,
    status_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the job's status to this JSON file as well, while it runs.",
            show_default=False,
            rich_help_panel=params.OUTPUT,
        ),
    ] = None,
    slide_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="16:9, 4:3, a4, letter, svg (the drawing's own), first (the first drawing's) or "
            "such as 1280x720px, 10x7.5in. Default: 16:9.",
            show_default=False,
            rich_help_panel=params.SLIDES,
        ),
    ] = None,
    fit: Annotated[
        FitMode | None,
        typer.Option(
            help="How a drawing is placed on its slide. Default: contain.",
            show_default=False,
            rich_help_panel=params.SLIDES,
        ),
    ] = None,
    margin: Annotated[
        str | None,
        typer.Option(
            metavar="LENGTH",
            help="Kept free on every side: 20px, 0.5in, 10mm. Default: 0.",
            show_default=False,
            rich_help_panel=params.SLIDES,
        ),
    ] = None,
    background: Annotated[
        str | None,
        typer.Option(
            metavar="COLOUR",
            help="Slide background, any CSS colour. Default: the theme's.",
            show_default=False,
            rich_help_panel=params.SLIDES,
        ),
    ] = None,
    text: Annotated[
        TextMode | None,
        typer.Option(
            help="What text becomes: text boxes, or shapes that look the same everywhere. "
            "Default: editable.",
            show_default=False,
            rich_help_panel=params.CONVERSION,
        ),
    ] = None,
    text_in_shapes: Annotated[
        bool | None,
        typer.Option(
            "--text-in-shapes/--no-text-in-shapes",
            help="Whether a text in the middle of a shape becomes the shape's own, and moves with "
            "it. Default: it does not.",
            show_default=False,
            rich_help_panel=params.CONVERSION,
        ),
    ] = None,
    fallback_dpi: Annotated[
        str | None,
        typer.Option(
            metavar="24…1200",
            help="Resolution of pictures that stand for what shapes cannot show. Default: 192.",
            show_default=False,
            rich_help_panel=params.CONVERSION,
        ),
    ] = None,
    font_dir: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FOLDER",
            help="Look for fonts here before the system's. Repeatable.",
            show_default=False,
            rich_help_panel=params.CONVERSION,
        ),
    ] = None,
    system_fonts: Annotated[
        bool | None,
        typer.Option(
            "--system-fonts/--no-system-fonts",
            help="Whether the system's fonts are used beside those of --font-dir. Default: they "
            "are.",
            show_default=False,
            rich_help_panel=params.CONVERSION,
        ),
    ] = None,
    languages: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Languages that systemLanguage is held against, preferred first: de,en. "
            "Default: en.",
            show_default=False,
            rich_help_panel=params.CONVERSION,
        ),
    ] = None,
    resource_root: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Drawings may use pictures below this folder. Default: the input's own folder.",
            show_default=False,
            rich_help_panel=params.CONVERSION,
        ),
    ] = None,
    target: Annotated[
        Target | None,
        typer.Option(
            help="The program the deck is for. Default: powerpoint.",
            show_default=False,
            rich_help_panel=params.CONVERSION,
        ),
    ] = None,
    jobs: Annotated[
        str | None,
        typer.Option(
            "-j",
            "--jobs",
            metavar="N|auto",
            help="How many files are converted at once. Default: auto, a worker a processor.",
            show_default=False,
            rich_help_panel=params.RUNNING,
        ),
    ] = None,
    timeout: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION",
            help="Time limit of one file: 90s, 5m; 0 for no limit. Default: 60s.",
            show_default=False,
            rich_help_panel=params.RUNNING,
        ),
    ] = None,
    memory_per_file: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="Most memory the worker of one file may take: 2GiB, 500M; 0 for no limit. "
            "Default: 2GiB.",
            show_default=False,
            rich_help_panel=params.RUNNING,
        ),
    ] = None,
    retries: Annotated[
        str | None,
        typer.Option(
            metavar="0…2",
            help="How often a file that broke its worker is tried again. Default: 2.",
            show_default=False,
            rich_help_panel=params.RUNNING,
        ),
    ] = None,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh/--resume",
            help="Start anew, or go on with an interrupted run of the same conversion.",
            rich_help_panel=params.RUNNING,
        ),
    ] = False,
    exit_zero: params.ExitZeroOption = False,
    max_files: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Most files of one run, and entries of one archive. Default: 50000.",
            show_default=False,
            rich_help_panel=params.LIMITS,
        ),
    ] = None,
    max_file_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="Largest SVG, unpacked: 64MiB, 500k. Default: 64MiB.",
            show_default=False,
            rich_help_panel=params.LIMITS,
        ),
    ] = None,
    max_total_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="Most bytes of all SVGs together. Default: 4GiB.",
            show_default=False,
            rich_help_panel=params.LIMITS,
        ),
    ] = None,
    max_archive_ratio: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Most bytes an archive's entry may unpack to for each packed. Default: 200.",
            show_default=False,
            rich_help_panel=params.LIMITS,
        ),
    ] = None,
    format: params.FormatOption = Format.TEXT,
    progress: params.ProgressOption = ProgressMode.AUTO,
    quiet: params.QuietOption = False,
    verbose: params.VerboseOption = False,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Read settings from this TOML file, not from the project's or the user's.",
            show_default=False,
            rich_help_panel=params.SETTINGS,
        ),
    ] = None,
    isolated: Annotated[
        bool,
        typer.Option(
            "--isolated",
            help="Read no settings from files or SVG2PPTX_ variables.",
            rich_help_panel=params.SETTINGS,
        ),
    ] = False,
) -> None:
    """Convert SVG files, folders and ZIP archives to PowerPoint decks."""
    console = Console(format, quiet=quiet, verbose=verbose)
    flags: dict[str, object] = {
        "slide-size": slide_size,
        "fit": fit,
        "margin": margin,
        "background": background,
        "text": text,
        "text-in-shapes": text_in_shapes,
        "target": target,
        "fallback-dpi": fallback_dpi,
        "font-dir": font_dir or None,
        "system-fonts": system_fonts,
        "languages": languages,
        "resource-root": resource_root,
        "mode": mode,
        "jobs": jobs,
        "timeout": timeout,
        "memory-per-file": memory_per_file,
        "retries": retries,
        "overwrite": overwrite,
        "name-template": name_template,
        "max-files": max_files,
        "max-file-size": max_file_size,
        "max-total-size": max_total_size,
        "max-archive-ratio": max_archive_ratio,
    }

    def work() -> int:
        from svg2pptx_batch.api import Job
        from svg2pptx_batch.batch.inputs import Selection
        from svg2pptx_batch.config import load

        sources = inputs or []
        if not sources and not files_from:
            raise UsageError(
                "No input is given.",
                remedy="Name SVG files, folders or ZIP archives; --help shows examples.",
            )
        settings = load(flags, config_file=config, isolated=isolated)
        job_options, target_path = _place(settings, sources, files_from, output)
        job = Job.create(
            sources,
            target_path,
            options=settings.convert,
            job_options=job_options,
            selection=Selection(
                recursive=recursive,
                include=tuple(include or ()),
                exclude=tuple(exclude or ()),
                files_from=files_from or "",
                sort=sort,
            ),
            status_file=status_file,
            fresh=fresh,
        )
        return run_job(console, job, progress, status_file=status_file, exit_zero=exit_zero)

    leave(console, work)


def _place(
    settings: Settings, sources: Sequence[str], files_from: str | None, output: str | None
) -> tuple[JobOptions, str]:
    """Settle where the result goes and of what form it is.

    Raises:
        UsageError: The form asked for and the name contradict each other.
    """
    asked = settings.job.mode if "mode" in settings.origins else None
    if output is None:
        mode = asked or OutputMode.MERGED
        stem = _stem(sources, files_from)
        name = f"{stem}-pptx" if mode is OutputMode.FOLDER else stem + _SUFFIX_OF[mode]
        return msgspec.structs.replace(settings.job, mode=mode), name
    if output == "-":
        raise UsageError(
            "A deck cannot be written to standard output.", remedy="Give -o the name of a file."
        )
    suffix = Path(output).suffix.lower()
    if settings.origins.get("mode") == "--mode" and asked is not None:
        if suffix != _SUFFIX_OF.get(asked, "") and (
            asked in _SUFFIX_OF or suffix in _SUFFIX_OF.values()
        ):
            raise UsageError(
                f"--mode {asked} and the output {output} contradict each other.",
                remedy=f"Name {_WANTED[asked]}, or leave out --mode.",
            )
        mode = asked
    elif asked is OutputMode.FOLDER and suffix not in _SUFFIX_OF.values():
        mode = asked
    else:
        mode = mode_for(output)
    return msgspec.structs.replace(settings.job, mode=mode), output


def _stem(sources: Sequence[str], files_from: str | None) -> str:
    """Return the name of a result that was given none: that of the input, or `slides`."""
    if len(sources) == 1 and not files_from and sources[0] != "-" and not has_magic(sources[0]):
        path = Path(sources[0]).absolute()
        stem = path.name if path.is_dir() else path.stem
        if stem:
            return stem
    return "slides"
