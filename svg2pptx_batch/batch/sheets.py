"""Contact sheets of a job: which drawings share a slide, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from svg2pptx_batch.batch.outputs import folder_of
from svg2pptx_batch.batch.plan import Plan, Task
from svg2pptx_batch.batch.stage import Stage
from svg2pptx_batch.conversion import background_color, stem_of
from svg2pptx_batch.deck import PackedSlide
from svg2pptx_batch.deck.sheet import SheetEntry, compose
from svg2pptx_batch.drawingml import Heading
from svg2pptx_batch.escaping import escape
from svg2pptx_batch.options import Sections, Titles

Row = tuple[Task, PackedSlide]


class Sheets:
    """Makes the contact sheets of a job.

    Args:
        plan: The job.
        stage: What they are made on.
    """

    def __init__(self, plan: Plan, stage: Stage) -> None:
        self._options = plan.spec.options
        self._divided = plan.spec.job_options.sections is Sections.FOLDER
        self._stage = stage
        self._deck = Path(plan.spec.output).stem
        self._background = background_color(self._options.background)

    def divide(self, slides: Iterable[Row]) -> Iterator[tuple[str, Sequence[Row]]]:
        """Yield the section and the drawings of each sheet."""
        assert self._stage.sheet is not None
        most = len(self._stage.sheet.places)
        section = ""
        rows: list[Row] = []
        for task, slide in slides:
            folder = folder_of(escape(task.name)) if self._divided else ""
            if rows and (folder != section or len(rows) == most):
                yield section, rows
                rows = []
            section = folder
            rows.append((task, slide))
        if rows:
            yield section, rows

    def sheet(self, section: str, rows: Sequence[Row]) -> PackedSlide:
        """Return one sheet; its title is the section's name, or the deck's."""
        assert self._stage.sheet is not None
        entries = [
            SheetEntry(escape(task.name), slide, self._caption(task, slide)) for task, slide in rows
        ]
        heading = (
            Heading(self._stage.heading, section or self._deck) if self._stage.heading else None
        )
        sheet = compose(entries, self._stage.sheet, background=self._background, heading=heading)
        return replace(sheet, notes="\n\n".join(slide.notes for _, slide in rows if slide.notes))

    def _caption(self, task: Task, slide: PackedSlide) -> str:
        title = slide.metadata.title if self._options.titles is Titles.TITLE else ""
        return title or stem_of(escape(task.name))
