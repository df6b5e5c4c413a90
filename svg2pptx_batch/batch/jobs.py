"""Jobs as a whole: specified, made or continued, found again, summed up.

What runs a job is `runner`; what lies in its folder, `workdir` and `manifest`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from svg2pptx_batch.batch import workdir
from svg2pptx_batch.batch.cluster import check_executor
from svg2pptx_batch.batch.events import timestamp
from svg2pptx_batch.batch.inputs import STDIN, Selection, discover
from svg2pptx_batch.batch.ledger import Ledger
from svg2pptx_batch.batch.manifest import Ended, Journal, replay
from svg2pptx_batch.batch.outputs import check_output, check_template, mode_for
from svg2pptx_batch.batch.plan import Plan, Planner, Spec, decode_plan, encode_plan, plan_job
from svg2pptx_batch.batch.report import FINISHED, Counts, JobState, JobSummary, Status
from svg2pptx_batch.batch.shards import check_shard, parse_shard, share
from svg2pptx_batch.batch.stage import check_stage
from svg2pptx_batch.batch.storage import check_address, is_address, located
from svg2pptx_batch.batch.workdir import JobFolder, unwritable, write_atomically
from svg2pptx_batch.errors import ExitCode, JobError, UsageError
from svg2pptx_batch.options import ConvertOptions, JobOptions

_Kind = TypeVar("_Kind", bound=msgspec.Struct)


def specify(
    sources: Sequence[str],
    output: str,
    options: ConvertOptions,
    job_options: JobOptions,
    selection: Selection | None,
    status_file: str,
) -> Spec:
    """Settle what is asked for, seen from the current folder.

    Raises:
        UsageError: A setting or the output's name is wrong.
    """
    selection = selection or Selection()
    if selection.files_from and selection.files_from != STDIN:
        listed = _here(selection.files_from, "--files-from")
        selection = msgspec.structs.replace(selection, files_from=listed)
    check_template(job_options.name_template)
    append_to = job_options.append_to
    options = msgspec.structs.replace(
        options, template=_here(options.template, "--template") if options.template else ""
    )
    job_options = msgspec.structs.replace(
        job_options,
        mode=job_options.mode if job_options.shard else mode_for(output, job_options.mode),
        append_to=_here(append_to, "--append-to") if append_to else "",
    )
    output = located(output)
    check_stage(options, job_options, output)
    check_shard(job_options, output)
    check_executor(job_options)
    for place in (*sources, output):
        check_address(place)
    return Spec(
        sources=tuple(sources),
        folder=str(Path.cwd()),
        output=output,
        options=options,
        job_options=job_options,
        selection=selection,
        status_file=_here(status_file, "--status-file") if status_file else "",
    )


def make(spec: Spec, *, fresh: bool) -> tuple[JobFolder, Plan]:
    """Make the job of a specification, or continue one that was interrupted.

    Args:
        spec: What is asked for.
        fresh: Make a new one in any case.

    Returns:
        Its folder, locked, and its plan, made of the files as they are now.

    Raises:
        JobLockedError: A living run holds the very job.
        OutputError: The output cannot be written.
        InputError: Nothing was found, or an archive or the whole is refused.
    """
    check_output(spec.output, spec.form, overwrite=spec.job_options.overwrite)
    wait = spec.job_options.wait_lock
    with workdir.spec_pointer(spec.digest, wait=wait) as pointer:
        last = pointer.read()
        if last is not None:
            last.lock(wait=wait)
            try:
                if not fresh and not finished(last):
                    return last, plan_into(last, spec, read_plan(last).created)
            except BaseException:
                last.unlock()
                raise
            last.unlock()
        folder = JobFolder.new()
        try:
            folder.lock()
            created = timestamp()
            _tell_ingesting(folder, spec, created)
            plan = plan_into(folder, spec, created)
            pointer.write(folder)
        except BaseException:
            folder.remove()
            raise
        return folder, plan


def planned_again(plan: Plan) -> Plan:
    """Make the tasks of a plan anew, from the files as they are now; the plan's file stays."""
    planner = Planner(plan.spec.options, plan.spec.job_options)
    slide, tasks = planner.again(plan.whole)
    own, others = share(tasks, parse_shard(plan.spec.job_options.shard))
    return msgspec.structs.replace(plan, slide=slide, frame=planner.frame, tasks=own, others=others)


def read_plan(folder: JobFolder) -> Plan:
    """Read a job's plan.

    Raises:
        JobError: It cannot be read or understood.
    """
    try:
        data = folder.plan.read_bytes()
    except FileNotFoundError as error:
        raise JobError(
            f"Job {folder.id} has expired, or was never planned.", remedy="Convert afresh."
        ) from error
    except OSError as error:
        raise JobError(
            f"The plan of job {folder.id} cannot be read: {error.strerror or error}.",
            remedy=f"Check that you may read {folder.plan}, or convert afresh.",
        ) from error
    return decode_plan(data, str(folder.plan))


def finished(folder: JobFolder) -> bool:
    """Tell from the journal whether a job has come to its end."""
    ended = replay(folder.journal).ended
    if ended is None:
        return not folder.plan.exists() and _read_as(JobSummary, folder) is not None
    return ended.state in FINISHED


