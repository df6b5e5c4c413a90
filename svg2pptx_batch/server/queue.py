"""Jobs wait here and are run, a few at a time, in threads of the server's process.

The conversions themselves are processes, see `executors`; a thread here only leads them. What is
accepted lies on the disk: a server that died goes on with all jobs that have not ended.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from svg2pptx_batch.batch.manager import BatchJobManager
from svg2pptx_batch.batch.report import FINISHED, JobState, Report, Status
from svg2pptx_batch.batch.workdir import JobFolder, jobs_dir
from svg2pptx_batch.errors import JobError, Svg2PptxError
from svg2pptx_batch.server.channel import Channel
from svg2pptx_batch.server.choices import choose
from svg2pptx_batch.server.problems import Problem
from svg2pptx_batch.server.settings import ServerSettings
from svg2pptx_batch.server.store import Record, Store
from svg2pptx_batch.server.views import QUEUED

log = logging.getLogger(__name__)

_AT_ONCE = 2
"""Jobs that run at the same time: one that is large must not hold up all others."""
_FULL_RETRY_S = 10
_QUOTA_RETRY_S = 60


class _Incoming:
    """An upload under way: whose, and how much has come."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.size_bytes = 0


class Queue:
    """The jobs that wait and run.

    Args:
        settings: The operator's.
        store: Where the jobs are.
        on_end: Told of each job that has ended.
    """

    def __init__(
        self, settings: ServerSettings, store: Store, on_end: Callable[[Record], None]
    ) -> None:
        self._settings = settings
        self._store = store
        self._on_end = on_end
        self._manager = BatchJobManager()
        self._news = threading.Condition()
        self._waiting: list[str] = []
        self._running: dict[str, str] = {}
        self._incoming: dict[int, _Incoming] = {}
        self._cancelled: set[str] = set()
        self._channels: dict[str, Channel] = {}
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._lead, name=f"jobs-{number}", daemon=True)
            for number in range(_AT_ONCE)
        ]

    def start(self) -> None:
        """Begin, with the jobs that an earlier server has left."""
        for record in self._store.all():
            if record.state is None:
                self._channels[record.id] = Channel()
                self._waiting.append(record.id)
        for thread in self._threads:
            thread.start()

    @property
    def stopping(self) -> bool:
        """Whether no more jobs are taken or begun."""
        return self._stopping

    def sizes(self) -> tuple[int, int]:
        """Return how many jobs wait and how many run."""
        with self._news:
            return len(self._waiting), len(self._running)

    def drain(self, patience_s: float) -> None:
        """Take and begin no more jobs; interrupt those that run so that they can go on later.

        Args:
            patience_s: How long to wait for them.
        """
        with self._news:
            self._stopping = True
            self._news.notify_all()
        end = time.monotonic() + patience_s
        asked: set[str] = set()
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < end:
            with self._news:
                running = [record for id_ in self._running if (record := self._store.get(id_))]
            for record in running:
                # once each: asked again, a run gives up the files that are under way
                if record.id not in asked and self._manager.interrupt(record.job):
                    asked.add(record.id)
            for thread in self._threads:
                thread.join(0.05)
        for channel in list(self._channels.values()):
            channel.end()

    @contextmanager
    def place_for(self, owner: str) -> Iterator[Callable[[int], None]]:
        """Keep a place for a job whose upload begins.

        Yields:
            What is to be told of bytes as they come.

        Raises:
            Problem: 429 where the key has its share, 503 where the queue is full.
        """
        kept = self._store.bytes_of(owner)
        incoming = _Incoming(owner)
        with self._news:
            self._check_place(owner)
            self._check_bytes(owner, kept + 1)
            self._incoming[id(incoming)] = incoming

        def count(size_bytes: int) -> None:
            incoming.size_bytes += size_bytes
            self._check_bytes(owner, kept)

        try:
            yield count
        finally:
            with self._news:
                del self._incoming[id(incoming)]

    def _check_place(self, owner: str) -> None:
        if self._stopping:
            raise Problem(
                503, "stopping", "The server is about to stop.", retry_after_s=_FULL_RETRY_S
            )
        active = [*self._waiting, *self._running]
        owners = [record.owner for id_ in active if (record := self._store.get(id_))]
        owners += [incoming.owner for incoming in self._incoming.values()]
        if len(owners) >= self._settings.max_queue:
            raise Problem(
                503,
                "queue-full",
                "As many jobs wait as the server takes.",
                remedy="Try again later.",
                retry_after_s=_FULL_RETRY_S,
            )
        if owners.count(owner) >= self._settings.quota_jobs:
            raise Problem(
                429,
                "too-many-jobs",
                f"{self._settings.quota_jobs:,} jobs of this key wait or run already.",
                remedy="Wait until one has ended, or delete one.",
                retry_after_s=_FULL_RETRY_S,
            )

    def _check_bytes(self, owner: str, kept: int) -> None:
        coming = sum(each.size_bytes for each in self._incoming.values() if each.owner == owner)
        if kept + coming > self._settings.quota_bytes:
            raise Problem(
                429,
                "too-many-bytes",
                f"More than {self._settings.quota_bytes:,} bytes would be kept for this key.",
                remedy="Delete jobs that have ended.",
                retry_after_s=_QUOTA_RETRY_S,
            )

    def add(self, record: Record) -> None:
        """Take a job that was accepted."""
        with self._news:
            self._channels[record.id] = Channel()
            self._waiting.append(record.id)
            self._news.notify()

    def state(self, record: Record) -> tuple[str, Status | None, int | None]:
        """Return a job's state, what its conversion says, and its place in the queue from 1."""
        with self._news:
            phase = self._running.get(record.id, "")
            waits = record.id in self._waiting
            position = self._waiting.index(record.id) + 1 if waits else None
        status = self._status(record)
        if record.state is not None:
            return str(record.state), status, None
        if not phase:
            return QUEUED, status, position
        if status is None or status.state in FINISHED | {JobState.CREATED, JobState.INTERRUPTED}:
            return phase, status, None
        return str(status.state), status, None

    def channel(self, record: Record) -> Channel | None:
        """Return the channel of a job's events, None where it has ended."""
        return self._channels.get(record.id)

    def cancel(self, record: Record) -> None:
        """Cancel a job that waits or runs; of one that runs the end may come a little later."""
        with self._news:
            waits = record.id in self._waiting
            if waits:
                self._waiting.remove(record.id)
                self._running[record.id] = str(JobState.CANCELLED)
            else:
                self._cancelled.add(record.id)
        if waits:
            self._forget(record)
            self._end(record, JobState.CANCELLED, error="It was cancelled.")
        elif record.job:
            with contextlib.suppress(JobError):  # it is gone already
                self._folder(record).request_cancel()

    def remove(self, record: Record) -> None:
        """Remove a job that has ended."""
        self._forget(record)
        self._store.remove(record)

    def expire(self) -> None:
        """Remove what is kept of jobs that ended long ago; that they were is kept as long again."""
        keep_s = self._settings.keep_s
        for record in self._store.all() if keep_s else ():
            if record.state is None or time.time() - record.ended < keep_s:
                continue
            if record.state is JobState.EXPIRED:
                self._store.remove(record)
            else:
                self._forget(record)
                self._store.bury(record)

    def _lead(self) -> None:
        """Run one job after the other; the life of a thread."""
        while (record := self._next()) is not None:
            try:
                self._run(record)
            except Svg2PptxError as error:
                log.warning("job %s: %s", record.id, error.message)
                self._fail(record, error.code, error.message)
            except Exception:
                log.exception("job %s broke", record.id)
                self._fail(record, "defect", "The server failed on this job.")
            finally:
                with self._news:
                    self._running.pop(record.id, None)
                    self._cancelled.discard(record.id)

    def _next(self) -> Record | None:
        """Wait for the next job: the first whose key has none running, else the first."""
        with self._news:
            while True:
                if self._stopping:
                    return None
                waiting = [r for id_ in self._waiting if (r := self._store.get(id_))]
                busy = {r.owner for id_ in self._running if (r := self._store.get(id_))}
                if waiting:
                    record = next((r for r in waiting if r.owner not in busy), waiting[0])
                    self._waiting.remove(record.id)
                    self._running[record.id] = str(JobState.INGESTING)
                    return record
                self._news.wait()

    def _run(self, record: Record) -> None:
        """Run a job to its end, or until the server stops."""
        done = self._status(record)
        if done is None or done.state not in FINISHED:
            chosen = choose(record.choices, self._settings.options, self._settings.job_options)
            output = self._store.output(record)
            output.parent.mkdir(exist_ok=True)
            source = self._store.input(record)
            sources = sorted(source.iterdir()) if record.zips else [source]
            job = self._manager.create(
                [os.fspath(path) for path in sources],
                os.fspath(output),
                options=chosen.options,
                job_options=chosen.job_options,
            )
            if record.job not in ("", job):  # the operator's settings have changed
                self._forget(record)
            record = msgspec.structs.replace(record, job=job)
            self._store.save(record)
            if record.id in self._cancelled:
                self._folder(record).request_cancel()
            elif self._stopping:
                self._manager.release(job)
                return
            report = self._manager.start(job, self._channels[record.id].hear)
            if report.state is JobState.INTERRUPTED:
                self._interrupted(record, report)
                return
            done = self._manager.status(job)
        self._end(record, done.state, code="" if done.counts.done else "nothing-converted")

    def _interrupted(self, record: Record, report: Report) -> None:
        """Leave a job to the next server; one that was stopped by something else has failed."""
        if not self._stopping:
            log.warning("job %s was stopped: %s", record.id, report.error)
            with contextlib.suppress(JobError):
                self._manager.cancel(record.job)
            self._fail(record, "stopped", report.error or "The conversion was stopped.")

    def _fail(self, record: Record, code: str, message: str) -> None:
        latest = self._store.get(record.id) or record
        self._end(latest, JobState.FAILED, code=code, error=message)

    def _end(self, record: Record, state: JobState, *, code: str = "", error: str = "") -> None:
        """Record how a job ended."""
        size_bytes = 0
        with contextlib.suppress(OSError):
            size_bytes = self._store.output(record).stat().st_size
        if code == "nothing-converted":
            error = "No drawing could be converted; see the files."
        record = msgspec.structs.replace(
            record,
            state=state,
            ended=time.time(),
            code="cancelled" if state is JobState.CANCELLED else code,
            error=error or ("It was cancelled." if state is JobState.CANCELLED else ""),
            size_bytes=size_bytes,
        )
        try:
            self._store.save(record)
            self._store.drop_input(record)
        except OSError as failure:
            log.error("the end of job %s is not written: %s", record.id, failure)
        with self._news:
            self._running.pop(record.id, None)
        channel = self._channels.pop(record.id, None)
        if channel is not None:
            channel.end()
        self._on_end(record)

    def _forget(self, record: Record) -> None:
        """Remove the conversion's own job."""
        if record.job:
            with contextlib.suppress(JobError):
                self._manager.remove(record.job)

    def _status(self, record: Record) -> Status | None:
        """Return what the conversion's own job says; None before there is one, or after it."""
        if not record.job:
            return None
        try:
            return self._manager.status(os.fspath(self._folder(record).root))
        except JobError:
            return None

    @staticmethod
    def _folder(record: Record) -> JobFolder:
        return JobFolder(jobs_dir() / record.job)
