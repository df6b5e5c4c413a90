"""Slides from the cache into a job, and from a job into the cache."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from svg2pptx_batch.batch.cache import NewSlide, Remarks, SlideCache
from svg2pptx_batch.batch.dependencies import Checker
from svg2pptx_batch.batch.manifest import Done
from svg2pptx_batch.batch.objects import ObjectReader, ObjectWriter
from svg2pptx_batch.batch.plan import Plan
from svg2pptx_batch.errors import OutputError


def recall(
    cache: SlideCache, plan: Plan, pending: Iterable[int], objects: Path
) -> Iterator[tuple[int, Done]]:
    """Yield what the cache has for a job, each slide copied into the job's own folder.

    Args:
        cache: The cache, opened.
        plan: The job.
        pending: Places in the plan of the files wanted.
        objects: The job's folder of packed slides.

    Raises:
        OutputError: A slide cannot be stored.
    """
    checker = Checker(plan.spec.options)
    with contextlib.closing(ObjectWriter(str(objects))) as writer:
        for index in pending:
            task = plan.tasks[index]
            found = cache.find(task.key)
            if found is None or task.file is None:
                continue
            remarks = found.remarks
            if not checker.holds(remarks.dependencies, task.file):
                continue
            try:
                slide = writer.put(found.data)
            except OSError as error:
                raise OutputError(
                    f"A slide cannot be stored in {objects}: {error.strerror or error}.",
                    remedy="Make room on that disk, then resume the job.",
                ) from error
            yield (
                index,
                Done(
                    index,
                    task.id,
                    task.key,
                    slide,
                    fidelity=remarks.fidelity,
                    diagnostics=remarks.diagnostics,
                    more=remarks.more,
                    dependencies=remarks.dependencies,
                    cached=True,
                ),
            )


def remember(cache: SlideCache, results: Mapping[int, Done], objects: Path) -> None:
    """Give the slides that a job has made to the cache."""
    with ObjectReader(objects) as reader:
        cache.keep(_made(results, reader))


def _made(results: Mapping[int, Done], reader: ObjectReader) -> Iterator[NewSlide]:
    for done in results.values():
        if done.cached:
            continue
        data = reader.get(done.slide)
        if data is not None:
            remarks = Remarks(done.fidelity, done.diagnostics, done.more, done.dependencies)
            yield NewSlide(done.key, data, done.slide.digest, remarks)
