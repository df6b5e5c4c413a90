"""The journal under any sequence of records, cuts, flipped bits and interrupted writers."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from svg2pptx_batch.batch.manifest import (
    VERSION,
    Done,
    Ended,
    Failed,
    Journal,
    Opened,
    Retried,
    Staged,
    encode_line,
    records,
    replay,
)
from svg2pptx_batch.batch.objects import StoredSlide
from svg2pptx_batch.batch.report import JobState, TaskState
from svg2pptx_batch.diagnostics import Diagnostic, Fidelity
from svg2pptx_batch.errors import ManifestError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
COUNT = st.integers(0, 2**53)
SECONDS = st.floats(0, 1e9)
IDS = st.sampled_from(["a", "b", "c", "é\n“", ""])
BOUNDS = st.tuples(SECONDS, SECONDS, SECONDS)
STATES = st.sampled_from(list(TaskState))
JOB_STATES = st.sampled_from(list(JobState))
DIAGNOSTICS = st.builds(
    Diagnostic, TEXT, TEXT, st.sampled_from([None, *Fidelity]), element=TEXT, line=COUNT
)
OPENED = st.builds(Opened, st.just(VERSION), TEXT, TEXT, TEXT, BOUNDS)
DONE = st.builds(
    Done,
    COUNT,
    IDS,
    TEXT,
    st.builds(StoredSlide, TEXT, COUNT, COUNT, TEXT),
    SECONDS,
    st.dictionaries(TEXT, COUNT, max_size=2),
    st.lists(DIAGNOSTICS, max_size=2).map(tuple),
    attempts=st.integers(1, 9),
)
FAILED = st.builds(
    Failed, COUNT, IDS, TEXT, STATES, TEXT, TEXT, st.none() | COUNT, st.none() | TEXT, SECONDS
)
RETRIED = st.builds(Retried, COUNT, IDS, st.integers(1, 9), TEXT)
ENDED = st.builds(
    Ended, JOB_STATES, st.integers(0, 255), st.lists(TEXT, max_size=2).map(tuple), TEXT
)
RECORDS = st.lists(
    st.one_of(OPENED, DONE, FAILED, RETRIED, st.builds(Staged, JOB_STATES), ENDED), max_size=8
)
SAMPLE = (
    Opened(VERSION, "job", "0.1", "2026-01-01T00:00:00Z", (60.0, 0.0, 1e6)),
    Retried(1, "b", 2, "crash"),
    Done(0, "a", "k", StoredSlide("p", 7, 9, "d" * 8), 0.5, {"native": 2}),
    Failed(1, "b", "k", TaskState.INVALID, "xml", "bad “é”", line=3),
    Ended(JobState.PARTIAL, 1, ("deck.pptx",)),
)


def written(items) -> bytes:
    return b"".join(map(encode_line, items))


def whole_lines(items, size: int) -> list:
    """Return the records whose lines lie within the first so many bytes."""
    found, at = [], 0
    for item in items:
        at += len(encode_line(item))
        if at > size:
            break
        found.append(item)
    return found


def expected(items) -> tuple[dict, dict]:
    """Return results and attempts as a journal of one bound has them."""
    results, attempts = {}, {}
    for item in items:
        if isinstance(item, Done | Failed):
            results[item.id] = item
            attempts.pop(item.id, None)
        elif isinstance(item, Retried):
            attempts[item.id] = item.attempt
    return results, attempts


@given(RECORDS)
def test_what_is_written_is_read(items):
    data = written(items)
    assert list(records(data)) == items
    assert data.count(b"\n") == len(items), "a record is a line, whatever its texts hold"


@given(RECORDS)
@settings(max_examples=40, deadline=None)
def test_a_cut_at_any_byte_leaves_the_whole_lines_before_it(items):
    data = written(items)
    for cut in range(len(data) + 1):
        assert list(records(data[:cut])) == whole_lines(items, cut)


def test_mending_after_a_cut_at_every_byte(tmp_path):
    data = written(SAMPLE)
    path, torn = tmp_path / "journal", tmp_path / "journal.torn"
    for cut in range(len(data) + 1):
        path.write_bytes(data[:cut])
        torn.unlink(missing_ok=True)
        whole = whole_lines(SAMPLE, cut)
        is_torn = written(whole) != data[:cut]
        before = replay(path)
        assert path.read_bytes() == data[:cut], "looking changes nothing"
        mended = replay(path, mend=True)
        assert path.read_bytes() == written(whole)
        assert torn.exists() == is_torn
        if is_torn:
            assert torn.read_bytes() == data[len(written(whole)) : cut] + b"\n"
        assert before == mended
        assert (mended.results, mended.attempts) == expected(whole)
        assert mended.damaged == is_torn
        assert replay(path).damaged == 0


def check_flip(items, at: int, bit: int) -> None:
    """Flip a bit: what it hits is lost and known to be, everything else is there unchanged."""
    data = bytearray(written(items))
    is_end = data[at] == ord("\n")
    data[at] ^= 1 << bit
    found = list(records(bytes(data)))
    hit = len(whole_lines(items, at))
    lost = {hit, hit + 1} if is_end else {hit}
    kept = [item for number, item in enumerate(items) if number not in lost]
    assert [item for item in found if item is not None] == kept
    is_torn = not data.endswith(b"\n")
    assert None in found or is_torn, "a flip is never overlooked"


def test_every_flip_of_every_bit_of_a_journal():
    for at in range(len(written(SAMPLE))):
        for bit in range(8):
            check_flip(SAMPLE, at, bit)


@given(RECORDS, st.data())
def test_flips_of_bits_of_any_journal(items, data):
    assume(items)
    at = data.draw(st.integers(0, len(written(items)) - 1))
    check_flip(items, at, data.draw(st.integers(0, 7)))


@given(RECORDS, RECORDS, st.binary(max_size=60))
def test_junk_between_lines_costs_nothing_else(before, after, junk):
    assume(not junk.startswith(b'{"crc":'))
    data = written(before) + junk + b"\n" + written(after)
    assert [item for item in records(data) if item is not None] == [*before, *after]
    assert None in records(data)


@given(RECORDS, OPENED, st.integers(-(2**40), 2**40).filter(lambda v: v != VERSION), RECORDS)
def test_another_version_is_refused_wherever_it_stands(before, opened, version, after):
    other = Opened(version, opened.job, opened.converter, opened.ts, opened.bounds)
    with pytest.raises(ManifestError, match=f"version {version};"):
        list(records(written([*before, other, *after])))


@given(st.lists(RECORDS, min_size=1, max_size=3), BOUNDS)
@settings(deadline=None)
def test_runs_one_after_another_are_read_as_one_history(runs, bounds):
    items = []
    for run in runs:
        items.append(Opened(VERSION, "job", "0.1", "2026", bounds))
        items += [item for item in run if not isinstance(item, Opened)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal"
        path.write_bytes(written(items))
        history = replay(path)
    assert (history.results, history.attempts) == expected(items)
    assert (history.runs, history.damaged, history.bounds) == (len(runs), 0, bounds)
    last = items[max(n for n, item in enumerate(items) if isinstance(item, Opened)) :]
    ends = [item for item in last if isinstance(item, Ended)]
    assert history.ended == (ends[-1] if ends else None)


class Writers(RuleBasedStateMachine):
    """Writers one after another, some of them killed, some of their last bytes lost."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "journal"
        self.on_disk: list = []
        self.gathered: list = []
        self.journal: Journal | None = None

    @precondition(lambda self: self.journal is None)
    @rule()
    def open(self):
        history = replay(self.path, mend=True)
        assert (history.results, history.attempts) == expected(self.on_disk)
        self.journal = Journal(self.path)

    @precondition(lambda self: self.journal is not None)
    @rule(item=st.one_of(DONE, FAILED, RETRIED))
    def append(self, item):
        self.journal.append(item)
        self.gathered.append(item)
        assert self.journal.gathered == len(self.gathered)

    @precondition(lambda self: self.journal is not None)
    @rule()
    def flush(self):
        self.journal.flush()
        self.on_disk += self.gathered
        self.gathered = []
        assert self.path.read_bytes() == written(self.on_disk)

    @precondition(lambda self: self.journal is not None)
    @rule()
    def close(self):
        self.journal.close()
        self.journal = None
        self.on_disk += self.gathered
        self.gathered = []

    @precondition(lambda self: self.journal is None and self.on_disk)
    @rule(data=st.data())
    def lose_bytes(self, data):
        size = self.path.stat().st_size
        left = data.draw(st.integers(max(0, size - 300), size))
        with self.path.open("r+b") as stream:
            stream.truncate(left)
        self.on_disk = whole_lines(self.on_disk, left)

    @precondition(lambda self: self.journal is None and self.path.exists())
    @rule(junk=st.binary(min_size=1, max_size=30).filter(lambda junk: b"\n" not in junk))
    def tear(self, junk):
        with self.path.open("ab") as stream:
            stream.write(junk)

    def teardown(self):
        if self.journal is not None:
            self.close()
        if self.path.exists():
            history = replay(self.path, mend=True)
            assert (history.results, history.attempts) == expected(self.on_disk)
            assert self.path.read_bytes() == written(self.on_disk)
        shutil.rmtree(self.folder)


class TestWriters(Writers.TestCase):
    settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
