"""The routes: what is asked for is found or begun elsewhere, and told here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Path
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from svg2pptx_batch.batch.report import JobState
from svg2pptx_batch.server import metrics, schemas
from svg2pptx_batch.server.house import House
from svg2pptx_batch.server.intake import Intake
from svg2pptx_batch.server.problems import Problem
from svg2pptx_batch.server.store import Record
from svg2pptx_batch.server.views import DOWNLOADABLE, event_of, status_of

PPTX_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ZIP_TYPE = "application/zip"

_POLL_S = 1
_HEARTBEAT_S = 15.0
_MOST_LISTENERS = 100
_ALWAYS = (400, 401, 429, 500, 503)
_UPLOAD = (*_ALWAYS, 408, 409, 413, 415, 422)
_BINARY = {"schema": {"type": "string", "format": "binary"}}

BatchId = Annotated[
    str,
    Path(
        description="The job's id.",
        json_schema_extra={"format": "uuid"},
        examples=["0b7e6a52-3a0c-4a53-9d0c-6d2b1f0a7c11"],
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        description="The same key and request make the same job, however often it is sent.",
        examples=["5f0c1a44-7a1d-4c58-8a4e-0d5a1c1f9d11"],
        max_length=255,
        pattern="^[ -~]*$",
    ),
]


def make_router(house: House) -> APIRouter:
    """Return the routes of a server."""
    router = APIRouter()
    _add_uploads(router, house)
    _add_jobs(router, house)
    _add_events(router, house)
    _add_health(router, house)
    return router


def _add_uploads(router: APIRouter, house: House) -> None:
    intake = Intake(house)
    accepted: dict[int | str, schemas.Schema] = {
        202: schemas.job_answer("The job is accepted.", located=True)
    }
    query = [
        {
            "name": "options",
            "in": "query",
            "description": "Options as JSON, where the body is the ZIP itself.",
            "content": {"application/json": {"schema": schemas.ref("Options")}},
        },
        {
            "name": "name",
            "in": "query",
            "description": "What the result is named after, where the body is the ZIP itself.",
            "schema": {"type": "string", "maxLength": 100},
            "example": "icons",
        },
    ]
    form = schemas.form("file", "A ZIP with drawings.", "application/zip", several=False)

    @router.post(
        "/batch/convert-zip",
        status_code=202,
        tags=["jobs"],
        summary="Convert the drawings of a ZIP",
        responses={**accepted, **schemas.problems(*_UPLOAD)},
        openapi_extra={
            "parameters": query,
            "requestBody": {
                "required": True,
                "content": {"multipart/form-data": form, ZIP_TYPE: _BINARY},
            },
        },
    )
    async def convert_zip(request: Request, idempotency_key: IdempotencyKey = None) -> Response:
        """Take one ZIP, as the part `file` of a form or as the body itself."""
        return _accepted(house, await intake.take(request, zips=True))

    form = schemas.form("files", "SVG drawings, also .svgz.", "image/svg+xml", several=True)

    @router.post(
        "/batch/convert-files",
        status_code=202,
        tags=["jobs"],
        summary="Convert drawings",
        responses={**accepted, **schemas.problems(*_UPLOAD)},
        openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": form}}},
    )
    async def convert_files(request: Request, idempotency_key: IdempotencyKey = None) -> Response:
        """Take drawings, each a part `files` of a form."""
        return _accepted(house, await intake.take(request, zips=False))


def _add_jobs(router: APIRouter, house: House) -> None:
    @router.get(
        "/batch/status/{batch_id}",
        tags=["jobs"],
        summary="Where a job stands",
        responses={
            200: schemas.job_answer("The job's status, with a row a file."),
            **schemas.problems(*_ALWAYS, 404, 410),
        },
    )
    def status(request: Request, batch_id: BatchId) -> Response:
        """Tell state, progress and what became of each file."""
        return _job(house, _find(house, request, batch_id))

    def download(request: Request, batch_id: BatchId) -> Response:
        """Send the deck, or the ZIP of decks. `Range` is honoured."""
        record = _find(house, request, batch_id)
        if record.state is None:
            raise Problem(
                409,
                "unfinished",
                "The job has not ended.",
                remedy="Ask for its status, and come back.",
                retry_after_s=_POLL_S,
            )
        path = house.store.output(record)
        if record.state not in DOWNLOADABLE or not path.is_file():
            raise Problem(
                409, "no-result", f"The job is {record.state}; there is nothing to download."
            )
        zipped = path.suffix == ".zip"
        return FileResponse(
            path,
            media_type=ZIP_TYPE if zipped else PPTX_TYPE,
            filename=record.output_name,
            headers={"Cache-Control": "private, no-cache"},
        )

    answer = schemas.binary_answer("The result.", (PPTX_TYPE, ZIP_TYPE))
    part = schemas.binary_answer(
        "The part that was asked for.", (PPTX_TYPE, ZIP_TYPE, "multipart/byteranges")
    )
    path = "/batch/download/{batch_id}"
    router.get(
        path,
        tags=["jobs"],
        summary="Download the result",
        response_class=FileResponse,
        responses={200: answer, 206: part, **schemas.problems(*_ALWAYS, 404, 409, 410, 416)},
    )(download)
    router.head(path, include_in_schema=False)(download)

    @router.delete(
        "/batch/{batch_id}",
        status_code=204,
        tags=["jobs"],
        summary="Cancel a job, or remove one that has ended",
        responses={
            202: schemas.job_answer("The job waits or runs, and is being cancelled."),
            204: {"description": "The job had ended, and is removed."},
            **schemas.problems(*_ALWAYS, 404, 410),
        },
    )
    def delete(request: Request, batch_id: BatchId) -> Response:
        """Cancel a job that waits or runs; remove one that has ended, with its result."""
        record = _find(house, request, batch_id)
        if record.state is not None:
            house.queue.remove(record)
            return Response(status_code=204)
        house.queue.cancel(record)
        return _job(house, house.store.get(record.id) or record, 202, rows=False)


def _add_events(router: APIRouter, house: House) -> None:
    listeners: list[str] = []
    example = 'id: 1f2e3d4c-7\nevent: progress\ndata: {"event": "progress", "counts": {}}\n\n'

    @router.get(
        "/batch/{batch_id}/events",
        tags=["jobs"],
        summary="What happens to a job, as it happens",
        response_class=StreamingResponse,
        responses={
            200: schemas.text_answer("Server-sent events.", "text/event-stream", example),
            **schemas.problems(*_ALWAYS, 404, 410),
        },
    )
    async def events(
        request: Request,
        batch_id: BatchId,
        last_event_id: Annotated[
            str | None, Header(description="The last event that was heard.")
        ] = None,
    ) -> Response:
        """Stream events: first `status`, then those of the conversion, last `status` once more.

        Comments come while nothing happens. With `Last-Event-ID` only what was missed is told.
        """
        record = _find(house, request, batch_id)
        if len(listeners) >= _MOST_LISTENERS:
            raise Problem(503, "listeners", "Too many listen already.", retry_after_s=10)
        stream = _stream(house, record, last_event_id or "", listeners)
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )


async def _stream(
    house: House, record: Record, last: str, listeners: list[str]
) -> AsyncIterator[bytes]:
    """Yield the events of a job as text."""
    listeners.append(record.id)
    try:
        yield b"retry: 2000\n" + _event("status", _told(house, record, rows=False))
        channel = house.queue.channel(record)
        if channel is not None:
            async for heard in channel.listen(channel.place_of(last), _HEARTBEAT_S):
                if heard is None:
                    yield b": still here\n\n"
                    continue
                number, event = heard
                name, data = event_of(event, record, house.scrubber)
                yield b"id: %s\n" % number.encode() + _event(name, data)
            latest = house.store.get(record.id)
            if latest is not None:
                yield _event("status", _told(house, latest, rows=False))
    finally:
        listeners.remove(record.id)


def _event(name: str, data: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), data)


def _add_health(router: APIRouter, house: House) -> None:
    @router.get(
        "/livez",
        tags=["health"],
        summary="Whether the server lives",
        responses={200: schemas.text_answer("It does.", "text/plain", "ok")},
    )
    async def livez() -> Response:
        """Answer."""
        return Response("ok\n", media_type="text/plain")

    @router.get(
        "/readyz",
        tags=["health"],
        summary="Whether the server takes jobs",
        responses={
            200: schemas.text_answer("It does.", "text/plain", "ok"),
            **schemas.problems(503),
        },
    )
    async def readyz() -> Response:
        """Answer, unless the server is about to stop."""
        if house.queue.stopping:
            raise Problem(503, "stopping", "The server is about to stop.", retry_after_s=10)
        return Response("ok\n", media_type="text/plain")

    @router.get(
        "/metrics",
        tags=["health"],
        summary="Figures for Prometheus",
        responses={
            200: schemas.text_answer("Figures.", "text/plain", "svg2pptx_jobs_waiting 0.0"),
            **schemas.problems(*_ALWAYS),
        },
    )
    def figures(request: Request) -> Response:
        """Tell requests, uploads and jobs; with a key, where there are keys."""
        house.access.owner(request)
        return Response(house.metrics.text(), media_type=metrics.MEDIA_TYPE)


def _find(house: House, request: Request, batch_id: str) -> Record:
    """Return a job of whoever asks.

    Raises:
        Problem: 404 where there is none of theirs, 410 where it has expired.
    """
    owner = house.access.owner(request)
    record = house.store.get(batch_id)
    if record is None or record.owner != owner:
        raise Problem(404, "no-job", "There is no such job.")
    if record.state is JobState.EXPIRED:
        raise Problem(
            410, "expired", "The job has expired, and its result is gone.", remedy="Convert again."
        )
    return record


def _told(house: House, record: Record, *, rows: bool) -> bytes:
    state, status, position = house.queue.state(record)
    told = status_of(record, state, status, position=position, rows=rows)
    return house.scrubber.encode(told, record)


def _accepted(house: House, record: Record) -> Response:
    headers = {"Location": f"/batch/status/{record.id}", "Retry-After": str(_POLL_S)}
    return _job(house, record, 202, headers, rows=False)


def _job(
    house: House,
    record: Record,
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    rows: bool = True,
) -> Response:
    """Return the answer that tells where a job stands."""
    told = _told(house, record, rows=rows)
    return Response(told, status, headers, media_type="application/json")
