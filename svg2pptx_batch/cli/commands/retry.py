"""`retry`: the files of a job that failed are tried again."""

from __future__ import annotations

from typing import Annotated

import typer

from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.commands.resume import show_run
from svg2pptx_batch.cli.console import Console, Format, LogFormat, LogTo, ProgressMode, leave


def retry(
    job: Annotated[
        str,
        typer.Argument(
            metavar="JOB|STATUS_FILE",
            help="The job's id or the start of it, its folder, or its status file.",
            show_default=False,
        ),
    ],
    jobs: params.JobsOption = None,
    timeout: params.TimeoutOption = None,
    batch_timeout: params.BatchTimeoutOption = None,
    memory_per_file: params.MemoryPerFileOption = None,
    retries: params.RetriesOption = None,
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
    """Try the files of a job that failed again, with more time or memory if you like.

    The output is written anew, with all slides. What is not said here stays as it was.
    """
    console = Console(format, quiet=quiet, verbose=verbose > 0)
    flags: dict[str, object] = {
        "jobs": jobs,
        "timeout": timeout,
        "batch-timeout": batch_timeout,
        "memory-per-file": memory_per_file,
        "retries": retries,
        "executor": executor,
        "wait-lock": wait_lock,
    }

    def work() -> int:
        from svg2pptx_batch.api import Job
        from svg2pptx_batch.config import job_changes

        changes = job_changes(flags)
        found = Job.open(job)
        return show_run(
            console,
            progress,
            lambda listener: found.retry(listener, **changes),
            exit_zero=exit_zero,
        )

    leave(console, work, LogTo(log_file, log_format, verbose))
