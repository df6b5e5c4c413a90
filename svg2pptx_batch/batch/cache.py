"""The cache: finished slides of all jobs, found by key, bounded in size, never believed unread.

    <cache>/slides-1/
      index.sqlite    which key lies where, and what the conversion said
      <hex>.pack      slides end to end, appended to until a pack is full

Slides are copied in at a run's end and copied out when a job needs them, so no job ever depends on
what another does to the cache. Each slide read is held against its digest. The index is SQLite, for
several processes may write at once; it is not synced, because all of it can be made again: what
cannot be understood is removed and begun anew, and a cache that cannot be used costs time alone.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import uuid
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from svg2pptx_batch.batch.dependencies import Dependencies
from svg2pptx_batch.batch.objects import ObjectReader, StoredSlide
from svg2pptx_batch.diagnostics import Diagnostic
from svg2pptx_batch.places import cache_dir

log = logging.getLogger(__name__)

_FOLDER = "slides-1"
"""Named for the version of what lies in it."""
_INDEX = "index.sqlite"
_PACK_BYTES = 32 * 2**20
_WAIT_S = 5.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS packs (
    name TEXT PRIMARY KEY, size INTEGER NOT NULL, used INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS slides (
    key BLOB PRIMARY KEY, pack TEXT NOT NULL, offset INTEGER NOT NULL, size INTEGER NOT NULL,
    digest BLOB NOT NULL, remarks BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS slides_by_pack ON slides (pack);
"""


