"""What a job would do, without doing it: which files, and which of them the cache has."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from svg2pptx_batch.batch.cache import SlideCache
from svg2pptx_batch.batch.dependencies import Checker
from svg2pptx_batch.batch.events import timestamp
from svg2pptx_batch.batch.inputs import discover
from svg2pptx_batch.batch.plan import Planner, Spec, Task, plan_job
from svg2pptx_batch.batch.report import VERSION, TaskState
from svg2pptx_batch.options import SlideSize


class PlannedFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file of a preview.

    Attributes:
        name: The input's name, folders kept.
        state: `pending`, `cached`, or `invalid`.
        bytes: Size as stored.
        slide: Size of its slide in EMU, or of its cell on a contact sheet.
        key: SHA-256, hex, of what is known to matter to its slide.
        code: Of an unusable file: stable name of the reason.
        message: What is wrong.
        remedy: What the user can do.
    """

    name: str
    state: TaskState
    bytes: int = 0
    slide: SlideSize | None = None
    key: str = ""
    code: str = ""
    message: str = ""
    remedy: str | None = None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a job would do.

    Attributes:
        v: Version of this record.
        output: Where the result would go, absolute.
        mode: `merged`, `zip` or `folder`.
        files: In the order of the slides.
        notes: Remarks made while the inputs were looked for.
    """

    v: int = VERSION
    output: str
    mode: str
    files: tuple[PlannedFile, ...]
    notes: tuple[str, ...] = ()

    def count(self, state: TaskState) -> int:
        """Return how many files are in a state."""
        return sum(file.state is state for file in self.files)


def preview(spec: Spec) -> Preview:
    """Tell what a job would do.

    Raises:
        NoInputError: Nothing was found.
        UsageError: Options contradict each other, or the template cannot be used.
    """
    options = spec.job_options
    planner = Planner(spec.options, options)
    with tempfile.TemporaryDirectory(prefix="svg2pptx-batch-") as folder:
        spool = Path(folder) / "spool"
        found = discover(spec.sources_now(), spec.selection, options.limits, spool)
        plan = plan_job("", timestamp(), spec, found, planner)
        checker = Checker(spec.options)
        with SlideCache(options.cache_bytes if options.cache else 0) as cache:
            files = tuple(_planned(task, cache, checker) for task in plan.tasks)
    return Preview(output=spec.output, mode=str(options.mode), files=files, notes=plan.notes)


def _planned(task: Task, cache: SlideCache, checker: Checker) -> PlannedFile:
    failure, file = task.failure, task.file
    size = file.size_bytes if file else 0
    if failure is not None or file is None:
        assert failure is not None
        return PlannedFile(
            task.name,
            failure.state,
            size,
            code=failure.code,
            message=failure.message,
            remedy=failure.remedy,
        )
    found = cache.find(task.key)
    known = found is not None and checker.holds(found.remarks.dependencies, file)
    state = TaskState.CACHED if known else TaskState.PENDING
    return PlannedFile(task.name, state, size, task.slide, task.key)
