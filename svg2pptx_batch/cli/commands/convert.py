"""`convert`: drawings in, decks out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from svg2pptx_batch.cli import drawing, params
from svg2pptx_batch.cli.commands.resume import show_run
from svg2pptx_batch.cli.console import Console, Format, LogFormat, LogTo, ProgressMode, leave
from svg2pptx_batch.cli.destination import destination
from svg2pptx_batch.descriptions import flag_help
from svg2pptx_batch.errors import ExitCode, UsageError
from svg2pptx_batch.options import OutputMode, Sections, SortOrder

EXAMPLES = """Examples:

svg2pptx-batch convert icons/ -o icons.pptx

svg2pptx-batch convert -r drawings/ --exclude drafts --mode folder -o decks/

svg2pptx-batch convert icons.zip -o icons.pptx --slide-size svg --text outline

svg2pptx-batch convert logos/ -o logos.pptx --fail-on rasterised

svg2pptx-batch convert logos/ --template brand.pptx --layout "Title Only" -o logos.pptx

svg2pptx-batch convert -r icons/ --grid 6x8 --sections folder -o sheets.pptx

svg2pptx-batch convert new/ --append-to icons.pptx

svg2pptx-batch convert icons/ --shard 1/4 -o 1.svg2pptx-part

svg2pptx-batch convert -r s3://brand/icons/ -o s3://brand/decks/icons.pptx

git ls-files -z '*.svg' | svg2pptx-batch convert --files-from - -o all.pptx

cat logo.svg | svg2pptx-batch convert - -o logo.pptx

