"""What a font file says of its faces: names, weight, width, slant, axes.

A file's path enters, one `FaceRecord` a face leaves. Only the tables that hold these facts are
read, a few hundred bytes a file; glyphs, coverage and metrics are `face.py`'s business.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})

_MAX_FACES = 256
_MAX_TABLE_BYTES = 1 << 20
_STRETCH = (50.0, 62.5, 75.0, 87.5, 100.0, 112.5, 125.0, 150.0, 200.0)
_COLOR_TABLES = frozenset({b"COLR", b"CBDT", b"sbix", b"SVG "})
_ENGLISH = 0x409


class Axis(msgspec.Struct, frozen=True, array_like=True):
    """An axis of a variable font, in the axis' own units."""

    tag: str
    minimum: float
    default: float
    maximum: float


class FaceRecord(msgspec.Struct, frozen=True, array_like=True):
    """One face of a font file.

    Attributes:
        path: Font file.
        number: Face within a collection.
        family: Typographic family, in English where the font has it: `Noto Sans`.
        gdi_family: Legacy family of four styles at most: `Noto Sans Light`. Office programs and
            LibreOffice list faces under this name.
        families: Every family name in every language, case-folded.
        full_names: Full and PostScript names, case-folded.
        weight: 1…1000.
        stretch: Percent.
        style: `normal`, `italic` or `oblique`.
        gdi_bold: Whether the face is the bold one of its legacy family.
        monospaced: Whether every glyph is as wide.
        genre: `serif`, `sans-serif`, `cursive`, `fantasy`, or empty where the font does not tell.
        color: Whether it holds coloured glyphs.
        axes: Of a variable font.
    """

    path: str
    number: int
    family: str
    gdi_family: str
    families: tuple[str, ...]
    full_names: tuple[str, ...]
    weight: int = 400
    stretch: float = 100.0
    style: str = "normal"
    gdi_bold: bool = False
    monospaced: bool = False
    genre: str = ""
    color: bool = False
    axes: tuple[Axis, ...] = ()

    def axis(self, tag: str) -> Axis | None:
        """Return the axis of that tag, or None."""
        return next((axis for axis in self.axes if axis.tag == tag), None)


class FontFileError(Exception):
    """A file is no font, or a broken one."""


def read_faces(path: Path) -> tuple[FaceRecord, ...]:
    """Read the facts of every face in a TrueType or OpenType file or collection.

    Raises:
        FontFileError: The file is not such a font, or lies about its tables.
        OSError: The file cannot be read.

    Source: OpenType 1.9, chapters "Font file", `name`, `OS/2`, `head`, `post`, `fvar`.
    """
    with path.open("rb") as file:
        try:
            offsets = _face_offsets(file)
            return tuple(
                _read_face(file, str(path), number, offset) for number, offset in enumerate(offsets)
            )
        except (struct.error, IndexError, UnicodeError) as error:
            message = f"{path}: broken font file ({error})"
            raise FontFileError(message) from error


def _face_offsets(file: BinaryIO) -> tuple[int, ...]:
    head = file.read(12)
    if head[:4] == b"ttcf":
        (count,) = struct.unpack(">L", head[8:12])
        count = min(count, _MAX_FACES)
        return struct.unpack(f">{count}L", file.read(4 * count))
    if head[:4] not in (b"\0\1\0\0", b"OTTO", b"true", b"typ1"):
        message = "not a TrueType or OpenType font"
        raise FontFileError(message)
    return (0,)


