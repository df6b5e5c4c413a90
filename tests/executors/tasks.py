"""Task functions for the executor tests: whatever a call can do to its worker."""

from __future__ import annotations

import ctypes
import logging
import mmap
import os
import re
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from svg2pptx_batch.executors.memory import memory_was_short
from svg2pptx_batch.logs import name_task

if sys.platform != "win32":
    import resource


class Unpicklable:
    """Nothing of this kind gets through a pipe."""

    def __reduce__(self) -> Any:
        raise TypeError("this stays here")


def _break(side: str) -> None:
    raise TypeError(f"breaks in the {side}")


class BreaksOnArrival:
    """Gets into a pipe, but not out of it."""

    def __init__(self, side: str) -> None:
        self.side = side

    def __reduce__(self) -> Any:
        return _break, (self.side,)


class TooWordyError(Exception):
    """An exception that cannot even be told."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def work(order: tuple[Any, ...]) -> Any:
    """Do what the first item says."""
    name, *arguments = order
    return globals()[f"do_{name}"](*arguments)


def do_echo(value: Any) -> Any:
    return value


def do_sleep(seconds: float) -> str:
    time.sleep(seconds)
    return "slept"


def do_spin(seconds: float) -> str:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
    return "spun"


def do_pid() -> int:
    return os.getpid()


def do_note_pid(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def do_raise(text: str) -> None:
    raise ValueError(text)


def do_raise_wordless() -> None:
    raise TooWordyError


def do_exhaust() -> None:
    raise MemoryError


def do_recurse() -> None:
    do_recurse()


def do_sys_exit() -> None:
    sys.exit("leaving")


def do_interrupt() -> None:
    raise KeyboardInterrupt


def do_unpicklable() -> Unpicklable:
    return Unpicklable()


def do_breaks_on_arrival() -> BreaksOnArrival:
    return BreaksOnArrival("parent")


def do_big(size: int) -> bytes:
    return bytes(size)


def do_os_exit(code: int) -> None:
    os.write(2, b"last words\n")
    os._exit(code)


def do_flood(seconds: float) -> None:
    for _ in range(300):
        os.write(2, b"x" * 10_000)
    time.sleep(seconds)
    os.write(2, b"the very end")
    os._exit(3)


def do_signal_self(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(30)


def do_segfault() -> None:
    ctypes.string_at(0)


def do_hang() -> None:
    while True:
        pass


def do_hang_in_native_code() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


def do_hang_without_sigterm() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1)


def do_stop_self() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(30)


def do_hog() -> None:
    held = []
    for _ in range(60):
        held.append(bytearray(b"x") * (20 * 2**20))
        time.sleep(0.02)


def do_hog_fast() -> None:
    """Take memory as fast as it can be filled."""
    held = []
    while True:
        held.append(bytearray(b"x") * 2**20)


def do_hog_with_numpy() -> None:
    import numpy as np

    held = []
    while True:
        held.append(np.ones(2**20))


def do_hog_in_one_go() -> None:
    bytearray(b"x") * 2**40


def do_hog_in_native_code() -> None:
    """End in the way of native code that gets no memory: Skia aborts without a word."""
    from pathops import Path as Outline

    outline = Outline()
    pen = outline.getPen()
    pen.moveTo((0, 0))
    while True:
        pen.lineTo((1, 1))


def do_hog_stubbornly() -> None:
    """Keep all that can be had, and go on."""
    held = []
    while True:
        try:
            held.append(bytearray(b"x") * 2**20)
        except MemoryError:
            time.sleep(0.01)


def do_abort(words: str) -> None:
    os.write(2, words.encode())
    os.abort()


def do_hold(size: int, then: str = "pid") -> Any:
    """Fill some memory, let go of it and do something else."""
    held = bytearray(b"x") * size
    del held
    return work((then,))


def do_map(size: int) -> None:
    mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def do_raise_after_exhaustion() -> None:
    try:
        do_exhaust()
    except MemoryError as error:
        raise ValueError("nothing of the kind") from error


def do_memory_was_short() -> bool:
    return memory_was_short()


def do_data_limit() -> int:
    return resource.getrlimit(resource.RLIMIT_DATA)[0]


_leaked: list[bytearray] = []


def do_leak(size: int) -> int:
    _leaked.append(bytearray(b"x") * size)
    return os.getpid()


def do_leave_child(report: str) -> None:
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    Path(report).write_text(str(child))
    while True:
        time.sleep(1)


def do_note(folder: str, name: str, seconds: float) -> str:
    """Leave a trace of when this call ran."""
    with (Path(folder) / name).open("a") as file:
        file.write(f"{time.monotonic()} ")
        time.sleep(seconds)
        file.write(f"{time.monotonic()}\n")
    return name


def do_wait_for_go(folder: str, name: str) -> int:
    """Tell that this call runs, and go on when there is a file called go."""
    (Path(folder) / name).touch()
    while not (Path(folder) / "go").exists():
        time.sleep(0.01)
    return os.getpid()


def do_log(text: str, times: int) -> None:
    for _ in range(times):
        logging.getLogger("svg2pptx_batch.tests").warning(text)


def do_log_error(file: str, text: str) -> None:
    name_task(file)
    try:
        raise ValueError(text)
    except ValueError:
        logging.getLogger("svg2pptx_batch.tests").exception("caught")


def do_warn(text: str) -> None:
    warnings.warn(text, UserWarning, stacklevel=1)


def do_print(text: str) -> None:
    print(text, flush=True)


def do_signals() -> dict[str, bool]:
    return {
        "int ignored": signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
        "term default": signal.getsignal(signal.SIGTERM) is signal.SIG_DFL,
        "leads group": os.getpgid(0) == os.getpid(),
    }


def do_close_descriptors() -> None:
    os.closerange(3, 256)
    time.sleep(60)
