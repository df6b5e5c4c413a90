"""`merge`: what the shares of a job came to becomes its result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.commands.resume import show_run
from svg2pptx_batch.cli.console import Console, Format, LogFormat, LogTo, ProgressMode, leave

if TYPE_CHECKING:
    from svg2pptx_batch.batch.events import Listener
    from svg2pptx_batch.batch.report import Report

EXAMPLES = """Examples, the first two on machines of their own:

svg2pptx-batch convert icons/ --shard 1/2 -o 1.svg2pptx-part

svg2pptx-batch convert icons/ --shard 2/2 -o 2.svg2pptx-part

svg2pptx-batch merge 1.svg2pptx-part 2.svg2pptx-part -o icons.pptx"""


def merge(
    parts: Annotated[
        list[Path],
        typer.Argument(
            metavar="PART...",
            help="The parts of all shares, in any order.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="DECK.pptx, OUT.zip or a folder, as the shares were converted for; or the address "
            "of one.",
            show_default=False,
        ),
    ],
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite/--no-overwrite", help="Whether an existing output is replaced."),
    ] = True,
    exit_zero: params.ExitZeroOption = False,
    format: params.FormatOption = Format.TEXT,
    progress: params.ProgressOption = ProgressMode.AUTO,
    quiet: params.QuietOption = False,
    verbose: params.VerbosityOption = 0,
    log_file: params.LogFileOption = None,
    log_format: params.LogFormatOption = LogFormat.TEXT,
) -> None:
    """Put parts together that `convert --shard` has made: the result is that of one run."""
    console = Console(format, quiet=quiet, verbose=verbose > 0)

    def work() -> int:
        from svg2pptx_batch import api

        def run(listener: Listener) -> Report:
            return api.merge(parts, output, overwrite=overwrite, on_event=listener)

        return show_run(console, progress, run, exit_zero=exit_zero)

    leave(console, work, LogTo(log_file, log_format, verbose))
