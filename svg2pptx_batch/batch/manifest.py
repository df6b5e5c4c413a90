"""The journal: what happened to a job, append-only, one checked JSON object a line.

A line reads `{"crc":"89abcdef","record":{…}}`; the sum is CRC-32 over the record's bytes. One
process writes, the parent of the run. Lines are written in groups and synced within 50 ms, so a
crash costs work, never truth. A torn tail is set aside and cut, a damaged line costs the file it
speaks of, another version is refused.
"""

from __future__ import annotations

import contextlib
import os
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from svg2pptx_batch.batch.dependencies import Dependencies
from svg2pptx_batch.batch.objects import StoredSlide
from svg2pptx_batch.batch.report import JobState, TaskState
from svg2pptx_batch.diagnostics import Diagnostic
from svg2pptx_batch.errors import (
    LimitError,
    ManifestError,
    MemoryLimitError,
    OutputError,
    TaskTimeoutError,
)

VERSION = 1
"""Version of plan and journal."""

GROUP_S = 0.05
"""How long records may be gathered before they are written and synced."""

_BOUND_CODES = frozenset({TaskTimeoutError.code, MemoryLimitError.code, LimitError.code})
_HEAD = b'{"crc":"'
_MIDDLE = b'","record":'
_START = len(_HEAD) + 8 + len(_MIDDLE)


Bounds = tuple[float, float, float]
"""Seconds, bytes of memory and bytes of SVG that one file may take; 0 s or bytes for no bound."""


class Opened(msgspec.Struct, frozen=True, tag="open", tag_field="e"):
    """A run began.

    Attributes:
        v: Version of the journal.
        job: The job's UUID.
        converter: Version of the converter.
        ts: When, RFC 3339.
        bounds: What a file may take in this run.
    """

    v: int
    job: str
    converter: str
    ts: str
    bounds: Bounds


class Done(msgspec.Struct, frozen=True, tag="done", tag_field="e", omit_defaults=True, gc=False):
    """A file was converted.

    Attributes:
        i: Place in the plan at that time.
        id: The task's id.
        key: Its key.
        slide: Where the slide lies.
        seconds: Time in the worker.
        fidelity: Fidelity name to count.
        diagnostics: The first of each kind.
        more: How many further remarks were made.
        attempts: How often it was started.
        dependencies: What the slide came of beside its key.
        cached: Whether it was found in the cache.
    """

    i: int
    id: str
    key: str
    slide: StoredSlide
    seconds: float = 0.0
    fidelity: dict[str, int] = {}
    diagnostics: tuple[Diagnostic, ...] = ()
    more: int = 0
    attempts: int = 1
    dependencies: Dependencies = Dependencies()
    cached: bool = False


class Failed(msgspec.Struct, frozen=True, tag="fail", tag_field="e", omit_defaults=True, gc=False):
    """A file came to its end without a slide; fields as in `Done` and `FileReport`."""

    i: int
    id: str
    key: str
    state: TaskState
    code: str
    message: str
    line: int | None = None
    remedy: str | None = None
    seconds: float = 0.0
    attempts: int = 1
    quarantine: str = ""


class Retried(msgspec.Struct, frozen=True, tag="retry", tag_field="e"):
    """A file broke its worker and will be tried again; `attempt` is the one that comes."""

    i: int
    id: str
    attempt: int
    reason: str


class Staged(msgspec.Struct, frozen=True, tag="stage", tag_field="e"):
    """The job entered a state on its way."""

    state: JobState


class Ended(msgspec.Struct, frozen=True, tag="end", tag_field="e"):
    """A run came to its end; the job's if `state` is a finished one."""

    state: JobState
    exit_code: int
    outputs: tuple[str, ...] = ()
    error: str = ""


Record = Opened | Done | Failed | Retried | Staged | Ended

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


class _Version(msgspec.Struct):
    e: str
    v: int = 0


class History(msgspec.Struct):
    """What a journal says.

    Attributes:
        results: By task id: its last result.
        attempts: By task id: the attempt reached, where a file was tried more than once.
        bounds: Those of the last run.
        runs: How many runs began.
        ended: The last run's end, None where it had none.
        damaged: Lines that were not understood.
    """

    results: dict[str, Done | Failed] = {}
    attempts: dict[str, int] = {}
    bounds: Bounds | None = None
    runs: int = 0
    ended: Ended | None = None
    damaged: int = 0

    def forget_failures(self) -> None:
        """Let every file that failed be tried again, as if for the first time."""
        self.results = {i: r for i, r in self.results.items() if isinstance(r, Done)}
        self.attempts.clear()

    def begin(self, bounds: Bounds) -> None:
        """Enter a run's bounds; a failure for want of more does not count under others."""
        if self.bounds not in (None, bounds):
            self.results = {
                id_: result
                for id_, result in self.results.items()
                if isinstance(result, Done) or result.code not in _BOUND_CODES
            }
        self.bounds = bounds


