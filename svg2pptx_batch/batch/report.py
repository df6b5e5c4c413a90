"""What a job comes to: a row a file, the totals, the exit code.

`Status` is the content of the status file and of `status.json` in a job's folder; `Report` is what
a run hands back. Both are derived: the journal is the truth. Nothing here reads or writes a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

import msgspec

from svg2pptx_batch.diagnostics import Diagnostic, Fidelity, Severity
from svg2pptx_batch.errors import ExitCode
from svg2pptx_batch.options import FailOn

VERSION = 1
"""Version of the status file and of the events; fields are only ever added."""


class TaskState(StrEnum):
    """Where a file stands."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    CACHED = "cached"
    INVALID = "invalid"
    FAILED = "failed"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    CRASHED = "crashed"
    CANCELLED = "cancelled"


CONVERTED = frozenset({TaskState.DONE, TaskState.CACHED})
"""States with a slide: made in this job, or found in the cache."""

UNFINISHED = frozenset({TaskState.PENDING, TaskState.RUNNING, TaskState.CANCELLED})
"""States without a result: such a file is converted when the job is resumed."""


class JobState(StrEnum):
    """Where a job stands; `interrupted` is a job under way that no living run holds."""

    CREATED = "created"
    INGESTING = "ingesting"
    RUNNING = "running"
    MERGING = "merging"
    PACKAGING = "packaging"
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    INTERRUPTED = "interrupted"


FINISHED = frozenset(
    {JobState.DONE, JobState.PARTIAL, JobState.FAILED, JobState.CANCELLED, JobState.EXPIRED}
)
"""States nothing follows: such a job is not resumed."""


