"""The archive policy: whatever the bytes, only what it names lies in the spool."""

from __future__ import annotations

import atexit
import bz2
import contextlib
import copy
import functools
import itertools
import lzma
import random
import shutil
import stat
import tempfile
from pathlib import Path

from svg2pptx_batch.batch.archive import Content, unpack
from svg2pptx_batch.batch.zip_directory import entry_name
from svg2pptx_batch.errors import ArchiveError
from svg2pptx_batch.options import Limits
from svg2pptx_batch.svg.resources import MAX_RESOURCE_BYTES, ArchiveLoader, ResourceError
from tests.fuzz.target import Target, spliced
from tests.support import zips
from tests.support.zips import SVG, Archive, Member

_LIMITS = Limits(max_files=12, max_file_bytes=3000, max_total_bytes=9000, max_archive_ratio=50)


@functools.cache
def _place() -> Path:
    memory = Path("/dev/shm")  # where there is one, files cost next to nothing
    folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "spool").mkdir()
    return folder


def run(data: bytes) -> None:
    """Unpack an archive: it is taken or refused with reasons, and nothing lies elsewhere."""
    folder = _place()
    spool, archive = folder / "spool", folder / "in.zip"
    for path in spool.iterdir():
        path.unlink()
    archive.write_bytes(data)
    numbers = itertools.count()
    try:
        content = unpack(archive, _LIMITS, lambda: spool / f"{next(numbers)}.svg", label="in.zip")
    except ArchiveError as error:
        assert "in.zip" in error.message
        assert error.remedy
    else:
        _check(content, spool)
        _load(archive, content)
    written = list(spool.iterdir())
    assert all(path.is_file() and not path.is_symlink() for path in written)
    assert sum(path.stat().st_size for path in written) <= 12_000, "one more entry than allowed"
    assert {path.name for path in folder.iterdir()} == {"spool", "in.zip"}


def _check(content: Content, spool: Path) -> None:
    """Hold what was taken against the limits and what is said against what lies there."""
    assert sorted(spool.iterdir()) == sorted(entry.path for entry in content.entries)
    assert len(content.entries) <= _LIMITS.max_files
    assert sum(entry.size_bytes for entry in content.entries) <= _LIMITS.max_total_bytes
    for entry in content.entries:
        assert entry.path.stat().st_size == entry.size_bytes <= _LIMITS.max_file_bytes
        assert entry.name.strip("/") == entry.name != ""
        assert not {"", ".", ".."} & set(entry.name.split("/")), entry.name
        assert not any(ord(char) < 32 or char == "\x7f" for char in entry.name), entry.name
    for problem in content.problems:
        assert problem.name
        assert "in.zip" in problem.message
        assert problem.remedy


def _load(archive: Path, content: Content) -> None:
    """Read members as a drawing in the archive refers to them."""
    loader = ArchiveLoader(archive, "b/a.svg", entry_name)
    for name in ("p.png", "../a.svg", "../b.svg", *(f"/{e.member}" for e in content.entries)):
        with contextlib.suppress(ResourceError):
            assert len(loader.load(name).data) <= MAX_RESOURCE_BYTES


def _seeds() -> list[bytes]:
    packed = {12: bz2.compress(SVG), 14: _lzma(SVG)}
    link = (stat.S_IFLNK | 0o777) << 16
    return [
        zips.archive(Member(), Member(b"b/c.svg", method=0), Member(b"d.txt", b"x")),
        zips.archive(*(Member(packed=data, method=method) for method, data in packed.items())),
        zips.archive(Member("größe.svg".encode(), flags=0x800), Member(b"gr\x94\xe1e.svg")),
        zips.archive(Member(b"../x.svg"), Member(b"C:\\x.svg"), Member(attributes=link)),
        zips.archive(Member(flags=1), Member(b"big.svg", b" " * 4000), Member(b".h.svg")),
        zips.archive(Member(flags=8, descriptor=_descriptor(SVG)), Member(b"e.zip", b"PK")),
        zips.archive(Member(), Member(b"b.svg"), zip64={}),
        zips.archive(
            Member(
                packed_size=0xFFFFFFFF,
                size=0xFFFFFFFF,
                extra=zips.zip64_extra(len(SVG), len(Member().content())),
            )
        ),
        zips.archive(Member(extra=zips.unicode_path(b"a.svg", b"\xc3\xa4.svg"))),
        zips.archive(Member(), before=b"#!/bin/sh\n", comment=zips.END + bytes(18)),
        zips.archive(),
    ]


def _lzma(data: bytes) -> bytes:
    """Pack as ZIP does: version, length of properties, properties, raw stream."""
    filters = [{"id": lzma.FILTER_LZMA1, "preset": 1}]
    properties = lzma._encode_filter_properties(filters[0])  # type: ignore[attr-defined]
    raw = lzma.compress(data, lzma.FORMAT_RAW, filters=filters)
    return b"\x09\x04" + len(properties).to_bytes(2, "little") + properties + raw


def _descriptor(data: bytes) -> bytes:
    member = Member(data=data)
    numbers = (member.said("crc"), len(member.content()), len(data))
    return b"PK\x07\x08" + b"".join(n.to_bytes(4, "little") for n in numbers)  # type: ignore[attr-defined]


