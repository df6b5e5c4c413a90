"""Log files: one record a line, each with the task and the file it speaks of.

For developers only; what users should know is a diagnostic, an event or an error. What enters are
records of our loggers and those the workers sent, what leaves is lines of text or JSON that no
file name can forge: control characters and line ends are escaped.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TextIO

from svg2pptx_batch.escaping import escape

PACKAGE = __name__.partition(".")[0]
LOGGERS = (PACKAGE, "py.warnings")
"""The loggers whose records, and those of the loggers below them, are ours."""

_task: ContextVar[str] = ContextVar("task", default="")
_file: ContextVar[str] = ContextVar("file", default="")
_job_log: ContextVar[LogFile | None] = ContextVar("job_log", default=None)


@contextmanager
def task_scope(task_id: str, file: str = "") -> Iterator[None]:
    """Let records logged inside the block belong to that task.

    Args:
        task_id: The task's id in its job.
        file: The name of the file it is about, where that is known already.
    """
    task_token, file_token = _task.set(task_id), _file.set(file)
    try:
        yield
    finally:
        _file.reset(file_token)
        _task.reset(task_token)


def name_task(file: str) -> None:
    """Tell which file the present task is about, until its scope ends; nothing without a task."""
    if _task.get():
        _file.set(file)


class TaskFilter(logging.Filter):
    """Sets `record.task` and `record.file` to the task that logs, empty outside of any.

    Drops nothing.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, with its task."""
        if not hasattr(record, "task"):
            record.task = _task.get()
        if not hasattr(record, "file"):
            record.file = _file.get()
        return True


class TextFormatter(logging.Formatter):
    """Writes `time level process logger #task file: message`, details indented below."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as lines, of which only the first begins with a time."""
        task, file = getattr(record, "task", ""), getattr(record, "file", "")
        words = [timestamp(record), f"{record.levelname:<8}", str(record.process), record.name]
        words += [f"#{task}"] if task else []
        words += [file] if file else []
        lines = [f"{' '.join(words)}: {record.getMessage()}"]
        lines += [f"    | {line}" for line in details(record).splitlines()]
        return "\n".join(map(escape, lines))


class JsonFormatter(logging.Formatter):
    """Writes an object: ts, level, logger, message, process, and task, file, details if any."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of ASCII."""
        fields = {
            "ts": timestamp(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        optional = {
            "task": getattr(record, "task", ""),
            "file": getattr(record, "file", ""),
            "details": details(record),
        }
        return json.dumps(fields | {name: value for name, value in optional.items() if value})


def timestamp(record: logging.LogRecord) -> str:
    """Return when a record was made, RFC 3339 in UTC with milliseconds."""
    second, millisecond = divmod(int(record.created * 1000), 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(second))}.{millisecond:03}Z"


def details(record: logging.LogRecord) -> str:
    """Return what belongs to a record beside its message: a traceback, what a worker said last.

    `extra={"details": …}` gives a record any.
    """
    told: str = getattr(record, "details", "") or record.exc_text or ""
    if not told and record.exc_info:
        told = logging.Formatter().formatException(record.exc_info)
    return told.strip("\n")


class LogFile(logging.Handler):
    """Appends records to a file, which is made with the first of them.

    Args:
        path: The file.
        formatter: Writes the records; lines of text when None.

    Attributes:
        failure: Why the file could not be written, None while it could. Nobody is disturbed by
            that: a log is no result.
    """

    def __init__(self, path: Path, formatter: logging.Formatter | None = None) -> None:
        super().__init__()
        self.failure: OSError | None = None
        self._path = path
        self._stream: TextIO | None = None
        self.setFormatter(formatter or TextFormatter())
        self.addFilter(TaskFilter())

    def open(self) -> None:
        """Open the file now.

        Raises:
            OSError: It cannot be written.
        """
        if self._stream is None:
            self._stream = self._path.open("a", encoding="utf-8", errors="backslashreplace")

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        try:
            line = self.format(record)
            self.open()
            assert self._stream is not None
            self._stream.write(line + "\n")
            self._stream.flush()
        except OSError as error:
            self.failure = error
        except Exception:  # noqa: BLE001  a record that cannot be told must not end what it tells of
            self.handleError(record)

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            try:
                self._stream.close()
            except OSError as error:
                self.failure = error
            self._stream = None
        super().close()


@contextmanager
def attached(*handlers: logging.Handler, level: int = logging.NOTSET) -> Iterator[None]:
    """Give our records, and those of our workers, to handlers while the block runs.

    Args:
        handlers: They are closed in the end.
        level: Make records from this level on; what is made already stays.
    """
    loggers = [logging.getLogger(name) for name in LOGGERS]
    ours = loggers[0]
    before = ours.level
    if level and level < ours.getEffectiveLevel():
        ours.setLevel(level)
    for logger in loggers:
        for handler in handlers:
            logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in loggers:
            for handler in handlers:
                logger.removeHandler(handler)
        ours.setLevel(before)
        for handler in handlers:
            handler.close()


@contextmanager
def job_log(path: Path) -> Iterator[None]:
    """Keep what is logged in a job's own file while the block runs.

    Only what this thread logs counts, and what the workers do whom it hears: other jobs of this
    process have logs of their own.

    Args:
        path: The file; it is made when there is something to tell.
    """
    handler = LogFile(path)
    handler.addFilter(lambda _: _job_log.get() is handler)
    token = _job_log.set(handler)
    try:
        with attached(handler):
            yield
    finally:
        _job_log.reset(token)
