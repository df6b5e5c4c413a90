"""Task functions that misbehave for inputs of certain names, and convert all others."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from pathlib import Path

from svg2pptx_batch.batch.messages import decode_order
from svg2pptx_batch.batch.remote import RemoteArgument, RemoteValue, convert_remote
from svg2pptx_batch.batch.worker import convert_task
from svg2pptx_batch.executors.channel import Channel


def by_name(argument: tuple[bytes, bytes]) -> bytes:
    """Convert, after `_misbehave`."""
    _misbehave(argument[1])
    return convert_task(argument)


def remote_by_name(argument: RemoteArgument) -> RemoteValue:
    """Convert for a cluster, after `_misbehave`."""
    _misbehave(argument[1])
    return convert_remote(argument)


def slow_remote(argument: RemoteArgument) -> RemoteValue:
    """Convert for a cluster, taking 20 ms more."""
    time.sleep(0.02)
    return convert_remote(argument)


def other_traits(about: bytes) -> dict[str, str]:
    """Tell of a machine that is another in each of its processes."""
    return {"set of fonts": str(os.getpid())}


def _misbehave(order: bytes) -> None:
    """Do what the beginning of an input's name asks for.

    `hang…` never ends, `stop…` is stopped, `nap…` takes two seconds, `hog…` takes memory until it
    is killed, `crash…` breaks the interpreter, `raise…` raises, `wait…` waits for the mark `go`.
    The first time `once…` dies, `cut…` dies and `stuck…` is stopped in the middle of the answer. A
    mark tells who began it and when, where `JOB_MARKS` names a folder for marks.
    """
    name = decode_order(order).file.name.rpartition("/")[2]
    marked = "JOB_MARKS" in os.environ and not name.startswith("icon")
    first = _leave_mark(name) if marked else True
    match name.removesuffix(".svg").rstrip("0123456789"):
        case "hang":
            time.sleep(600)
        case "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "nap":
            time.sleep(2)
        case "hog":
            _take_memory()
        case "crash":
            ctypes.string_at(0)
        case "raise":
            raise RuntimeError("no task function does this")
        case "wait":
            while not (marks() / "go").exists():
                time.sleep(0.005)
        case "once" if first:
            os.kill(os.getpid(), signal.SIGKILL)
        case "cut" if first:
            _break_off_answer(signal.SIGKILL)
        case "stuck" if first:
            _break_off_answer(signal.SIGSTOP)


def slow(argument: tuple[bytes, bytes]) -> bytes:
    """Convert, taking 20 ms more."""
    time.sleep(0.02)
    return convert_task(argument)


def fail(_argument: tuple[bytes, bytes]) -> bytes:
    """Raise."""
    raise RuntimeError("no task function does this")


def marks() -> Path:
    """Return the folder that tests and tasks leave marks in."""
    return Path(os.environ["JOB_MARKS"])


def _leave_mark(name: str) -> bool:
    """Note process and moment in the mark of an input; return whether it is the first time."""
    mark = marks() / f"{name}.mark"
    first = not mark.exists()
    with mark.open("a") as file:
        file.write(f"{os.getpid()} {time.monotonic()}\n")
    return first


def _take_memory() -> None:
    """Take at most 200 MiB a second, and 4 GiB in all."""
    held = []
    for _ in range(1024):
        held.append(bytearray(b"x") * (4 * 2**20))
        time.sleep(0.02)


def _break_off_answer(number: int) -> None:
    """Send this process a signal when it has written half of its next message to the parent."""

    def send(channel: Channel, message: bytes) -> None:
        whole = len(message).to_bytes(4, "little") + message
        os.write(channel._writer.fileno(), whole[: len(whole) // 2])
        os.kill(os.getpid(), number)

    Channel.send = send
