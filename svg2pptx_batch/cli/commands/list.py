"""`list`: the jobs there are."""

from __future__ import annotations

from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.console import Console, Format, leave
from svg2pptx_batch.errors import ExitCode

_HEADINGS = ("JOB", "STATE", "DONE", "FAILED", "FILES", "UPDATED", "OUTPUT")


def list_jobs(format: params.TextOrJsonOption = params.TextOrJson.TEXT) -> None:
    """List the jobs, newest first."""
    console = Console(Format(format))

    def work() -> int:
        from svg2pptx_batch.api import Job

        jobs = Job.list()
        if console.format is Format.JSON:
            console.result_json(jobs)
            return ExitCode.OK
        if not jobs:
            console.say("There is no job yet; begin one with convert.")
            return ExitCode.OK
        rows = [
            (
                job.job,
                str(job.state),
                f"{job.counts.done:,}",
                f"{job.counts.failed:,}",
                f"{job.counts.total:,}",
                job.updated,
                job.output,
            )
            for job in jobs
        ]
        console.result_table([_HEADINGS, *rows])
        return ExitCode.OK

    leave(console, work)
