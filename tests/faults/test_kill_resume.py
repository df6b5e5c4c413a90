"""Kill a job at any point; resumed, it gives the very deck, and converts nothing twice."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter

import psutil
import pytest

from svg2pptx_batch.batch.manifest import Failed, records, replay
from tests.executors.processes import worker_pids
from tests.support.jobs import (
    PHASES,
    all_gone,
    convert,
    done_ids,
    environment,
    finish,
    kill_tree,
    make_icons,
    only_job,
    phase,
    session,
    start,
    tree,
    wait_for_done,
)

COUNT = 120
MANY = 500
LINGER_S = 5
"""How long a worker may outlive its parent."""

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


@pytest.mark.parametrize("seed", [1, 2])
def test_killing_the_whole_tree_five_times(icons, expected, tmp_path, seed):
    state, deck = tmp_path / "state", tmp_path / "deck.pptx"
    chance = random.Random(seed)
    points = sorted(chance.sample(range(1, COUNT - 20), 5))
    for point in points:
        process = start(state, icons, deck, function=SLOW)
        wait_for_done(state, point, process)
        kill_tree(process)
        assert not deck.exists()
    acknowledged = done_ids(state)
    assert len(acknowledged) < COUNT
    code, events = convert(state, icons, deck)
    assert code == 0
    assert deck.read_bytes() == expected
    ids = done_ids(state)
    assert len(ids) == len(set(ids)) == COUNT
    assert ids[: len(acknowledged)] == acknowledged
    assert events[0]["resumed"] is True
    assert events[-1]["report"]["converted"] == COUNT - len(acknowledged)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deck.pptx", "state"]


@pytest.mark.parametrize("stopped", [False, True])
def test_killing_the_parent_alone_ends_its_workers(icons, expected, tmp_path, stopped):
    state, deck = tmp_path / "state", tmp_path / "deck.pptx"
    process = start(state, icons, deck, function=SLOW)
    wait_for_done(state, 10, process)
    family = tree(process)
    workers = worker_pids(process.pid)
    assert len(workers) == 2
    if stopped:
        os.kill(workers[0], signal.SIGSTOP)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert all_gone(family, LINGER_S)
    assert convert(state, icons, deck)[0] == 0
    assert deck.read_bytes() == expected
    assert len(done_ids(state)) == len(set(done_ids(state))) == COUNT


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """500 drawings, their deck, and how long it takes to plan them."""
    folder = tmp_path_factory.mktemp("many")
    icons, state = make_icons(folder / "in", MANY), folder / "state"
    process = start(state, icons, folder / "deck.pptx", heard=False)
    began = time.monotonic()
    while phase(state) == "planning" and process.poll() is None:
        time.sleep(0.002)
    planning_s = time.monotonic() - began
    assert finish(process)[0] == 0
    return icons, (folder / "deck.pptx").read_bytes(), planning_s


@pytest.mark.parametrize("runs", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_kills_at_random_points_of_every_phase(many, runs, tmp_path):
    icons, expected, planning_s = many
    chance = random.Random(runs)
    hits = Counter()
    tries = 0
    lingered_s = []
    while hits.total() < runs:
        assert tries < 2 * runs, f"too many jobs ended before they were killed: {hits}"
        aim = PHASES[tries % len(PHASES)]
        tries += 1
        state, deck = tmp_path / "state", tmp_path / "deck.pptx"
        process = start(state, icons, deck, heard=False)
        wait_for_phase(process, state, aim, planning_s, chance)
        os.kill(process.pid, signal.SIGKILL)
        began, orphans = time.monotonic(), session(process)
        process.communicate()
        match chance.choice(["all are killed", "orphans are awaited", "orphans are about"]):
            case "all are killed":
                for orphan in orphans:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        orphan.kill()
            case "orphans are awaited":
                assert all_gone(orphans, LINGER_S)
                lingered_s.append(time.monotonic() - began)
        if process.returncode == -signal.SIGKILL:
            hit = phase(state)
            hits[hit] += 1
            check_resumed(state, icons, deck, expected, ended=hit == "end")
        assert all_gone(orphans, began + LINGER_S - time.monotonic())
        shutil.rmtree(state)
        deck.unlink()
    print(f"{hits.total()} kills: {dict(hits)}; orphans lived {max(lingered_s):.2f} s at most")
    assert set(hits) == set(PHASES)


def wait_for_phase(process, state, aim, planning_s, chance):
    """Wait for a random moment of a phase."""
    match aim:
        case "planning":
            time.sleep(chance.uniform(0, planning_s))
        case "converting":
            wait_for_done(state, chance.randrange(1, MANY), process)
        case _:
            while phase(state) not in (aim, "end") and process.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.01))


def check_resumed(state, icons, deck, expected, *, ended):
    """Resume a killed job, unless it was through: nothing acknowledged is done again."""
    acknowledged = done_ids(state)
    if not ended:
        code, events = convert(state, icons, deck)
        assert code == 0
        assert events[-1]["report"]["converted"] <= MANY - len(acknowledged)
    assert deck.read_bytes() == expected
    ids = done_ids(state)
    assert len(ids) == len(set(ids)) == MANY
    assert ids[: len(acknowledged)] == acknowledged


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_in_order_and_tells_how_to_resume(icons, expected, tmp_path, number, code):
    state, deck = tmp_path / "state", tmp_path / "deck.pptx"
    process = start(state, icons, deck, function=SLOW)
    wait_for_done(state, 10, process)
    family = tree(process)
    os.kill(process.pid, number)
    exit_code, events = finish(process)
    assert exit_code == code
    report = events[-1]["report"]
    assert report["state"] == "interrupted"
    assert report["resume_command"].endswith(only_job(state).name)
    told = [e["file"]["index"] for e in events if e["event"] == "task"]
    assert len(told) == len(done_ids(state)) == report["counts"]["done"] < COUNT
    assert all_gone(family)
    assert not deck.exists()
    assert convert(state, icons, deck)[0] == 0
    assert deck.read_bytes() == expected
    assert len(done_ids(state)) == COUNT


def test_a_second_signal_ends_what_hangs(tmp_path):
    source = make_icons(tmp_path / "in", 3)
    (source / "icon0.svg").rename(source / "hang.svg")
    process = start(tmp_path / "s", source, tmp_path / "d.pptx", function=BY_NAME)
    wait_for_done(tmp_path / "s", 2, process)
    family = tree(process)
    os.kill(process.pid, signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    os.kill(process.pid, signal.SIGINT)
    assert finish(process)[0] == 130
    assert all_gone(family)
    assert len(done_ids(tmp_path / "s")) == 2


@pytest.mark.parametrize(("timeout_s", "code"), [(0.5, 1), (60, 0)])
def test_more_time_gives_a_late_file_another_try(tmp_path, timeout_s, code):
    state, deck = tmp_path / "state", tmp_path / "deck.pptx"
    source = make_icons(tmp_path / "in", 2)
    (source / "icon0.svg").rename(source / "hang0.svg")
    (source / "icon1.svg").rename(source / "hang1.svg")
    process = start(state, source, deck, function=BY_NAME, workers=1, timeout_s=0.5)
    while not failed(state) and process.poll() is None:
        time.sleep(0.01)
    kill_tree(process)
    assert len(failed(state)) == 1
    assert convert(state, source, deck, timeout_s=timeout_s)[0] == code


def failed(state):
    """Return the failures the journal speaks of."""
    return [
        record
        for journal in (state / "jobs").glob("*/journal.jsonl")
        for record in records(journal.read_bytes())
        if isinstance(record, Failed)
    ]


def test_only_what_changed_is_converted_again_whatever_the_dates_say(tmp_path):
    state, deck = tmp_path / "state", tmp_path / "deck.pptx"
    source = make_icons(tmp_path / "in", 40)
    process = start(state, source, deck, function=SLOW)
    wait_for_done(state, 20, process)
    kill_tree(process)
    history = replay(only_job(state) / "journal.jsonl")
    changed = source / f"icon{next(iter(history.results.values())).i}.svg"
    changed.write_text(changed.read_text().replace("<circle", '<circle fill="red"'))
    (source / "icon100.svg").write_text(changed.read_text())
    for path in source.iterdir():
        os.utime(path, (1, 1))
    code, events = convert(state, source, deck)
    assert code == 0
    assert events[-1]["report"]["converted"] == 40 - len(history.results) + 2
    other = tmp_path / "other" / "deck.pptx"
    assert convert(tmp_path / "another", source, other)[0] == 0
    assert deck.read_bytes() == other.read_bytes()


def test_resume_without_a_name_takes_the_newest_interrupted(icons, expected, tmp_path, monkeypatch):
    from svg2pptx_batch import Job

    state = tmp_path / "state"
    convert(state, icons / "icon0.svg", tmp_path / "finished.pptx")
    process = start(state, icons, tmp_path / "deck.pptx", function=SLOW)
    wait_for_done(state, 20, process)
    kill_tree(process)
    monkeypatch.setenv("SVG2PPTX_STATE_DIR", environment(state)["SVG2PPTX_STATE_DIR"])
    job = Job.open()
    assert job.status().state == "interrupted"
    assert 0 < job.status().counts.done < COUNT
    report = job.resume()
    assert report.exit_code == 0
    assert (tmp_path / "deck.pptx").read_bytes() == expected
    assert [s.state for s in Job.list()] == ["done", "done"]
