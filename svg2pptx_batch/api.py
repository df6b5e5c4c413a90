"""The public doors: `convert` for one drawing, `convert_many` and `Job` for batches.

What is heavy is imported by the functions, so that importing this module stays quick.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from svg2pptx_batch.options import ConvertOptions, JobOptions

if TYPE_CHECKING:
    from svg2pptx_batch.batch.events import Listener
    from svg2pptx_batch.batch.inputs import Selection
    from svg2pptx_batch.batch.report import JobSummary, Report, Status

PathLike = str | os.PathLike[str]
Sources = PathLike | Iterable[PathLike]


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
        SvgError: The drawing cannot be converted.
        InputError: The file cannot be read.
        OutputError: The deck cannot be written.
    """
    raise NotImplementedError


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
    return job.run(on_event=on_event, progress=progress)


class Job:
    """A batch that outlives its process: planned, run, interrupted, resumed.

    Attributes:
        id: UUID.
        folder: Where its plan, journal and status are kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name

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
        raise NotImplementedError

    @classmethod
    def open(cls, where: PathLike | None = None) -> Job:
        """Open a job by its folder, UUID (or the start of one) or status file.

        Args:
            where: None for the newest interrupted job.

        Raises:
            JobError: There is no such job, or none that was interrupted.
        """
        raise NotImplementedError

    @staticmethod
    def list() -> list[JobSummary]:
        """Return all jobs, newest first."""
        raise NotImplementedError

    def run(self, on_event: Listener | None = None, *, progress: bool = False) -> Report:
        """Convert what has no result yet, and write the output.

        Args:
            on_event: Hears every event, see `batch.events`.
            progress: Draw a tqdm bar, in a notebook too.

        Returns:
            The report; interrupted runs return one as well, with `resume_command`.

        Raises:
            JobLockedError: A living run holds the job.
            OutputError: The output cannot be written.
        """
        raise NotImplementedError

    def resume(self, on_event: Listener | None = None, *, progress: bool = False) -> Report:
        """Continue an interrupted job; the same as `run`.

        Raises:
            JobError: The job is finished.
        """
        return self.run(on_event, progress=progress)

    def status(self) -> Status:
        """Return where the job stands, told from its folder."""
        raise NotImplementedError
