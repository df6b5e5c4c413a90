"""Inputs become tasks: who is converted, on what slide, under which key.

A task's id names the input and its content; its key names the slide that comes of it. Keys make a
job resumable: a result counts exactly while its key is the one computed from the files as they
are now and what it depends on beside it holds, so what has changed is converted again and nothing
else is. Never decided by time stamps.

Slide sizes are settled here, in order, and never in a worker.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from svg2pptx_batch.batch.fingerprint import converter_fingerprint
from svg2pptx_batch.batch.inputs import (
    STDIN,
    Discovery,
    InputFile,
    Problem,
    Selection,
    parse_limits,
    read,
)
from svg2pptx_batch.batch.manifest import VERSION
from svg2pptx_batch.batch.outputs import check_inputs, folder_of
from svg2pptx_batch.batch.report import TaskState
from svg2pptx_batch.batch.shards import parse_shard, share, whole
from svg2pptx_batch.batch.stage import stage_of
from svg2pptx_batch.batch.storage import located
from svg2pptx_batch.deck.size import (
    DEFAULT_SIZE,
    LARGEST,
    OWN_SIZE,
    largest,
    size_for_drawing,
)
from svg2pptx_batch.errors import ManifestError, Svg2PptxError, SvgError
from svg2pptx_batch.frame import Frame
from svg2pptx_batch.options import ConvertOptions, JobOptions, OutputMode, Sections, SlideSize
from svg2pptx_batch.version import __version__


class Failure(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Why a file has no slide.

    Attributes:
        code: Stable name, as in `Svg2PptxError.code`.
        message: What is wrong.
        line: 1-based line in the input.
        remedy: What the user can do.
        state: The state the file ends in.
    """

    code: str
    message: str
    line: int | None = None
    remedy: str | None = None
    state: TaskState = TaskState.INVALID


