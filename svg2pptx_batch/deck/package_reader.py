"""An existing presentation, opened as a package: its parts as they are stored.

Every part that is taken is looked through once, a piece at a time: its checksum must be right, and
XML well-formed and without a document type. Then it is copied as it was compressed. Nothing outside
the file is looked at.
"""

from __future__ import annotations

import pathlib
import posixpath
import struct
import urllib.parse
import zipfile
from collections.abc import Iterator
from types import TracebackType
from typing import Any, BinaryIO, Final, NamedTuple, Self
from xml.parsers import expat

from svg2pptx_batch.damage import BAD_MEMBER
from svg2pptx_batch.deck import package
from svg2pptx_batch.deck.package import PartRelationship
from svg2pptx_batch.deck.zip_stream import DEFLATED, MAX_ENTRIES, STORED
from svg2pptx_batch.drawingml.xml import P
from svg2pptx_batch.errors import UsageError

MAX_XML_BYTES: Final = 16 * 2**20
"""Of a part that is parsed into a tree."""
MAX_READ_BYTES: Final = 128 * 2**20
"""Of all parts that are parsed, or asked for whole."""
MAX_BYTES: Final = 2**31
"""Unpacked, all parts together."""

_TYPES_PART: Final = "[Content_Types].xml"
_ENCRYPTED: Final = 0x1
_OLE: Final = b"\xd0\xcf\x11\xe0"
_LOCAL_HEADER: Final = struct.Struct("<26xHH")
_CHUNK: Final = 2**20
_HAS_DOCTYPE: Final = "it has a document type"
_UNREADABLE: Final = (*BAD_MEMBER, OSError, OverflowError)
"""What reading an archive raises that is torn, damaged or made to mislead."""
_REMEDY: Final = "Give a presentation that PowerPoint opens, saved as .pptx or .potx."


class Stored:
    """The content of a part as it lies in its file; read when it is asked for.

    Attributes:
        method: `STORED` or `DEFLATED`.
        crc: CRC-32 of the content.
        size: Length of the content, bytes.
        slide_name: What a slide, layout or master calls itself; empty for other parts.
    """

    __slots__ = ("_at", "_file", "_length", "crc", "method", "size", "slide_name")

    def __init__(self, file: BinaryIO, info: zipfile.ZipInfo, slide_name: str = "") -> None:
        self._file = file
        self._at = info.header_offset
        self._length = info.compress_size
        self.method = info.compress_type
        self.crc = info.CRC
        self.size = info.file_size
        self.slide_name = slide_name

    @property
    def packed_size(self) -> int:
        """Length of the content as it is stored, bytes."""
        return self._length

    def pieces(self) -> Iterator[bytes]:
        """Yield the content, or its raw deflate stream.

        Raises:
            UsageError: The file ends too early: it has become shorter since it was opened.
        """
        name, extra = _LOCAL_HEADER.unpack(self._read(self._at, _LOCAL_HEADER.size))
        at = self._at + _LOCAL_HEADER.size + name + extra
        for start in range(at, at + self._length, _CHUNK):
            yield self._read(start, min(_CHUNK, at + self._length - start))

    def _read(self, at: int, length: int) -> bytes:
        self._file.seek(at)
        data = self._file.read(length)
        if len(data) < length:
            raise UsageError(
                f"{self._file.name} has changed while it was read.",
                remedy="Run the command again.",
            )
        return data


class Link(NamedTuple):
    """A relationship with its target resolved.

    Attributes:
        id: Unique among those of one part.
        type: Address of the relationship type.
        target: Name of a part, or an address; empty if it leads to a part that is not there.
        external: Whether the target lies outside the package.
        reference: The target as a relationships part is to say it.
        exact: Whether it says so already.
    """

    id: str
    type: str
    target: str
    external: bool
    reference: str
    exact: bool

    def written(self) -> PartRelationship:
        """Return it as a line of a relationships part, of the same source."""
        return PartRelationship(self.id, self.type, self.reference, self.external)


