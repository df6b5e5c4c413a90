"""The seam between a batch and whatever runs its calls; knows no SVG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

import msgspec

TaskFunction = Callable[[Any], Any]
"""A function at a module's top level; argument and result are picklable and small."""


class Call(msgspec.Struct, frozen=True):
    """One piece of work.

    Attributes:
        id: Unique among the calls under way.
        argument: Passed to the task function.
        timeout_s: Time limit from the moment a worker starts on it; None for none.
        alone: Run it while nothing else runs, so that a crash convicts it.
    """

    id: str
    argument: Any
    timeout_s: float | None = None
    alone: bool = False


class Completed(msgspec.Struct, frozen=True):
    """The function returned.

    Attributes:
        call_id: Whose outcome.
        value: What it returned.
        seconds: Time in the worker.
    """

    call_id: str
    value: Any
    seconds: float = 0.0


class Failed(msgspec.Struct, frozen=True):
    """The function raised something; `error` is its type and message, `traceback` its text."""

    call_id: str
    error: str
    traceback: str = ""


class TimedOut(msgspec.Struct, frozen=True):
    """The time limit passed; the worker was killed."""

    call_id: str
    seconds: float


class OutOfMemory(msgspec.Struct, frozen=True):
    """The call needed more memory than there is or may be used; see `memory` for how one knows.

    Attributes:
        call_id: Whose outcome.
        resident_bytes: The largest size the worker was seen at; small where one large request was
            refused, 0 where it died before anybody looked.
    """

    call_id: str
    resident_bytes: int


class Crashed(msgspec.Struct, frozen=True):
    """The worker died by itself.

    Attributes:
        call_id: Whose outcome.
        exit_code: As of `multiprocessing.Process.exitcode`: negative for a signal.
        stderr: The tail of what it wrote to standard error.
    """

    call_id: str
    exit_code: int | None
    stderr: str = ""


class Cancelled(msgspec.Struct, frozen=True):
    """The call was withdrawn before it ended."""

    call_id: str


Outcome = Completed | Failed | TimedOut | OutOfMemory | Crashed | Cancelled


class Executor(Protocol):
    """Runs calls; every submitted call gets exactly one outcome.

    One thread owns an executor. Use it as a context manager: leaving the block kills what runs.
    """

    @property
    def capacity(self) -> int:
        """How many calls can run at once, or soon will, after `resize`."""
        ...

    @property
    def pending(self) -> int:
        """Calls submitted and not yet given an outcome."""
        ...

    @property
    def worker_bytes(self) -> int:
        """Resident size of the largest worker as it is now; 0 where there is none."""
        ...

    def resize(self, workers: int) -> None:
        """Let so many calls run at once from now on, where the executor can; never blocks.

        Calls that run already are not disturbed.

        Raises:
            ValueError: If it is less than 1.
        """
        ...

    def submit(self, call: Call) -> None:
        """Queue a call; never blocks."""
        ...

    def wait(self, timeout_s: float | None = None) -> list[Outcome]:
        """Return the outcomes that have come since last asked.

        Waits until there is at least one, or `timeout_s` has passed, or nothing is pending.
        """
        ...

    def cancel(self) -> None:
        """Withdraw all calls that no worker has started; their outcome is Cancelled."""
        ...

    def kill(self) -> None:
        """End every worker now; calls under way end as Cancelled."""
        ...

    def __enter__(self) -> Self:
        """Start the workers."""
        ...

    def __exit__(self, *exc_info: object) -> None:
        """End the workers."""
        ...


def check_workers(workers: int) -> None:
    """Refuse a number of workers that cannot do anything.

    Raises:
        ValueError: If it is less than 1.
    """
    if workers < 1:
        msg = f"an executor needs at least one worker, not {workers}"
        raise ValueError(msg)
