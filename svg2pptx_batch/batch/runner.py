"""Carries a job out: executor on one side, records and output on the other.

It decides nothing about tasks, `state` does; it keeps no records, `books` does. What it owes each
task is constant and small, because it shares the processors with the workers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import assert_never

from svg2pptx_batch.batch import state as machine_room
from svg2pptx_batch.batch.assemble import check_plan, write_outputs
from svg2pptx_batch.batch.books import Books
from svg2pptx_batch.batch.events import (
    Emitter,
    Error,
    Ingest,
    Merge,
    Start,
    Summary,
)
from svg2pptx_batch.batch.events import Warning as WarningEvent
from svg2pptx_batch.batch.interrupts import Interrupts
from svg2pptx_batch.batch.manifest import (
    GROUP_S,
    Done,
    Ended,
    Failed,
    History,
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
from svg2pptx_batch.batch.report import JobState, Report
from svg2pptx_batch.batch.state import Dispatch, End, GiveUp, Machine, Repeat
from svg2pptx_batch.batch.verdicts import verdict
from svg2pptx_batch.batch.workdir import JobFolder
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

_POLL_S = 0.2
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
        self._over = False
        self._verdicts: dict[int, Failure] = {}
        self._books: Books
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
        self._books = Books(self._folder, self._plan, self._history, self._emitter)
        pending = self._books.ledger.pending()
        try:
            self._announce(pending)
            output = Path(self._plan.spec.output)
            check_output(output, self._options.mode, overwrite=self._options.overwrite)
            check_plan(self._plan)
            self._books.snapshot(first=True)
            if pending:
                with self._executor:
                    self._convert(pending, interrupts)
            self._books.tell()
            ended = self._finish(interrupts)
        except BaseException as error:
            self._abandon(error)
            raise
        self._books.close(ended)
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
        counts = self._books.ledger.counts
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
        self._books.tell_planned_failures()

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
            wait_s = GROUP_S if self._books.gathered else _POLL_S
            for outcome in self._executor.wait(wait_s):
                event = self._judge(outcome)
                if event is not None:
                    self._obey(event, setting)
            self._books.keep(self._machine.running)
            if interrupts.count and deadline is None:
                deadline = monotonic() + _DRAIN_S
                self._obey(machine_room.Stop(), setting)
                self._executor.cancel()
            if deadline is not None and not killed:
                killed = interrupts.count > 1 or monotonic() >= deadline
                if killed:
                    self._executor.kill()
        self._books.keep(self._machine.running, last=True)

    def _obey(self, event: machine_room.Event, setting: bytes) -> None:
        """Hand an event to the machine and carry out what it says."""
        for instruction in self._machine.handle(event):
            match instruction:
                case Dispatch(index, _, alone):
                    self._executor.submit(self._call(index, setting, alone=alone))
                case Repeat(index, attempt):
                    self._books.repeat(index, attempt, self._verdicts.pop(index).message)
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
                    result.slide,
                    result.seconds,
                    result.fidelity,
                    result.diagnostics,
                    result.more,
                    attempts,
                )
                self._books.settle(index, done)
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
        self._books.settle(index, failed)

    # The end

    def _finish(self, interrupts: Interrupts) -> Ended:
        """Write the output, if every file has its result and any is usable."""
        counts = self._books.ledger.counts
        if interrupts.count:
            return Ended(JobState.INTERRUPTED, int(interrupts.exit_code))
        if not counts.done:
            return Ended(JobState.FAILED, int(ExitCode.NO_INPUT))
        self._books.enter(JobState.MERGING)
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
            results = self._books.ledger.results
            outputs = write_outputs(self._plan, results, self._folder.objects, advance)
        except _Interrupted:
            return Ended(JobState.INTERRUPTED, int(interrupts.exit_code))
        if counts.failed:
            return Ended(JobState.PARTIAL, int(ExitCode.SOME_FAILED), outputs)
        code = ExitCode.SOME_FAILED if counts.objected else ExitCode.OK
        return Ended(JobState.DONE, int(code), outputs)

    def _abandon(self, error: BaseException) -> None:
        """Leave a job that something stopped so that it can be resumed."""
        code = error.exit_code if isinstance(error, Svg2PptxError) else ExitCode.DEFECT
        message = str(error) or type(error).__name__
        self._books.abandon(Ended(JobState.INTERRUPTED, int(code), error=message))

    def _report(self, ended: Ended) -> Report:
        interrupted = ended.state is JobState.INTERRUPTED
        ledger = self._books.ledger
        return Report(
            job=self._folder.id,
            folder=str(self._folder.root),
            state=ended.state,
            exit_code=ExitCode(ended.exit_code),
            counts=ledger.counts,
            fidelity=ledger.fidelity,
            fail_on=self._options.fail_on,
            seconds=round(ledger.seconds, 3),
            converted=self._books.converted,
            outputs=ended.outputs,
            resume_command=f"svg2pptx-batch resume {self._folder.id}" if interrupted else "",
            files=tuple(ledger.rows),
        )