def encode_line(record: Record) -> bytes:
    """Return a record as a checked line, line end included."""
    body = _ENCODER.encode(record)
    return b'{"crc":"%08x","record":%b}\n' % (zlib.crc32(body), body)


def _decode_line(line: bytes) -> Record | None:
    """Read a line without its end; None where it is damaged or of a kind not known."""
    body = line[_START:-1]
    if not line.startswith(_HEAD) or line[len(_HEAD) + 8 : _START] != _MIDDLE:
        return None
    if line[len(_HEAD) : len(_HEAD) + 8] != b"%08x" % zlib.crc32(body) or line[-1:] != b"}":
        return None
    try:
        version = msgspec.json.decode(body, type=_Version) if b'"e":"open"' in body else None
        if version is not None and version.e == "open" and version.v != VERSION:
            raise ManifestError(
                f"The journal is of version {version.v}; this program understands {VERSION}.",
                remedy="Resume with the version that began the job, or convert afresh.",
            )
        return _DECODER.decode(body)
    except msgspec.DecodeError:
        return None


def records(data: bytes) -> Iterator[Record | None]:
    """Read the whole lines of a journal's content; None stands for a damaged one.

    Raises:
        ManifestError: It is of another version.
    """
    for line in data.split(b"\n")[:-1]:
        yield _decode_line(line)


def replay(path: Path, *, mend: bool = False) -> History:
    """Read a journal.

    Args:
        path: The journal; one that does not exist is empty.
        mend: Set a torn tail aside, as `journal.torn`, and cut it. Only for who holds the lock.

    Raises:
        ManifestError: It is of another version, or cannot be read.
        OutputError: It cannot be mended.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return History()
    except OSError as error:
        raise ManifestError(
            f"The journal {path} cannot be read: {error.strerror or error}.",
            remedy="Check that you may read it, or convert afresh.",
        ) from error
    whole = data.rfind(b"\n") + 1
    if mend and whole < len(data):
        try:
            with path.with_name("journal.torn").open("ab") as aside:
                aside.write(data[whole:] + b"\n")
            os.truncate(path, whole)
        except OSError as error:
            raise _unwritable(path, error) from error
    history = History(damaged=int(whole < len(data)))
    for record in records(data):
        match record:
            case None:
                history.damaged += 1
            case Opened():
                history.begin(record.bounds)
                history.runs += 1
                history.ended = None
            case Done() | Failed():
                history.results[record.id] = record
                history.attempts.pop(record.id, None)
            case Retried():
                history.attempts[record.id] = record.attempt
            case Ended():
                history.ended = record
            case Staged():
                pass
    return history


class Journal:
    """Appends to a journal.

    `append` only gathers; `flush` writes what was gathered in one go, and a thread of its own
    brings it to the disk within 50 ms. What was flushed survives the death of every process at
    once; what was synced survives the machine's.

    Args:
        path: The journal, made if needed, its tail mended.

    Raises:
        OutputError: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[bytes] = []
        self._size = 0
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.open(path, flags | getattr(os, "O_CLOEXEC", 0), 0o666)
            self._size = os.fstat(self._file).st_size
        except OSError as error:
            raise _unwritable(path, error) from error
        self._dirty = threading.Event()
        self._closing = threading.Event()
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._sync_in_groups, name="journal", daemon=True)
        self._thread.start()

    def append(self, record: Record) -> None:
        """Gather a record for the next group."""
        self._lines.append(encode_line(record))

    def flush(self) -> None:
        """Write the records gathered.

        Raises:
            OutputError: The disk is full or fails; the journal ends with a whole line.
        """
        if self._error is not None:
            raise _unwritable(self._path, self._error) from self._error
        if not self._lines:
            return
        group = b"".join(self._lines)
        self._lines.clear()
        try:
            written = os.write(self._file, group)
            while written < len(group):
                written += os.write(self._file, group[written:])
        except OSError as error:
            with contextlib.suppress(OSError):
                os.truncate(self._path, self._size)
            raise _unwritable(self._path, error) from error
        self._size += len(group)
        self._dirty.set()

    @property
    def gathered(self) -> int:
        """Records gathered and not written yet."""
        return len(self._lines)

    def close(self) -> None:
        """Write, sync and close."""
        try:
            self.flush()
        finally:
            self._closing.set()
            self._dirty.set()
            self._thread.join()
            os.close(self._file)
        if self._error is not None:
            raise _unwritable(self._path, self._error) from self._error

    def _sync_in_groups(self) -> None:
        """Sync whenever something was written, at most once in 50 ms."""
        while True:
            self._dirty.wait()
            self._dirty.clear()
            closing = self._closing.is_set()
            try:
                os.fsync(self._file)
            except OSError as error:
                self._error = error
                return
            if closing:
                return
            self._closing.wait(GROUP_S)


def _unwritable(path: Path, error: OSError) -> OutputError:
    """Say that the job's own folder cannot be written."""
    return OutputError(
        f"The job's folder cannot be written: {path}: {error.strerror or error}.",
        remedy="Make room on that disk, then resume the job.",
    )
