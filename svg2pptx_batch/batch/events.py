"""What listeners hear: one typed record for each thing that happens in a run.

Encoded by msgspec each is one JSON object with `event`, `v`, `seq` and `ts`: `--format jsonl`. The
terminal, the JSON lines, tqdm and a server are all listeners. A listener runs in the thread of the
run and must be quick; what it raises ends the run.

Order: `start`, `ingest`, then `task`, `retry`, `warning` and `progress` as they come, `merge`, and
last, always, `summary` or `error`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from itertools import count

import msgspec

from svg2pptx_batch.batch.report import VERSION, Counts, FileReport, Report
from svg2pptx_batch.errors import Svg2PptxError


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """What every event holds.

    Attributes:
        v: Version of the record.
        seq: From 1, without gaps, in one run.
        ts: When, RFC 3339, UTC.
    """

    v: int = VERSION
    seq: int
    ts: str


class Start(_Event, frozen=True, kw_only=True, tag="start"):
    """A run begins.

    Attributes:
        job: The job's UUID.
        folder: The job's folder.
        output: Where the result goes, absolute.
        mode: `merged`, `zip` or `folder`.
        workers: Worker processes; 0 where they are a cluster's.
        resumed: Whether an earlier run of the job was interrupted.
    """

    job: str
    folder: str
    output: str
    mode: str
    workers: int
    resumed: bool = False


class Ingest(_Event, frozen=True, kw_only=True, tag="ingest"):
    """The inputs are known.

    Attributes:
        files: All of them, failed ones too.
        bytes: Their size, unpacked.
        done: Files with a slide from an earlier run or the cache.
        failed: Files known to be unusable already.
        cached: Those of the done whose slide is the cache's.
    """

    files: int
    bytes: int
    done: int = 0
    failed: int = 0
    cached: int = 0


class Task(_Event, frozen=True, kw_only=True, tag="task"):
    """A file came to its end.

    Attributes:
        file: Its row.
        counts: How many files stand where now.
    """

    file: FileReport
    counts: Counts


class Retry(_Event, frozen=True, kw_only=True, tag="retry"):
    """A file broke its worker and is tried again.

    Attributes:
        index: Place in the plan.
        name: The input's name.
        attempt: The attempt that comes, 2 for the first repetition.
        reason: What happened.
    """

    index: int
    name: str
    attempt: int
    reason: str


class Progress(_Event, frozen=True, kw_only=True, tag="progress"):
    """How far the run is; at most one a second, and one when the last file is through.

    Attributes:
        counts: How many files stand where.
        seconds: Since the run began.
        per_second: Files a second lately, not counting the start of the workers.
        eta_s: Estimated seconds to the last file, None while nothing can be said.
    """

    counts: Counts
    seconds: float
    per_second: float
    eta_s: float | None = None


class Merge(_Event, frozen=True, kw_only=True, tag="merge"):
    """The output is being written; first with `done` 0, at most one a second, last complete.

    Attributes:
        done: Slides written.
        total: Slides to be written.
    """

    done: int
    total: int


class Warning(_Event, frozen=True, kw_only=True, tag="warning"):
    """Something worth knowing that fails nothing.

    Attributes:
        code: Stable kebab-case name.
        message: A sentence for people.
        name: The input it speaks of, empty for the job.
    """

    code: str
    message: str
    name: str = ""


class Summary(_Event, frozen=True, kw_only=True, tag="summary"):
    """The run ended; interrupted runs and those with failed files end so, too.

    Attributes:
        report: What it came to.
    """

    report: Report


class Error(_Event, frozen=True, kw_only=True, tag="error"):
    """The run was stopped by what concerns the whole job.

    Attributes:
        code: The error's stable name, `output`.
        message: What is wrong.
        exit_code: What a command ends with.
        remedy: What the user can do.
    """

    code: str
    message: str
    exit_code: int
    remedy: str | None = None


Event = Start | Ingest | Task | Retry | Progress | Merge | Warning | Summary | Error
Listener = Callable[[Event], None]


def timestamp() -> str:
    """Return the present moment, RFC 3339 in UTC with milliseconds."""
    second, millisecond = divmod(time.time_ns() // 1_000_000, 1000)
    return f"{_to_the_second(second)}.{millisecond:03}Z"


@lru_cache(maxsize=1)
def _to_the_second(second: int) -> str:
    # thousands of events come in one second, and writing a date takes longer than all else
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


class Emitter:
    """Numbers and dates events and hands them to a listener.

    Args:
        listener: Who hears them; None for nobody, which costs nothing.
    """

    __slots__ = ("_listener", "_numbers")

    def __init__(self, listener: Listener | None) -> None:
        self._listener = listener
        self._numbers = count(1)

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return self._listener is not None

    def emit(self, kind: Callable[..., Event], **fields: object) -> None:
        """Make an event of a kind and hand it on."""
        if self._listener is not None:
            self._listener(kind(seq=next(self._numbers), ts=timestamp(), **fields))

    def fail(self, error: Svg2PptxError) -> None:
        """Tell of an error that ends the whole job."""
        self.emit(
            Error,
            code=error.code,
            message=error.message,
            exit_code=int(error.exit_code),
            remedy=error.remedy,
        )
