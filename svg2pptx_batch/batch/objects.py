"""Packed slides of a job on their way from the workers to the output: append-only files, "packs".

One pack a worker process, because a file a slide costs more than many a slide takes to make. A
slide is found by pack, offset and size and believed by its digest; what a dying worker leaves half
written belongs to no record. Nobody syncs: a slide that a power cut takes is converted again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

import msgspec

_FLAGS = (
    os.O_WRONLY
    | os.O_APPEND
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)

_MOST_OPEN: Final = 64
"""Packs a reader keeps open: a job whose workers died often has more than a process may open."""


class StoredSlide(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a packed slide lies.

    Attributes:
        pack: Name of the file within the job's `objects` folder.
        offset: Where it begins, bytes.
        size: Its length, bytes.
        digest: SHA-256, hex.
    """

    pack: str
    offset: int
    size: int
    digest: str


class ObjectWriter:
    """Appends slides to a pack of its own, made with the first one and open until its process ends.

    Args:
        folder: The job's `objects` folder.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._name = f"{uuid.uuid4().hex}.pack"
        self._file: int | None = None
        self._size = 0

    def put(self, data: bytes) -> StoredSlide:
        """Store a slide.

        Raises:
            OSError: It cannot be written; the pack is as before.
        """
        if self._file is None:
            self._file = os.open(f"{self._folder}/{self._name}", _FLAGS, 0o666)
        stored = StoredSlide(self._name, self._size, len(data), hashlib.sha256(data).hexdigest())
        try:
            written = os.write(self._file, data)
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError:
            with contextlib.suppress(OSError):
                os.truncate(f"{self._folder}/{self._name}", self._size)
            raise
        self._size += len(data)
        return stored

    def close(self) -> None:
        """Close the pack; nothing is put any more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class ObjectReader:
    """Reads stored slides; a context manager, because it keeps some packs open.

    Args:
        packs: The folder where the packs lie, which need not exist, or where each of them lies.
    """

    def __init__(self, packs: Path | Mapping[str, Path]) -> None:
        self._places = packs
        self._packs: dict[str, BinaryIO | None] = {}

    def get(self, stored: StoredSlide) -> bytes | None:
        """Return a slide; None where it is missing or not the one that was stored."""
        pack = self._open(stored.pack)
        if pack is None:
            return None
        try:
            pack.seek(stored.offset)
            data = pack.read(stored.size)
        except (OSError, ValueError, OverflowError):  # or an offset that none can be
            return None
        return data if hashlib.sha256(data).hexdigest() == stored.digest else None

    def __enter__(self) -> Self:
        """Open nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the packs."""
        self.close()

    def close(self) -> None:
        """Close the packs; one that is asked for again is opened again."""
        for pack in self._packs.values():
            if pack is not None:
                pack.close()
        self._packs.clear()

    def _open(self, name: str) -> BinaryIO | None:
        """Return an open pack, None where there is none of that name."""
        if name not in self._packs:
            if len(self._packs) >= _MOST_OPEN:
                oldest = self._packs.pop(next(iter(self._packs)))
                if oldest is not None:
                    oldest.close()
            self._packs[name] = None
            # a journal is a file like any other: a name in it leads nowhere else
            if os.path.basename(name) == name:  # noqa: PTH119  of text, on whatever system
                with contextlib.suppress(OSError, ValueError, KeyError):
                    places = self._places
                    path = places / name if isinstance(places, Path) else places[name]
                    self._packs[name] = path.open("rb")
        return self._packs[name]
