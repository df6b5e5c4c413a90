"""`cancel`: a job ends, whoever runs it."""

from __future__ import annotations

from typing import Annotated

import typer

from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.console import Console, Format, leave
from svg2pptx_batch.errors import ExitCode, JobLockedError


def cancel(
    job: Annotated[
        str,
        typer.Argument(
            metavar="JOB|STATUS_FILE",
            help="The job's id or the start of it, its folder, or its status file.",
            show_default=False,
        ),
    ],
    format: params.TextOrJsonOption = params.TextOrJson.TEXT,
) -> None:
    """Cancel a job: nothing more is converted, no output is written, its slides are dropped.

    A run in another process is asked to end. `retry` takes a cancelled job up again.
    """
    console = Console(Format(format))

    def work() -> int:
        from svg2pptx_batch.api import Job
        from svg2pptx_batch.batch.report import FINISHED

        found = Job.open(job)
        state = found.cancel()
        if state not in FINISHED:
            raise JobLockedError(
                f"Job {found.id} was asked to end and still runs.",
                remedy="It ends with its present file; cancel it again to see.",
            )
        if console.format is Format.JSON:
            console.result_json({"job": found.id, "state": str(state)})
        else:
            console.result(f"{found.id} {state}")
        return ExitCode.OK

    leave(console, work)
