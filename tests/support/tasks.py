"""Task functions that misbehave for inputs of certain names, and convert all others."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from svg2pptx_batch.batch.messages import decode_order, decode_setting
from svg2pptx_batch.batch.worker import convert_task


def by_name(argument: tuple[bytes, bytes]) -> bytes:
    """Convert, but for inputs of certain names.

    `hang…` never ends, `nap…` takes two seconds, `crash…` dies, `once…` dies the first time,
    `raise…` raises, `hog…` takes memory without end.
    """
    name = decode_order(argument[1]).file.name.rpartition("/")[2]
    if name.startswith("hang"):
        time.sleep(600)
    elif name.startswith("nap"):
        time.sleep(2)
    elif name.startswith("hog"):
        kept = []
        while True:
            kept.append(bytes(range(256)) * 2**12)
            time.sleep(0.001)
    elif name.startswith("crash"):
        os.kill(os.getpid(), signal.SIGSEGV)
    elif name.startswith("raise"):
        raise RuntimeError("no task function does this")
    elif name.startswith("once"):
        mark = Path(decode_setting(argument[0]).objects).parent / f"{name}.mark"
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return convert_task(argument)


def slow(argument: tuple[bytes, bytes]) -> bytes:
    """Convert, taking 20 ms more."""
    time.sleep(0.02)
    return convert_task(argument)
