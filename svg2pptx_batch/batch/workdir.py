"""A job's folder: what lies where, how it is written, who holds it.

    <state>/jobs/<uuid>/
      lock            held while a run lives; released by its death
      job.json        the plan
      journal.jsonl   what happened
      status.json     a snapshot, derived
      job.log         what developers want to know: tracebacks, what workers said last
      cancel          there while somebody wants the job to be cancelled
      quarantine/     inputs that broke a worker, each with what is known of it
      objects/        packs of slides, until the job is finished
      spool-…/        copies of archive members, standard input and files elsewhere, until then
      staging/        a result that goes elsewhere, while it is made and sent
    <state>/specs/<digest>   the UUID of the last job with these inputs, output and options

Only this module, `manifest` and `objects` write there.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from svg2pptx_batch.errors import JobError, JobLockedError, OutputError
from svg2pptx_batch.places import STATE_DIR_VARIABLE, state_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from filelock import BaseFileLock

log = logging.getLogger(__name__)

_LOCK_WAIT_S = 0.3


def write_atomically(path: Path, data: bytes, *, sync: bool = False) -> None:
    """Replace a file's content in one step.

    Args:
        path: The file; its folder exists.
        data: The new content.
        sync: Also bring it to the disk before it gets its name.

    Raises:
        OSError: It cannot be written; the old content is untouched, nothing is left over.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            if sync:
                stream.flush()
                os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


class JobFolder:
    """The paths of one job, and its lock.

    Attributes:
        root: The folder.
        id: The job's UUID, the folder's name.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.id = root.name
        self._lock: BaseFileLock | None = None

    @classmethod
    def new(cls) -> JobFolder:
        """Make the folder of a new job.

        Raises:
            OutputError: The state folder cannot be written.
        """
        folder = cls(jobs_dir() / str(uuid.uuid4()))
        try:
            folder.root.mkdir(parents=True)
            folder.objects.mkdir()
        except OSError as error:
            folder.remove()
            raise unwritable(error) from error
        return folder

    @property
    def exists(self) -> bool:
        """Whether there is such a job."""
        return self.plan.exists() or self.status.exists()

    @property
    def plan(self) -> Path:
        """The plan's file."""
        return self.root / "job.json"

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.root / "journal.jsonl"

    @property
    def status(self) -> Path:
        """The snapshot's file."""
        return self.root / "status.json"

    @property
    def log_file(self) -> Path:
        """The log's file, for developers; it need not exist."""
        return self.root / "job.log"

    @property
    def objects(self) -> Path:
        """The folder of packed slides."""
        return self.root / "objects"

    @property
    def quarantine(self) -> Path:
        """The folder of inputs that broke a worker."""
        return self.root / "quarantine"

    @property
    def staging(self) -> Path:
        """The folder where a result that goes elsewhere is made."""
        return self.root / "staging"

    @property
    def cancel_requested(self) -> bool:
        """Whether the job is to be cancelled; asked several times a second while it runs."""
        return os.path.exists(f"{self.root}/cancel")  # noqa: PTH110  quicker

    def request_cancel(self) -> None:
        """Ask whoever runs the job to cancel it.

        Raises:
            JobError: The folder cannot be written.
        """
        try:
            (self.root / "cancel").touch()
        except OSError as error:
            raise JobError(
                f"Job {self.id} cannot be cancelled: {error.strerror or error}.",
                remedy=f"Check that you may write to {self.root}.",
            ) from error

    def withdraw_cancel(self) -> None:
        """Take a request to cancel back, or as fulfilled."""
        with contextlib.suppress(OSError):
            (self.root / "cancel").unlink(missing_ok=True)

    def new_spool(self) -> Path:
        """Return a folder not yet made for copies of what is no file on this disk."""
        number = 1 + sum(1 for _ in self.root.glob("spool-*"))
        while (path := self.root / f"spool-{number}").exists():
            number += 1
        return path

    def drop_spools(self, keep: Path | None = None) -> None:
        """Remove spool folders, but for one that is to be kept."""
        for spool in self.root.glob("spool-*"):
            if spool != keep:
                shutil.rmtree(spool, ignore_errors=True)

    def put_aside(self, number: int, source: Path, account: str) -> str:
        """Copy an input that broke its worker into the quarantine.

        Args:
            number: Tells it from others of its name.
            source: The input.
            account: What is known of it, written beside it.

        Returns:
            The copy's path; empty where nothing can be written, which is only logged.
        """
        place = self.quarantine / f"{number:06d}"
        try:
            place.mkdir(parents=True, exist_ok=True)
            copy = place / ("input.svgz" if source.suffix.lower() == ".svgz" else "input.svg")
            shutil.copyfile(source, copy)
            (place / "reason.txt").write_text(account, encoding="utf-8", errors="replace")
        except OSError as error:
            log.warning("%s is not put into quarantine: %s", source, error)
            return ""
        return str(copy)

    def make_work(self) -> None:
        """Make the folder of packed slides, which a finished job has no more.

        Raises:
            OutputError: The folder cannot be written.
        """
        try:
            self.objects.mkdir(exist_ok=True)
        except OSError as error:
            raise unwritable(error) from error

    def drop_work(self) -> None:
        """Remove what a finished job needs no more: packed slides, spool, a copy of the result."""
        shutil.rmtree(self.objects, ignore_errors=True)
        shutil.rmtree(self.staging, ignore_errors=True)
        self.drop_spools()

    def remove(self) -> None:
        """Remove the whole job."""
        self.unlock()
        shutil.rmtree(self.root, ignore_errors=True)

    def lock(self, *, wait: bool = False) -> None:
        """Hold the job until `unlock`, or until this process dies; holding it twice is fine.

        Args:
            wait: Wait until a living run that holds it has ended.

        Raises:
            JobLockedError: A living run holds it.
            OutputError: The folder cannot be written.
        """
        if self._lock is not None:
            return
        from filelock import FileLock, Timeout

        lock = FileLock(self.root / "lock")
        try:
            lock.acquire(timeout=-1 if wait else _LOCK_WAIT_S, poll_interval=0.05)
        except Timeout as error:
            raise JobLockedError(
                f"Job {self.id} is being run by another process.",
                remedy="Wait for it to end, with --wait-lock if you like; "
                f"`svg2pptx-batch status {self.id}` shows where it is.",
            ) from error
        except OSError as error:
            raise unwritable(error) from error
        self._lock = lock

    def unlock(self) -> None:
        """Let the job go."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @property
    def held(self) -> bool:
        """Whether a living run, ours or another's, holds the job."""
        if self._lock is not None:
            return True
        from filelock import FileLock, Timeout

        if not (self.root / "lock").exists():
            return False
        try:
            with FileLock(self.root / "lock").acquire(timeout=0):
                return False
        except (Timeout, OSError):
            return True


