"""Kill storms: whatever is killed whenever, every call is accounted for, once and rightly."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Self

import pytest

from svg2pptx_batch.executors.base import Call, Completed, Crashed, Outcome, OutOfMemory, TimedOut
from svg2pptx_batch.executors.pool import PoolExecutor
from tests.executors.calls import FUNCTION, HANG_S, add
from tests.executors.processes import wait_until_gone, worker_pids

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

KILLS = 50
MANY_KILLS = 1000
CALLS = 400


class Killer(threading.Thread):
    """Kills workers one after another at random, old and just started ones.

    It lets something be done after every few kills: a pool whose workers are all killed at once
    gives up, and rightly so.
    """

    def __init__(self, seed: int, kills: int, outcomes: dict[str, Outcome]) -> None:
        super().__init__(name="killer")
        self.kills = kills
        self.chance = random.Random(seed)
        self.outcomes = outcomes
        self.killed: list[int] = []
        self.enough = threading.Event()

    def run(self) -> None:
        seen = in_a_row = 0
        while len(self.killed) < self.kills and not self.enough.is_set():
            self.enough.wait(self.chance.uniform(0, 0.03))
            if len(self.outcomes) > seen:
                seen, in_a_row = len(self.outcomes), 0
            pids = [pid for pid in worker_pids() if pid not in self.killed]
            if not pids or in_a_row == 3:
                continue
            pid = self.chance.choice(pids)
            try:
                os.kill(pid, self.chance.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV]))
            except ProcessLookupError:
                continue
            self.killed.append(pid)
            in_a_row += 1

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.enough.set()
        self.join()


@pytest.mark.parametrize("workers", [1, 3])
def test_a_storm_of_kills(tmp_path: Path, workers: int) -> None:
    _storm(tmp_path, workers, KILLS)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 3])
def test_a_long_storm_of_kills(tmp_path: Path, workers: int) -> None:
    _storm(tmp_path, workers, MANY_KILLS)


def _storm(folder: Path, workers: int, kills: int) -> None:
    """Kill workers while calls run: each call ends once, and none is blamed but by its death."""
    chance = random.Random(workers)
    outcomes: dict[str, Outcome] = {}
    with (
        PoolExecutor(FUNCTION, workers=workers, recycle_after=37) as pool,
        Killer(workers, kills, outcomes) as killer,
    ):
        number = 0
        end = time.monotonic() + HANG_S + kills
        while time.monotonic() < end:
            storm = len(killer.killed) < kills
            while pool.pending < 4 * workers and (number < CALLS or storm):
                order = ("note", str(folder), str(number), chance.choice([0.0, 0.002, 0.02]))
                pool.submit(Call(str(number), order, HANG_S, alone=chance.random() < 0.02))
                number += 1
            if not pool.pending:
                break
            add(outcomes, pool.wait(1.0))
    assert len(killer.killed) == kills
    assert set(outcomes) == set(map(str, range(number)))
    crashed = [key for key, outcome in outcomes.items() if isinstance(outcome, Crashed)]
    assert 0 < len(crashed) <= kills
    for key, outcome in outcomes.items():
        note = folder / key
        runs = len(note.read_text().splitlines()) if note.exists() else 0
        if isinstance(outcome, Completed):
            assert runs == 1, f"call {key} ran {runs} times"
        else:
            assert isinstance(outcome, Crashed), outcome
            assert runs <= 1
    assert wait_until_gone(worker_pids()) == []


MIB = 2**20
CAP = 300 * MIB
LIMIT_S = 2.0

EVILS: dict[str, tuple[tuple[object, ...], type[Outcome]]] = {
    "exit": (("os_exit", 3), Crashed),
    "segfault": (("segfault",), Crashed),
    "abort": (("abort", ""), Crashed),
    "kill": (("signal_self", signal.SIGKILL), Crashed),
    "hang": (("hang",), TimedOut),
    "native hang": (("hang_in_native_code",), TimedOut),
    "deaf hang": (("hang_without_sigterm",), TimedOut),
    "stop": (("stop_self",), TimedOut),
    "slow hog": (("hog",), OutOfMemory),
    "fast hog": (("hog_fast",), OutOfMemory),
    "numpy hog": (("hog_with_numpy",), OutOfMemory),
    "stubborn hog": (("hog_stubbornly",), OutOfMemory),
}


class Watch(threading.Thread):
    """Notes the largest size at which any worker was ever seen, looking as often as it can."""

    def __init__(self) -> None:
        super().__init__(name="watch")
        self.peak_bytes = 0
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.wait(0.005):
            for pid in worker_pids():
                for line in _status(pid):
                    if line.startswith("VmHWM:"):
                        self.peak_bytes = max(self.peak_bytes, 1024 * int(line.split()[1]))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.enough.set()
        self.join()


def _status(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return []


@pytest.mark.parametrize("workers", [1, 4])
def test_all_evils_at_once(tmp_path: Path, workers: int) -> None:
    calls = [
        Call(f"{name} {index}", order, LIMIT_S if kind is TimedOut else HANG_S)
        for name, (order, kind) in EVILS.items()
        for index in range(2)
    ]
    calls += [
        Call(str(index), ("note", str(tmp_path), str(index), 0.001), HANG_S) for index in range(200)
    ]
    random.Random(0).shuffle(calls)
    outcomes: dict[str, Outcome] = {}
    with PoolExecutor(FUNCTION, workers=workers, memory_bytes=CAP) as pool, Watch() as watch:
        for call in calls:
            pool.submit(call)
        end = time.monotonic() + HANG_S
        while pool.pending and time.monotonic() < end:
            add(outcomes, pool.wait(1.0))
    assert len(outcomes) == len(calls)
    for key, outcome in outcomes.items():
        name = key.rpartition(" ")[0]
        assert isinstance(outcome, EVILS[name][1] if name in EVILS else Completed), outcome
        if isinstance(outcome, OutOfMemory) and sys.platform == "linux":
            assert 0.8 * CAP < outcome.resident_bytes < 1.2 * CAP, outcome
    assert watch.peak_bytes < 1.2 * CAP
    notes = list(tmp_path.iterdir())
    assert len(notes) == 200
    assert all(len(note.read_text().splitlines()) == 1 for note in notes)
    assert wait_until_gone(worker_pids()) == []


@pytest.mark.parametrize("name", [name for name, (_, kind) in EVILS.items() if kind is TimedOut])
def test_what_hangs_is_ended_soon_after_its_limit(name: str) -> None:
    with PoolExecutor(FUNCTION, workers=1) as pool:
        pool.submit(Call("ready", ("echo", 1)))
        pool.wait()
        pool.submit(Call("evil", EVILS[name][0], LIMIT_S))
        pool.submit(Call("good", ("echo", 1), HANG_S))
        outcomes: dict[str, Outcome] = {}
        while pool.pending:
            add(outcomes, pool.wait(1.0))
    assert isinstance(outcomes["good"], Completed)
    evil = outcomes["evil"]
    assert isinstance(evil, TimedOut)
    assert LIMIT_S <= evil.seconds < LIMIT_S + 10, "1.6 s over it where the machine has time"
