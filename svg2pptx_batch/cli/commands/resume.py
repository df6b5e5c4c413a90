"""`resume`: an interrupted job goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.console import Console, Format, LogFormat, LogTo, ProgressMode, leave
from svg2pptx_batch.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from svg2pptx_batch.batch.events import Listener
    from svg2pptx_batch.batch.report import Report


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
    executor: params.ExecutorOption = None,
    wait_lock: params.WaitLockOption = None,
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
        from svg2pptx_batch.config import job_changes

        changes = job_changes({"executor": executor})
        found = Job.open(job)

        def run(listener: Listener) -> Report:
            return found.resume(listener, wait_lock=bool(wait_lock), **changes)

        return show_run(console, progress, run, exit_zero=exit_zero)

    leave(console, work, LogTo(log_file, log_format, verbose))


def show_run(
    console: Console,
    progress: ProgressMode,
    run: Callable[[Listener], Report],
    *,
    exit_zero: bool,
    status_file: Path | None = None,
) -> int:
    """Run a job, showing its progress; tell how it ended.

    Args:
        console: Where to.
        progress: How progress is shown.
        run: Runs the job, with a listener.
        exit_zero: Whether files that failed count as success.
        status_file: Where the status is written beside the job's folder.

    Returns:
        The exit status.
    """
    from svg2pptx_batch.cli.progress import Reporter
    from svg2pptx_batch.cli.summary import tell_summary

    with Reporter(console, progress) as reporter:
        report = run(reporter)
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