def unwritable(error: OSError) -> OutputError:
    """Say that the state folder cannot be written."""
    where = error.filename2 or error.filename or jobs_dir()
    return OutputError(
        f"The folder for jobs cannot be written: {os.fspath(where)}: {error.strerror or error}.",
        remedy=f"Make room on that disk, or set {STATE_DIR_VARIABLE} to a folder you may write to.",
    )


def jobs_dir() -> Path:
    """Return the folder of all jobs' folders; it need not exist."""
    return state_dir() / "jobs"


def all_jobs() -> list[JobFolder]:
    """Return every job there is, one that is being planned or has expired too, in no order."""
    with contextlib.suppress(FileNotFoundError):
        return [folder for path in jobs_dir().iterdir() if (folder := JobFolder(path)).exists]
    return []


@contextlib.contextmanager
def spec_pointer(digest: str, *, wait: bool = False) -> Iterator[SpecPointer]:
    """Hold the pointer of one specification while a job for it is looked up or made.

    Args:
        digest: Of inputs, output and options.
        wait: Wait until nobody else holds it.

    Raises:
        JobLockedError: Another process holds it for more than a few seconds.
        OutputError: The state folder cannot be written.
    """
    from filelock import FileLock, Timeout

    folder = state_dir() / "specs"
    lock = FileLock(folder / f"{digest}.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=-1 if wait else _LOCK_WAIT_S)
    except Timeout as error:
        raise JobLockedError(
            "Another process is planning the very same job.",
            remedy="Wait for it to end, with --wait-lock if you like.",
        ) from error
    except OSError as error:
        raise unwritable(error) from error
    try:
        yield SpecPointer(folder / digest)
    finally:
        lock.release()


class SpecPointer:
    """Points from a specification to its last job."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> JobFolder | None:
        """Return the last job of this specification, None where there is none any more."""
        try:
            folder = JobFolder(jobs_dir() / self._path.read_text("ascii").strip())
        except (OSError, UnicodeDecodeError):
            return None
        return folder if folder.plan.exists() else None

    def write(self, folder: JobFolder) -> None:
        """Point to a job from now on.

        Raises:
            OutputError: The state folder cannot be written.
        """
        try:
            write_atomically(self._path, folder.id.encode("ascii"))
        except OSError as error:
            raise unwritable(error) from error
