"""What every executor promises."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from svg2pptx_batch.executors.base import (
    Call,
    Cancelled,
    Completed,
    Executor,
    Failed,
    OutOfMemory,
)
from svg2pptx_batch.executors.pool import PoolExecutor
from svg2pptx_batch.executors.serial import SerialExecutor
from svg2pptx_batch.logs import TaskFilter
from tests.executors.calls import FUNCTION, collect, collect_some, run, submit
from tests.executors.tasks import work


def _serial() -> Executor:
    return SerialExecutor(FUNCTION)


def _serial_of_callable() -> Executor:
    return SerialExecutor(work)


def _one_worker() -> Executor:
    return PoolExecutor(FUNCTION, workers=1)


def _three_workers() -> Executor:
    return PoolExecutor(FUNCTION, workers=3)


@pytest.fixture(params=[_serial, _serial_of_callable, _one_worker, _three_workers])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    with request.param() as entered:
        yield entered


def test_returns_what_the_function_returns(executor: Executor) -> None:
    (outcome,) = run(executor, ("echo", {"a": [1, None]}))
    assert isinstance(outcome, Completed)
    assert outcome.value == {"a": [1, None]}
    assert outcome.seconds >= 0


def test_completes_thousands_of_calls_each_once(executor: Executor) -> None:
    outcomes = run(executor, *[("echo", index) for index in range(3000)])
    assert [outcome.value for outcome in outcomes] == list(range(3000))
    assert executor.pending == 0


def test_an_exception_fails_its_call_alone(executor: Executor) -> None:
    good, bad, after = run(executor, ("echo", 1), ("raise", "so there"), ("echo", 2))
    assert isinstance(good, Completed)
    assert isinstance(after, Completed)
    assert isinstance(bad, Failed)
    assert bad.error == "ValueError: so there"
    assert "do_raise" in bad.traceback


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (("raise_wordless",), "TooWordyError"),
        (("recurse",), "RecursionError"),
        (("sys_exit",), "SystemExit: leaving"),
        (("no_such_order",), "KeyError"),
    ],
)
def test_every_exception_is_a_failure(
    executor: Executor, order: tuple[object, ...], words: str
) -> None:
    (outcome,) = run(executor, order)
    assert isinstance(outcome, Failed)
    assert words in outcome.error


def test_a_memory_error_is_out_of_memory(executor: Executor) -> None:
    (outcome,) = run(executor, ("exhaust",))
    assert isinstance(outcome, OutOfMemory)
    assert outcome.resident_bytes > 0


def test_large_values_come_back_whole(executor: Executor) -> None:
    outcomes = run(executor, *[("big", 300_000)] * 6)
    assert [len(outcome.value) for outcome in outcomes] == [300_000] * 6


def test_large_arguments_arrive_whole(executor: Executor) -> None:
    outcomes = run(executor, *[("echo", bytes([index]) * 300_000) for index in range(6)])
    assert [outcome.value for outcome in outcomes] == [
        bytes([index]) * 300_000 for index in range(6)
    ]


def test_waiting_for_nothing_returns_at_once(executor: Executor) -> None:
    assert executor.wait() == []
    run(executor, ("echo", 1))
    assert executor.wait() == []


def test_capacity_is_positive(executor: Executor) -> None:
    assert executor.capacity >= 1


def test_can_be_resized_at_any_time(executor: Executor) -> None:
    submit(executor, *[("echo", index) for index in range(200)])
    outcomes = collect_some(executor)
    for workers in (5, 1, 3):
        executor.resize(workers)
        assert executor.capacity in (1, workers)
        outcomes |= collect_some(executor)
    outcomes |= collect(executor)
    assert [outcomes[str(index)].value for index in range(200)] == list(range(200))
    with pytest.raises(ValueError, match="at least one"):
        executor.resize(0)


def test_an_id_can_be_used_again_only_after_its_outcome(executor: Executor) -> None:
    executor.submit(Call("same", ("echo", 1)))
    with pytest.raises(ValueError, match="same"):
        executor.submit(Call("same", ("echo", 2)))
    assert collect(executor)["same"].value == 1
    executor.submit(Call("same", ("echo", 3)))
    assert collect(executor)["same"].value == 3


def test_calls_can_be_submitted_while_others_run(executor: Executor) -> None:
    submit(executor, *[("echo", index) for index in range(20)])
    outcomes = collect_some(executor)
    executor.submit(Call("late", ("echo", "late")))
    outcomes |= collect(executor)
    assert len(outcomes) == 21


def test_cancelled_calls_have_one_outcome_each(executor: Executor) -> None:
    submit(executor, *[("sleep", 0.01) for _ in range(200)])
    outcomes = collect_some(executor)
    executor.cancel()
    outcomes |= collect(executor)
    assert len(outcomes) == 200
    kinds = {type(outcome) for outcome in outcomes.values()}
    assert kinds == {Completed, Cancelled}


def test_works_on_after_cancel_and_kill(executor: Executor) -> None:
    for stop in (executor.cancel, executor.kill):
        submit(executor, *[("sleep", 0.01) for _ in range(20)])
        collect_some(executor)
        stop()
        collect(executor)
        (outcome,) = run(executor, ("echo", "again"))
        assert isinstance(outcome, Completed)


def test_killed_calls_have_one_outcome_each(executor: Executor) -> None:
    submit(executor, *[("sleep", 0.01) for _ in range(50)])
    outcomes = collect_some(executor)
    executor.kill()
    outcomes |= collect(executor)
    assert len(outcomes) == 50
    assert any(isinstance(outcome, Cancelled) for outcome in outcomes.values())


def test_alone_calls_run(executor: Executor) -> None:
    for index in range(12):
        executor.submit(Call(str(index), ("echo", index), 60, alone=index % 3 == 0))
    outcomes = collect(executor)
    assert [outcomes[str(index)].value for index in range(12)] == list(range(12))


def test_log_records_tell_their_task(executor: Executor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(TaskFilter())
    with caplog.at_level(logging.WARNING):
        run(executor, ("log", "one", 1), ("echo", 0), ("log", "two", 1))
    told = {(record.getMessage(), record.task) for record in caplog.records}
    assert told == {("one", "0"), ("two", "2")}


@pytest.mark.parametrize("name", ["", "tests.executors.tasks", "tests.executors.tasks:", ":work"])
def test_a_function_has_a_module_and_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="module:qualname"):
        SerialExecutor(name)


def test_an_interrupt_goes_through_the_serial_executor() -> None:
    executor = SerialExecutor(FUNCTION)
    submit(executor, ("interrupt",), ("echo", 1))
    with pytest.raises(KeyboardInterrupt):
        executor.wait()
    outcomes = collect(executor)
    assert isinstance(outcomes["0"], Cancelled)
    assert isinstance(outcomes["1"], Completed)