class Remarks(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the conversion said of a slide; fields as in `messages.Converted`."""

    fidelity: dict[str, int]
    diagnostics: tuple[Diagnostic, ...] = ()
    more: int = 0
    dependencies: Dependencies = Dependencies()


class CachedSlide(msgspec.Struct, frozen=True):
    """A slide found: the packed bytes, and what the conversion said."""

    data: bytes
    remarks: Remarks


class NewSlide(msgspec.Struct, frozen=True):
    """A slide to be kept.

    Attributes:
        key: SHA-256, hex.
        data: The packed bytes.
        digest: Their SHA-256, hex.
        remarks: What the conversion said.
    """

    key: str
    data: bytes
    digest: str
    remarks: Remarks


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Remarks)


class SlideCache:
    """The cache, opened; a context manager. Nothing it does ever fails a job.

    Args:
        most_bytes: How much the packs may hold together; the packs longest unused go first.
        folder: Where it lies; the user's own place when None.
    """

    def __init__(self, most_bytes: int, folder: Path | None = None) -> None:
        self._most_bytes = most_bytes
        # packs go as a whole: what is kept should be several of them
        self._pack_bytes = min(_PACK_BYTES, most_bytes // 4)
        self._folder = (folder or cache_dir()) / _FOLDER
        self._index: sqlite3.Connection | None = None
        self._reader = ObjectReader(self._folder)
        self._hit: set[str] = set()

    def __enter__(self) -> Self:
        """Open the index; one that is damaged is begun anew."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                self._index = self._connect()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # busy or not writable: not damaged
                    raise
                self._begin_anew(error)
                self._index = self._connect()
        except (OSError, sqlite3.Error) as error:
            log.warning("the cache %s is not used: %s", self._folder, error)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Note which packs were of use; close."""
        if self._index is None:
            return
        try:
            if self._hit:
                self._index.execute("BEGIN IMMEDIATE")
                self._note_use(self._hit)
                self._index.execute("COMMIT")
        except sqlite3.Error as failed:
            log.debug("use of the cache is not noted: %s", failed)
        finally:
            self._index.close()
            self._index = None
            self._reader.close()

    def find(self, key: str) -> CachedSlide | None:
        """Return the slide of a key, None where there is none that is whole."""
        if self._index is None:
            return None
        try:
            row = self._index.execute(
                "SELECT pack, offset, size, digest, remarks FROM slides WHERE key = ?",
                (bytes.fromhex(key),),
            ).fetchone()
            if row is None:
                return None
            pack, offset, size, digest, remarks = row
            data = self._reader.get(StoredSlide(pack, offset, size, bytes(digest).hex()))
            if data is None:
                return None
            self._hit.add(pack)
            return CachedSlide(data, _DECODER.decode(remarks))
        except (sqlite3.Error, msgspec.DecodeError, TypeError) as error:
            self._give_up(error)
            return None

    def keep(self, slides: Iterable[NewSlide]) -> None:
        """Keep slides that are not there yet; remove what is too much."""
        if self._index is None or self._most_bytes <= 0:
            return
        gone: list[str] = []
        try:
            self._index.execute("BEGIN IMMEDIATE")
            try:
                appender = _Appender(self._folder, self._index, self._pack_bytes)
                with contextlib.closing(appender):
                    for slide in slides:
                        appender.put(slide)
                self._note_use(appender.packs)
                gone = self._evict()
                self._index.execute("COMMIT")
            except BaseException:
                self._index.execute("ROLLBACK")
                raise
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)
        self._remove(gone)

    def clear(self) -> int:
        """Remove every slide; return how many bytes they took."""
        taken = sum(path.stat().st_size for path in self._folder.glob("*.pack"))
        if self._index is not None:
            try:
                self._index.execute("BEGIN IMMEDIATE")
                self._index.execute("DELETE FROM slides")
                self._index.execute("DELETE FROM packs")
                self._index.execute("COMMIT")
                self._index.execute("VACUUM")
            except sqlite3.Error as error:
                self._give_up(error)
                return 0
        self._remove(path.name for path in self._folder.glob("*.pack"))
        return taken

    @property
    def size_bytes(self) -> int:
        """What the packs take."""
        return sum(path.stat().st_size for path in self._folder.glob("*.pack"))

    def _connect(self) -> sqlite3.Connection:
        index = sqlite3.connect(self._folder / _INDEX, timeout=_WAIT_S, isolation_level=None)
        try:
            index.execute("PRAGMA synchronous = OFF")
            index.executescript(_SCHEMA)
        except BaseException:
            index.close()
            raise
        return index

    def _begin_anew(self, error: sqlite3.Error) -> None:
        log.warning("the cache %s is damaged and begun anew: %s", self._folder, error)
        for name in (_INDEX, f"{_INDEX}-journal"):
            (self._folder / name).unlink(missing_ok=True)
        self._remove(path.name for path in self._folder.glob("*.pack"))

    def _give_up(self, error: Exception) -> None:
        """Use the cache no more; a damaged one is begun anew the next time."""
        log.warning("the cache %s is no longer used: %s", self._folder, error)
        if self._index is not None:
            self._index.close()
            self._index = None
        self._reader.close()
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        ):
            with contextlib.suppress(OSError):
                self._begin_anew(error)

    def _note_use(self, packs: Iterable[str]) -> None:
        assert self._index is not None
        (last,) = self._index.execute("SELECT coalesce(max(used), 0) FROM packs").fetchone()
        self._index.executemany(
            "UPDATE packs SET used = ? WHERE name = ?", [(last + 1, name) for name in packs]
        )

    def _evict(self) -> list[str]:
        """Strike off the packs longest unused until the rest is within bounds; return their names.

        Packs that no transaction has finished are struck off, too.
        """
        assert self._index is not None
        packs = self._index.execute("SELECT name, size FROM packs ORDER BY used, name").fetchall()
        known = {name for name, _ in packs}
        gone = [path.name for path in self._folder.glob("*.pack") if path.name not in known]
        total = sum(size for _, size in packs)
        for name, size in packs[:-1]:
            if total <= self._most_bytes:
                break
            total -= size
            gone.append(name)
            self._index.execute("DELETE FROM slides WHERE pack = ?", (name,))
            self._index.execute("DELETE FROM packs WHERE name = ?", (name,))
        return gone

    def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            with contextlib.suppress(OSError):  # open elsewhere, on Windows: the next time
                (self._folder / name).unlink(missing_ok=True)


class _Appender:
    """Appends slides to the newest pack that has room, inside a transaction that is begun."""

    def __init__(self, folder: Path, index: sqlite3.Connection, pack_bytes: int) -> None:
        self._pack_bytes = pack_bytes
        self._folder = folder
        self._index = index
        self._file: int | None = None
        self._name = ""
        self._size = 0
        self.packs: set[str] = set()

    def put(self, slide: NewSlide) -> None:
        """Append a slide, unless the very one is there.

        Raises:
            OSError: The disk is full or fails.
        """
        key, digest = bytes.fromhex(slide.key), bytes.fromhex(slide.digest)
        remarks = _ENCODER.encode(slide.remarks)
        found = self._index.execute(
            "SELECT digest, remarks FROM slides WHERE key = ?", (key,)
        ).fetchone()
        if found == (digest, remarks):
            return
        if self._file is None or self._size >= self._pack_bytes:
            self._open()
        assert self._file is not None
        view = memoryview(slide.data)
        while view:
            view = view[os.write(self._file, view) :]
        self._index.execute(
            "INSERT OR REPLACE INTO slides VALUES (?, ?, ?, ?, ?, ?)",
            (key, self._name, self._size, len(slide.data), digest, remarks),
        )
        self._size += len(slide.data)

    def close(self) -> None:
        """Note how large the pack is now."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            self._index.execute(
                "INSERT INTO packs VALUES (?, ?, 0) "
                "ON CONFLICT (name) DO UPDATE SET size = excluded.size",
                (self._name, self._size),
            )

    def _open(self) -> None:
        """Open the pack last written if it has room, else a new one."""
        self.close()
        row = self._index.execute(
            "SELECT name FROM packs WHERE size < ? ORDER BY used DESC LIMIT 1", (self._pack_bytes,)
        ).fetchone()
        self._name = row[0] if row else f"{uuid.uuid4().hex}.pack"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._file = os.open(self._folder / self._name, flags, 0o666)
        # what an earlier process left unfinished stays between the slides, unread
        self._size = os.lseek(self._file, 0, os.SEEK_END)
        self.packs.add(self._name)
