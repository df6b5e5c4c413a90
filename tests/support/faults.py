"""Faults of disk and clock for the processes of a job; what does them is `faults.c`."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_name("faults.c")
DAY_S = 86_400

_PROBE = "import time; print(int(time.time()))"


class UnavailableError(Exception):
    """There can be no faults here, and why."""


class Faults:
    """Makes faults; their library is compiled into a folder, their numbers lie there, too.

    Args:
        folder: Of the tests alone.

    Raises:
        UnavailableError: The library cannot be made, or this Python does not heed it.
    """

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if sys.platform != "linux" or compiler is None:
            raise UnavailableError("needs Linux and a C compiler")
        self._folder = folder
        self._library = folder / "faults.so"
        self._made = 0
        arguments = ["-shared", "-fPIC", "-O2", "-o", str(self._library), str(SOURCE), "-ldl"]
        done = subprocess.run([compiler, *arguments], capture_output=True, check=False, text=True)
        if done.returncode:
            raise UnavailableError(f"faults.c cannot be compiled: {done.stderr}")
        clock = self.clock()
        clock.move(-20 * 365 * DAY_S)
        told = [
            subprocess.run(
                [sys.executable, "-c", _PROBE], env=env, capture_output=True, check=True
            ).stdout
            for env in (os.environ, {**os.environ, **clock.environment})
        ]
        if int(told[0]) - int(told[1]) < 19 * 365 * DAY_S:
            raise UnavailableError("this Python does not heed LD_PRELOAD")

    def disk(self, calls: str, path: str, do: str, *, after: int = 0, times: int = 0) -> DiskFault:
        """Make a fault of the disk.

        Args:
            calls: Names of calls, blanks between them.
            path: What the paths concerned contain.
            do: An errno, `short`, `full` or `kill`; nothing to count only.
            after: How many of these calls pass before.
            times: How many meet the fault then; 0 for all that come.
        """
        number = self._number()
        return DiskFault(
            number,
            {
                "LD_PRELOAD": str(self._library),
                "FAULTS_CALLS": calls,
                "FAULTS_PATH": path,
                "FAULTS_AFTER": str(after if do else 2**62),
                "FAULTS_TIMES": str(times),
                "FAULTS_DO": do,
                "FAULTS_COUNT": str(number),
            },
        )

    def clock(self) -> Clock:
        """Make a wall clock that can be moved."""
        number = self._number()
        return Clock(number, {"LD_PRELOAD": str(self._library), "FAULTS_CLOCK": str(number)})

    def _number(self) -> Path:
        """Return a new file that holds the number 0."""
        self._made += 1
        path = self._folder / f"number{self._made}"
        path.write_bytes(bytes(8))
        return path


class DiskFault:
    """A fault of the disk.

    Attributes:
        environment: Of the processes that shall meet it.
    """

    def __init__(self, number: Path, environment: dict[str, str]) -> None:
        self._number = number
        self.environment = environment

    @property
    def count(self) -> int:
        """How many of the calls concerned have been made."""
        return int(struct.unpack("<Q", self._number.read_bytes())[0])


class Clock:
    """A wall clock that is off.

    Attributes:
        environment: Of the processes that shall see it.
    """

    def __init__(self, number: Path, environment: dict[str, str]) -> None:
        self._number = number
        self.environment = environment

    def move(self, seconds: int) -> None:
        """Set by how much it is off from now on."""
        with self._number.open("r+b", buffering=0) as file:
            file.write(struct.pack("<q", seconds))
