"""Who is told what: results go to standard output, everything else to standard error.

A reader that has gone away is no error: what it would have read is left out.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, NoReturn, TextIO

import msgspec
import typer

from svg2pptx_batch.errors import ExitCode, Svg2PptxError
from svg2pptx_batch.escaping import escape

_REPORT = "Please report it with the traceback and, if you can, with the input."


class Format(StrEnum):
    """What standard output carries."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"


class ProgressMode(StrEnum):
    """How progress is shown on standard error."""

    AUTO = "auto"
    LIVE = "live"
    PLAIN = "plain"
    NONE = "none"


class LogFormat(StrEnum):
    """How a log file is written."""

    TEXT = "text"
    JSON = "json"


class LogTo(NamedTuple):
    """What is logged, and where to.

    Attributes:
        file: Appended to; None for no file.
        format: How it is written.
        verbosity: How often -v was given: 1 shows warnings on standard error, 2 shows everything
            there and keeps it in the file.
    """

    file: Path | None
    format: LogFormat
    verbosity: int


class Console:
    """The two streams of a command.

    Attributes:
        format: What standard output carries.
        quiet: Nothing but errors goes to standard error.
        verbose: More is told: every failure at once, tracebacks of defects.
        events: How many events have been written.
        ended: Whether the last record, the summary or the error, has been written.
    """

    def __init__(
        self, format: Format = Format.TEXT, *, quiet: bool = False, verbose: bool = False
    ) -> None:
        self.format = format
        self.quiet = quiet
        self.verbose = verbose
        self.events = 0
        self.ended = False
        self._reader_gone = False

    def result(self, text: str) -> None:
        """Write a line of result."""
        self._write(escape(text).encode("utf-8", "backslashreplace"))

    def result_table(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Write rows, headings first, as lines with their columns one below the other."""
        shown = [tuple(map(escape, row)) for row in rows]
        widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
        for row in shown:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.result("  ".join(cells).rstrip())

    def result_json(self, value: object) -> None:
        """Write a record as one line of JSON."""
        self._write(msgspec.json.encode(value))

    def _write(self, line: bytes) -> None:
        if self._reader_gone:
            return
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            self._reader_gone = True
            _drop(sys.stdout)

    def say(self, text: str = "") -> None:
        """Tell something on standard error, unless quiet."""
        if not self.quiet:
            tell(text)

    def warn(self, text: str) -> None:
        """Tell a warning, unless quiet."""
        if not self.quiet:
            tell(f"{styled('warning:', 'yellow')} {text}")

    def error(self, message: str, remedy: str | None = None) -> None:
        """Tell an error and what can be done about it."""
        tell(f"{styled('error:', 'red')} {escape(message)}")
        if remedy:
            tell(f"  {escape(remedy)}")

    def error_record(
        self, code: str, message: str, remedy: str | None, exit_code: ExitCode
    ) -> None:
        """Write an error as a record, where records are asked for and none has been written."""
        if self.format is not Format.TEXT and not self.ended:
            from svg2pptx_batch.batch.events import Error, timestamp

            self.result_json(
                Error(
                    seq=self.events + 1,
                    ts=timestamp(),
                    code=code,
                    message=message,
                    exit_code=int(exit_code),
                    remedy=remedy,
                )
            )

    def defect(self, error: Exception) -> None:
        """Tell that the program itself is at fault, and where the traceback is."""
        what = f"{type(error).__name__}: {error}"
        text = "".join(traceback.format_exception(error))
        if self.verbose:
            tell(text.rstrip())
            where = "above"
        else:
            where = f"in {_keep(text)}"
        self.error(f"This should not have happened: {what}", f"The traceback is {where}. {_REPORT}")
        self.error_record("defect", what, _REPORT, ExitCode.DEFECT)


def tell(text: str) -> None:
    """Write a line to standard error."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except BrokenPipeError:
        _drop(sys.stderr)


def styled(text: str, colour: str) -> str:
    """Colour a text where standard error is a terminal that shows colours."""
    if not has_colour():
        return text
    return typer.style(text, fg=colour, bold=True)


def has_colour() -> bool:
    """Tell whether standard error shows colours: NO_COLOR (no-color.org) and TERM are honoured."""
    return _is_terminal() and not os.environ.get("NO_COLOR")


def is_animated() -> bool:
    """Tell whether progress may be drawn over and over in place."""
    return _is_terminal() and not os.environ.get("CI")


def _is_terminal() -> bool:
    """Tell whether standard error is a terminal that understands more than plain text."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def leave(console: Console, work: Callable[[], int], log: LogTo | None = None) -> NoReturn:
    """Do a command's work and leave with its exit status; the one place where errors end.

    Args:
        console: Where errors are told; in the JSON formats standard output gets a record as well.
        work: Returns the exit status.
        log: What is logged meanwhile, and where to.

    Raises:
        typer.Exit: Always.
    """
    try:
        status = int(work() if log is None else _logged(console, work, log))
    except Svg2PptxError as error:
        console.error(error.message, error.remedy)
        console.error_record(error.code, error.message, error.remedy, error.exit_code)
        status = int(error.exit_code)
    except KeyboardInterrupt:
        tell("Interrupted.")
        status = int(ExitCode.INTERRUPTED)
    except Exception as error:  # noqa: BLE001  the last handler of a door
        console.defect(error)
        status = int(ExitCode.DEFECT)
    raise typer.Exit(status)


def _logged(console: Console, work: Callable[[], int], log: LogTo) -> int:
    """Do a command's work while a log is kept, which tells what ended it, too."""
    from svg2pptx_batch.cli.logfile import logging_to

    with logging_to(log, console):
        return work()


def _keep(text: str) -> str:
    """Write a traceback to a file of its own; return its path."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="svg2pptx-batch-", suffix=".log", delete=False
    ) as stream:
        stream.write(text)
    return stream.name


def _drop(stream: TextIO) -> None:
    """Send what is still written to a stream whose reader has gone to nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
