"""Where an archive goes: a file that appears under its name only when it is complete."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import pathlib
import stat
import sys
from typing import BinaryIO

from svg2pptx_batch.errors import OutputError

_BUFFER_BYTES = 256 * 1024
_MAX_NAME_BYTES = 255

_REMEDIES = {
    errno.ENOSPC: "Free some space, or write to another disk.",
    errno.EDQUOT: "Free some space, or write to another disk.",
    errno.EFBIG: "Write to a file system that holds larger files, or use --mode folder.",
    errno.ENOENT: "Create the folder first, or choose another.",
    errno.ENOTDIR: "Choose a path whose folders are folders.",
    errno.EISDIR: "Name a file, not a folder.",
    errno.EROFS: "Choose a folder that can be written.",
    errno.EACCES: "Choose a folder you may write to, and close the file in other programs.",
    errno.EPERM: "Choose a folder you may write to, and close the file in other programs.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


def _part_name(name: str) -> str:
    """Return the temporary name for a file; where that would be too long, one made of a digest."""
    part = f".{name}.part"
    if len(os.fsencode(part)) <= _MAX_NAME_BYTES:
        return part
    return f".{hashlib.sha256(os.fsencode(name)).hexdigest()}.part"


def output_error(target: pathlib.Path, error: OSError) -> OutputError:
    """Say what keeps `target` from being written, and what can be done."""
    remedy = _REMEDIES.get(error.errno or 0, "Write to another place.")
    return OutputError(f"Cannot write {target}: {error.strerror or error}.", remedy=remedy)


class TargetFile:
    """A file written beside its target and moved there by `commit`.

    The temporary name depends on the target's alone: `.deck.pptx.part` for `deck.pptx`. A run that
    is killed leaves it, and the next run to the same target takes it over; two runs at once do not
    disturb each other, the second is refused.

    A link is followed, and a file that is replaced gives its mode to the one that takes its place.

    Args:
        target: Final name; its folder must exist.

    Raises:
        OutputError: The target cannot be written, or another run is writing it.
    """

    __slots__ = ("_part", "file", "target")

    file: BinaryIO

    def __init__(self, target: pathlib.Path) -> None:
        if os.path.islink(target):  # noqa: PTH114  never raises
            target = target.resolve()
        self.target = target
        self._part = target.with_name(_part_name(target.name))
        try:
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, "it is a folder")
            self.file = _open_exclusively(self._part)
        except BlockingIOError as error:
            raise OutputError(
                f"Cannot write {target}: another run is writing it.",
                remedy="Wait until it ends, or choose another name.",
            ) from error
        except OSError as error:
            raise output_error(target, error) from error

    def write(self, data: bytes, /) -> None:
        """Write all of `data`.

        Raises:
            OutputError: The disk is full or fails.
        """
        try:
            self.file.write(data)
        except OSError as error:
            raise output_error(self.target, error) from error

    def commit(self) -> None:
        """Bring the content to the disk and put it under the final name.

        Raises:
            OutputError: That fails; nothing is changed under the final name.
        """
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
            with contextlib.suppress(FileNotFoundError):
                self._part.chmod(stat.S_IMODE(self.target.stat().st_mode))
            if sys.platform == "win32":
                self.file.close()
            self._part.replace(self.target)
            self.file.close()
            _sync_folder(self.target.parent)
        except OSError as error:
            self.discard()
            raise output_error(self.target, error) from error

    def discard(self) -> None:
        """Throw the content away; the final name is as it was."""
        with contextlib.suppress(OSError):
            self._part.unlink()
        with contextlib.suppress(OSError):
            self.file.close()


if sys.platform == "win32":

    def _open_exclusively(path: pathlib.Path) -> BinaryIO:
        """Open a new file; one that a living process has open cannot be removed here."""
        try:
            path.unlink(missing_ok=True)
        except PermissionError as error:
            if path.exists():
                raise BlockingIOError(*error.args) from error
            raise
        return path.open("xb", buffering=_BUFFER_BYTES)

    def _sync_folder(_folder: pathlib.Path) -> None:
        """Do nothing: folders cannot be synced here."""

else:
    import fcntl

    def _open_exclusively(path: pathlib.Path) -> BinaryIO:
        """Open an empty file that is ours alone, be it new or left by a dead run."""
        while True:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
            try:
                _lock(handle)
                # Between opening and locking, the holder before us may have moved the file to its
                # final name: then what is locked is a finished deck, and the name is free again.
                with contextlib.suppress(FileNotFoundError):
                    if os.path.samestat(os.fstat(handle), path.lstat()):
                        os.ftruncate(handle, 0)
                        return os.fdopen(handle, "wb", buffering=_BUFFER_BYTES)
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)

    def _lock(handle: int) -> None:
        """Lock a file that nobody else holds, on file systems that know locks."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
                raise

    def _sync_folder(folder: pathlib.Path) -> None:
        """Make the move itself durable, where the file system allows."""
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
