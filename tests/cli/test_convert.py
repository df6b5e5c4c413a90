"""`convert`, `resume`, `status` and `list` as users meet them."""

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pptx import Presentation

from tests.cli.conftest import BROKEN, GOOD


def slides(path):
    return len(Presentation(path).slides)


def events(text):
    return [json.loads(line) for line in text.splitlines()]


def test_a_folder_becomes_a_deck_named_after_it(invoke, make, work):
    make("icons/b10.svg", "icons/b9.svg", "icons/sub/c.svg")
    result = invoke("convert", "icons", "-r", "-j", "1")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{work / 'icons.pptx'}\n"
    assert "3 of 3 files converted" in result.stderr
    assert "3 native" in result.stderr
    assert slides(work / "icons.pptx") == 3


def test_bad_files_are_named_and_cost_only_their_own_slides(invoke, make, work):
    make("a.svg", "c.svg")
    make("b.svg", data=BROKEN)
    make("pic.png", data=b"\x89PNG\r\n")
    result = invoke("convert", "a.svg", "b.svg", "c.svg", "pic.png", "-o", "out.pptx", "-j", "1")
    assert result.exit_code == 1
    assert slides(work / "out.pptx") == 2
    assert "2 of 4 files converted, 2 failed" in result.stderr
    assert "\n  b.svg:3: " in result.stderr
    assert "\n  pic.png: " in result.stderr
    assert "it is a PNG picture" in result.stderr
    assert "Name SVG files, folders or ZIP archives." in result.stderr
    assert "status.json" in result.stderr
    masked = invoke("convert", "a.svg", "b.svg", "-o", "out.pptx", "-j", "1", "--exit-zero")
    assert masked.exit_code == 0
    assert "1 failed" in masked.stderr


@pytest.mark.parametrize(
    ("output", "mode", "made"),
    [
        ("decks", None, ["decks/i/a.pptx", "decks/j/a.pptx"]),
        ("decks.zip", None, ["decks.zip"]),
        (None, "zip", ["slides.zip"]),
    ],
)
def test_the_output_tells_the_mode(invoke, make, work, *, output, mode, made):
    make("i/a.svg", "j/a.svg")
    arguments = [*(["-o", output] if output else []), *(["--mode", mode] if mode else [])]
    result = invoke("convert", "i", "j", "-j", "1", *arguments)
    assert result.exit_code == 0, result.stderr
    for name in made:
        assert (work / name).is_file()
    if made[0].endswith(".zip"):
        names = zipfile.ZipFile(work / made[0]).namelist()
        assert sorted(names) == ["i/a.pptx", "j/a.pptx"]


def test_standard_input_and_a_list(invoke, make, work):
    make("a.svg", "b.svg")
    result = invoke("convert", "-", "-o", "one.pptx", "-j", "1", input=GOOD)
    assert result.exit_code == 0, result.stderr
    assert slides(work / "one.pptx") == 1
    result = invoke(
        "convert", "--files-from", "-", "-o", "two.pptx", "-j", "1", input="a.svg\nb.svg\n"
    )
    assert result.exit_code == 0, result.stderr
    assert slides(work / "two.pptx") == 2


def test_json_gives_one_report(invoke, make, work):
    make("a.svg")
    make("b.svg", data=BROKEN)
    result = invoke(
        "convert", "a.svg", "b.svg", "-o", "o.pptx", "--format", "json", "-j", "1", "-q"
    )
    report = json.loads(result.stdout)
    assert result.exit_code == report["exit_code"] == 1
    counts = {"total": 2, "done": 1, "failed": 1, "pending": 0, "objected": 0, "cached": 0}
    assert report["counts"] == counts
    assert report["outputs"] == [str(work / "o.pptx")]
    assert [file["name"] for file in report["files"]] == ["a.svg", "b.svg"]
    assert result.stderr == ""


def test_json_lines_begin_with_start_and_end_with_the_summary(invoke, make):
    make("a.svg", "b.svg")
    result = invoke("convert", "a.svg", "b.svg", "-o", "o.pptx", "--format", "jsonl", "-j", "1")
    heard = events(result.stdout)
    assert [event["seq"] for event in heard] == list(range(1, len(heard) + 1))
    assert heard[0]["event"] == "start"
    assert [event["event"] for event in heard].count("task") == 2
    assert heard[-1]["event"] == "summary"


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_errors_are_records_too(invoke, make, form):
    result = invoke("convert", "gone.svg", "--format", form)
    assert result.exit_code == 3
    (error,) = events(result.stdout)
    assert (error["event"], error["code"], error["exit_code"]) == ("error", "no-input", 3)
    assert "gone.svg" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((), 2, ["No input is given", "--help"]),
        (("gone.svg",), 3, ["gone.svg", "No such file"]),
        (("empty",), 3, ["No SVG was found"]),
        (("bad.zip",), 3, ["bad.zip", "not a ZIP archive"]),
        (("a.svg", "--fit", "contian"), 2, ["contian", "contain"]),
        (("a.svg", "--margin", "3em"), 2, ["--margin: '3em'", "px"]),
        (("a.svg", "--jobs", "0"), 2, ["--jobs", "out of range"]),
        (("a.svg", "--font-dir", "nowhere"), 2, ["--font-dir", "nowhere is not a folder"]),
        (("a.svg", "--slide-size", "huge"), 2, ["huge"]),
        (("a.svg", "-o", "-"), 2, ["standard output"]),
        (("a.svg", "-o", "x.pptx", "--mode", "zip"), 2, ["contradict", "a .zip"]),
        (("a.svg", "-o", "decks", "--mode", "merged"), 2, ["contradict", "a .pptx"]),
        (("a.svg", "-o", "x.zip", "--mode", "folder"), 2, ["contradict", "a folder"]),
        (("a.svg", "-o", "x.odp"), 2, ["x.odp"]),
        (("a.svg", "--files-from", "nolist"), 2, ["nolist"]),
        (("-", "--files-from", "-"), 2, ["only once"]),
        (("a.svg", "--config", "gone.toml"), 2, ["gone.toml"]),
        (("a.svg", "--exclude", "a*"), 3, ["leave none of 1"]),
        (("a.svg", "-o", "a.svg/x.pptx"), 4, ["a.svg"]),
        (("a.svg", "-o", "old.pptx", "--no-overwrite"), 4, ["old.pptx exists already"]),
        (("a.svg", "a.svg", "b.svg", "--max-files", "1"), 3, ["more than 1 files", "--max-files"]),
    ],
)
def test_what_stops_a_run_says_why_and_what_helps(invoke, make, work, *, arguments, status, words):
    make("a.svg", "b.svg", "old.pptx")
    make("bad.zip", data=b"no archive")
    (work / "empty").mkdir()
    result = invoke("convert", *arguments)
    assert result.exit_code == status, result.stderr
    for word in words:
        assert word in result.stderr
    assert result.stdout == ""
    assert list(work.glob("*.pptx")) == [work / "old.pptx"]


