"""The public doors: `convert` for one drawing, `convert_many` and `Job` for batches.

What is heavy is imported by the functions, so that importing this module stays quick.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svg2pptx_batch.errors import ExitCode, JobError, UsageError
from svg2pptx_batch.options import ConvertOptions, JobOptions, OutputMode

if TYPE_CHECKING:
    from svg2pptx_batch.batch.events import Event, Listener
    from svg2pptx_batch.batch.inputs import Selection
    from svg2pptx_batch.batch.manifest import History
    from svg2pptx_batch.batch.plan import Plan, Spec
    from svg2pptx_batch.batch.report import JobSummary, Report, Status
    from svg2pptx_batch.batch.workdir import JobFolder

PathLike = str | os.PathLike[str]
Sources = PathLike | Iterable[PathLike]

_STDIN = "-"


def convert(
    source: PathLike | bytes,
    output: PathLike,
    *,
    options: ConvertOptions = ConvertOptions(),  # noqa: B008  frozen
) -> Report:
    """Convert one SVG to a deck of one slide, in this process and without a job.

    Args:
        source: The file, `.svg` or `.svgz`, or its content.
        output: The deck; replaced in one step when the conversion has succeeded.
        options: What the slide is to be like.

    Returns:
        The report, with the file's one row.

    Raises:
        SvgError: The file cannot be read or the drawing not be converted.
        UsageError: A setting is wrong.
        OutputError: The deck cannot be written.
    """
    from svg2pptx_batch.batch.single import convert_one

    return convert_one(source, Path(output), options)


def convert_many(
    sources: Sources,
    output: PathLike,
    *,
    options: ConvertOptions = ConvertOptions(),  # noqa: B008  frozen
    job_options: JobOptions | None = None,
    selection: Selection | None = None,
    progress: bool = False,
    on_event: Listener | None = None,
) -> Report:
    """Convert files, folders, globs and archives; the same as `Job.create(...).run(...)`.

    Raises:
        Svg2PptxError: What concerns the whole job; failed files are in the report instead.
    """
    job = Job.create(sources, output, options=options, job_options=job_options, selection=selection)
    return job.run(on_event, progress=progress)


class Job:
    """A batch that outlives its process: planned, run, interrupted, resumed.

    Attributes:
        id: UUID.
        folder: Where its plan, journal and status are kept.
    """

    def __init__(self, folder: JobFolder, plan: Plan, *, fresh: bool = False) -> None:
        self._at = folder
        self._plan = plan
        self._fresh = fresh

    @property
    def id(self) -> str:
        """The job's UUID."""
        return self._at.id

    @property
    def folder(self) -> Path:
        """Where its plan, journal and status are kept."""
        return self._at.root

    @classmethod
    def create(
        cls,
        inputs: Sources,
        output: PathLike,
        *,
        options: ConvertOptions = ConvertOptions(),  # noqa: B008  frozen
        job_options: JobOptions | None = None,
        selection: Selection | None = None,
        status_file: PathLike | None = None,
        fresh: bool = False,
    ) -> Job:
        """Find the inputs and plan a job; an interrupted one of the same kind is continued.

        The job is held from now on: no other process can run it.

        Args:
            inputs: Files, folders, globs, archives, `-`.
            output: A `.pptx` for one merged deck, a `.zip`, or a folder.
            options: What the slides are to be like.
            job_options: How the job runs. Where left out, and where its mode is `merged` but
                the output is no `.pptx`, the output's name tells the mode.
            selection: Which files of folders and archives are taken, and in what order.
            status_file: Where the status is written as well.
            fresh: Start a new job even where an interrupted one could be continued.

        Raises:
            NoInputError: Nothing was found.
            UsageError: A setting or the output's name is wrong.
            JobLockedError: A living run holds the very job.
            OutputError: The output cannot be written.
        """
        from svg2pptx_batch.batch.pool import warm_up

        warm_up()
        from svg2pptx_batch.batch.inputs import Selection
        from svg2pptx_batch.batch.plan import Spec

        spec = Spec(
            sources=tuple(_absolute(source) for source in _sources(inputs)),
            output=os.path.abspath(output),  # noqa: PTH100  keeps links, unlike resolve()
            options=options,
            job_options=_settled(os.fspath(output), job_options or JobOptions()),
            selection=selection or Selection(),
            status_file=os.path.abspath(status_file) if status_file else "",  # noqa: PTH100
        )
        return cls._for(spec, fresh=fresh)

    @classmethod
    def _for(cls, spec: Spec, *, fresh: bool) -> Job:
        """Make or continue the job of a specification."""
        from svg2pptx_batch.batch import workdir
        from svg2pptx_batch.batch.outputs import check_output, check_template
        from svg2pptx_batch.deck.size import parse_slide_size

        job_options = spec.job_options
        parse_slide_size(spec.options.slide_size)
        check_template(job_options.name_template)
        check_output(Path(spec.output), job_options.mode, overwrite=job_options.overwrite)
        with workdir.spec_pointer(spec.digest) as pointer:
            last = pointer.read()
            if last is not None:
                last.lock()
                try:
                    going_on = not fresh and not _finished(last)
                    if going_on:
                        return cls._replanned(last, spec)
                except BaseException:
                    last.unlock()
                    raise
                last.unlock()
            folder = workdir.JobFolder.new()
            try:
                folder.lock()
                job = cls._planned(folder, spec)
                pointer.write(folder)
            except BaseException:
                folder.remove()
                raise
            return job

    @classmethod
    def _planned(cls, folder: JobFolder, spec: Spec, created: str = "") -> Job:
        """Plan a job in its folder."""
        from svg2pptx_batch.batch.events import timestamp
        from svg2pptx_batch.batch.inputs import discover
        from svg2pptx_batch.batch.plan import encode_plan, plan_job
        from svg2pptx_batch.batch.workdir import write_atomically

        spool = folder.new_spool()
        discovery = discover(spec.sources, spec.selection, spec.job_options.limits, spool)
        plan = plan_job(folder.id, created or timestamp(), spec, discovery)
        write_atomically(folder.plan, encode_plan(plan), sync=True)
        folder.drop_spools(keep=spool)
        return cls(folder, plan, fresh=True)

    @classmethod
    def _replanned(cls, folder: JobFolder, spec: Spec) -> Job:
        """Plan an interrupted job anew, from the inputs as they are now; its results stay."""
        return cls._planned(folder, spec, created=_read_plan(folder).created)

    @classmethod
    def open(cls, where: PathLike | None = None) -> Job:
        """Open a job by its folder, UUID (or the start of one) or status file.

        Args:
            where: None for the newest interrupted job.

        Raises:
            JobError: There is no such job, or none that was interrupted.
        """
        folder = _newest_interrupted() if where is None else _find(os.fspath(where))
        return cls(folder, _read_plan(folder))

    @staticmethod
    def list() -> builtins.list[JobSummary]:
        """Return all jobs, newest first."""
        from svg2pptx_batch.batch.workdir import all_jobs

        summaries = [summary for folder in all_jobs() if (summary := _summary(folder))]
        return sorted(summaries, key=lambda summary: (summary.created, summary.job), reverse=True)

    def run(self, on_event: Listener | None = None, *, progress: bool = False) -> Report:
        """Convert what has no result yet, and write the output.

        A finished job is run again as a new one.

        Args:
            on_event: Hears every event, see `batch.events`.
            progress: Draw a tqdm bar, in a notebook too.

        Returns:
            The report; interrupted runs return one as well, with `resume_command`.

        Raises:
            JobLockedError: A living run holds the job.
            OutputError: The output cannot be written.
        """
        from svg2pptx_batch.batch.pool import warm_up

        warm_up()
        from svg2pptx_batch.batch.events import Emitter
        from svg2pptx_batch.batch.runner import Run

        self._at.lock()
        try:
            if _finished(self._at):
                self._at.unlock()
                again = self._for(self._plan.spec, fresh=True)
                self._at, self._plan, self._fresh = again._at, again._plan, again._fresh
            history = self._history()
            with _Bar(on_event, drawn=progress) as listener:
                return Run(self._at, self._plan, history, Emitter(listener)).execute()
        finally:
            self._fresh = False
            self._at.unlock()

    def resume(self, on_event: Listener | None = None, *, progress: bool = False) -> Report:
        """Continue an interrupted job; else the same as `run`.

        Raises:
            JobError: The job is finished.
        """
        self._at.lock()
        if _finished(self._at):
            self._at.unlock()
            raise JobError(
                f"Job {self.id} is finished; there is nothing to resume.",
                remedy="Convert the inputs again to make the output anew.",
            )
        return self.run(on_event, progress=progress)

    def close(self) -> None:
        """Let a job go that was made and not run; others can run it then."""
        self._at.unlock()

    def status(self) -> Status:
        """Return where the job stands, told from its folder."""
        from svg2pptx_batch.batch.ledger import Ledger
        from svg2pptx_batch.batch.manifest import replay
        from svg2pptx_batch.batch.report import FINISHED, JobState

        status = _snapshot(self._at)
        if status is not None and (status.state in FINISHED or self._at.held):
            return status
        history = replay(self._at.journal)
        ledger = Ledger(self._plan)
        ledger.adopt(history, None)
        state = JobState.INTERRUPTED if history.runs else JobState.CREATED
        if history.ended is not None:
            state = history.ended.state
        return ledger.status(self._at, state, ended=history.ended)

    def _history(self) -> History:
        """Read the journal; of a job opened again the tasks are made anew from the files."""
        from svg2pptx_batch.batch.manifest import replay
        from svg2pptx_batch.batch.plan import Planner

        history = replay(self._at.journal, mend=True)
        if not self._fresh:
            spec = self._plan.spec
            slide, tasks = Planner(spec.options, spec.job_options).again(self._plan.tasks)
            self._plan = _with_tasks(self._plan, slide, tasks)
        return history


