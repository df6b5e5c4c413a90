"""What is kept of jobs, and for how long.

Of an expired job only that it was stays: its status without the rows. That, too, goes when it is as
old again. Nothing is touched but folders named by a UUID right below our own, pointers to jobs that
are gone, and locks nobody holds; nothing that a living run holds; no link is followed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
from calendar import timegm
from collections.abc import Iterator
from pathlib import Path

import msgspec

from svg2pptx_batch.batch import workdir
from svg2pptx_batch.batch.events import timestamp
from svg2pptx_batch.batch.jobs import read_plan
from svg2pptx_batch.batch.report import VERSION, JobState, JobSummary
from svg2pptx_batch.batch.workdir import JobFolder, write_atomically
from svg2pptx_batch.errors import JobError, JobLockedError, OutputError
from svg2pptx_batch.places import state_dir

_SELDOM_S = 86_400.0
_MARK = "expired"


class Cleared(msgspec.Struct, frozen=True, kw_only=True):
    """What was removed.

    Attributes:
        v: Version of this record.
        jobs: UUIDs of the jobs that expired, in no particular order.
        bytes: What they took on the disk.
        skipped: UUIDs of jobs that are old enough, but run.
    """

    v: int = VERSION
    jobs: tuple[str, ...] = ()
    bytes: int = 0
    skipped: tuple[str, ...] = ()


def expire(older_than_s: float, *, dry_run: bool = False) -> Cleared:
    """Remove what is kept of jobs whose last sign of life is so long ago.

    Args:
        older_than_s: Seconds; 0 for all that do not run.
        dry_run: Only tell.
    """
    expired: list[str] = []
    skipped: list[str] = []
    freed = 0
    for folder in _folders():
        if _age_s(folder) < older_than_s:
            continue
        if folder.held or not (dry_run or _take(folder)):
            skipped.append(folder.id)
            continue
        freed += _size(folder.root)
        tombstone = _is_tombstone(folder)
        if not tombstone:
            expired.append(folder.id)
        if dry_run:
            continue
        if tombstone or not _bury(folder):
            folder.remove()
        folder.unlock()
    if not dry_run:
        _drop_pointers()
    return Cleared(jobs=tuple(expired), bytes=freed, skipped=tuple(skipped))


def expire_sometimes(older_than_s: float) -> None:
    """Expire old jobs, once a day at most; what cannot be removed stays.

    Args:
        older_than_s: Seconds; 0 for never.
    """
    mark = state_dir() / _MARK
    if not older_than_s:
        return
    with contextlib.suppress(OSError):
        if mark.exists() and abs(time.time() - mark.stat().st_mtime) < _SELDOM_S:
            return
        mark.touch()
        os.utime(mark)
        expire(older_than_s)


def remove(folder: JobFolder) -> None:
    """Remove a job whose lock is held, and the pointer to it."""
    digest = ""
    with contextlib.suppress(JobError):  # without a plan nothing points to it
        digest = read_plan(folder).spec.digest
    folder.remove()
    if digest:
        _drop_pointer(state_dir() / "specs" / digest)


def _folders() -> Iterator[JobFolder]:
    """Yield the folders that can only be ours."""
    with contextlib.suppress(FileNotFoundError), os.scandir(workdir.jobs_dir()) as scan:
        for entry in scan:
            if entry.is_dir(follow_symlinks=False) and _is_uuid(entry.name):
                yield JobFolder(Path(entry.path))


def _is_uuid(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False


def _age_s(folder: JobFolder) -> float:
    """Return the seconds since a job's last sign of life, by the wall clock.

    Several witnesses are asked, and the youngest is believed: a clock that was set wrong for a
    while must not make an old job of a new one.
    """
    moments = []
    for path in (folder.root, folder.journal, folder.status, folder.plan):
        with contextlib.suppress(OSError):
            moments.append(path.stat().st_mtime)
    with contextlib.suppress(OSError, msgspec.DecodeError, ValueError):
        told = msgspec.json.decode(folder.status.read_bytes(), type=JobSummary).updated
        moments.append(float(timegm(time.strptime(told[:19], "%Y-%m-%dT%H:%M:%S"))))
    return time.time() - max(moments, default=0.0)


def _take(folder: JobFolder) -> bool:
    """Take a job's lock; return whether it could be had."""
    try:
        folder.lock()
    except (JobLockedError, OutputError):
        return False
    return True


def _is_tombstone(folder: JobFolder) -> bool:
    try:
        told = msgspec.json.decode(folder.status.read_bytes(), type=JobSummary)
    except (OSError, msgspec.DecodeError):
        return False
    return told.state is JobState.EXPIRED


def _bury(folder: JobFolder) -> bool:
    """Leave of a job only that it was; return whether that much could be told."""
    try:
        told = msgspec.json.decode(folder.status.read_bytes(), type=JobSummary)
    except (OSError, msgspec.DecodeError):
        return False
    stone = msgspec.structs.replace(told, state=JobState.EXPIRED, updated=timestamp())
    for path in list(folder.root.iterdir()):
        if path.name in ("lock", folder.status.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()
    write_atomically(folder.status, msgspec.json.encode(stone))
    return True


def _drop_pointers() -> None:
    """Remove the pointers to jobs that are gone."""
    specs = state_dir() / "specs"
    with contextlib.suppress(OSError):
        for path in list(specs.iterdir()):
            if path.suffix or path.is_symlink() or not path.is_file():
                continue
            _drop_pointer(path)


def _drop_pointer(path: Path) -> None:
    """Remove a pointer if it points to a job that is gone."""
    with (
        contextlib.suppress(JobLockedError, OutputError, OSError),
        workdir.spec_pointer(path.name) as pointer,
    ):
        if pointer.read() is None:
            path.unlink(missing_ok=True)
            # whoever waits for this lock plans a job of its own, which does no harm
            path.with_suffix(".lock").unlink(missing_ok=True)


def _size(folder: Path) -> int:
    """Return what a folder's files take, links not followed."""
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(f"{here}/{name}").st_size
    return total
