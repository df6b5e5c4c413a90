"""A task module that lets no worker live."""

from __future__ import annotations

import multiprocessing
import os
from typing import Any

if multiprocessing.parent_process() is not None:
    os.write(2, b"cannot live here")
    os._exit(4)


def work(order: Any) -> Any:
    return order