class _Bar:
    """A listener that draws a tqdm bar and passes every event on; a context manager.

    Args:
        listener: Who else hears the events.
        drawn: Whether there is a bar at all.
    """

    def __init__(self, listener: Listener | None, *, drawn: bool) -> None:
        self._listener = listener
        self._drawn = drawn
        self._bar: Any = None

    def __enter__(self) -> Listener | None:
        return self._hear if self._drawn else self._listener

    def __exit__(self, *exc_info: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _hear(self, event: Event) -> None:
        from svg2pptx_batch.batch.events import Ingest, Task

        match event:
            case Ingest():
                from tqdm.auto import tqdm

                self._bar = tqdm(total=event.files, initial=event.done, unit="file")
            case Task():
                self._bar.update()
        if self._listener is not None:
            self._listener(event)


def _settled(output: str, job_options: JobOptions) -> JobOptions:
    """Return the options with the mode the output's name tells."""
    import msgspec

    from svg2pptx_batch.batch.outputs import mode_for

    mode: OutputMode = mode_for(output, job_options.mode)
    return msgspec.structs.replace(job_options, mode=mode)


def _sources(inputs: Sources) -> builtins.list[PathLike]:
    """Return the inputs as a list, one alone as a list of one."""
    if isinstance(inputs, str | os.PathLike):
        return [inputs]
    return [*inputs]


def _absolute(source: PathLike) -> str:
    """Return an input's absolute path; patterns stay patterns."""
    text = os.fspath(source)
    return text if text == _STDIN else os.path.abspath(text)  # noqa: PTH100  keeps links


def _with_tasks(plan: Plan, slide: Any, tasks: Any) -> Plan:
    import msgspec

    return msgspec.structs.replace(plan, slide=slide, tasks=tasks)


def _read_plan(folder: JobFolder) -> Plan:
    """Read a job's plan."""
    from svg2pptx_batch.batch.plan import decode_plan

    try:
        data = folder.plan.read_bytes()
    except OSError as error:
        raise JobError(f"The plan of job {folder.id} cannot be read: {error}.") from error
    return decode_plan(data, str(folder.plan))


def _decode_as(kind: Callable[..., Any], folder: JobFolder) -> Any:
    """Read a job's snapshot as a record of some kind, None where there is none that is whole."""
    import msgspec

    try:
        return msgspec.json.decode(folder.status.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def _snapshot(folder: JobFolder) -> Status | None:
    from svg2pptx_batch.batch.report import Status

    status: Status | None = _decode_as(Status, folder)
    return status


def _finished(folder: JobFolder) -> bool:
    """Tell from the journal whether a job has come to its end."""
    from svg2pptx_batch.batch.manifest import replay
    from svg2pptx_batch.batch.report import FINISHED

    ended = replay(folder.journal).ended
    return ended is not None and ended.state in FINISHED


def _summary(folder: JobFolder) -> JobSummary | None:
    """Return a job's line in the list; None for one whose folder cannot be understood."""
    import msgspec

    from svg2pptx_batch.batch.report import FINISHED, JobState, JobSummary

    summary: JobSummary | None = _decode_as(JobSummary, folder)
    if summary is None:
        try:
            summary = msgspec.convert(
                msgspec.to_builtins(Job(folder, _read_plan(folder)).status()), JobSummary
            )
        except JobError:
            return None
    if summary.state in FINISHED or folder.held:
        return summary
    return msgspec.structs.replace(summary, state=JobState.INTERRUPTED)


def _newest_interrupted() -> JobFolder:
    """Find the newest job that was interrupted."""
    from svg2pptx_batch.batch.report import JobState
    from svg2pptx_batch.batch.workdir import JobFolder

    for summary in Job.list():
        if summary.state is JobState.INTERRUPTED:
            return JobFolder(Path(summary.folder))
    raise JobError("No job was interrupted.", remedy="Name a job; see `svg2pptx-batch list`.")


def _find(where: str) -> JobFolder:
    """Find a job by folder, status file, or UUID."""
    import msgspec

    from svg2pptx_batch.batch.report import JobSummary
    from svg2pptx_batch.batch.workdir import JobFolder, all_jobs

    path = Path(where)
    if path.is_dir():
        folder = JobFolder(path.absolute())
        if folder.plan.exists():
            return folder
    elif path.is_file():
        try:
            folder = JobFolder(Path(msgspec.json.decode(path.read_bytes(), type=JobSummary).folder))
        except (OSError, msgspec.DecodeError) as error:
            raise JobError(f"{where} is no status file: {error}.") from error
        if folder.plan.exists():
            return folder
    else:
        found = [folder for folder in all_jobs() if where and folder.id.startswith(where.lower())]
        if len(found) > 1:
            raise JobError(f"{where} is the start of {len(found)} jobs.", remedy="Give more of it.")
        if found:
            return found[0]
    raise JobError(f"There is no job {where}.", remedy="See `svg2pptx-batch list`.")


__all__ = ["ExitCode", "Job", "UsageError", "convert", "convert_many"]
