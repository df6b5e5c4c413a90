"""A task module that takes for ever to import in a worker."""

from __future__ import annotations

import multiprocessing
import time
from typing import Any

if multiprocessing.parent_process() is not None:
    time.sleep(600)


def work(order: Any) -> Any:
    return order
