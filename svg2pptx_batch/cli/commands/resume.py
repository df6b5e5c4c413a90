"""`resume`: an interrupted job goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.console import Console, Format, LogFormat, LogTo, ProgressMode, leave
from svg2pptx_batch.errors import ExitCode

if TYPE_CHECKING:
    from svg2pptx_batch.api import Job


def resume(
    job: Annotated[
        str | None,
        typer.Argument(
            metavar="[JOB|STATUS_FILE]",
            help="The job's id or the start of it, its folder, or its status file. "
            "Default: the newest interrupted job.",
            show_default=False,
        ),
    ] = None,
    exit_zero: params.ExitZeroOption = False,
    format: params.FormatOption = Format.TEXT,
    progress: params.ProgressOption = ProgressMode.AUTO,
    quiet: params.QuietOption = False,
    verbose: params.VerbosityOption = 0,
    log_file: params.LogFileOption = None,
    log_format: params.LogFormatOption = LogFormat.TEXT,
) -> None:
    """Go on with an interrupted job: what is done is kept, what is missing converted."""
    console = Console(format, quiet=quiet, verbose=verbose > 0)

    def work() -> int:
        from svg2pptx_batch.api import Job

        found = Job.open(job)
        return run_job(console, found, progress, exit_zero=exit_zero, resumed=True)

    leave(console, work, LogTo(log_file, log_format, verbose))


def run_job(
    console: Console,
    job: Job,
    progress: ProgressMode,
    *,
    exit_zero: bool,
    status_file: Path | None = None,
    resumed: bool = False,
) -> int:
    """Run a job, showing its progress; tell how it ended.

    Args:
        console: Where to.
        job: The job.
        progress: How progress is shown.
        exit_zero: Whether files that failed count as success.
        status_file: Where the status is written beside the job's folder.
        resumed: Whether the job must be an interrupted one.

    Returns:
        The exit status.
    """
    from svg2pptx_batch.cli.progress import Reporter
    from svg2pptx_batch.cli.summary import tell_summary

    with Reporter(console, progress) as reporter:
        report = job.resume(on_event=reporter) if resumed else job.run(on_event=reporter)
    if console.format is Format.JSON:
        console.result_json(report)
    elif console.format is Format.TEXT:
        for path in report.outputs:
            console.result(path)
    status = status_file or (Path(report.folder) / "status.json" if report.folder else None)
    tell_summary(console, report, status)
    if exit_zero and report.exit_code is ExitCode.SOME_FAILED:
        return ExitCode.OK
    return report.exit_code
