"""How many workers a job gets."""

import pytest

from svg2pptx_batch.batch import pool
from svg2pptx_batch.executors import limits
from svg2pptx_batch.options import JobOptions


@pytest.mark.parametrize(
    ("memory_bytes", "jobs", "tasks", "workers"),
    [
        (64 * 2**30, 0, 100, 8),
        (64 * 2**30, 0, 3, 3),
        (400 * 2**20, 0, 100, 2),  # and room for one more
        (0, 0, 100, 1),
        (0, 5, 100, 5),
    ],
)
def test_workers_follow_processors_memory_and_tasks(
    monkeypatch, memory_bytes, jobs, tasks, workers
):
    monkeypatch.setattr(limits, "cpu_count", lambda: 8)
    monkeypatch.setattr(limits, "memory_available", lambda: memory_bytes)
    assert pool.pool(JobOptions(jobs=jobs), tasks).capacity == workers
