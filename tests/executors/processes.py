"""Looks at worker processes from outside."""

from __future__ import annotations

import os
import time

import psutil

from tests.executors.calls import HANG_S


def worker_pids(parent: int | None = None) -> list[int]:
    """Workers below a process: those of its descendants that lead a process group."""
    pids = []
    for process in psutil.Process(parent).children(recursive=True):
        try:
            if os.getpgid(process.pid) == process.pid and is_alive(process.pid):
                pids.append(process.pid)
        except ProcessLookupError:
            continue
    return pids


def fork_server_pid() -> int:
    """The process that forks the workers."""
    (pid,) = (
        process.pid
        for process in psutil.Process().children()
        if any("forkserver" in word for word in process.cmdline())
    )
    return pid


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pids: list[int], seconds: float = HANG_S) -> list[int]:
    """Wait for processes to end; those that are left after so long."""
    end = time.monotonic() + seconds
    while (left := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < end:
        time.sleep(0.02)
    return left
