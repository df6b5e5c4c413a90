"""The public doors: `convert` and `inspect` for one drawing, `convert_many` and `Job` for batches.

What is heavy is imported by the functions, so that importing this module stays quick.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svg2pptx_batch.errors import JobError
from svg2pptx_batch.options import ConvertOptions, FailOn, JobOptions

if TYPE_CHECKING:
    from svg2pptx_batch.batch.events import Event, Listener
    from svg2pptx_batch.batch.inputs import Selection
    from svg2pptx_batch.batch.plan import Plan
    from svg2pptx_batch.batch.report import Inspection, JobSummary, Report, Status
    from svg2pptx_batch.batch.workdir import JobFolder

PathLike = str | os.PathLike[str]
Sources = PathLike | Iterable[PathLike]


def convert(
    source: PathLike | bytes,
    output: PathLike,
    *,
    options: ConvertOptions = ConvertOptions(),  # noqa: B008  frozen
    fail_on: FailOn = FailOn.NONE,
) -> Report:
    """Convert one SVG to a deck of one slide, in this process and without a job.

    Args:
        source: The file, `.svg` or `.svgz`, or its content.
        output: The deck; replaced in one step when the conversion has succeeded.
        options: What the slide is to be like.
        fail_on: From which end of an element on the report objects: the deck is written all the
            same.

    Returns:
        The report, with the file's one row.

    Raises:
        SvgError: The file cannot be read or the drawing not be converted.
        UsageError: A setting is wrong.
        OutputError: The deck cannot be written.
    """
    from svg2pptx_batch.batch.single import convert_one

    return convert_one(source, Path(output), options, JobOptions(fail_on=fail_on).fail_on)


def inspect(
    source: PathLike | bytes,
    *,
    options: ConvertOptions = ConvertOptions(),  # noqa: B008  frozen
    fail_on: FailOn = FailOn.NONE,
) -> Inspection:
    """Tell how the elements of one SVG end, each that is not native with its reason and place.

    Args:
        source: The file, `.svg` or `.svgz`, or its content.
        options: What the slide is to be like.
        fail_on: From which end of an element on the file is objected to.

    Raises:
        SvgError: The file cannot be read or the drawing not be converted.
        UsageError: A setting is wrong.
    """
    from svg2pptx_batch.batch.single import inspect_one

    return inspect_one(source, options, JobOptions(fail_on=fail_on).fail_on)


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

    def __init__(self, folder: JobFolder, plan: Plan, *, current: bool = False) -> None:
        self._at = folder
        self._plan = plan
        self._current = current

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
        from svg2pptx_batch.batch.jobs import make, specify

        several = [inputs] if isinstance(inputs, str | os.PathLike) else [*inputs]
        spec = specify(
            [os.fspath(each) for each in several],
            os.fspath(output),
            options,
            job_options or JobOptions(),
            selection,
            os.fspath(status_file) if status_file else "",
        )
        return cls(*make(spec, fresh=fresh), current=True)

    @classmethod
    def open(cls, where: PathLike | None = None) -> Job:
        """Open a job by its folder, UUID (or the start of one) or status file.

        Args:
            where: None for the newest interrupted job.

        Raises:
            JobError: There is no such job, or none that was interrupted.
        """
        from svg2pptx_batch.batch.jobs import find, newest_interrupted, read_plan

        folder = newest_interrupted() if where is None else find(os.fspath(where))
        return cls(folder, read_plan(folder))

    @staticmethod
    def list() -> builtins.list[JobSummary]:
        """Return all jobs, newest first."""
        from svg2pptx_batch.batch.jobs import summaries

        return summaries()

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
        from svg2pptx_batch.batch.jobs import finished, make, planned_again
        from svg2pptx_batch.batch.manifest import replay
        from svg2pptx_batch.batch.runner import Run

        self._at.lock()
        try:
            if finished(self._at):
                self._at.unlock()
                self._at, self._plan = make(self._plan.spec, fresh=True)
            elif not self._current:
                self._plan = planned_again(self._plan)
            history = replay(self._at.journal, mend=True)
            with _Bar(on_event, drawn=progress) as listener:
                return Run(self._at, self._plan, history, Emitter(listener)).execute()
        finally:
            self._current = False
            self._at.unlock()

    def resume(self, on_event: Listener | None = None, *, progress: bool = False) -> Report:
        """Continue an interrupted job; else the same as `run`.

        Raises:
            JobError: The job is finished.
        """
        from svg2pptx_batch.batch.jobs import finished

        self._at.lock()
        if finished(self._at):
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
        from svg2pptx_batch.batch.jobs import status

        return status(self._at, self._plan)


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
