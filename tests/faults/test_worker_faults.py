"""Workers of a job killed, stopped and cut short: every file comes to its end, none is blamed."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from svg2pptx_batch.batch.manifest import Retried, records
from svg2pptx_batch.executors.pool import _START_LIMIT_S as START_LIMIT_S
from tests.executors.calls import HANG_S
from tests.executors.processes import wait_until_gone, worker_pids
from tests.support.jobs import (
    convert,
    done_count,
    done_ids,
    finish,
    make_icons,
    only_job,
    start,
    wait_for_done,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

SLOW = "tests.support.tasks:slow"
BY_NAME = "tests.support.tasks:by_name"
FILES = 2000
MOST_KILLS = 100
RECOVERY_S = 3.0
"""How long after a limit a job may take to go on."""
NOISE_S = 5.0
"""How much longer it may take on a busy machine."""


@pytest.fixture(scope="module")
def icons(tmp_path_factory):
    return make_icons(tmp_path_factory.mktemp("icons"), FILES)


@pytest.fixture(scope="module")
def expected(icons, tmp_path_factory):
    folder = tmp_path_factory.mktemp("expected")
    assert convert(folder / "state", icons, folder / "deck.pptx")[0] == 0
    return (folder / "deck.pptx").read_bytes()


def retries(state: Path) -> list[Retried]:
    """Return the attempts the journal of the one job calls failed."""
    data = (only_job(state) / "journal.jsonl").read_bytes()
    return [record for record in records(data) if isinstance(record, Retried)]


@pytest.mark.parametrize("wanted", [50, pytest.param(1000, marks=pytest.mark.slow)])
def test_random_workers_killed_blame_no_file(icons, expected, tmp_path, wanted):
    figures = Counter()
    while figures["kills"] < wanted:
        assert figures["jobs"] < wanted / 5, f"jobs end before workers are killed: {figures}"
        seed = figures["jobs"]
        state, deck = tmp_path / str(seed), tmp_path / "deck.pptx"
        process = start(state, icons, deck, workers=2 + seed % 3, heard=False)
        kills = kill_workers(process, state, wanted - figures["kills"], random.Random(seed))
        assert finish(process)[0] == 0
        assert deck.read_bytes() == expected
        assert len(done_ids(state)) == len(set(done_ids(state))) == FILES
        repeated = retries(state)
        assert len(repeated) <= kills
        assert all("SIGKILL" in retry.reason for retry in repeated)
        figures.update(jobs=1, kills=kills, retries=len(repeated))
        shutil.rmtree(state)
    print(dict(figures))
    assert figures["retries"] > 0


def kill_workers(process, state, wanted, chance):
    """Kill workers at random, and tell how many; the last files of a job are let alone.

    A file that is with three of them one after another would rightly be blamed, and a pool whose
    workers die before they have done anything rightly gives up: so something is done in between.
    """
    kills = seen = 0
    while kills < min(wanted, MOST_KILLS) and process.poll() is None:
        done = done_count(state)
        if done >= FILES - MOST_KILLS:
            break
        if (pids := worker_pids(process.pid)) and done > seen:
            seen = done
            os.kill(chance.choice(pids), signal.SIGKILL)
            kills += 1
        time.sleep(chance.uniform(0, 0.01))
    return kills


def named(folder: Path, *names: str, icons: int = 0) -> Path:
    """Write drawings of certain names, and so many others."""
    make_icons(folder, len(names) + icons)
    for number, name in enumerate(names):
        (folder / f"icon{number}.svg").rename(folder / f"{name}.svg")
    return folder


def mark(state: Path, name: str) -> tuple[int, float]:
    """Wait until a task has left its mark; return its process and when it began."""
    path = state / f"{name}.svg.mark"
    end = time.monotonic() + HANG_S
    while not path.exists() or not path.read_text().endswith("\n"):
        assert time.monotonic() < end, f"{name} is never begun"
        time.sleep(0.002)
    pid, began = path.read_text().split()[-2:]
    return int(pid), float(began)


def rows(events: list[dict]) -> dict[str, dict]:
    """Return the rows of the report by name."""
    return {row["name"]: row for row in events[-1]["report"]["files"]}


def test_stopped_workers_are_replaced_when_their_time_is_up(tmp_path):
    state, limit_s = tmp_path / "s", 1.0
    source = named(tmp_path / "in", "stop1", "stop2", icons=100)
    process = start(state, source, tmp_path / "d.pptx", timeout_s=limit_s, function=BY_NAME)
    for name in ("stop1", "stop2"):
        pid, began = mark(state, name)
        assert wait_until_gone([pid], HANG_S) == []
        seconds = time.monotonic() - began
        print(f"a stopped worker was gone after {seconds:.1f} s of {limit_s} s")
        assert seconds < limit_s + RECOVERY_S + NOISE_S
    code, events = finish(process)
    assert code == 1
    assert {name for name, row in rows(events).items() if row["state"] != "done"} == {
        "stop1.svg",
        "stop2.svg",
    }
    assert Counter(row["state"] for row in rows(events).values()) == {"done": 100, "timeout": 2}


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_workers_that_do_not_come_to_life_cost_nothing(tmp_path, number):
    source = make_icons(tmp_path / "in", 60)
    process = start(tmp_path / "s", source, tmp_path / "d.pptx", function=SLOW)
    unborn = catch_newborn(process, number, 5 if number == signal.SIGKILL else 1)
    code, events = finish(process)
    assert code == 0
    assert unborn > 0
    assert all("attempts" not in row for row in rows(events).values())
    assert retries(tmp_path / "s") == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_the_only_worker_stopped_at_its_start_is_replaced(tmp_path):
    source = make_icons(tmp_path / "in", 20)
    process = start(tmp_path / "s", source, tmp_path / "d.pptx", workers=1)
    began = time.monotonic()
    assert catch_newborn(process, signal.SIGSTOP, 1) == 1
    assert finish(process)[0] == 0
    seconds = time.monotonic() - began
    print(f"through after {seconds:.1f} s of {START_LIMIT_S:.0f} s")
    assert seconds < START_LIMIT_S + RECOVERY_S + NOISE_S


def catch_newborn(process, number, wanted):
    """Send a signal to workers that are forked and not yet themselves; return to how many.

    Each is stopped before it is looked at: what it is then, it is when the signal comes.
    """
    seen, unborn = set(), 0
    while unborn < wanted and process.poll() is None:
        for helper in children_of(process):
            children = Path(f"/proc/{helper.pid}/task/{helper.pid}/children")
            with contextlib.suppress(OSError):
                for pid in set(map(int, children.read_text().split())) - seen:
                    seen.add(pid)
                    os.kill(pid, signal.SIGSTOP)
                    if os.getpgid(pid) == pid:
                        os.kill(pid, signal.SIGCONT)
                    else:
                        os.kill(pid, number)
                        unborn += 1
    return unborn


def children_of(process):
    """Return the children of a process, none where it is gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(process.pid).children()
    return []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_idle_workers_killed_or_stopped_cost_nothing(tmp_path, number):
    state, source = tmp_path / "s", named(tmp_path / "in", "wait", icons=20)
    process = start(state, source, tmp_path / "d.pptx", workers=3, function=BY_NAME)
    busy, _ = mark(state, "wait")
    wait_for_done(state, 20, process)
    idle = [pid for pid in worker_pids(process.pid) if pid != busy]
    assert idle
    for pid in idle:
        os.kill(pid, number)
    began = time.monotonic()
    (state / "go").touch()
    code, events = finish(process)
    seconds = time.monotonic() - began
    print(f"through {seconds:.1f} s later")
    assert code == 0
    assert all("attempts" not in row for row in rows(events).values())
    assert seconds < RECOVERY_S + NOISE_S
    assert wait_until_gone(idle, RECOVERY_S) == []


def test_an_answer_cut_in_the_middle_is_no_answer(tmp_path):
    state, limit_s = tmp_path / "s", 1.0
    source = named(tmp_path / "in", "cut1", "cut2", "stuck1", icons=20)
    process = start(
        state, source, tmp_path / "d.pptx", workers=2, timeout_s=limit_s, function=BY_NAME
    )
    pid, began = mark(state, "stuck1")
    assert wait_until_gone([pid], HANG_S) == []
    seconds = time.monotonic() - began
    code, events = finish(process)
    assert code == 1
    files = rows(events)
    assert files.pop("stuck1.svg")["state"] == "timeout"
    assert {row["state"] for row in files.values()} == {"done"}
    assert {name for name, row in files.items() if row.get("attempts") == 2} == {
        "cut1.svg",
        "cut2.svg",
    }
    print(f"ended {seconds:.1f} s after its beginning, of {limit_s} s")
    assert seconds < limit_s + RECOVERY_S + NOISE_S
