"""An existing presentation, opened as a package: its parts as they are stored, never parsed whole.

Content types, relationships and whatever else is asked for are read; everything else is copied as
it was compressed. Nothing outside the file is looked at.
"""

from __future__ import annotations

import pathlib
import posixpath
import struct
import urllib.parse
import zipfile
import zlib
from types import TracebackType
from typing import Any, BinaryIO, Final, NamedTuple, Self

from svg2pptx_batch.deck import package
from svg2pptx_batch.deck.package import PartRelationship
from svg2pptx_batch.deck.zip_stream import DEFLATED, MAX_ENTRIES, STORED, Payload, store
from svg2pptx_batch.errors import UsageError

MAX_XML_BYTES: Final = 64 * 2**20
MAX_BYTES: Final = 2**31
"""Unpacked, all parts together."""

_TYPES_PART: Final = "[Content_Types].xml"
_ENCRYPTED: Final = 0x1
_LOCAL_HEADER: Final = struct.Struct("<26xHH")
_CHUNK: Final = 2**20
_REMEDY: Final = "Give a presentation that PowerPoint opens, saved as .pptx or .potx."


class Stored:
    """The content of a part as it lies in its file; read when it is asked for.

    Attributes:
        method: `STORED` or `DEFLATED`.
        crc: CRC-32 of the content.
        size: Length of the content, bytes.
    """

    __slots__ = ("_at", "_file", "_length", "crc", "method", "size")

    def __init__(self, file: BinaryIO, info: zipfile.ZipInfo) -> None:
        self._file = file
        self._at = info.header_offset
        self._length = info.compress_size
        self.method = info.compress_type
        self.crc = info.CRC
        self.size = info.file_size

    @property
    def data(self) -> bytes:
        """The content, or its raw deflate stream."""
        self._file.seek(self._at)
        name, extra = _LOCAL_HEADER.unpack(self._file.read(_LOCAL_HEADER.size))
        self._file.seek(name + extra, 1)
        return self._file.read(self._length)


class Link(NamedTuple):
    """A relationship with its target resolved.

    Attributes:
        id: Unique among those of one part.
        type: Address of the relationship type.
        target: Name of a part, or an address.
        external: Whether the target lies outside the package.
    """

    id: str
    type: str
    target: str
    external: bool

    def from_part(self, source: str) -> PartRelationship:
        """Return it as the relationships part of `source` writes it; `""` is the package."""
        target = self.target if self.external else package.relative(source, self.target)
        return PartRelationship(self.id, self.type, target, self.external)


class PackageReader:
    """Reads a presentation's parts; a context manager, because the file stays open.

    Args:
        path: A .pptx, .potx, .pptm or .potm file.

    Raises:
        UsageError: It is not there, no ZIP archive, damaged, or larger than is reasonable.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
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
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
            self._file.close()
            raise self.refuse(str(error)) from error
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

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def content_type(self, name: str) -> str:
        """Return the media type of a part.

        Raises:
            UsageError: It has none.
        """
        found = self._overrides.get(name.lower()) or self._defaults.get(
            posixpath.splitext(name)[1].removeprefix(".").lower()
        )
        if not found:
            raise self.refuse(f"{name} has no content type")
        return found

    def read(self, name: str) -> bytes:
        """Return the content of a part.

        Raises:
            UsageError: It is missing, damaged, or larger than 64 MiB.
        """
        info = self._info(name)
        if info.file_size > MAX_XML_BYTES:
            raise self.refuse(f"{name} is larger than {MAX_XML_BYTES >> 20} MiB")
        try:
            return self._archive.read(info)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise self.refuse(f"{name} cannot be read: {error}") from error

    def parse(self, name: str) -> Any:
        """Return the root element of an XML part.

        Raises:
            UsageError: It is missing, damaged, or no XML.
        """
        try:
            return _parse(self.read(name))
        except ValueError as error:
            raise self.refuse(f"{name}: {error}") from error

    def payload(self, name: str) -> Payload | Stored:
        """Return the content of a part, ready to be copied, once it has been found sound.

        Raises:
            UsageError: It is missing or damaged.
        """
        info = self._info(name)
        try:
            if info.compress_type not in (STORED, DEFLATED):
                return store(self._archive.read(info))
            with self._archive.open(info) as content:
                while content.read(_CHUNK):  # compares the checksum at the end
                    pass
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise self.refuse(f"{name} cannot be read: {error}") from error
        return Stored(self._file, info)

    def links(self, source: str) -> tuple[Link, ...]:
        """Return the relationships of a part, of the package for `""`; none where it has none.

        Those that lead to parts which are not there are left out.

        Raises:
            UsageError: They cannot be read.
        """
        name = package.relationships_name(source) if source else "_rels/.rels"
        if name not in self._entries:
            return ()
        folder = posixpath.dirname(source)
        found = []
        for each in self.parse(name):
            if not isinstance(each.tag, str):
                continue
            target = each.get("Target", "")
            external = each.get("TargetMode") == "External"
            if not external:
                path = urllib.parse.unquote(urllib.parse.urlsplit(target).path)
                target = posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
                if target not in self._entries:
                    continue
            found.append(Link(each.get("Id", ""), each.get("Type", ""), target, external))
        return tuple(found)

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = self._entries.get(name)
        if info is None:
            raise self.refuse(f"it has no part {name}")
        return info

    def _list(self) -> dict[str, zipfile.ZipInfo]:
        """Return the entries by name."""
        infos = [info for info in self._archive.infolist() if not info.is_dir()]
        if len(infos) > MAX_ENTRIES or sum(info.file_size for info in infos) > MAX_BYTES:
            raise ValueError("it is larger than is reasonable")
        entries: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            if info.flag_bits & _ENCRYPTED:
                raise ValueError("it is encrypted")
            if entries.setdefault(info.filename.lstrip("/"), info) is not info:
                raise ValueError(f"it has two parts {info.filename}")
        return entries

    def _content_types(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the media types by extension and by part, both in lower case."""
        defaults: dict[str, str] = {}
        overrides: dict[str, str] = {}
        for each in self.parse(_TYPES_PART):
            if each.get("Extension"):
                defaults[each.get("Extension").lower()] = each.get("ContentType", "")
            elif each.get("PartName"):
                overrides[each.get("PartName").lstrip("/").lower()] = each.get("ContentType", "")
        return defaults, overrides


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
        raise ValueError("it has a document type")
    return root
