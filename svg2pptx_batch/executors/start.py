"""How worker processes are started; light, so that the fork server begins before all else loads."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from types import ModuleType

_WORKER = f"{__package__}.worker"
_STARTING = threading.Lock()
_LONGEST_TEMPORARY = 70
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""One worker a processor is parallel enough; idle thread pools only cost memory and time."""


def start_context(preload: Sequence[str]) -> BaseContext:
    """The way to start workers: forkserver with `preload` imported, spawn where there is none.

    The fork server is begun at once, so that it imports while the caller does something else.
    One that runs already keeps what it has imported.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods() or not _has_room_for_socket():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_WORKER, *preload])
    with child_surroundings():
        forkserver.ensure_running()
    return context


def _has_room_for_socket() -> bool:
    """Tell whether the fork server's socket can have a name in the folder for temporary files.

    Source: unix(7): 108 bytes on Linux, 104 elsewhere, of which its own name takes 32.
    """
    return len(os.fsencode(tempfile.gettempdir())) <= _LONGEST_TEMPORARY


@contextmanager
def child_surroundings() -> Iterator[None]:
    """What processes started inside the block shall find.

    `multiprocessing` makes a child import the program's main module again. Ours need nothing from
    it; without it a script needs no `if __name__ == "__main__"` guard and workers start sooner.
    """
    with _STARTING:
        main = sys.modules["__main__"]
        added = [name for name in _ONE_THREAD if name not in os.environ]
        sys.modules["__main__"] = ModuleType("__main__")
        os.environ.update(dict.fromkeys(added, "1"))
        try:
            yield
        finally:
            sys.modules["__main__"] = main
            for name in added:
                os.environ.pop(name, None)