def test_settings_of_project_and_environment_are_used(invoke, make, work, monkeypatch):
    make("a.svg")
    (work / "svg2pptx-batch.toml").write_text('slide-size = "4:3"\nmode = "folder"')
    result = invoke("convert", "a.svg", "-j", "1", "-o", "o.pptx")
    assert result.exit_code == 0, result.stderr
    deck = Presentation(work / "o.pptx")
    assert (deck.slide_width, deck.slide_height) == (9144000, 6858000)
    monkeypatch.setenv("SVG2PPTX_SLIDE_SIZE", "400x300px")
    result = invoke("convert", "a.svg", "-j", "1", "-o", "o.pptx")
    assert Presentation(work / "o.pptx").slide_width == 400 * 9525
    result = invoke("convert", "a.svg", "-j", "1", "-o", "o.pptx", "--isolated")
    assert Presentation(work / "o.pptx").slide_width == 12192000
    monkeypatch.setenv("SVG2PPTX_SLIDESIZE", "4:3")
    result = invoke("convert", "a.svg")
    assert result.exit_code == 2
    assert "Did you mean slide-size?" in result.stderr


def test_list_and_status(invoke, make, work):
    assert "no job yet" in invoke("list").stderr
    assert invoke("status").exit_code == 2
    make("a.svg")
    make("b.svg", data=BROKEN)
    status_file = work / "status.json"
    invoke("convert", "a.svg", "b.svg", "-o", "o.pptx", "-j", "1", "--status-file", status_file)
    (job,) = json.loads(invoke("list", "--format", "json").stdout)
    assert job["counts"]["failed"] == 1
    table = invoke("list").stdout.splitlines()
    assert table[0].split()[:2] == ["JOB", "STATE"]
    assert table[1].startswith(job["job"])
    for where in ([], [job["job"][:8]], [job["folder"]], [status_file]):
        result = invoke("status", *where)
        assert result.exit_code == 0, result.stderr
        assert job["job"] in result.stdout
        assert "b.svg:3:" in result.stdout
    assert json.loads(invoke("status", "--format", "json").stdout)["job"] == job["job"]
    assert invoke("status", "no-such-job").exit_code == 2
    assert invoke("resume", job["job"]).exit_code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_says_how_to_go_on_and_resume_does(
    start, invoke, make, work, *, number, status
):
    make(*(f"i/{index}.svg" for index in range(60)))
    make("i/slow.svg", data=b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 10)
    process = start("convert", "i", "-o", "o.pptx", "-j", "1", "--format", "jsonl")
    for line in process.stdout:
        if json.loads(line)["event"] == "task":
            break
    process.send_signal(number)
    out, err = process.communicate(timeout=180)
    report = events(out.decode())[-1]["report"]
    if report["state"] != "interrupted":
        pytest.skip("the run was over before the signal came")
    assert process.returncode == status
    assert report["resume_command"] in err.decode()
    assert not (work / "o.pptx").exists()
    arguments = report["resume_command"].split()[1:]
    result = invoke(*arguments)
    assert result.exit_code == 1, result.stderr
    assert slides(work / "o.pptx") == 60


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_reader_that_has_gone_does_not_stop_the_run(make, work):
    make("a.svg", "b.svg")
    command = [sys.executable, "-m", "svg2pptx_batch", "convert", "a.svg", "b.svg", "-o", "o.pptx"]
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [*command, "--format", "jsonl", "-j", "1", "-q"],
        stdout=write_end,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, b"")
    assert slides(work / "o.pptx") == 2


def test_a_defect_of_ours_ends_with_70_and_keeps_the_traceback(invoke, make, monkeypatch):
    make("a.svg")

    def fail(*args, **kwargs):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("svg2pptx_batch.api.Job.create", fail)
    result = invoke("convert", "a.svg", "--format", "json")
    assert result.exit_code == 70
    assert json.loads(result.stdout)["code"] == "defect"
    assert "ZeroDivisionError: oops" in result.stderr
    assert "Traceback (most" not in result.stderr
    path = Path(result.stderr.partition("traceback is in ")[2].partition(". Please")[0])
    assert "Traceback (most" in path.read_text("utf-8")
    path.unlink()
    assert "Traceback (most" in invoke("convert", "a.svg", "-v").stderr


def test_interrupting_while_inputs_are_looked_for(invoke, make, monkeypatch):
    make("a.svg")

    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("svg2pptx_batch.api.Job.create", interrupt)
    result = invoke("convert", "a.svg")
    assert (result.exit_code, result.stderr) == (130, "Interrupted.\n")
