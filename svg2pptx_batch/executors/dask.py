"""Runs calls on the workers of a Dask cluster, each in a guarded child there; see `guard`.

What Dask is trusted with: to bring a call to some worker, to try another where one dies, and to
bring the outcome back. Whether a call is to blame is judged beside it, never here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pickle
import queue
import time
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any, Self, cast

import msgspec

from svg2pptx_batch.errors import ClusterError, MissingExtraError, UsageError
from svg2pptx_batch.executors import execution
from svg2pptx_batch.executors.base import Call, Cancelled, Completed, Outcome, check_workers
from svg2pptx_batch.executors.dask_worker import run_on_worker
from svg2pptx_batch.executors.guard import Guarding, Stranger, differences, traits

SCHEME = "dask://"

_CONNECT_S = 10.0
_FIRST_WORKER_S = 30.0
_NO_WORKER_S = 60.0
_CLOSE_S = 5.0
_LOOK_S = 0.25
_COUNT_S = 2.0
_AHEAD = 3
"""Pieces that are with the cluster for each thread of it: one runs, the others are on their way."""
_PIECE_S = 0.1
_MOST_CALLS = 24
_MOST_BYTES = 2**20
"""What a piece holds at most: Dask takes some milliseconds for each, which is more than many a call
takes."""
_MOST_LOSSES = 3
_TALKATIVE = ("distributed", "distributed.client")
"""Loggers that tell, with tracebacks and on standard error, what is told here in a sentence."""
_WARNING_SIZE = "distributed.admin.large-graph-warning-threshold"
_START = "dask scheduler, dask worker"


class _Flight(msgspec.Struct):
    """Calls that are with the cluster, in one piece.

    Attributes:
        calls: As submitted.
        future: Dask's.
    """

    calls: list[Call]
    future: Any


class DaskExecutor:
    """Runs calls on a Dask cluster; see `base.Executor` for the contract.

    A call that has been handed to the cluster counts as started: `cancel` lets it end. Each runs in
    a child of its own, so one marked `alone` has only a fresh child; who submits it last, when
    nothing else is pending, has the cluster for it.

    Args:
        function: Task function as `module:qualname`, importable on the workers.
        address: `dask://HOST:PORT` of the scheduler.
        traits_of: Function that tells what has to be the same on all machines, likewise.
        about: Its argument.
        workers: Calls under way at once; 0 for as many as the cluster has threads.
        memory_bytes: As of `PoolExecutor`, for the child of each call.
        preload: Modules that children import once.
        prepare: Makes the argument that is sent of that of a call, when its turn has come.
    """

    def __init__(
        self,
        function: str,
        address: str,
        *,
        traits_of: str,
        about: bytes = b"",
        workers: int = 0,
        memory_bytes: int = 0,
        preload: tuple[str, ...] = (),
        prepare: Callable[[Call], Any] | None = None,
    ) -> None:
        self._address = address
        self._guarding = Guarding(
            function, memory_bytes, preload, traits_of, about, traits(traits_of, about)
        )
        self._most = workers
        self._prepare = prepare or (lambda call: call.argument)
        self._queue: deque[Call] = deque()
        self._flying: dict[int, _Flight] = {}
        self._mean_s: float | None = None
        self._losses: dict[str, int] = {}
        self._ids: set[str] = set()
        self._outcomes: list[Outcome] = []
        self._arrived: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._client: Any = None
        self._run = uuid.uuid4().hex
        self._sent = 0
        self._threads = 0
        self._deserted_since: float | None = None
        self._next_count = 0.0
        self._levels: dict[str, int] = {}

    @property
    def capacity(self) -> int:
        """Calls that run at once: the cluster's threads, as far as they may be used; at least 1."""
        return max(1, min(self._threads, self._most or self._threads))

    @property
    def pending(self) -> int:
        """Calls submitted whose outcome `wait` has not returned yet."""
        return len(self._ids)

    @property
    def worker_bytes(self) -> int:
        """Always 0: the workers are on other machines."""
        return 0

    def resize(self, workers: int) -> None:
        """Have at most so many calls under way from now on; never more than there are threads.

        Raises:
            ValueError: If it is less than 1.
        """
        check_workers(workers)
        self._most = workers

    def __enter__(self) -> Self:
        """Connect to the scheduler, and see to it that its workers are like this machine.

        Raises:
            MissingExtraError: Dask is not installed.
            ClusterError: No scheduler answers, or it has no worker.
            UsageError: A worker is another version, or has other fonts.
        """
        distributed = load_distributed(self._address)
        self._levels = {name: logging.getLogger(name).level for name in _TALKATIVE}
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self._client = distributed.Client(
                f"tcp://{self._address.removeprefix(SCHEME)}",
                timeout=_CONNECT_S,
                set_as_default=False,
                name="svg2pptx-batch",
            )
        except (OSError, TimeoutError, ValueError) as error:
            self._close()
            raise ClusterError(
                f"No Dask scheduler answers at {self._address}: {error}.",
                remedy=f"Start one ({_START}), or use --executor local.",
            ) from error
        try:
            self._await_worker()
            self._check_workers()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Withdraw what is under way, and leave the cluster."""
        self.kill()
        self._close()

    def submit(self, call: Call) -> None:
        """Queue a call; the next `wait` hands it out.

        Raises:
            ValueError: If a call of that id is pending.
            RuntimeError: Outside of the `with` block.
        """
        if self._client is None:
            msg = "use the executor as a context manager"
            raise RuntimeError(msg)
        if call.id in self._ids:
            msg = f"call {call.id!r} is already pending"
            raise ValueError(msg)
        self._ids.add(call.id)
        self._queue.append(call)

    def wait(self, timeout_s: float | None = None) -> list[Outcome]:
        """Return the outcomes that have come; waits as the contract says.

        Raises:
            ClusterError: The scheduler is lost, or no worker is left.
            UsageError: A worker that has come later is not like this machine.
        """
        end = None if timeout_s is None else time.monotonic() + timeout_s
        self._hand_out()
        while not self._outcomes and self._ids:
            rest = _LOOK_S if end is None else min(_LOOK_S, end - time.monotonic())
            self._receive(max(0.0, rest))
            self._hand_out()
            self._look()
            if end is not None and time.monotonic() >= end:
                break
        outcomes, self._outcomes = self._outcomes, []
        self._ids.difference_update(outcome.call_id for outcome in outcomes)
        return outcomes

    def cancel(self) -> None:
        """Withdraw all calls that are not with the cluster yet."""
        self._outcomes.extend(Cancelled(call.id) for call in self._queue)
        self._queue.clear()

    def kill(self) -> None:
        """Withdraw all calls; workers end the children that run them."""
        self.cancel()
        flying, self._flying = self._flying, {}
        self._outcomes.extend(Cancelled(call.id) for f in flying.values() for call in f.calls)
        if flying and self._client.status == "running":
            with contextlib.suppress(OSError, TimeoutError):
                self._client.cancel([flight.future for flight in flying.values()], force=True)

    def _hand_out(self) -> None:
        """Give calls to the cluster, a few more than it can run at once."""
        if self._queue and self._client.status != "running":
            raise self._lost()
        while self._queue and len(self._flying) < self.capacity * _AHEAD:
            calls, sent = self._next_piece()
            if calls:
                self._send(calls, sent)

    def _next_piece(self) -> tuple[list[Call], list[Call]]:
        """Take calls from the queue that are worth a way; several where they are short.

        Returns:
            The calls, and what is sent for them: with pickled arguments.
        """
        most = self._piece_size()
        calls: list[Call] = []
        sent: list[Call] = []
        size = 0
        while self._queue and len(calls) < most and size < _MOST_BYTES:
            call = self._queue[0]
            single = call.alone or call.id in self._losses
            if single and calls:
                break
            self._queue.popleft()
            try:
                argument = pickle.dumps(self._prepare(call), pickle.HIGHEST_PROTOCOL)
            except Exception as error:  # noqa: BLE001  pickling runs the argument's own code
                self._outcomes.append(execution.ended_by(call.id, error))
                continue
            size += len(argument)
            calls.append(call)
            sent.append(msgspec.structs.replace(call, argument=argument))
            if single:
                break
        return calls, sent

    def _piece_size(self) -> int:
        """Return how many calls go one way: as many as are short, and none that another lacks."""
        if self._mean_s is None:
            return 1
        worth = min(_MOST_CALLS, int(_PIECE_S / max(self._mean_s, 1e-6)))
        return max(1, min(worth, len(self._queue) // (2 * self.capacity)))

    def _send(self, calls: list[Call], sent: list[Call]) -> None:
        """Give calls to the cluster in one piece."""
        import dask

        self._sent += 1
        number = self._sent
        with dask.config.set({_WARNING_SIZE: "1TiB"}):  # a drawing is as large as it is
            future = self._client.submit(
                run_on_worker,
                self._guarding,
                tuple(sent),
                key=f"svg2pptx-{self._run}-{number}",
                pure=False,
            )
        self._flying[number] = _Flight(calls, future)
        self._client.loop.add_callback(self._collect, number, future)

    async def _collect(self, number: int, future: Any) -> None:
        """Wait for the outcomes of a piece, on the client's own thread."""
        try:
            value = await self._client.gather(future, asynchronous=True)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  judged by the owner
            value = error
        self._arrived.put((number, value))

    def _receive(self, timeout_s: float) -> None:
        """Take what has arrived; wait for the first of it."""
        try:
            arrived = self._arrived.get(timeout=timeout_s)
            while True:
                self._land(*arrived)
                arrived = self._arrived.get_nowait()
        except queue.Empty:
            return

    def _land(self, number: int, value: object) -> None:
        """Settle the calls of a piece that has come back."""
        flight = self._flying.pop(number, None)
        if flight is None:
            return  # it was withdrawn
        if isinstance(value, Stranger):
            raise _stranger("A worker that has joined the cluster", value.differences)
        if not isinstance(value, BaseException):
            for outcome in cast("tuple[Outcome, ...]", value):
                self._settle(outcome)
            return
        self._queue.extendleft(reversed(flight.calls))
        from distributed.client import FutureCancelledError

        if isinstance(value, FutureCancelledError | asyncio.CancelledError):
            raise self._lost()
        for call in flight.calls:
            self._losses[call.id] = self._losses.get(call.id, 0) + 1
        if max(self._losses[call.id] for call in flight.calls) >= _MOST_LOSSES:
            raise ClusterError(
                f"The workers of {self._address} do not get on: {type(value).__name__}: {value}",
                remedy="Look into the logs of the workers; then resume the job.",
            ) from value

    def _settle(self, outcome: Outcome) -> None:
        """Keep the outcome of a call."""
        self._losses.pop(outcome.call_id, None)
        self._outcomes.append(outcome)
        if isinstance(outcome, Completed):
            mean = outcome.seconds if self._mean_s is None else self._mean_s
            self._mean_s = 0.9 * mean + 0.1 * outcome.seconds

    def _look(self) -> None:
        """See, now and then, whether scheduler and workers are still there."""
        now = time.monotonic()
        if self._client.status != "running":
            raise self._lost()
        if now < self._next_count:
            return
        self._next_count = now + _COUNT_S
        self._client.loop.add_callback(self._count)
        if self._threads:
            self._deserted_since = None
        elif self._deserted_since is None:
            self._deserted_since = now
        elif now - self._deserted_since > _NO_WORKER_S:
            raise ClusterError(
                f"The cluster of {self._address} has had no worker for {_NO_WORKER_S:.0f} s.",
                remedy=f"Start workers ({_START}), then resume the job.",
            )

    async def _count(self) -> None:
        """Ask how many threads the cluster has, on the client's own thread."""
        with contextlib.suppress(OSError, TimeoutError):
            self._threads = sum((await self._client.scheduler.ncores()).values())

    def _await_worker(self) -> None:
        """Wait for the first worker."""
        try:
            self._client.wait_for_workers(1, timeout=_FIRST_WORKER_S)
            self._threads = sum(self._client.nthreads().values())
        except (OSError, TimeoutError) as error:
            raise ClusterError(
                f"The Dask scheduler at {self._address} has no worker.",
                remedy=f"Start workers ({_START}), or use --executor local.",
            ) from error

    def _check_workers(self) -> None:
        """Refuse to begin where a worker is not like this machine."""
        told = self._client.run(differences, self._guarding, on_error="return")
        for worker, differing in told.items():
            if isinstance(differing, BaseException):
                raise UsageError(
                    f"The worker {worker} cannot convert: {type(differing).__name__}: {differing}.",
                    remedy="Install the same svg2pptx-batch[distributed] there.",
                )
            if differing:
                raise _stranger(f"The worker {worker}", differing)

    def _lost(self) -> ClusterError:
        return ClusterError(
            f"The Dask scheduler at {self._address} is gone.",
            remedy="What is done is kept: resume the job.",
        )

    def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError, TimeoutError):
                client.close(timeout=_CLOSE_S)
        while self._levels:
            name, level = self._levels.popitem()
            logging.getLogger(name).setLevel(level)


def load_distributed(address: str) -> Any:
    """Return Dask's library.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import distributed
    except ImportError as error:
        raise MissingExtraError(f"--executor {address}", "distributed") from error
    return distributed


def _stranger(who: str, differing: tuple[str, ...]) -> UsageError:
    return UsageError(
        f"{who} is not like this machine: it has another {', another '.join(differing)}.",
        remedy="Install the same version, libraries and fonts on all machines.",
    )