def end_cancelled(folder: JobFolder) -> None:
    """Record that a job nobody runs, whose lock is held, is cancelled; drop its work.

    Raises:
        OutputError: The folder cannot be written.
        JobError: The plan cannot be read.
    """
    plan = read_plan(folder)
    history = replay(folder.journal, mend=True)
    ended = Ended(JobState.CANCELLED, int(ExitCode.INTERRUPTED), error="It was cancelled.")
    with contextlib.closing(Journal(folder.journal)) as journal:
        journal.append(ended)
    ledger = Ledger(plan)
    ledger.adopt(history, None)
    ledger.cancel()
    _write_status(folder, ledger.status(folder, JobState.CANCELLED, ended=ended))
    folder.drop_work()


def status(folder: JobFolder) -> Status:
    """Return where a job stands: the snapshot while it is current, else what the journal says.

    Raises:
        JobError: Its plan cannot be read.
    """
    snapshot = _read_as(Status, folder)
    if snapshot is not None and (snapshot.state in FINISHED or folder.held):
        planned = snapshot.state is JobState.INGESTING and folder.plan.exists()
        if not planned:
            return snapshot
    history = replay(folder.journal)
    ledger = Ledger(read_plan(folder))
    ledger.adopt(history, None)
    state = JobState.INTERRUPTED if history.runs else JobState.CREATED
    if history.ended is not None:
        state = history.ended.state
    return ledger.status(folder, state, ended=history.ended)


def summaries() -> list[JobSummary]:
    """Return a line a job, newest first; jobs that cannot be understood are left out."""
    lines = [line for folder in workdir.all_jobs() if (line := _summary(folder))]
    return sorted(lines, key=lambda line: (line.created, line.job), reverse=True)


def newest_interrupted() -> JobFolder:
    """Find the newest job that was interrupted.

    Raises:
        JobError: There is none.
    """
    for summary in summaries():
        if summary.state is JobState.INTERRUPTED:
            return JobFolder(Path(summary.folder))
    raise JobError("No job was interrupted.", remedy="Name a job; see `svg2pptx-batch list`.")


def find(where: str) -> JobFolder:
    """Find a job.

    Args:
        where: Its folder, its status file, its UUID or the start of that.

    Raises:
        JobError: There is none, or more than one.
    """
    path = Path(where)
    if path.is_dir():
        folder = JobFolder(path.absolute())
        if folder.exists:
            return folder
    elif path.is_file():
        try:
            told = msgspec.json.decode(path.read_bytes(), type=JobSummary)
        except (OSError, msgspec.DecodeError) as error:
            raise JobError(
                f"{where} is no status file: {error}.",
                remedy="Name a job's id, its folder or its status file.",
            ) from error
        folder = JobFolder(Path(told.folder))
        if folder.exists:
            return folder
    else:
        found = [f for f in workdir.all_jobs() if where and f.id.startswith(where.lower())]
        if len(found) > 1:
            raise JobError(f"{where} is the start of {len(found)} jobs.", remedy="Give more of it.")
        if found:
            return found[0]
    raise JobError(f"There is no job {where}.", remedy="See `svg2pptx-batch list`.")


def plan_into(folder: JobFolder, spec: Spec, created: str) -> Plan:
    """Find the inputs and write the plan into the job's folder, whose lock is held.

    Raises:
        InputError: Nothing was found, or an archive or the whole is refused.
        UsageError: The template cannot be used.
        OutputError: The folder cannot be written.
    """
    planner = Planner(spec.options, spec.job_options)
    spool = folder.new_spool()
    discovery = discover(spec.sources_now(), spec.selection, spec.job_options.limits, spool)
    plan = plan_job(folder.id, created, spec, discovery, planner)
    try:
        write_atomically(folder.plan, encode_plan(plan), sync=True)
    except OSError as error:
        raise unwritable(error) from error
    folder.drop_spools(keep=spool)
    return plan


def _tell_ingesting(folder: JobFolder, spec: Spec, created: str) -> None:
    """Write the status of a job whose inputs are being looked for.

    Raises:
        OutputError: The folder cannot be written.
    """
    told = Status(
        job=folder.id,
        folder=str(folder.root),
        state=JobState.INGESTING,
        created=created,
        updated=created,
        output=spec.output,
        mode=spec.job_options.mode,
        counts=Counts(),
    )
    _write_status(folder, told)


def _write_status(folder: JobFolder, told: Status) -> None:
    try:
        write_atomically(folder.status, msgspec.json.encode(told))
    except OSError as error:
        raise unwritable(error) from error


def _summary(folder: JobFolder) -> JobSummary | None:
    """Return a job's line in the list; None for one that cannot be understood."""
    summary = _read_as(JobSummary, folder)
    if summary is None:
        try:
            told = status(folder)
        except JobError:
            return None
        summary = msgspec.convert(told, JobSummary, from_attributes=True)
    if summary.state in FINISHED or folder.held:
        return summary
    if not folder.plan.exists():  # its process died while it looked for inputs
        return None
    return msgspec.structs.replace(summary, state=JobState.INTERRUPTED)


def _read_as(kind: type[_Kind], folder: JobFolder) -> _Kind | None:
    """Read a job's snapshot as a record of some kind, None where there is none that is whole."""
    try:
        return msgspec.json.decode(folder.status.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def _here(path: str, option: str) -> str:
    """Return the absolute path of a file that has to be on this machine.

    Raises:
        UsageError: It is elsewhere.
    """
    if is_address(path):
        raise UsageError(
            f"{option} wants a file on this machine, not {path}.", remedy="Copy it here first."
        )
    return located(path)
