"""What makes a run pause or end before its time: signals, a cancellation, deadlines, shortages.

Moments are seconds of the monotonic clock, so that nobody who sets the wall clock ends a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import msgspec

from svg2pptx_batch.batch.interrupts import Interrupts
from svg2pptx_batch.batch.plan import Spec
from svg2pptx_batch.batch.report import Counts, JobState
from svg2pptx_batch.batch.storage import is_address
from svg2pptx_batch.batch.workdir import JobFolder
from svg2pptx_batch.errors import ExitCode
from svg2pptx_batch.options import JobOptions, Percent

PATIENCE_S = 10.0
"""How long a run waits for what it is short of."""

_DRAIN_S = 10.0
_DRAIN_LATE_S = 2.0
_LOOK_S = 0.5
_LEAST_DESCRIPTORS = 16


class Halt(msgspec.Struct, frozen=True):
    """Why a run ends before its time.

    Attributes:
        state: How it leaves the job: interrupted or cancelled.
        exit_code: What a command ends with.
        message: What is the matter, empty where the user knows.
        drain_s: How long files under way may still take.
    """

    state: JobState
    exit_code: ExitCode
    message: str = ""
    drain_s: float = _DRAIN_S


class Brakes:
    """Looked at several times a second while a run lives; asking is cheap.

    Args:
        spec: What was asked for.
        folder: The job's.
        interrupts: Counts signals.
    """

    def __init__(self, spec: Spec, folder: JobFolder, interrupts: Interrupts) -> None:
        options = spec.job_options
        self._options = options
        self._folder = folder
        self._disks: tuple[Path, ...] = (folder.root,)
        if not is_address(spec.output):
            output = Path(spec.output)
            self._disks += (output if output.is_dir() else output.parent,)
        self._interrupts = interrupts
        limit_s = options.batch_timeout_s
        self._deadline = monotonic() + limit_s if limit_s else None
        self._shortage = ""
        self._short_since: float | None = None
        self._next_look = 0.0

    @property
    def urgent(self) -> bool:
        """Whether files under way are to be given up at once: there was a second signal."""
        return self._interrupts.count > 1

    def halt(self, counts: Counts) -> Halt | None:
        """Return why the run has to end, None while it may go on.

        Args:
            counts: How many files stand where.
        """
        if self._interrupts.count:
            return Halt(JobState.INTERRUPTED, self._interrupts.exit_code)
        if self._folder.cancel_requested:
            return Halt(
                JobState.CANCELLED, ExitCode.INTERRUPTED, "It was cancelled.", _DRAIN_LATE_S
            )
        now = monotonic()
        if self._deadline is not None and now >= self._deadline:
            message = (
                f"The run was not through within {self._options.batch_timeout_s:g} s "
                "(--batch-timeout)."
            )
            return Halt(JobState.INTERRUPTED, ExitCode.STOPPED, message, _DRAIN_LATE_S)
        if message := self._too_many_failures(counts):
            return Halt(JobState.INTERRUPTED, ExitCode.STOPPED, message)
        if self._short_since is not None and now >= self._short_since + PATIENCE_S:
            return Halt(JobState.INTERRUPTED, ExitCode.STOPPED, self._shortage)
        return None

    def shortage(self) -> str:
        """Return what the run is short of, a sentence; empty while there is enough."""
        now = monotonic()
        if now >= self._next_look:
            self._next_look = now + _LOOK_S
            self._shortage = shortage(self._options, self._disks)
            if not self._shortage:
                self._short_since = None
            elif self._short_since is None:
                self._short_since = now
        return self._shortage

    def _too_many_failures(self, counts: Counts) -> str:
        most = self._options.max_failures
        if isinstance(most, Percent):
            if counts.failed * 100 > most.percent * counts.total:
                return (
                    f"{counts.failed:,} of {counts.total:,} files failed, more than "
                    f"{most.percent:g} % (--max-failures)."
                )
        elif 0 <= most < counts.failed:
            return f"{counts.failed:,} files failed, more than {most:,} (--max-failures)."
        return ""


def shortage(options: JobOptions, disks: Sequence[Path]) -> str:
    """Return what is running low on this machine, a sentence; empty where there is enough.

    Args:
        options: How much is to be left free.
        disks: Folders on the disks that are written to.
    """
    from svg2pptx_batch.executors import limits

    for folder in disks:
        free = limits.disk_free(folder)
        if free is not None and free < options.disk_free_bytes:
            return (
                f"The disk of {folder} has only {_mebibytes(free)} left, less than "
                f"{_mebibytes(options.disk_free_bytes)} (--disk-free)."
            )
    if options.memory_free_bytes:
        available = limits.memory_available()
        if available < options.memory_free_bytes:
            return (
                f"Only {_mebibytes(available)} of memory are to be had, less than "
                f"{_mebibytes(options.memory_free_bytes)} (--memory-free)."
            )
    left = limits.descriptors_left()
    if left is not None and left < _LEAST_DESCRIPTORS:
        return f"Only {left} more files may be opened by this process (ulimit -n)."
    return ""


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
