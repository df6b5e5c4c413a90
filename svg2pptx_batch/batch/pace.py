"""How fast a run goes, when it will be through, how long a file may take.

Pure arithmetic on moments and durations it is told.
"""

from __future__ import annotations

from bisect import insort
from collections import deque

from svg2pptx_batch.options import Percent

_LATELY = 256
_ENOUGH = 20
_LEAST_S = 1.0
_MEANWHILE_S = 60.0
_SHORTEST_S = 0.1
"""Files that are told together look as if they had come at once."""


class Pace:
    """Files a second lately: over the last 256, or since work began.

    Workers take their time to start, and for their first files, but only once; and what comes
    first is not like what comes last.

    Moments are seconds of one monotonic clock.
    """

    def __init__(self) -> None:
        self._moments: deque[float] = deque(maxlen=_LATELY + 1)

    def note(self, now: float, seconds: float) -> None:
        """Note that a file has come to its end.

        Args:
            now: The moment.
            seconds: How long it was worked on.
        """
        if not self._moments:
            self._moments.append(now - seconds)
        self._moments.append(now)

    def per_second(self, now: float) -> float:
        """Return files a second; 0 until a tenth of a second after work began."""
        if not self._moments or now - self._moments[0] < _SHORTEST_S:
            return 0.0
        return (len(self._moments) - 1) / (now - self._moments[0])

    def seconds_for(self, files: int, now: float) -> float | None:
        """Return how long so many more files will take, None while nothing can be said."""
        rate = self.per_second(now)
        return files / rate if rate else None


class TimeLimit:
    """The time limit of one file: fixed, or in percent of the median of those done.

    A percentage counts once 20 files are done, and never means less than a second; until then a
    file has a minute.

    Args:
        limit: Seconds, 0 for no limit; or a percentage of the median.
    """

    def __init__(self, limit: float | Percent) -> None:
        self._percent, self._fixed_s = 0.0, _MEANWHILE_S
        if isinstance(limit, Percent):
            self._percent = limit.percent
        else:
            self._fixed_s = limit
        self._durations: list[float] = []

    def note(self, seconds: float) -> None:
        """Note how long a file took that was converted."""
        if self._percent:
            insort(self._durations, seconds)

    @property
    def seconds(self) -> float | None:
        """The limit now; None for none."""
        if self._percent and len(self._durations) >= _ENOUGH:
            median = self._durations[len(self._durations) // 2]
            return max(_LEAST_S, median * self._percent / 100)
        return self._fixed_s or None
