"""Packed slides, in plan order, become the result: one deck, a ZIP of decks or a folder of decks.

Slides are copied one at a time, never parsed. Nothing appears under a final name before it is
complete; equal slides give equal bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import chain
from pathlib import Path

from svg2pptx_batch.batch.manifest import Done
from svg2pptx_batch.batch.objects import ObjectReader
from svg2pptx_batch.batch.outputs import (
    DeckName,
    Origin,
    check_decks,
    deck_names,
    folder_of,
    wants_titles,
)
from svg2pptx_batch.batch.plan import Plan, Task
from svg2pptx_batch.batch.stage import Stage, stage_of, template_of
from svg2pptx_batch.deck import (
    DeckWriter,
    PackedSlide,
    Properties,
    Template,
    check_slide_count,
    source_properties,
    unpack,
)
from svg2pptx_batch.deck.target import TargetFile, output_error
from svg2pptx_batch.deck.zip_stream import ZipStream, store
from svg2pptx_batch.errors import OutputError
from svg2pptx_batch.escaping import escape
from svg2pptx_batch.options import OutputMode, Sections, SlideSize

Advance = Callable[[int], None]
"""Told after each slide how many are written."""

Packs = Path | Mapping[str, Path]


def write_outputs(
    plan: Plan, results: Mapping[int, Done], objects: Packs, advance: Advance
) -> dict[int, DeckName]:
    """Write the result of a job.

    Args:
        plan: The job.
        results: By the task's index; tasks without one leave no slide. At least one.
        objects: Where the packed slides lie: a folder, or each pack by its name.
        advance: Hears the progress.

    Returns:
        Names of the decks in a ZIP or folder, by the task's index.

    Raises:
        OutputError: It cannot be written; what stood there before still does, but in a folder of
            decks those written already are new. Or a packed slide is missing or damaged.
    """
    job_options = plan.spec.job_options
    output = Path(plan.spec.output)
    done = [task for task in plan.tasks if task.index in results]
    if job_options.mode is OutputMode.MERGED:
        _write_merged(output, plan, _slides(done, results, objects), advance)
        return {}
    titles: dict[int, str] | None = None
    if wants_titles(job_options.name_template):
        slides = _slides(done, results, objects)
        titles = {task.index: slide.metadata.title for task, slide in slides}
    named = _deck_names(plan, titles)
    decks = {task.index: named[task.index] for task in done}
    if job_options.mode is OutputMode.ZIP:
        _write_zip(output, decks, _slides(done, results, objects), _Decks(plan), advance)
    else:
        if not job_options.overwrite:
            check_decks(str(output), [deck.name for deck in decks.values()])
        _write_folder(output, decks, _slides(done, results, objects), _Decks(plan), advance)
    return decks


def check_plan(plan: Plan) -> None:
    """Refuse a plan whose result could not be written, as far as that is known before.

    Raises:
        OutputError: Too many slides for one deck, or a deck is there and may not be replaced.
    """
    job_options = plan.spec.job_options
    usable = [task for task in plan.whole if task.failure is None]
    if job_options.mode is OutputMode.MERGED:
        check_slide_count(_least_slides(plan, usable), notes=plan.spec.options.notes)
    elif (
        job_options.mode is OutputMode.FOLDER
        and not job_options.overwrite
        and not job_options.shard
        and not wants_titles(job_options.name_template)
    ):
        names = _deck_names(plan)
        check_decks(plan.spec.output, [names[task.index].name for task in usable])


def _least_slides(plan: Plan, tasks: Sequence[Task]) -> int:
    """Return how many slides a merged deck of all tasks has beside those that it has already."""
    job_options = plan.spec.job_options
    if not job_options.grid:
        return len(tasks)
    from svg2pptx_batch.deck.grid import parse_grid

    most = parse_grid(job_options.grid).capacity
    divided = job_options.sections is Sections.FOLDER
    drawings = Counter(folder_of(task.name) if divided else "" for task in tasks)
    return sum(-(-count // most) for count in drawings.values())


def _deck_names(plan: Plan, titles: Mapping[int, str] | None = None) -> dict[int, DeckName]:
    """Name the decks, by the task's index.

    Failed tasks are named, too, so that no name depends on what fails; but where the names hold
    titles, which failed ones do not have.

    Args:
        plan: The job.
        titles: Of the drawings that were converted, where the names hold them.
    """
    tasks = plan.tasks if titles is None else [t for t in plan.tasks if t.index in titles]
    origins = (Origin(t.index, t.name, t.digest, (titles or {}).get(t.index, "")) for t in tasks)
    return deck_names(origins, plan.spec.job_options.name_template, len(plan.tasks))


def _slides(
    tasks: Sequence[Task], results: Mapping[int, Done], objects: Packs
) -> Iterator[tuple[Task, PackedSlide]]:
    """Read the slides of tasks, in their order."""
    with ObjectReader(objects) as reader:
        for task in tasks:
            data = reader.get(results[task.index].slide)
            if data is None:
                raise OutputError(
                    f"The stored slide of {task.name} is missing or damaged.",
                    remedy="Resume the job: it is converted again.",
                )
            yield task, unpack(data)


def _write_merged(
    output: Path, plan: Plan, slides: Iterator[tuple[Task, PackedSlide]], advance: Advance
) -> None:
    """Write one deck; that of one drawing alone says what the drawing says about itself."""
    job_options = plan.spec.job_options
    divided = job_options.sections is Sections.FOLDER
    first = next(slides)
    properties = Properties(title=output.stem)
    if len(plan.tasks) == 1:
        task, slide = first
        properties = source_properties(slide.metadata, task.name, task.digest)
    slides = chain((first,), slides)
    base = job_options.append_to
    seen = _look(base) if base else None
    template, stage = _made_on(plan, plan.slide)
    with DeckWriter(output, plan.slide, properties=properties, template=template) as deck:
        if stage.sheet is not None:
            _add_sheets(deck, plan, stage, slides, advance)
            return
        for number, (task, slide) in enumerate(slides, 1):
            name = escape(task.name)  # as the slide has it
            deck.add(slide, section=folder_of(name) if divided else "", name=name)
            advance(number)
        if seen is not None and _look(base) != seen:
            raise OutputError(
                f"{base} was changed by another program while slides were appended to it.",
                remedy="Run the same command again.",
            )


def _look(path: str) -> tuple[int, ...] | None:
    """Return what tells that a file is another one than before; None where there is none."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _made_on(plan: Plan, slide: SlideSize) -> tuple[Template, Stage]:
    """Return the template of decks and what slides are made on.

    Args:
        plan: The job.
        slide: Size of the slides, where the template has none of its own.

    Raises:
        UsageError: The template cannot be used.
        OutputError: It is not what the slides were made for.
    """
    options, job_options = plan.spec.options, plan.spec.job_options
    template = template_of(options, job_options, slide)
    stage = stage_of(options, job_options, template)
    if template.size != slide or stage.frame != plan.frame:
        template.close()
        raise OutputError(
            f"{job_options.append_to or options.template} changed while the job ran.",
            remedy="Run the same command again: slides are made for it as it is then.",
        )
    return template, stage


