"""The journal or the slides of a job damaged: it is seen, and only what is affected is redone."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from svg2pptx_batch.batch.manifest import Done, Opened, Retried, records, replay
from tests.support.jobs import (
    convert,
    done_ids,
    kill_tree,
    make_icons,
    only_job,
    start,
    wait_for_done,
)

COUNT = 120
FEW = 40
SLOW = "tests.support.tasks:slow"
BY_NAME = "tests.support.tasks:by_name"


@pytest.fixture(scope="module")
def icons(tmp_path_factory):
    return make_icons(tmp_path_factory.mktemp("icons"), COUNT)


@pytest.fixture(scope="module")
def expected(icons, tmp_path_factory):
    folder = tmp_path_factory.mktemp("expected")
    assert convert(folder / "state", icons, folder / "deck.pptx")[0] == 0
    return (folder / "deck.pptx").read_bytes()


def kill_after_40(state, source, deck):
    """Run a job until 40 files are done, and kill all of it."""
    process = start(state, source, deck, function=SLOW)
    wait_for_done(state, 40, process)
    kill_tree(process)


def test_results_acknowledged_survive_a_damaged_journal(icons, expected, tmp_path):
    state, deck = tmp_path / "state", tmp_path / "deck.pptx"
    kill_after_40(state, icons, deck)
    journal = only_job(state) / "journal.jsonl"
    data = bytearray(journal.read_bytes())
    lines = data.split(b"\n")
    before = len(done_ids(state))
    data[len(lines[0]) + 1 + len(lines[1]) // 2] ^= 4
    journal.write_bytes(bytes(data) + b'{"crc":"00')
    code, events = convert(state, icons, deck)
    assert code == 0
    assert deck.read_bytes() == expected
    assert events[-1]["report"]["converted"] == COUNT - (before - 1)
    assert [e["code"] for e in events if e["event"] == "warning"] == ["journal-damaged"]
    assert (only_job(state) / "journal.torn").read_bytes() == b'{"crc":"00\n'


def test_a_damaged_or_missing_slide_is_converted_again(icons, expected, tmp_path):
    state, deck = tmp_path / "state", tmp_path / "deck.pptx"
    kill_after_40(state, icons, deck)
    job = only_job(state)
    results = list(replay(job / "journal.jsonl").results.values())
    for number, result in enumerate(results[:2]):
        pack = job / "objects" / result.slide.pack
        data = bytearray(pack.read_bytes())
        data[result.slide.offset + number * (result.slide.size - 1)] ^= 1
        pack.write_bytes(data)
    code, events = convert(state, icons, deck)
    assert code == 0
    assert deck.read_bytes() == expected
    assert events[-1]["report"]["converted"] == COUNT - len(results) + 2


def test_a_missing_pack_costs_what_lay_in_it(icons, expected, tmp_path):
    state, deck = tmp_path / "state", tmp_path / "deck.pptx"
    kill_after_40(state, icons, deck)
    job = only_job(state)
    results = list(replay(job / "journal.jsonl").results.values())
    lost = results[0].slide.pack
    (job / "objects" / lost).unlink()
    kept = sum(result.slide.pack != lost for result in results)
    code, events = convert(state, icons, deck)
    assert code == 0
    assert deck.read_bytes() == expected
    assert events[-1]["report"]["converted"] == COUNT - kept


@dataclass
class Interrupted:
    """A job of 40 files that was killed when one was left, after one had been tried again."""

    source: Path
    state: Path
    deck: Path
    expected: bytes
    journal: bytes

    def resume(self, folder: Path, data: bytes) -> tuple[int, list[dict], list[str]]:
        """Resume a copy of the job that has another journal; return the ids done in it, too."""
        shutil.copytree(self.state, folder)
        (only_job(folder) / "journal.jsonl").write_bytes(data)
        code, events = convert(folder, self.source, self.deck)
        ids = done_ids(folder)
        shutil.rmtree(folder)
        return code, events, ids


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("interrupted")
    source, state, deck = make_icons(folder / "in", FEW), folder / "state", folder / "deck.pptx"
    for number, name in enumerate(["wait", "once"]):
        (source / f"icon{number}.svg").rename(source / f"{name}.svg")
    assert convert(folder / "other", source, deck)[0] == 0
    expected = deck.read_bytes()
    process = start(state, source, deck, workers=3, function=BY_NAME)
    wait_for_done(state, FEW - 1, process)
    kill_tree(process)
    journal = (only_job(state) / "journal.jsonl").read_bytes()
    kinds = Counter(type(record) for record in records(journal))
    assert kinds == {Opened: 1, Done: FEW - 1, Retried: 1}
    return Interrupted(source, state, deck, expected, journal)


def ends(data: bytes) -> list[int]:
    """Return where the lines of a journal end, line ends included."""
    return [at + 1 for at, byte in enumerate(data) if byte == ord("\n")]


def believed(data: bytes) -> set[str]:
    """Return the ids of what a journal says was done."""
    return {record.id for record in records(data) if isinstance(record, Done)}


def test_every_cut_is_seen_and_costs_what_was_cut_off(interrupted, tmp_path):
    whole = interrupted.journal
    path = tmp_path / "journal.jsonl"
    path.write_bytes(whole)
    for at in reversed(range(len(whole))):
        os.truncate(path, at)
        history = replay(path)
        kept = whole[: whole[:at].rfind(b"\n") + 1]
        assert history.damaged == (len(kept) < at), at
        assert set(history.results) == believed(kept), at
    print(f"{len(whole)} cuts")


@pytest.mark.parametrize("share", [0.02, pytest.param(1, marks=pytest.mark.slow)])
def test_every_flipped_bit_is_seen_and_costs_the_lines_it_touches(interrupted, tmp_path, share):
    whole = interrupted.journal
    lines = whole.splitlines(keepends=True)
    flips = set(random.Random(0).sample(range(8 * len(whole)), int(share * 8 * len(whole))))
    flips |= {8 * (end - 1) + bit for end in ends(whole) for bit in range(8)}
    path = tmp_path / "journal.jsonl"
    path.write_bytes(whole)
    with path.open("r+b", buffering=0) as file:
        for flip in sorted(flips):
            at = flip // 8
            os.pwrite(file.fileno(), bytes([whole[at] ^ 1 << flip % 8]), at)
            history = replay(path)
            line = whole[:at].count(b"\n")
            touched = lines[line : line + (2 if whole[at : at + 1] == b"\n" else 1)]
            assert history.damaged > 0, flip
            assert set(history.results) == believed(whole) - believed(b"".join(touched)), flip
            os.pwrite(file.fileno(), whole[at : at + 1], at)
    print(f"{len(flips)} bits of {len(whole)} bytes")


@pytest.mark.parametrize("sample", [6, pytest.param(60, marks=pytest.mark.slow)])
def test_a_job_with_a_cut_journal_does_what_was_cut_off(interrupted, tmp_path, sample):
    whole = interrupted.journal
    chance = random.Random(sample)
    cuts = [0, 1, chance.choice(ends(whole)), *chance.sample(range(len(whole)), sample - 3)]
    for at in cuts:
        code, events, ids = interrupted.resume(tmp_path / "state", whole[:at])
        kept = believed(whole[:at][: whole[:at].rfind(b"\n") + 1])
        assert code == 0
        assert interrupted.deck.read_bytes() == interrupted.expected
        assert events[-1]["report"]["converted"] == FEW - len(kept)
        assert len(ids) == len(set(ids)) == FEW
        torn = at > 0 and at not in ends(whole)
        assert [e["code"] for e in events if e["event"] == "warning"] == ["journal-damaged"] * torn


@pytest.mark.parametrize("sample", [6, pytest.param(60, marks=pytest.mark.slow)])
def test_a_job_with_a_flipped_bit_does_what_the_line_spoke_of(interrupted, tmp_path, sample):
    whole = interrupted.journal
    chance = random.Random(sample)
    for _ in range(sample):
        flipped = bytearray(whole)
        flipped[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        code, events, ids = interrupted.resume(tmp_path / "state", bytes(flipped))
        whole_part = bytes(flipped[: flipped.rfind(b"\n") + 1])
        assert code == 0
        assert interrupted.deck.read_bytes() == interrupted.expected
        assert events[-1]["report"]["converted"] == FEW - len(believed(whole_part))
        assert len(ids) == len(set(ids)) == FEW
        assert [e["code"] for e in events if e["event"] == "warning"] == ["journal-damaged"]
