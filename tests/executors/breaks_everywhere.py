"""A task module that ends whatever process imports it."""

from __future__ import annotations

import os
from typing import Any

os._exit(5)


def work(order: Any) -> Any:
    return order
