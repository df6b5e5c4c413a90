"""Callables to outcomes; knows no SVG.

For tool makers: an `Executor` runs `Call`s of one task function and gives each exactly one
`Outcome`. `pool.PoolExecutor` does so in supervised processes that can be killed,
`serial.SerialExecutor` in this process: it is the reference that every other is held against.

    with PoolExecutor("package.module:function", workers=4) as executor:
        executor.submit(Call("1", argument, timeout_s=60))
        while executor.pending:
            for outcome in executor.wait():
                ...

`memory.memory_was_short` tells a task function whether to believe an error; `sizing.Sizing` says
how many workers there should be, and `limits` what the machine has left.
"""

from svg2pptx_batch.executors.base import (
    Call,
    Cancelled,
    Completed,
    Crashed,
    Executor,
    Failed,
    Outcome,
    OutOfMemory,
    TaskFunction,
    TimedOut,
)

__all__ = [
    "Call",
    "Cancelled",
    "Completed",
    "Crashed",
    "Executor",
    "Failed",
    "OutOfMemory",
    "Outcome",
    "TaskFunction",
    "TimedOut",
]
