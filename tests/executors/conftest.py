"""Executors to run calls on, and a hand to run them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from svg2pptx_batch.executors.pool import PoolExecutor
from tests.executors.calls import FUNCTION

MakePool = Callable[..., PoolExecutor]


@pytest.fixture
def make_pool() -> Iterator[MakePool]:
    """Makes entered pools of the test tasks; they are left at the end of the test."""
    with ExitStack() as stack:

        def make(workers: int = 2, function: str = FUNCTION, **settings: Any) -> PoolExecutor:
            return stack.enter_context(PoolExecutor(function, workers=workers, **settings))

        yield make
