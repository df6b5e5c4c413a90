"""A ZIP archive becomes SVG files in a folder of ours, whatever the archive tries.

Nothing is ever extracted to a name the archive chose. An archive that is broken, overlaps itself or
holds more than the limits allow is refused as a whole. An entry that is encrypted, a link, badly
named, damaged or too large is a problem of its own, and the others are taken. Bytes are counted as
they come: what the directory says about sizes is never trusted.
"""

from __future__ import annotations

import calendar
import stat
import zipfile
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import BinaryIO

import msgspec

from svg2pptx_batch.batch.names import is_hidden, is_svg_name
from svg2pptx_batch.batch.spool import spool_error
from svg2pptx_batch.batch.zip_directory import (
    check_directory,
    entry_name,
    refuse_overlap,
    too_many,
)
from svg2pptx_batch.damage import BAD_MEMBER
from svg2pptx_batch.errors import ArchiveError
from svg2pptx_batch.options import Limits

_NESTED = (".zip", ".7z", ".rar", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2")
_FREE_RATIO_BYTES = 1 << 20
_MAX_NAME_BYTES = 4096
_BAD_DATA = (*BAD_MEMBER, MemoryError)
_ENCRYPTED = 0x2041
"""Flags of an entry that is encrypted, strongly so, or whose header is."""


class _DamagedError(Exception):
    """The bytes of an entry cannot be read or unpacked."""


class Entry(msgspec.Struct, frozen=True):
    """An SVG taken out of an archive.

    Attributes:
        name: Its path in the archive, `/` between folders, no `.` or `..`; not yet unique.
        member: Its name as `entry_name` has it, for looking it up again.
        path: Where its bytes are now.
        size_bytes: How many.
        modified_s: Its date in seconds since the epoch, read as UTC; 0 where the archive gives
            none.
    """

    name: str
    member: str
    path: Path
    size_bytes: int
    modified_s: float


class EntryProblem(msgspec.Struct, frozen=True):
    """An SVG in the archive that could not be taken."""

    name: str
    code: str
    message: str
    remedy: str = ""


class Content(msgspec.Struct, frozen=True):
    """What an archive gave: entries in its own order, problems, remarks for people."""

    entries: tuple[Entry, ...]
    problems: tuple[EntryProblem, ...] = ()
    notes: tuple[str, ...] = ()


def unpack(
    archive: Path,
    limits: Limits,
    new_path: Callable[[], Path],
    *,
    wanted: Callable[[str], bool] = lambda name: True,
    room_files: int | None = None,
    room_bytes: int | None = None,
    label: str = "",
) -> Content:
    """Stream the SVG entries of an archive into files of our own naming.

    Args:
        archive: The ZIP file.
        limits: Bounds on count, sizes and ratio.
        new_path: Gives the path of the next file.
        wanted: Says which names are taken.
        room_files: How many files may still come; the limit when None.
        room_bytes: How many bytes may still come; the limit when None.
        label: What messages call the archive; its path when empty.

    Raises:
        ArchiveError: The archive is refused as a whole.
        OutputError: The copies cannot be written.
    """
    label = label or str(archive)
    try:
        with archive.open("rb") as stream:
            check_directory(stream, limits.max_files, label)
            with zipfile.ZipFile(stream) as opened:
                reader = _Reader(opened, stream, limits, new_path, label)
                reader.room_files = limits.max_files if room_files is None else room_files
                reader.room_bytes = limits.max_total_bytes if room_bytes is None else room_bytes
                return reader.run(wanted)
    except OSError as error:
        raise ArchiveError(
            f"{label} cannot be read: {error.strerror or error}.",
            remedy="Check that the archive is there and that you may read it.",
        ) from error
    except _BAD_DATA as error:
        raise ArchiveError(
            f"{label} is not a ZIP archive that can be read: {_reason(error)}.",
            remedy="Make the archive again, or unpack it and name the folder.",
        ) from error


class _Reader:
    """Reads one archive."""

    def __init__(
        self,
        opened: zipfile.ZipFile,
        stream: BinaryIO,
        limits: Limits,
        new_path: Callable[[], Path],
        label: str,
    ) -> None:
        self._zip = opened
        self._stream = stream
        self._limits = limits
        self._new_path = new_path
        self._label = label
        self.room_files = limits.max_files
        self.room_bytes = limits.max_total_bytes
        self._entries: list[Entry] = []
        self._problems: list[EntryProblem] = []
        self._notes: list[str] = []
        self._written_bytes = 0

    def run(self, wanted: Callable[[str], bool]) -> Content:
        """Judge the archive, then each entry that is an SVG."""
        infos = self._zip.infolist()
        if len(infos) > self._limits.max_files:
            raise too_many(self._label, len(infos), self._limits.max_files)
        refuse_overlap(self._zip, self._stream, self._label)
        chosen: list[tuple[zipfile.ZipInfo, str]] = []
        nested = 0
        for info in infos:
            name = entry_name(info)
            if name.endswith("/"):
                continue
            if not name:
                self._refuse(info, "(no name)", "the entry has no name", "Give it a name.")
            elif is_hidden(name) and not _climbs(name):
                continue
            elif is_svg_name(name):
                if wanted(_clean(name)):
                    chosen.append((info, name))
            elif name.lower().endswith(_NESTED):
                nested += 1
        if nested:
            self._notes.append(
                f"{nested} archive{'s' if nested > 1 else ''} inside {self._label} not opened; "
                "unpack and name what should be converted."
            )
        if len(chosen) > self.room_files:
            raise ArchiveError(
                f"{self._label} is refused: with its {len(chosen):,} SVG files there are more than "
                f"{self._limits.max_files:,}.",
                remedy="Raise --max-files if you trust the archive.",
            )
        for info, name in chosen:
            self._take(info, name)
        return Content(tuple(self._entries), tuple(self._problems), tuple(self._notes))

    def _take(self, info: zipfile.ZipInfo, name: str) -> None:
        """Copy one SVG entry, or record why not."""
        limits = self._limits
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.flag_bits & _ENCRYPTED:
            self._refuse(
                info, name, "the entry is encrypted", "Make an archive without a password."
            )
        elif kind not in (0, stat.S_IFREG):
            what = "a symbolic link" if kind == stat.S_IFLNK else "no regular file"
            self._refuse(
                info, name, f"the entry is {what}", "Put the file itself into the archive."
            )
        elif info.volume not in (0, 0xFFFF):
            self._refuse(
                info,
                name,
                "the entry lies in another part of a split archive",
                "Join the parts to one archive first.",
            )
        elif _climbs(name):
            self._refuse(
                info,
                name,
                "the entry's name is absolute or leads out of the archive",
                "Make the archive again with names relative to one folder.",
            )
        elif len(name.encode("utf-8", "replace")) > _MAX_NAME_BYTES:
            self._refuse(
                info,
                f"{name[:100]}…",
                f"the entry's name is longer than {_MAX_NAME_BYTES:,} bytes",
                "Give it a shorter name.",
            )
        elif info.file_size > limits.max_file_bytes:
            self._too_large(info, name)
        elif self._ratio(info, info.file_size) > limits.max_archive_ratio:
            self._too_dense(info, name, info.file_size)
        else:
            self._copy(info, name)

    def _copy(self, info: zipfile.ZipInfo, name: str) -> None:
        """Stream an entry into a file, counting."""
        path = self._new_path()
        try:
            target = path.open("wb")
        except OSError as error:
            raise spool_error(path.parent, error) from error
        size, complete = 0, False
        try:
            with target:
                size, complete = self._stream_entry(info, name, target)
        except (_DamagedError, *_BAD_DATA) as error:
            self._refuse(
                info,
                name,
                f"the entry is damaged or packed in an unknown way ({_reason(error)})",
                "Make the archive again.",
            )
        except OSError as error:
            raise spool_error(path.parent, error) from error
        if not complete:
            path.unlink(missing_ok=True)
            return
        clean = _clean(name)
        self._entries.append(
            Entry(name=clean, member=name, path=path, size_bytes=size, modified_s=_date(info))
        )

    def _stream_entry(self, info: zipfile.ZipInfo, name: str, target: BinaryIO) -> tuple[int, bool]:
        """Copy an entry; return its size and whether it is complete and within all limits."""
        limits = self._limits
        untrusting = copy(info)
        untrusting.file_size = 1 << 62
        deflated = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        chunk_bytes = 1 << 18 if deflated else 1 << 12
        size = 0
        with self._zip.open(untrusting) as source:
            assert isinstance(source, zipfile.ZipExtFile)
            while chunk := _read(source, chunk_bytes):
                size += len(chunk)
                if size > limits.max_file_bytes:
                    self._too_large(info, name)
                    return size, False
                if self._ratio(info, size) > limits.max_archive_ratio:
                    self._too_dense(info, name, size)
                    return size, False
                if self._written_bytes + size > self.room_bytes:
                    raise ArchiveError(
                        f"{self._label} is refused: with its entry “{name}” the files hold more "
                        f"than {limits.max_total_bytes:,} bytes together.",
                        remedy="Raise --max-total-size if you trust the archive.",
                    )
                target.write(chunk)
        self._written_bytes += size
        if size != info.file_size:
            self._refuse(
                info,
                name,
                f"the entry holds {size:,} bytes where the directory says {info.file_size:,}",
                "Make the archive again.",
            )
            return size, False
        return size, True

    @staticmethod
    def _ratio(info: zipfile.ZipInfo, size: int) -> float:
        """Return unpacked to packed size; 0 for what is small enough to do no harm."""
        return size / max(1, info.compress_size) if size > _FREE_RATIO_BYTES else 0.0

    def _too_large(self, info: zipfile.ZipInfo, name: str) -> None:
        self._refuse(
            info,
            name,
            f"the entry is larger than {self._limits.max_file_bytes:,} bytes unpacked",
            "Raise --max-file-size if you trust the archive.",
            code="limit",
        )

    def _too_dense(self, info: zipfile.ZipInfo, name: str, size: int) -> None:
        self._refuse(
            info,
            name,
            f"the entry unpacks to {size:,} bytes or more from {info.compress_size:,}, beyond the "
            f"ratio of {self._limits.max_archive_ratio:g}",
            "Raise --max-archive-ratio if you trust the archive.",
            code="limit",
        )

    def _refuse(
        self,
        info: zipfile.ZipInfo,
        name: str,
        rule: str,
        remedy: str,
        *,
        code: str = "archive-entry",
    ) -> None:
        shown = name or info.filename
        self._problems.append(
            EntryProblem(
                _clean(shown) or shown, code, f"{self._label}, entry “{shown}”: {rule}.", remedy
            )
        )


def _read(source: zipfile.ZipExtFile, most: int) -> bytes:
    """Return the next bytes of an entry.

    Raises:
        _DamagedError: They cannot be unpacked; bzip2 says so by an OSError.
    """
    try:
        return source.read1(most)
    except OSError as error:
        raise _DamagedError(str(error)) from error


def _climbs(name: str) -> bool:
    """Tell whether a name is absolute or holds `..`; `a:b.svg` may be a name like any other."""
    drive = name[:1].isalpha() and name[1:3] == ":/"
    return drive or name.startswith("/") or ".." in name.split("/")


def _clean(name: str) -> str:
    """Return a name without empty parts, `.` and `..`, and without control characters."""
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return "".join(
        char if char.isprintable() or ord(char) >= 0x80 else "_" for char in "/".join(parts)
    )


def _date(info: zipfile.ZipInfo) -> float:
    """Return an entry's date in seconds since the epoch, 0 if it is none.

    A ZIP tells the clock of where it was made and not where that is; read as UTC, the order of the
    entries is the same in every time zone.
    """
    try:
        return float(calendar.timegm(info.date_time))
    except (ValueError, OverflowError):
        return 0.0


def _reason(error: BaseException) -> str:
    """Return an error's own words, or its kind."""
    if isinstance(error, MemoryError):
        return "it asks for more memory than there is"
    if isinstance(error, UnicodeDecodeError):
        return "a name in it is not the UTF-8 that it is said to be"
    return str(error).rstrip(".") or type(error).__name__