class Task(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One input under one set of options.

    Attributes:
        index: Place in the plan, from 0.
        name: The input's name.
        id: SHA-256, hex, of the normalised name and the content.
        digest: SHA-256, hex, of the content as stored.
        key: SHA-256, hex, of content, name, slide size, options and converter. What else a slide
            depends on is kept with it, see `dependencies`.
        slide: Size of the slide, or of the drawing's cell on a contact sheet.
        file: The input; None where discovering failed on it.
        failure: Set where it is known to be unusable.
    """

    index: int
    name: str
    id: str = ""
    digest: str = ""
    key: str = ""
    slide: SlideSize = DEFAULT_SIZE
    file: InputFile | None = None
    failure: Failure | None = None


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for: equal specifications are the same job.

    Attributes:
        sources: Inputs as named: paths or addresses.
        folder: Where relative ones start.
        output: Absolute path, or an address.
        options: What the slides are like.
        job_options: How the job runs; of these only what shapes the output counts.
        selection: Which inputs are taken.
        status_file: Where the status goes as well, absolute, or empty; does not count.
    """

    sources: tuple[str, ...]
    folder: str
    output: str
    options: ConvertOptions
    job_options: JobOptions
    selection: Selection
    status_file: str = ""

    def sources_now(self) -> tuple[str, ...]:
        """Return the sources as they are named from the current folder."""
        return self.sources if str(Path.cwd()) == self.folder else self._absolute()

    def _absolute(self) -> tuple[str, ...]:
        return tuple(
            source if source == STDIN else located(source, self.folder) for source in self.sources
        )

    @property
    def form(self) -> OutputMode:
        """The form of what is written: a part is one file, as a merged deck is."""
        return OutputMode.MERGED if self.job_options.shard else self.job_options.mode

    @property
    def digest(self) -> str:
        """SHA-256, hex."""
        return hashlib.sha256(
            msgspec.json.encode(
                (
                    self._absolute(),
                    self.folder if self.selection.files_from else "",
                    self.output,
                    self.options.fingerprint,
                    self.job_options.mode,
                    self.job_options.name_template,
                    self.job_options.sections,
                    self.job_options.grid,
                    self.job_options.append_to,
                    self.job_options.shard,
                    self.selection,
                )
            )
        ).hexdigest()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A job as planned: the content of `job.json`.

    Attributes:
        v: Version of the job folder.
        job: The job's UUID.
        created: RFC 3339, UTC.
        converter: Version of the converter.
        spec: What was asked for.
        slide: Size of the slides of a merged deck.
        frame: What their layout leaves to a drawing.
        tasks: In the order of the slides; of a share, with their places in it.
        others: Tasks of the other shares, with their places in the whole.
        notes: Remarks made while the inputs were looked for.
    """

    v: int = VERSION
    job: str
    created: str
    converter: str = __version__
    spec: Spec
    slide: SlideSize
    frame: Frame = Frame()
    tasks: tuple[Task, ...]
    others: tuple[Task, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> tuple[Task, ...]:
        """The tasks of all shares, in order."""
        return whole(self.tasks, self.others, parse_shard(self.spec.job_options.shard))


class _PlanVersion(msgspec.Struct):
    v: int


_DECODER = msgspec.json.Decoder(Plan)


def encode_plan(plan: Plan) -> bytes:
    """Return a plan as JSON."""
    return msgspec.json.encode(plan)


def decode_plan(data: bytes, name: str) -> Plan:
    """Read a plan.

    Args:
        data: JSON.
        name: For the message.

    Raises:
        ManifestError: It is damaged or of another version.
    """
    try:
        version = msgspec.json.decode(data, type=_PlanVersion).v
        if version == VERSION:
            return _DECODER.decode(data)
    except msgspec.DecodeError as error:
        raise ManifestError(
            f"The plan {name} cannot be understood: {error}.", remedy="Convert afresh."
        ) from error
    raise ManifestError(
        f"The plan {name} is of version {version}; this program understands {VERSION}.",
        remedy="Resume with the version that began the job, or convert afresh.",
    )


class Planner:
    """Makes tasks of inputs.

    Args:
        options: What the slides are like.
        job_options: Mode and limits.

    Raises:
        UsageError: Options contradict each other, or the template cannot be used.
    """

    def __init__(self, options: ConvertOptions, job_options: JobOptions) -> None:
        self._options = options
        self._limits = job_options.limits
        self._stage = stage_of(options, job_options)
        wanted = options.slide_size.strip().lower()
        self._each = wanted == OWN_SIZE and job_options.mode is not OutputMode.MERGED
        self._largest = wanted == LARGEST
        # Where the template lies is nothing to a slide: what matters of it is the frame.
        seen = msgspec.structs.replace(options, template="", layout="")
        self._common = hashlib.sha256(f"{seen.fingerprint}\0{converter_fingerprint()}\0".encode())
        self._common.update(msgspec.json.encode(self._stage.frame) + b"\0")

    @property
    def frame(self) -> Frame:
        """What the layout of the slides leaves to a drawing."""
        return self._stage.frame

    def prepare(
        self, files: Sequence[InputFile], problems: Iterable[Problem] = ()
    ) -> tuple[SlideSize, tuple[Task, ...]]:
        """Read the inputs and make their tasks.

        Returns:
            The slide size of a merged deck, and the tasks: the files in order, then the problems.
        """
        slide = self._size_for(files)
        cell = self._stage.sheet.drawing if self._stage.sheet else slide
        tasks = [self._task(index, file, cell) for index, file in enumerate(files)]
        tasks += [_problem_task(index, p) for index, p in enumerate(problems, len(tasks))]
        return slide, tuple(tasks)

    def again(self, tasks: Sequence[Task]) -> tuple[SlideSize, tuple[Task, ...]]:
        """Make the tasks of a plan anew from the files as they are now."""
        slide = self._size_for([task.file for task in tasks if task.file])
        cell = self._stage.sheet.drawing if self._stage.sheet else slide
        return slide, tuple(
            task if task.file is None else self._task(task.index, task.file, cell) for task in tasks
        )

    def _size_for(self, files: Sequence[InputFile]) -> SlideSize:
        """Return the size of the slides, which the drawings may decide."""
        if self._stage.size is not None:
            return self._stage.size
        sizes = () if self._each else self._sizes(files)
        if self._largest:
            return largest(sizes) or DEFAULT_SIZE
        return next(iter(sizes), DEFAULT_SIZE)

    def _sizes(self, files: Sequence[InputFile]) -> Iterator[SlideSize]:
        """Yield the sizes that drawings ask for; those that cannot be read ask for none."""
        for file in files:
            try:
                yield self._size(read(file, self._limits))
            except Svg2PptxError:
                continue

    def _size(self, data: bytes) -> SlideSize:
        """Return the slide size a drawing asks for."""
        from svg2pptx_batch.svg.probe import probe_size

        width, height = probe_size(data, limits=parse_limits(self._limits))
        return size_for_drawing(width, height)

    def _task(self, index: int, file: InputFile, slide: SlideSize) -> Task:
        """Make the task of one input; what cannot be read is a failure of that input alone."""
        try:
            data = read(file, self._limits)
        except Svg2PptxError as error:
            return Task(index, file.name, file=file, failure=failure_of(error))
        digest = hashlib.sha256(data).hexdigest()
        if self._each:
            try:
                slide = self._size(data)
            except SvgError as error:
                return Task(index, file.name, digest=digest, file=file, failure=failure_of(error))
        name = unicodedata.normalize("NFC", file.name)
        return Task(
            index,
            file.name,
            hashlib.sha256(f"{digest}\0{name}".encode("utf-8", "surrogatepass")).hexdigest(),
            digest,
            self._key(digest, file, slide),
            slide,
            file,
        )

    def _key(self, digest: str, file: InputFile, slide: SlideSize) -> str:
        """Hash everything known to matter to the slide; its title may be the input's name.

        What shows only in converting, fonts and files referred to, is kept with the slide.
        """
        key = self._common.copy()
        key.update(file.name.encode("utf-8", "surrogatepass") + b"\0")
        key.update(b"%d %d\0" % slide)
        key.update(digest.encode("ascii"))
        return key.hexdigest()


def plan_job(job: str, created: str, spec: Spec, discovery: Discovery, planner: Planner) -> Plan:
    """Plan a job from what was found.

    Raises:
        OutputError: What is written would replace an input.
    """
    read_from = {file.address or file.archive or file.path for file in discovery.files}
    if spec.options.template:
        read_from.add(spec.options.template)
    job_options = spec.job_options
    check_inputs(spec.output, spec.status_file, read_from, job_options.append_to)
    files: Sequence[InputFile] = discovery.files
    if job_options.sections is Sections.FOLDER and job_options.mode is OutputMode.MERGED:
        files = _by_folder(files)
    slide, tasks = planner.prepare(files, discovery.problems)
    own, others = share(tasks, parse_shard(job_options.shard))
    return Plan(
        job=job,
        created=created,
        spec=spec,
        slide=slide,
        frame=planner.frame,
        tasks=own,
        others=others,
        notes=discovery.notes,
    )


def _by_folder(files: Iterable[InputFile]) -> list[InputFile]:
    """Return files so that those of a folder stand together, in the order of their first ones."""
    folders: dict[str, list[InputFile]] = {}
    for file in files:
        folders.setdefault(folder_of(file.name), []).append(file)
    return [file for those in folders.values() for file in those]


def failure_of(error: Svg2PptxError, state: TaskState = TaskState.INVALID) -> Failure:
    """Return an error as a file's failure, which ends in a state."""
    return Failure(error.code, error.message, error.line, error.remedy, state)


def defect(error: str) -> Failure:
    """Return the failure that is the converter's fault, not the file's.

    Args:
        error: Type and message of the exception.
    """
    return Failure(
        "defect",
        f"The converter failed on this file: {error}",
        remedy="Please report it with the file; the job's log has the details.",
        state=TaskState.FAILED,
    )


def _problem_task(index: int, problem: Problem) -> Task:
    """Make the task, failed already, of an input that discovering failed on."""
    failure = Failure(problem.code, problem.message, remedy=problem.remedy or None)
    return Task(index, problem.name, failure=failure)
