"""The pool while nothing goes wrong: sharing out, order, recycling, output, descriptors."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from svg2pptx_batch.executors.base import Call, Cancelled, Completed, Failed
from svg2pptx_batch.executors.pool import PoolExecutor
from tests.executors.calls import (
    FUNCTION,
    HANG_S,
    collect,
    collect_some,
    run,
    submit,
    wait_for_files,
)
from tests.executors.conftest import MakePool
from tests.executors.processes import wait_until_gone, worker_pids
from tests.executors.tasks import BreaksOnArrival, Unpicklable


def _intervals(folder: Path) -> dict[str, tuple[float, float]]:
    """When each call ran that left a note; fails if one ran twice."""
    intervals = {}
    for note in folder.iterdir():
        (line,) = note.read_text().splitlines()
        begin, end = map(float, line.split())
        intervals[note.name] = (begin, end)
    return intervals


def _workers_of(pool: PoolExecutor, number: int) -> list[int]:
    """Wait until the pool has so many workers and nothing else."""
    end = time.monotonic() + HANG_S
    while len(worker_pids()) < number and time.monotonic() < end:
        assert pool.wait(0.01) == []
    return worker_pids()


def test_a_pool_needs_a_worker() -> None:
    with pytest.raises(ValueError, match="at least one"):
        PoolExecutor(FUNCTION, workers=0)


def test_a_pool_works_only_inside_its_block() -> None:
    pool = PoolExecutor(FUNCTION, workers=1)
    with pytest.raises(RuntimeError, match="context manager"):
        pool.submit(Call("early", ("echo", 1)))


def test_all_workers_share_the_work(make_pool: MakePool) -> None:
    pool = make_pool(3)
    outcomes = run(pool, *[("note_pid", 0.02)] * 60)
    assert len({outcome.value for outcome in outcomes}) == 3


def test_no_more_workers_are_started_than_there_are_calls(make_pool: MakePool) -> None:
    pool = make_pool(8)
    run(pool, ("echo", 1), ("echo", 2))
    assert 1 <= len(worker_pids()) <= 2


def test_calls_that_turn_out_long_get_workers_of_their_own(make_pool: MakePool) -> None:
    pool = make_pool(3)
    run(pool, ("echo", 1))
    submit(pool, *[("hang",)] * 3)
    assert len(_workers_of(pool, 3)) == 3


def test_workers_are_separate_processes_deaf_to_interrupts(make_pool: MakePool) -> None:
    (outcome,) = run(make_pool(), ("signals",))
    assert outcome.value == {"int ignored": True, "term default": True, "leads group": True}


def test_waiting_ends_with_its_time_limit(make_pool: MakePool) -> None:
    pool = make_pool(1)
    submit(pool, ("sleep", 30.0))
    assert pool.wait(0.05) == []
    assert pool.pending == 1


def test_what_does_not_pickle_fails_its_call(make_pool: MakePool) -> None:
    *failures, good = run(
        make_pool(1),
        ("echo", Unpicklable()),
        ("unpicklable",),
        ("echo", BreaksOnArrival("worker")),
        ("breaks_on_arrival",),
        ("echo", 1),
    )
    assert all(isinstance(failure, Failed) for failure in failures)
    assert [failure.error for failure in failures] == [
        "TypeError: this stays here",
        "TypeError: this stays here",
        "TypeError: breaks in the worker",
        "TypeError: breaks in the parent",
    ]
    assert isinstance(good, Completed)


def test_an_alone_call_has_no_company(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(3)
    for index in range(15):
        order = ("note", str(tmp_path), str(index), 0.02)
        pool.submit(Call(str(index), order, HANG_S, alone=index in (0, 7)))
    collect(pool)
    intervals = _intervals(tmp_path)
    assert len(intervals) == 15
    for alone in ("0", "7"):
        begin, end = intervals.pop(alone)
        assert all(stop <= begin or start >= end for start, stop in intervals.values())


def test_cancelled_calls_never_run_and_the_others_do(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(2)
    submit(pool, *[("note", str(tmp_path), str(index), 0.002) for index in range(300)])
    outcomes = collect_some(pool, 20)
    pool.cancel()
    outcomes |= collect(pool)
    completed = {key for key, outcome in outcomes.items() if isinstance(outcome, Completed)}
    cancelled = {key for key, outcome in outcomes.items() if isinstance(outcome, Cancelled)}
    assert len(completed) + len(cancelled) == 300
    assert cancelled
    assert set(_intervals(tmp_path)) == completed


def test_kill_ends_what_runs(make_pool: MakePool) -> None:
    pool = make_pool(2)
    submit(pool, *[("hang",)] * 5)
    pids = _workers_of(pool, 2)
    pool.kill()
    outcomes = collect(pool)
    assert len(outcomes) == 5
    assert all(isinstance(outcome, Cancelled) for outcome in outcomes.values())
    assert wait_until_gone(pids) == []


def test_short_calls_do_not_wait_behind_a_long_one(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(2)
    run(pool, *[("echo", index) for index in range(100)])
    orders = [("note", str(tmp_path), str(index), 0.001) for index in range(40)]
    orders[20] = ("note", str(tmp_path), "20", 1.5)
    submit(pool, *orders)
    outcomes = collect(pool)
    assert len(outcomes) == 40
    assert list(outcomes)[-1] == "20"
    assert len(_intervals(tmp_path)) == 40


def test_a_deadline_counts_from_the_start_of_its_call(make_pool: MakePool) -> None:
    pool = make_pool(1)
    run(pool, *[("echo", index) for index in range(20)])
    pool.submit(Call("long", ("sleep", 2.0), HANG_S))
    for index in range(5):
        pool.submit(Call(str(index), ("echo", index), 1.5))
    outcomes = collect(pool)
    assert all(isinstance(outcome, Completed) for outcome in outcomes.values())


def test_a_worker_is_replaced_after_its_share(make_pool: MakePool) -> None:
    pool = make_pool(2, recycle_after=5)
    outcomes = run(pool, *[("pid",)] * 60)
    shares = Counter(outcome.value for outcome in outcomes)
    assert len(shares) >= 12
    assert max(shares.values()) <= 5


def test_a_worker_that_has_grown_is_replaced(make_pool: MakePool) -> None:
    pool = make_pool(1)
    outcomes = run(pool, *[("leak", 4 * 2**20)] * 100)
    shares = Counter(outcome.value for outcome in outcomes)
    assert len(shares) >= 2


def test_a_pool_that_grows_starts_workers(make_pool: MakePool) -> None:
    pool = make_pool(1)
    submit(pool, *[("hang",)] * 6)
    _workers_of(pool, 1)
    pool.resize(3)
    assert pool.capacity == 3
    assert len(_workers_of(pool, 3)) == 3


def test_a_pool_that_shrinks_lets_idle_workers_go(make_pool: MakePool) -> None:
    pool = make_pool(3)
    run(pool, *[("note_pid", 0.02)] * 30)
    before = worker_pids()
    assert len(before) == 3
    pool.resize(1)
    (after,) = {outcome.value for outcome in run(pool, *[("note_pid", 0.01)] * 10)}
    assert wait_until_gone([pid for pid in before if pid != after]) == []
    assert worker_pids() == [after]


def test_a_pool_that_shrinks_lets_busy_workers_end(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(3)
    submit(pool, *[("wait_for_go", str(tmp_path), str(index)) for index in range(3)])
    wait_for_files(pool, tmp_path, 3)
    pool.resize(1)
    for index in range(3, 10):
        pool.submit(Call(str(index), ("note_pid", 0.02)))
    (tmp_path / "go").touch()
    outcomes = collect(pool)
    assert all(isinstance(outcome, Completed) for outcome in outcomes.values())
    assert len({outcomes[str(index)].value for index in range(3)}) == 3
    assert len({outcomes[str(index)].value for index in range(3, 10)}) == 1


def test_output_of_tasks_stays_out_of_ours(
    make_pool: MakePool, capfd: pytest.CaptureFixture[str]
) -> None:
    run(make_pool(1), ("print", "into the void"))
    assert "void" not in "".join(capfd.readouterr())


def test_warnings_of_tasks_are_logged(
    make_pool: MakePool, caplog: pytest.LogCaptureFixture
) -> None:
    run(make_pool(1), ("warn", "mind the gap"))
    assert any("mind the gap" in record.getMessage() for record in caplog.records)


def test_a_talkative_task_is_cut_short(
    make_pool: MakePool, caplog: pytest.LogCaptureFixture
) -> None:
    outcomes = run(make_pool(1), ("log", "again", 5000), ("log", "fresh", 1))
    assert all(isinstance(outcome, Completed) for outcome in outcomes)
    told = Counter(record.getMessage() for record in caplog.records)
    assert told["again"] == 200
    assert told["fresh"] == 1


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def use() -> None:
        with PoolExecutor(FUNCTION, workers=3, recycle_after=7) as pool:
            run(pool, *[("os_exit", 1), ("echo", 1), ("echo", 2)] * 5)

    use()
    before = psutil.Process().num_fds()
    use()
    assert psutil.Process().num_fds() == before
    assert worker_pids() == []
    assert list(tmp_path.iterdir()) == []


def test_an_exception_in_the_block_ends_the_workers() -> None:
    pids: list[int] = []

    def use() -> None:
        with PoolExecutor(FUNCTION, workers=2) as pool:
            submit(pool, *[("hang",)] * 4)
            pids.extend(_workers_of(pool, 2))
            raise LookupError

    with pytest.raises(LookupError):
        use()
    assert len(pids) == 2
    assert wait_until_gone(pids) == []
