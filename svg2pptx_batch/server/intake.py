"""A request with drawings becomes a job in the queue, or a problem; never anything between."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import time
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath

import anyio
import msgspec
from starlette.requests import ClientDisconnect, Request

from svg2pptx_batch.batch.zip_directory import check_directory
from svg2pptx_batch.errors import ArchiveError
from svg2pptx_batch.server import uploads
from svg2pptx_batch.server.choices import Choices, choose, read_choices
from svg2pptx_batch.server.house import House
from svg2pptx_batch.server.multipart import Form
from svg2pptx_batch.server.problems import Problem
from svg2pptx_batch.server.store import Record
from svg2pptx_batch.server.uploads import Caps, Folder, Received

_FORM = "multipart/form-data"
_LONGEST_KEY = 255
_LINGER_S = 2.0
_LINGER_BYTES = 64 << 20


class Intake:
    """Takes uploads.

    Args:
        house: The server.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._under_way: set[tuple[str, str]] = set()
        limits = house.settings.job_options.limits
        self._caps = Caps(
            body_bytes=house.settings.max_upload_bytes,
            files=limits.max_files,
            file_bytes=limits.max_file_bytes,
            timeout_s=house.settings.upload_timeout_s,
        )

    async def take(self, request: Request, *, zips: bool) -> Record:
        """Make a job of a request.

        Args:
            request: With its body not yet read.
            zips: Whether it is to hold a ZIP, else SVGs.

        Raises:
            Problem: It cannot be taken.
        """
        stream = request.stream()
        try:
            owner = self._house.access.owner(request)
            idempotency = _idempotency_key(request)
            media_type = self._check_head(request, zips=zips)
            with (
                self._alone(owner, idempotency),
                self._house.queue.place_for(owner) as count,
            ):
                upload = await anyio.to_thread.run_sync(self._new_upload)
                try:
                    folder = Folder(upload / "input", self._caps, zips=zips)
                    received = await self._receive(request, folder, media_type, stream, count)
                    return await anyio.to_thread.run_sync(
                        self._accept, request, upload, received, owner, idempotency, zips
                    )
                finally:
                    await anyio.to_thread.run_sync(_remove, upload)
        except Problem as problem:
            if problem.status in (413, 429, 503) and "expect" not in request.headers:
                await _linger(stream)
            raise
        except ClientDisconnect as error:
            raise Problem(400, "disconnected", "The upload broke off.") from error

    def _check_head(self, request: Request, *, zips: bool) -> str:
        """Return the media type of a request that may be read.

        Raises:
            Problem: 413 or 415.
        """
        length = request.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > self._caps.body_bytes:
            raise uploads.too_large(self._caps)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        wanted = uploads.ZIP_TYPES | {_FORM} if zips else {_FORM}
        if media_type not in wanted or request.headers.get("content-encoding", "identity") not in (
            "identity",
            "",
        ):
            raise Problem(
                415,
                "media-type",
                f"Requests of the type {media_type[:80] or '(none)'} are not taken here.",
                remedy=f"Send {' or '.join(sorted(wanted))}, not encoded.",
                headers={"Accept": ", ".join(sorted(wanted))},
            )
        return media_type

    def _new_upload(self) -> Path:
        try:
            return self._house.store.new_upload()
        except OSError as error:
            raise uploads.no_room() from error

    async def _receive(
        self,
        request: Request,
        folder: Folder,
        media_type: str,
        stream: AsyncIterator[bytes],
        count: Callable[[int], None],
    ) -> Received:
        """Bring the body into the folder."""

        def note(size_bytes: int) -> None:
            self._house.metrics.count_upload(size_bytes)
            count(size_bytes)

        try:
            if media_type == _FORM:
                form = Form(request.headers["content-type"], folder)
                await uploads.pour(stream, self._caps, form.feed, note)
                form.close()
            else:
                if "options" in request.query_params:
                    folder.add_option(request.query_params["options"].encode("utf-8", "replace"))
                folder.begin(request.query_params.get("name", "slides.zip"), "")
                await uploads.pour(stream, self._caps, folder.write, note)
                folder.end()
            return folder.received()
        finally:
            await anyio.to_thread.run_sync(folder.end)

    def _accept(
        self,
        request: Request,
        upload: Path,
        received: Received,
        owner: str,
        idempotency: str,
        zips: bool,
    ) -> Record:
        """Check what has come, and queue it."""
        choices = read_choices(received.options)
        settings = self._house.settings
        chosen = choose(choices, settings.options, settings.job_options)
        choices["mode"] = str(chosen.job_options.mode)
        if zips:
            self._check_zip(upload / "input" / received.names[0])
        fingerprint = _fingerprint(received, choices, zips=zips)
        if idempotency:
            before = self._house.store.find_repeated(owner, idempotency)
            if before is not None:
                return _repeated(before, fingerprint)
        first = PurePath(received.names[0]).stem
        record = Record(
            id="",
            owner=owner,
            created=time.time(),
            name=first if zips or len(received.names) == 1 else "slides",
            zips=zips,
            choices=choices,
            idempotency=idempotency,
            fingerprint=fingerprint,
            size_bytes=received.size_bytes,
        )
        try:
            record = self._house.store.accept(upload, record)
        except OSError as error:
            raise uploads.no_room() from error
        self._house.queue.add(record)
        return record

    def _check_zip(self, path: Path) -> None:
        """Refuse at once what is no ZIP at all; the conversion looks closer.

        Raises:
            Problem: 400.
        """
        try:
            with path.open("rb") as stream:
                check_directory(stream, self._caps.files, path.name)
        except ArchiveError as error:
            raise Problem(400, "archive", error.message, remedy=error.remedy or "") from error
        except (zipfile.BadZipFile, OSError, ValueError, OverflowError) as error:
            raise Problem(
                400,
                "archive",
                "The upload is not a ZIP archive, or not a whole one.",
                remedy="Make the archive again and send it whole.",
            ) from error

    @contextmanager
    def _alone(self, owner: str, idempotency: str) -> Iterator[None]:
        """Hold an `Idempotency-Key` while its request is taken.

        Raises:
            Problem: 409, another request with it is under way.
        """
        if not idempotency:
            yield
            return
        if (owner, idempotency) in self._under_way:
            raise Problem(
                409,
                "in-progress",
                "Another request with this Idempotency-Key is under way.",
                retry_after_s=2,
            )
        self._under_way.add((owner, idempotency))
        try:
            yield
        finally:
            self._under_way.discard((owner, idempotency))


