"""The reference executor: calls run one after another in this process, without limits."""

from __future__ import annotations

from collections import deque
from typing import Self

from svg2pptx_batch.executors.base import Call, Cancelled, Outcome, TaskFunction, check_workers
from svg2pptx_batch.executors.execution import load_function, run
from svg2pptx_batch.logs import task_scope


class SerialExecutor:
    """Runs each call inside `wait`, in the order of submission.

    No time limit, no memory limit and no isolation: a crash takes this process with it. An
    exception of the task, `MemoryError` included, is an outcome as in every executor.

    Args:
        function: The task function, or its name as `module:qualname`.
    """

    def __init__(self, function: str | TaskFunction) -> None:
        self._function = load_function(function) if isinstance(function, str) else function
        self._queue: deque[Call] = deque()
        self._outcomes: list[Outcome] = []
        self._ids: set[str] = set()

    @property
    def capacity(self) -> int:
        """Always 1."""
        return 1

    @property
    def pending(self) -> int:
        """Calls submitted whose outcome `wait` has not returned yet."""
        return len(self._ids)

    @property
    def worker_bytes(self) -> int:
        """Always 0: there is no worker."""
        return 0

    def resize(self, workers: int) -> None:
        """Change nothing: there is only this process.

        Raises:
            ValueError: If it is less than 1.
        """
        check_workers(workers)

    def submit(self, call: Call) -> None:
        """Queue a call.

        Raises:
            ValueError: If a call of that id is pending.
        """
        if call.id in self._ids:
            msg = f"call {call.id!r} is already pending"
            raise ValueError(msg)
        self._ids.add(call.id)
        self._queue.append(call)

    def wait(self, timeout_s: float | None = None) -> list[Outcome]:
        """Run the next call, whatever the time limit, and return all outcomes there are."""
        if self._queue and not self._outcomes:
            call = self._queue.popleft()
            try:
                with task_scope(call.id):
                    self._outcomes.append(run(self._function, call.id, call.argument))
            except BaseException:
                self._outcomes.append(Cancelled(call.id))
                raise
        outcomes, self._outcomes = self._outcomes, []
        self._ids.difference_update(outcome.call_id for outcome in outcomes)
        return outcomes

    def cancel(self) -> None:
        """Withdraw all queued calls."""
        self._outcomes.extend(Cancelled(call.id) for call in self._queue)
        self._queue.clear()

    def kill(self) -> None:
        """Withdraw all queued calls; nothing can be under way here."""
        self.cancel()

    def __enter__(self) -> Self:
        """Nothing to start."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Forget what is queued."""
        self.cancel()
