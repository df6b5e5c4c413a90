"""`doctor`: what it looks at, and that it notices what is not well."""

import json
import os
import shutil
from importlib import metadata

import pytest
from jsonschema import Draft202012Validator

from svg2pptx_batch.health.findings import Verdict
from svg2pptx_batch.health.libraries import check_libraries, read_requirement, within
from svg2pptx_batch.schemas import read_schema

CHECKS = {
    "settings",
    "python",
    "libraries",
    "fonts",
    "state folder",
    "cache folder",
    "temporary folder",
    "memory",
    "worker",
    "LibreOffice",
    "pdftoppm",
}


@pytest.fixture
def examined(start):
    """Run `doctor` as a process; return its exit status and its findings by name."""

    def run(*arguments, **environ):
        process = start("doctor", "--format", "json", *arguments, env={**os.environ, **environ})
        out, err = process.communicate(timeout=300)
        assert err == b"", err.decode()
        record = json.loads(out)
        Draft202012Validator(json.loads(read_schema("health"))).validate(record)
        return process.returncode, {check["name"]: check for check in record["checks"]}

    return run


def test_a_healthy_machine_passes_and_nothing_is_left_behind(examined, work, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    status, found = examined(TMPDIR=str(temporary), TEMP=str(temporary), TMP=str(temporary))
    assert status == 0, found
    assert set(found) >= CHECKS
    assert found["worker"]["verdict"] == "ok"
    assert f"msgspec {metadata.version('msgspec')}" in found["libraries"]["message"]
    assert list(work.iterdir()) == []
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "state").exists()


def test_what_people_read(invoke):
    lines = invoke("doctor").stdout.splitlines()
    assert {line.split()[0] for line in lines if line[0] != " "} <= set(Verdict)
    assert any(line.startswith("ok       worker") for line in lines)


def test_folders_that_cannot_be_written(examined, tmp_path):
    (tmp_path / "file").write_text("no folder")
    status, found = examined(SVG2PPTX_STATE_DIR=str(tmp_path / "file" / "state"))
    assert (status, found["state folder"]["verdict"]) == (1, "problem")
    assert "SVG2PPTX_STATE_DIR" in found["state folder"]["remedy"]
    assert found["worker"]["verdict"] == "ok"


def test_settings_that_are_wrong(examined, work):
    (work / "svg2pptx-batch.toml").write_text("slidesize = 1")
    status, found = examined()
    assert (status, found["settings"]["verdict"]) == (1, "problem")
    assert found["settings"]["remedy"] == "Did you mean slide-size?"
    status, found = examined("--isolated")
    assert (status, found["settings"]["verdict"]) == (0, "ok")


def test_a_machine_without_fonts_and_other_programs(examined, work):
    (work / "empty").mkdir()
    (work / "own.toml").write_text('font-dir = ["empty"]\nsystem-fonts = false')
    status, found = examined("--config", "own.toml", PATH=str(work))
    assert (status, found["fonts"]["verdict"]) == (0, "warning")
    assert "--font-dir" in found["fonts"]["remedy"]
    assert found["LibreOffice"]["verdict"] == found["pdftoppm"]["verdict"] == "note"
    assert found["settings"]["message"] == "2 chosen; files read: own.toml"


def test_one_font_for_everything(examined, work):
    from tests.support.fonts import build_font

    build_font(work / "fonts")
    (work / "own.toml").write_text('font-dir = ["fonts"]\nsystem-fonts = false')
    _, found = examined("--config", "own.toml")
    assert found["fonts"]["verdict"] == "note"
    assert "1 faces of 1 families" in found["fonts"]["message"]


def test_a_library_that_does_not_load(examined, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/pathops.py").write_text("raise ImportError('no such symbol')")
    path = os.pathsep.join([str(tmp_path / "broken"), os.environ.get("PYTHONPATH", "")])
    status, found = examined(PYTHONPATH=path)
    assert status == 1
    assert found["libraries"]["verdict"] == found["worker"]["verdict"] == "problem"
    assert "skia-pathops" in found["libraries"]["message"]
    assert "no such symbol" in found["libraries"]["message"]
    assert "skia-pathops" in found["libraries"]["remedy"]


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(invoke, monkeypatch):
    def fail(*args):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(shutil, "which", fail)
    result = invoke("doctor", "--format", "json")
    found = {check["name"]: check for check in json.loads(result.stdout)["checks"]}
    assert result.exit_code == 1
    assert found["worker"]["verdict"] == "ok"
    assert found["programs"]["verdict"] == "problem"
    assert "ZeroDivisionError: oops" in found["programs"]["message"]


def test_a_disk_that_is_full(invoke, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    result = invoke("doctor")
    assert result.exit_code == 1
    assert "the disk is full" in result.stdout
    assert "→ Make room on that disk." in result.stdout


def test_libraries_that_are_missing_or_too_old():
    found = list(check_libraries(["lxml>=999", "nonesuch>=1", "msgspec", "x>1; extra == 'dev'"]))
    assert [finding.verdict for finding in found] == [Verdict.PROBLEM] * 2
    assert "is not >=999" in found[0].message
    assert found[0].remedy == "pip install 'lxml>=999'"
    assert found[1].message == "nonesuch is not installed."


@pytest.mark.parametrize(
    ("line", "requirement"),
    [
        ("lxml>=5.3", ("lxml", ">=5.3", "")),
        ("python-pptx<1.1,>=1.0.2", ("python-pptx", "<1.1,>=1.0.2", "")),
        ("numpy", ("numpy", "", "")),
        ("watchfiles>=1; extra == 'watch'", ("watchfiles", ">=1", "watch")),
        ('uvicorn[standard] (>=0.3) ; extra == "server"', ("uvicorn", ">=0.3", "server")),
        ("tzdata; sys_platform == 'win32'", ("tzdata", "", "")),
    ],
)
def test_requirements_are_read(line, requirement):
    assert read_requirement(line) == requirement


@pytest.mark.parametrize("line", ["", ">=1", "lxml ~ 5", "lxml >=x"])
def test_what_is_no_requirement_is_not_taken_for_one(line):
    with pytest.raises(ValueError, match="no "):
        read_requirement(line)


def test_our_own_requirements_are_read():
    for line in metadata.requires("svg2pptx-batch"):
        wanted = read_requirement(line)
        assert within(metadata.version(wanted.name), wanted.bounds)


@pytest.mark.parametrize(
    ("version", "bounds", "fits"),
    [
        ("1.0.2", ">=1.0.2,<1.1", True),
        ("1.1", ">=1.0.2,<1.1", False),
        ("1.1.0", "<1.1", False),
        ("1.10", ">=1.9", True),
        ("2", ">=2.0.0", True),
        ("2.0.0rc1", ">=2", True),
        ("3.11.7+local", ">=3.11", True),
        ("1.5", "!=1.5.0", False),
        ("1.5", "==1.5", True),
        ("1.5", ">1.4,<=1.5", True),
        ("9", "", True),
    ],
)
def test_versions_are_compared_by_their_numbers(version, bounds, fits):
    assert within(version, bounds) is fits