Run the same command again after an interruption: only what is missing is converted."""


def convert(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="SVG files, folders, patterns such as 'icons/**/*.svg', ZIP archives; addresses "
            "of these, such as s3://bucket/icons; or - for one SVG on standard input.",
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
            "decks; or the address of one. Default: named after the input, in the current folder.",
            show_default=False,
            rich_help_panel=params.OUTPUT,
        ),
    ] = None,
    mode: Annotated[
        OutputMode | None,
        typer.Option(
            metavar="FORM",
            help=flag_help("mode"),
            show_default=False,
            rich_help_panel=params.OUTPUT,
        ),
    ] = None,
    name_template: Annotated[
        str | None,
        typer.Option(
            metavar="TEMPLATE",
            help=flag_help("name-template"),
            show_default=False,
            rich_help_panel=params.OUTPUT,
        ),
    ] = None,
    overwrite: Annotated[
        bool | None,
        typer.Option(
            "--overwrite/--no-overwrite",
            help=flag_help("overwrite"),
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
    append_to: Annotated[
        str | None,
        typer.Option(
            metavar="DECK",
            help=flag_help("append-to"),
            show_default=False,
            rich_help_panel=params.OUTPUT,
        ),
    ] = None,
    slide_size: drawing.SlideSizeOption = None,
    fit: drawing.FitOption = None,
    margin: drawing.MarginOption = None,
    background: drawing.BackgroundOption = None,
    template: drawing.TemplateOption = None,
    layout: drawing.LayoutOption = None,
    theme_colors: drawing.ThemeColorsOption = None,
    titles: drawing.TitlesOption = None,
    notes: drawing.NotesOption = None,
    sections: Annotated[
        Sections | None,
        typer.Option(
            help=flag_help("sections"),
            show_default=False,
            rich_help_panel=params.TITLES,
        ),
    ] = None,
    grid: Annotated[
        str | None,
        typer.Option(
            metavar="RxC",
            help=flag_help("grid"),
            show_default=False,
            rich_help_panel=params.TITLES,
        ),
    ] = None,
    text: drawing.TextOption = None,
    text_in_shapes: drawing.TextInShapesOption = None,
    fallback_dpi: drawing.FallbackDpiOption = None,
    font_dir: drawing.FontDirOption = None,
    system_fonts: drawing.SystemFontsOption = None,
    languages: drawing.LanguagesOption = None,
    resource_root: drawing.ResourceRootOption = None,
    target: drawing.TargetOption = None,
    jobs: params.JobsOption = None,
    timeout: params.TimeoutOption = None,
    batch_timeout: params.BatchTimeoutOption = None,
    memory_per_file: params.MemoryPerFileOption = None,
    memory_free: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help=flag_help("memory-free"),
            show_default=False,
            rich_help_panel=params.RUNNING,
        ),
    ] = None,
    disk_free: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help=flag_help("disk-free"),
            show_default=False,
            rich_help_panel=params.RUNNING,
        ),
    ] = None,
    retries: params.RetriesOption = None,
    max_failures: Annotated[
        str | None,
        typer.Option(
            metavar="N|P%",
            help=flag_help("max-failures"),
            show_default=False,
            rich_help_panel=params.RUNNING,
        ),
    ] = None,
    executor: params.ExecutorOption = None,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="I/N",
            help=flag_help("shard"),
            show_default=False,
            rich_help_panel=params.RUNNING,
        ),
    ] = None,
    wait_lock: params.WaitLockOption = None,
    cache: Annotated[
        bool | None,
        typer.Option(
            "--cache/--no-cache",
            help=flag_help("cache"),
            show_default=False,
            rich_help_panel=params.RUNNING,
        ),
    ] = None,
    cache_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help=flag_help("cache-size"),
            show_default=False,
            rich_help_panel=params.RUNNING,
        ),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION",
            help=flag_help("keep"),
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
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Tell what would be done, as plan does; convert nothing.",
            rich_help_panel=params.RUNNING,
        ),
    ] = False,
    fail_on: params.FailOnOption = None,
    strict: params.StrictOption = False,
    exit_zero: params.ExitZeroOption = False,
    max_files: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help=flag_help("max-files"),
            show_default=False,
            rich_help_panel=params.LIMITS,
        ),
    ] = None,
    max_file_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help=flag_help("max-file-size"),
            show_default=False,
            rich_help_panel=params.LIMITS,
        ),
    ] = None,
    max_total_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help=flag_help("max-total-size"),
            show_default=False,
            rich_help_panel=params.LIMITS,
        ),
    ] = None,
    max_archive_ratio: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help=flag_help("max-archive-ratio"),
            show_default=False,
            rich_help_panel=params.LIMITS,
        ),
    ] = None,
    format: params.FormatOption = Format.TEXT,
    progress: params.ProgressOption = ProgressMode.AUTO,
    quiet: params.QuietOption = False,
    verbose: params.VerbosityOption = 0,
    log_file: params.LogFileOption = None,
    log_format: params.LogFormatOption = LogFormat.TEXT,
    config: params.ConfigOption = None,
    isolated: params.IsolatedOption = False,
) -> None:
    """Convert SVG files, folders and ZIP archives to PowerPoint decks."""
    console = Console(format, quiet=quiet, verbose=verbose > 0)
    flags: dict[str, object] = {
        "slide-size": slide_size,
        "fit": fit,
        "margin": margin,
        "background": background,
        "template": template,
        "layout": layout,
        "titles": titles,
        "notes": notes,
        "theme-colors": theme_colors,
        "sections": sections,
        "grid": grid,
        "append-to": append_to,
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
        "batch-timeout": batch_timeout,
        "memory-per-file": memory_per_file,
        "memory-free": memory_free,
        "disk-free": disk_free,
        "max-failures": max_failures,
        "executor": executor,
        "shard": shard,
        "wait-lock": wait_lock,
        "cache": cache,
        "cache-size": cache_size,
        "keep": keep,
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
        from svg2pptx_batch.batch.manager import BatchJobManager
        from svg2pptx_batch.cli.commands.plan import tell_preview
        from svg2pptx_batch.config import load

        sources = inputs or []
        if not sources and not files_from:
            raise UsageError(
                "No input is given.",
                remedy="Name SVG files, folders or ZIP archives; --help shows examples.",
            )
        flags["fail-on"] = params.fail_on_of(fail_on, strict=strict)
        settings = load(flags, config_file=config, isolated=isolated)
        job_options, target_path = destination(settings, sources, files_from, output)
        selection = Selection(
            recursive=recursive,
            include=tuple(include or ()),
            exclude=tuple(exclude or ()),
            files_from=files_from or "",
            sort=sort,
        )
        if dry_run:
            found = BatchJobManager().preview(
                sources,
                target_path,
                options=settings.convert,
                job_options=job_options,
                selection=selection,
            )
            tell_preview(console, found)
            return ExitCode.OK
        job = Job.create(
            sources,
            target_path,
            options=settings.convert,
            job_options=job_options,
            selection=selection,
            status_file=status_file,
            fresh=fresh,
        )
        return show_run(console, progress, job.run, status_file=status_file, exit_zero=exit_zero)

    leave(console, work, LogTo(log_file, log_format, verbose))
