"""Runs one call in this process: the edge where a task's exceptions become outcomes."""

from __future__ import annotations

import importlib
import time
import traceback
from typing import cast

import psutil

from svg2pptx_batch.executors import memory
from svg2pptx_batch.executors.base import Completed, Failed, OutOfMemory, TaskFunction

_TRACEBACK_CHARACTERS = 8192


def load_function(name: str) -> TaskFunction:
    """Import the task function called `module:qualname`.

    Raises:
        ValueError: If the name has another form.
        ImportError, AttributeError: If there is no such module or function.
    """
    module_name, separator, qualname = name.partition(":")
    if not (module_name and separator and qualname):
        msg = f"task function {name!r} is not of the form 'module:qualname'"
        raise ValueError(msg)
    target: object = importlib.import_module(module_name)
    for part in qualname.split("."):
        target = getattr(target, part)
    return cast("TaskFunction", target)


def run(function: TaskFunction, call_id: str, argument: object) -> Completed | Failed | OutOfMemory:
    """Call the function and tell how it went.

    Every exception a task may end with is an outcome, `SystemExit` too; only what is meant for
    the process itself (`KeyboardInterrupt`) goes through. What comes of a `MemoryError`, or of the
    system's word for it, is OutOfMemory.
    """
    begin = time.perf_counter()
    try:
        value = function(argument)
    except (Exception, SystemExit) as error:  # noqa: BLE001  the task's edge: every error is an outcome
        return ended_by(call_id, error)
    return Completed(call_id, value, time.perf_counter() - begin)


def ended_by(call_id: str, error: BaseException) -> Failed | OutOfMemory:
    """Return the outcome of a call that an exception ended."""
    if memory.is_exhaustion(error):
        return OutOfMemory(call_id, int(psutil.Process().memory_info().rss))
    return failure(call_id, error)


def failure(call_id: str, error: BaseException) -> Failed:
    """Describe an exception as a Failed outcome; of a long traceback the end is kept."""
    name = "".join(traceback.format_exception_only(error)).strip()
    text = "".join(traceback.format_exception(error))
    return Failed(call_id, name, text[-_TRACEBACK_CHARACTERS:])
