"""The calls of a pool from submission to outcome: which worker is given which, and when.

One call runs in a worker at a time, but the next few short ones may already lie in its pipe, so
that no worker waits for the parent. Starting workers and watching them is not done here.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import count

from svg2pptx_batch.executors import execution, worker
from svg2pptx_batch.executors.base import Call, Cancelled, Completed, Outcome
from svg2pptx_batch.executors.process import Sent, Stage, WorkerProcess

GATHER_S = 0.008
_AHEAD_S = 0.02
_MAX_AHEAD = 24
_STUCK_S = 0.04


class Dispatcher:
    """Hands calls out and keeps their outcomes until they are collected.

    Calls marked `alone` run after all others that are queued, while nothing else runs, each in a
    fresh worker where one can be started: what it takes and what it breaks is its own.

    Args:
        capacity: How many workers the pool may have.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._queue: deque[Call] = deque()
        self._alone_queue: deque[Call] = deque()
        self._alone_id: str | None = None
        self._ids: set[str] = set()
        self._withdrawn: set[str] = set()
        self._outcomes: list[Outcome] = []
        self._numbers = count(1)
        self._mean_s: float | None = None

    @property
    def pending(self) -> int:
        """Calls submitted whose outcome has not been collected yet."""
        return len(self._ids)

    @property
    def has_outcomes(self) -> bool:
        """Whether there is anything to collect."""
        return bool(self._outcomes)

    @property
    def runs_alone(self) -> bool:
        """Whether a call marked `alone` is with a worker."""
        return self._alone_id is not None

    def submit(self, call: Call) -> None:
        """Queue a call.

        Raises:
            ValueError: If a call of that id is pending.
        """
        if call.id in self._ids:
            msg = f"call {call.id!r} is already pending"
            raise ValueError(msg)
        self._ids.add(call.id)
        (self._alone_queue if call.alone else self._queue).append(call)

    def collect(self) -> list[Outcome]:
        """Return the outcomes that have come since last asked."""
        outcomes, self._outcomes = self._outcomes, []
        self._ids.difference_update(outcome.call_id for outcome in outcomes)
        return outcomes

    def may_gather(self, workers: Sequence[WorkerProcess]) -> bool:
        """Whether all workers have enough ahead of them that answers may wait for one another.

        Awaking for each answer of many short calls takes time that the workers could use.
        """
        if self._mean_s is None or len(workers) < self.capacity:
            return False
        enough = 1 + math.ceil(GATHER_S / max(self._mean_s, 1e-6))
        return all(len(each.calls) > enough for each in workers)

    def workers_wanted(self, working: Sequence[WorkerProcess]) -> int:
        """Return how many workers there are calls for.

        For a call to run alone that is one more than have done anything, even beyond the capacity
        until it is there.
        """
        if self._alone_id is not None:
            return 0
        calls = len(self._queue) + sum(1 for each in working if each.calls)
        if not calls and self._alone_queue:
            return 1 + sum(1 for each in working if each.answered)
        return min(self.capacity, calls)

    def hand_out(self, workers: Sequence[WorkerProcess], *, more: bool) -> None:
        """Give calls to workers, idle ones first.

        Args:
            workers: All there are.
            more: Whether others can be started.
        """
        if self._alone_id is not None:
            return
        ready = [
            each
            for each in workers
            if each.stage is Stage.READY and each.revoked_at is None and not each.worn
        ]
        if self._queue:
            self._share_out(ready)
        elif not any(each.calls for each in workers):
            if self._alone_queue:
                self._give_alone([each for each in ready if not (more and each.answered)])
        elif any(not each.calls for each in ready):
            _revoke_stuck(workers)
        for each in ready:
            each.channel.flush()

    def _share_out(self, ready: list[WorkerProcess]) -> None:
        """Give one call to each worker that has none, then calls ahead to those that are quick.

        A call for each slot that is not ready yet stays in the queue.
        """
        now = time.monotonic()
        kept = self.capacity - len(ready)
        fewest = min((len(each.calls) for each in ready), default=0)
        for depth in range(fewest, self._depth()):
            for each in ready:
                if len(self._queue) <= (kept if depth else 0):
                    return
                quick = not depth or now - each.head_since < _STUCK_S
                if len(each.calls) <= depth and quick and not each.is_full:
                    self._give(each, self._queue.popleft())

    def _give_alone(self, fit: list[WorkerProcess]) -> None:
        """Give the next call that runs alone to one of the workers that are fit for it."""
        if fit:
            call = self._alone_queue.popleft()
            self._alone_id = call.id
            self._give(fit[0], call)

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
            self.settle(execution.ended_by(call.id, error))
            return
        each.give(Sent(number, call, message))

    def settle(self, outcome: Outcome) -> None:
        """Keep the outcome of a call."""
        if isinstance(outcome, Completed):
            seconds = outcome.seconds
            self._mean_s = seconds if self._mean_s is None else 0.9 * self._mean_s + 0.1 * seconds
        self._outcomes.append(outcome)
        self._withdrawn.discard(outcome.call_id)
        if outcome.call_id == self._alone_id:
            self._alone_id = None

    def give_back(self, unstarted: list[Sent]) -> None:
        """Queue calls again that were sent and not started, or end them if they are withdrawn."""
        for sent in reversed(unstarted):
            call = sent.call
            if call.id == self._alone_id:
                self._alone_id = None
            if call.id in self._withdrawn:
                self.settle(Cancelled(call.id))
            else:
                (self._alone_queue if call.alone else self._queue).appendleft(call)

    def withdraw(self, workers: Iterable[WorkerProcess]) -> None:
        """Cancel all calls that no worker has started.

        Those that lie in a worker's pipe are revoked; it may take the worker's current call to
        learn which of them were started after all.
        """
        for call in (*self._queue, *self._alone_queue):
            self._outcomes.append(Cancelled(call.id))
        self._queue.clear()
        self._alone_queue.clear()
        for each in workers:
            if each.calls:
                self._withdrawn.update(sent.call.id for sent in each.calls)
                each.revoke()


def _revoke_stuck(workers: Iterable[WorkerProcess]) -> None:
    """Ask for calls back that wait behind a long one while other workers have nothing."""
    now = time.monotonic()
    for each in workers:
        burdened = each.stage is Stage.READY and len(each.calls) > 1
        if burdened and each.revoked_at is None and now - each.head_since > _STUCK_S:
            each.revoke()