def _read_face(file: BinaryIO, path: str, number: int, offset: int) -> FaceRecord:
    file.seek(offset)
    (count,) = struct.unpack(">4xH6x", file.read(12))
    directory = file.read(16 * count)
    tables: dict[bytes, tuple[int, int]] = {}
    for tag, at, length in struct.iter_unpack(">4s4xLL", directory):
        tables[tag] = (at, length)

    def table(tag: bytes, limit: int = _MAX_TABLE_BYTES) -> bytes:
        where = tables.get(tag)
        if where is None:
            return b""
        file.seek(where[0])
        return file.read(min(where[1], limit))

    names = _Names(table(b"name"))
    family = names.best(16) or names.best(21) or names.best(1)
    if not family:
        message = f"{path}: the font has no family name"
        raise FontFileError(message)
    os2, head = table(b"OS/2", 96), table(b"head", 54)
    weight, stretch, selection = _style_facts(os2, head)
    style = "italic" if selection & 0x1 else "oblique" if selection & 0x200 else "normal"
    fixed_pitch = table(b"post", 16)[12:16]
    return FaceRecord(
        path=path,
        number=number,
        family=family,
        gdi_family=names.best(1) or family,
        families=names.folded(1, 16, 21),
        full_names=names.folded(4, 6),
        weight=weight,
        stretch=stretch,
        style=style,
        gdi_bold=bool(selection & 0x20),
        monospaced=len(fixed_pitch) == 4 and fixed_pitch != b"\0\0\0\0",
        genre=_genre(os2),
        color=not _COLOR_TABLES.isdisjoint(tables),
        axes=tuple(_axes(table(b"fvar", 4096))),
    )


def _style_facts(os2: bytes, head: bytes) -> tuple[int, float, int]:
    """Return weight, stretch and the bits of fsSelection, from `head` where there is no `OS/2`."""
    if len(os2) >= 64:
        weight, width = struct.unpack(">HH", os2[4:8])
        (selection,) = struct.unpack(">H", os2[62:64])
        if weight < 10:  # fonts of the nineties count from 1 to 9
            weight *= 100
        weight = min(1000, weight) or 400
        return weight, _STRETCH[width - 1] if 1 <= width <= 9 else 100.0, selection
    mac_style = struct.unpack(">H", head[44:46])[0] if len(head) >= 46 else 0
    bold, italic = mac_style & 1, mac_style >> 1 & 1
    return 700 if bold else 400, 100.0, bold << 5 | italic


def _genre(os2: bytes) -> str:
    """Tell serif from sans-serif by PANOSE, else by the IBM family class."""
    if len(os2) < 42:
        return ""
    kind, serif = os2[32], os2[33]
    if kind == 2 and serif >= 2:
        return "sans-serif" if serif >= 11 else "serif"
    if kind == 3:
        return "cursive"
    if kind == 4:
        return "fantasy"
    family_class = os2[30]
    if family_class in (1, 2, 3, 4, 5, 7):
        return "serif"
    return {8: "sans-serif", 9: "fantasy", 10: "cursive"}.get(family_class, "")


def _axes(fvar: bytes) -> Iterator[Axis]:
    if len(fvar) < 16:
        return
    at, _, count, size = struct.unpack(">HHHH", fvar[4:12])
    for index in range(count):
        start = at + index * size
        tag, low, default, high = struct.unpack(">4slll", fvar[start : start + 16])
        yield Axis(tag.decode("ascii", "replace"), low / 65536, default / 65536, high / 65536)


class _Names:
    """The strings of a `name` table that Windows or Unicode platforms, else Macintosh, can read."""

    def __init__(self, data: bytes) -> None:
        self._found: dict[int, list[tuple[bool, str]]] = {}
        if len(data) < 6:
            return
        count, storage = struct.unpack(">HH", data[2:6])
        for record in struct.iter_unpack(">6H", data[6 : 6 + 12 * count]):
            platform, _, language, name, length, offset = record
            if name not in (1, 4, 6, 16, 21):
                continue
            raw = data[storage + offset : storage + offset + length]
            if platform in (0, 3):
                text = raw.decode("utf-16-be", "ignore")
            elif platform == 1 and language == 0:
                text = raw.decode("mac-roman", "ignore")
            else:
                continue
            text = text.strip().strip("\0")
            if text:
                english = platform == 3 and language == _ENGLISH
                self._found.setdefault(name, []).append((english, text))

    def best(self, name: int) -> str:
        """Return the English string of a name number, any other, or an empty one."""
        found = self._found.get(name, [])
        return next((text for english, text in found if english), found[0][1] if found else "")

    def folded(self, *numbers: int) -> tuple[str, ...]:
        """Return all strings of these name numbers, case-folded, each once."""
        texts = (text.casefold() for name in numbers for _, text in self._found.get(name, []))
        return tuple(dict.fromkeys(texts))
