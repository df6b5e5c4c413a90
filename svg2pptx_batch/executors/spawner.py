"""Starts worker processes, and gives up where they keep ending before they have done anything."""

from __future__ import annotations

import logging
import time

from svg2pptx_batch.errors import ExecutorError, ResourceError
from svg2pptx_batch.executors.process import WorkerProcess
from svg2pptx_batch.executors.start import start_context

_MAX_BARREN = 8
_FIRST_PAUSE_S = 0.05
_MAX_PAUSE_S = 0.5

_log = logging.getLogger(__name__)


class Spawner:
    """Starts workers; after each that died barren the next one waits a little longer.

    Args:
        function: Task function as `module:qualname`.
        recycle_after: Calls after which a worker is replaced; 0 for never.
        memory_bytes: Resident size a worker may reach; 0 for no cap.
        preload: Modules to import once, before workers are forked, where the system can.

    Raises:
        ResourceError: The system refuses the process that forks workers.
    """

    def __init__(
        self, function: str, recycle_after: int, memory_bytes: int, preload: tuple[str, ...]
    ) -> None:
        self.paused_until = 0.0
        self._function = function
        self._recycle_after = recycle_after
        self._memory_bytes = memory_bytes
        try:
            self._context = start_context((function.partition(":")[0], *preload))
        except OSError as error:
            raise _refused(error) from error
        self._barren = 0
        self._last_words = ""
        self._refusal: OSError | None = None

    @property
    def exhausted(self) -> bool:
        """Whether so many workers have died barren that no more are started."""
        return self._barren >= _MAX_BARREN

    def start(self) -> WorkerProcess | None:
        """Start a worker; None where none may or can be started now."""
        if self.exhausted or time.monotonic() < self.paused_until:
            return None
        try:
            return WorkerProcess(
                self._context, self._function, self._recycle_after, self._memory_bytes
            )
        except (OSError, EOFError) as error:
            self.note_barren(f"{type(error).__name__}: {error}")
            self._refusal = error if isinstance(error, OSError) else None
            return None

    def note_barren(self, words: str, *, hopeless: bool = False) -> None:
        """Note a worker that died before it did anything.

        Args:
            words: What it said last.
            hopeless: Whether it could say itself what was wrong: that will hardly pass, so two
                tries are enough.
        """
        self._last_words = words
        self._refusal = None
        self.paused_until = time.monotonic() + min(_MAX_PAUSE_S, _FIRST_PAUSE_S * 2**self._barren)
        self._barren += _MAX_BARREN // 2 if hopeless else 1
        _log.warning("a worker process died before it did anything: %s", words or "no message")

    def note_answer(self) -> None:
        """Note that a worker has done something."""
        self._barren = 0

    def error(self) -> ExecutorError:
        """Say that no worker can be started."""
        if self._refusal is not None:
            return _refused(self._refusal)
        return ExecutorError(
            "Worker processes keep ending before they have done anything"
            + (f"; the last one said: {self._last_words}" if self._last_words else "."),
            remedy="Look for what ends new processes: memory, process limits, a broken install.",
        )


def _refused(error: OSError) -> ResourceError:
    """Say that the system lets no worker start."""
    return ResourceError(
        f"No worker process can be started: {error}.",
        remedy="Make room on the disk of temporary files, or raise the limits on open files and "
        "processes (ulimit -n, ulimit -u); then resume the job.",
    )
