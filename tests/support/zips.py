"""ZIP archives record by record, so that any of them can be made to lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="5" height="5"/></svg>'
LOCAL, DIRECTORY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
END64, LOCATOR64 = b"PK\x06\x06", b"PK\x06\x07"
_LOCAL = struct.Struct("<4s5H3L2H")
_DIRECTORY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")


@dataclass(slots=True)
class Member:
    """An entry: what it holds, and what is said about it in two places.

    What is None is as it should be. `local` overrides fields of the local header alone.
    """

    name: bytes = b"a.svg"
    data: bytes = SVG
    method: int = 8
    flags: int = 0
    packed: bytes | None = None
    crc: int | None = None
    packed_size: int | None = None
    size: int | None = None
    extra: bytes = b""
    comment: bytes = b""
    attributes: int = 0
    system: int = 3
    disk: int = 0
    offset: int | None = None
    descriptor: bytes = b""
    before: bytes = b""
    local: dict[str, object] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the packed bytes."""
        if self.packed is not None:
            return self.packed
        if self.method != 8:
            return self.data
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(self.data) + packer.flush()

    def said(self, key: str, *, local: bool = False) -> object:
        """Return what a record says about a field."""
        if local and key in self.local:
            return self.local[key]
        truth = {"crc": zlib.crc32(self.data), "size": len(self.data)}
        value = getattr(self, key)
        if value is not None:
            return value
        return truth[key] if key in truth else len(self.content())

    def fields(self, *, local: bool) -> tuple[int, int, int, int, int, int, int, int]:
        """Return flags, method, time, date, CRC, sizes and the length of the name."""
        said = [self.said(key, local=local) for key in ("flags", "method")]
        sizes = [self.said(key, local=local) for key in ("crc", "packed_size", "size")]
        name = self.said("name", local=local)
        assert isinstance(name, bytes)
        return (*said, 0, 0x5821, *(size & 0xFFFFFFFF for size in sizes), len(name) & 0xFFFF)


@dataclass(slots=True)
class Archive:
    """An archive; what is None is as it should be."""

    members: list[Member]
    comment: bytes = b""
    count: int | None = None
    directory_bytes: int | None = None
    directory_offset: int | None = None
    disk: int = 0
    before: bytes = b""
    between: bytes = b""
    after: bytes = b""
    zip64: dict[str, int] | None = None

    def __bytes__(self) -> bytes:
        """Write it."""
        out = bytearray(self.before)
        offsets = []
        for member in self.members:
            out += member.before
            offsets.append(len(out) if member.offset is None else member.offset)
            out += _header(member) + member.content() + member.descriptor
        out += self.between
        start = len(out)
        for member, offset in zip(self.members, offsets, strict=True):
            out += _record(member, offset)
        length = len(out) - start if self.directory_bytes is None else self.directory_bytes
        count = len(self.members) if self.count is None else self.count
        offset = start if self.directory_offset is None else self.directory_offset
        if self.zip64 is not None:
            end_at = len(out)
            said = {"count": count, "length": length, "offset": offset, "at": end_at, "disks": 1}
            said |= self.zip64
            numbers = (said["count"], said["count"], said["length"], said["offset"])
            out += _END64.pack(END64, 44, 45, 45, 0, 0, *(number % 2**64 for number in numbers))
            out += _LOCATOR64.pack(LOCATOR64, 0, said["at"] % 2**64, said["disks"])
            count, length, offset = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
        counts = (self.disk, self.disk, count & 0xFFFF, count & 0xFFFF)
        sizes = (length & 0xFFFFFFFF, offset & 0xFFFFFFFF)
        out += _END.pack(END, *counts, *sizes, len(self.comment) & 0xFFFF)
        return bytes(out + self.comment + self.after)


def archive(*members: Member, **said: object) -> bytes:
    """Return the bytes of an archive; keywords as `Archive` has them."""
    return bytes(Archive(list(members), **said))  # type: ignore[arg-type]


def extra(kind: int, data: bytes) -> bytes:
    """Return an extra field."""
    return struct.pack("<HH", kind, len(data)) + data


def unicode_path(name: bytes, said: bytes) -> bytes:
    """Return an extra field 0x7075 that gives a name in UTF-8, for a name in the header."""
    return extra(0x7075, struct.pack("<BL", 1, zlib.crc32(name)) + said)


def zip64_extra(*numbers: int) -> bytes:
    """Return an extra field of 64-bit sizes and offset."""
    return extra(1, struct.pack(f"<{len(numbers)}Q", *(number % 2**64 for number in numbers)))


def named(names: Iterable[bytes]) -> list[Member]:
    """Return an entry a name, all alike."""
    return [Member(name) for name in names]


def _header(member: Member) -> bytes:
    name, extra_ = member.said("name", local=True), member.said("extra", local=True)
    assert isinstance(name, bytes)
    assert isinstance(extra_, bytes)
    return _LOCAL.pack(LOCAL, 20, *member.fields(local=True), len(extra_) & 0xFFFF) + name + extra_


def _record(member: Member, offset: int) -> bytes:
    fields = member.fields(local=False)
    made = (member.system << 8) | 20
    lengths = (len(member.extra) & 0xFFFF, len(member.comment) & 0xFFFF, member.disk)
    tail = (0, member.attributes & 0xFFFFFFFF, offset & 0xFFFFFFFF)
    head = _DIRECTORY.pack(DIRECTORY, made, 20, *fields, *lengths, *tail)
    return head + member.name + member.extra + member.comment
