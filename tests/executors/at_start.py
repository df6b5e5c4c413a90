"""Task functions whose loading does something to its worker.

`tests.executors.at_start:stop_first.<folder in hex>` stops the first worker that loads it. Each
worker leaves a file in the folder before it does anything else.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.executors.tasks import work


class _Loading:
    """An action for the first so many processes that ask for an attribute."""

    def __init__(self, action: Callable[[], object], times: int = 2**20) -> None:
        self._action = action
        self._times = times

    def __getattr__(self, folder: str) -> Any:
        path = Path(bytes.fromhex(folder).decode())
        (path / str(os.getpid())).touch()
        if len(list(path.iterdir())) <= self._times:
            self._action()
        return work


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die() -> None:
    os.write(2, b"cannot live here")
    os._exit(4)


def _sleep() -> None:
    time.sleep(600)


def _hang_in_native_code() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


stop = _Loading(_stop)
stop_first = _Loading(_stop, 1)
stop_first_two = _Loading(_stop, 2)
kill_first = _Loading(_kill, 1)
kill_first_three = _Loading(_kill, 3)
die = _Loading(_die)
sleep = _Loading(_sleep)
sleep_first = _Loading(lambda: time.sleep(3.0), 1)
hang_in_native_code = _Loading(_hang_in_native_code)


def function(action: str, folder: Path) -> str:
    """The name of a task function that does so when it is loaded."""
    return f"{__name__}:{action}.{os.fsencode(folder).hex()}"
