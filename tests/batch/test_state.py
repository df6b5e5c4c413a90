"""The state machine: pure, so every story is told as events and instructions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from svg2pptx_batch.batch.report import TaskState
from svg2pptx_batch.batch.state import (
    Began,
    Broke,
    Dispatch,
    End,
    Finished,
    GiveUp,
    Machine,
    Repeat,
    Stop,
    Withdrawn,
)

CRASHED, TIMEOUT, MEMORY = TaskState.CRASHED, TaskState.TIMEOUT, TaskState.OUT_OF_MEMORY


def test_nothing_to_do_ends_at_once():
    assert Machine({}, window=4, retries=2).handle(Began()) == [End()]


def test_largest_first_equal_sizes_in_plan_order():
    machine = Machine({0: 5, 1: 9, 2: 5}, window=9, retries=2)
    assert machine.handle(Began()) == [Dispatch(1, 1), Dispatch(0, 1), Dispatch(2, 1)]


def test_window_is_kept_and_refilled():
    machine = Machine({0: 3, 1: 2, 2: 1}, window=2, retries=2)
    assert len(machine.handle(Began())) == 2
    assert machine.running == {0, 1}
    assert machine.handle(Finished(0)) == [Dispatch(2, 1)]
    assert machine.handle(Finished(1)) == []
    assert machine.handle(Finished(2)) == [End()]


def test_crash_is_repeated_and_the_last_time_alone():
    machine = Machine({0: 2, 1: 1}, window=2, retries=2)
    machine.handle(Began())
    assert machine.handle(Broke(0, CRASHED)) == [Repeat(0, 2), Dispatch(0, 2)]
    assert machine.handle(Broke(0, MEMORY)) == [Repeat(0, 3)]
    assert machine.handle(Finished(1)) == [Dispatch(0, 3, alone=True)]
    assert machine.handle(Broke(0, CRASHED)) == [GiveUp(0, CRASHED, 3), End()]


def test_timeout_is_final():
    machine = Machine({0: 1}, window=1, retries=2)
    machine.handle(Began())
    assert machine.handle(Broke(0, TIMEOUT)) == [GiveUp(0, TIMEOUT, 1), End()]


def test_without_retries_the_first_crash_is_final():
    machine = Machine({0: 1}, window=1, retries=0)
    machine.handle(Began())
    assert machine.handle(Broke(0, CRASHED)) == [GiveUp(0, CRASHED, 1), End()]


def test_attempts_of_earlier_runs_count():
    machine = Machine({0: 1, 1: 1}, window=2, retries=2, attempts={0: 2})
    assert machine.handle(Began()) == [Dispatch(1, 1)]
    assert machine.handle(Finished(1)) == [Dispatch(0, 3, alone=True)]


def test_stop_dispatches_nothing_more_and_leaves_a_crash_to_the_next_run():
    machine = Machine({0: 3, 1: 2, 2: 1}, window=2, retries=2)
    machine.handle(Began())
    assert machine.handle(Stop()) == []
    assert machine.handle(Broke(0, CRASHED)) == [Repeat(0, 2)]
    assert machine.handle(Withdrawn(1)) == [End()]


@given(
    sizes=st.dictionaries(st.integers(0, 40), st.integers(0, 9)),
    window=st.integers(1, 5),
    retries=st.integers(0, 2),
    data=st.data(),
)
def test_every_task_ends_exactly_once_whatever_happens(sizes, window, retries, data):
    machine = Machine(sizes, window=window, retries=retries)
    running, ended, over, alone = [], [], 0, False
    pending = list(machine.handle(Began()))
    while True:
        for instruction in pending:
            match instruction:
                case Dispatch(index, attempt, alone):
                    assert attempt <= retries + 1
                    running.append(index)
                    assert len(running) <= (1 if alone else window)
                case GiveUp(index):
                    ended.append(index)
                case End():
                    over += 1
        if not running:
            break
        index = running.pop(data.draw(st.integers(0, len(running) - 1)))
        state = data.draw(st.sampled_from([None, CRASHED, TIMEOUT, MEMORY]))
        if state is None:
            ended.append(index)
            pending = machine.handle(Finished(index))
        else:
            pending = machine.handle(Broke(index, state))
    assert over == 1
    assert sorted(ended) == sorted(sizes)
