"""The life of one worker process: starts, watches its parent, runs calls, ends.

Nothing here is called in the parent but the message forms at the top. A worker leads its own
process group, leaves SIGINT to the parent, and writes its output into its black box.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import struct
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn, assert_never

from svg2pptx_batch.executors import execution, logs, memory
from svg2pptx_batch.executors.base import (
    Completed,
    Failed,
    Outcome,
    OutOfMemory,
    TaskFunction,
)
from svg2pptx_batch.executors.black_box import BlackBox
from svg2pptx_batch.executors.channel import Channel
from svg2pptx_batch.logs import task_scope

READY = b"r"
"""To the parent: the function is loaded, calls may come."""
BROKEN = b"b"
"""To the parent: the function cannot be loaded; the reason follows as text."""
COMPLETED = b"c"
FAILED = b"f"
OUT_OF_MEMORY = b"m"
"""To the parent: the outcome of a call; its number and pickled fields follow."""
SKIPPED = b"s"
"""To the parent: a call was revoked before it was started; its number follows."""
LOG = b"l"
"""To the parent: a log record."""
END = b""
"""To the worker: there are no more calls."""

_NUMBER = struct.Struct("<Q")
_F_SETSIG = 10
_PARENT_POLL_S = 1.0
_EXIT_ORPHANED = 1


def encode_call(number: int, call_id: str, argument: object) -> bytes:
    """Write a call as a message to a worker.

    Raises:
        Exception: Whatever pickling the argument raises.
    """
    return _NUMBER.pack(number) + pickle.dumps((call_id, argument), pickle.HIGHEST_PROTOCOL)


def decode_number(message: bytes) -> int:
    """The call's number in a message about a call, from the worker."""
    return int(_NUMBER.unpack_from(message, 1)[0])


def decode_outcome(message: bytes, call_id: str) -> Outcome:
    """Read a COMPLETED, FAILED or OUT_OF_MEMORY message.

    A value that cannot be unpickled here makes the call Failed.
    """
    try:
        fields: tuple[Any, ...] = pickle.loads(message[1 + _NUMBER.size :])  # noqa: S301  from a worker of our own
    except Exception as error:  # noqa: BLE001  unpickling runs the value's own code
        return execution.ended_by(call_id, error)
    kind = message[:1]
    if kind == COMPLETED:
        return Completed(call_id, *fields)
    if kind == FAILED:
        return Failed(call_id, *fields)
    return OutOfMemory(call_id, *fields)


def main(
    reader: Connection,
    writer: Connection,
    box_path: str,
    function: str,
    level: int,
    memory_bytes: int,
) -> None:
    """Run calls until the parent says END or is gone, or until memory was short.

    Heap and libraries are in no good state after that: what is left in the pipe goes to another.

    Args:
        reader: Pipe from the parent.
        writer: Pipe to the parent.
        box_path: The black box's file.
        function: Task function as `module:qualname`.
        level: Log records below it are not sent.
        memory_bytes: Resident size this process may reach; 0 for no cap.
    """
    _own_signals()
    box = BlackBox.attach(Path(box_path))
    faulthandler.enable(file=2)
    _watch_parent()
    channel = Channel(reader, writer, blocking=True)
    lock = threading.Lock()

    def send(message: bytes) -> None:
        with lock:
            channel.send(message)

    try:
        logs.forward_to(lambda record: send(LOG + record), level)
        try:
            task = execution.load_function(function)
        except Exception as error:  # noqa: BLE001  importing runs code of any kind
            send(BROKEN + execution.failure("", error).error.encode())
            return
        cap = memory.keep_to(memory_bytes)
        gc.freeze()  # what is loaded now stays: collections need not walk it
        send(READY)
        while (message := channel.receive()) != END:
            (number,) = _NUMBER.unpack_from(message)
            box.started = number
            if number <= box.revoked:
                send(SKIPPED + message[: _NUMBER.size])
                continue
            box.forget_output()
            answer = _answer(task, message, cap)
            send(answer)
            if answer.startswith(OUT_OF_MEMORY) or cap.was_near:
                return
    except (EOFError, BrokenPipeError):
        return


def _answer(task: TaskFunction, message: bytes, cap: memory.MemoryCap) -> bytes:
    """Run the call of a message and write its outcome as a message."""
    number = message[: _NUMBER.size]
    try:
        cap.hold()
        try:
            call_id, argument = pickle.loads(message[_NUMBER.size :])  # noqa: S301  from our parent
            with task_scope(call_id):
                outcome = execution.run(task, call_id, argument)
        finally:
            cap.release()
        return _encode(number, cap.judge(outcome))
    except Exception as error:  # noqa: BLE001  pickling runs the argument's and the value's own code
        return _encode(number, cap.judge(execution.ended_by("", error)))


def _encode(number: bytes, outcome: Completed | Failed | OutOfMemory) -> bytes:
    fields: tuple[object, ...]
    match outcome:
        case Completed():
            kind, fields = COMPLETED, (outcome.value, outcome.seconds)
        case Failed():
            kind, fields = FAILED, (outcome.error, outcome.traceback)
        case OutOfMemory():
            kind, fields = OUT_OF_MEMORY, (outcome.resident_bytes,)
        case _:
            assert_never(outcome)
    return kind + number + pickle.dumps(fields, pickle.HIGHEST_PROTOCOL)


def _own_signals() -> None:
    """Leave the parent's process group and drop whatever handlers were inherited."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    os.setpgid(0, 0)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _watch_parent() -> None:
    """End this process soon after its parent has ended, whatever the main thread is doing.

    A thread waits for the parent. It cannot run while native code keeps the interpreter's lock,
    so on Linux the kernel is asked, too: SIGKILL when the parent's end of the pipe is closed.

    Source: fcntl(2), F_SETSIG and O_ASYNC.
    """
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid is None:
        return
    threading.Thread(
        target=_await_parent, args=(parent.sentinel, parent.pid), name="parent watch", daemon=True
    ).start()
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):  # some sandboxes' kernels know no F_SETSIG
            fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
            fcntl.fcntl(parent.sentinel, _F_SETSIG, signal.SIGKILL)
            flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
            fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
        if multiprocessing.connection.wait([parent.sentinel], 0):  # gone before it was asked
            os._exit(_EXIT_ORPHANED)


def _await_parent(sentinel: int, pid: int) -> NoReturn:
    """Exit when the parent's sentinel says so, or when there is no process of its id any more.

    The second matters where some other process holds a copy of the sentinel's pipe.
    """
    while not multiprocessing.connection.wait([sentinel], _PARENT_POLL_S):
        if sys.platform != "win32":
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                break
    os._exit(_EXIT_ORPHANED)
