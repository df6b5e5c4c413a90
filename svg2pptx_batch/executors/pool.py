"""A supervisor of worker processes that survives whatever a call does to its worker.

One process and one private pair of pipes a slot. Of the calls that lie in a worker's pipe the black
box tells which one was started: a death convicts that one alone, the others go quietly to another
worker.
"""

from __future__ import annotations

import multiprocessing.connection
import time
from typing import Any, Self

from svg2pptx_batch.executors import logs, memory, worker
from svg2pptx_batch.executors.base import (
    Call,
    Cancelled,
    Crashed,
    Outcome,
    OutOfMemory,
    TimedOut,
    check_workers,
)
from svg2pptx_batch.executors.dispatch import GATHER_S, Dispatcher
from svg2pptx_batch.executors.process import Sentence, Stage, WorkerProcess
from svg2pptx_batch.executors.spawner import Spawner

_TICK_S = 0.1
_TICK_ALONE_S = 0.01
_GRACE_S = 1.5
_START_LIMIT_S = 60.0
_REVOCATION_S = 0.02
_FLUSH_S = 0.002


class PoolExecutor:
    """Runs calls in worker processes; see `base.Executor` for the contract.

    Deadlines and memory are watched inside `wait`, so call it often while calls are under way.
    A call may pickle to any size, but small ones are what this is made for. Calls marked `alone`
    run after all others that are queued.

    Args:
        function: Task function as `module:qualname`, importable in the workers.
        workers: Processes, at least 1; started as calls need them.
        memory_bytes: Resident size at which a worker is ended; 0 for no limit. What is allocated
            too fast for the watch is refused by the system, where it can; see `memory`.
        recycle_after: Calls after which a worker is replaced; 0 for never. One that has grown by
            half (and 64 MiB) since its first calls is replaced, too.
        preload: Modules to import once, before workers are forked, where the system can.
    """

    def __init__(
        self,
        function: str,
        *,
        workers: int,
        memory_bytes: int = 0,
        recycle_after: int = 0,
        preload: tuple[str, ...] = (),
    ) -> None:
        check_workers(workers)
        self._spawner = Spawner(function, recycle_after, memory_bytes, preload)
        self._dispatcher = Dispatcher(workers)
        self._workers: list[WorkerProcess] = []
        self._watched: list[Any] | None = None
        self._last_tick = 0.0
        self._entered = False

    @property
    def capacity(self) -> int:
        """How many workers there may be; after `resize` a few may be over for a while."""
        return self._dispatcher.capacity

    @property
    def pending(self) -> int:
        """Calls submitted whose outcome `wait` has not returned yet."""
        return self._dispatcher.pending

    @property
    def worker_bytes(self) -> int:
        """Resident size of the largest worker, looked up now."""
        return max((each.measure() for each in self._workers), default=0)

    def __enter__(self) -> Self:
        """Start the first worker; the others follow when there are calls for them."""
        self._entered = True
        self._start_worker()
        return self

    def __exit__(self, *exc_info: object) -> None:
        """End the workers, politely where they have nothing to do."""
        self._entered = False
        try:
            for each in self._workers:
                if each.stage is Stage.READY and not each.calls:
                    each.retire()
                elif each.stage is not Stage.RETIRING:
                    each.condemn(Sentence.KILLED, 0)
            self._await_ends(_GRACE_S)
        finally:
            for each in self._workers:
                each.kill()
            while self._workers:
                self._bury(self._workers[-1])

    def submit(self, call: Call) -> None:
        """Queue a call; the next `wait` hands it out.

        Raises:
            ValueError: If a call of that id is pending.
            RuntimeError: Outside of the `with` block.
        """
        if not self._entered:
            msg = "use the executor as a context manager"
            raise RuntimeError(msg)
        self._dispatcher.submit(call)

    def resize(self, workers: int) -> None:
        """Have so many workers from now on: more as calls need them, fewer as they get idle.

        Raises:
            ValueError: If it is less than 1.
        """
        check_workers(workers)
        self._dispatcher.capacity = workers
        self._dismiss_surplus()

    def wait(self, timeout_s: float | None = None) -> list[Outcome]:
        """Return the outcomes that have come; waits as the contract says.

        Raises:
            ExecutorError: If workers keep dying before they have done anything.
        """
        calls = self._dispatcher
        if not calls.pending:
            return []
        end = None if timeout_s is None else time.monotonic() + timeout_s
        self._turn(end if not calls.has_outcomes else 0.0)
        while not calls.has_outcomes and (end is None or time.monotonic() < end):
            self._turn(end)
        if calls.has_outcomes and calls.may_gather(self._workers):
            time.sleep(GATHER_S)
            self._turn(0.0)
        return calls.collect()

    def cancel(self) -> None:
        """Withdraw all calls that no worker has started; see `Dispatcher.withdraw`."""
        self._dispatcher.withdraw(self._workers)

    def kill(self) -> None:
        """End every worker now; whatever has no outcome yet ends as Cancelled."""
        self.cancel()
        for each in self._workers:
            each.condemn(Sentence.KILLED, 0)
        self._await_ends(_GRACE_S)
        while self._workers:
            self._bury(self._workers[-1])

    def _turn(self, end: float | None) -> None:
        """Hand out calls, wait for the next event, deal with it."""
        self._hand_out()
        now = time.monotonic()
        limit = self._next_event(now)
        if end is not None:
            limit = end if limit is None else min(limit, end)
        watched = self._watch_list()
        if not watched and limit is None:
            return
        ready = set(
            multiprocessing.connection.wait(
                watched, None if limit is None else max(0.0, limit - now)
            )
        )
        for each in [w for w in self._workers if w.channel.reader in ready]:
            self._listen(each)
        for each in [w for w in self._workers if w.watches_sentinel and w.sentinel in ready]:
            self._on_sentinel(each)
        self._inspect(time.monotonic())
        self._hand_out()

    def _watch_list(self) -> list[Any]:
        """Pipes and sentinels of all workers."""
        if self._watched is None:
            self._watched = [each.channel.reader for each in self._workers]
            self._watched += [each.sentinel for each in self._workers if each.watches_sentinel]
        return self._watched

    def _next_event(self, now: float) -> float | None:
        """When something has to be looked at, even if no worker says anything."""
        times = []
        if any(each.calls or each.stage is not Stage.READY for each in self._workers):
            times.append(max(now, self._last_tick + self._tick_s))
        if now < self._spawner.paused_until:
            times.append(self._spawner.paused_until)
        for each in self._workers:
            if each.stage is Stage.READY and each.calls:
                limit = each.calls[0].call.timeout_s
                if limit is not None:
                    times.append(each.head_since + limit)
            if each.revoked_at is not None:
                times.append(each.revoked_at + _REVOCATION_S)
            if each.channel.clogged:
                times.append(now + _FLUSH_S)
        return min(times, default=None)

    # Handing out

    def _hand_out(self) -> None:
        """Give calls to workers, and start workers where there are too few.

        Beside each that is late another is started: it may never come.
        """
        self._dispatcher.hand_out(self._workers, more=not self._spawner.exhausted)
        working = [w for w in self._workers if w.stage is not Stage.RETIRING]
        wanted = self._dispatcher.workers_wanted(working)
        if wanted:
            late = sum(1 for each in working if each.is_late)
            wanted = min(wanted + late, 2 * self.capacity + 1)
        while len(working) < wanted:
            if not working and self._spawner.exhausted:
                raise self._spawner.error()
            started = self._start_worker()
            if started is None:
                return
            working.append(started)

    def _start_worker(self) -> WorkerProcess | None:
        started = self._spawner.start()
        if started is not None:
            self._workers.append(started)
            self._watched = None
        return started

    def _welcome(self, each: WorkerProcess) -> None:
        """Count on a worker that has started, and no more on those begun before it."""
        each.stage = Stage.READY
        for other in self._workers:
            if other.is_late and other.begun_at < each.begun_at:
                other.condemn(Sentence.KILLED, 0)
        self._dismiss_surplus()

    def _dismiss_surplus(self) -> None:
        """Let go of workers that are too many: idle ones now, busy ones after their calls."""
        staying = [w for w in self._workers if w.is_employed]
        staying.sort(key=lambda each: (len(each.calls), each.stage is Stage.READY))
        for each in staying[: max(0, len(staying) - self.capacity)]:
            each.worn = True
            if not each.calls:
                each.retire()

    # Hearing

    def _listen(self, each: WorkerProcess) -> None:
        """Take what a worker has said, and its end of speech."""
        for message in each.channel.collect():
            self._hear(each, message)
        if each.channel.at_end:
            self._bury(each)

    def _hear(self, each: WorkerProcess, message: bytes) -> None:
        kind = message[:1]
        if kind == worker.LOG:
            logs.tell(message[1:])
        elif kind == worker.READY:
            if each.stage is Stage.STARTING:
                self._welcome(each)
        elif kind == worker.BROKEN:
            each.error = message[1:].decode("utf-8", "replace")
        elif sent := each.take(worker.decode_number(message)):
            if kind == worker.SKIPPED:
                self._dispatcher.give_back([sent])
            else:
                self._spawner.note_answer()
                outcome = worker.decode_outcome(message, sent.call.id)
                self._dispatcher.settle(outcome)
                each.note_answer(outcome)
                self._retire_if_worn(each)

    def _retire_if_worn(self, each: WorkerProcess) -> None:
        if each.worn and not each.calls and each.stage is Stage.READY:
            each.retire()

    # Watching

    @property
    def _tick_s(self) -> float:
        """How often memory is looked at: closely where the last look has to convict a call."""
        return _TICK_ALONE_S if self._dispatcher.runs_alone else _TICK_S

    def _inspect(self, now: float) -> None:
        """Look after deadlines, revocations and, at every tick, memory and output."""
        for each in list(self._workers):
            if each.channel.clogged:
                each.channel.flush()
            if each.kill_at is not None and now >= each.kill_at:
                each.kill()
            if each.revoked_at is not None and now >= each.revoked_at + _REVOCATION_S:
                each.revoked_at = None
                self._dispatcher.give_back(each.unstarted())
                self._retire_if_worn(each)
            if each.stage is Stage.READY and each.calls:
                limit = each.calls[0].call.timeout_s
                if limit is not None and now >= each.head_since + limit:
                    each.condemn(Sentence.TIME, _GRACE_S)
            elif each.stage is Stage.STARTING and now >= each.begun_at + _START_LIMIT_S:
                each.error = f"not ready after {_START_LIMIT_S:.0f} s"
                each.condemn(Sentence.START, _GRACE_S)
        if now < self._last_tick + self._tick_s:
            return
        self._last_tick = now
        for each in self._workers:
            if each.stage is Stage.READY and each.calls:
                each.box.bound_output()
                if each.is_too_large:
                    each.condemn(Sentence.MEMORY, 0)
                elif each.ignores_its_call and each.revoked_at is None:
                    each.worn = True
                    each.revoke()

    def _on_sentinel(self, each: WorkerProcess) -> None:
        """A process has ended; or the fork server has, and with it the knowledge of its workers."""
        if each not in self._workers:
            return
        if each.alive:
            each.watches_sentinel = False
            self._watched = None
        else:
            self._bury(each)

    def _bury(self, each: WorkerProcess) -> None:
        """Settle what a dead worker leaves behind."""
        for message in each.channel.drain():
            self._hear(each, message)
        self._workers.remove(each)
        self._watched = None
        unstarted = each.unstarted()
        if each.sentence is Sentence.MEMORY and unstarted and not each.calls:
            each.calls.append(unstarted.pop(0))  # to take it in was too much
        stderr = each.box.tail()
        sentenced = each.sentence in (Sentence.KILLED, Sentence.MEMORY)
        barren = not (sentenced or each.answered or each.box.started)
        seconds = time.monotonic() - each.head_since
        code = each.bury()
        for sent in each.calls:
            self._dispatcher.settle(_verdict(each, sent.call.id, code, stderr, seconds))
        self._dispatcher.give_back(unstarted)
        if barren and each.stage is not Stage.RETIRING:
            self._spawner.note_barren(each.error or stderr, hopeless=bool(each.error))

    def _await_ends(self, seconds: float) -> None:
        """Wait until all workers' processes have ended, at most so long."""
        end = time.monotonic() + seconds
        left = [each.sentinel for each in self._workers]
        while left and (rest := end - time.monotonic()) > 0:
            for sentinel in multiprocessing.connection.wait(left, rest):
                left.remove(sentinel)  # type: ignore[arg-type]


def _verdict(
    dead: WorkerProcess, call_id: str, code: int | None, stderr: str, seconds: float
) -> Outcome:
    """The outcome of the call a worker died of."""
    match dead.sentence:
        case Sentence.TIME:
            return TimedOut(call_id, seconds)
        case Sentence.MEMORY:
            return OutOfMemory(call_id, dead.resident_bytes)
        case Sentence.KILLED:
            return Cancelled(call_id)
        case _ if memory.was_exhaustion(stderr, dead.resident_bytes, dead.memory_bytes):
            return OutOfMemory(call_id, dead.resident_bytes)
        case _:
            return Crashed(call_id, code, stderr)
