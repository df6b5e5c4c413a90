"""One worker process as its parent sees it: started, written to, read from, ended, buried."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections import deque
from contextlib import suppress
from enum import Enum, auto
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext

import msgspec
import psutil

from svg2pptx_batch.executors import limits, worker
from svg2pptx_batch.executors.base import Call, Outcome, OutOfMemory
from svg2pptx_batch.executors.black_box import BlackBox
from svg2pptx_batch.executors.channel import Channel
from svg2pptx_batch.executors.start import child_surroundings

_PACKAGE = __name__.partition(".")[0]
_BURIAL_S = 1.0
_RETIREMENT_S = 5.0
_LATE_S = 2.0
_IGNORES_S = 2.0
_MEASURE_EVERY = 32
_GROWTH = 1.5
_GROWTH_BYTES = 64 * 2**20


class Stage(Enum):
    """Where a worker is in its life."""

    STARTING = auto()
    READY = auto()
    RETIRING = auto()
    CONDEMNED = auto()


class Sentence(Enum):
    """Why a condemned worker is being ended."""

    TIME = auto()
    MEMORY = auto()
    START = auto()
    KILLED = auto()


class Sent(msgspec.Struct, frozen=True):
    """A call that a worker has been given, under the number it travels by."""

    number: int
    call: Call
    message: bytes


class WorkerProcess:
    """A worker, its pipes, its black box and the calls it has been given.

    Args:
        context: How processes are started.
        function: Task function as `module:qualname`.
        recycle_after: Calls it may have in its life; 0 for any number.
        memory_bytes: Resident size it may reach; 0 for no cap.

    Raises:
        OSError, EOFError: If no process can be started.
    """

    def __init__(
        self, context: BaseContext, function: str, recycle_after: int, memory_bytes: int
    ) -> None:
        self._recycle_after = recycle_after
        self.memory_bytes = memory_bytes
        self.stage = Stage.STARTING
        self.sentence: Sentence | None = None
        self.calls: deque[Sent] = deque()
        self.head_since = 0.0
        self.kill_at: float | None = None
        self.revoked_at: float | None = None
        self.answered = 0
        self.worn = False
        self.resident_bytes = 0
        self._baseline_bytes = 0
        self.error = ""
        self.begun_at = time.monotonic()
        self.watches_sentinel = True
        pipes: list[Connection] = []
        self.box = BlackBox.create()
        try:
            for _ in range(2):
                pipes += context.Pipe(duplex=False)
            from_parent, to_worker, from_worker, to_parent = pipes
            level = logging.getLogger(_PACKAGE).getEffectiveLevel()
            self._process = context.Process(  # type: ignore[attr-defined]  # every context has one
                target=worker.main,
                args=(from_parent, to_parent, str(self.box.path), function, level, memory_bytes),
                name="svg2pptx-worker",
                daemon=True,
            )
            with child_surroundings():
                self._process.start()
            self.channel = Channel(from_worker, to_worker, blocking=False)
            from_parent.close()
            to_parent.close()
        except BaseException:
            self.box.close()
            for pipe in pipes:
                pipe.close()
            raise
        self.pid: int = self._process.pid
        self._system: psutil.Process | None = None
        with suppress(psutil.Error, OSError):
            self._system = psutil.Process(self.pid)

    @property
    def sentinel(self) -> int:
        """Ready when the process has ended, or when nobody can tell any more."""
        return int(self._process.sentinel)

    @property
    def alive(self) -> bool:
        """Whether the process still runs, by the system's own account."""
        try:
            if self._system is not None and self._system.is_running():
                return bool(self._system.status() != psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return False
        except OSError:  # no descriptor is left to look with
            return bool(self._process.is_alive())
        return False

    @property
    def is_employed(self) -> bool:
        """Whether it will take further calls."""
        return self.stage in (Stage.STARTING, Stage.READY) and not self.worn

    @property
    def is_late(self) -> bool:
        """Whether it takes so long to start that another should be started beside it."""
        return self.stage is Stage.STARTING and time.monotonic() >= self.begun_at + _LATE_S

    @property
    def ignores_its_call(self) -> bool:
        """Whether it has not even started the call it was given a while ago."""
        return (
            bool(self.calls)
            and time.monotonic() >= self.head_since + _IGNORES_S
            and self.box.started < self.calls[0].number
            and not self.channel.clogged
        )

    @property
    def is_full(self) -> bool:
        """Whether it has been given as many calls as it may have in its life."""
        return 0 < self._recycle_after <= self.answered + len(self.calls)

    def give(self, sent: Sent) -> None:
        """Send a call with the channel's next `flush`; it waits in the pipe while another runs."""
        if not self.calls:
            self.head_since = time.monotonic()
        self.calls.append(sent)
        self.channel.enqueue(sent.message)

    def take(self, number: int) -> Sent | None:
        """Strike off the call of that number; None if it is not with this worker any more."""
        for index, sent in enumerate(self.calls):
            if sent.number == number:
                del self.calls[index]
                self.head_since = time.monotonic()
                self.resident_bytes = 0
                return sent
        return None

    def revoke(self) -> None:
        """Tell the worker to start none of the calls it has been given but the one it is at."""
        self.box.revoked = self.calls[-1].number
        self.revoked_at = time.monotonic()

    def unstarted(self) -> list[Sent]:
        """Strike off and return the calls the worker has not started, in their order."""
        started = self.box.started
        waiting = [sent for sent in self.calls if sent.number > started]
        self.calls = deque(sent for sent in self.calls if sent.number <= started)
        return waiting

    def measure(self) -> int:
        """Look up the resident size, in bytes; the last one of this call when it is gone."""
        resident = self._system and limits.resident_bytes(self._system)
        self.resident_bytes = resident or self.resident_bytes
        return self.resident_bytes

    @property
    def is_too_large(self) -> bool:
        """Whether it has outgrown its cap; looks the size up."""
        return 0 < self.memory_bytes < self.measure()

    def note_answer(self, outcome: Outcome) -> None:
        """Count an answer.

        A worker that has done its share, has grown by half or has had too little memory is worn.
        """
        self.answered += 1
        done = 0 < self._recycle_after <= self.answered
        short = isinstance(outcome, OutOfMemory)
        self.worn = self.worn or done or short or self._has_grown()

    def _has_grown(self) -> bool:
        if self.answered % _MEASURE_EVERY:
            return False
        resident = self.measure()
        if not self._baseline_bytes:
            self._baseline_bytes = resident
        return resident > max(_GROWTH * self._baseline_bytes, self._baseline_bytes + _GROWTH_BYTES)

    def retire(self) -> None:
        """Let the worker end by itself, having no calls; after some seconds it has to."""
        self.stage = Stage.RETIRING
        self.kill_at = time.monotonic() + _RETIREMENT_S
        self.channel.post(worker.END)

    def condemn(self, sentence: Sentence, grace_s: float) -> None:
        """End the worker: terminate its process group now, kill it when the grace is over.

        One that is stopped is woken for it. It shall not start another call meanwhile, and the
        first sentence is the one that counts.
        """
        self.stage = Stage.CONDEMNED
        self.sentence = self.sentence or sentence
        if self.calls:
            self.box.revoked = self.calls[-1].number
        self.kill_at = time.monotonic() + grace_s
        if grace_s > 0:
            self._signal(terminate=True)
        else:
            self.kill()

    def kill(self) -> None:
        """Kill the worker's process group."""
        self.kill_at = None
        self._signal(terminate=False)

    def bury(self) -> int | None:
        """Wait for the end of a process that has ended or soon will; give up everything it had.

        Returns:
            The exit code, negative for a signal; None when nobody can tell it.
        """
        self._process.join(_BURIAL_S)
        if self.alive:
            self.kill()
            self._process.join(_BURIAL_S)
        if self.sentence is not None:
            self._signal_group_rest()
        code: int | None = self._process.exitcode if self.watches_sentinel else None
        self.channel.close()
        self.box.close()
        if self._process.exitcode is not None:
            self._process.close()
        return code

    def _signal(self, *, terminate: bool) -> None:
        if not self.alive:
            return
        if sys.platform == "win32":
            if terminate:
                self._process.terminate()
            else:
                self._process.kill()
            return
        for number in (signal.SIGTERM, signal.SIGCONT) if terminate else (signal.SIGKILL,):
            try:
                os.killpg(self.pid, number)
            except (ProcessLookupError, PermissionError):  # it leads no group yet, or has ended
                with suppress(ProcessLookupError):
                    os.kill(self.pid, number)

    def _signal_group_rest(self) -> None:
        """Kill what a condemned worker has started and left behind."""
        if sys.platform != "win32":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
