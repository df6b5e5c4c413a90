"""Uploads go to files as they come, under caps, hashed on the way; never whole in memory.

Enters: the body of a request, nobody vouches for it. Leaves: files under names of our own making in
one folder, and a digest by which the same upload is known again. A name that was sent becomes the
last part of a path at most.
"""

from __future__ import annotations

import errno
import hashlib
import time
from asyncio import timeout
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO

import anyio
import msgspec

from svg2pptx_batch.batch.names import UniqueNames, is_svg_name
from svg2pptx_batch.batch.outputs import safe_part
from svg2pptx_batch.server.problems import Problem

ZIP_TYPES = frozenset({"application/zip", "application/x-zip-compressed"})
SVG_TYPES = frozenset(
    {
        "image/svg+xml",
        "image/svg+xml-compressed",
        "application/xml",
        "text/xml",
        "text/plain",
        "application/octet-stream",
        "application/gzip",
        "application/x-gzip",
    }
)
_BATCH_BYTES = 1 << 20
_LEAST_RATE_BYTES = 1024
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})


class Caps(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one upload.

    Attributes:
        body_bytes: The whole request.
        files: How many files it may hold.
        file_bytes: One SVG.
        timeout_s: How long it may come to nothing.
        options_bytes: The `options` part.
    """

    body_bytes: int
    files: int
    file_bytes: int
    timeout_s: float
    options_bytes: int = 65_536


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """An upload that is complete.

    Attributes:
        names: Of the files, in the order they came.
        size_bytes: Of all of them.
        digest: SHA-256, hex, of names and contents.
        options: The `options` part, empty where there is none.
    """

    names: tuple[str, ...]
    size_bytes: int
    digest: str
    options: bytes = b""


class Folder:
    """Takes files into a folder, counts and hashes them.

    Args:
        path: The folder; it is there and empty.
        caps: Bounds.
        zips: Whether the one file wanted is a ZIP, else SVGs are.
    """

    def __init__(self, path: Path, caps: Caps, *, zips: bool) -> None:
        self.options = bytearray()
        self._path = path
        self._caps = caps
        self._zips = zips
        self._unique = UniqueNames()
        self._names: list[str] = []
        self._digest = hashlib.sha256()
        self._stream: BinaryIO | None = None
        self._file_bytes = 0
        self._total_bytes = 0

    def begin(self, name: str, media_type: str) -> None:
        """Begin a file.

        Args:
            name: As it was sent, perhaps empty.
            media_type: As it was sent, perhaps empty.

        Raises:
            Problem: 413 for one too many, 415 for what is not wanted.
        """
        wanted = ZIP_TYPES | {"application/octet-stream"} if self._zips else SVG_TYPES
        if media_type and media_type not in wanted:
            raise Problem(
                415,
                "media-type",
                f"A file of the type {media_type[:80]} is not taken.",
                remedy=f"Send {'a ZIP' if self._zips else 'SVG files'}.",
            )
        if len(self._names) >= (1 if self._zips else self._caps.files):
            raise Problem(
                413,
                "too-many-files",
                f"More than {1 if self._zips else self._caps.files:,} files were sent.",
                remedy="Send one ZIP, or several requests.",
            )
        name = self._unique.claim(_clean(name, ".zip" if self._zips else ".svg"))
        if not self._zips and not is_svg_name(name):
            raise Problem(
                415, "media-type", f"{name} is not named like an SVG.", remedy="Send SVG files."
            )
        self._names.append(name)
        self._digest.update(f"\0{len(name)}\0{name}\0".encode())
        self._file_bytes = 0
        self._stream = (self._path / name).open("wb")

    def write(self, data: bytes | memoryview) -> None:
        """Write more of the file.

        Raises:
            Problem: 413, it is too large.
        """
        assert self._stream is not None
        self._file_bytes += len(data)
        if not self._zips and self._file_bytes > self._caps.file_bytes:
            raise Problem(
                413,
                "file-too-large",
                f"{self._names[-1]} is larger than {self._caps.file_bytes:,} bytes.",
                remedy="Make the drawing smaller.",
            )
        self._digest.update(data)
        self._stream.write(data)

    def end(self) -> None:
        """End the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            self._total_bytes += self._file_bytes
            self._digest.update(b"%d" % self._file_bytes)

    def add_option(self, data: bytes) -> None:
        """Take more of the `options` part.

        Raises:
            Problem: 413, it is too large.
        """
        self.options += data
        if len(self.options) > self._caps.options_bytes:
            raise Problem(
                413,
                "options-too-large",
                f"The options are larger than {self._caps.options_bytes:,} bytes.",
            )

    def received(self) -> Received:
        """Return what has come.

        Raises:
            Problem: 400, no file has.
        """
        if not self._names:
            raise Problem(
                400,
                "no-file",
                "The request holds no file.",
                remedy="Send a ZIP as the part file." if self._zips else "Send parts named files.",
            )
        return Received(
            names=tuple(self._names),
            size_bytes=self._total_bytes,
            digest=self._digest.hexdigest(),
            options=bytes(self.options),
        )


async def pour(
    stream: AsyncIterator[bytes],
    caps: Caps,
    feed: Callable[[bytes], None],
    count: Callable[[int], None],
) -> None:
    """Feed a body, about a MiB at a time, to what takes it in a thread of its own.

    Args:
        stream: The body.
        caps: Bounds.
        feed: Takes the bytes.
        count: Is told how many bytes have come, each time some have.

    Raises:
        Problem: 408 too slow, 413 too large, 503 no room on the disk.
    """
    began = time.monotonic()
    received = 0
    batch = bytearray()
    chunks = aiter(stream)
    try:
        while True:
            allowed = caps.timeout_s + received / _LEAST_RATE_BYTES
            async with timeout(max(0.0, began + allowed - time.monotonic())):
                chunk = await anext(chunks, None)
            if chunk is None:
                break
            received += len(chunk)
            if received > caps.body_bytes:
                raise too_large(caps)
            count(len(chunk))
            batch += chunk
            if len(batch) >= _BATCH_BYTES:
                data, batch = bytes(batch), bytearray()
                await anyio.to_thread.run_sync(feed, data)
        if batch:
            await anyio.to_thread.run_sync(feed, bytes(batch))
    except TimeoutError as error:
        raise Problem(
            408,
            "too-slow",
            "The upload came too slowly, or stopped.",
            remedy="Send it again.",
            headers={"Connection": "close"},
        ) from error
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise
        raise no_room() from error


def too_large(caps: Caps) -> Problem:
    """Say that a body is too large."""
    return Problem(
        413,
        "too-large",
        f"The request is larger than {caps.body_bytes:,} bytes.",
        remedy="Send several smaller ones.",
        headers={"Connection": "close"},
    )


def no_room() -> Problem:
    """Say that the disk is full."""
    return Problem(
        503, "no-room", "There is no room for uploads now.", retry_after_s=60, remedy="Try later."
    )


def _clean(name: str, suffix: str) -> str:
    """Return a name that every system takes for a file in the folder it is in, and shows."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    safe = safe_part(last)
    if safe.startswith("."):  # hidden files are passed over
        safe = f"_{safe}"
    if "." not in safe.strip("_."):
        safe = f"{safe.strip('_.') or 'drawing'}{suffix}"
    if suffix == ".zip" and not safe.lower().endswith(suffix):
        safe += suffix
    return safe
