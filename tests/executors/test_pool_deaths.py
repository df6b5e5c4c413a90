"""The pool while its workers die, hang, stop and grow."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from svg2pptx_batch.errors import ExecutorError
from svg2pptx_batch.executors import pool as pool_module
from svg2pptx_batch.executors.base import Call, Completed, Crashed, OutOfMemory, TimedOut
from svg2pptx_batch.executors.black_box import BlackBox
from tests.executors.at_start import function
from tests.executors.calls import HANG_S, add, collect, collect_some, run, submit
from tests.executors.conftest import MakePool
from tests.executors.processes import fork_server_pid, wait_until_gone, worker_pids

if sys.platform != "win32":
    import resource

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@contextmanager
def no_descriptors() -> Iterator[None]:
    """Nothing can be opened inside the block."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(entry.name) for entry in Path("/dev/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, limits[1]))
    held = []
    try:
        while True:
            try:
                held.append(os.dup(0))
            except OSError:
                break
        yield
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (("os_exit", 7), 7),
        (("os_exit", 0), 0),
        (("signal_self", signal.SIGKILL), -signal.SIGKILL),
        (("signal_self", signal.SIGTERM), -signal.SIGTERM),
        (("segfault",), -signal.SIGSEGV),
    ],
)
def test_a_crash_convicts_its_call_alone(
    make_pool: MakePool, tmp_path: Path, order: tuple[object, ...], code: int
) -> None:
    pool = make_pool(2)
    orders: list[tuple[object, ...]] = [
        ("note", str(tmp_path), str(index), 0.001) for index in range(120)
    ]
    orders[60] = order
    outcomes = run(pool, *orders)
    guilty = outcomes.pop(60)
    assert isinstance(guilty, Crashed)
    assert guilty.exit_code == code
    assert all(isinstance(outcome, Completed) for outcome in outcomes)
    assert all(len(note.read_text().splitlines()) == 1 for note in tmp_path.iterdir())


def test_a_crash_keeps_the_last_words(make_pool: MakePool) -> None:
    pool = make_pool(1)
    silent, worded, native = run(
        pool, ("signal_self", signal.SIGKILL), ("os_exit", 7), ("segfault",)
    )
    assert isinstance(silent, Crashed)
    assert silent.stderr == ""
    assert isinstance(worded, Crashed)
    assert worded.stderr == "last words"
    assert isinstance(native, Crashed)
    assert "do_segfault" in native.stderr


@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_the_last_words_are_bounded(make_pool: MakePool, seconds: float) -> None:
    (outcome,) = run(make_pool(1), ("flood", seconds))
    assert isinstance(outcome, Crashed)
    assert outcome.stderr.endswith("the very end")
    assert len(outcome.stderr) <= 4096


def test_the_last_words_are_of_the_last_call(make_pool: MakePool) -> None:
    *_, crashed = run(make_pool(1), ("print", "of another"), ("echo", 1), ("os_exit", 7))
    assert isinstance(crashed, Crashed)
    assert crashed.stderr == "last words"


def test_every_call_may_crash(make_pool: MakePool) -> None:
    outcomes = run(make_pool(2), *[("os_exit", index) for index in range(30)])
    assert [outcome.exit_code for outcome in outcomes] == list(range(30))


def test_whatever_hangs_is_ended(make_pool: MakePool) -> None:
    pool = make_pool(5)
    orders = ["hang", "hang_in_native_code", "hang_without_sigterm", "stop_self"]
    for order in orders:
        pool.submit(Call(order, (order,), 0.3))
    pool.submit(Call("good", ("echo", 1), HANG_S))
    outcomes = collect(pool)
    assert isinstance(outcomes.pop("good"), Completed)
    for outcome in outcomes.values():
        assert isinstance(outcome, TimedOut)
        assert outcome.seconds >= 0.3