def _add_sheets(
    deck: DeckWriter,
    plan: Plan,
    stage: Stage,
    slides: Iterator[tuple[Task, PackedSlide]],
    advance: Advance,
) -> None:
    """Add contact sheets; each section begins with a new one."""
    from svg2pptx_batch.batch.sheets import Sheets

    sheets = Sheets(plan, stage)
    number = 0
    for section, rows in sheets.divide(slides):
        deck.add(sheets.sheet(section, rows), section=section)
        number += len(rows)
        advance(number)


def _write_zip(
    output: Path,
    names: Mapping[int, DeckName],
    slides: Iterator[tuple[Task, PackedSlide]],
    decks: _Decks,
    advance: Advance,
) -> None:
    """Write an archive of decks; they are compressed already and only stored."""
    target = TargetFile(output)
    try:
        archive = ZipStream(target)
        for number, (task, slide) in enumerate(slides, 1):
            archive.add(names[task.index].name, store(decks.of(task, slide)))
            advance(number)
        archive.close()
    except BaseException:
        target.discard()
        raise
    target.commit()


def _write_folder(
    output: Path,
    names: Mapping[int, DeckName],
    slides: Iterator[tuple[Task, PackedSlide]],
    decks: _Decks,
    advance: Advance,
) -> None:
    """Write a deck a file, in the inputs' tree."""
    for number, (task, slide) in enumerate(slides, 1):
        path = output / names[task.index].name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise output_error(path, error) from error
        target = TargetFile(path)
        try:
            target.write(decks.of(task, slide))
        except BaseException:
            target.discard()
            raise
        target.commit()
        advance(number)


class _Decks:
    """Makes decks of one slide; a user's template is read once.

    Raises:
        UsageError: It cannot be used.
        OutputError: It is not what the slides were made for.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        shared = bool(plan.spec.options.template)
        self._template = _made_on(plan, plan.slide)[0] if shared else None

    def of(self, task: Task, slide: PackedSlide) -> bytes:
        """Return the deck of a slide."""
        stream = BytesIO()
        template = self._template or _made_on(self._plan, task.slide)[0]
        properties = source_properties(slide.metadata, task.name, task.digest)
        with DeckWriter(stream, task.slide, properties=properties, template=template) as deck:
            deck.add(slide)
        return stream.getvalue()
