"""A ZIP archive becomes SVG files in a folder of ours, whatever the archive tries.

Nothing is ever extracted to a name the archive chose. An archive that is broken, overlaps itself or
holds more than the limits allow is refused as a whole. An entry that is encrypted, a link, badly
named, damaged or too large is a problem of its own, and the others are taken. Bytes are counted as
they come: what the directory says about sizes is never trusted.
"""

from __future__ import annotations

import calendar
import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import BinaryIO

import msgspec

from svg2pptx_batch.batch.names import is_hidden, is_svg_name
from svg2pptx_batch.batch.workdir import STATE_DIR_VARIABLE
from svg2pptx_batch.errors import ArchiveError, OutputError
from svg2pptx_batch.options import Limits

_NESTED = (".zip", ".7z", ".rar", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2")
_FREE_RATIO_BYTES = 1 << 20
_MAX_NAME_BYTES = 4096
_DIRECTORY_BYTES_PER_FILE = 1024
_DIRECTORY_ENTRY_BYTES = 46
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_BAD_DATA = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    IndexError,
    struct.error,
)


class Entry(msgspec.Struct, frozen=True):
    """An SVG taken out of an archive.

    Attributes:
        name: Its path in the archive, `/` between folders, no `.` or `..`; not yet unique.
        member: The same as the archive writes it, for looking it up again.
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
            _check_directory(stream, limits, label)
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
            f"{label} is not a ZIP archive that can be read: {error}.",
            remedy="Make the archive again, or unpack it and name the folder.",
        ) from error


def _check_directory(stream: BinaryIO, limits: Limits, label: str) -> None:
    """Refuse a directory of too many entries before anything is made of it.

    Reads the end record (APPNOTE.TXT 4.3.16, of ZIP64 4.3.14) and counts the signatures of the
    directory; what the record says about the count is not trusted.
    """
    size = stream.seek(0, os.SEEK_END)
    tail_at = max(0, size - _END.size - 0xFFFF)
    stream.seek(tail_at)
    tail = stream.read()
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or at + _END.size > len(tail):
        raise zipfile.BadZipFile("it has no end record")
    _, _, _, _, count, directory_bytes, _, _ = _END.unpack_from(tail, at)
    end_at = tail_at + at
    locator_at = end_at - _END64_LOCATOR.size
    if locator_at >= 0:
        stream.seek(locator_at)
        if stream.read(4) == b"PK\x06\x07" and locator_at >= _END64.size:
            end_at = locator_at - _END64.size
            stream.seek(end_at)
            fields = _END64.unpack(stream.read(_END64.size))
            if fields[0] == b"PK\x06\x06":
                count, directory_bytes = fields[7], fields[8]
    most = limits.max_files
    if count <= most and directory_bytes <= most * _DIRECTORY_BYTES_PER_FILE:
        stream.seek(max(0, end_at - directory_bytes))
        count = stream.read(directory_bytes).count(b"PK\x01\x02")
    elif count <= most:
        count = directory_bytes // _DIRECTORY_ENTRY_BYTES
    if count > most:
        raise _too_many(label, count, most)


def _too_many(label: str, count: int, most: int) -> ArchiveError:
    return ArchiveError(
        f"{label} is refused: it holds {count:,} entries, the limit is {most:,}.",
        remedy="Raise --max-files if you trust the archive.",
    )


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
            raise _too_many(self._label, len(infos), self._limits.max_files)
        self._refuse_overlap(infos)
        chosen: list[tuple[zipfile.ZipInfo, str]] = []
        nested = 0
        for info in infos:
            name = _name(info)
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

    def _refuse_overlap(self, infos: list[zipfile.ZipInfo]) -> None:
        """Refuse an archive in which two entries share bytes, or one runs into the directory."""
        reached, before = 0, ""
        for info in sorted(infos, key=lambda info: info.header_offset):
            start = info.header_offset
            self._stream.seek(start)
            header = self._stream.read(_LOCAL_HEADER.size)
            extra = 0
            if len(header) == _LOCAL_HEADER.size and header[:4] == b"PK\x03\x04":
                extra = sum(_LOCAL_HEADER.unpack(header)[-2:])
            end = start + _LOCAL_HEADER.size + extra + info.compress_size
            if start < reached or end > self._zip.start_dir:
                with_what = f"“{before}”" if start < reached else "the directory"
                raise ArchiveError(
                    f"{self._label} is refused: its entry “{_name(info)}” overlaps {with_what}.",
                    remedy="Such an archive is damaged or made to do harm; make it again.",
                )
            reached, before = end, _name(info)

    def _take(self, info: zipfile.ZipInfo, name: str) -> None:
        """Copy one SVG entry, or record why not."""
        limits = self._limits
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.flag_bits & 0x1:
            self._refuse(
                info, name, "the entry is encrypted", "Make an archive without a password."
            )
        elif kind not in (0, stat.S_IFREG):
            what = "a symbolic link" if kind == stat.S_IFLNK else "no regular file"
            self._refuse(
                info, name, f"the entry is {what}", "Put the file itself into the archive."
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
        except _BAD_DATA as error:
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
            Entry(
                name=clean, member=info.filename, path=path, size_bytes=size, modified_s=_date(info)
            )
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
            while chunk := source.read1(chunk_bytes):
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


def _name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name with `/` between folders.

    A name without the UTF-8 flag is cp437 by the book; many programs write UTF-8 all the same, and
    bytes that are UTF-8 beyond ASCII are hardly ever meant as anything else.
    """
    name = info.orig_filename.split("\0", 1)[0]
    if not info.flag_bits & 0x800 and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            return name.replace("\\", "/")
    return name.replace("\\", "/")


def _climbs(name: str) -> bool:
    """Tell whether a name is absolute, names a drive or holds `..`."""
    return name.startswith("/") or name[1:3] == ":/" or ".." in name.split("/")


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
    return str(error).rstrip(".") or type(error).__name__


def spool_error(spool: Path, error: OSError) -> OutputError:
    """Say that the folder for copies cannot be written."""
    return OutputError(
        f"{spool} cannot be written: {error.strerror or error}.",
        remedy=f"Free some space, or set {STATE_DIR_VARIABLE} to another folder.",
    )
