"""The rows of a job while it runs: kept current, counted as they change, told as a Status."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from time import monotonic
from typing import assert_never

import msgspec

from svg2pptx_batch.batch.dependencies import Checker
from svg2pptx_batch.batch.events import timestamp
from svg2pptx_batch.batch.manifest import Done, Ended, Failed, History
from svg2pptx_batch.batch.objects import ObjectReader
from svg2pptx_batch.batch.outputs import DeckName
from svg2pptx_batch.batch.plan import Plan, Task
from svg2pptx_batch.batch.report import (
    Counts,
    FileReport,
    JobState,
    Status,
    TaskState,
    add_fidelity,
    objects,
)
from svg2pptx_batch.batch.workdir import JobFolder


class Ledger:
    """What is known of each file of a plan.

    Args:
        plan: The job.

    Attributes:
        rows: A row a file, in plan order.
        results: By index: what was converted.
        fidelity: Over all files converted.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._began = monotonic()
        self._done = 0
        self._failed = 0
        self._objected = 0
        self._cached = 0
        self.rows: list[FileReport] = []
        self.results: dict[int, Done] = {}
        self.fidelity: dict[str, int] = {}
        for task in plan.tasks:
            self.rows.append(_planned(task))
            self._failed += task.failure is not None

    @property
    def counts(self) -> Counts:
        """How many files stand where."""
        total = len(self.rows)
        pending = total - self._done - self._failed
        return Counts(total, self._done, self._failed, pending, self._objected, self._cached)

    @property
    def seconds(self) -> float:
        """Time since the ledger was opened."""
        return monotonic() - self._began

    def adopt(self, history: History, objects: Path | None) -> None:
        """Take over the results of earlier runs that still count.

        Args:
            history: What the journal says.
            objects: Where the slides lie, each of which is looked at with what it came of; None to
                believe the journal.
        """
        if not history.results:
            return
        checker = Checker(self._plan.spec.options)
        with ObjectReader(objects or Path()) as reader:
            for task in self._plan.tasks:
                result = history.results.get(task.id)
                if result is None or result.key != task.key or task.failure is not None:
                    continue
                if isinstance(result, Done) and objects:
                    assert task.file is not None
                    if not checker.holds(result.dependencies, task.file):
                        continue
                    if reader.get(result.slide) is None:
                        continue
                self.settle(task.index, result)

    def settle(self, index: int, result: Done | Failed) -> FileReport:
        """Enter a file's result; return its row."""
        name = self.rows[index].name
        match result:
            case Done():
                objected = objects(self._plan.spec.job_options.fail_on, result.fidelity)
                row = FileReport(
                    index,
                    name,
                    TaskState.CACHED if result.cached else TaskState.DONE,
                    seconds=result.seconds,
                    fidelity=result.fidelity,
                    diagnostics=result.diagnostics,
                    more_diagnostics=result.more,
                    attempts=result.attempts,
                    objected=objected,
                )
                self.results[index] = result
                self._done += 1
                self._objected += objected
                self._cached += result.cached
                add_fidelity(self.fidelity, result.fidelity)
            case Failed():
                row = FileReport(
                    index,
                    name,
                    result.state,
                    result.code,
                    result.message,
                    result.line,
                    result.remedy,
                    result.seconds,
                    attempts=result.attempts,
                    quarantine=result.quarantine,
                )
                self._failed += 1
            case _:
                assert_never(result)
        self.rows[index] = row
        return row

    def status(
        self,
        folder: JobFolder,
        state: JobState,
        *,
        running: Collection[int] = (),
        ended: Ended | None = None,
    ) -> Status:
        """Return the snapshot of this moment.

        Args:
            folder: The job's.
            state: Where the job stands.
            running: Files that are with the workers.
            ended: How the last run ended.
        """
        rows = self.rows
        if running:
            rows = rows.copy()
            for index in running:
                rows[index] = msgspec.structs.replace(rows[index], state=TaskState.RUNNING)
        spec = self._plan.spec
        return Status(
            job=folder.id,
            folder=str(folder.root),
            state=state,
            created=self._plan.created,
            updated=timestamp(),
            output=spec.output,
            mode=spec.job_options.mode,
            counts=self.counts,
            fidelity=self.fidelity,
            fail_on=spec.job_options.fail_on,
            seconds=round(self.seconds, 3),
            exit_code=ended.exit_code if ended else None,
            outputs=ended.outputs if ended else (),
            error=ended.error if ended else "",
            files=tuple(rows),
        )

    def place(self, decks: Mapping[int, DeckName]) -> None:
        """Enter in which deck each drawing went."""
        for index, deck in decks.items():
            self.rows[index] = msgspec.structs.replace(self.rows[index], output=deck.name)

    def cancel(self) -> None:
        """Enter that what has no result will have none."""
        for index, row in enumerate(self.rows):
            if row.state is TaskState.PENDING:
                self.rows[index] = msgspec.structs.replace(row, state=TaskState.CANCELLED)

    def pending(self) -> Mapping[int, int]:
        """Return the files without a result: index to size in bytes."""
        return {
            task.index: task.file.size_bytes
            for task in self._plan.tasks
            if task.file is not None and self.rows[task.index].state is TaskState.PENDING
        }


def _planned(task: Task) -> FileReport:
    """Return the row of a file before it is run."""
    failure = task.failure
    if failure is None:
        return FileReport(task.index, task.name, TaskState.PENDING)
    return FileReport(
        task.index,
        task.name,
        failure.state,
        failure.code,
        failure.message,
        failure.line,
        failure.remedy,
    )
