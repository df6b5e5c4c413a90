"""What is told on standard error: progress, warnings, the summary."""

import os
import re
import sys
from contextlib import suppress

import pytest

from svg2pptx_batch.batch import events
from svg2pptx_batch.batch.report import Counts, FileReport, JobState, Report, TaskState
from svg2pptx_batch.cli.console import Console, ProgressMode
from svg2pptx_batch.cli.progress import Reporter
from svg2pptx_batch.cli.summary import duration, tell_summary
from svg2pptx_batch.diagnostics import Diagnostic, Fidelity
from svg2pptx_batch.errors import ExitCode
from svg2pptx_batch.escaping import escape
from tests.cli.conftest import BROKEN

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
AT = {"seq": 1, "ts": "2026-01-01T00:00:00.000Z"}


@pytest.fixture
def clock(monkeypatch):
    """A clock the test moves."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr("svg2pptx_batch.cli.progress.time.monotonic", lambda: Clock.now)
    return Clock


def task(done, failed=0, total=100, **fields):
    file = FileReport(index=done, name="a\x1b[2Jb.svg", state=TaskState.DONE, **fields)
    return events.Task(file=file, counts=Counts(total, done, failed, total - done - failed), **AT)


def test_plain_lines_come_every_5_percent_or_10_seconds(clock, capsys):
    def pace(done, failed=0, **fields):
        counts = Counts(100, done, failed, 100 - done - failed)
        return events.Progress(counts=counts, seconds=9, **{"per_second": 0, **fields}, **AT)

    with Reporter(Console(), ProgressMode.PLAIN) as hear:
        hear(events.Ingest(files=100, bytes=1, **AT))
        clock.now += 2
        hear(task(50))
        hear(pace(4))
        hear(pace(5))
        hear(pace(20, failed=1))
        clock.now += 5
        hear(pace(22, failed=1))
        clock.now += 9
        hear(pace(23, failed=1))
        clock.now += 1
        hear(pace(23, failed=1, per_second=2, eta_s=38.5))
    assert capsys.readouterr().err.splitlines() == [
        "5 of 100 files (5%)",
        "23 of 100 files (23%), 1 failed",
        "24 of 100 files (24%), 1 failed, 2.0 files/s, 38 s left",
    ]


def test_quiet_tells_nothing_of_progress_and_warnings(capsys):
    with Reporter(Console(quiet=True), ProgressMode.LIVE) as hear:
        hear(events.Ingest(files=2, bytes=1, done=1, **AT))
        hear(events.Warning(code="input", message="look", **AT))
    assert capsys.readouterr().err == ""


def test_only_ten_warnings_are_told_unless_verbose(capsys):
    for verbose, lines in ((False, 11), (True, 12)):
        with Reporter(Console(verbose=verbose), ProgressMode.NONE) as hear:
            for number in range(12):
                hear(events.Warning(code="input", message=f"look {number}\n", **AT))
        told = capsys.readouterr().err.splitlines()
        assert len(told) == lines
        assert told[0] == "warning: look 0\\n"
    assert "2 more" not in told[-1]


def test_verbose_tells_failures_and_retries_as_they_happen(capsys):
    failed = FileReport(
        index=0, name="b.svg", state=TaskState.INVALID, message="Bad.", line=7, remedy="Mend it."
    )
    with Reporter(Console(verbose=True), ProgressMode.NONE) as hear:
        hear(events.Retry(index=0, name="b.svg", attempt=2, reason="died", **AT))
        hear(events.Task(file=failed, counts=Counts(1, 0, 1, 0), **AT))
    assert capsys.readouterr().err == "b.svg: attempt 2: died\n  b.svg:7: Bad.\n    Mend it.\n"


def test_live_progress_shows_files_rate_and_failures(capsys):
    with Reporter(Console(), ProgressMode.LIVE) as hear:
        hear(events.Ingest(files=100, bytes=1, **AT))
        hear(task(40, failed=2))
        counts = Counts(100, 41, 2, 57)
        hear(events.Progress(counts=counts, seconds=1, per_second=41, eta_s=2, **AT))
        hear(events.Merge(done=0, total=41, **AT))
        hear(events.Merge(done=41, total=41, **AT))
    drawn = ANSI.sub("", capsys.readouterr().err)
    for words in ("Converting", "43/100", "41.0/s", "2 failed", "Writing slides", "41/41"):
        assert words in drawn


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
@pytest.mark.parametrize(
    ("variables", "animated", "coloured"),
    [
        ({}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"CI": "true"}, False, True),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_a_terminal_is_animated_and_coloured_as_the_environment_allows(
    work, make, start, *, variables, animated, coloured
):
    make("a.svg")
    make("b.svg", data=BROKEN)
    terminal, slave = os.openpty()
    environ = {**os.environ, "TERM": "xterm-256color", **variables}
    process = start("convert", "a.svg", "b.svg", "-j", "1", env=environ, stderr=slave)
    os.close(slave)
    told = b""
    with suppress(OSError):
        while piece := os.read(terminal, 4096):
            told += piece
    os.close(terminal)
    process.communicate()
    assert process.returncode == 1
    text = told.decode()
    assert ("\x1b[2K" in text) is animated
    assert ("\x1b[31m" in text) is coloured
    assert "1 failed" in ANSI.sub("", text)


def test_names_cannot_play_with_the_terminal():
    assert escape("näme 日本語 👍🏽 \u200d.svg") == "näme 日本語 👍🏽 \u200d.svg"
    assert escape("a\nb\x1b[2J\u202egnp\u2066.svg") == "a\\nb\\x1b[2J\\u202egnp\\u2066.svg"


def test_durations_are_told_as_people_say_them():
    told = [duration(seconds) for seconds in (0.04, 9.94, 41.4, 200, 7500)]
    assert told == ["0.0 s", "9.9 s", "41 s", "3 min 20 s", "2 h 5 min"]


def test_the_summary_ranks_files_by_what_was_lost(capsys):
    lost = Diagnostic("filter-rasterised", "…", Fidelity.RASTERISED)
    files = [
        FileReport(index=0, name="whole.svg", state=TaskState.DONE, fidelity={"native": 9}),
        FileReport(
            index=1,
            name="part.svg",
            state=TaskState.DONE,
            fidelity={"native": 9, "rasterised": 1},
            diagnostics=(lost, lost),
        ),
        FileReport(index=2, name="gone.svg", state=TaskState.DONE, fidelity={"dropped": 1}),
        *(
            FileReport(index=index, name=f"{index}.svg", state=TaskState.INVALID, message="Bad.")
            for index in range(3, 26)
        ),
    ]
    report = Report(
        state=JobState.PARTIAL,
        exit_code=ExitCode.SOME_FAILED,
        counts=Counts(27, 3, 23, 1),
        fidelity={"dropped": 1, "native": 18, "rasterised": 1},
        seconds=2.0,
        converted=3,
        resume_command="svg2pptx-batch resume 1",
        files=tuple(files),
    )
    tell_summary(Console(), report, None)
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "3 of 27 files converted, 23 failed, 1 not yet done in 2.0 s (2 files/s)"
    assert told[1] == "Drawn elements: 18 native, 1 rasterised, 1 dropped"
    assert told[2:4] == ["Failed:", "  3.svg: Bad."]
    assert told[23:] == [
        "  … and 3 more; -v shows all",
        "Least faithful:",
        "  gone.svg: 1 dropped",
        "  part.svg: 9 native, 1 rasterised (filter-rasterised)",
        "To go on: svg2pptx-batch resume 1",
    ]
