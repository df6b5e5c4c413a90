"""Log records of the workers, told in the parent, each with the id of its task.

A worker turns a record into plain data and sends it through its pipe; the parent hands it to the
logger of the same name. `TaskFilter` gives every record an attribute `task` for formats such as
`%(task)s`.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

RECORDS_PER_TASK = 200
"""What one task may send; more would let a talkative file slow the whole batch."""

_MESSAGE_CHARACTERS = 4096

_current_task: ContextVar[str] = ContextVar("current_task", default="")


class task_scope:  # noqa: N801  reads as a statement
    """Lets records logged inside the block belong to that task."""

    __slots__ = ("_task_id", "_token")

    def __init__(self, task_id: str) -> None:
        self._task_id = task_id

    def __enter__(self) -> None:
        """Begin the block."""
        self._token = _current_task.set(self._task_id)

    def __exit__(self, *exc_info: object) -> None:
        """End it."""
        _current_task.reset(self._token)


class TaskFilter(logging.Filter):
    """Sets `record.task` to the id of the task that logs, empty outside of any; drops nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, with its task."""
        if not hasattr(record, "task"):
            record.task = _current_task.get()
        return True


class ForwardingHandler(logging.Handler):
    """Sends records away as bytes, at most `RECORDS_PER_TASK` of one task.

    Args:
        send: Called with a pickled record; must be safe to call from several threads.
    """

    def __init__(self, send: Callable[[bytes], None]) -> None:
        super().__init__()
        self._send = send
        self._task = ""
        self._sent = 0
        self.addFilter(TaskFilter())

    def emit(self, record: logging.LogRecord) -> None:
        """Send the record, rendered and cut to a bounded size."""
        task: str = getattr(record, "task", "")
        if task != self._task:
            self._task, self._sent = task, 0
        self._sent += 1
        if self._sent > RECORDS_PER_TASK:
            return
        text = self.format(record)[:_MESSAGE_CHARACTERS]
        fields: dict[str, Any] = {
            "name": record.name,
            "levelno": record.levelno,
            "levelname": record.levelname,
            "msg": text,
            "created": record.created,
            "process": record.process,
            "processName": record.processName,
            "pathname": record.pathname,
            "lineno": record.lineno,
            "task": task,
        }
        self._send(pickle.dumps(fields))


def forward_to(send: Callable[[bytes], None], level: int) -> None:
    """Send every record of this process, Python's warnings too, from `level` on, through `send`."""
    root = logging.getLogger()
    root.handlers[:] = [ForwardingHandler(send)]
    root.setLevel(level)
    logging.captureWarnings(True)


def tell(payload: bytes) -> None:
    """Hand a record made by `ForwardingHandler` to this process's loggers."""
    record = logging.makeLogRecord(pickle.loads(payload))  # noqa: S301  from a worker of our own
    logger = logging.getLogger(record.name)
    if logger.isEnabledFor(record.levelno):
        logger.handle(record)
