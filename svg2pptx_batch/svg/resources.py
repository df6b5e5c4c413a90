"""What a drawing may read: data: addresses, files below a folder, members of its own archive.

Never the network, never outside the root, symbolic links resolved first.
"""

from __future__ import annotations

import binascii
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Protocol
from urllib.parse import unquote, unquote_to_bytes

from svg2pptx_batch.damage import BAD_MEMBER
from svg2pptx_batch.errors import SvgError

MAX_RESOURCE_BYTES = 64 * 2**20
StrPath = str | os.PathLike[str]
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+):")
_DATA = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),", re.IGNORECASE)
_SPACE = re.compile(rb"\s+")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_LONGEST_SHOWN = 80


class Resource(NamedTuple):
    """What was read.

    Attributes:
        data: Content.
        media_type: As declared by a data: address, lower case; empty where nothing was declared.
        name: For messages; a file's name, or `data:`.
    """

    data: bytes
    media_type: str
    name: str


class ResourceError(SvgError):
    """A referenced resource cannot or may not be read; the drawing goes on without it."""

    code = "resource"

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason, remedy=remedy)


class ResourceLoader(Protocol):
    """Reads what a drawing refers to."""

    def load(self, href: str) -> Resource:
        """Return a resource.

        Args:
            href: As written; fragments and queries of files are ignored.

        Raises:
            ResourceError: It does not exist, is too large, or may not be read.
        """
        ...


class DataLoader:
    """Reads data: addresses only."""

    def load(self, href: str) -> Resource:
        """See `ResourceLoader.load`."""
        href = href.strip()
        if href[:5].lower() == "data:":
            return decode_data(href)
        raise ResourceError(
            f"“{_shown(href)}” lies outside the drawing.",
            "Embed it, or give the drawing as a file beside it.",
        )


