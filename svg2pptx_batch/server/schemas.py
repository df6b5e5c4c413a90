"""The OpenAPI document's schemas and examples: what is sent, what is answered.

Options and rows of files are those of the published schemas, less what clients do not get.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import msgspec

from svg2pptx_batch.schemas import read_schema
from svg2pptx_batch.server.choices import CHOOSABLE, describe
from svg2pptx_batch.server.problems import MEDIA_TYPE

Schema = dict[str, Any]

_ID = "0b7e6a52-3a0c-4a53-9d0c-6d2b1f0a7c11"
_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_STATES = (
    "queued",
    "ingesting",
    "running",
    "merging",
    "packaging",
    "done",
    "partial",
    "failed",
    "cancelled",
    "expired",
)
_NARROWED: dict[str, Schema] = {
    "slide-size": {
        "pattern": r"^(auto|16:9|4:3|a4|letter|svg|first|largest|[0-9.]+x[0-9.]+(px|in|cm|mm|pt))$"
    },
    "grid": {"pattern": "^([1-9][0-9]?x[1-9][0-9]?)?$"},
    "mode": {"enum": ["merged", "zip"], "description": "One deck, or a ZIP of decks."},
}


def ref(name: str) -> Schema:
    """Return a reference to one of `components`."""
    return {"$ref": f"#/components/schemas/{name}"}


@lru_cache(maxsize=1)
def components() -> Schema:
    """Return the schemas that others refer to."""
    problem = _object(
        {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "code": _TEXT | {"description": "Stable kebab-case name of the reason."},
            "detail": _TEXT,
            "remedy": _TEXT | {"description": "What the client can do."},
            "errors": {
                "type": "array",
                "items": {"type": "object", "additionalProperties": _TEXT},
                "description": "What is wrong where, for several mistakes at once.",
            },
        },
        "type title status code detail",
        "Problem details, RFC 9457.",
    )
    links = _object(
        {"self": _TEXT, "events": _TEXT, "download": _TEXT}, "self events", "Where to go on."
    )
    job = _object(
        {
            "id": {"type": "string", "format": "uuid"},
            "state": {"enum": list(_STATES)},
            "created": _MOMENT,
            "ended": _MOMENT,
            "position": _COUNT | {"description": "Place in the queue, from 1."},
            "progress": {"type": "number", "minimum": 0, "maximum": 1},
            "counts": _object(
                dict.fromkeys(("total", "done", "failed", "pending", "objected"), _COUNT),
                "total done failed pending",
                "How many files stand where.",
            ),
            "fidelity": {"type": "object", "additionalProperties": _COUNT},
            "seconds": {"type": "number", "minimum": 0},
            "result": _object({"name": _TEXT, "bytes": _COUNT}, "name bytes", "What was made."),
            "error": _object({"code": _TEXT, "message": _TEXT}, "code", "What stopped the job."),
            "links": links,
            "files": {"type": "array", "items": ref("FileReport")},
        },
        "id state created progress counts links",
        "Where a job stands; a row a file.",
    )
    rows = msgspec.json.decode(read_schema("status"))["$defs"]
    rows["FileReport"]["properties"].pop("quarantine")
    wanted = ("FileReport", "TaskState", "Diagnostic", "Fidelity", "Severity")
    shared = {name: _moved(rows[name]) for name in wanted}
    return {"Problem": problem, "Job": job, "Options": _options(), **shared}


def _options() -> Schema:
    settings = msgspec.json.decode(read_schema("settings"))["properties"]
    properties = {
        name: {**settings[name], "description": describe(name), **_NARROWED.get(name, {})}
        for name in CHOOSABLE
    }
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "description": "Settings by the names they have everywhere.",
        "examples": [{"slide-size": "16:9", "text": "outline", "fit": "contain"}],
    }


def _object(properties: Schema, required: str, description: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "description": description,
    }


def _moved(schema: Any) -> Any:
    """Return a schema whose references lead to where OpenAPI has its own."""
    if isinstance(schema, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/")
            if key == "$ref"
            else _moved(value)
            for key, value in schema.items()
        }
    return [_moved(item) for item in schema] if isinstance(schema, list) else schema


def problems(*statuses: int) -> dict[int | str, Schema]:
    """Return the description of answers that are errors."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> Schema:
    example = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": HTTPStatus(status).phrase.lower().replace(" ", "-"),
        "detail": f"{HTTPStatus(status).phrase}.",
    }
    content = {MEDIA_TYPE: {"schema": ref("Problem"), "example": example}}
    told: Schema = {"description": HTTPStatus(status).phrase, "content": content}
    if status in (409, 429, 503):
        told["headers"] = _headers({"Retry-After": "Seconds until it may be worth trying again."})
    return told


def job_answer(description: str, *, located: bool = False) -> Schema:
    """Return the description of an answer that is a job's status."""
    state = "queued" if located else "running"
    example: Schema = {
        "id": _ID,
        "state": state,
        "created": "2026-03-01T12:00:00.000Z",
        "progress": 0.0 if located else 0.5,
        "counts": {"total": 200, "done": 99, "failed": 1, "pending": 100, "objected": 0},
        "fidelity": {} if located else {"native": 512, "rasterised": 3},
        "seconds": 0.0 if located else 1.25,
        "links": {"self": f"/batch/status/{_ID}", "events": f"/batch/{_ID}/events"},
    }
    content = {"application/json": {"schema": ref("Job"), "example": example}}
    told: Schema = {"description": description, "content": content}
    if located:
        told["headers"] = _headers(
            {"Location": "Where the job's status is.", "Retry-After": "Seconds until it is asked."}
        )
    return told


def binary_answer(description: str, media_types: Iterable[str]) -> Schema:
    """Return the description of an answer that is a file."""
    schema = {"type": "string", "format": "binary"}
    return {
        "description": description,
        "content": {media_type: {"schema": schema} for media_type in media_types},
    }


def text_answer(description: str, media_type: str, example: str) -> Schema:
    """Return the description of an answer that is text."""
    content = {media_type: {"schema": _TEXT, "example": example}}
    return {"description": description, "content": content}


def _headers(told: dict[str, str]) -> Schema:
    return {name: {"description": text, "schema": _TEXT} for name, text in told.items()}


def form(part: str, description: str, media_type: str, *, several: bool) -> Schema:
    """Return the description of a form with files and options."""
    file: Schema = {"type": "string", "format": "binary"}
    files = {"type": "array", "items": file, "minItems": 1} if several else file
    return {
        "schema": {
            "type": "object",
            "properties": {
                part: files | {"description": description},
                "options": ref("Options"),
            },
            "required": [part],
            "additionalProperties": False,
        },
        "encoding": {
            part: {"contentType": media_type},
            "options": {"contentType": "application/json"},
        },
    }
