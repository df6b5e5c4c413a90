"""The journal survives what a crash or a bad disk does to it."""

from __future__ import annotations

import json
import os
import zlib

import pytest

from svg2pptx_batch.batch import manifest
from svg2pptx_batch.batch.manifest import Done, Ended, Failed, Journal, Opened, Retried, replay
from svg2pptx_batch.batch.objects import StoredSlide
from svg2pptx_batch.batch.report import JobState, TaskState
from svg2pptx_batch.errors import ManifestError, OutputError

BOUNDS = (60.0, 0.0, 1e6)


def done(index: int) -> Done:
    slide = StoredSlide("a.pack", 7 * index, 100 + index, "d" * 64)
    return Done(index, f"id{index}", f"key{index}", slide, 0.5, {"native": 2})


@pytest.fixture
def path(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(Opened(1, "job", "0.1", "2026-01-01T00:00:00Z", BOUNDS))
    for index in range(5):
        journal.append(done(index))
    journal.append(Failed(5, "id5", "key5", TaskState.INVALID, "xml", "bad", line=3))
    journal.close()
    return tmp_path / "journal.jsonl"


def test_what_was_written_is_read(path):
    history = replay(path)
    assert history.results["id3"] == done(3)
    assert history.results["id5"].line == 3
    assert (history.runs, history.damaged, history.ended) == (1, 0, None)


def test_lines_are_json_with_a_checksum_over_the_record(path):
    for line in path.read_bytes().splitlines():
        crc, record = line[8:16], line[len(b'{"crc":"00000000","record":') : -1]
        assert json.loads(line)["record"] == json.loads(record)
        assert int(crc, 16) == zlib.crc32(record)


def test_missing_journal_is_empty(tmp_path):
    assert replay(tmp_path / "none").results == {}


def test_every_torn_tail_costs_only_the_last_line(path):
    data = path.read_bytes()
    last = data.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(last + 1, len(data)):
        path.write_bytes(data[:cut])
        history = replay(path)
        assert set(history.results) == {f"id{i}" for i in range(5)}
        assert history.damaged == 1


def test_mending_sets_the_torn_tail_aside_and_appending_goes_on(path):
    whole = path.read_bytes()
    with path.open("ab") as stream:
        stream.write(b'{"crc":"0123')
    replay(path, mend=True)
    assert path.read_bytes() == whole
    assert path.with_name("journal.torn").read_bytes() == b'{"crc":"0123\n'
    journal = Journal(path)
    journal.append(done(6))
    journal.close()
    assert replay(path).results["id6"] == done(6)
    assert replay(path).damaged == 0


def test_a_flipped_bit_costs_at_most_the_lines_it_touches(path):
    data = path.read_bytes()
    for at in range(0, len(data), 7):
        for bit in (0, 3, 6):
            flipped = bytearray(data)
            flipped[at] ^= 1 << bit
            path.write_bytes(bytes(flipped))
            history = replay(path)
            lost = 6 - len(history.results)
            assert lost <= 2, (at, bit)
            assert history.damaged or lost == 0
            for index in range(5):
                assert history.results.get(f"id{index}") in (None, done(index))


def test_another_version_is_refused(path):
    path.write_bytes(manifest.encode_line(Opened(2, "job", "9.9", "2099", BOUNDS)))
    with pytest.raises(ManifestError, match="version 2"):
        replay(path)


def test_records_of_a_kind_not_known_are_passed_over(path):
    body = b'{"e":"sparkle","x":1}'
    with path.open("ab") as stream:
        stream.write(b'{"crc":"%08x","record":%b}\n' % (zlib.crc32(body), body))
    assert len(replay(path).results) == 6


def test_attempts_count_until_there_is_a_result(tmp_path):
    journal = Journal(tmp_path / "j")
    journal.append(Retried(1, "id1", 2, "crash"))
    journal.append(Retried(2, "id2", 2, "crash"))
    journal.append(done(1))
    journal.close()
    assert replay(tmp_path / "j").attempts == {"id2": 2}


def test_the_end_of_an_earlier_run_does_not_end_the_next(path):
    journal = Journal(path)
    journal.append(Ended(JobState.INTERRUPTED, 130))
    journal.close()
    assert replay(path).ended.exit_code == 130
    journal = Journal(path)
    journal.append(Opened(1, "job", "0.1", "2026", BOUNDS))
    journal.close()
    assert replay(path).ended is None
    assert replay(path).runs == 2


def test_a_short_write_leaves_whole_lines_only(path, monkeypatch):
    before = path.read_bytes()
    journal = Journal(path)
    real, calls = os.write, []

    def full_disk(file, data):
        calls.append(len(data))
        if len(calls) == 1:
            return real(file, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    journal.append(done(7))
    monkeypatch.setattr(os, "write", full_disk)
    with pytest.raises(OutputError, match="No space left"):
        journal.flush()
    monkeypatch.undo()
    journal.close()
    assert path.read_bytes() == before


def test_an_unwritable_journal_is_an_output_error(tmp_path):
    with pytest.raises(OutputError):
        Journal(tmp_path / "none" / "journal.jsonl")
