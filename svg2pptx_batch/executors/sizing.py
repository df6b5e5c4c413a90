"""How many workers there should be, as a pure controller: no clock, no input, no output.

Like the windows of network protocols: one more while that helps, half as many when it hurts.
"""

from __future__ import annotations

import msgspec

_STALLED = 0.1
"""Share of time spent waiting for memory at which things get worse with every worker."""

_INTERVAL_S = 5.0
_RISE = 1.02
_SETTLING_S = 10.0
"""The pressure told is a mean over so long, and dismissed workers first end their calls."""

_RECOVERY_S = 30.0


class Sample(msgspec.Struct, frozen=True):
    """What is known at one moment.

    Attributes:
        now_s: Monotonic time.
        completed: Calls that have ended so far.
        available_bytes: Memory that can still be taken.
        pressure: Share of time stalled for memory, 0 to 1; None where nobody tells.
        worker_bytes: Resident size of the largest worker; 0 where it is not known.
    """

    now_s: float
    completed: int
    available_bytes: int
    pressure: float | None
    worker_bytes: int


class Sizing:
    """Decides from samples how many workers there should be.

    It always wants memory left for one worker more. It begins with as many as leave that, and adds
    one at a time as long as throughput rises with it. It halves them when tasks stall for memory,
    or when less is left; then it lets things settle, and grows again after a longer while.

    Args:
        maximum: There are never more, and never less than 1.
        worker_bytes: What a worker is expected to take; one that is larger counts by its size.
        available_bytes: Memory that can be taken at the beginning.

    Attributes:
        workers: How many there should be.
    """

    def __init__(self, maximum: int, worker_bytes: int, available_bytes: int) -> None:
        self._maximum = max(1, maximum)
        self._worker_bytes = max(1, worker_bytes)
        self.workers = max(1, min(self._maximum, available_bytes // self._worker_bytes - 1))
        self._since: Sample | None = None
        self._rate: float | None = None
        self._settled_at = float("-inf")
        self._recovered_at = float("-inf")

    def advise(self, sample: Sample) -> int:
        """Take a sample, about one a second; return how many workers there should be."""
        needed = max(self._worker_bytes, sample.worker_bytes)
        stalled = sample.pressure is not None and sample.pressure >= _STALLED
        if stalled or sample.available_bytes < needed:
            self._halve(sample)
        elif (
            self.workers == self._maximum
            or sample.now_s < self._recovered_at
            or sample.available_bytes < 2 * needed
        ):
            self._begin_interval(sample)
        elif self._rises(sample):
            self.workers += 1
        return self.workers

    def _halve(self, sample: Sample) -> None:
        """Take half of the workers, unless that was done just now, and put growth off."""
        self._recovered_at = sample.now_s + _RECOVERY_S
        self._begin_interval(sample)
        if sample.now_s >= self._settled_at:
            self._settled_at = sample.now_s + _SETTLING_S
            self.workers = max(1, self.workers // 2)

    def _rises(self, sample: Sample) -> bool:
        """Whether an interval ends with this sample in which more was done than in the one before.

        In an interval every worker can end a call; how much is done in less says nothing. The
        first one in which there may be more workers has nothing to be compared with, and counts
        as a rise.
        """
        if self._since is None:
            self._begin_interval(sample)
            return False
        elapsed = sample.now_s - self._since.now_s
        done = sample.completed - self._since.completed
        if elapsed < _INTERVAL_S or done < self.workers:
            return False
        before, rate = self._rate, done / elapsed
        self._begin_interval(sample, rate)
        return before is None or rate > _RISE * before

    def _begin_interval(self, sample: Sample, rate: float | None = None) -> None:
        self._since = sample
        self._rate = rate
