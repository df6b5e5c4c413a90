"""Runs calls on an executor and keeps account of them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from svg2pptx_batch.executors.base import Call, Executor, Outcome

FUNCTION = "tests.executors.tasks:work"

HANG_S = 180.0
"""Longer than any test may need on a busy machine: only a hang gets there."""


def submit(executor: Executor, *orders: tuple[object, ...], timeout_s: float = HANG_S) -> None:
    """Submit orders for `tests.executors.tasks.work` as calls "0", "1", …"""
    for index, order in enumerate(orders):
        executor.submit(Call(str(index), order, timeout_s))


def collect(executor: Executor) -> dict[str, Outcome]:
    """Wait for all outcomes; fails when one comes twice or none comes for long."""
    outcomes: dict[str, Outcome] = {}
    end = time.monotonic() + HANG_S
    while executor.pending:
        assert time.monotonic() < end, f"hangs with {executor.pending} calls pending"
        add(outcomes, executor.wait(1.0))
    return outcomes


def collect_some(executor: Executor, number: int = 1) -> dict[str, Outcome]:
    """Wait until so many outcomes have come."""
    outcomes: dict[str, Outcome] = {}
    end = time.monotonic() + HANG_S
    while len(outcomes) < number:
        assert time.monotonic() < end, f"hangs after {len(outcomes)} outcomes"
        add(outcomes, executor.wait(1.0))
    return outcomes


def wait_for_files(executor: Executor, folder: Path, number: int = 1) -> None:
    """Let the executor work until there are so many files; no call may end meanwhile."""
    end = time.monotonic() + HANG_S
    while len(list(folder.iterdir())) < number:
        assert time.monotonic() < end, "hangs before there are enough files"
        assert executor.wait(0.01) == []


def add(outcomes: dict[str, Outcome], more: Iterable[Outcome]) -> None:
    """Put outcomes under their ids, each once."""
    for outcome in more:
        assert outcome.call_id not in outcomes, f"two outcomes for {outcome.call_id}"
        outcomes[outcome.call_id] = outcome


def run(
    executor: Executor, *orders: tuple[object, ...], timeout_s: float = HANG_S
) -> list[Outcome]:
    """Run orders; their outcomes in the same sequence."""
    submit(executor, *orders, timeout_s=timeout_s)
    outcomes = collect(executor)
    assert len(outcomes) == len(orders)
    return [outcomes[str(index)] for index in range(len(orders))]
