"""Workers that are stopped or killed at every stage of their life."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from svg2pptx_batch.executors.base import Call, Completed, Crashed, TimedOut
from tests.executors.at_start import function
from tests.executors.calls import HANG_S, add, collect, run, submit
from tests.executors.conftest import MakePool
from tests.executors.processes import is_alive, wait_until_gone, worker_pids

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

PATIENCE_S = 25.0
"""What a recovery may take on a busy machine. It takes 2 s here, and would 60 s if nobody cared."""

BIG = 64 * 2**20


@pytest.mark.parametrize(
    ("action", "workers"),
    [("stop_first", 1), ("stop_first", 3), ("stop_first_two", 2)],
)
def test_workers_stopped_at_start_are_replaced(
    make_pool: MakePool, tmp_path: Path, action: str, workers: int
) -> None:
    pool = make_pool(workers, function=function(action, tmp_path))
    began = time.monotonic()
    outcomes = run(pool, *[("note_pid", 0.01)] * 20)
    assert time.monotonic() - began < PATIENCE_S
    assert all(isinstance(outcome, Completed) for outcome in outcomes)
    pool.__exit__()
    assert not any(is_alive(int(file.name)) for file in tmp_path.iterdir())


def test_a_worker_that_is_slow_to_start_is_welcome(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(1, function=function("sleep_first", tmp_path))
    outcomes = run(pool, *[("note_pid", 0.1)] * 20)
    assert all(isinstance(outcome, Completed) for outcome in outcomes)
    others = {int(file.name) for file in tmp_path.iterdir()} - {outcomes[-1].value}
    assert wait_until_gone(list(others)) == []


@pytest.mark.parametrize("action", ["kill_first", "kill_first_three"])
def test_workers_killed_at_start_are_replaced(
    make_pool: MakePool, tmp_path: Path, action: str
) -> None:
    pool = make_pool(2, function=function(action, tmp_path))
    outcomes = run(pool, *[("echo", index) for index in range(20)])
    assert [outcome.value for outcome in outcomes] == list(range(20))


@pytest.mark.parametrize("limit_s", [None, HANG_S, 0.5])
def test_a_worker_stopped_while_idle_costs_no_call(
    make_pool: MakePool, limit_s: float | None
) -> None:
    pool = make_pool(1)
    (before,) = run(pool, ("pid",))
    os.kill(before.value, signal.SIGSTOP)
    began = time.monotonic()
    pool.submit(Call("after", ("pid",), limit_s))
    after = collect(pool)["after"]
    assert time.monotonic() - began < PATIENCE_S
    assert isinstance(after, Completed)
    assert after.value != before.value
    pool.__exit__()
    assert not is_alive(before.value)


def test_an_alone_call_outlives_a_stopped_worker(make_pool: MakePool) -> None:
    pool = make_pool(1)
    end = time.monotonic() + HANG_S
    while not (pids := worker_pids()) and time.monotonic() < end:
        time.sleep(0.01)
    (stopped,) = pids
    time.sleep(0.3)
    os.kill(stopped, signal.SIGSTOP)
    pool.submit(Call("alone", ("pid",), HANG_S, alone=True))
    outcome = collect(pool)["alone"]
    assert isinstance(outcome, Completed)
    assert outcome.value != stopped


def test_a_worker_stopped_between_two_calls_costs_none(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(2)
    submit(pool, *[("note", str(tmp_path), str(index), 0.001) for index in range(300)])
    outcomes: dict[str, object] = {}
    add(outcomes, pool.wait(HANG_S))
    (stopped, *_) = worker_pids()
    os.kill(stopped, signal.SIGSTOP)
    end = time.monotonic() + HANG_S
    while pool.pending and time.monotonic() < end and len(outcomes) < 299:
        add(outcomes, pool.wait(0.5))
    if is_alive(stopped):
        os.kill(stopped, signal.SIGCONT)
    outcomes |= collect(pool)
    assert all(isinstance(outcome, Completed) for outcome in outcomes.values())
    assert all(len(note.read_text().splitlines()) == 1 for note in tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_worker_killed_while_idle_costs_no_call(make_pool: MakePool, number: int) -> None:
    pool = make_pool(2)
    run(pool, *[("note_pid", 0.02)] * 10)
    pids = worker_pids()
    for pid in pids:
        os.kill(pid, number)
    outcomes = run(pool, *[("note_pid", 0.01)] * 10)
    assert all(isinstance(outcome, Completed) for outcome in outcomes)
    assert not {outcome.value for outcome in outcomes} & set(pids)


@pytest.mark.parametrize(
    ("number", "kind"), [(signal.SIGSTOP, TimedOut), (signal.SIGKILL, Crashed)]
)
def test_a_worker_struck_while_it_answers_costs_one_call(
    make_pool: MakePool, number: int, kind: type[object]
) -> None:
    pool = make_pool(1)
    (ready,) = run(pool, ("pid",))
    pool.submit(Call("big", ("big", BIG), 3.0))
    assert pool.wait(0.0) == []
    time.sleep(1.0)  # the pipe is full long since: nobody reads
    os.kill(ready.value, number)
    submit(pool, *[("echo", index) for index in range(20)])
    began = time.monotonic()
    outcomes = collect(pool)
    assert time.monotonic() - began < PATIENCE_S
    assert isinstance(outcomes.pop("big"), kind)
    assert [outcomes[str(index)].value for index in range(20)] == list(range(20))
    assert not is_alive(ready.value)


def test_leaving_the_block_ends_stopped_workers(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(2)
    run(pool, *[("note_pid", 0.02)] * 10)
    pids = worker_pids()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    pool.__exit__()
    assert not any(map(is_alive, pids))
