"""What a server keeps of its jobs, on the disk.

    <data>/lock             held while a server lives
    <data>/uploads/<uuid>/  an upload that is not complete; gone with the next start
    <data>/jobs/<uuid>/
      record.json           whose the job is, what was asked for, how it ended
      input/                what was uploaded, until the job has ended
      output/               the deck, or the ZIP of decks

An upload becomes a job in one step, by getting its name; so after a crash a job is there whole, or
not at all. The conversion has a job folder of its own, see `batch.workdir`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import threading
import time
import uuid
from pathlib import Path

import msgspec

from svg2pptx_batch.batch.report import JobState
from svg2pptx_batch.batch.workdir import write_atomically
from svg2pptx_batch.errors import JobLockedError, OutputError
from svg2pptx_batch.server.choices import Choices

log = logging.getLogger(__name__)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of one job.

    Attributes:
        v: Version of this record.
        id: The job's UUID, as clients know it.
        owner: Id of the key it belongs to; empty for a server without keys.
        created: When it was accepted, seconds since the epoch.
        name: Of the result, without extension.
        zips: Whether a ZIP was uploaded, else SVGs.
        choices: What the client chose.
        idempotency: The client's `Idempotency-Key`, or empty.
        fingerprint: By which the same request is known again.
        size_bytes: What the upload takes, after the job's end the result.
        job: Id of the conversion's own job; empty until it is planned.
        state: How the job ended; None before.
        ended: When, seconds since the epoch.
        code: Of what stopped it: stable name.
        error: The same, a sentence.
    """

    v: int = 1
    id: str
    owner: str
    created: float
    name: str
    zips: bool
    choices: Choices
    idempotency: str = ""
    fingerprint: str = ""
    size_bytes: int = 0
    job: str = ""
    state: JobState | None = None
    ended: float = 0.0
    code: str = ""
    error: str = ""

    @property
    def output_name(self) -> str:
        """Name of the result."""
        return f"{self.name}.zip" if self.choices.get("mode") == "zip" else f"{self.name}.pptx"


class Store:
    """The jobs of one data folder; safe to be used by several threads.

    Args:
        folder: Made when needed, held until `close`.

    Attributes:
        folder: The same, absolute.

    Raises:
        JobLockedError: Another server uses it.
        OutputError: It cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock, Timeout

        self.folder = folder.absolute()
        self._uploads = self.folder / "uploads"
        self._jobs = self.folder / "jobs"
        self._records: dict[str, Record] = {}
        self._by_idempotency: dict[tuple[str, str], str] = {}
        self._mutex = threading.Lock()
        try:
            self._jobs.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(self.folder / "lock", thread_local=False)
            self._lock.acquire(timeout=0.3)
            shutil.rmtree(self._uploads, ignore_errors=True)
            self._uploads.mkdir(exist_ok=True)
        except Timeout as error:
            raise JobLockedError(
                f"Another server uses {self.folder}.", remedy="Give this one another --data-dir."
            ) from error
        except OSError as error:
            raise OutputError(
                f"{self.folder} cannot be written: {error.strerror or error}.",
                remedy="Give --data-dir a folder you may write to.",
            ) from error
        self._load()

    def close(self) -> None:
        """Let the folder go."""
        self._lock.release()

    def all(self) -> list[Record]:
        """Return all records, oldest first."""
        with self._mutex:
            return sorted(self._records.values(), key=lambda record: record.created)

    def get(self, id_: str) -> Record | None:
        """Return a job's record, None where there is none."""
        with self._mutex:
            return self._records.get(id_)

    def find_repeated(self, owner: str, idempotency: str) -> Record | None:
        """Return the job that a request with the same `Idempotency-Key` made, if there is one."""
        with self._mutex:
            record = self._records.get(self._by_idempotency.get((owner, idempotency), ""))
            return record if record and record.idempotency == idempotency else None

    def bytes_of(self, owner: str) -> int:
        """Return what is kept for a key."""
        with self._mutex:
            return sum(r.size_bytes for r in self._records.values() if r.owner == owner)

    def new_upload(self) -> Path:
        """Make the folder of an upload; it has an `input` folder.

        Raises:
            OSError: It cannot be made.
        """
        upload = self._uploads / str(uuid.uuid4())
        (upload / "input").mkdir(parents=True)
        return upload

    def accept(self, upload: Path, record: Record) -> Record:
        """Make a job of an upload.

        Args:
            upload: Its folder.
            record: With no id yet.

        Raises:
            OSError: It cannot be written.
        """
        record = msgspec.structs.replace(record, id=upload.name)
        write_atomically(upload / "record.json", msgspec.json.encode(record), sync=True)
        upload.replace(self._jobs / record.id)
        _sync(self._jobs)
        self._enter(record)
        return record

    def save(self, record: Record) -> None:
        """Replace a job's record.

        Raises:
            OSError: It cannot be written; until the next start it counts all the same.
        """
        self._enter(record)
        write_atomically(
            self._jobs / record.id / "record.json", msgspec.json.encode(record), sync=True
        )

    def input(self, record: Record) -> Path:
        """Return the folder of what was uploaded."""
        return self._jobs / record.id / "input"

    def output(self, record: Record) -> Path:
        """Return the path of the result."""
        return self._jobs / record.id / "output" / record.output_name

    def drop_input(self, record: Record) -> None:
        """Remove what was uploaded."""
        shutil.rmtree(self.input(record), ignore_errors=True)

    def bury(self, record: Record) -> None:
        """Leave of a job only that it was."""
        stone = msgspec.structs.replace(
            record,
            state=JobState.EXPIRED,
            ended=time.time(),
            size_bytes=0,
            idempotency="",
            choices={},
            name="",
            code="",
            error="",
        )
        with contextlib.suppress(OSError):
            self.save(stone)
        for folder in ("input", "output"):
            shutil.rmtree(self._jobs / record.id / folder, ignore_errors=True)

    def remove(self, record: Record) -> None:
        """Remove all that is kept of a job."""
        with self._mutex:
            self._records.pop(record.id, None)
            self._by_idempotency.pop((record.owner, record.idempotency), None)
        # the record goes first: what is left of a job without one goes with the next start
        with contextlib.suppress(OSError):
            (self._jobs / record.id / "record.json").unlink()
        shutil.rmtree(self._jobs / record.id, ignore_errors=True)

    def _enter(self, record: Record) -> None:
        with self._mutex:
            self._records[record.id] = record
            if record.idempotency:
                self._by_idempotency[record.owner, record.idempotency] = record.id

    def _load(self) -> None:
        """Read the records; what has none that can be understood is no job."""
        for folder in list(self._jobs.iterdir()):
            try:
                record = msgspec.json.decode((folder / "record.json").read_bytes(), type=Record)
            except FileNotFoundError:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            except (OSError, msgspec.DecodeError) as error:
                log.warning("the job in %s is left alone: %s", folder, error)
                continue
            if record.id == folder.name:
                self._enter(record)


def _sync(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system lets us."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
