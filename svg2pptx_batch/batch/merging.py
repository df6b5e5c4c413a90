"""Parts of a job, made on several machines, become its result."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from msgspec.structs import replace

from svg2pptx_batch.batch.assemble import check_plan, write_outputs
from svg2pptx_batch.batch.events import (
    Emitter,
    Ingest,
    Listener,
    Merge,
    Start,
    Summary,
    timestamp,
)
from svg2pptx_batch.batch.events import Warning as WarningEvent
from svg2pptx_batch.batch.inputs import Selection
from svg2pptx_batch.batch.manifest import Done
from svg2pptx_batch.batch.objects import StoredSlide
from svg2pptx_batch.batch.outlets import delivered
from svg2pptx_batch.batch.outputs import DECK_SUFFIX, check_inputs, check_output
from svg2pptx_batch.batch.parts import Part, read_part
from svg2pptx_batch.batch.plan import Plan, Spec, Task
from svg2pptx_batch.batch.report import JobState, Report, count
from svg2pptx_batch.batch.storage import check_address, located
from svg2pptx_batch.errors import ExitCode, InputError, Svg2PptxError, UsageError
from svg2pptx_batch.options import OutputMode

_MISSING_TOLD = 5
_SUFFIX_OF = {OutputMode.MERGED: DECK_SUFFIX, OutputMode.ZIP: ".zip"}
_FORM_OF = {
    OutputMode.MERGED: "one deck, a .pptx",
    OutputMode.ZIP: "a .zip of decks",
    OutputMode.FOLDER: "a folder of decks",
}


def merge_parts(
    paths: Sequence[Path], output: str, *, overwrite: bool, on_event: Listener | None = None
) -> Report:
    """Put parts together; see `api.merge`."""
    emitter = Emitter(on_event)
    try:
        report = _merge(paths, located(output), emitter, overwrite=overwrite)
    except Svg2PptxError as error:
        emitter.fail(error)
        raise
    emitter.emit(Summary, report=report)
    return report


def _merge(paths: Sequence[Path], output: str, emitter: Emitter, *, overwrite: bool) -> Report:
    began = monotonic()
    parts = _in_order([read_part(path) for path in paths])
    head = parts[0].head
    mode = head.job_options.mode
    _check_form(output, mode)
    check_address(output)
    check_output(output, mode, overwrite=overwrite)
    check_inputs(output, "", [str(part.path.absolute()) for part in parts])
    rows = sorted((f.row for p in parts for f in p.head.files), key=lambda row: row.index)
    counts, fidelity = count(rows)
    emitter.emit(Start, job="", folder="", output=output, mode=str(mode), workers=0)
    packed = sum(file.bytes for part in parts for file in part.head.files)
    emitter.emit(
        Ingest,
        files=counts.total,
        bytes=packed,
        done=counts.done,
        failed=counts.failed,
        cached=counts.cached,
    )
    _tell_fonts(parts, emitter)
    told = monotonic()

    def advance(done: int) -> None:
        nonlocal told
        if done == counts.done or monotonic() - told >= 1.0:
            told = monotonic()
            emitter.emit(Merge, done=done, total=counts.done)

    state, code = JobState.FAILED, ExitCode.NO_INPUT
    outputs: tuple[str, ...] = ()
    if counts.done:
        with tempfile.TemporaryDirectory(prefix="svg2pptx-batch-") as folder:
            plan = _plan_of(parts, output, Path(folder), overwrite=overwrite)
            check_plan(plan)
            emitter.emit(Merge, done=0, total=counts.done)
            packs = {str(part.head.number): part.path for part in parts}
            with delivered(plan, Path(folder, "staging"), _go_on) as here:
                decks = write_outputs(here, _results(parts), packs, advance)
            outputs = (output,)
        for index, deck in decks.items():
            rows[index] = replace(rows[index], output=deck.name)
        spoiled = bool(counts.failed or counts.objected)
        state = JobState.PARTIAL if counts.failed else JobState.DONE
        code = ExitCode.SOME_FAILED if spoiled else ExitCode.OK
    return Report(
        state=state,
        exit_code=code,
        counts=counts,
        fidelity=fidelity,
        fail_on=head.job_options.fail_on,
        seconds=round(monotonic() - began, 3),
        outputs=outputs,
        files=tuple(rows),
    )


def _go_on() -> None:
    """Nothing but a signal, which nobody holds back here, ends the sending of a result."""


def _in_order(parts: Sequence[Part]) -> list[Part]:
    """Return the parts of one job, each share once.

    Raises:
        UsageError: One is missing, or there twice.
        InputError: They are not of one job.
    """
    if not parts:
        raise UsageError("No part is given.", remedy="Name the parts of all shares.")
    first = parts[0]
    by_number: dict[int, Part] = {}
    for part in parts:
        head = part.head
        if (head.plan, head.count, head.total) != (
            first.head.plan,
            first.head.count,
            first.head.total,
        ):
            raise InputError(
                f"{part.path} is part of another job than {first.path}.",
                remedy="Convert all shares of the same files, with the same options and the same "
                "version. Where times of files differ from machine to machine, leave out "
                "--sort mtime.",
            )
        other = by_number.setdefault(head.number, part)
        if other is not part:
            raise UsageError(
                f"{other.path} and {part.path} are both share {head.shard}.",
                remedy="Name each part once.",
            )
    missing = [n for n in range(1, first.head.count + 1) if n not in by_number]
    if missing:
        told = ", ".join(f"{n}/{first.head.count}" for n in missing[:_MISSING_TOLD])
        more = f" and {len(missing) - _MISSING_TOLD:,} more" if len(missing) > _MISSING_TOLD else ""
        raise UsageError(
            f"The part of share {told}{more} is missing.",
            remedy="Name the parts of all shares, or convert the missing one.",
        )
    return [by_number[number] for number in sorted(by_number)]


def _check_form(output: str, mode: OutputMode) -> None:
    """Refuse a name that contradicts what the parts were made for.

    Raises:
        UsageError: It does.
    """
    suffix = Path(output).suffix.lower()
    wanted = _SUFFIX_OF.get(mode)
    fits = suffix == wanted if wanted else suffix not in _SUFFIX_OF.values()
    if not fits:
        raise UsageError(
            f"The parts were made for {_FORM_OF[mode]}, which {output} is not.",
            remedy="Name such an output, or convert the shares with another --mode.",
        )


def _tell_fonts(parts: Sequence[Part], emitter: Emitter) -> None:
    """Tell of parts whose texts were set with other fonts."""
    first = next((part for part in parts if part.head.fonts), None)
    for part in parts:
        if first is not None and part.head.fonts not in ("", first.head.fonts):
            emitter.emit(
                WarningEvent,
                code="fonts-differ",
                message=f"{part.path} was made with other fonts than {first.path}: texts may "
                "stand differently.",
            )


def _plan_of(parts: Sequence[Part], output: str, folder: Path, *, overwrite: bool) -> Plan:
    """Return the plan of the whole job, as far as writing it needs one."""
    head = parts[0].head
    options = head.options
    if head.template:
        template = folder / "template.pptx"
        template.write_bytes(parts[0].template)
        options = replace(options, template=str(template))
    files = (file for part in parts for file in part.head.files)
    tasks = sorted(
        (
            Task(file.row.index, file.row.name, digest=file.digest, slide=file.slide)
            for file in files
        ),
        key=lambda task: task.index,
    )
    return Plan(
        job="",
        created=timestamp(),
        spec=Spec(
            sources=(),
            folder=str(Path.cwd()),
            output=output,
            options=options,
            job_options=replace(head.job_options, overwrite=overwrite),
            selection=Selection(),
        ),
        slide=head.slide,
        frame=head.frame,
        tasks=tuple(tasks),
    )


def _results(parts: Sequence[Part]) -> dict[int, Done]:
    """Return where each slide lies, by the file's place in the whole."""
    results: dict[int, Done] = {}
    for part in parts:
        offset = part.start
        for file in part.head.files:
            if file.bytes:
                index = file.row.index
                pack = str(part.head.number)
                slide = StoredSlide(pack, offset, file.bytes, file.slide_digest)
                results[index] = Done(index, "", "", slide)
                offset += file.bytes
    return results
