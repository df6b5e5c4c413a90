"""The workers of a job: what they run, what they have loaded, how many there are."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from svg2pptx_batch.executors.base import Executor
    from svg2pptx_batch.executors.sizing import Sample, Sizing
    from svg2pptx_batch.options import JobOptions

FUNCTION = "svg2pptx_batch.batch.worker:convert_task"
"""The task function, `module:qualname`."""

PRELOAD = (
    "svg2pptx_batch.batch.worker",
    "lxml.etree",
    "svg2pptx_batch.svg",
    "svg2pptx_batch.svg.probe",
    "svg2pptx_batch.resolve",
    "svg2pptx_batch.graphics.arc",
    "pathops",
)
"""Modules every worker needs, loaded once for all of them; text and pictures load theirs later."""

_RECYCLE_AFTER = 2500
_WORKER_BYTES = 128 * 2**20
"""What a worker takes once it has seen texts and pictures, as measured on real drawings."""


def warm_up() -> None:
    """Begin to load what workers need, while the caller looks for inputs and plans."""
    from svg2pptx_batch.executors.start import start_context

    with contextlib.suppress(OSError):  # whoever needs the workers will say so
        start_context(PRELOAD)


def pool(job_options: JobOptions, tasks: int) -> Executor:
    """Return the worker pool for a job.

    Args:
        job_options: How the job runs.
        tasks: How many there are to run; more workers than that are not started.
    """
    from svg2pptx_batch.executors.pool import PoolExecutor

    wanted = job_options.jobs or sizing().workers
    return PoolExecutor(
        FUNCTION,
        workers=max(1, min(wanted, tasks)),
        memory_bytes=job_options.memory_bytes,
        recycle_after=_RECYCLE_AFTER,
        preload=PRELOAD,
    )


def sizing() -> Sizing:
    """Return what decides how many workers there are, where the user does not say it."""
    from svg2pptx_batch.executors import limits
    from svg2pptx_batch.executors.sizing import Sizing

    return Sizing(limits.cpu_count(), _WORKER_BYTES, limits.memory_available())


def sample(completed: int, worker_bytes: int) -> Sample:
    """Return what is known of this machine now.

    Args:
        completed: Tasks that have ended so far.
        worker_bytes: Resident size of the largest worker.
    """
    from svg2pptx_batch.executors import limits
    from svg2pptx_batch.executors.sizing import Sample

    available, pressure = limits.memory_available(), limits.memory_pressure()
    return Sample(time.monotonic(), completed, available, pressure, worker_bytes)