def test_calls_behind_a_hanging_one_are_done_once(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(1)
    run(pool, *[("echo", index) for index in range(20)])
    pool.submit(Call("hang", ("hang_without_sigterm",), 0.3))
    for index in range(20):
        pool.submit(Call(str(index), ("note", str(tmp_path), str(index), 0.0), HANG_S))
    outcomes = collect(pool)
    assert isinstance(outcomes.pop("hang"), TimedOut)
    assert all(isinstance(outcome, Completed) for outcome in outcomes.values())
    assert all(len(note.read_text().splitlines()) == 1 for note in tmp_path.iterdir())


def test_children_of_a_hanging_call_end_with_it(make_pool: MakePool, tmp_path: Path) -> None:
    report = tmp_path / "child"
    pool = make_pool(1)
    submit(pool, ("leave_child", str(report)), timeout_s=1.0)
    outcomes = collect(pool)
    assert isinstance(outcomes["0"], TimedOut)
    assert wait_until_gone([int(report.read_text())]) == []


def test_a_call_that_takes_too_much_memory_is_ended(make_pool: MakePool) -> None:
    limit = 300 * 2**20
    hog, good = run(make_pool(2, memory_bytes=limit), ("hog",), ("echo", 1))
    assert isinstance(hog, OutOfMemory)
    assert hog.resident_bytes > limit
    assert isinstance(good, Completed)


def test_a_worker_that_loses_its_pipes_is_replaced(make_pool: MakePool) -> None:
    lost, good = run(make_pool(1), ("close_descriptors",), ("echo", 1))
    assert isinstance(lost, Crashed)
    assert isinstance(good, Completed)


def test_an_idle_workers_death_convicts_nobody(make_pool: MakePool) -> None:
    pool = make_pool(2)
    for _ in range(5):
        run(pool, *[("sleep", 0.01)] * 4)
        for pid in worker_pids():
            os.kill(pid, signal.SIGKILL)
        outcomes = run(pool, *[("echo", index) for index in range(20)])
        assert all(isinstance(outcome, Completed) for outcome in outcomes)


def test_the_fork_servers_death_costs_nothing(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(2)
    submit(pool, *[("note", str(tmp_path), str(index), 0.01) for index in range(100)])
    outcomes: dict[str, object] = {}
    add(outcomes, pool.wait(HANG_S))
    os.kill(fork_server_pid(), signal.SIGKILL)
    outcomes |= collect(pool)
    assert len(outcomes) == 100
    assert all(isinstance(outcome, Completed) for outcome in outcomes.values())
    assert all(len(note.read_text().splitlines()) == 1 for note in tmp_path.iterdir())
    crashed, good = run(pool, ("os_exit", 5), ("echo", 1))
    assert isinstance(crashed, Crashed)
    assert isinstance(good, Completed)


def test_a_function_that_is_not_there_is_told(make_pool: MakePool) -> None:
    pool = make_pool(2, function="tests.executors.tasks:no_such_function")
    submit(pool, ("echo", 1))
    with pytest.raises(ExecutorError, match="no_such_function"):
        collect(pool)


def test_workers_that_die_at_start_are_told(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(2, function=function("die", tmp_path))
    submit(pool, *[("echo", 1)] * 10)
    with pytest.raises(ExecutorError, match="cannot live here"):
        collect(pool)
    pool.kill()
    assert len(collect(pool)) == 10


def test_workers_that_never_get_ready_are_told(
    make_pool: MakePool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pool_module, "_START_LIMIT_S", 0.3)
    pool = make_pool(2, function=function("sleep", tmp_path))
    submit(pool, ("echo", 1))
    with pytest.raises(ExecutorError, match="not ready"):
        collect(pool)


def test_no_room_for_temporary_files_is_told(
    make_pool: MakePool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pool = make_pool(2)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    outcome = run(pool, ("echo", 1))[0]
    assert isinstance(outcome, Completed)
    pool.kill()
    submit(pool, ("echo", 2))
    with pytest.raises(ExecutorError, match="nowhere"):
        collect(pool)


def test_no_descriptors_left(make_pool: MakePool) -> None:
    pool = make_pool(2, memory_bytes=2**33)
    run(pool, *[("note_pid", 0.02)] * 10)
    assert len(worker_pids()) == 2
    pool.worker_bytes  # noqa: B018  lets psutil load what it needs while it can
    pool.submit(Call("crash", ("os_exit", 3)))
    pool.submit(Call("sleep", ("sleep", 0.5)))
    with no_descriptors():
        outcomes = collect_some(pool, 2)
    assert isinstance(outcomes["crash"], Crashed)
    assert isinstance(outcomes["sleep"], Completed)


def test_an_alone_call_takes_what_there_is_where_nothing_can_be_started(
    make_pool: MakePool,
) -> None:
    pool = make_pool(1)
    (used,) = run(pool, ("pid",))
    pool.submit(Call("alone", ("pid",), HANG_S, alone=True))
    with no_descriptors():
        outcome = collect(pool)["alone"]
    assert isinstance(outcome, Completed)
    assert outcome.value == used.value


def test_no_descriptors_left_for_any_worker_is_told(make_pool: MakePool) -> None:
    pool = make_pool(1)
    run(pool, ("echo", 1))
    pool.kill()
    submit(pool, ("echo", 1))
    with no_descriptors(), pytest.raises(ExecutorError, match="Too many open files"):
        collect(pool)


@pytest.mark.parametrize("room", [0, 100])
def test_a_black_box_without_room_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, room: int
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(OSError):
            BlackBox.create()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", range(20))
def test_random_kills_lose_and_repeat_nothing(
    make_pool: MakePool, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    pool = make_pool(2)
    number = 60
    submit(pool, *[("note", str(tmp_path), str(index), 0.002) for index in range(number)])
    outcomes: dict[str, object] = {}
    kills = 0
    end = time.monotonic() + HANG_S
    while pool.pending and time.monotonic() < end:
        add(outcomes, pool.wait(chance.uniform(0, 0.01)))
        pids = worker_pids()
        if kills < 6 and pids and chance.random() < 0.2:
            os.kill(chance.choice(pids), signal.SIGKILL)
            kills += 1
    assert len(outcomes) == number
    crashed = [key for key, outcome in outcomes.items() if isinstance(outcome, Crashed)]
    assert len(crashed) <= kills
    for key, outcome in outcomes.items():
        note = tmp_path / key
        if isinstance(outcome, Completed):
            assert len(note.read_text().splitlines()) == 1
        else:
            assert isinstance(outcome, Crashed)
            assert outcome.exit_code == -signal.SIGKILL
            assert not note.exists() or len(note.read_text().splitlines()) <= 1
