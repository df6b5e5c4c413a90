"""How fast a run goes, and when it will be through; pure arithmetic on moments it is told."""

from __future__ import annotations


class Pace:
    """Files a second since work began: workers take their time to start, and only once.

    Moments are seconds of one monotonic clock.
    """

    def __init__(self) -> None:
        self._began: float | None = None
        self._ended = 0

    def note(self, now: float, seconds: float) -> None:
        """Note that a file has come to its end.

        Args:
            now: The moment.
            seconds: How long it was worked on.
        """
        if self._began is None:
            self._began = now - seconds
        self._ended += 1

    def per_second(self, now: float) -> float:
        """Return files a second; 0 before the first has come to its end."""
        if self._began is None or now <= self._began:
            return 0.0
        return self._ended / (now - self._began)

    def seconds_for(self, files: int, now: float) -> float | None:
        """Return how long so many more files will take, None while nothing can be said."""
        rate = self.per_second(now)
        return files / rate if rate else None