def _idempotency_key(request: Request) -> str:
    """Return the request's `Idempotency-Key`, empty for none.

    Raises:
        Problem: 400, it is none.
    """
    key = request.headers.get("idempotency-key", "")
    if len(key) > _LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Problem(
            400,
            "idempotency-key",
            f"An Idempotency-Key has 1 to {_LONGEST_KEY} characters of ASCII.",
            remedy="Send a UUID.",
        )
    return key


def _fingerprint(received: Received, choices: Choices, *, zips: bool) -> str:
    """Hash what makes a request the same request."""
    options = msgspec.json.encode(choices, order="sorted")
    return hashlib.sha256(b"%d\0%s\0%s" % (zips, received.digest.encode(), options)).hexdigest()


def _repeated(before: Record, fingerprint: str) -> Record:
    """Return the job that the same request made before.

    Raises:
        Problem: 422, it was another request.
    """
    if before.fingerprint != fingerprint:
        raise Problem(
            422,
            "idempotency-key",
            "This Idempotency-Key was used for another request.",
            remedy="Send a new key with each new request.",
        )
    return before


async def _linger(stream: AsyncIterator[bytes]) -> None:
    """Read on for a moment: a client that still sends would not see the answer otherwise."""
    read = 0
    with suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(_LINGER_S):
            async for chunk in stream:
                read += len(chunk)
                if read > _LINGER_BYTES:
                    return


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
