"""What a dead worker leaves behind: which call it had started, and the end of its standard error.

One temporary file a worker, in which the worker and the parent look at the same first page:

    0…7    number of the call last started, written by the worker before it touches the call
    8…15   calls up to this number that are not started shall not be; written by the parent
    4096…  the worker's standard output and standard error

On POSIX the file loses its name as soon as the worker has it open: nobody has to tidy up.
"""

from __future__ import annotations

import errno
import mmap
import os
import struct
import sys
import tempfile
from pathlib import Path

_PAGE_BYTES = 4096
_TAIL_BYTES = 4096
_MAX_BYTES = 2**20
_NUMBER = struct.Struct("<Q")
_STARTED_AT = 0
_REVOKED_AT = 8


class BlackBox:
    """The file, seen from either side. Call numbers count from 1 and only grow."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._page = mmap.mmap(descriptor, _PAGE_BYTES)

    @classmethod
    def create(cls) -> BlackBox:
        """Make an empty one, in the parent.

        Raises:
            OSError: If there is no room for it.
        """
        descriptor, name = tempfile.mkstemp(prefix="svg2pptx-worker-")
        try:
            written = os.write(descriptor, bytes(_PAGE_BYTES))
            if written < _PAGE_BYTES:  # to touch a page that has no place on disk is fatal
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
            return cls(Path(name), descriptor)
        except BaseException:
            os.close(descriptor)
            Path(name).unlink()
            raise

    @classmethod
    def attach(cls, path: Path) -> BlackBox:
        """Open the parent's, in the worker; from now on it takes what descriptors 1 and 2 write."""
        box = cls(path, os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0)))
        output = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        if sys.platform != "win32":
            path.unlink()
        return box

    @property
    def started(self) -> int:
        """Number of the call last started; 0 for none."""
        return int(_NUMBER.unpack_from(self._page, _STARTED_AT)[0])

    @started.setter
    def started(self, number: int) -> None:
        _NUMBER.pack_into(self._page, _STARTED_AT, number)

    @property
    def revoked(self) -> int:
        """Calls up to this number that are not started shall not be."""
        return int(_NUMBER.unpack_from(self._page, _REVOKED_AT)[0])

    @revoked.setter
    def revoked(self, number: int) -> None:
        _NUMBER.pack_into(self._page, _REVOKED_AT, number)

    def forget_output(self) -> None:
        """Drop what was written so far, so that the tail speaks of one call only."""
        if os.lseek(self._descriptor, 0, os.SEEK_END) > _PAGE_BYTES:
            os.ftruncate(self._descriptor, _PAGE_BYTES)

    def bound_output(self) -> None:
        """Drop what was written so far if it is too much to keep on disk."""
        if os.fstat(self._descriptor).st_size > _MAX_BYTES:
            os.ftruncate(self._descriptor, _PAGE_BYTES)

    def tail(self) -> str:
        """The last 4 KiB that were written, undecodable bytes replaced."""
        size = os.fstat(self._descriptor).st_size
        begin = max(_PAGE_BYTES, size - _TAIL_BYTES)
        os.lseek(self._descriptor, begin, os.SEEK_SET)
        return os.read(self._descriptor, _TAIL_BYTES).decode("utf-8", "replace").strip()

    def close(self) -> None:
        """Let go of the file, and remove it if the worker has not done so."""
        self._page.close()
        os.close(self._descriptor)
        self.path.unlink(missing_ok=True)
