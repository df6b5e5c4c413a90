"""What is told at the end of a run: counts, failures, fidelity, where to look, how to go on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from svg2pptx_batch.batch.report import FileReport, Report, Status, objected_ends, objections
from svg2pptx_batch.cli.console import Console, styled
from svg2pptx_batch.diagnostics import Diagnostic, Fidelity
from svg2pptx_batch.escaping import escape

_FAILURES_SHOWN = 20
_WORST_SHOWN = 5
_OBJECTIONS_SHOWN = 20
_ELEMENTS_SHOWN = 5
_COST = {Fidelity.DROPPED: 5.0, Fidelity.RASTERISED: 2.0, Fidelity.APPROXIMATED: 1.0}
"""How much an element of each kind takes from a file's fidelity, for ranking only."""


def tell_summary(console: Console, report: Report, status_file: Path | None) -> None:
    """Tell how a run ended.

    Args:
        console: Where to.
        report: The run's report.
        status_file: Where the status can be read.
    """
    counts = report.counts
    parts = [f"{counts.done:,} of {_files(counts.total)} converted"]
    if counts.cached:
        parts.append(f"{counts.cached:,} from the cache")
    if counts.failed:
        parts.append(styled(f"{counts.failed:,} failed", "red"))
    if counts.objected:
        parts.append(styled(f"{counts.objected:,} objected to", "red"))
    if counts.pending:
        parts.append(f"{counts.pending:,} not yet done")
    rate = (
        f" ({report.converted / report.seconds:,.0f} files/s)"
        if report.seconds >= 1 and report.converted
        else ""
    )
    console.say(f"{', '.join(parts)} in {duration(report.seconds)}{rate}")
    if report.fidelity:
        console.say(f"Drawn elements: {fidelity_line(report.fidelity)}")
    for line in failure_lines(report.failures, everything=console.verbose):
        console.say(line)
    for line in objection_lines(report, everything=console.verbose):
        console.say(line)
    for line in _worst_lines(report.files, everything=console.verbose):
        console.say(line)
    if status_file is not None and (counts.failed or counts.pending or counts.objected):
        console.say(f"Status: {escape(str(status_file))}")
    if report.error:
        console.error(report.error)
    if report.resume_command:
        console.say(f"To go on: {report.resume_command}")


def tell_status(console: Console, status: Status) -> None:
    """Write where a job stands, as the result of `status`."""
    counts = status.counts
    console.result(f"Job      {status.job}")
    console.result(f"State    {status.state}")
    console.result(
        f"Files    {counts.total:,}: {counts.done:,} done, {counts.failed:,} failed, "
        f"{counts.pending:,} to do"
    )
    console.result(f"Output   {status.output} ({status.mode})")
    console.result(f"Updated  {status.updated}")
    console.result(f"Folder   {status.folder}")
    if status.fidelity:
        console.result(f"Drawn    {fidelity_line(status.fidelity)}")
    if status.error:
        console.result(f"Error    {status.error}")
    failures = [file for file in status.files if file.failed]
    for line in failure_lines(failures, everything=console.verbose):
        console.result(line)
    for line in objection_lines(status, everything=console.verbose):
        console.result(line)


def failure_lines(failures: Sequence[FileReport], *, everything: bool) -> Iterator[str]:
    """Yield the lines that tell which files failed, where, why and what helps."""
    if not failures:
        return
    yield "Failed:"
    shown = failures if everything else failures[:_FAILURES_SHOWN]
    for file in shown:
        yield from failure(file)
    if len(shown) < len(failures):
        yield f"  … and {len(failures) - len(shown):,} more; -v shows all"


def failure(file: FileReport) -> Iterator[str]:
    """Yield the lines on one file that failed."""
    where = f"{file.name}:{file.line}" if file.line else file.name
    yield f"  {escape(where)}: {escape(file.message or file.code or str(file.state))}"
    if file.remedy:
        yield f"    {escape(file.remedy)}"


def objection_lines(report: Report | Status, *, everything: bool) -> Iterator[str]:
    """Yield the lines that tell which files `--fail-on` objects to, and for which elements."""
    files = [file for file in report.files if file.objected]
    if not files:
        return
    yield f"Objected to (--fail-on {report.fail_on}):"
    shown = files if everything else files[:_OBJECTIONS_SHOWN]
    for file in shown:
        ends = objected_ends(report.fail_on)
        yield f"  {escape(file.name)}: {fidelity_line(file.fidelity, ends)}"
        remarks = list(objections(report.fail_on, file.diagnostics))
        told = remarks if everything else remarks[:_ELEMENTS_SHOWN]
        for remark in told:
            yield f"    {escape(element_line(remark))}"
        if len(told) < len(remarks):
            yield f"    … and {len(remarks) - len(told):,} more; -v shows them"
    if len(shown) < len(files):
        yield f"  … and {len(files) - len(shown):,} more files; -v shows all"


def element_line(remark: Diagnostic) -> str:
    """Return where an element stands, how it ended and why: `line 7, rect#a: dropped: …`."""
    where = [f"line {remark.line:,}"] if remark.line else []
    if remark.element:
        where.append(remark.element)
    place = f"{', '.join(where)}: " if where else ""
    times = f" (×{remark.elements:,})" if remark.elements > 1 else ""
    return f"{place}{remark.fidelity}: {remark.message}{times} [{remark.code}]"


def _worst_lines(files: Sequence[FileReport], *, everything: bool) -> Iterator[str]:
    """Yield the lines on the files that look least like their drawings."""
    ranked = sorted(
        ((_loss(file), file) for file in files), key=lambda pair: (-pair[0], pair[1].index)
    )
    ranked = [pair for pair in ranked if pair[0] > 0]
    if not ranked:
        return
    yield "Least faithful:"
    shown = ranked if everything else ranked[:_WORST_SHOWN]
    for _, file in shown:
        reasons = _reasons(file)
        yield f"  {escape(file.name)}: {fidelity_line(file.fidelity)}" + (
            f" ({escape(reasons)})" if reasons else ""
        )
    if len(shown) < len(ranked):
        yield f"  … and {len(ranked) - len(shown):,} more; -v shows all"


def _loss(file: FileReport) -> float:
    """Return how much of a file is not native, weighted; 0 for what is whole."""
    drawn = sum(file.fidelity.values())
    if not drawn:
        return 0.0
    return sum(cost * file.fidelity.get(kind, 0) for kind, cost in _COST.items()) / drawn


def _reasons(file: FileReport) -> str:
    """Return the codes of what was lost, each once."""
    lost = (diagnostic.code for diagnostic in file.diagnostics if diagnostic.fidelity in _COST)
    return ", ".join(dict.fromkeys(lost))


def fidelity_line(fidelity: Mapping[str, int], ends: Collection[str] = frozenset(Fidelity)) -> str:
    """Return how many elements ended how, best first; of the ends named alone."""
    return ", ".join(
        f"{fidelity[kind]:,} {kind}" for kind in Fidelity if kind in ends and fidelity.get(kind)
    )


def duration(seconds: float) -> str:
    """Return a duration as people say it: `0.8 s`, `41 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"
