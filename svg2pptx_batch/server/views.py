"""What clients are told of a job: nothing of this machine, its folders and its other users.

Nor is it told of a file whether its slide came from the cache, which all share: that is no business
of who did not convert it before. How quickly a job ends still hints at it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from svg2pptx_batch.batch.events import Event, Start, Summary
from svg2pptx_batch.batch.report import FileReport, JobState, Status, TaskState
from svg2pptx_batch.places import cache_dir, state_dir
from svg2pptx_batch.server.store import Record, Store

QUEUED = "queued"
DOWNLOADABLE = frozenset({JobState.DONE, JobState.PARTIAL})
_HIDDEN = "…"


class Scrubber:
    """Takes paths of this machine out of texts.

    Args:
        store: Whose folders are taken out.
        more: Further paths of the operator's.
    """

    def __init__(self, store: Store, more: tuple[str, ...] = ()) -> None:
        self._store = store
        places = [store.folder, state_dir(), cache_dir(), Path(tempfile.gettempdir())]
        places += [Path.home(), Path.cwd(), Path(sys.prefix), Path(__file__).parents[2]]
        texts = {*map(str, places), *map(os.path.realpath, places), *filter(None, more)}
        self._hidden = sorted((t for t in texts if len(t) > 3), key=len, reverse=True)
        self._marks = [msgspec.json.encode(text)[1:-1] for text in self._hidden]

    def encode(self, value: object, record: Record) -> bytes:
        """Return a value as JSON without such paths; a job's own files keep a name."""
        data = msgspec.json.encode(value)
        if any(mark in data for mark in self._marks):  # seldom, and slow
            return msgspec.json.encode(self._clean(msgspec.json.decode(data), record))
        return data

    def _clean(self, value: Any, record: Record) -> Any:
        if isinstance(value, str):
            return self._text(value, record) if "/" in value or "\\" in value else value
        if isinstance(value, dict):
            return {key: self._clean(item, record) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._clean(item, record) for item in value]
        return value

    def _text(self, text: str, record: Record) -> str:
        own = os.fspath(self._store.input(record))
        for spelling in (own, os.path.realpath(own)):
            text = text.replace(spelling + os.sep, "").replace(spelling, "the upload")
        for place in self._hidden:
            text = text.replace(place, _HIDDEN)
        return text


def status_of(
    record: Record,
    state: str,
    status: Status | None,
    *,
    position: int | None = None,
    rows: bool = True,
) -> dict[str, Any]:
    """Return a job's status, paths not yet taken out.

    Args:
        record: The job.
        state: Where it stands.
        status: What the conversion's own job says, None before there is one.
        position: Place in the queue, from 1.
        rows: Whether there is a row a file.
    """
    counts = status.counts if status else None
    ended = record.state is not None
    total = counts.total if counts else 0
    through = (counts.done + counts.failed) / total if counts and total else 0.0
    told: dict[str, Any] = {
        "id": record.id,
        "state": state,
        "created": _moment(record.created),
        "progress": 1.0 if ended else round(min(through, 0.99), 4),
        "counts": {
            "total": total,
            "done": counts.done if counts else 0,
            "failed": counts.failed if counts else 0,
            "pending": counts.pending if counts else 0,
            "objected": counts.objected if counts else 0,
        },
        "fidelity": status.fidelity if status else {},
        "seconds": status.seconds if status else 0.0,
        "links": {"self": f"/batch/status/{record.id}", "events": f"/batch/{record.id}/events"},
    }
    if ended:
        told["ended"] = _moment(record.ended)
    if position is not None:
        told["position"] = position
    if record.state in DOWNLOADABLE:
        told["links"]["download"] = f"/batch/download/{record.id}"
        told["result"] = {"name": record.output_name, "bytes": record.size_bytes}
    if record.code:
        told["error"] = {"code": record.code, "message": record.error}
    if rows:
        told["files"] = [_row(file) for file in status.files] if status else []
    return told


def event_of(event: Event, record: Record, scrubber: Scrubber) -> tuple[str, bytes]:
    """Return an event's name and its data, JSON."""
    told: dict[str, Any] = msgspec.to_builtins(event)
    name = told["event"]
    match event:
        case Start():
            told["job"] = record.id
            del told["folder"], told["output"]
        case Summary(report=report):
            told["report"] = {
                "state": str(report.state),
                "counts": told["report"]["counts"],
                "fidelity": report.fidelity,
                "seconds": report.seconds,
                "error": report.error,
            }
            told["report"]["counts"].pop("cached", None)
    if "file" in told:
        told["file"] = _row(event.file)  # type: ignore[union-attr]
    told.pop("cached", None)
    if "counts" in told:
        told["counts"].pop("cached", None)
    return name, scrubber.encode(told, record)


def _row(file: FileReport) -> FileReport:
    """Return a file's row as clients get it."""
    if file.state is TaskState.CACHED:
        return msgspec.structs.replace(file, state=TaskState.DONE)
    if file.quarantine:
        return msgspec.structs.replace(file, quarantine="")
    return file


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