class PackageReader:
    """Reads a presentation's parts; a context manager, because the file stays open.

    Args:
        path: A .pptx, .potx or .ppsx file, or one of those with macros.

    Raises:
        UsageError: It is not there, no ZIP archive, damaged, or larger than is reasonable.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self._read_bytes = 0
        if not path.is_file():
            raise UsageError(f"{path} is not there.", remedy=_REMEDY)
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise UsageError(
                f"{path} cannot be read: {error.strerror or error}.", remedy=_REMEDY
            ) from error
        try:
            self._archive = zipfile.ZipFile(self._file)
            self._entries = self._list()
            self._defaults, self._overrides = self._content_types()
        except _UNREADABLE as error:
            why = str(error)
            if self._starts_as_ole():
                why = "it is protected by a password, or of the time before .pptx"
            self._file.close()
            raise self.refuse(why) from error
        except BaseException:
            self._file.close()
            raise

    def refuse(self, why: str) -> UsageError:
        """Return the error that says why the file is no presentation we can use."""
        return UsageError(f"{self.path} is no presentation: {why.rstrip('.')}.", remedy=_REMEDY)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing can be read any more."""
        self._file.close()

    def content_type(self, name: str) -> str:
        """Return the media type of a part.

        Raises:
            UsageError: It has none.
        """
        found = self._overrides.get(_same(name)) or self._defaults.get(
            posixpath.splitext(name)[1].removeprefix(".").lower()
        )
        if not found:
            raise self.refuse(f"{name} has no content type")
        return found

    def is_xml(self, name: str) -> bool:
        """Tell whether a part is XML, by its media type; pictures are not, even if of SVG.

        Raises:
            UsageError: It has no media type.
        """
        found = self.content_type(name)
        return found.endswith(("+xml", "/xml")) and not found.startswith("image/")

    def read(self, name: str) -> bytes:
        """Return the content of a part.

        Raises:
            UsageError: It is missing, damaged, or larger than 16 MiB.
        """
        info = self._info(name)
        if info.file_size > MAX_XML_BYTES:
            raise self.refuse(f"{name} is larger than {MAX_XML_BYTES >> 20} MiB")
        self._read_bytes += info.file_size
        if self._read_bytes > MAX_READ_BYTES:
            raise self.refuse("its masters and layouts are larger than is reasonable")
        try:
            return self._archive.read(info)
        except _UNREADABLE as error:
            raise self.refuse(f"{name} cannot be read: {error}") from error

    def parse(self, name: str, content_type: str = "") -> Any:
        """Return the root element of an XML part.

        Args:
            name: Of the part.
            content_type: What it must be; empty where that does not matter.

        Raises:
            UsageError: It is missing, damaged, no XML, or of another type.
        """
        if content_type and self.content_type(name) != content_type:
            raise self.refuse(f"{name} is said to be {self.content_type(name)}")
        try:
            return _parse(self.read(name))
        except ValueError as error:
            raise self.refuse(f"{name}: {error}") from error

    def payload(self, name: str) -> Stored:
        """Return the content of a part, ready to be copied, once it has been found sound.

        Raises:
            UsageError: It is missing or damaged, or no XML though it should be.
        """
        info = self._info(name)
        scan = _Scan() if self.is_xml(name) else None
        try:
            with self._archive.open(info) as content:
                while chunk := content.read(_CHUNK):  # compares the checksum at the end
                    if scan is not None:
                        scan.feed(chunk)
            if scan is not None:
                scan.close()
        except (*_UNREADABLE, expat.ExpatError) as error:
            raise self.refuse(f"{name} cannot be read: {error}") from error
        return Stored(self._file, info, scan.slide_name if scan is not None else "")

    def links(self, source: str) -> tuple[Link, ...]:
        """Return the relationships of a part, of the package for `""`; none where it has none.

        Raises:
            UsageError: They cannot be read, or two have the same id.
        """
        name = package.relationships_name(source) if source else "_rels/.rels"
        if _same(name) not in self._entries:
            return ()
        found: dict[str, Link] = {}
        for each in self.parse(name).iterchildren("{*}Relationship"):
            link = self._link(source, each)
            if not link.id or link.id in found:
                raise self.refuse(f"{name} has no or two relationships {link.id!r}")
            found[link.id] = link
        return tuple(found.values())

    def relationships(self, source: str) -> Stored:
        """Return the relationships part of a part, ready to be copied; `links` has read it."""
        return Stored(self._file, self._info(package.relationships_name(source)))

    def _link(self, source: str, element: Any) -> Link:
        reference = element.get("Target", "")
        common = element.get("Id", ""), element.get("Type", "")
        if element.get("TargetMode") == "External":
            return Link(*common, reference, external=True, reference=reference, exact=True)
        path = reference.partition("#")[0].partition("?")[0]
        wanted = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), path))[1:]
        info = self._entries.get(_same(wanted))
        target = "" if info is None else _name(info)
        exact = target == wanted
        if target and not exact:
            reference = package.relative(source, target)
        return Link(*common, target, external=False, reference=reference, exact=exact)

    def _starts_as_ole(self) -> bool:
        try:
            self._file.seek(0)
            return self._file.read(len(_OLE)) == _OLE
        except OSError:
            return False

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = self._entries.get(_same(name))
        if info is None:
            raise self.refuse(f"it has no part {name}")
        return info

    def _list(self) -> dict[str, zipfile.ZipInfo]:
        """Return the entries by name, as `_same` has it."""
        infos = [info for info in self._archive.infolist() if not info.is_dir()]
        if len(infos) > MAX_ENTRIES or sum(info.file_size for info in infos) > MAX_BYTES:
            raise ValueError("it is larger than is reasonable")
        entries: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            if info.flag_bits & _ENCRYPTED:
                raise ValueError("it is encrypted")
            if info.compress_type not in (STORED, DEFLATED):
                raise ValueError(f"{info.filename} is compressed in a way no presentation is")
            if entries.setdefault(_same(_name(info)), info) is not info:
                raise ValueError(f"it has two parts {info.filename}")
        return entries

    def _content_types(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the media types by extension and by part, as `_same` has it."""
        defaults: dict[str, str] = {}
        overrides: dict[str, str] = {}
        root = self.parse(_TYPES_PART)
        for each in root.iterchildren("{*}Default"):
            defaults[each.get("Extension", "").lower()] = each.get("ContentType", "")
        for each in root.iterchildren("{*}Override"):
            overrides[_same(each.get("PartName", "").lstrip("/"))] = each.get("ContentType", "")
        return defaults, overrides


class _Scan:
    """Reads XML piece by piece and keeps nothing of it but the name of a slide.

    Raises:
        expat.ExpatError: It is no XML.
        ValueError: It has a document type.
    """

    def __init__(self) -> None:
        self.slide_name = ""
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._root

    def feed(self, data: bytes) -> None:
        self._parser.Parse(data, False)

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _refuse(self, *_declaration: object) -> None:
        raise ValueError(_HAS_DOCTYPE)

    def _root(self, _tag: str, _attributes: dict[str, str]) -> None:
        self._parser.StartElementHandler = self._first_child

    def _first_child(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == f"{P} cSld":
            self.slide_name = attributes.get("name", "")
        self._parser.StartElementHandler = None


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of the part that an entry holds."""
    return info.filename.lstrip("/")


def _same(name: str) -> str:
    """Return what is equal for names of the same part: case and percent-encoding do not count.

    Source: ECMA-376 part 2, 6.2.2.3 "Part name equivalence".
    """
    return (urllib.parse.unquote(name) if "%" in name else name).lower()


def _parse(data: bytes) -> Any:
    """Parse XML of a package, which has no document type.

    Raises:
        ValueError: It is no XML, or has one.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"it is no XML: {error}") from error
    document: Any = root.getroottree().docinfo
    if document.doctype:
        raise ValueError(_HAS_DOCTYPE)
    return root
