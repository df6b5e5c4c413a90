"""What a run writes down and tells: journal, ledger, status and listeners, kept in step.

The journal comes first: a listener hears of a result once its line is written, and the status file
is a snapshot of the ledger. What a task comes to is decided elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from pathlib import Path
from time import monotonic

import msgspec

from svg2pptx_batch.batch.cache import SlideCache
from svg2pptx_batch.batch.events import Emitter, Progress, Retry, timestamp
from svg2pptx_batch.batch.events import Task as TaskEvent
from svg2pptx_batch.batch.events import Warning as WarningEvent
from svg2pptx_batch.batch.ledger import Ledger
from svg2pptx_batch.batch.manifest import (
    GROUP_S,
    VERSION,
    Bounds,
    Done,
    Ended,
    Failed,
    History,
    Journal,
    Opened,
    Retried,
    Staged,
)
from svg2pptx_batch.batch.outputs import DeckName
from svg2pptx_batch.batch.pace import Pace
from svg2pptx_batch.batch.plan import Plan
from svg2pptx_batch.batch.report import FileReport, JobState
from svg2pptx_batch.batch.reuse import recall, remember
from svg2pptx_batch.batch.workdir import JobFolder, write_atomically
from svg2pptx_batch.errors import OutputError, Svg2PptxError
from svg2pptx_batch.options import JobOptions, Percent
from svg2pptx_batch.version import __version__

log = logging.getLogger(__name__)

_PROGRESS_S = 1.0
_SNAPSHOT_S = 1.0
_SNAPSHOT_SHARE = 0.02


class Books:
    """The records of one run of a job whose lock is held.

    Args:
        folder: The job's.
        plan: With tasks made of the files as they are now.
        history: What the journal says of earlier runs; what still counts of it is taken over.
        emitter: Hears the events.

    Attributes:
        ledger: The rows.
        state: Where the job stands.
        converted: Files converted in this run.

    Raises:
        OutputError: The journal cannot be opened.
    """

    def __init__(self, folder: JobFolder, plan: Plan, history: History, emitter: Emitter) -> None:
        self.ledger = Ledger(plan)
        self.state = JobState.RUNNING
        self.converted = 0
        self._folder = folder
        self._plan = plan
        self._emitter = emitter
        self._pace = Pace()
        self._unheard: list[FileReport] = []
        self._status_path = Path(plan.spec.status_file) if plan.spec.status_file else None
        self._next_group = self._next_snapshot = self._next_progress = 0.0
        bounds = _bounds(plan.spec.job_options)
        history.begin(bounds)
        self.ledger.adopt(history, folder.objects)
        self._journal = Journal(folder.journal)
        self._journal.append(Opened(VERSION, folder.id, __version__, timestamp(), bounds))

    @property
    def gathered(self) -> bool:
        """Whether there are results that are not written yet."""
        return self._journal.gathered > 0

    def settle(self, index: int, result: Done | Failed) -> None:
        """Enter a file's result; listeners hear of it once it is written."""
        self._journal.append(result)
        row = self.ledger.settle(index, result)
        self.converted += isinstance(result, Done)
        self._pace.note(monotonic(), result.seconds)
        if self._emitter.heard:
            self._unheard.append(row)

    def recall(self) -> None:
        """Take from the cache what it has; nobody hears of these files one by one.

        Raises:
            OutputError: A slide or the journal cannot be written.
        """
        options = self._plan.spec.job_options
        pending = self.ledger.pending()
        if not pending:
            return
        with SlideCache(options.cache_bytes) as cache:
            for index, done in recall(cache, self._plan, pending, self._folder.objects):
                self._journal.append(done)
                self.ledger.settle(index, done)
        self._journal.flush()

    def remember(self) -> None:
        """Give to the cache what this job has made."""
        if self.converted:
            with SlideCache(self._plan.spec.job_options.cache_bytes) as cache:
                remember(cache, self.ledger.results, self._folder.objects)

    def warn(self, code: str, message: str) -> None:
        """Tell the listeners something worth knowing that fails nothing."""
        self._emitter.emit(WarningEvent, code=code, message=message)

    def place(self, decks: Mapping[int, DeckName]) -> None:
        """Enter in which deck each drawing went; tell of names that two would have had."""
        self.ledger.place(decks)
        renamed = [index for index, deck in decks.items() if deck.renamed]
        if renamed:
            first = f"{self._plan.tasks[renamed[0]].name} is in {decks[renamed[0]].name}"
            self.warn(
                "decks-renamed",
                f"{len(renamed):,} decks were renamed, because others have their names; "
                f"the first: {first}."
                if len(renamed) > 1
                else f"1 deck was renamed, because another has its name: {first}.",
            )

    def repeat(self, index: int, attempt: int, reason: str) -> None:
        """Record that a task will be tried again.

        Args:
            index: The task's place in the plan.
            attempt: The attempt that comes.
            reason: What happened, a sentence.
        """
        task = self._plan.tasks[index]
        self._journal.append(Retried(index, task.id, attempt, reason))
        self._emitter.emit(Retry, index=index, name=task.name, attempt=attempt, reason=reason)

    def enter(self, state: JobState) -> None:
        """Record that the job is in another state now."""
        self.state = state
        self._journal.append(Staged(state))
        self._journal.flush()
        self.snapshot()

    def keep(self, running: Collection[int], *, last: bool = False) -> None:
        """Write the group of journal lines, tell the listeners, take the snapshot, when due.

        Args:
            running: Files that are with the workers.
            last: Whether the last file is through.
        """
        now = monotonic()
        if last or (self._journal.gathered and now >= self._next_group):
            self._next_group = now + GROUP_S
            self._journal.flush()
            self.tell()
        if last or now >= self._next_progress:
            self._next_progress = now + _PROGRESS_S
            self._emit_progress()
        if now >= self._next_snapshot:
            self.snapshot(running)

    def tell_planned_failures(self) -> None:
        """Tell the listeners of the files that were known to be unusable before the run."""
        self._unheard = [self.ledger.rows[t.index] for t in self._plan.tasks if t.failure]
        self.tell()

    def tell(self) -> None:
        """Tell the listeners of the files whose results are written."""
        if not self._unheard:
            return
        counts = self.ledger.counts
        for row in self._unheard:
            self._emitter.emit(TaskEvent, file=row, counts=counts)
        self._unheard.clear()

    def snapshot(
        self, running: Collection[int] = (), *, first: bool = False, ended: Ended | None = None
    ) -> None:
        """Write the status; one that cannot be written stops the job only at first.

        Args:
            running: Files that are with the workers.
            first: Whether this is the run's first.
            ended: How the run ended.

        Raises:
            OutputError: The first one cannot be written.
        """
        began = monotonic()
        status = self.ledger.status(self._folder, self.state, running=running, ended=ended)
        data = msgspec.json.encode(status)
        try:
            write_atomically(self._folder.status, data)
            if self._status_path is not None:
                write_atomically(self._status_path, data)
        except OSError as error:
            if first:
                raise OutputError(
                    f"The status cannot be written: {error}.",
                    remedy="Choose another --status-file, or make room on that disk.",
                ) from error
            self.warn("status", f"Status not written: {error}")
        now = monotonic()
        self._next_snapshot = now + max(_SNAPSHOT_S, (now - began) / _SNAPSHOT_SHARE)

    def close(self, ended: Ended) -> None:
        """Record the end of the run and close the journal.

        Raises:
            OutputError: The journal cannot be written.
        """
        self._journal.append(ended)
        self._journal.close()
        self.state = ended.state
        if ended.state is JobState.CANCELLED:
            self.ledger.cancel()
        self.snapshot(ended=ended)

    def abandon(self, ended: Ended) -> None:
        """Record that something stopped the run, as well as can be: a bad disk is only logged."""
        self.state = ended.state
        try:
            self._journal.append(ended)
            self._journal.close()
        except Svg2PptxError as second:
            log.error("the journal is not closed: %s", second)
        self.snapshot(ended=ended)

    def _emit_progress(self) -> None:
        counts, now = self.ledger.counts, monotonic()
        eta_s = self._pace.seconds_for(counts.pending, now)
        self._emitter.emit(
            Progress,
            counts=counts,
            seconds=round(self.ledger.seconds, 3),
            per_second=round(self._pace.per_second(now), 2),
            eta_s=None if eta_s is None else round(eta_s, 1),
        )


def _bounds(options: JobOptions) -> Bounds:
    """What one file may take; a percentage of the median as a negative number of seconds."""
    limit = options.timeout_s
    seconds = -limit.percent if isinstance(limit, Percent) else limit
    return seconds, float(options.memory_bytes), float(options.limits.max_file_bytes)
