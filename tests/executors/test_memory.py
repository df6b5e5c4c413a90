"""Memory caps that hold, and how one knows that memory was short."""

from __future__ import annotations

import errno
import sys

import pytest

from svg2pptx_batch.executors import memory
from svg2pptx_batch.executors.base import Call, Completed, Crashed, Failed, OutOfMemory
from svg2pptx_batch.executors.serial import SerialExecutor
from tests.executors.calls import FUNCTION, HANG_S, collect, run
from tests.executors.conftest import MakePool

MIB = 2**20
CAP = 200 * MIB
NEAR = int(0.78 * CAP)
"""With what a worker has anyway, it is near the cap, and below it."""

needs_data_limit = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux limits private memory"
)
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@needs_data_limit
@pytest.mark.parametrize("hog", ["hog", "hog_fast", "hog_stubbornly"])
def test_a_hog_is_ended_near_its_cap(make_pool: MakePool, hog: str) -> None:
    pool = make_pool(2, memory_bytes=CAP)
    greedy, good = run(pool, (hog,), ("echo", 1))
    assert isinstance(greedy, OutOfMemory)
    assert 0.8 * CAP < greedy.resident_bytes < 1.2 * CAP
    assert isinstance(good, Completed)


@needs_data_limit
def test_what_is_refused_at_once_is_out_of_memory(make_pool: MakePool) -> None:
    pool = make_pool(1, memory_bytes=CAP)
    orders = [("hog_in_one_go",), ("map", 2**40), ("raise_after_exhaustion",)]
    for outcome in run(pool, *orders):
        assert isinstance(outcome, OutOfMemory), outcome
        assert 0 < outcome.resident_bytes < CAP


@needs_data_limit
def test_native_code_that_dies_of_it_is_out_of_memory(make_pool: MakePool) -> None:
    pool = make_pool(2, memory_bytes=CAP)
    pool.submit(Call("native", ("hog_in_native_code",), HANG_S, alone=True))
    outcome = collect(pool)["native"]
    assert isinstance(outcome, OutOfMemory)
    assert outcome.resident_bytes < 1.2 * CAP


@needs_signals
@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("terminate called after throwing an instance of 'std::bad_alloc'", OutOfMemory),
        ("memory allocation of 144000000 bytes failed", OutOfMemory),
        ("", Crashed),
        ("free(): invalid pointer", Crashed),
    ],
)
def test_the_last_words_tell_of_exhaustion(
    make_pool: MakePool, words: str, kind: type[object]
) -> None:
    (outcome,) = run(make_pool(1, memory_bytes=CAP), ("abort", words))
    assert isinstance(outcome, kind)


