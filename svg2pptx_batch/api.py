"""The public doors: `convert` and `inspect` for one drawing, `convert_many` and `Job` for batches.

What is heavy is imported by the functions, so that importing this module stays quick.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svg2pptx_batch.options import ConvertOptions, FailOn, JobOptions

if TYPE_CHECKING:
    from svg2pptx_batch.batch.events import Event, Listener
    from svg2pptx_batch.batch.inputs import Selection
    from svg2pptx_batch.batch.manager import BatchJobManager
    from svg2pptx_batch.batch.report import Inspection, JobState, JobSummary, Report, Status

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


def merge(
    parts: Iterable[PathLike],
    output: PathLike,
    *,
    overwrite: bool = True,
    on_event: Listener | None = None,
) -> Report:
    """Put together what the shares of a job came to: the bytes of a run that was not divided.

    Args:
        parts: Of all shares, in any order.
        output: As the job's would have been; its form is what the shares were converted for.
        overwrite: Whether an existing output may be replaced.
        on_event: Hears every event.

    Returns:
        The report; files that failed in a share have failed.

    Raises:
        InputError: A part is damaged, or they are not of one job.
        UsageError: A part is missing or named twice, or the output is of another form.
        OutputError: The output cannot be written.
    """
    from svg2pptx_batch.batch.merging import merge_parts

    paths = [Path(part) for part in parts]
    return merge_parts(paths, os.fspath(output), overwrite=overwrite, on_event=on_event)


class Job:
    """A batch that outlives its process: planned, run, interrupted, resumed.

    A handle on one job of a `BatchJobManager`.

    Args:
        id: UUID.
        manager: Who keeps it; one of its own when None.
        folder: The job's, where it is not among the others.

    Attributes:
        id: UUID.
    """

    def __init__(
        self, id: str, manager: BatchJobManager | None = None, *, folder: PathLike = ""
    ) -> None:
        from svg2pptx_batch.batch.manager import BatchJobManager

        self.id = id
        self._name = os.fspath(folder) or id
        self._manager = manager or BatchJobManager()

    @property
    def folder(self) -> Path:
        """Where its plan, journal and status are kept."""
        return Path(self._manager.folder(self._name))

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
            inputs: Files, folders, globs, archives, addresses of them, `-`.
            output: A `.pptx` for one merged deck, a `.zip`, or a folder; or the address of one.
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
        from svg2pptx_batch.batch.manager import BatchJobManager

        manager = BatchJobManager()
        made = manager.create(
            _texts(inputs),
            os.fspath(output),
            options=options,
            job_options=job_options,
            selection=selection,
            status_file=os.fspath(status_file) if status_file else "",
            fresh=fresh,
        )
        return cls(made, manager)

    @classmethod
    def open(cls, where: PathLike | None = None) -> Job:
        """Open a job by its folder, UUID (or the start of one) or status file.

        Args:
            where: None for the newest interrupted job.

        Raises:
            JobError: There is no such job, or none that was interrupted.
        """
        from svg2pptx_batch.batch.jobs import find, newest_interrupted

        found = newest_interrupted() if where is None else find(os.fspath(where))
        return cls(found.id, folder=found.root)

    @staticmethod
    def list() -> builtins.list[JobSummary]:
        """Return all jobs, newest first."""
        from svg2pptx_batch.batch.manager import BatchJobManager

        return BatchJobManager().list()

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
        with _Bar(on_event, drawn=progress) as listener:
            report = self._manager.start(self._name, listener)
        self.id = self._name = report.job
        return report

    def resume(
        self,
        on_event: Listener | None = None,
        *,
        progress: bool = False,
        wait_lock: bool = False,
        **changes: object,
    ) -> Report:
        """Continue an interrupted job; else the same as `run`.

        Args:
            on_event: Hears every event.
            progress: Draw a tqdm bar.
            wait_lock: Wait for a living run of the job to end.
            changes: Options of the job that are to be others in this run, `executor="local"`.

        Raises:
            JobError: The job is finished.
        """
        with _Bar(on_event, drawn=progress) as listener:
            return self._manager.resume(self._name, listener, wait_lock=wait_lock, changes=changes)

    def retry(
        self,
        on_event: Listener | None = None,
        *,
        progress: bool = False,
        **changes: object,
    ) -> Report:
        """Convert again the files that have no slide, and write the output anew.

        Args:
            on_event: Hears every event.
            progress: Draw a tqdm bar.
            changes: Options of the job that are to be others, `timeout_s=300`.

        Raises:
            JobError: No file failed, or the job's input is gone.
        """
        with _Bar(on_event, drawn=progress) as listener:
            return self._manager.retry(self._name, listener, changes=changes)

    def cancel(self) -> JobState:
        """Cancel the job, whoever runs it; return its state.

        Raises:
            JobError: The job is finished.
        """
        return self._manager.cancel(self._name)

    def close(self) -> None:
        """Let a job go that was made and not run; others can run it then."""
        self._manager.release(self._name)

    def status(self) -> Status:
        """Return where the job stands, told from its folder."""
        return self._manager.status(self._name)


def _texts(inputs: Sources) -> builtins.list[str]:
    several = [inputs] if isinstance(inputs, str | os.PathLike) else inputs
    return [os.fspath(each) for each in several]


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
