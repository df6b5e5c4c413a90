"""The memory cap as a worker keeps it itself, and how one knows that memory was short.

The parent looks at resident sizes ten times a second; whoever allocates fast is far beyond the cap
by then. So on Linux a worker has the kernel refuse it private writable memory (RLIMIT_DATA) when
its resident size would pass the cap by more than a tenth. What is refused becomes a `MemoryError`
or, in native code, an abort or an error of any other name. Two things tell that such an end was
exhaustion: words that say so, or how large the process had become. For an error that is its peak;
for a death, which leaves no peak behind, the size the parent saw last, and half the cap will do: a
buffer that doubles is refused about then.

Neither is a proof. A call that failed for another reason while it held that much is called
OutOfMemory, too; that costs another try in a fresh process. A worker that has come near the cap
takes no further call, so what one call took is never held against the next. A single large
request that is refused leaves nothing but words, and of some libraries not even these.

Elsewhere no system keeps such a limit (macOS ignores it, Windows has none): the parent watches
alone, and `memory_was_short` says no.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress

from svg2pptx_batch.executors.base import Completed, Failed, OutOfMemory

if sys.platform == "linux":
    import resource

_MARGIN = 0.1
_NEAR = 0.8
_NEAR_FOR_DEATH = 0.5
_REFRESH_EVERY = 16
_LONGEST_CHAIN = 8
_STATM_BYTES = 256
_SHARED_FIELD = 2
_LAST_WORDS = (
    "MemoryError",
    "bad_alloc",
    "memory allocation of",
    "out of memory",
    "annot allocate memory",
)
"""Of Python, C++, Rust, and of those who print what the system says. Skia says nothing."""


def is_exhaustion(error: BaseException) -> bool:
    """Whether an exception, or one that led to it, says that memory was refused."""
    cause: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if isinstance(cause, MemoryError):
            return True
        if isinstance(cause, OSError) and cause.errno == errno.ENOMEM:
            return True
        cause = cause and (cause.__cause__ or cause.__context__)
    return False


def was_exhaustion(last_words: str, resident_bytes: int, cap_bytes: int) -> bool:
    """Whether a process that died by itself seems to have been refused memory.

    Args:
        last_words: The end of what it wrote.
        resident_bytes: Its size when last looked at.
        cap_bytes: What it might have had; 0 for no cap.
    """
    large = cap_bytes > 0 and resident_bytes >= _NEAR_FOR_DEATH * cap_bytes
    return large or any(words in last_words for words in _LAST_WORDS)


class MemoryCap:
    """The cap of this process.

    Args:
        cap_bytes: Resident size it may reach; 0 for no cap.

    Attributes:
        peak_bytes: The largest resident size when last looked at; 0 where nothing is capped.
        was_near: Whether that was near the cap.
    """

    def __init__(self, cap_bytes: int) -> None:
        self.peak_bytes = 0
        self.was_near = False
        self._cap_bytes = 0
        self._holds = 0
        if sys.platform == "linux":
            self._cap_bytes = cap_bytes
            self._own_limits = self._limits = resource.getrlimit(resource.RLIMIT_DATA)

    def hold(self) -> None:
        """Have memory beyond the cap refused until `release`."""
        if sys.platform != "linux" or not self._cap_bytes:
            return
        if self._holds % _REFRESH_EVERY == 0:
            self._limits = (self._affordable_bytes(), self._own_limits[1])
        self._holds += 1
        resource.setrlimit(resource.RLIMIT_DATA, self._limits)

    def release(self) -> None:
        """Have nothing refused any more, and look at the peak."""
        if sys.platform == "linux" and self._cap_bytes:
            resource.setrlimit(resource.RLIMIT_DATA, self._own_limits)
            self.look()

    def look(self) -> None:
        """Find out the largest resident size so far, and whether it is near the cap."""
        if sys.platform == "linux" and self._cap_bytes:
            self.peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            self.was_near = self.peak_bytes >= _NEAR * self._cap_bytes

    def judge(self, outcome: Completed | Failed | OutOfMemory) -> Completed | Failed | OutOfMemory:
        """Return what is to be said of a call that ended so, by the peak last looked at.

        A failure near the cap is OutOfMemory. So is a success beyond it: it passed only because
        nobody looked at that moment, and native code may have left out what it got no memory for.
        """
        if not self.was_near and not isinstance(outcome, OutOfMemory):
            return outcome
        match outcome:
            case Completed() if self.peak_bytes <= self._cap_bytes:
                return outcome
            case OutOfMemory(call_id, resident):
                return OutOfMemory(call_id, max(resident, self.peak_bytes))
            case _:
                return OutOfMemory(outcome.call_id, self.peak_bytes)

    def _affordable_bytes(self) -> int:
        """Private writable memory that keeps the resident size below the cap and a tenth.

        Memory that is resident and shared, code for the most part, is no part of it; it grows
        while libraries are loaded.

        Source: proc(5), /proc/pid/statm; getrlimit(2), RLIMIT_DATA.
        """
        if sys.platform != "linux":
            return 0
        shared = 0
        with suppress(OSError):
            statm = os.open("/proc/self/statm", os.O_RDONLY)
            try:
                pages = os.read(statm, _STATM_BYTES).split()[_SHARED_FIELD]
                shared = int(pages) * resource.getpagesize()
            finally:
                os.close(statm)
        affordable = max(0, int(self._cap_bytes * (1 + _MARGIN)) - shared)
        own = [limit for limit in self._own_limits if limit != resource.RLIM_INFINITY]
        return min([affordable, *own])


_cap = MemoryCap(0)


def keep_to(cap_bytes: int) -> MemoryCap:
    """Set the cap of this process; 0 for none."""
    global _cap  # noqa: PLW0603  a process has one memory
    _cap = MemoryCap(cap_bytes)
    return _cap


def memory_was_short() -> bool:
    """Whether this worker has come so near its memory cap that what fails may lack memory.

    For task functions, before they call an input invalid: libraries report exhaustion under other
    names (lxml as an error of syntax). If so, raise `MemoryError` instead.
    """
    _cap.look()
    return _cap.was_near
