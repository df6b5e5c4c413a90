"""The Dask executor keeps the contract: outcomes, verdicts, withdrawals, and what it says."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from svg2pptx_batch.errors import ClusterError, UsageError
from svg2pptx_batch.executors import dask
from svg2pptx_batch.executors.base import (
    Call,
    Cancelled,
    Completed,
    Crashed,
    Executor,
    Failed,
    OutOfMemory,
    TimedOut,
)
from svg2pptx_batch.executors.dask import DaskExecutor
from tests.executors.calls import FUNCTION, HANG_S, collect, collect_some, run, submit
from tests.executors.tasks import BreaksOnArrival, Unpicklable
from tests.support.clusters import Cluster, cluster

TRAITS = "tests.executors.test_dask:same_traits"
Make = Callable[..., DaskExecutor]


def same_traits(about: bytes) -> dict[str, str]:
    return {"about": about.decode()}


def late_traits(about: bytes) -> dict[str, str]:
    """Tell of a machine what its environment says."""
    return {"environment": os.environ.get("CLUSTER_TEST", "")}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture
def make(pair: Cluster) -> Iterator[Make]:
    """Makes entered executors on the common cluster."""
    with ExitStack() as stack:

        def enter(**settings: Any) -> DaskExecutor:
            executor = DaskExecutor(FUNCTION, pair.address, traits_of=TRAITS, **settings)
            return stack.enter_context(executor)

        yield enter


@pytest.fixture
def executor(make: Make) -> Executor:
    return make()


def test_hundreds_of_calls_end_once_each(executor: Executor) -> None:
    outcomes = run(executor, *[("echo", index) for index in range(400)])
    assert [outcome.value for outcome in outcomes] == list(range(400))
    assert executor.pending == 0
    assert executor.capacity == 2


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (("raise", "so there"), "ValueError: so there"),
        (("recurse",), "RecursionError"),
        (("sys_exit",), "SystemExit: leaving"),
        (("echo", Unpicklable()), "this stays here"),
        (("echo", BreaksOnArrival("worker")), "breaks in the worker"),
        (("unpicklable",), "this stays here"),
        (("breaks_on_arrival",), "breaks in the parent"),
    ],
)
def test_an_exception_fails_its_call_alone(
    executor: Executor, order: tuple[object, ...], words: str
) -> None:
    good, bad, after = run(executor, ("echo", 1), order, ("echo", 2))
    assert isinstance(good, Completed)
    assert isinstance(after, Completed)
    assert isinstance(bad, Failed)
    assert words in bad.error


def test_what_breaks_a_process_is_judged_beside_it(make: Make, pair: Cluster) -> None:
    executor = make(memory_bytes=400 * 2**20)
    submit(executor, ("segfault",), ("hog",), ("os_exit", 3), *[("echo", n) for n in range(20)])
    executor.submit(Call("late", ("hang",), 1.0))
    executor.submit(Call("alone", ("signal_self", signal.SIGKILL), HANG_S, True))
    outcomes = collect(executor)
    assert isinstance(outcomes["0"], Crashed)
    assert isinstance(outcomes["1"], OutOfMemory)
    assert isinstance(outcomes["late"], TimedOut)
    assert isinstance(outcomes["alone"], Crashed)
    died = outcomes["2"]
    assert isinstance(died, Crashed)
    assert (died.exit_code, died.stderr) == (3, "last words")
    echoes = [o.value for o in outcomes.values() if isinstance(o, Completed)]
    assert sorted(echoes) == list(range(20))
    assert all(process.poll() is None for process in pair.workers)


def test_a_large_argument_and_a_large_value_get_through(executor: Executor) -> None:
    there, back = run(executor, ("echo", b"x" * 12_000_000), ("big", 12_000_000))
    assert isinstance(there, Completed)
    assert isinstance(back, Completed)
    assert (len(there.value), len(back.value)) == (12_000_000, 12_000_000)


def test_cancelled_calls_have_outcomes_and_those_under_way_end(
    executor: Executor, tmp_path: Path
) -> None:
    submit(executor, *[("wait_for_go", str(tmp_path), f"{n}") for n in range(40)])
    while not list(tmp_path.iterdir()):
        assert executor.wait(0.05) == []
    executor.cancel()
    (tmp_path / "go").touch()
    outcomes = collect(executor)
    assert len(outcomes) == 40
    cancelled = [o for o in outcomes.values() if isinstance(o, Cancelled)]
    assert 30 <= len(cancelled) < 40
    assert all(isinstance(o, Completed | Cancelled) for o in outcomes.values())


def test_killed_calls_leave_room_for_others(executor: Executor, tmp_path: Path) -> None:
    submit(executor, *[("wait_for_go", str(tmp_path), f"{n}") for n in range(6)])
    while not list(tmp_path.iterdir()):
        assert executor.wait(0.05) == []
    executor.kill()
    outcomes = collect(executor)
    assert {type(outcome) for outcome in outcomes.values()} == {Cancelled}
    (after,) = run(executor, ("echo", "still here"))
    assert isinstance(after, Completed)


def test_ids_are_unique_and_calls_need_the_block(make: Make, pair: Cluster) -> None:
    executor = make(workers=1)
    assert executor.capacity == 1
    executor.submit(Call("a", ("echo", 1)))
    with pytest.raises(ValueError, match="already pending"):
        executor.submit(Call("a", ("echo", 1)))
    assert list(collect(executor)) == ["a"]
    with pytest.raises(RuntimeError, match="context manager"):
        DaskExecutor(FUNCTION, pair.address, traits_of=TRAITS).submit(Call("a", ()))
    with pytest.raises(ValueError, match="at least one"):
        executor.resize(0)


def test_workers_that_cannot_run_the_function_end_the_run(pair: Cluster) -> None:
    function = "tests.executors.tasks:nothing_of_the_kind"
    with DaskExecutor(function, pair.address, traits_of=TRAITS) as executor:
        executor.submit(Call("a", ()))
        with pytest.raises(ClusterError, match=r"do not get on: .*nothing_of_the_kind"):
            collect(executor)
        executor.kill()
        assert executor.wait(0) == [Cancelled("a")]


def test_a_worker_that_joins_later_is_held_against_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLUSTER_TEST", raising=False)
    traits = "tests.executors.test_dask:late_traits"
    with (
        cluster(tmp_path / "cluster", workers=1) as made,
        DaskExecutor(FUNCTION, made.address, traits_of=traits) as executor,
    ):
        made.add_worker(CLUSTER_TEST="another")
        end = time.monotonic() + HANG_S
        with pytest.raises(UsageError, match=r"another at tcp://.*, another environment"):
            for number in range(100_000):
                executor.submit(Call(str(number), ("sleep", 0.02)))
                if number > 20:
                    collect_some(executor)
                assert time.monotonic() < end


def test_a_cluster_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_NO_WORKER_S", 1.0)
    monkeypatch.setattr(dask, "_FIRST_WORKER_S", 1.0)
    with cluster(tmp_path / "cluster", workers=0) as made:
        with (
            pytest.raises(ClusterError, match="has no worker"),
            DaskExecutor(FUNCTION, made.address, traits_of=TRAITS),
        ):
            pass
        monkeypatch.setattr(dask, "_FIRST_WORKER_S", HANG_S)
        made.add_worker()
        with DaskExecutor(FUNCTION, made.address, traits_of=TRAITS) as executor:
            submit(executor, *[("sleep", 0.2)] * 100)
            collect_some(executor, 2)
            made.workers[0].send_signal(signal.SIGKILL)
            with pytest.raises(ClusterError, match="has had no worker"):
                collect(executor)