class FileReport(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One file's row.

    Attributes:
        index: Place in the plan, from 0; slides come in this order.
        name: The input's name, folders kept.
        state: Where it stands.
        code: Of a failure: stable name, `xml`, `timeout`, `defect`.
        message: Of a failure: what is wrong.
        line: Of a failure: 1-based line in the input, None where unknown.
        remedy: Of a failure: what the user can do.
        seconds: Time in the worker.
        fidelity: How many drawn elements ended how: fidelity name to count.
        diagnostics: What became of elements that did not end native, and other remarks; the
            first of each kind, worst first.
        more_diagnostics: How many further remarks were made.
        attempts: How often it was started, where more than once.
        objected: Whether an element ended so that `--fail-on` objects to it.
        quarantine: Of what broke its worker: where the input was put aside, absolute.
        output: In `zip` and `folder` mode the name of its deck, `/` between folders; known once
            the output is written.
    """

    index: int
    name: str
    state: TaskState
    code: str = ""
    message: str = ""
    line: int | None = None
    remedy: str | None = None
    seconds: float = 0.0
    fidelity: dict[str, int] = {}
    diagnostics: tuple[Diagnostic, ...] = ()
    more_diagnostics: int = 0
    attempts: int = 1
    objected: bool = False
    quarantine: str = ""
    output: str = ""

    @property
    def failed(self) -> bool:
        """Whether the file came to an end without a slide."""
        return self.state not in CONVERTED and self.state not in UNFINISHED


class Counts(msgspec.Struct, frozen=True, gc=False):
    """How many files stand where; `done` + `failed` + `pending` = `total`.

    Of the done `objected` are those that `--fail-on` objects to, and `cached` those found in the
    cache.
    """

    total: int = 0
    done: int = 0
    failed: int = 0
    pending: int = 0
    objected: int = 0
    cached: int = 0


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """A job, as told to people, scripts and other machines: the status file.

    Attributes:
        v: Version of this record.
        job: The job's UUID.
        folder: The job's folder.
        state: Where the job stands.
        created: When it was planned, RFC 3339, UTC.
        updated: When this snapshot was taken.
        output: The deck, ZIP or folder asked for, absolute.
        mode: `merged`, `zip` or `folder`.
        counts: How many files stand where.
        fidelity: How many drawn elements ended how, over all files.
        fail_on: From which end of an element on a file is objected to.
        seconds: Time since the present run began.
        exit_code: Of the last run, None before its end.
        outputs: Files and folders written.
        error: What stopped the last run, empty for nothing.
        files: A row a file, in plan order.
    """

    v: int = VERSION
    job: str
    folder: str
    state: JobState
    created: str
    updated: str
    output: str
    mode: str
    counts: Counts
    fidelity: dict[str, int] = {}
    fail_on: FailOn = FailOn.NONE
    seconds: float = 0.0
    exit_code: int | None = None
    outputs: tuple[str, ...] = ()
    error: str = ""
    files: tuple[FileReport, ...] = ()


class JobSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A job in a list: its status without the rows."""

    v: int = VERSION
    job: str
    folder: str
    state: JobState
    created: str
    updated: str
    output: str
    mode: str
    counts: Counts
    exit_code: int | None = None
    error: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to.

    Attributes:
        v: Version of this record.
        job: The job's UUID; empty for a conversion without a job.
        folder: The job's folder; empty likewise.
        state: Where the job stands.
        exit_code: What a command ends with.
        counts: How many files stand where.
        fidelity: How many drawn elements ended how, over all files.
        fail_on: From which end of an element on a file is objected to.
        seconds: Duration of this run.
        converted: Files converted in this run, as against found done.
        outputs: Files and folders written, absolute.
        error: What stopped the run before its end, empty for nothing.
        resume_command: After an interruption: what continues the job.
        files: A row a file, in plan order.
    """

    v: int = VERSION
    job: str = ""
    folder: str = ""
    state: JobState
    exit_code: ExitCode
    counts: Counts
    fidelity: dict[str, int] = {}
    fail_on: FailOn = FailOn.NONE
    seconds: float = 0.0
    converted: int = 0
    outputs: tuple[str, ...] = ()
    error: str = ""
    resume_command: str = ""
    files: tuple[FileReport, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every file was converted, none objected to, and the output written."""
        return self.exit_code is ExitCode.OK

    @property
    def failures(self) -> tuple[FileReport, ...]:
        """The rows of the files that failed, in plan order."""
        return tuple(file for file in self.files if file.failed)

    @property
    def objections(self) -> tuple[FileReport, ...]:
        """The rows of the files `fail_on` objects to, in plan order."""
        return tuple(file for file in self.files if file.objected)


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """How the elements of one drawing end.

    Attributes:
        v: Version of this record.
        name: The input's name.
        elements: How many are drawn.
        fidelity: How many of them end how: every fidelity name to a count.
        fail_on: From which end of an element on the file is objected to.
        objected: Whether it is.
        diagnostics: What becomes of the elements that do not end native, and other remarks, worst
            first.
    """

    v: int = VERSION
    name: str
    elements: int
    fidelity: dict[str, int]
    fail_on: FailOn = FailOn.NONE
    objected: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()


_WORST_FIRST = tuple(str(fidelity) for fidelity in reversed(Fidelity))


def objected_ends(fail_on: FailOn) -> frozenset[str]:
    """Return the fidelity names that are objected to: the one named, and all that are worse."""
    if fail_on is FailOn.NONE:
        return frozenset()
    return frozenset(_WORST_FIRST[: _WORST_FIRST.index(str(fail_on)) + 1])


def objects(fail_on: FailOn, fidelity: Mapping[str, int]) -> bool:
    """Return whether a file whose elements ended so is objected to."""
    return fail_on is not FailOn.NONE and any(map(fidelity.get, objected_ends(fail_on)))


def objections(fail_on: FailOn, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the remarks on elements that are objected to."""
    ends = objected_ends(fail_on)
    return (item for item in diagnostics if item.fidelity is not None and item.fidelity in ends)


def worst_first(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return remarks in the order of how much of the drawing they cost, then as they were made."""
    return sorted(diagnostics, key=_rank)


def _rank(diagnostic: Diagnostic) -> tuple[int, bool]:
    """Return the place of a remark: by the element's end, warnings before what is just said."""
    end = diagnostic.fidelity
    place = len(_WORST_FIRST) if end is None else _WORST_FIRST.index(end)
    return place, diagnostic.severity is Severity.INFO


def add_fidelity(total: dict[str, int], counts: dict[str, int]) -> None:
    """Add one file's counts to the total, in place."""
    for name, count in counts.items():
        total[name] = total.get(name, 0) + count


def count(files: Iterable[FileReport]) -> tuple[Counts, dict[str, int]]:
    """Return how many files stand where, and the fidelity over all of them."""
    total = done = failed = objected = cached = 0
    fidelity: dict[str, int] = {}
    for file in files:
        total += 1
        if file.state in CONVERTED:
            done += 1
            cached += file.state is TaskState.CACHED
            objected += file.objected
            add_fidelity(fidelity, file.fidelity)
        elif file.failed:
            failed += 1
    pending = total - done - failed
    return Counts(total, done, failed, pending, objected, cached), fidelity
