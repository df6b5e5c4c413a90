"""Files elsewhere, named by addresses as `s3://bucket/icons`: listed, read and written by fsspec.

Which storage there is, and with what credentials, is the business of fsspec and its drivers. A
`file://` address is a path like any other, and needs neither.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

import msgspec

from svg2pptx_batch.errors import MissingExtraError, OutputError, UnreadableError, UsageError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_ADDRESS: Final = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
"""More than one letter: `C:` is a drive."""
_PIECE: Final = 2**20


def is_address(text: str) -> bool:
    """Tell whether a text names something elsewhere, and not a path."""
    found = _ADDRESS.match(text)
    return found is not None and found[1].lower() != "file"


def located(text: str, folder: str = "") -> str:
    """Return an address as it is, and a path as an absolute one.

    Args:
        text: A path, an address, or a `file://` address, which becomes a path.
        folder: Where relative paths start; the current folder when empty.

    Raises:
        UsageError: A `file://` address names another machine.
    """
    if is_address(text):
        return text
    path = local_path(text)
    return os.path.normpath(Path(folder, path)) if folder else os.path.abspath(path)  # noqa: PTH100


def local_path(text: str) -> str:
    """Return the path that a `file://` address names; any other text as it is.

    Raises:
        UsageError: It names another machine.
    """
    if text[:7].lower() != "file://":
        return text
    parts = urlsplit(text)
    if parts.netloc.lower() not in ("", "localhost"):
        raise UsageError(
            f"{text} names a file of another machine.",
            remedy="Write file:/// and the path, or the path alone.",
        )
    return url2pathname(text[7 + len(parts.netloc) :])


def check_address(text: str) -> None:
    """Refuse an address that nothing here can use; paths are fine.

    Raises:
        UsageError: It cannot be understood, or its driver is not installed.
        MissingExtraError: fsspec is not installed.
    """
    if is_address(text):
        Storage(text)


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A file elsewhere.

    Attributes:
        path: As its storage has it.
        name: Below the address that was asked, `/` between parts, none of them `..`.
        size_bytes: None where the storage does not tell.
        modified_s: Seconds since 1970; 0 where the storage does not tell.
    """

    path: str
    name: str
    size_bytes: int | None
    modified_s: float


