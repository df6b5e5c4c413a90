"""The state machine under any sequence of events the runner can produce.

Says nothing about which kinds of end are repeated, but that a timeout is not.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from svg2pptx_batch.batch.report import TaskState
from svg2pptx_batch.batch.state import (
    Began,
    Broke,
    Dispatch,
    End,
    Event,
    Finished,
    GiveUp,
    Machine,
    Repeat,
    Stop,
    Withdrawn,
)

BREAKS = (TaskState.CRASHED, TaskState.OUT_OF_MEMORY, TaskState.TIMEOUT)
SIZES = st.dictionaries(st.integers(0, 30), st.integers(0, 5), max_size=12)


class Watch:
    """Takes what one run's machine says, and holds it against the promises of a run.

    Attributes:
        running: With the workers: index to whether it runs alone.
        attempts: By index: attempts that broke, those of earlier runs too.
        ended: Tasks with a result.
        over: Whether the machine said so.
    """

    def __init__(self, sizes, window, retries, attempts):
        self.sizes, self.window, self.limit = sizes, window, 1 + retries
        self.attempts = dict(attempts)
        self.earlier = dict(attempts)
        self.running: dict[int, bool] = {}
        self.begun: set[int] = set()
        self.ended: set[int] = set()
        self.stopped = self.over = False
        self.first: list[int] = []
        self.machine = Machine(sizes, window=window, retries=retries, attempts=attempts)

    def handle(self, event: Event) -> None:
        """Hand an event over and carry out the answer."""
        broken = None
        match event:
            case Finished(index):
                del self.running[index]
                self.ended.add(index)
            case Withdrawn(index):
                del self.running[index]
            case Broke(index):
                del self.running[index]
                self.attempts[index] = self.attempts.get(index, 0) + 1
                broken = index
            case Stop():
                self.stopped = True
        for instruction in self.machine.handle(event):
            assert not self.over, "nothing is said after the end"
            match instruction:
                case Dispatch(index, attempt, alone):
                    self._dispatched(index, attempt, alone)
                case Repeat(index, attempt):
                    assert index == broken, "one verdict on what broke"
                    broken = None
                    assert not isinstance(event, Broke) or event.state is not TaskState.TIMEOUT
                    assert attempt == self.attempts[index] + 1 <= self.limit
                case GiveUp(index, _, attempts):
                    assert index == broken, "one verdict on what broke"
                    broken = None
                    assert attempts == self.attempts[index]
                    self.ended.add(index)
                case End():
                    self.over = True
        assert broken is None, "what broke is repeated or given up"
        assert self.machine.running == frozenset(self.running)
        assert self.over == (not self.running), "the run ends with the last task"
        if self.over and not self.stopped:
            assert self.ended == set(self.sizes), "no task is lost"

    def _dispatched(self, index, attempt, alone):
        assert not self.stopped, "nothing starts after a stop"
        assert index in self.sizes
        assert index not in self.running
        assert index not in self.ended, "a task ends once"
        assert attempt == self.attempts.get(index, 0) + 1
        assert attempt <= max(self.limit, self.earlier.get(index, 0) + 1), "within the retries"
        if alone or any(self.running.values()):
            assert not self.running, "alone means alone"
        last_of_many = attempt >= self.limit > 1
        assert alone == last_of_many, "the last of several attempts is made alone"
        self.running[index] = alone
        assert len(self.running) <= self.window
        if index not in self.begun and not alone:
            self.first.append(index)
        self.begun.add(index)


class Runs(RuleBasedStateMachine):
    """One run, told of whatever may happen to it."""

    @initialize(
        sizes=SIZES,
        window=st.integers(1, 4),
        retries=st.integers(0, 2),
        data=st.data(),
    )
    def begin(self, sizes, window, retries, data):
        earlier = data.draw(st.dictionaries(st.sampled_from([*sizes, -1]), st.integers(1, 3)))
        earlier.pop(-1, None)
        self.watch = Watch(sizes, window, retries, earlier)
        self.watch.handle(Began())

    def some(self, data) -> int:
        return data.draw(st.sampled_from(sorted(self.watch.running)))

    @precondition(lambda self: self.watch.running)
    @rule(data=st.data())
    def finishes(self, data):
        self.watch.handle(Finished(self.some(data)))

    @precondition(lambda self: self.watch.running)
    @rule(data=st.data(), state=st.sampled_from(BREAKS))
    def breaks(self, data, state):
        self.watch.handle(Broke(self.some(data), state))

    @precondition(lambda self: self.watch.stopped and self.watch.running)
    @rule(data=st.data())
    def is_withdrawn(self, data):
        self.watch.handle(Withdrawn(self.some(data)))

    @precondition(lambda self: not self.watch.over)
    @rule()
    def stops(self):
        self.watch.handle(Stop())

    @precondition(lambda self: self.watch.over)
    @rule(window=st.integers(1, 4), retries=st.integers(0, 2))
    def is_resumed(self, window, retries):
        old = self.watch
        left = {index: size for index, size in old.sizes.items() if index not in old.ended}
        attempts = {index: count for index, count in old.attempts.items() if index in left}
        self.watch = Watch(left, window, retries, attempts)
        self.watch.handle(Began())

    @invariant()
    def largest_first(self):
        sizes = self.watch.sizes
        assert self.watch.first == sorted(self.watch.first, key=lambda i: (-sizes[i], i))

    def teardown(self):
        """Whatever happened so far, a run whose tasks all finish comes to its end."""
        if not hasattr(self, "watch"):
            return
        while self.watch.running:
            self.watch.handle(Finished(min(self.watch.running)))
        assert self.watch.over


class TestRuns(Runs.TestCase):
    settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


@given(sizes=SIZES, window=st.integers(1, 4), retries=st.integers(0, 2), data=st.data())
@settings(deadline=None)
def test_over_any_number_of_interrupted_runs_each_task_ends_once(sizes, window, retries, data):
    left, attempts, ended = dict(sizes), {}, []
    for run in range(6):
        watch = Watch(left, window, retries, attempts)
        watch.handle(Began())
        # The last run is not interrupted.
        stop_at = data.draw(st.integers(0, 10)) if run < 5 else -1
        step = 0
        while watch.running:
            if step == stop_at:
                watch.handle(Stop())
            step += 1
            if not watch.running:
                break
            index = data.draw(st.sampled_from(sorted(watch.running)))
            events = [Finished(index), *(Broke(index, state) for state in BREAKS)]
            if watch.stopped:
                events.append(Withdrawn(index))
            watch.handle(data.draw(st.sampled_from(events)))
        ended += watch.ended
        left = {index: size for index, size in left.items() if index not in watch.ended}
        attempts = {index: count for index, count in watch.attempts.items() if index in left}
        assert all(count < 1 + retries for count in attempts.values()), "none is out of attempts"
    assert sorted(ended) == sorted(sizes)


@given(sizes=SIZES, window=st.integers(1, 4), retries=st.integers(0, 2))
def test_the_window_is_full_while_there_is_work_for_it(sizes, window, retries):
    watch = Watch(sizes, window, retries, {})
    watch.handle(Began())
    while watch.running:
        waiting = len(sizes) - len(watch.begun)
        assert len(watch.running) == window or not waiting or any(watch.running.values())
        watch.handle(Finished(max(watch.running)))
