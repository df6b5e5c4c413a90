"""Everything in the corpus of nasty files: each ends as its index expects, and nothing gets out."""

from __future__ import annotations

import csv
import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from svg2pptx_batch import BatchJobManager, JobOptions
from svg2pptx_batch.batch.report import CONVERTED, Report
from svg2pptx_batch.errors import InputError

NASTY = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "nasty"
CAP_BYTES = 300 * 2**20
CONVERT, ERROR, REFUSED = "convert", "per-file error", "batch refused"
SECRET = Path("/etc/passwd")

pytestmark = pytest.mark.skipif(not NASTY.is_dir(), reason="the corpus of nasty files is not here")


class Case(NamedTuple):
    """A line of the index."""

    path: Path
    ends: frozenset[str]


def cases(kind: str) -> list[Case]:
    """Read the lines of the index on one kind of file."""
    if not NASTY.is_dir():
        return []
    text = (NASTY / "INDEX.tsv").read_text("utf-8")
    rows = csv.reader(text.splitlines()[1:], delimiter="\t", quoting=csv.QUOTE_NONE)
    return [
        Case(NASTY / name, frozenset(filter(None, (expected, *also.split(", ")))))
        for name, _, expected, also, *_ in (row + [""] * 3 for row in rows)
        if name.startswith(f"{kind}/")
    ]


class Listener:
    """Counts who connects to the port that the corpus names."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 9))
        threading.Thread(target=self._listen, daemon=True, name="listener").start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener | None]:
    """A listener on the port the corpus names; None where that may not be had."""
    try:
        found = Listener()
    except OSError:
        yield None
        return
    yield found
    found.close()


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The folders a job may write to."""
    monkeypatch.setenv("SVG2PPTX_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("SVG2PPTX_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    return tmp_path


def convert(sources: list[Path], output: Path) -> Report:
    """Convert, with little time and memory a file."""
    options = JobOptions(jobs=2, timeout_s=20, memory_bytes=CAP_BYTES, disk_free_bytes=0)
    manager = BatchJobManager()
    return manager.start(manager.create([*map(str, sources)], str(output), job_options=options))


def parts(path: Path) -> Iterator[bytes]:
    """Yield what a deck or a ZIP of decks holds."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            if name.endswith(".pptx"):
                with zipfile.ZipFile(io.BytesIO(data)) as deck:
                    yield from map(deck.read, deck.namelist())
            else:
                yield data


def test_drawings_end_as_the_index_expects_and_nothing_gets_out(places, listener):
    told = [case for case in cases("svg") if not case.path.is_dir()]
    assert len(told) > 100
    report = convert([case.path for case in told], places / "out.zip")
    ends = {}
    for file in report.files:
        ends[file.name] = CONVERT if file.state in CONVERTED else ERROR
        if file.failed:
            assert file.message, file
            assert file.code != "defect", file
    wrong = {
        case.path.name: ends.get(case.path.name)
        for case in told
        if ends.get(case.path.name) not in case.ends
    }
    assert wrong == {}
    if SECRET.exists():
        first = SECRET.read_bytes().splitlines()[0]
        assert not any(first in part for part in parts(places / "out.zip"))
    assert listener is None or listener.connections == 0
    assert {p.name for p in places.iterdir()} == {"state", "cache", "tmp", "out.zip"}
    assert [p for p in (places / "tmp").iterdir() if not p.name.startswith("pymp-")] == []


@pytest.mark.parametrize("case", cases("zip"), ids=lambda case: case.path.name)
def test_archives_end_as_the_index_expects(places, case):
    try:
        report = convert([case.path], places / "out.pptx")
    except InputError as error:
        assert error.remedy
        assert case.path.name in error.message or case.ends >= {REFUSED}
        assert {REFUSED, ERROR} & case.ends
    else:
        assert all(file.message for file in report.failures)
        assert (ERROR if report.counts.failed else CONVERT) in case.ends
    assert {p.name for p in places.iterdir()} <= {"state", "cache", "tmp", "out.pptx"}
