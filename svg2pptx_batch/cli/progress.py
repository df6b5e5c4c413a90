"""Listeners that show a run on standard error: live bars, plain lines, or nothing."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from svg2pptx_batch.batch import events
from svg2pptx_batch.batch.events import Event
from svg2pptx_batch.batch.report import Counts, FileReport
from svg2pptx_batch.cli.console import Console, Format, ProgressMode, is_animated
from svg2pptx_batch.cli.logfile import log_event
from svg2pptx_batch.cli.summary import duration, failure
from svg2pptx_batch.escaping import escape

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_STEP = 0.05
_LONGEST_SILENCE_S = 10.0
_SHORTEST_PAUSE_S = 1.0
_WARNINGS_SHOWN = 10


class Bar(Protocol):
    """Shows how far a run is."""

    def show(self, counts: Counts, progress: events.Progress | None) -> None:
        """Show how many files stand where; with what a progress event says, if it was one."""
        ...

    def merge(self, done: int, total: int) -> None:
        """Show how much of the output is written."""
        ...


class Reporter:
    """Hears the events of a run and shows what the options ask for; a context manager.

    Args:
        console: Where to.
        mode: How progress is shown.
    """

    def __init__(self, console: Console, mode: ProgressMode) -> None:
        self._console = console
        self._warnings = 0
        if mode is ProgressMode.AUTO:
            mode = ProgressMode.LIVE if is_animated() else ProgressMode.PLAIN
        self._context: AbstractContextManager[Bar | None] = nullcontext(None)
        if mode is not ProgressMode.NONE and not console.quiet:
            self._context = LiveBar() if mode is ProgressMode.LIVE else PlainBar(console)
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        """Start showing."""
        self._bar = self._context.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take away what was drawn."""
        self._context.__exit__(kind, error, trace)
        hidden = self._warnings - _WARNINGS_SHOWN
        if hidden > 0 and not self._console.verbose:
            self._console.say(f"{hidden:,} more warnings; -v shows all.")

    def __call__(self, event: Event) -> None:
        """Hear an event."""
        log_event(event)
        console = self._console
        if console.format is Format.JSONL:
            console.result_json(event)
            console.events = event.seq
            console.ended = isinstance(event, events.Summary | events.Error)
        match event:
            case events.Ingest():
                self._ingested(event)
            case events.Task():
                if event.file.failed and console.verbose:
                    self._tell_failure(event.file)
                if self._bar is not None:
                    self._bar.show(event.counts, None)
            case events.Progress():
                if self._bar is not None:
                    self._bar.show(event.counts, event)
            case events.Merge():
                if self._bar is not None:
                    self._bar.merge(event.done, event.total)
            case events.Retry():
                if console.verbose:
                    name, reason = escape(event.name), escape(event.reason)
                    console.say(f"{name}: attempt {event.attempt}: {reason}")
            case events.Warning():
                self._warnings += 1
                if console.verbose or self._warnings <= _WARNINGS_SHOWN:
                    console.warn(escape(event.message))
            case _:
                pass

    def _ingested(self, event: events.Ingest) -> None:
        """Show what there is to do, and what an earlier run has done."""
        if event.done:
            self._console.say(f"{event.done:,} of {event.files:,} files are done already.")
        if self._bar is not None:
            pending = event.files - event.done - event.failed
            self._bar.show(Counts(event.files, event.done, event.failed, pending), None)

    def _tell_failure(self, file: FileReport) -> None:
        for line in failure(file):
            self._console.say(line)


class PlainBar:
    """A line every 5 % or 10 s, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told_at = time.monotonic()
        self._told = 0.0

    def __enter__(self) -> Self:
        """Nothing has to be prepared."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Nothing has to be taken away."""

    def show(self, counts: Counts, progress: events.Progress | None) -> None:
        """Tell a line if it is time for one; only progress events know the pace."""
        ended = counts.done + counts.failed
        if progress is None or not counts.total or not self._due(ended / counts.total):
            return
        line = f"{ended:,} of {counts.total:,} files ({ended / counts.total:.0%})"
        if counts.failed:
            line += f", {counts.failed:,} failed"
        if progress.per_second > 0:
            line += f", {progress.per_second:,.1f} files/s"
        if progress.eta_s:
            line += f", {duration(progress.eta_s)} left"
        self._console.say(line)

    def merge(self, done: int, total: int) -> None:
        """Tell a line if it is time for one."""
        if done == 0:
            self._told = 0.0
        elif total and self._due(done / total):
            self._console.say(f"Writing: {done:,} of {total:,} slides ({done / total:.0%})")

    def _due(self, share: float) -> bool:
        """Tell whether 5 % or 10 s have passed; lines are at least a second apart."""
        now = time.monotonic()
        silent = now - self._told_at
        if silent < _SHORTEST_PAUSE_S or (
            share - self._told < _STEP and silent < _LONGEST_SILENCE_S
        ):
            return False
        self._told, self._told_at = share, now
        return True


class LiveBar:
    """A bar that is drawn in place: files, rate, time left, failures so far."""

    def __init__(self) -> None:
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress: Progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("[red]{task.fields[failed]}"),
            console=RichConsole(stderr=True, force_terminal=True),
            redirect_stdout=False,
            transient=True,
            refresh_per_second=8,
        )
        self._files: TaskID | None = None
        self._slides: TaskID | None = None

    def __enter__(self) -> Self:
        """Start drawing."""
        self._progress.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Take the bar away."""
        self._progress.stop()

    def show(self, counts: Counts, progress: events.Progress | None) -> None:
        """Move the bar."""
        ended = counts.done + counts.failed
        if self._files is None:
            self._files = self._progress.add_task(
                "Converting", total=counts.total, completed=ended, rate="", failed=""
            )
        self._progress.update(
            self._files,
            completed=ended,
            total=counts.total,
            failed=f"{counts.failed:,} failed" if counts.failed else "",
        )
        if progress is not None:
            self._progress.update(self._files, rate=f"{progress.per_second:,.1f}/s")

    def merge(self, done: int, total: int) -> None:
        """Move the bar of the output."""
        if self._slides is None:
            self._slides = self._progress.add_task(
                "Writing slides", total=total, completed=done, rate="", failed=""
            )
        self._progress.update(self._slides, completed=done, total=total)