class FolderLoader:
    """Reads data: addresses and files below a folder.

    Args:
        base: What relative addresses start from: the drawing's folder.
        root: Nothing outside is read, whatever the way.
    """

    def __init__(self, base: StrPath, root: StrPath) -> None:
        self._base = base
        self._given_root = root

    @cached_property
    def _root(self) -> Path:
        """The root, links resolved; looked for by the few drawings that refer to files."""
        return Path(os.path.realpath(self._given_root))

    def load(self, href: str) -> Resource:
        """See `ResourceLoader.load`."""
        href = href.strip()
        if href[:5].lower() == "data:":
            return decode_data(href)
        last: ResourceError | None = None
        for text in _paths(href):
            try:
                return self._read(text, href)
            except ResourceError as error:
                last = last or error
        assert last is not None
        raise last

    def _read(self, text: str, href: str) -> Resource:
        shown = _shown(href)
        try:
            path = Path(os.path.realpath(Path(self._base, text)))
        except (OSError, ValueError) as error:
            raise ResourceError(f"“{shown}” is no usable path.", "Correct the address.") from error
        if not path.is_relative_to(self._root):
            raise ResourceError(
                f"“{shown}” lies outside the folder that may be read.",
                "Move it below the drawing's folder, or name a folder with --resource-root.",
            )
        try:
            # Asked before opening: a pipe would block, a device never end.
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise ResourceError(f"“{shown}” is no regular file.", "Refer to the file itself.")
            if status.st_size > MAX_RESOURCE_BYTES:
                raise _too_large(shown)
            with path.open("rb") as stream:
                data = stream.read(MAX_RESOURCE_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ResourceError(
                f"“{shown}” cannot be read: {reason}.", "Put the file where the drawing expects it."
            ) from error
        if len(data) > MAX_RESOURCE_BYTES:
            raise _too_large(shown)
        return Resource(data, "", path.name)


class ArchiveLoader:
    """Reads data: addresses and members of a ZIP archive, which stays open once it was needed.

    Args:
        archive: The archive.
        member: The drawing's own name in it: relative addresses start from its folder.
        name_of: Tells a member's name, `/` between folders; the archive's own rules for bytes
            beyond ASCII are left to it.
    """

    def __init__(
        self, archive: Path, member: str, name_of: Callable[[zipfile.ZipInfo], str]
    ) -> None:
        self._path = archive
        self._name_of = name_of
        self._archive: zipfile.ZipFile | None = None
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._base = PurePosixPath(member).parent

    def load(self, href: str) -> Resource:
        """See `ResourceLoader.load`."""
        href = href.strip()
        if href[:5].lower() == "data:":
            return decode_data(href)
        shown = _shown(href)
        try:
            archive = self._opened()
            for text in _paths(href):
                name = _normal(self._base, text)
                if name is None:
                    raise ResourceError(
                        f"“{shown}” lies outside the archive.", "Put it into the archive."
                    )
                info = self._members.get(unicodedata.normalize("NFC", name))
                if info is not None:
                    return _member(archive, info, shown)
        except (OSError, *BAD_MEMBER) as error:
            raise ResourceError(
                f"“{shown}” cannot be read from the archive: {error}.", "Pack the archive anew."
            ) from error
        raise ResourceError(f"“{shown}” is not in the archive.", "Put it into the archive.")

    def _opened(self) -> zipfile.ZipFile:
        if self._archive is None:
            archive = zipfile.ZipFile(self._path)
            for info in archive.infolist():
                name = unicodedata.normalize("NFC", self._name_of(info))
                self._members.setdefault(name, info)
            self._archive = archive
        return self._archive


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> Resource:
    if info.file_size > MAX_RESOURCE_BYTES:
        raise _too_large(shown)
    with archive.open(info) as stream:
        data = stream.read(MAX_RESOURCE_BYTES + 1)
    if len(data) > MAX_RESOURCE_BYTES:
        raise _too_large(shown)
    return Resource(data, "", PurePosixPath(info.filename).name)


def _normal(base: PurePosixPath, text: str) -> str | None:
    """Return a member's name below the archive's root, or None where it climbs out."""
    parts: list[str] = [] if text.startswith("/") else [part for part in base.parts if part != "/"]
    for part in text.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _paths(href: str) -> list[str]:
    """Return the paths an address may mean, likeliest first.

    Raises:
        ResourceError: It is no file's address.
    """
    shown = _shown(href)
    if href.startswith("//"):
        raise _network(shown)
    scheme = _SCHEME.match(href)
    if scheme:
        if scheme[1].lower() != "file":
            raise _network(shown)
        href = re.sub(r"^file:(?://(?:localhost)?(?=/))?", "", href, flags=re.IGNORECASE)
    bare = href.partition("#")[0]
    plain = bare.partition("?")[0]
    if not plain:
        raise ResourceError("The address is empty.", "Name a file, or embed its content.")
    candidates = [unquote(plain), plain, unquote(bare)]
    candidates += [candidate.replace("\\", "/") for candidate in candidates]
    return list(dict.fromkeys(candidates))


def decode_data(href: str) -> Resource:
    """Return the content of a data: address; white space and missing padding are forgiven.

    Raises:
        ResourceError: It is empty, broken or too large.

    Source: RFC 2397.
    """
    match = _DATA.match(href)
    if match is None:
        raise ResourceError("A data: address has no comma.", "Embed the content anew.")
    payload = href[match.end() :]
    if len(payload) > 2 * MAX_RESOURCE_BYTES:
        raise _too_large("data:")
    media_type = match[1].strip().lower()
    parameters = [part.strip().lower() for part in match[2].split(";")]
    if "base64" in parameters:
        raw = payload.encode("ascii", "ignore")
        if b"%" in raw:
            raw = unquote_to_bytes(raw)
        raw = _SPACE.sub(b"", raw).translate(_URL_SAFE).rstrip(b"=")
        try:
            data = binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))
        except binascii.Error as error:
            raise ResourceError(
                f"Embedded data are broken base64: {error}.", "Embed the content anew."
            ) from error
    else:
        data = unquote_to_bytes(payload)
    if not data:
        raise ResourceError("Embedded data are empty.", "Embed the content anew.")
    return Resource(data, media_type, "data:")


def _shown(href: str) -> str:
    return href if len(href) <= _LONGEST_SHOWN else href[:_LONGEST_SHOWN] + "…"


def _network(shown: str) -> ResourceError:
    return ResourceError(
        f"“{shown}” lies on the network, which is never read.",
        "Download it and refer to the file, or embed it.",
    )


def _too_large(shown: str) -> ResourceError:
    return ResourceError(
        f"“{shown}” is larger than {MAX_RESOURCE_BYTES:,} bytes.", "Make it smaller."
    )
