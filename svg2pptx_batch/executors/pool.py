"""A supervisor of worker processes that survives whatever a call does to its worker.

One process and one private pair of pipes a slot. While a call runs, the next few short ones may
already lie in its worker's pipe, so that no worker waits for the parent; the black box tells
which one was started. A death convicts that one alone, the others go quietly to another worker.
"""

from __future__ import annotations

import logging
import math
import multiprocessing.connection
import time
from collections import deque
from itertools import count
from typing import Any, Self

from svg2pptx_batch.errors import ExecutorError
from svg2pptx_batch.executors import execution, logs, worker
from svg2pptx_batch.executors.base import (
    Call,
    Cancelled,
    Crashed,
    Outcome,
    OutOfMemory,
    TimedOut,
)
from svg2pptx_batch.executors.process import (
    Sent,
    Sentence,
    Stage,
    WorkerProcess,
    start_context,
)

_TICK_S = 0.1
_GRACE_S = 2.0
_START_LIMIT_S = 60.0
_RETIREMENT_S = 5.0
_AHEAD_S = 0.02
_MAX_AHEAD = 8
_STUCK_S = 0.04
_GATHER_S = 0.005
_REVOCATION_S = 0.02
_FLUSH_S = 0.002
_MAX_BARREN = 8
_FIRST_PAUSE_S = 0.05
_MAX_PAUSE_S = 0.5
_MEASURE_EVERY = 32
_GROWTH = 1.5
_GROWTH_BYTES = 64 * 2**20

_log = logging.getLogger(__name__)


