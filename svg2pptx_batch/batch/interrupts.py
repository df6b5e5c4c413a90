"""What asks a run to end in order: SIGINT and SIGTERM while it lives, or another thread."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any, Self

from svg2pptx_batch.errors import ExitCode

_HEARD = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Counts the signals that ask a run to end; a context manager.

    In a thread other than the main one no signal can be heard; others `ask` instead.

    Attributes:
        count: Signals heard. The first asks to stop in order, the second to stop at once.
        number: The first one's number, 0 before it.
    """

    def __init__(self) -> None:
        self.count = 0
        self.number = 0
        self._before: dict[signal.Signals, Any] = {}

    @property
    def exit_code(self) -> ExitCode:
        """What a command ends with: 130 after SIGINT, 143 after SIGTERM."""
        return ExitCode.TERMINATED if self.number == signal.SIGTERM else ExitCode.INTERRUPTED

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _HEARD:
                self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, *exc_info: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        self._before.clear()

    def ask(self) -> None:
        """Ask the run to end, from any thread, as SIGTERM does."""
        self._hear(signal.SIGTERM, None)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        self.count += 1
        self.number = self.number or number
