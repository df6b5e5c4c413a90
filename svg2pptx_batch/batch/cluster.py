"""The workers of a job on a Dask cluster: an executor like the pool, for whoever runs the job.

This side alone sees the inputs and the job's folder: it sends drawings and what they refer to, and
stores the slides that come back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Self

from msgspec.structs import replace

from svg2pptx_batch.batch.inputs import loader_for, read
from svg2pptx_batch.batch.messages import (
    WORKDIR_CODE,
    Converted,
    Order,
    Refused,
    Setting,
    decode_order,
    decode_result,
    decode_setting,
    encode,
)
from svg2pptx_batch.batch.objects import ObjectWriter
from svg2pptx_batch.batch.plan import Failure, failure_of
from svg2pptx_batch.batch.pool import PRELOAD
from svg2pptx_batch.batch.report import TaskState
from svg2pptx_batch.errors import MissingExtraError, SvgError, UsageError
from svg2pptx_batch.executors.base import Call, Completed, Outcome

if TYPE_CHECKING:
    from svg2pptx_batch.batch.remote import RemoteArgument, RemoteValue, Sent, Wanted
    from svg2pptx_batch.executors.dask import DaskExecutor
    from svg2pptx_batch.options import ConvertOptions, JobOptions
    from svg2pptx_batch.svg.resources import ResourceLoader

FUNCTION = "svg2pptx_batch.batch.remote:convert_remote"
"""The task function, `module:qualname`."""

LOCAL: Final = "local"

_ADDRESS = re.compile(r"dask://(\[[0-9a-fA-F:]+\]|[^/:\s]+):[0-9]{1,5}")
_TRAITS = "svg2pptx_batch.batch.remote:traits"
_INLINE_BYTES = 2**20
"""Larger drawings are sent only to workers that cannot read them themselves."""
_MOST_SENT_BYTES = 256 * 2**20
_MOST_ROUNDS = 16


def is_remote(executor: str) -> bool:
    """Return whether files are converted on other machines."""
    return executor != LOCAL


def check_executor(job_options: JobOptions) -> None:
    """Refuse an executor that cannot be used.

    Raises:
        UsageError: There is none of that kind.
        MissingExtraError: It needs what is not installed.
    """
    executor = job_options.executor
    if not is_remote(executor):
        return
    if not _ADDRESS.fullmatch(executor):
        raise UsageError(
            f"{executor!r} is no executor.", remedy="Choose local, or dask://HOST:PORT."
        )
    if find_spec("distributed") is None:
        raise MissingExtraError(f"--executor {executor}", "distributed")


def cluster(options: ConvertOptions, job_options: JobOptions) -> ClusterExecutor:
    """Return the workers of a job on a cluster.

    Raises:
        MissingExtraError: It needs what is not installed.
    """
    from svg2pptx_batch.batch.remote import encode_options
    from svg2pptx_batch.executors.dask import DaskExecutor

    def make(prepare: Callable[[Call], RemoteArgument]) -> DaskExecutor:
        return DaskExecutor(
            FUNCTION,
            job_options.executor,
            traits_of=_TRAITS,
            about=encode_options(options),
            workers=job_options.jobs,
            memory_bytes=job_options.memory_bytes,
            preload=PRELOAD,
            prepare=prepare,
        )

    return ClusterExecutor(make)


class ClusterExecutor:
    """Runs the calls of a job on a cluster: takes and gives what a pool of `batch.worker` does.

    Args:
        make: Makes the executor below, of what prepares a call for it.
    """

    def __init__(self, make: Callable[[Callable[[Call], RemoteArgument]], DaskExecutor]) -> None:
        self._below = make(self._prepare)
        self._calls: dict[str, Call] = {}
        self._sent: dict[str, dict[str, Sent]] = {}
        self._rounds: dict[str, int] = {}
        self._whole: dict[str, bytes] = {}
        self._setting: tuple[bytes, Setting] | None = None
        self._objects: ObjectWriter | None = None
        self._fonts = ""

    @property
    def capacity(self) -> int:
        """See `Executor.capacity`."""
        return self._below.capacity

    @property
    def pending(self) -> int:
        """See `Executor.pending`."""
        return self._below.pending

    @property
    def worker_bytes(self) -> int:
        """See `Executor.worker_bytes`."""
        return self._below.worker_bytes

    def resize(self, workers: int) -> None:
        """See `Executor.resize`."""
        self._below.resize(workers)

    def submit(self, call: Call) -> None:
        """See `Executor.submit`; the argument is that of `worker.convert_task`."""
        self._below.submit(call)
        self._calls[call.id] = call

    def wait(self, timeout_s: float | None = None) -> list[Outcome]:
        """See `Executor.wait`; returns nothing early where a drawing wants what it refers to."""
        outcomes = []
        for outcome in self._below.wait(timeout_s):
            call = self._calls[outcome.call_id]
            settled = outcome
            if isinstance(outcome, Completed):
                value = self._receive(call, outcome.value)
                if value is None:
                    self._below.submit(call)
                    continue
                settled = Completed(call.id, value, outcome.seconds)
            self._forget(call.id)
            outcomes.append(settled)
        return outcomes

    def cancel(self) -> None:
        """See `Executor.cancel`."""
        self._below.cancel()

    def kill(self) -> None:
        """See `Executor.kill`."""
        self._below.kill()

    def __enter__(self) -> Self:
        """Connect to the cluster."""
        self._below.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Leave the cluster."""
        self._below.__exit__(*exc_info)
        if self._objects is not None:
            self._objects.close()

    def _forget(self, call_id: str) -> None:
        del self._calls[call_id]
        self._sent.pop(call_id, None)
        self._rounds.pop(call_id, None)
        self._whole.pop(call_id, None)

    def _setting_of(self, call: Call) -> Setting:
        encoded = call.argument[0]
        if self._setting is None or self._setting[0] != encoded:
            self._setting = encoded, decode_setting(encoded)
        return self._setting[1]

    def _prepare(self, call: Call) -> RemoteArgument:
        """Return what is sent for a call."""
        from svg2pptx_batch.batch.remote import encode_sent

        setting = self._setting_of(call)
        order = decode_order(call.argument[1])
        data = self._whole.get(call.id)
        if data is None and order.file.size_bytes <= _INLINE_BYTES:
            try:
                data = read(order.file, setting.limits)
            except SvgError:
                data = None  # the worker asks for it, and is told then
        resources = encode_sent(self._sent.get(call.id, {}))
        return call.argument[0], call.argument[1], data, resources

    def _receive(self, call: Call, value: RemoteValue) -> bytes | None:
        """Return the result of a call; None where it has to be made again with more."""
        from svg2pptx_batch.batch.remote import decode_wanted

        told, packed = value
        order = decode_order(call.argument[1])
        wanted = decode_wanted(told)
        if wanted is not None:
            return self._provide(call, order, wanted)
        result = decode_result(told)
        if isinstance(result, Refused):
            return told
        setting = self._setting_of(call)
        if self._objects is None:
            self._objects = ObjectWriter(setting.objects)
        try:
            slide = self._objects.put(packed)
        except OSError as error:
            message = f"A slide cannot be stored in {setting.objects}: {error.strerror or error}."
            return encode(Refused(Failure(WORKDIR_CODE, message, state=TaskState.FAILED), 0.0))
        return encode(self._as_here(result, setting, slide=slide))

    def _as_here(self, result: Converted, setting: Setting, **changes: object) -> Converted:
        """Return a result as if it had been made on this machine, which has the same fonts."""
        dependencies = result.dependencies
        if dependencies.fonts:
            if not self._fonts:
                from svg2pptx_batch.fonts import FontCatalog

                options = setting.options
                self._fonts = FontCatalog(options.font_dirs, system=options.system_fonts).digest
            dependencies = replace(dependencies, fonts=self._fonts)
        return replace(result, dependencies=dependencies, **changes)

    def _provide(self, call: Call, order: Order, wanted: Wanted) -> bytes | None:
        """Get what a worker asks for; return the result where there will be none."""
        setting = self._setting_of(call)
        if wanted.drawing:
            try:
                self._whole[call.id] = read(order.file, setting.limits)
            except SvgError as error:
                return encode(Refused(failure_of(error), 0.0))
            return None
        rounds = self._rounds[call.id] = self._rounds.get(call.id, 0) + 1
        sent = self._sent.setdefault(call.id, {})
        loader = loader_for(order.file, setting.options.resource_root)
        room = _MOST_SENT_BYTES - sum(len(each.data) for each in sent.values())
        for href in wanted.references:
            found = _fetch(loader, href, room if rounds <= _MOST_ROUNDS else -1)
            room -= len(found.data)
            sent[href] = found
        return None


def _fetch(loader: ResourceLoader, href: str, room: int) -> Sent:
    """Read what a drawing refers to; what is too much is told as not reachable."""
    from svg2pptx_batch.batch.remote import Sent

    try:
        resource = loader.load(href)
    except SvgError as error:
        return Sent(error=error.message, remedy=error.remedy or "")
    if len(resource.data) > room:
        return Sent(
            error=f"“{resource.name}” is not sent to the cluster: the drawing refers to too much.",
            remedy="Convert it with --executor local.",
        )
    return Sent(resource.data, resource.media_type, resource.name)
