"""`inspect`, `--fail-on` and `--strict` as users meet them."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest

from tests.cli.conftest import BROKEN, GOOD

MIXED = b"""<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">
<rect width="15" height="5" fill="#c00"/>
<image id="gone" width="10" height="10" href="nowhere.png"/>
<g id="soft" style="mix-blend-mode: multiply"><rect width="50" height="50"/>
<circle cx="60" cy="60" r="20"/></g>
<rect id="far" x="900" width="10" height="10"/>
</svg>"""
PAINTED = MIXED.replace(b'<image id="gone" width="10" height="10" href="nowhere.png"/>', b"")


def test_each_element_that_is_not_native_is_listed_worst_first(invoke, make):
    make("a.svg", data=MIXED)
    result = invoke("inspect", "a.svg")
    assert result.exit_code == 0, result.stderr
    counts, headings, *rows = result.stdout.splitlines()
    assert counts == "a.svg: 4 drawn elements: 1 native, 2 rasterised, 1 dropped"
    assert headings.split() == ["LINE", "ELEMENT", "ENDS", "TIMES", "WHY", "CODE"]
    assert [row.split()[:4] for row in rows] == [
        ["3", "image#gone", "dropped", "1"],
        ["4", "g#soft", "rasterised", "2"],
    ]
    assert "what is blended by multiply became a picture  " in rows[1]
    assert rows[1].endswith("  blend-rasterised")


def test_more_is_told_on_request(invoke, make):
    make("a.svg", data=MIXED)
    assert "rect#far" not in invoke("inspect", "a.svg").stdout
    told = invoke("inspect", "a.svg", "-v").stdout
    assert ["6", "rect#far", "-", "1"] in [line.split()[:4] for line in told.splitlines()]


def test_scripts_get_one_record_with_every_count(invoke, make):
    make("a.svg", data=MIXED)
    result = invoke("inspect", "a.svg", "--format", "json", "--fail-on", "outlined")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["objected"], found["fail_on"]) == (1, True, "outlined")
    assert (found["v"], found["name"], found["elements"]) == (1, "a.svg", 4)
    assert found["fidelity"] == {
        "native": 1,
        "approximated": 0,
        "outlined": 0,
        "rasterised": 2,
        "dropped": 1,
    }
    dropped, rasterised, unseen = found["diagnostics"]
    assert (dropped["code"], dropped["element"], dropped["line"]) == (
        "image-dropped",
        "image#gone",
        3,
    )
    assert (rasterised["fidelity"], rasterised["elements"]) == ("rasterised", 2)
    assert (unseen["code"], unseen["element"]) == ("unseen", "rect#far")


def test_a_drawing_may_come_from_standard_input(invoke):
    result = invoke("inspect", "-", input=GOOD)
    assert result.stdout == "drawing.svg: 1 drawn elements: 1 native\n"


@pytest.mark.parametrize(
    ("flags", "data", "code"),
    [
        ([], MIXED, 0),
        (["--fail-on", "dropped"], MIXED, 1),
        (["--fail-on", "dropped"], PAINTED, 0),
        (["--fail-on", "rasterised"], PAINTED, 1),
        (["--fail-on", "none"], MIXED, 0),
        (["--strict"], PAINTED, 1),
        (["--strict"], GOOD, 0),
        (["--strict", "--exit-zero"], MIXED, 0),
        (["--strict", "--fail-on", "dropped"], MIXED, 2),
        (["--fail-on", "sometimes"], MIXED, 2),
    ],
)
def test_what_is_objected_to(invoke, make, work, flags, data, code):
    make("a.svg", data=data)
    assert invoke("inspect", "a.svg", *flags).exit_code == code
    converted = invoke("convert", "a.svg", "-o", "a.pptx", "-j", "1", *flags)
    assert converted.exit_code == code
    assert (work / "a.pptx").exists() == (code != 2)


@pytest.mark.parametrize("name", ["broken.svg", "absent.svg"])
def test_an_unusable_file_ends_with_3(invoke, make, name):
    make("broken.svg", data=BROKEN)
    result = invoke("inspect", name, "--format", "json")
    assert result.exit_code == 3
    assert name in result.stderr
    assert json.loads(result.stdout)["exit_code"] == 3


def test_settings_of_the_project_hold(invoke, make, work):
    make("a.svg", data=PAINTED)
    (work / "svg2pptx-batch.toml").write_text('fail-on = "rasterised"\n')
    assert invoke("inspect", "a.svg").exit_code == 1
    assert invoke("inspect", "a.svg", "--isolated").exit_code == 0
    assert invoke("inspect", "a.svg", "--fail-on", "dropped").exit_code == 0


def test_on_a_terminal_the_table_fits_its_width(make, work):
    make("a.svg", data=MIXED)
    reader, writer = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "svg2pptx_batch", "inspect", "a.svg"],
        stdout=writer,
        check=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "60"},
    )
    os.close(writer)
    told = os.read(reader, 65536).decode()
    os.close(reader)
    assert "image#gone" in told and "\x1b[31mdropped" in told
    plain = re.sub(r"\x1b\[[0-9;]*m", "", told)
    assert max(len(line.rstrip()) for line in plain.splitlines()[1:]) <= 60


def test_the_summary_names_files_and_elements_that_are_objected_to(invoke, make, work):
    make("good.svg", "icons/also.svg")
    make("a.svg", "b.svg", data=MIXED)
    command = ("convert", "good.svg", "icons", "a.svg", "b.svg", "-o", "d.pptx", "-j", "1")
    result = invoke(*command, "--fail-on", "dropped", "--status-file", "status.json")
    assert result.exit_code == 1
    assert "4 of 4 files converted, 2 objected to" in result.stderr
    told = result.stderr[result.stderr.index("Objected to (--fail-on dropped):") :].splitlines()
    assert told[1] == "  a.svg: 1 dropped"
    assert told[2].startswith("    line 3, image#gone: dropped: The image cannot be read")
    assert told[2].endswith("[image-dropped]")
    assert told[3] == "  b.svg: 1 dropped"
    assert "good.svg" not in "\n".join(told[:5])
    status = json.loads((work / "status.json").read_bytes())
    assert (status["state"], status["exit_code"], status["fail_on"]) == ("done", 1, "dropped")
    assert status["counts"]["objected"] == 2
    assert [row.get("objected", False) for row in status["files"]] == [True, True, False, False]
    assert "Objected to" in invoke("status", "status.json").stdout


def test_events_carry_the_ends(invoke, make):
    make("a.svg", data=MIXED)
    result = invoke(
        "convert", "a.svg", "-o", "d.pptx", "-j", "1", "--format", "jsonl", "--strict", "-q"
    )
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    (task,) = [line for line in lines if line["event"] == "task"]
    assert task["file"]["objected"] is True
    assert task["file"]["fidelity"] == {"native": 1, "rasterised": 2, "dropped": 1}
    assert [remark["code"] for remark in task["file"]["diagnostics"]] == [
        "image-dropped",
        "blend-rasterised",
        "unseen",
    ]
    assert lines[-1]["report"]["exit_code"] == 1
