"""The state of a run as a pure machine: events go in, instructions come out.

It does no I/O, reads no clock and knows neither processes nor files; the runner carries the
instructions out.

    pending --Dispatch--> running --Finished--> ended
                             |--Broke--> pending again (Repeat) or ended (GiveUp)
                             |--Withdrawn--> pending
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import assert_never

import msgspec

from svg2pptx_batch.batch.report import TaskState

_REPEATED = frozenset({TaskState.CRASHED, TaskState.OUT_OF_MEMORY})


class Began(msgspec.Struct, frozen=True):
    """The workers are there."""


class Finished(msgspec.Struct, frozen=True):
    """A task has its result, good or bad; it is not run again."""

    index: int


class Broke(msgspec.Struct, frozen=True):
    """A task did not end by itself: timeout, crash or out of memory."""

    index: int
    state: TaskState


class Withdrawn(msgspec.Struct, frozen=True):
    """A task that was dispatched was never run."""

    index: int


class Hold(msgspec.Struct, frozen=True):
    """Nothing is to be dispatched for a while."""


class Go(msgspec.Struct, frozen=True):
    """After a Hold: dispatching goes on."""


class Stop(msgspec.Struct, frozen=True):
    """Nothing more is to be dispatched."""


Event = Began | Finished | Broke | Withdrawn | Hold | Go | Stop


class Dispatch(msgspec.Struct, frozen=True):
    """Give a task to the workers; `alone` while no other runs."""

    index: int
    attempt: int
    alone: bool = False


class Repeat(msgspec.Struct, frozen=True):
    """Record that a task will be tried again, after a Stop by the next run.

    Attributes:
        index: The task.
        attempt: The attempt that comes.
    """

    index: int
    attempt: int


class GiveUp(msgspec.Struct, frozen=True):
    """Record that a task failed for good."""

    index: int
    state: TaskState
    attempts: int


class End(msgspec.Struct, frozen=True):
    """Nothing is running and nothing will be; comes once."""


Instruction = Dispatch | Repeat | GiveUp | End


class Machine:
    """One run.

    Largest inputs first, so that the last worker is not left alone with a large one. Crashes and
    exhausted memory are repeated, the last time alone, which convicts the culprit; timeouts are
    not. Each event costs constant time.

    Args:
        sizes: Of the tasks to be run: index to bytes.
        window: How many may be with the workers at once.
        retries: How often a task that broke its worker is repeated.
        attempts: Attempts made by earlier runs, where there were any: index to count.

    Attributes:
        window: As above; may be changed at any time.
    """

    def __init__(
        self,
        sizes: Mapping[int, int],
        *,
        window: int,
        retries: int,
        attempts: Mapping[int, int] | None = None,
    ) -> None:
        self._limit = 1 + retries
        self.window = window
        self._attempts = dict(attempts or {})
        self._queue: deque[int] = deque()
        self._alone: deque[int] = deque()
        self._running: set[int] = set()
        self._stopped = False
        self._held = False
        self._ended = False
        for index in sorted(sizes, key=lambda i: (-sizes[i], i)):
            self._enqueue(index)

    @property
    def running(self) -> frozenset[int]:
        """Tasks that are with the workers."""
        return frozenset(self._running)

    def attempt(self, index: int) -> int:
        """Return the attempt a task is in, from 1."""
        return self._attempts.get(index, 0) + 1

    def handle(self, event: Event) -> list[Instruction]:
        """Take an event; return what is to be done, in order."""
        instructions: list[Instruction] = []
        match event:
            case Began():
                pass
            case Finished(index):
                self._running.discard(index)
            case Withdrawn(index):
                self._running.discard(index)
                if not self._stopped:
                    self._enqueue(index, first=True)
            case Broke(index, state):
                self._running.discard(index)
                instructions.append(self._broke(index, state))
            case Hold():
                self._held = True
            case Go():
                self._held = False
            case Stop():
                self._stopped = True
                self._queue.clear()
                self._alone.clear()
            case _:
                assert_never(event)
        instructions.extend(self._next())
        return instructions

    def _broke(self, index: int, state: TaskState) -> Instruction:
        """Decide about a task that broke its worker."""
        attempts = self._attempts[index] = self.attempt(index)
        if state in _REPEATED and attempts < self._limit:
            if not self._stopped:
                self._enqueue(index)
            return Repeat(index, attempts + 1)
        return GiveUp(index, state, attempts)

    def _enqueue(self, index: int, *, first: bool = False) -> None:
        """Queue a task; the last of several attempts is made alone."""
        last_of_many = self.attempt(index) >= self._limit and self._limit > 1
        queue = self._alone if last_of_many else self._queue
        if first:
            queue.appendleft(index)
        else:
            queue.append(index)

    def _next(self) -> Iterable[Instruction]:
        """Fill the window; those that go alone come when all others are through."""
        while self._queue and not self._held and len(self._running) < self.window:
            index = self._queue.popleft()
            self._running.add(index)
            yield Dispatch(index, self.attempt(index))
        if not self._running and self._alone and not self._queue and not self._held:
            index = self._alone.popleft()
            self._running.add(index)
            yield Dispatch(index, self.attempt(index), alone=True)
        if not self._running and not self._queue and not self._alone and not self._ended:
            self._ended = True
            yield End()
