"""`--log-file` and `-vv`: what is logged while a command works, and where it goes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from svg2pptx_batch.batch import events
from svg2pptx_batch.batch.events import Event
from svg2pptx_batch.cli.console import Console, LogFormat, LogTo, tell
from svg2pptx_batch.errors import OutputError, Svg2PptxError, UsageError
from svg2pptx_batch.logs import (
    PACKAGE,
    JsonFormatter,
    LogFile,
    TaskFilter,
    TextFormatter,
    attached,
)

_NEVER_LOGS = frozenset({".svg", ".svgz", ".zip", ".pptx", ".potx", ".pptm", ".potm"})
"""What a log is appended to cannot be opened any more."""

_log = logging.getLogger(f"{PACKAGE}.events")


@contextmanager
def logging_to(to: LogTo, console: Console) -> Iterator[None]:
    """Log as asked for while the block runs.

    Raises:
        UsageError: The file is a deck or an input by its name.
        OutputError: The file cannot be written.
    """
    handlers: list[logging.Handler] = [_TerminalHandler(console, to.verbosity)]
    level = logging.DEBUG if to.verbosity > 1 else logging.INFO
    if to.file is None:
        with attached(*handlers, level=level if to.verbosity > 1 else logging.NOTSET):
            yield
        return
    if to.file.suffix.lower() in _NEVER_LOGS:
        raise UsageError(
            f"{to.file} is no name for a log: it is that of a deck or a drawing.",
            remedy="Name another --log-file.",
        )
    file = LogFile(to.file, JsonFormatter() if to.format is LogFormat.JSON else None)
    try:
        file.open()
    except OSError as error:
        raise OutputError(
            f"The log {to.file} cannot be written: {error.strerror or error}.",
            remedy="Name another --log-file.",
        ) from error
    with attached(*handlers, file, level=level):
        try:
            yield
        except Svg2PptxError as error:
            _log.error("%s: %s", error.code, error.message)
            raise
        except KeyboardInterrupt:
            _log.error("interrupted")
            raise
        except Exception:
            _log.critical("a defect", exc_info=True)
            raise
    if file.failure is not None:
        console.warn(f"The log {to.file} is not complete: {file.failure}")


class _TerminalHandler(logging.Handler):
    """Tells records on standard error, but those of events, of which others tell.

    Without -v it tells nothing: then warnings for developers are in the job's own log alone.
    """

    def __init__(self, console: Console, verbosity: int) -> None:
        super().__init__(logging.DEBUG if verbosity > 1 else logging.WARNING)
        self._tells = verbosity > 0 and not console.quiet
        self.setFormatter(TextFormatter())
        self.addFilter(TaskFilter())

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the record."""
        if self._tells and record.name != _log.name:
            tell(self.format(record))


def log_event(event: Event) -> None:
    """Log what happened in a run."""
    match event:
        case events.Start():
            _log.info("job %s begins: %d workers, %s", event.job, event.workers, event.output)
        case events.Ingest():
            _log.info("%d files, %d done, %d unusable", event.files, event.done, event.failed)
        case events.Task(file=file):
            about = {"task": str(file.index), "file": file.name}
            if file.failed:
                _log.warning("%s: %s", file.state, file.message or file.code, extra=about)
            elif _log.isEnabledFor(logging.INFO):
                ends = ", ".join(f"{count} {end}" for end, count in file.fidelity.items())
                _log.info("%s in %.3f s: %s", file.state, file.seconds, ends, extra=about)
        case events.Retry():
            about = {"task": str(event.index), "file": event.name}
            _log.warning("attempt %d: %s", event.attempt, event.reason, extra=about)
        case events.Warning():
            _log.warning("%s: %s", event.code, event.message, extra={"file": event.name})
        case events.Merge():
            _log.debug("%d of %d slides are written", event.done, event.total)
        case events.Progress():
            _log.debug("%d of %d files are done", event.counts.done, event.counts.total)
        case events.Summary(report=report):
            counts = report.counts
            _log.info(
                "job %s is %s: %d of %d files done, %d failed; exit status %d",
                *(report.job, report.state, counts.done, counts.total, counts.failed),
                report.exit_code,
            )
        case events.Error():
            pass  # raised as well, and logged as an exception
