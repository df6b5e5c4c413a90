"""A ZIP writer for a stream: entries go out as they come, always the same bytes for the same input.

Beside plain data it takes entries that were deflated elsewhere, so that assembling a deck copies
bytes and computes nothing. Names, sizes and checksums stand in the local headers: the output need
not be seekable, and readers that sniff the first entries understand it. ZIP64 is not written.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import Final, Protocol

import msgspec

from svg2pptx_batch.errors import OutputError

STORED: Final = 0
DEFLATED: Final = 8
MAX_ENTRIES: Final = 65_535
MAX_BYTES: Final = 2**32 - 1

LEVEL: Final = 5
"""Slides of detailed drawings are 3 % larger than at zlib's usual 6, and made in 30 % less time."""
_MEMORY: Final = 7
"""The usual 8 has the system clear 128 KiB more, which takes an icon longer than compressing it."""
_SMALL: Final = 16_384
_VERSION_NEEDED: Final = 20
_MADE_BY_UNIX: Final = 3 << 8 | _VERSION_NEEDED
_REGULAR_FILE: Final = 0o100644 << 16
_UTF8_NAME: Final = 0x800
_MIDNIGHT: Final = 0
_NEW_YEAR_1980: Final = 1 << 5 | 1
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")


class Writable(Protocol):
    """Anything bytes can be written to."""

    def write(self, data: bytes, /) -> object:
        """Write all of `data`."""
        ...


class Content(Protocol):
    """The content of an entry, ready to be copied; see `Payload`."""

    @property
    def method(self) -> int:
        """`STORED` or `DEFLATED`."""
        ...

    @property
    def crc(self) -> int:
        """CRC-32 of the content."""
        ...

    @property
    def size(self) -> int:
        """Length of the content, bytes."""
        ...

    @property
    def packed_size(self) -> int:
        """Length of what is written, bytes."""
        ...

    def pieces(self) -> Iterable[bytes]:
        """Return the content, or its raw deflate stream, in pieces that fit into memory."""
        ...


class Payload(msgspec.Struct, frozen=True, array_like=True):
    """The content of an entry, ready to be copied.

    Attributes:
        method: `STORED` or `DEFLATED`.
        crc: CRC-32 of the content.
        size: Length of the content, bytes.
        data: The content, or its raw deflate stream.
    """

    method: int
    crc: int
    size: int
    data: bytes

    @property
    def packed_size(self) -> int:
        """Length of `data`, bytes."""
        return len(self.data)

    def pieces(self) -> Iterable[bytes]:
        """Return `data`, which is in memory anyhow."""
        return (self.data,)


def store(data: bytes) -> Payload:
    """Take content as it is; for what is compressed already."""
    return Payload(STORED, zlib.crc32(data), len(data), data)


def deflate(data: bytes) -> Payload:
    """Compress content, unless that would not make it smaller."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, _MEMORY)
    packed = packer.compress(data) + packer.flush()
    if len(packed) >= len(data):
        return store(data)
    return Payload(DEFLATED, zlib.crc32(data), len(data), packed)


class ZipStream:
    """Writes an archive to `output`, entry by entry.

    Args:
        output: Where it goes; need not be seekable, and is not closed.
    """

    __slots__ = ("_directory", "_entries", "_offset", "_output")

    def __init__(self, output: Writable) -> None:
        self._output = output
        self._offset = 0
        self._entries = 0
        self._directory = bytearray()

    def add(self, name: str, payload: Content) -> None:
        """Write one entry.

        Args:
            name: Posix path inside the archive; the caller sees to it that it is new.
            payload: What `store` or `deflate` gave.

        Raises:
            OutputError: The archive would outgrow what ZIP holds without ZIP64.
        """
        raw_name = name.encode()
        flags = 0 if name.isascii() else _UTF8_NAME
        packed_size = payload.packed_size
        end = self._offset + _LOCAL.size + len(raw_name) + packed_size
        if (
            self._entries >= MAX_ENTRIES
            or payload.size > MAX_BYTES
            or end + len(self._directory) + _CENTRAL.size + len(raw_name) > MAX_BYTES
        ):
            raise OutputError(
                f"{name} does not fit: the archive would exceed {MAX_ENTRIES:,} entries or 4 GiB.",
                remedy="Convert fewer files at once, or use --mode folder.",
            )
        common = (
            _VERSION_NEEDED,
            flags,
            payload.method,
            _MIDNIGHT,
            _NEW_YEAR_1980,
            payload.crc,
            packed_size,
            payload.size,
            len(raw_name),
            0,
        )
        header = _LOCAL.pack(b"PK\3\4", *common) + raw_name
        if packed_size < _SMALL:
            self._output.write(b"".join((header, *payload.pieces())))
        else:
            self._output.write(header)
            for piece in payload.pieces():
                self._output.write(piece)
        self._directory += _CENTRAL.pack(
            b"PK\1\2", _MADE_BY_UNIX, *common, 0, 0, 0, _REGULAR_FILE, self._offset
        )
        self._directory += raw_name
        self._offset = end
        self._entries += 1

    def close(self) -> None:
        """Write the central directory; the archive is complete, the output stays open."""
        self._output.write(bytes(self._directory))
        self._output.write(
            _END.pack(
                b"PK\5\6",
                0,
                0,
                self._entries,
                self._entries,
                len(self._directory),
                self._offset,
                0,
            )
        )
