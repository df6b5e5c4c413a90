"""Converts what has no result: the state machine on one side, the workers on the other.

It decides nothing about tasks, `state` does; it keeps no records, `books` does. What it owes each
task is constant and small, because it shares the processors with the workers.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from time import monotonic, sleep
from typing import assert_never

from svg2pptx_batch.batch import state as machine_room
from svg2pptx_batch.batch.books import Books
from svg2pptx_batch.batch.brakes import Brakes, Halt
from svg2pptx_batch.batch.cluster import is_remote
from svg2pptx_batch.batch.manifest import GROUP_S, Done, Failed
from svg2pptx_batch.batch.messages import (
    WORKDIR_CODE,
    Converted,
    Order,
    Refused,
    Setting,
    decode_result,
    encode,
)
from svg2pptx_batch.batch.pace import TimeLimit
from svg2pptx_batch.batch.plan import Failure, Plan, defect
from svg2pptx_batch.batch.pool import sample, sizing
from svg2pptx_batch.batch.report import JobState
from svg2pptx_batch.batch.state import Dispatch, End, GiveUp, Machine, Repeat
from svg2pptx_batch.batch.verdicts import verdict
from svg2pptx_batch.batch.workdir import JobFolder
from svg2pptx_batch.errors import ClusterError, ExitCode, OutputError
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
from svg2pptx_batch.logs import task_scope

log = logging.getLogger(__name__)

_POLL_S = 0.2
_SIZE_S = 1.0
_WINDOW_A_WORKER = 40


class Converting:
    """One run's work on its files.

    Args:
        folder: The job's.
        plan: The job.
        books: Where results are entered.
        executor: The workers, started.
        brakes: Say when to pause and when to end.
    """

    def __init__(
        self, folder: JobFolder, plan: Plan, books: Books, executor: Executor, brakes: Brakes
    ) -> None:
        self._folder = folder
        self._plan = plan
        self._options = plan.spec.job_options
        self._books = books
        self._executor = executor
        self._brakes = brakes
        self._machine = Machine({}, window=0, retries=0)
        self._limit = TimeLimit(self._options.timeout_s)
        self._setting = encode(
            Setting(plan.spec.options, self._options.limits, str(folder.objects), plan.frame)
        )
        self._broken: dict[int, tuple[Failure, str]] = {}
        self._halt: Halt | None = None
        self._kill_at: float | None = None
        self._paused = False
        self._over = False
        ours = not (self._options.jobs or is_remote(self._options.executor))
        self._sizing = sizing() if ours else None
        self._next_size = monotonic() + _SIZE_S

    def run(self, pending: Mapping[int, int], attempts: Mapping[int, int]) -> Halt | None:
        """Convert the files.

        Args:
            pending: The files without a result: index to size in bytes.
            attempts: Attempts made by earlier runs, where there were any: index to count.

        Returns:
            Why it ended before all files had a result; None when they have.

        Raises:
            OutputError: The job's folder cannot be written.
        """
        self._machine = Machine(
            pending,
            window=self._executor.capacity * _WINDOW_A_WORKER,
            retries=self._options.retries,
            attempts=attempts,
        )
        self._brake()  # where there is no room, nothing is begun
        self._obey(machine_room.Began())
        while not self._over:
            for outcome in self._outcomes():
                event = self._judge(outcome)
                if event is not None:
                    self._obey(event)
            self._books.keep(self._machine.running)
            self._brake()
            self._resize(len(pending))
        self._books.keep(self._machine.running, last=True)
        return self._halt

    def _outcomes(self) -> list[Outcome]:
        """Wait for outcomes; a cluster that is lost ends the run, not the job."""
        try:
            return self._executor.wait(GROUP_S if self._books.gathered else _POLL_S)
        except ClusterError as error:
            message = f"{error.message} {error.remedy or ''}".rstrip()
            self._halt = self._halt or Halt(JobState.INTERRUPTED, ExitCode.STOPPED, message)
            self._obey(machine_room.Stop())
            self._executor.kill()
            return self._executor.wait(0)

    def _brake(self) -> None:
        """Stop, give up what is under way, pause or go on, as the brakes say."""
        if self._halt is None:
            self._halt = self._brakes.halt(self._books.ledger.counts)
            if self._halt is not None:
                self._kill_at = monotonic() + self._halt.drain_s
                self._obey(machine_room.Stop())
                self._executor.cancel()
        if self._halt is not None:
            if self._kill_at is not None and (self._brakes.urgent or monotonic() >= self._kill_at):
                self._kill_at = None
                self._executor.kill()
            return
        shortage = self._brakes.shortage()
        if shortage and not self._paused:
            self._books.warn("paused", f"{shortage} The run pauses.")
            self._paused = True
            self._obey(machine_room.Hold())
            self._executor.cancel()
        elif self._paused and not shortage:
            self._books.warn("going-on", "There is enough again; the run goes on.")
            self._paused = False
            self._obey(machine_room.Go())
        if self._paused and not self._executor.pending:
            sleep(_POLL_S)

    def _resize(self, tasks: int) -> None:
        """Have as many workers as do well, about once a second, where the user left it to us."""
        now = monotonic()
        if self._sizing is None or self._halt is not None or now < self._next_size:
            return
        self._next_size = now + _SIZE_S
        counts = self._books.ledger.counts
        seen = sample(counts.done + counts.failed, self._executor.worker_bytes)
        wanted = max(1, min(self._sizing.advise(seen), tasks))
        if wanted != self._executor.capacity:
            log.info("%d workers from now on, not %d", wanted, self._executor.capacity)
            self._executor.resize(wanted)
            self._machine.window = wanted * _WINDOW_A_WORKER

    def _obey(self, event: machine_room.Event) -> None:
        """Hand an event to the machine and carry out what it says."""
        for instruction in self._machine.handle(event):
            match instruction:
                case Dispatch(index, _, alone):
                    self._executor.submit(self._call(index, alone=alone))
                case Repeat(index, attempt):
                    self._books.repeat(index, attempt, self._broken.pop(index)[0].message)
                case GiveUp(index, _, attempts):
                    failure, words = self._broken.pop(index)
                    kept = self._put_aside(index, failure, words)
                    self._fail(index, failure, attempts=attempts, quarantine=kept)
                case End():
                    self._over = True
                case _:
                    assert_never(instruction)

    def _call(self, index: int, *, alone: bool) -> Call:
        """Make the call of a task."""
        task = self._plan.tasks[index]
        assert task.file is not None
        order = encode(Order(task.file, task.digest, task.key, task.slide))
        return Call(str(index), (self._setting, order), self._limit.seconds, alone)

    def _judge(self, outcome: Outcome) -> machine_room.Event | None:
        """Record what came of a call; return the machine's event."""
        index = int(outcome.call_id)
        name = self._plan.tasks[index].name
        match outcome:
            case Completed(_, value):
                self._complete(index, value)
                return machine_room.Finished(index)
            case FailedCall(_, error, traceback):
                self._log(index, error, traceback)
                self._fail(index, defect(error))
                return machine_room.Finished(index)
            case TimedOut() | OutOfMemory() | Crashed():
                words = outcome.stderr if isinstance(outcome, Crashed) else ""
                failure = verdict(name, outcome)
                self._log(index, failure.message, words)
                self._broken[index] = failure, words
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
                self._limit.note(result.seconds)
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
                    result.dependencies,
                )
                self._books.settle(index, done)
            case Refused(failure, seconds, details):
                if failure.code == WORKDIR_CODE:
                    raise OutputError(
                        failure.message, remedy="Make room on that disk, then resume the job."
                    )
                if details:
                    self._log(index, failure.message, details)
                self._fail(index, failure, seconds=seconds, attempts=attempts)
            case _:
                assert_never(result)

    def _log(self, index: int, message: str, details: str) -> None:
        """Log what developers want to know of a file that failed."""
        with task_scope(str(index), self._plan.tasks[index].name):
            log.error("%s", message, extra={"details": details})

    def _put_aside(self, index: int, failure: Failure, words: str) -> str:
        """Put the input of a task that broke its worker into quarantine; return where."""
        task = self._plan.tasks[index]
        assert task.file is not None
        account = f"{task.name}\n{task.file.source}\n{failure.message}\n\n{words}".rstrip() + "\n"
        return self._folder.put_aside(index, Path(task.file.path), account)

    def _fail(
        self,
        index: int,
        failure: Failure,
        *,
        seconds: float = 0.0,
        attempts: int = 1,
        quarantine: str = "",
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
            quarantine,
        )
        self._books.settle(index, failed)
