"""`clean`: what is kept of old jobs goes."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.console import Console, Format, leave
from svg2pptx_batch.errors import ExitCode


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """What `clean` has removed, or would.

    Attributes:
        jobs: UUIDs of the jobs.
        skipped: UUIDs of jobs that are old enough, but run.
        job_bytes: What the jobs took on the disk.
        cache_bytes: What the slides of the cache took that went.
    """

    jobs: tuple[str, ...]
    skipped: tuple[str, ...]
    job_bytes: int
    cache_bytes: int


def clean(
    older_than: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION",
            help="Jobs whose last run is so long ago: 12h, 7d; 0 for all that do not run. "
            "Default: the setting keep, 30d where nothing else is set.",
            show_default=False,
        ),
    ] = None,
    cache: Annotated[
        bool, typer.Option("--cache", help="Empty the cache of slides as well.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would go; remove nothing.")
    ] = False,
    format: params.TextOrJsonOption = params.TextOrJson.TEXT,
    config: params.ConfigOption = None,
    isolated: params.IsolatedOption = False,
) -> None:
    """Remove what is kept of old jobs: plan, journal, quarantine. Decks are never touched.

    Of a job only that it was stays in the list. What runs is left alone.
    """
    console = Console(Format(format))

    def work() -> int:
        from svg2pptx_batch.batch.cache import SlideCache
        from svg2pptx_batch.batch.manager import BatchJobManager
        from svg2pptx_batch.config import duration, load

        settings = load(config_file=config, isolated=isolated).job
        age_s = settings.keep_s
        if older_than is not None:
            age_s = duration(older_than, "--older-than")
        cleared = BatchJobManager().expire(age_s, dry_run=dry_run)
        cache_bytes = 0
        if cache:
            with SlideCache(settings.cache_bytes) as slides:
                cache_bytes = slides.size_bytes if dry_run else slides.clear()
        found = Cleaned(
            jobs=cleared.jobs,
            skipped=cleared.skipped,
            job_bytes=cleared.bytes,
            cache_bytes=cache_bytes,
        )
        if console.format is Format.JSON:
            console.result_json(found)
        else:
            _tell(console, found, dry_run=dry_run)
        return ExitCode.OK

    leave(console, work)


def _tell(console: Console, found: Cleaned, *, dry_run: bool) -> None:
    for job in found.jobs:
        console.result(job)
    would = "would go" if dry_run else "gone"
    freed = (found.job_bytes + found.cache_bytes) / 2**20
    console.say(f"{len(found.jobs):,} jobs {would}, {freed:,.1f} MiB")
    if found.skipped:
        console.say(f"{len(found.skipped):,} jobs left alone, because they run")
