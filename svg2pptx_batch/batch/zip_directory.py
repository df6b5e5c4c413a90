"""The directory of a ZIP archive: how many entries it holds, where they lie, what they are called.

Enters: an archive nobody vouches for. What its records say is checked against its bytes before
anything is made of it; what an entry holds is the business of `archive`.
"""

from __future__ import annotations

import os
import struct
import zipfile
from typing import BinaryIO

from svg2pptx_batch.errors import ArchiveError

_DIRECTORY_BYTES_PER_FILE = 1024
_DIRECTORY_ENTRY_BYTES = 46
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")


def check_directory(stream: BinaryIO, most: int, label: str) -> None:
    """Refuse a directory of too many entries before anything is made of it.

    Reads the end record (APPNOTE.TXT 4.3.16, of ZIP64 4.3.14) and counts the signatures of the
    directory; what the record says about the count is not trusted.

    Args:
        stream: The archive, seekable.
        most: How many entries are allowed.
        label: What messages call the archive.

    Raises:
        ArchiveError: There are more, the archive is one part of several, or it can be read in two
            ways.
        zipfile.BadZipFile: There is no end record.
    """
    size = stream.seek(0, os.SEEK_END)
    tail_at = max(0, size - _END.size - 0xFFFF)
    stream.seek(tail_at)
    tail = stream.read()
    at = _end_record(tail, label)
    _, disk, first_disk, _, count, directory_bytes, _, _ = _END.unpack_from(tail, at)
    if {disk, first_disk} - {0, 0xFFFF}:
        raise ArchiveError(
            f"{label} is refused: it is one part of an archive split over several files.",
            remedy="Join the parts to one archive first.",
        )
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
    if count <= most and directory_bytes <= most * _DIRECTORY_BYTES_PER_FILE:
        stream.seek(max(0, end_at - directory_bytes))
        count = stream.read(directory_bytes).count(b"PK\x01\x02")
    elif count <= most:
        count = directory_bytes // _DIRECTORY_ENTRY_BYTES
    if count > most:
        raise too_many(label, count, most)


def _end_record(tail: bytes, label: str) -> int:
    """Return where the end record begins: the last one, whatever bytes follow it.

    A comment may hold what looks like another; programs disagree about which one counts, so that
    one sees other entries than the next.
    """
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or at + _END.size > len(tail):
        raise zipfile.BadZipFile("it has no end record")
    start = tail.find(_END_SIGNATURE)
    while start < at:
        comment_bytes = _END.unpack_from(tail, start)[-1]
        if start + _END.size + comment_bytes == len(tail):
            raise ArchiveError(
                f"{label} is refused: its comment holds a second end record, so that it can be "
                "read in two ways.",
                remedy="Make the archive again, without a comment.",
            )
        start = tail.find(_END_SIGNATURE, start + 1)
    return at


def too_many(label: str, count: int, most: int) -> ArchiveError:
    """Say that an archive holds more entries than allowed."""
    return ArchiveError(
        f"{label} is refused: it holds {count:,} entries, the limit is {most:,}.",
        remedy="Raise --max-files if you trust the archive.",
    )


def refuse_overlap(opened: zipfile.ZipFile, stream: BinaryIO, label: str) -> None:
    """Refuse an archive in which two entries share bytes, or one runs into the directory.

    Args:
        opened: The archive.
        stream: The file it is read from.
        label: What messages call it.

    Raises:
        ArchiveError: It is one.
    """
    reached, before = 0, ""
    for info in sorted(opened.infolist(), key=lambda info: info.header_offset):
        start = info.header_offset
        if start < 0:
            raise ArchiveError(
                f"{label} is refused: its entry “{entry_name(info)}” lies before its beginning.",
                remedy="Such an archive is damaged or made to do harm; make it again.",
            )
        stream.seek(min(start, opened.start_dir))
        header = stream.read(_LOCAL_HEADER.size)
        extra = 0
        if len(header) == _LOCAL_HEADER.size and header[:4] == b"PK\x03\x04":
            extra = sum(_LOCAL_HEADER.unpack(header)[-2:])
        end = start + _LOCAL_HEADER.size + extra + info.compress_size
        if start < reached or end > opened.start_dir:
            with_what = f"“{before}”" if start < reached else "the directory"
            raise ArchiveError(
                f"{label} is refused: its entry “{entry_name(info)}” overlaps {with_what}.",
                remedy="Such an archive is damaged or made to do harm; make it again.",
            )
        reached, before = end, entry_name(info)


def entry_name(info: zipfile.ZipInfo) -> str:
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
