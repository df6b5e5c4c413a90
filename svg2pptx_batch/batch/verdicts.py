"""What is said of a file whose conversion did not end by itself."""

from __future__ import annotations

import signal

from svg2pptx_batch.batch.plan import Failure, failure_of
from svg2pptx_batch.batch.report import TaskState
from svg2pptx_batch.errors import MemoryLimitError, TaskTimeoutError, WorkerCrashedError
from svg2pptx_batch.executors.base import Crashed, OutOfMemory, TimedOut


def verdict(name: str, outcome: TimedOut | OutOfMemory | Crashed) -> Failure:
    """Return an outcome as a file's failure.

    Args:
        name: The file's name.
        outcome: How its worker ended.
    """
    match outcome:
        case TimedOut(_, seconds):
            late = TaskTimeoutError(
                f"{name} was not converted within {seconds:.3g} s.",
                remedy="Raise --timeout, or simplify the drawing.",
            )
            return failure_of(late, TaskState.TIMEOUT)
        case OutOfMemory():
            greedy = MemoryLimitError(
                f"Converting {name} takes more memory than allowed.",
                remedy="Raise --memory-per-file, or simplify the drawing.",
            )
            return failure_of(greedy, TaskState.OUT_OF_MEMORY)
        case Crashed(_, exit_code, _):
            dead = WorkerCrashedError(
                f"The process converting {name} died ({_exit_text(exit_code)}).",
                remedy="Please report it with the file; the job's log has the details.",
            )
            return failure_of(dead, TaskState.CRASHED)


def _exit_text(exit_code: int | None) -> str:
    """Say how a process died."""
    if exit_code is None:
        return "it vanished"
    if exit_code < 0:
        try:
            return signal.Signals(-exit_code).name
        except ValueError:
            return f"signal {-exit_code}"
    return f"exit status {exit_code}"