_NAMES = (
    *(b"a.svg", b"A.svg", b"b/a.svg", b"/a.svg", b"../a.svg", b"b/../a.svg", b"C:/a.svg"),
    *(b"\\\\h\\a.svg", b"b\\a.svg", b"a.svg.", b"a.svg ", b"con.svg", b"nul.svg", b"./a.svg"),
    *(b"a\0.svg", b"\0.svg", b"a.svg\0.txt", b"a\n\x1b.svg", b"\xff.svg", "ä.svg".encode()),
    *("a\u0308.svg".encode(), "\u202egvs.svg".encode(), b"x" * 300 + b".svg", b"", b"/", b"b/"),
    *(b".svg", b"..svg", b"....//a.svg", b"a.svg/", b".x/a.svg", b"__MACOSX/a.svg", b"i.zip"),
)
_NUMBERS = (0, 1, 5, 74, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF, 2**63, -1)
_DATA = (SVG, b"", b" " * 2999, b" " * 3001, SVG * 40, b"PK\x03\x04" * 9, b"\x1f\x8b\x08")
_FLAGS = (0, 1, 8, 0x20, 0x40, 0x41, 0x800, 0x2000, 0xFFFF)
_METHODS = (0, 1, 6, 8, 8, 8, 9, 12, 14, 93, 95, 98, 99, 0xFFFF)
_EXTRAS = (
    b"",
    zips.zip64_extra(1),
    zips.zip64_extra(-1, -1, -1),
    zips.zip64_extra(2**32, 74, 0),
    zips.unicode_path(b"a.svg", b"../b.svg"),
    zips.extra(0x9901, b"\x02\x00AE\x03\x08\x00"),
    b"\x01\x00\xff\xff",
    b"\x01\x00",
    b"x" * 70,
)


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Build an archive that lies, or change the bytes of the one at hand."""
    if data and chance.random() < 0.4:
        for _ in range(chance.randint(1, 4)):
            data = _patched(data, chance)
        return data
    archive = Archive([_member(chance) for _ in range(chance.choice((0, 1, 2, 2, 3, 14)))])
    for _ in range(chance.choice((0, 0, 1, 2))):
        number = chance.choice(_NUMBERS)
        match chance.randrange(8):
            case 0:
                archive.count = number
            case 1:
                archive.directory_bytes = number
            case 2:
                archive.directory_offset = number
            case 3:
                archive.disk = number & 0xFFFF
            case 4:
                archive.before = chance.choice((b"x", b"MZ" * 40, zips.LOCAL, SVG))
            case 5:
                archive.comment = chance.choice((b"c", zips.END, zips.END + bytes(18), zips.END64))
            case 6:
                archive.between = chance.choice((b"x", zips.DIRECTORY, SVG, bytes(64)))
            case _:
                key = chance.choice(("count", "length", "offset", "at", "disks"))
                archive.zip64 = {key: number % 2**32} if chance.random() < 0.8 else {}
    return bytes(archive)


def _member(chance: random.Random) -> Member:
    member = Member(chance.choice(_NAMES[:2] if chance.random() < 0.3 else _NAMES))
    member.data = chance.choice(_DATA)
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
        key, value = _lie(chance)
        if chance.random() < 0.3 and key in ("name", "extra", "flags", "method", "crc", "size"):
            member.local[key] = value
        else:
            setattr(member, key, copy.copy(value))
    return member


def _lie(chance: random.Random) -> tuple[str, object]:
    number = chance.choice(_NUMBERS)
    choices: tuple[tuple[str, object], ...] = (
        ("flags", chance.choice(_FLAGS)),
        ("method", chance.choice(_METHODS)),
        ("crc", number),
        ("size", number),
        ("packed_size", number),
        ("offset", number),
        ("disk", number & 0xFFFF),
        ("extra", chance.choice(_EXTRAS)),
        ("name", chance.choice(_NAMES)),
        ("attributes", chance.choice((0, 0x10, 0o120777 << 16, 0o020666 << 16, number))),
        ("packed", chance.choice((b"", b"\x03\x00", bz2.compress(SVG), _lzma(SVG), SVG))),
        ("descriptor", chance.choice((_descriptor(SVG), b"PK\x07\x08", bytes(24)))),
        ("comment", chance.choice((b"c", zips.DIRECTORY, zips.END))),
        ("before", chance.choice((b"x", zips.LOCAL, bytes(40)))),
    )
    return chance.choice(choices)


def _patched(data: bytes, chance: random.Random) -> bytes:
    """Overwrite a number somewhere behind a signature, or change any bytes."""
    kind = chance.choice((zips.LOCAL, zips.DIRECTORY, zips.DIRECTORY, zips.END, zips.END64))
    places = [at for at in range(len(data)) if data.startswith(kind, at)]
    if not places or chance.random() < 0.2:
        return spliced(data, _WORDS, chance)
    at = chance.choice(places) + chance.randrange(4, 56)
    length = chance.choice((1, 2, 4, 8))
    number = chance.choice((*_NUMBERS, chance.randrange(300)))
    value = (number % 2 ** (8 * length)).to_bytes(length, "little")
    return data[:at] + value + data[at + length :]


_WORDS = (
    *(zips.LOCAL, zips.DIRECTORY, zips.END, zips.END64, zips.LOCATOR64, b"PK\x07\x08", b".svg"),
    *(b"\xff\xff", b"\xff\xff\xff\xff", b"\0\0", b"\x01\0", b"../", b"/", b"\\", b"C:", b"\0"),
    *(b"\x75\x70", b"\x01\0\x18\0", b"\x08\0", b"\x0e\0", b"\x0c\0", b"\x63\0"),
)

ARCHIVE = Target(
    name="archive",
    run=run,
    seeds=_seeds,
    mutate=mutate,
    words=_WORDS,
    cpu_s=5.0,
    max_bytes=10_000,
)