class Storage:
    """What lies at an address and below it.

    Whatever a driver raises comes out as one of our errors, since each has its own.

    Args:
        address: Of a file or a folder.

    Attributes:
        address: Without `/` at its end.

    Raises:
        UsageError: It cannot be understood, or its driver is not installed.
        MissingExtraError: fsspec is not installed.
    """

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._files, path = _open(address)
        self._path = path.rstrip("/")
        self._files.invalidate_cache()  # what was listed before may have changed

    def look(self) -> Stored | None:
        """Return the file at the address itself; None where there is a folder.

        Raises:
            UnreadableError: There is neither, or it cannot be told.
        """
        try:
            found = self._files.info(self._path)
        except Exception as error:
            raise self._unreadable(error) from error
        name = self._path.rpartition("/")[2]
        return None if found["type"] == "directory" else _stored(self._path, name, found)

    def exists(self) -> bool:
        """Tell whether there is a file, or a folder, at the address.

        Raises:
            UnreadableError: It cannot be told.
        """
        try:
            return bool(self._files.exists(self._path))
        except Exception as error:
            raise self._unreadable(error) from error

    def walk(self, depth: int | None) -> list[Stored]:
        """Return the files below the address, by name.

        Args:
            depth: Down to which level, from 1; None for all.

        Raises:
            UnreadableError: They cannot be listed.
        """
        try:
            found = self._files.find(self._path, maxdepth=depth, detail=True)
        except Exception as error:
            raise self._unreadable(error) from error
        start = f"{self._path}/"
        stored = (
            _stored(path, name, told)
            for path, told in found.items()
            if told["type"] == "file" and (name := _safe(path.removeprefix(start)))
        )
        return sorted(stored, key=lambda each: each.name)

    def has_folders(self) -> bool:
        """Tell whether there are folders right below the address."""
        try:
            return any(each["type"] == "directory" for each in self._files.ls(self._path))
        except Exception as error:
            raise self._unreadable(error) from error

    def read(self, wanted: Sequence[Stored], most: int) -> Iterator[bytes | UnreadableError]:
        """Read files, at once where the storage can.

        Args:
            wanted: Files of this storage.
            most: Bytes to read of each at most.

        Yields:
            For each file in turn its content, or why there is none.
        """
        # A range of nothing is an error to some.
        some = [each for each in wanted if each.size_bytes != 0]
        ends = [most if each.size_bytes is None else each.size_bytes for each in some]
        try:
            found = self._files.cat_ranges(
                [each.path for each in some], [0] * len(some), ends, on_error="return"
            )
        except Exception as error:  # noqa: BLE001  it becomes each file's own
            found = [error] * len(some)
        answers = iter(found)
        for each in wanted:
            data = b"" if each.size_bytes == 0 else next(answers)
            yield self._unreadable(data, each.path) if isinstance(data, Exception) else bytes(data)

    def content(self, most: int) -> bytes:
        """Read the file at the address.

        Args:
            most: Bytes to read at most.

        Raises:
            UnreadableError: It cannot be read.
        """
        try:
            return bytes(self._files.cat_file(self._path, 0, most))
        except Exception as error:
            raise self._unreadable(error) from error

    def copy(self, file: Stored, target: Path, most: int) -> int:
        """Copy a file of this storage.

        Args:
            file: Which.
            target: Where to; replaced.
            most: Bytes to copy at most.

        Returns:
            How many bytes were copied; more than `most` where there are more.

        Raises:
            UnreadableError: It cannot be read.
            OSError: The target cannot be written.
        """
        copied = 0
        with target.open("wb") as copy:
            for piece in self._pieces(file.path):
                copied += len(piece)
                if copied > most:
                    break
                copy.write(piece)
        return copied

    def _pieces(self, path: str) -> Iterator[bytes]:
        try:
            with self._files.open(path, "rb") as stream:
                while piece := stream.read(_PIECE):
                    yield piece
        except Exception as error:
            raise self._unreadable(error, path) from error

    def write(self, source: Path, name: str, look: Callable[[], None]) -> None:
        """Write a file; it gets its name when all of it is there.

        Args:
            source: What is copied.
            name: Below the address; empty for the address itself.
            look: Called after each piece; may end it by raising what is no `Exception`, and
                nothing is left behind then.

        Raises:
            OutputError: It cannot be written.
        """
        target = f"{self._path}/{name}" if name else self._path
        try:
            with source.open("rb") as stream:
                try:
                    self._write(stream, target, look)
                except FileNotFoundError:
                    self._make_folder(target)
                    stream.seek(0)
                    self._write(stream, target, look)
        except Exception as error:
            raise OutputError(
                f"{self._address_of(target)} cannot be written: {reason_of(error)}.",
                remedy="Check that you may write there; what is converted already is kept.",
            ) from error

    def _write(self, stream: BinaryIO, target: str, look: Callable[[], None]) -> None:
        with self._files.transaction, self._files.open(target, "wb") as copy:
            while piece := stream.read(_PIECE):
                copy.write(piece)
                look()

    def _make_folder(self, target: str) -> None:
        """Make the folder of a file, where a storage has some; none shall make a bucket."""
        top = re.match("/?[^/]+", target)
        if top is None or not self._files.exists(top[0]):
            raise FileNotFoundError(f"there is no {top[0] if top else target}")
        self._files.makedirs(target.rpartition("/")[0], exist_ok=True)

    def _address_of(self, path: str) -> str:
        below = path.removeprefix(self._path) if path else ""
        return self.address + below

    def _unreadable(self, error: Exception, path: str = "") -> UnreadableError:
        what = self._address_of(path)
        if isinstance(error, FileNotFoundError):
            return UnreadableError(f"{what} does not exist.", remedy="Check how it is spelt.")
        return UnreadableError(
            f"{what} cannot be read: {reason_of(error)}.",
            remedy="Check that it is there and that you may read it.",
        )


def reason_of(error: Exception) -> str:
    """Return what a driver says is wrong: a line without a full stop."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(". ") if lines else type(error).__name__


def _open(address: str) -> tuple[AbstractFileSystem, str]:
    """Return the storage of an address, and the path in it."""
    if find_spec("fsspec") is None:
        raise MissingExtraError(address, "distributed")
    from fsspec.core import url_to_fs

    scheme = address.partition("://")[0].lower()
    if "::" in address:
        raise UsageError(f"{address} chains addresses.", remedy="Name the files themselves.")
    if urlsplit(address).password:
        raise UsageError(
            f"The {scheme}:// address holds a password, which a job's records would tell.",
            remedy="Leave it out: drivers of fsspec read the environment and their own settings.",
        )
    try:
        files, path = url_to_fs(address)
    except ImportError as error:
        raise UsageError(
            f"{address} needs what is not installed: {reason_of(error)}.",
            remedy=f"pip install 'fsspec[{scheme}]'",
        ) from error
    except Exception as error:
        raise UsageError(
            f"{address} cannot be used: {reason_of(error)}.",
            remedy="Name a path, or an address as s3://bucket/folder.",
        ) from error
    return files, path


def _stored(path: str, name: str, told: dict[str, Any]) -> Stored:
    """Return what a driver tells of a file."""
    size = told.get("size")
    changed = told.get("LastModified") or told.get("mtime") or told.get("created")
    if isinstance(changed, datetime):
        changed = changed.timestamp()
    modified_s = float(changed) if isinstance(changed, int | float) else 0.0
    return Stored(path, name, size if isinstance(size, int) else None, modified_s)


def _safe(name: str) -> str:
    """Return a name without what would lead elsewhere."""
    return "/".join(part for part in name.split("/") if part not in ("", ".", ".."))
