"""`--log-file`, `--log-format` and `-v`: what is kept of a run, and what is shown."""

import json
import logging
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import BROKEN

TEXT = b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><text>a</text></svg>'
EVIL = "b\n2026-01-01T00:00:00.000Z CRITICAL\x1b[2J\u202e.svg"


@pytest.fixture
def inputs(make, work):
    """Three drawings, one of which is broken, and a font that is none."""
    make("a.svg", data=TEXT)
    make("i/b.svg", data=BROKEN)
    make("c.svg")
    (work / "fonts").mkdir()
    (work / "fonts/broken.ttf").write_bytes(b"no font")
    return ("a.svg", "i/b.svg", "c.svg", "-o", "o.pptx", "-j", "1", "--font-dir", "fonts")


def records(path):
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def test_a_log_tells_the_run_from_its_beginning_to_its_end(invoke, inputs):
    result = invoke("convert", *inputs, "--log-file", "run.log", "--log-format", "json")
    assert result.exit_code == 1
    told = records("run.log")
    assert " begins: 1 workers, " in told[0]["message"]
    assert told[-1]["message"].endswith("is partial: 2 of 3 files done, 1 failed; exit status 1")
    by_file = {
        record["file"]: record
        for record in told
        if record["logger"].endswith("events") and "file" in record
    }
    assert set(by_file) == {"a.svg", "i/b.svg", "c.svg"}
    assert by_file["i/b.svg"]["level"] == "warning"
    assert by_file["i/b.svg"]["task"] == "2"
    assert by_file["i/b.svg"]["message"].startswith("invalid: ")
    assert by_file["c.svg"]["message"].endswith(" s: 1 native")
    of_worker = [record for record in told if record["process"] != told[0]["process"]]
    (left_out,) = [record for record in of_worker if "font file left out" in record["message"]]
    assert (left_out["file"], left_out["task"]) == ("a.svg", "0")
    assert "debug" not in {record["level"] for record in told}


def test_more_is_kept_on_request_and_runs_follow_each_other(invoke, inputs):
    invoke("convert", *inputs, "--log-file", "run.log", "-q")
    first = Path("run.log").read_text("utf-8")
    assert " DEBUG " not in first
    assert " WARNING " in first and "#2 i/b.svg: invalid: " in first
    invoke("convert", *inputs, "--log-file", "run.log", "-vv", "-q")
    both = Path("run.log").read_text("utf-8")
    assert both.startswith(first)
    assert " DEBUG " in both.removeprefix(first)


@pytest.mark.parametrize(
    ("flags", "shown"), [((), False), (("-v",), False), (("-vv",), True), (("-vvq",), False)]
)
def test_the_terminal_shows_developers_news_only_on_request(invoke, inputs, *, flags, shown):
    result = invoke("convert", *inputs, *flags)
    assert ("font file left out" in result.stderr) is shown
    assert "svg2pptx_batch.events" not in result.stderr
    assert logging.getLogger("svg2pptx_batch").handlers == []


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not allow")
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_file_name_forges_a_line(invoke, make, work, form):
    make("a.svg", data=TEXT)
    make(EVIL, data=BROKEN)
    make(f"fonts/{EVIL}.ttf", data=b"no font")
    arguments = ("-j", "1", "--font-dir", "fonts", "--log-file", "run.log", "--log-format", form)
    invoke("convert", ".", "-o", "o.pptx", *arguments)
    text = Path("run.log").read_text("utf-8")
    assert "\x1b" not in text and "\u202e" not in text
    if form == "json":
        told = records("run.log")
        assert any(record.get("file") == EVIL for record in told)
        assert any(EVIL in record["message"] for record in told)
    else:
        assert not any(line.startswith("2026-01-01T00:00:00.000Z") for line in text.split("\n"))
        assert text.count("b\\n2026-01-01T00:00:00.000Z CRITICAL\\x1b[2J\\u202e.svg") == 2


def test_resume_keeps_a_log_too(invoke, inputs, work):
    result = invoke("resume", "no-such-job", "--log-file", "run.log")
    assert result.exit_code == 2
    text = Path("run.log").read_text("utf-8")
    assert " ERROR " in text and "job: There is no job no-such-job." in text


def test_a_defect_leaves_its_traceback_in_the_log(invoke, make, monkeypatch):
    make("a.svg")

    def fail(*args, **kwargs):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("svg2pptx_batch.api.Job.create", fail)
    result = invoke("convert", "a.svg", "-v", "--log-file", "run.log")
    assert result.exit_code == 70
    lines = Path("run.log").read_text("utf-8").splitlines()
    assert " CRITICAL " in lines[0]
    assert lines[-1] == "    | ZeroDivisionError: oops"


def test_a_log_that_cannot_be_written(invoke, inputs, work):
    result = invoke("convert", *inputs, "--log-file", "gone/run.log")
    assert result.exit_code == 4
    assert "gone/run.log" in result.stderr and "--log-file" in result.stderr
    assert not (work / "o.pptx").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_log_on_a_full_disk_does_not_stop_the_run(invoke, inputs, work):
    result = invoke("convert", *inputs, "--log-file", "/dev/full")
    assert result.exit_code == 1
    assert (work / "o.pptx").exists()
    assert "warning: The log /dev/full is not complete: " in result.stderr