class PoolExecutor:
    """Runs calls in worker processes; see `base.Executor` for the contract.

    Deadlines and memory are watched inside `wait`, so call it often while calls are under way.
    A call may pickle to any size, but small ones are what this is made for. Calls marked `alone`
    run after all others that are queued.

    Args:
        function: Task function as `module:qualname`, importable in the workers.
        workers: Processes, at least 1; started as calls need them.
        memory_bytes: Resident size at which a worker is killed; 0 for no limit.
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
        if workers < 1:
            msg = f"a pool needs at least one worker, not {workers}"
            raise ValueError(msg)
        self._function = function
        self._capacity = workers
        self._memory_bytes = memory_bytes
        self._recycle_after = recycle_after
        self._context = start_context((function.partition(":")[0], *preload))
        self._workers: list[WorkerProcess] = []
        self._watched: list[Any] | None = None
        self._queue: deque[Call] = deque()
        self._alone_queue: deque[Call] = deque()
        self._alone_id: str | None = None
        self._ids: set[str] = set()
        self._withdrawn: set[str] = set()
        self._outcomes: list[Outcome] = []
        self._numbers = count(1)
        self._mean_s: float | None = None
        self._next_tick = 0.0
        self._barren = 0
        self._start_at = 0.0
        self._last_words = ""
        self._entered = False

    @property
    def capacity(self) -> int:
        """Number of slots."""
        return self._capacity

    @property
    def pending(self) -> int:
        """Calls submitted whose outcome `wait` has not returned yet."""
        return len(self._ids)

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
        if call.id in self._ids:
            msg = f"call {call.id!r} is already pending"
            raise ValueError(msg)
        self._ids.add(call.id)
        (self._alone_queue if call.alone else self._queue).append(call)

    def wait(self, timeout_s: float | None = None) -> list[Outcome]:
        """Return the outcomes that have come; waits as the contract says.

        Raises:
            ExecutorError: If workers keep dying before they have done anything.
        """
        if not self._ids:
            return []
        end = None if timeout_s is None else time.monotonic() + timeout_s
        self._turn(end if not self._outcomes else 0.0)
        while not self._outcomes and self._ids and (end is None or time.monotonic() < end):
            self._turn(end)
        if self._outcomes and self._may_gather():
            time.sleep(_GATHER_S)
            self._turn(0.0)
        outcomes, self._outcomes = self._outcomes, []
        self._ids.difference_update(outcome.call_id for outcome in outcomes)
        return outcomes

    def _may_gather(self) -> bool:
        """Whether all workers have enough ahead of them that answers may wait for one another.

        Awaking for each answer of many short calls takes time that the workers could use.
        """
        if self._mean_s is None or len(self._workers) < self._capacity:
            return False
        enough = 1 + math.ceil(_GATHER_S / max(self._mean_s, 1e-6))
        return all(len(each.calls) > enough for each in self._workers)

    def cancel(self) -> None:
        """Withdraw all calls that no worker has started.

        Those that lie in a worker's pipe are revoked; it may take the worker's current call to
        learn which of them were started after all.
        """
        for call in (*self._queue, *self._alone_queue):
            self._outcomes.append(Cancelled(call.id))
        self._queue.clear()
        self._alone_queue.clear()
        for each in self._workers:
            if each.calls:
                self._withdrawn.update(sent.call.id for sent in each.calls)
                each.revoke()

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
            times.append(max(now, self._next_tick))
        if now < self._start_at:
            times.append(self._start_at)
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
        """Give calls to workers, idle ones first, and start workers where there are too few."""
        if self._alone_id is not None:
            return
        ready = [
            each
            for each in self._workers
            if each.stage is Stage.READY and each.revoked_at is None and not each.worn
        ]
        if self._queue:
            self._share_out(ready)
        elif not any(each.calls for each in self._workers):
            if self._alone_queue and ready:
                call = self._alone_queue.popleft()
                self._alone_id = call.id
                self._give(ready[0], call)
        elif any(not each.calls for each in ready):
            self._revoke_stuck()
        self._start_workers()

    def _share_out(self, ready: list[WorkerProcess]) -> None:
        """Give one call to each worker that has none, then calls ahead to those that are quick.

        A call for each slot that is not ready yet stays in the queue.
        """
        now = time.monotonic()
        kept = self._capacity - len(ready)
        for depth in range(self._depth()):
            for each in ready:
                if len(self._queue) <= (kept if depth else 0):
                    return
                quick = not depth or now - each.head_since < _STUCK_S
                if len(each.calls) <= depth and quick and not self._is_full(each):
                    self._give(each, self._queue.popleft())

    def _is_full(self, each: WorkerProcess) -> bool:
        """Whether a worker has been given as many calls as one worker may have in its life."""
        return 0 < self._recycle_after <= each.answered + len(each.calls)

    def _depth(self) -> int:
        """How many calls a worker may have: one, and some 20 ms of short ones ahead."""
        if self._mean_s is None:
            return 1
        return 1 + min(_MAX_AHEAD, int(_AHEAD_S / max(self._mean_s, 1e-6)))

    def _give(self, each: WorkerProcess, call: Call) -> None:
        number = next(self._numbers)
        try:
            message = worker.encode_call(number, call.id, call.argument)
        except Exception as error:  # noqa: BLE001  pickling runs the argument's own code
            self._settle(execution.failure(call.id, error))
            return
        each.give(Sent(number, call, message))

    def _revoke_stuck(self) -> None:
        """Ask for calls back that wait behind a long one while other workers have nothing."""
        now = time.monotonic()
        for each in self._workers:
            burdened = each.stage is Stage.READY and len(each.calls) > 1
            if burdened and each.revoked_at is None and now - each.head_since > _STUCK_S:
                each.revoke()

    def _start_workers(self) -> None:
        """Start as many workers as there are calls for, unless starts keep failing."""
        working = [w for w in self._workers if w.stage is not Stage.RETIRING]
        calls = len(self._queue) + sum(1 for each in working if each.calls)
        wanted = min(self._capacity, calls or bool(self._alone_queue))
        while len(working) < wanted:
            if self._barren >= _MAX_BARREN:
                if not working:
                    raise self._cannot_start()
                return
            if time.monotonic() < self._start_at:
                return
            started = self._start_worker()
            if started is None:
                return
            working.append(started)

    def _start_worker(self) -> WorkerProcess | None:
        try:
            started = WorkerProcess(self._context, self._function)
        except (OSError, EOFError) as error:
            self._on_barren(f"{type(error).__name__}: {error}")
            return None
        self._workers.append(started)
        self._watched = None
        return started

    def _on_barren(self, words: str, weight: int = 1) -> None:
        """Note a worker that died before it did anything; the next one waits a little longer."""
        self._last_words = words
        self._start_at = time.monotonic() + min(_MAX_PAUSE_S, _FIRST_PAUSE_S * 2**self._barren)
        self._barren += weight
        _log.warning("a worker process died before it did anything: %s", words or "no message")

    def _cannot_start(self) -> ExecutorError:
        return ExecutorError(
            "Worker processes keep ending before they have done anything"
            + (f"; the last one said: {self._last_words}" if self._last_words else "."),
            remedy="Look for what ends new processes: memory, process limits, a broken install.",
        )

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
                each.stage = Stage.READY
        elif kind == worker.BROKEN:
            each.error = message[1:].decode("utf-8", "replace")
        elif sent := each.take(worker.decode_number(message)):
            if kind == worker.SKIPPED:
                self._give_back([sent])
            else:
                self._on_answer(each, worker.decode_outcome(message, sent.call.id))

    def _on_answer(self, each: WorkerProcess, outcome: Outcome) -> None:
        self._barren = 0
        each.answered += 1
        seconds = getattr(outcome, "seconds", None)
        if seconds is not None:
            self._mean_s = seconds if self._mean_s is None else 0.9 * self._mean_s + 0.1 * seconds
        self._settle(outcome)
        each.worn = each.worn or self._is_worn(each)
        self._retire_if_worn(each)

    def _settle(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._withdrawn.discard(outcome.call_id)
        if outcome.call_id == self._alone_id:
            self._alone_id = None

    def _give_back(self, unstarted: list[Sent]) -> None:
        """Queue calls again that were sent and not started, or end them if they are withdrawn."""
        for sent in reversed(unstarted):
            call = sent.call
            if call.id == self._alone_id:
                self._alone_id = None
            if call.id in self._withdrawn:
                self._settle(Cancelled(call.id))
            else:
                (self._alone_queue if call.alone else self._queue).appendleft(call)

    def _is_worn(self, each: WorkerProcess) -> bool:
        """Whether a worker has done its share or has grown by half."""
        if self._recycle_after and each.answered >= self._recycle_after:
            return True
        if each.answered % _MEASURE_EVERY:
            return False
        resident = each.measure()
        if not each.baseline_bytes:
            each.baseline_bytes = resident
        return resident > max(_GROWTH * each.baseline_bytes, each.baseline_bytes + _GROWTH_BYTES)

    def _retire_if_worn(self, each: WorkerProcess) -> None:
        if each.worn and not each.calls and each.stage is Stage.READY:
            each.retire()
            each.kill_at = time.monotonic() + _RETIREMENT_S

    # Watching

    def _inspect(self, now: float) -> None:
        """Look after deadlines, revocations and, ten times a second, memory and output."""
        for each in list(self._workers):
            if each.channel.clogged:
                each.channel.flush()
            if each.kill_at is not None and now >= each.kill_at:
                each.kill()
            if each.revoked_at is not None and now >= each.revoked_at + _REVOCATION_S:
                each.revoked_at = None
                self._give_back(each.unstarted())
                self._retire_if_worn(each)
            if each.stage is Stage.READY and each.calls:
                limit = each.calls[0].call.timeout_s
                if limit is not None and now >= each.head_since + limit:
                    each.condemn(Sentence.TIME, _GRACE_S)
            elif each.stage is Stage.STARTING and now >= each.begun_at + _START_LIMIT_S:
                each.error = f"not ready after {_START_LIMIT_S:.0f} s"
                each.condemn(Sentence.START, _GRACE_S)
        if now < self._next_tick:
            return
        self._next_tick = now + _TICK_S
        for each in self._workers:
            if each.stage is Stage.READY and each.calls:
                each.box.bound_output()
                if self._memory_bytes and each.measure() > self._memory_bytes:
                    each.condemn(Sentence.MEMORY, 0)

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
        stderr = each.box.tail()
        barren = not each.answered and not each.box.started
        seconds = time.monotonic() - each.head_since
        code = each.bury()
        for sent in each.calls:
            self._settle(_verdict(each, sent.call.id, code, stderr, seconds))
        self._give_back(unstarted)
        if barren and each.sentence is not Sentence.KILLED and each.stage is not Stage.RETIRING:
            # what a worker could say itself will hardly pass: two tries are enough
            self._on_barren(each.error or stderr, _MAX_BARREN // 2 if each.error else 1)

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
        case _:
            return Crashed(call_id, code, stderr)
