"""What a worker of a cluster runs: one call, in a child process that is supervised there.

A cluster neither stops code that runs nor tells which call a worker died of. So each of a worker's
threads has a supervisor with one child: time limits, memory caps and crashes are judged beside the
call, and what breaks the child leaves the worker alone.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

import msgspec

from svg2pptx_batch.executors.base import Call, Cancelled, Outcome
from svg2pptx_batch.executors.execution import load_function
from svg2pptx_batch.executors.pool import PoolExecutor

_LOOK_S = 0.25
_RECYCLE_AFTER = 2500

Traits = Mapping[str, str]
"""What has to be the same on every machine: what it is called, in plain words, and its value."""


class Guarding(msgspec.Struct, frozen=True):
    """What all calls of a run share.

    Attributes:
        function: Task function as `module:qualname`.
        memory_bytes: As of `PoolExecutor`.
        preload: Likewise.
        traits_of: Function that tells the traits of a machine, as `module:qualname`.
        about: Its argument, hashable.
        traits: What it has to return.
    """

    function: str
    memory_bytes: int
    preload: tuple[str, ...]
    traits_of: str
    about: bytes
    traits: Traits


class Stranger(msgspec.Struct, frozen=True):
    """A worker that may not run calls, because it is not like the one who asks.

    Attributes:
        differences: In plain words.
    """

    differences: tuple[str, ...]


class _Held(threading.local):
    """The supervisor of each thread."""

    pool: PoolExecutor | None = None
    guarding: tuple[object, ...] = ()


_held = _Held()


def run_guarded(guarding: Guarding, call: Call, is_unwanted: Callable[[], bool]) -> Outcome:
    """Run a call in this thread's child; that of an unwanted call is killed.

    Args:
        guarding: How.
        call: What.
        is_unwanted: Asked several times a second whether nobody waits for the call any more.

    Raises:
        ExecutorError: No child can be started.
    """
    if is_unwanted():
        return Cancelled(call.id)
    pool = _supervisor(guarding)
    try:
        pool.submit(call)
        while not (outcomes := pool.wait(_LOOK_S)):
            if is_unwanted():
                pool.kill()
                pool.wait(0)
                return Cancelled(call.id)
    except BaseException:
        _dismiss()
        raise
    return outcomes[0]


def differences(guarding: Guarding) -> tuple[str, ...]:
    """Return in what this machine differs from the one who asks."""
    mine = _traits(guarding.traits_of, guarding.about)
    return tuple(what for what, value in guarding.traits.items() if mine.get(what) != value)


@lru_cache(maxsize=4)
def _traits(function: str, about: bytes) -> Traits:
    return cast("Traits", load_function(function)(about))


def traits(function: str, about: bytes) -> Traits:
    """Return the traits of this machine as a function tells them."""
    return cast("Traits", load_function(function)(about))


def _supervisor(guarding: Guarding) -> PoolExecutor:
    """Return this thread's supervisor, a new one where the last was for something else."""
    wanted = (guarding.function, guarding.memory_bytes, guarding.preload)
    if _held.pool is None or _held.guarding != wanted:
        _dismiss()
        _permit_children()
        pool = PoolExecutor(
            guarding.function,
            workers=1,
            memory_bytes=guarding.memory_bytes,
            recycle_after=_RECYCLE_AFTER,
            preload=guarding.preload,
        )
        _held.pool, _held.guarding = pool.__enter__(), wanted
    return _held.pool


def _dismiss() -> None:
    """End this thread's supervisor."""
    pool, _held.pool = _held.pool, None
    if pool is not None:
        pool.__exit__(None, None, None)


def _permit_children() -> None:
    """Let a worker that was started as a daemon have children.

    `multiprocessing` forbids it, because children of a daemon would outlive it. Ours watch their
    parent and end with it.
    """
    configuration: dict[str, Any] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    configuration["daemon"] = False
