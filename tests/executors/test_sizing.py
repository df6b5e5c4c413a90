"""How many workers there should be."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from svg2pptx_batch.executors.sizing import Sample, Sizing

WORKER = 100
PLENTY = 10**6


class Batch:
    """A made-up batch, sampled once a second, with as many workers as it is advised to have."""

    def __init__(self, maximum: int, workers: int) -> None:
        self.sizing = Sizing(maximum, WORKER, (workers + 1) * WORKER)
        self.second = 0
        self.completed = 0.0

    def run(
        self,
        seconds: int,
        *,
        rate: float = 1.0,
        useful: int = 2**20,
        available: int = PLENTY,
        pressure: float | None = None,
    ) -> list[int]:
        """Each of the workers that are useful does so many calls a second."""
        sizes = []
        for _ in range(seconds):
            sample = Sample(self.second, int(self.completed), available, pressure, 0)
            sizes.append(self.sizing.advise(sample))
            self.second += 1
            self.completed += rate * min(sizes[-1], useful)
        return sizes


def test_begins_with_what_memory_allows() -> None:
    assert Sizing(8, WORKER, PLENTY).workers == 8
    assert Sizing(8, WORKER, 5 * WORKER).workers == 4
    assert Sizing(8, WORKER, WORKER).workers == 1
    assert Sizing(8, WORKER, 0).workers == 1
    assert Sizing(0, 0, 0).workers == 1


def test_grows_one_by_one_while_throughput_rises() -> None:
    sizes = Batch(6, 1).run(60)
    assert sizes[0] == 1
    assert sizes[-1] == 6
    assert all(after - before in (0, 1) for before, after in pairwise(sizes))


def test_stops_where_more_workers_do_no_more() -> None:
    sizes = Batch(100, 1).run(600, rate=2.0, useful=3)
    assert 3 <= sizes[-1] <= 5


def test_long_calls_are_waited_for() -> None:
    assert Batch(6, 1).run(60, rate=0.01)[-1] == 1


def test_does_not_grow_without_memory() -> None:
    sizes = Batch(6, 2).run(100, available=2 * WORKER - 1)
    assert set(sizes) == {2}


def test_grows_when_memory_comes_back() -> None:
    batch = Batch(6, 2)
    assert batch.run(100, available=2 * WORKER - 1)[-1] == 2
    assert batch.run(100)[-1] == 6


def test_larger_workers_count_by_their_size() -> None:
    sizing = Sizing(8, WORKER, PLENTY)
    assert sizing.advise(Sample(0, 0, 5 * WORKER, None, 6 * WORKER)) == 4


def test_halves_under_pressure_and_lets_things_settle() -> None:
    sizes = Batch(8, 8).run(35, pressure=0.5)
    assert sizes == [4] * 10 + [2] * 10 + [1] * 15


def test_halves_when_memory_is_short() -> None:
    assert Batch(8, 8).run(11, available=WORKER - 1) == [4] * 10 + [2]


def test_recovers_slowly() -> None:
    batch = Batch(8, 8)
    assert batch.run(1, pressure=0.1) == [4]
    after = batch.run(120, pressure=0.09)
    assert set(after[:29]) == {4}
    assert after[-1] == 8


_SAMPLES = st.lists(
    st.builds(
        Sample,
        now_s=st.floats(0, 1000),
        completed=st.integers(0, 1000),
        available_bytes=st.integers(0, 20 * WORKER),
        pressure=st.none() | st.floats(0, 1),
        worker_bytes=st.integers(0, 3 * WORKER),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(
    maximum=st.integers(1, 64),
    available=st.integers(0, 100 * WORKER),
    samples=_SAMPLES,
    in_order=st.booleans(),
)
def test_never_leaves_its_bounds_nor_grows_in_need(
    maximum: int, available: int, samples: list[Sample], in_order: bool
) -> None:
    if in_order:
        samples.sort(key=lambda sample: (sample.now_s, sample.completed))
    sizing = Sizing(maximum, WORKER, available)
    twin = Sizing(maximum, WORKER, available)
    before = sizing.workers
    for sample in samples:
        size = sizing.advise(sample)
        assert 1 <= size <= maximum
        assert size in {before, before + 1, max(1, before // 2)}
        needed = max(WORKER, sample.worker_bytes)
        in_need = sample.available_bytes < needed or (sample.pressure or 0) >= 0.1
        if size > before:
            assert sample.available_bytes >= 2 * needed
            assert not in_need
        elif size < before:
            assert in_need
        assert twin.advise(sample) == size
        before = size


@settings(deadline=None)
@given(maximum=st.integers(1, 64), pressure=st.floats(0.1, 1))
def test_lasting_pressure_leaves_one_worker(maximum: int, pressure: float) -> None:
    halvings = math.ceil(math.log2(maximum)) + 1
    assert Batch(maximum, maximum).run(10 * halvings, pressure=pressure)[-1] == 1


@settings(deadline=None)
@given(maximum=st.integers(1, 20), rate=st.floats(0.3, 50), halted=st.integers(0, 50))
def test_what_scales_gets_all_workers(maximum: int, rate: float, halted: int) -> None:
    batch = Batch(maximum, maximum)
    batch.run(halted, pressure=1.0)
    assert batch.run(3000, rate=rate)[-1] == maximum
