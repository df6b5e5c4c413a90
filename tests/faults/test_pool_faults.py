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
CALLS = 400


class Killer(threading.Thread):
    """Kills workers one after another at random, old and just started ones.

    It lets something be done after every few kills: a pool whose workers are all killed at once
    gives up, and rightly so.
    """

    def __init__(self, seed: int, outcomes: dict[str, Outcome]) -> None:
        super().__init__(name="killer")
        self.chance = random.Random(seed)
        self.outcomes = outcomes
        self.killed: list[int] = []
        self.enough = threading.Event()

    def run(self) -> None:
        seen = in_a_row = 0
        while len(self.killed) < KILLS and not self.enough.is_set():
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
    chance = random.Random(workers)
    outcomes: dict[str, Outcome] = {}
    with (
        PoolExecutor(FUNCTION, workers=workers, recycle_after=37) as pool,
        Killer(workers, outcomes) as killer,
    ):
        number = 0
        end = time.monotonic() + HANG_S
        while time.monotonic() < end:
            storm = len(killer.killed) < KILLS
            while pool.pending < 4 * workers and (number < CALLS or storm):
                order = ("note", str(tmp_path), str(number), chance.choice([0.0, 0.002, 0.02]))
                pool.submit(Call(str(number), order, HANG_S, alone=chance.random() < 0.02))
                number += 1
            if not pool.pending:
                break
            add(outcomes, pool.wait(1.0))
    assert len(killer.killed) == KILLS
    assert set(outcomes) == set(map(str, range(number)))
    crashed = [key for key, outcome in outcomes.items() if isinstance(outcome, Crashed)]
    assert 0 < len(crashed) <= KILLS
    for key, outcome in outcomes.items():
        note = tmp_path / key
        runs = len(note.read_text().splitlines()) if note.exists() else 0
        if isinstance(outcome, Completed):
            assert runs == 1, f"call {key} ran {runs} times"
        else:
            assert isinstance(outcome, Crashed), outcome
            assert runs <= 1
    assert wait_until_gone(worker_pids()) == []


def test_all_evils_at_once(tmp_path: Path) -> None:
    evils: dict[str, tuple[tuple[object, ...], type[Outcome]]] = {
        "exit": (("os_exit", 3), Crashed),
        "segfault": (("segfault",), Crashed),
        "kill": (("signal_self", signal.SIGKILL), Crashed),
        "hang": (("hang",), TimedOut),
        "native": (("hang_in_native_code",), TimedOut),
        "stop": (("stop_self",), TimedOut),
        "hog": (("hog",), OutOfMemory),
    }
    calls = [
        Call(f"{name} {index}", order, 1.5 if kind is TimedOut else HANG_S)
        for name, (order, kind) in evils.items()
        for index in range(2)
    ]
    calls += [
        Call(str(index), ("note", str(tmp_path), str(index), 0.001), HANG_S) for index in range(200)
    ]
    random.Random(0).shuffle(calls)
    outcomes: dict[str, Outcome] = {}
    with PoolExecutor(FUNCTION, workers=4, memory_bytes=300 * 2**20) as pool:
        for call in calls:
            pool.submit(call)
        end = time.monotonic() + HANG_S
        while pool.pending and time.monotonic() < end:
            add(outcomes, pool.wait(1.0))
    assert len(outcomes) == len(calls)
    for key, outcome in outcomes.items():
        name = key.split()[0]
        assert isinstance(outcome, evils[name][1] if name in evils else Completed), outcome
    assert all(len(note.read_text().splitlines()) == 1 for note in tmp_path.iterdir())
    assert wait_until_gone(worker_pids()) == []