@needs_data_limit
def test_a_failure_near_the_cap_is_out_of_memory(make_pool: MakePool) -> None:
    pool = make_pool(1, memory_bytes=CAP)
    near, far, no_cap = (
        *run(pool, ("hold", NEAR, "no_such_order"), ("hold", CAP // 4, "no_such_order")),
        *run(make_pool(1), ("hold", CAP, "no_such_order")),
    )
    assert isinstance(near, OutOfMemory)
    assert isinstance(far, Failed)
    assert isinstance(no_cap, Failed)


@needs_data_limit
def test_success_counts_only_within_the_cap(make_pool: MakePool) -> None:
    pool = make_pool(1, memory_bytes=CAP)
    within, beyond = run(pool, ("hold", NEAR), ("hold", int(1.01 * CAP)))
    assert isinstance(within, Completed)
    assert isinstance(beyond, OutOfMemory)


@needs_data_limit
def test_a_task_can_ask_whether_memory_was_short(make_pool: MakePool) -> None:
    pool = make_pool(1, memory_bytes=CAP)
    outcomes = run(
        pool,
        ("memory_was_short",),
        ("hold", NEAR, "memory_was_short"),
        ("hold", CAP // 2, "memory_was_short"),
    )
    assert [outcome.value for outcome in outcomes] == [False, True, False]
    assert not memory.memory_was_short()


def test_the_largest_worker_is_measured(make_pool: MakePool) -> None:
    pool = make_pool(2)
    run(pool, ("echo", 1))
    small = pool.worker_bytes
    assert small > MIB
    run(pool, ("leak", CAP))
    assert small + CAP // 2 < pool.worker_bytes < small + 2 * CAP
    pool.kill()
    assert pool.worker_bytes == SerialExecutor(FUNCTION).worker_bytes == 0


@needs_data_limit
def test_nothing_is_refused_without_a_cap(make_pool: MakePool) -> None:
    free, capped = (
        run(make_pool(1, memory_bytes=size), ("data_limit",))[0].value for size in (0, CAP)
    )
    assert not 0 <= free <= 1.1 * CAP
    assert 0 < capped <= 1.1 * CAP


@needs_data_limit
def test_an_argument_larger_than_the_cap_costs_its_call_alone(make_pool: MakePool) -> None:
    pool = make_pool(1, memory_bytes=100 * MIB)
    large, good = run(pool, ("echo", bytes(150 * MIB)), ("echo", 1))
    assert isinstance(large, OutOfMemory)
    assert isinstance(good, Completed)


@pytest.mark.parametrize("order", [("exhaust",), ("raise_after_exhaustion",)])
def test_a_worker_that_lacked_memory_is_replaced(
    make_pool: MakePool, order: tuple[object, ...]
) -> None:
    pool = make_pool(1)
    before = run(pool, ("pid",))[0].value
    exhausted, *after = run(pool, order, *[("pid",)] * 20)
    assert isinstance(exhausted, OutOfMemory)
    assert len({outcome.value for outcome in after}) == 1
    assert after[0].value != before


@needs_data_limit
def test_a_worker_that_came_near_its_cap_is_replaced(make_pool: MakePool) -> None:
    pool = make_pool(1, memory_bytes=CAP)
    run(pool, *[("echo", index) for index in range(50)])
    outcomes = run(pool, ("pid",), ("hold", NEAR), *[("pid",)] * 50)
    before, near, *after = [outcome.value for outcome in outcomes]
    assert near == before
    assert len(set(after)) == 1
    assert after[0] != before


def test_an_alone_call_has_a_fresh_worker(make_pool: MakePool) -> None:
    pool = make_pool(2)
    used = {outcome.value for outcome in run(pool, *[("note_pid", 0.02)] * 20)}
    assert len(used) == 2
    for index in range(3):
        pool.submit(Call(str(index), ("pid",), HANG_S, alone=True))
    fresh = {outcome.value for outcome in collect(pool).values()}
    assert len(fresh) == 3
    assert not fresh & used


def test_exhaustion_is_known_by_what_led_to_it() -> None:
    assert memory.is_exhaustion(MemoryError())
    assert memory.is_exhaustion(OSError(errno.ENOMEM, "no"))
    assert not memory.is_exhaustion(OSError(errno.EACCES, "no"))
    error = ValueError()
    error.__context__ = KeyError()
    error.__context__.__cause__ = MemoryError()
    assert memory.is_exhaustion(error)
    error.__context__ = error.__cause__ = None
    assert not memory.is_exhaustion(error)
    error.__context__ = error
    assert not memory.is_exhaustion(error)


@pytest.mark.parametrize(
    ("words", "resident", "cap", "exhausted"),
    [
        ("", 60, 100, True),
        ("", 40, 100, False),
        ("", 60, 0, False),
        ("MemoryError", 0, 0, True),
        ("OSError: [Errno 12] Cannot allocate memory", 0, 100, True),
    ],
)
def test_a_death_is_judged_by_size_or_words(
    words: str, resident: int, cap: int, exhausted: bool
) -> None:
    assert memory.was_exhaustion(words, resident, cap) is exhausted
