"""Watches folders and converts them anew whenever what has changed in them has come to rest.

What matters, and when it rests, `batch.watch` decides; here files are looked at, and the command is
run.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from svg2pptx_batch.api import Job
from svg2pptx_batch.batch.interrupts import Interrupts
from svg2pptx_batch.batch.report import FINISHED
from svg2pptx_batch.batch.watch import GONE, Burst, Interest, Look
from svg2pptx_batch.batch.workdir import JobFolder
from svg2pptx_batch.errors import ExitCode, InputError, MissingExtraError, NoInputError
from svg2pptx_batch.escaping import escape

if TYPE_CHECKING:
    from watchfiles import Change

Changes = Iterator[set[tuple["Change", str]]]

_LONGEST_S = 10.0
_LONGEST_SETTLINGS = 20
_TOLD = 3
_READ_BYTES = 64 * 2**20
"""Larger files are known by size and time alone."""

_LAST = frozenset({ExitCode.DEFECT, ExitCode.INTERRUPTED, ExitCode.TERMINATED})
_FAULTS_OF_THE_FILES = frozenset({ExitCode.OK, ExitCode.SOME_FAILED, ExitCode.NO_INPUT})


class Watched(NamedTuple):
    """What is watched, all of it absolute.

    Attributes:
        roots: Folders and files.
        output: The deck, ZIP or folder that a run writes.
        files: What else it writes.
    """

    roots: tuple[Path, ...]
    output: Path
    files: tuple[Path, ...]


def news(watched: Watched, tick_s: float) -> Changes:
    """Return a stream of what changes; at the latest after each tick it says that nothing has.

    Raises:
        MissingExtraError: The library that watches is not installed.
    """
    try:
        from watchfiles import watch
    except ImportError as error:
        raise MissingExtraError("Watching folders", "watch") from error
    return watch(
        *{root if root.is_dir() else root.parent for root in _resolved(watched.roots)},
        watch_filter=None,
        step=50,
        rust_timeout=int(tick_s * 1000),
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )


def _resolved(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return paths without links, as some systems tell of changes."""
    return tuple(path.resolve() for path in paths)


def tick(settle_s: float) -> float:
    """Return how often to look whether changes have come to rest, in seconds."""
    return min(max(settle_s / 4, 0.05), 0.5)


def keep_converting(
    watched: Watched,
    stream: Changes,
    settle_s: float,
    convert: Callable[[], int],
    say: Callable[[str], None],
) -> int:
    """Convert now, and again after every change, until a signal comes.

    Args:
        watched: What is watched.
        stream: What changes there.
        settle_s: How long a file must look the same to count as written.
        convert: Converts everything; returns the exit status.
        say: Tells the user what is going on.

    Returns:
        The exit status: 0 when a signal comes while nothing is converted. The first run ends the
        watch where nothing can ever come of it; later on only signals and defects do.

    Raises:
        InputError: What is watched cannot be watched, or is gone.
    """
    own = _resolved((watched.output, *watched.files))
    interest = Interest(_resolved(watched.roots), own)
    burst = Burst(settle_s, max(_LONGEST_S, _LONGEST_SETTLINGS * settle_s))
    jobs = OwnJobs(watched.output)
    with Interrupts() as interrupts:
        _begin(stream)
    if interrupts.count:
        return ExitCode.OK
    status = convert()
    if status not in _FAULTS_OF_THE_FILES:
        return status
    while status not in _LAST:
        with Interrupts() as interrupts:
            jobs.keep_last()
            gone = [str(root) for root in watched.roots if not root.exists()]
            if gone:
                raise NoInputError(f"{', '.join(gone)} is gone.", remedy="Watch what is there.")
            say("Waiting for changes; Ctrl-C ends.")
            changed = _await_change(stream, interest, burst, interrupts)
        if not changed:
            return ExitCode.OK
        say(f"Changed: {_names(changed)}")
        status = convert()
    return status


def _begin(stream: Changes) -> None:
    """Begin to watch: from now on nothing is missed."""
    try:
        next(stream)
    except (OSError, RuntimeError) as error:
        raise InputError(
            f"The system cannot watch this: {error}.",
            remedy="Watch fewer folders, raise the system's limit of watches, or set "
            "WATCHFILES_FORCE_POLLING=1.",
        ) from error


def _names(paths: Sequence[Path]) -> str:
    """Return the first names, and how many more there are."""
    told = ", ".join(escape(path.name) for path in paths[:_TOLD])
    more = len(paths) - _TOLD
    return f"{told} and {more:,} more" if more > 0 else told


def _await_change(
    stream: Changes, interest: Interest, burst: Burst, interrupts: Interrupts
) -> list[Path]:
    """Return what has changed once it has come to rest; nothing when a signal came."""
    for changes in stream:
        now = monotonic()
        for _, name in changes:
            path = Path(name)
            if interest.has(path):
                burst.note(path, now)
        for path in burst.to_look_at(now):
            burst.saw(path, look_at(path), monotonic())
        if interrupts.count:
            return []
        if burst.is_over(monotonic()) and (changed := burst.take()):
            return changed
    return []


def look_at(path: Path) -> Look:
    """Return what a file looks like; a folder looks the same as long as it is there."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return Look(0, 0, "folder")
        if not stat.S_ISREG(mode):  # a pipe would never be read to its end
            return GONE
        with path.open("rb") as stream:
            found = os.fstat(stream.fileno())
            digest = ""
            if found.st_size <= _READ_BYTES:
                digest = hashlib.sha256(stream.read(_READ_BYTES)).hexdigest()
    except OSError:
        return GONE
    return Look(found.st_size, found.st_mtime_ns, digest)


class OwnJobs:
    """Keeps the jobs of one watch from piling up: of those that are finished only the last stays.

    Args:
        output: What they write, absolute.
    """

    def __init__(self, output: Path) -> None:
        self._output = str(output)
        self._others = {job.job for job in Job.list()}

    def keep_last(self) -> None:
        """Remove the jobs before the last."""
        ours = [
            job
            for job in Job.list()
            if job.job not in self._others and job.output == self._output and job.state in FINISHED
        ]
        for job in ours[1:]:
            JobFolder(Path(job.folder)).remove()
