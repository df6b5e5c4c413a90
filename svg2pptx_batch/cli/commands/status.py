"""`status`: where a job stands."""

from __future__ import annotations

from typing import Annotated

import typer

from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.console import Console, Format, leave
from svg2pptx_batch.errors import ExitCode, JobError


def status(
    job: Annotated[
        str | None,
        typer.Argument(
            metavar="[JOB|STATUS_FILE]",
            help="The job's id or the start of it, its folder, or its status file. "
            "Default: the newest job.",
            show_default=False,
        ),
    ] = None,
    format: params.TextOrJsonOption = params.TextOrJson.TEXT,
    verbose: params.VerboseOption = False,
) -> None:
    """Tell where a job stands: counts, files that failed, where its output is."""
    console = Console(Format(format), verbose=verbose)

    def work() -> int:
        from svg2pptx_batch.api import Job
        from svg2pptx_batch.cli.summary import tell_status

        where = job
        if where is None:
            jobs = Job.list()
            if not jobs:
                raise JobError("There is no job yet.", remedy="Begin one with convert.")
            where = jobs[0].folder
        found = Job.open(where).status()
        if console.format is Format.JSON:
            console.result_json(found)
        else:
            tell_status(console, found)
        return ExitCode.OK

    leave(console, work)
