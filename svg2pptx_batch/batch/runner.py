"""Carries a job out: executor on one side, journal, status and listeners on the other.

It decides nothing about tasks, `state` does; it keeps no rows, `ledger` does. What it owes each
task is constant and small, because it shares the processors with the workers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import assert_never

import msgspec

from svg2pptx_batch.batch import state as machine_room
from svg2pptx_batch.batch.assemble import check_plan, write_outputs
from svg2pptx_batch.batch.events import (
    Emitter,
    Error,
    Ingest,
    Merge,
    Progress,
    Retry,
    Start,
    Summary,
    timestamp,
)
from svg2pptx_batch.batch.events import Task as TaskEvent
from svg2pptx_batch.batch.events import Warning as WarningEvent
from svg2pptx_batch.batch.interrupts import Interrupts
from svg2pptx_batch.batch.ledger import Ledger
from svg2pptx_batch.batch.manifest import (
    GROUP_S,
    VERSION,
    Done,
    Ended,
    Failed,
    History,
    Journal,
    Opened,
    Retried,
    Staged,
)
from svg2pptx_batch.batch.messages import (
    WORKDIR_CODE,
    Converted,
    Order,
    Refused,
    Setting,
    decode_result,
    encode,
)
from svg2pptx_batch.batch.outputs import check_output
from svg2pptx_batch.batch.plan import Failure, Plan, defect
from svg2pptx_batch.batch.pool import pool
from svg2pptx_batch.batch.report import FileReport, JobState, Report
from svg2pptx_batch.batch.state import Dispatch, End, GiveUp, Machine, Repeat
from svg2pptx_batch.batch.verdicts import verdict
from svg2pptx_batch.batch.workdir import JobFolder, write_atomically
from svg2pptx_batch.errors import ExitCode, OutputError, Svg2PptxError
from svg2pptx_batch.executors.base import (
    Call,
    Cancelled,
    Completed,
    Crashed,
    Executor,
    Outcome,
    OutOfMemory,
    TimedOut,
)
from svg2pptx_batch.executors.base import Failed as FailedCall
from svg2pptx_batch.options import JobOptions
from svg2pptx_batch.version import __version__

_POLL_S = 0.2
_SNAPSHOT_S = 1.0
_SNAPSHOT_SHARE = 0.02
_DRAIN_S = 10.0
_WINDOW_A_WORKER = 16


class _Interrupted(Exception):  # noqa: N818  no error: the user asked
    """A signal ends the assembly."""


ExecutorFactory = Callable[[JobOptions, int], Executor]


class Run:
    """One run of a job whose lock is held.

    Args:
        folder: The job's.
        plan: With tasks made of the files as they are now.
        history: What the journal says of earlier runs.
        emitter: Hears the events.
        executor: Makes the workers.
    """

    def __init__(
        self,
        folder: JobFolder,
        plan: Plan,
        history: History,
        emitter: Emitter,
        executor: ExecutorFactory = pool,
    ) -> None:
        self._folder = folder
        self._plan = plan
        self._options = plan.spec.job_options
        self._history = history
        self._emitter = emitter
        self._make_executor = executor
        self._ledger = Ledger(plan)
        self._state = JobState.RUNNING
        self._converted = 0
        self._over = False
        self._verdicts: dict[int, Failure] = {}
        self._unheard: list[FileReport] = []
        self._status_path = Path(plan.spec.status_file) if plan.spec.status_file else None
        self._next_group = self._next_snapshot = self._next_progress = 0.0
        self._journal: Journal
        self._machine = Machine({}, window=0, retries=0)
        self._executor: Executor

    def execute(self) -> Report:
        """Run the job.

        Returns:
            The report, also of a job that was interrupted or has nothing usable.

        Raises:
            OutputError: The output or the job's folder cannot be written.
            Svg2PptxError: Whatever else concerns the whole job.
        """
        try:
            with Interrupts() as interrupts:
                report = self._execute(interrupts)
        except Svg2PptxError as error:
            self._emitter.emit(
                Error,
                code=error.code,
                message=error.message,
                exit_code=int(error.exit_code),
                remedy=error.remedy,
            )
            raise
        except Exception as error:
            self._emitter.emit(
                Error,
                code="defect",
                message=f"{type(error).__name__}: {error}",
                exit_code=int(ExitCode.DEFECT),
            )
            raise
        self._emitter.emit(Summary, report=report)
        return report

    def _execute(self, interrupts: Interrupts) -> Report:
        self._ledger.adopt(self._history, self._folder.objects)
        pending = self._ledger.pending()
        self._journal = Journal(self._folder.journal)
        try:
            self._journal.append(Opened(VERSION, self._folder.id, __version__, timestamp()))
            self._announce(pending)
            output = Path(self._plan.spec.output)
            check_output(output, self._options.mode, overwrite=self._options.overwrite)
            check_plan(self._plan)
            self._snapshot(first=True)
            if pending:
                with self._executor:
                    self._convert(pending, interrupts)
            self._tell()
            ended = self._finish(interrupts)
        except BaseException as error:
            self._abandon(error)
            raise
        self._journal.append(ended)
        self._journal.close()
        self._state = ended.state
        self._snapshot(ended=ended)
        if ended.state is not JobState.INTERRUPTED:
            self._folder.drop_work()
        return self._report(ended)

    def _announce(self, pending: Mapping[int, int]) -> None:
        """Tell what is about to happen."""
        spec = self._plan.spec
        self._executor = self._make_executor(self._options, len(pending))
        self._emitter.emit(
            Start,
            job=self._folder.id,
            folder=str(self._folder.root),
            output=spec.output,
            mode=str(self._options.mode),
            workers=self._executor.capacity if pending else 0,
            resumed=self._history.runs > 0,
        )
        counts = self._ledger.counts
        self._emitter.emit(
            Ingest,
            files=counts.total,
            bytes=sum(task.file.size_bytes for task in self._plan.tasks if task.file),
            done=counts.done,
            failed=counts.failed,
        )
        for note in self._plan.notes:
            self._emitter.emit(WarningEvent, code="input", message=note)
        if self._history.damaged:
            self._emitter.emit(
                WarningEvent,
                code="journal-damaged",
                message="Part of the journal was damaged; the files it spoke of are done again.",
            )
        self._unheard = [self._ledger.rows[t.index] for t in self._plan.tasks if t.failure]
        self._tell()

    # Converting

    def _convert(self, pending: Mapping[int, int], interrupts: Interrupts) -> None:
        """Run the tasks that have no result."""
        tasks = self._plan.tasks
        attempts = {
            index: reached - 1
            for index in pending
            if (reached := self._history.attempts.get(tasks[index].id, 1)) > 1
        }
        setting = encode(
            Setting(self._plan.spec.options, self._options.limits, str(self._folder.objects))
        )
        self._machine = Machine(
            pending,
            window=self._executor.capacity * _WINDOW_A_WORKER,
            retries=self._options.retries,
            attempts=attempts,
        )
        self._obey(machine_room.Began(), setting)
        deadline: float | None = None
        killed = False
        while not self._over:
            wait_s = GROUP_S if self._journal.gathered else _POLL_S
            for outcome in self._executor.wait(wait_s):
                event = self._judge(outcome)
                if event is not None:
                    self._obey(event, setting)
            self._keep_books()
            if interrupts.count and deadline is None:
                deadline = monotonic() + _DRAIN_S
                self._obey(machine_room.Stop(), setting)
                self._executor.cancel()
            if deadline is not None and not killed:
                killed = interrupts.count > 1 or monotonic() >= deadline
                if killed:
                    self._executor.kill()
        self._keep_books(last=True)

    def _obey(self, event: machine_room.Event, setting: bytes) -> None:
        """Hand an event to the machine and carry out what it says."""
        for instruction in self._machine.handle(event):
            match instruction:
                case Dispatch(index, _, alone):
                    self._executor.submit(self._call(index, setting, alone=alone))
                case Repeat(index, attempt):
                    self._repeat(index, attempt)
                case GiveUp(index, _, attempts):
                    self._fail(index, self._verdicts.pop(index), attempts=attempts)
                case End():
                    self._over = True
                case _:
                    assert_never(instruction)

    def _call(self, index: int, setting: bytes, *, alone: bool) -> Call:
        """Make the call of a task."""
        task = self._plan.tasks[index]
        assert task.file is not None
        order = encode(Order(task.file, task.digest, task.key, task.slide))
        return Call(str(index), (setting, order), self._options.timeout_s or None, alone)

    def _judge(self, outcome: Outcome) -> machine_room.Event | None:
        """Record what came of a call; return the machine's event."""
        index = int(outcome.call_id)
        name = self._plan.tasks[index].name
        match outcome:
            case Completed(_, value):
                self._complete(index, value)
                return machine_room.Finished(index)
            case FailedCall(_, error, traceback):
                self._folder.log(f"{name}: {error}\n{traceback}")
                self._fail(index, defect(error))
                return machine_room.Finished(index)
            case TimedOut() | OutOfMemory() | Crashed():
                if isinstance(outcome, Crashed):
                    log = f"{name}: worker died, exit code {outcome.exit_code}\n{outcome.stderr}"
                    self._folder.log(log)
                failure = self._verdicts[index] = verdict(name, outcome)
                return machine_room.Broke(index, failure.state)
            case Cancelled():
                return machine_room.Withdrawn(index)
            case _:
                assert_never(outcome)

    def _complete(self, index: int, value: bytes) -> None:
        """Record what a worker returned."""
        result = decode_result(value)
        attempts = self._machine.attempt(index)
        task = self._plan.tasks[index]
        match result:
            case Converted():
                done = Done(
                    index,
                    task.id,
                    task.key,
                    result.digest,
                    result.size,
                    result.seconds,
                    result.fidelity,
                    result.diagnostics,
                    result.more,
                    attempts,
                )
                self._converted += 1
                self._settle(index, done)
            case Refused(failure, seconds, log):
                if failure.code == WORKDIR_CODE:
                    raise OutputError(
                        failure.message, remedy="Make room on that disk, then resume the job."
                    )
                if log:
                    self._folder.log(f"{task.name}: {failure.message}\n{log}")
                self._fail(index, failure, seconds=seconds, attempts=attempts)
            case _:
                assert_never(result)

    def _fail(
        self, index: int, failure: Failure, *, seconds: float = 0.0, attempts: int = 1
    ) -> None:
        """Record a failure."""
        task = self._plan.tasks[index]
        failed = Failed(
            index,
            task.id,
            task.key,
            failure.state,
            failure.code,
            failure.message,
            failure.line,
            failure.remedy,
            seconds,
            attempts,
        )
        self._settle(index, failed)

    def _settle(self, index: int, result: Done | Failed) -> None:
        """Enter a result into journal and ledger; listeners hear of it once it is written."""
        self._journal.append(result)
        row = self._ledger.settle(index, result)
        if self._emitter.heard:
            self._unheard.append(row)

    def _repeat(self, index: int, attempt: int) -> None:
        """Record that a task will be tried again."""
        task = self._plan.tasks[index]
        message = self._verdicts.pop(index).message
        self._journal.append(Retried(index, task.id, attempt, message))
        self._emitter.emit(Retry, index=index, name=task.name, attempt=attempt, reason=message)

    # Books

    def _keep_books(self, *, last: bool = False) -> None:
        """Write the group of journal lines, tell the listeners, take the snapshot, when due."""
        now = monotonic()
        if last or (self._journal.gathered and now >= self._next_group):
            self._next_group = now + GROUP_S
            self._journal.flush()
            self._tell()
        if last or now >= self._next_progress:
            self._next_progress = now + 1.0
            self._emit_progress()
        if now >= self._next_snapshot:
            self._snapshot()

    def _tell(self) -> None:
        """Tell the listeners of the files whose results are written."""
        if not self._unheard:
            return
        counts = self._ledger.counts
        for row in self._unheard:
            self._emitter.emit(TaskEvent, file=row, counts=counts)
        self._unheard.clear()

    def _emit_progress(self) -> None:
        counts, seconds = self._ledger.counts, self._ledger.seconds
        rate = self._converted / seconds if seconds else 0.0
        self._emitter.emit(
            Progress,
            counts=counts,
            seconds=round(seconds, 3),
            per_second=round(rate, 2),
            eta_s=round(counts.pending / rate, 1) if rate else None,
        )

    def _snapshot(self, *, first: bool = False, ended: Ended | None = None) -> None:
        """Write the status; a status file that cannot be written stops the job only at first."""
        began = monotonic()
        status = self._ledger.status(
            self._folder, self._state, running=self._machine.running, ended=ended
        )
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
            self._emitter.emit(WarningEvent, code="status", message=f"Status not written: {error}")
        now = monotonic()
        self._next_snapshot = now + max(_SNAPSHOT_S, (now - began) / _SNAPSHOT_SHARE)

    # The end

    def _finish(self, interrupts: Interrupts) -> Ended:
        """Write the output, if every file has its result and any is usable."""
        counts = self._ledger.counts
        if interrupts.count:
            return Ended(JobState.INTERRUPTED, int(interrupts.exit_code))
        if not counts.done:
            return Ended(JobState.FAILED, int(ExitCode.NO_INPUT))
        self._state = JobState.MERGING
        self._journal.append(Staged(self._state))
        self._journal.flush()
        self._snapshot()
        told = monotonic()

        def advance(done: int) -> None:
            nonlocal told
            if interrupts.count:
                raise _Interrupted
            now = monotonic()
            if done == counts.done or now - told >= 1.0:
                told = now
                self._emitter.emit(Merge, done=done, total=counts.done)

        self._emitter.emit(Merge, done=0, total=counts.done)
        try:
            outputs = write_outputs(self._plan, self._ledger.results, self._folder.objects, advance)
        except _Interrupted:
            return Ended(JobState.INTERRUPTED, int(interrupts.exit_code))
        if counts.failed:
            return Ended(JobState.PARTIAL, int(ExitCode.SOME_FAILED), outputs)
        return Ended(JobState.DONE, int(ExitCode.OK), outputs)

    def _abandon(self, error: BaseException) -> None:
        """Leave a job that something stopped so that it can be resumed."""
        code = error.exit_code if isinstance(error, Svg2PptxError) else ExitCode.DEFECT
        ended = Ended(JobState.INTERRUPTED, int(code), error=str(error) or type(error).__name__)
        self._state = ended.state
        try:
            self._journal.append(ended)
            self._journal.close()
        except Svg2PptxError as second:
            self._folder.log(f"journal not closed: {second}")
        self._snapshot(ended=ended)

    def _report(self, ended: Ended) -> Report:
        interrupted = ended.state is JobState.INTERRUPTED
        return Report(
            job=self._folder.id,
            folder=str(self._folder.root),
            state=ended.state,
            exit_code=ExitCode(ended.exit_code),
            counts=self._ledger.counts,
            fidelity=self._ledger.fidelity,
            seconds=round(self._ledger.seconds, 3),
            converted=self._converted,
            outputs=ended.outputs,
            resume_command=f"svg2pptx-batch resume {self._folder.id}" if interrupted else "",
            files=tuple(self._ledger.rows),
        )
