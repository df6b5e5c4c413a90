"""How fast a run goes, and when it will be through; pure arithmetic on moments it is told."""

from __future__ import annotations

from collections import deque

_LATELY = 256


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
        """Return files a second; 0 before the first has come to its end."""
        if not self._moments or now <= self._moments[0]:
            return 0.0
        return (len(self._moments) - 1) / (now - self._moments[0])

    def seconds_for(self, files: int, now: float) -> float | None:
        """Return how long so many more files will take, None while nothing can be said."""
        rate = self.per_second(now)
        return files / rate if rate else None
