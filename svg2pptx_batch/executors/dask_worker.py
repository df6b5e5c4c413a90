"""What `dask` sends to the workers of a cluster; runs there."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import msgspec

from svg2pptx_batch.executors import execution
from svg2pptx_batch.executors.base import Call, Outcome
from svg2pptx_batch.executors.guard import Guarding, Stranger, differences, run_guarded


def run_on_worker(guarding: Guarding, calls: tuple[Call, ...]) -> tuple[Outcome, ...] | Stranger:
    """Run calls on a worker of the cluster, one after another: what is sent to it.

    Args:
        guarding: How.
        calls: With pickled arguments.

    Returns:
        Their outcomes; or why this worker may run none.
    """
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    differing = differences(guarding)
    if differing:
        return Stranger((f"at {worker.address}", *differing))

    def is_unwanted() -> bool:
        task = worker.state.tasks.get(key)
        closing = worker.status.name not in ("running", "paused")
        return closing or task is None or task.state == "cancelled"

    return tuple(_run_sent(guarding, call, is_unwanted) for call in calls)


def _run_sent(guarding: Guarding, call: Call, is_unwanted: Callable[[], bool]) -> Outcome:
    try:
        argument = pickle.loads(call.argument)  # noqa: S301  from the run that the worker serves
    except Exception as error:  # noqa: BLE001  unpickling runs the argument's own code
        return execution.ended_by(call.id, error)
    return run_guarded(guarding, msgspec.structs.replace(call, argument=argument), is_unwanted)
