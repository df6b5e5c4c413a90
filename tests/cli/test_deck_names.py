"""What the decks of a ZIP or folder are called, and that it is told."""

from __future__ import annotations

import hashlib
import json
import zipfile

import pytest

from tests.support.jobs import kill_tree, only_job, wait_for_done
from tests.support.jobs import start as start_job

SLOW = "tests.support.tasks:slow"


def drawing(title="", mark=0):
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">'
        f'<title>{title}</title><rect width="15" height="5" x="{mark}"/></svg>'
    ).encode()


@pytest.fixture
def tree(make):
    """Three drawings, two of them in folders, two with a title."""
    make("in/home.svg", data=drawing("Start page"))
    make("in/nav/home.svg", data=drawing("Way home", 1))
    make("in/nav/sub/back.svg", data=drawing("", 2))


def decks(output):
    """Return the names of the decks made."""
    if output.suffix == ".zip":
        with zipfile.ZipFile(output) as archive:
            return archive.namelist()
    return sorted(path.relative_to(output).as_posix() for path in output.rglob("*.pptx"))


def rows(done):
    return {row["name"]: row.get("output", "") for row in json.loads(done.stdout)["files"]}


def digest(title, mark):
    return hashlib.sha256(drawing(title, mark)).hexdigest()[:12]


@pytest.mark.parametrize("output", ["out.zip", "out"])
@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("{stem}", ["home", "nav/home", "nav/sub/back"]),
        ("{index}", ["1", "nav/2", "nav/sub/3"]),
        ("{folder}_{stem}", ["_home", "nav/nav_home", "nav/sub/sub_back"]),
        ("{title}", ["Start page", "nav/Way home", "nav/sub/back"]),
        (
            "{hash}",
            [
                digest("Start page", 0),
                f"nav/{digest('Way home', 1)}",
                f"nav/sub/{digest('', 2)}",
            ],
        ),
    ],
)
def test_every_field(tree, work, invoke, output, template, names):
    flags = ("--name-template", template, "--format", "json", "--status-file", "status.json")
    done = invoke("convert", "in", "-r", "-o", output, *flags)
    assert done.exit_code == 0, done.output
    expected = [f"{name}.pptx" for name in names]
    assert sorted(decks(work / output)) == sorted(expected)
    told = dict(zip(["home.svg", "nav/home.svg", "nav/sub/back.svg"], expected, strict=True))
    assert rows(done) == told
    status = json.loads((work / "status.json").read_bytes())
    assert {row["name"]: row["output"] for row in status["files"]} == told
    assert "renamed" not in done.stderr


def test_a_merged_deck_is_no_row_s_own(tree, invoke):
    done = invoke("convert", "in", "-r", "-o", "out.pptx", "--format", "json")
    assert set(rows(done).values()) == {""}


@pytest.mark.parametrize("output", ["out.zip", "out"])
def test_what_was_renamed_is_told(work, make, invoke, output):
    make("in/a.svg", data=drawing("Home"))
    make("in/b.svg", data=drawing("HOME", 1))
    make("in/c.svg", data=drawing("../Home", 2))
    make("in/d.svg", data=drawing("Home", 3))
    done = invoke("convert", "in", "-o", output, "--name-template", "{title}", "--format", "json")
    assert rows(done) == {
        "a.svg": "Home.pptx",
        "b.svg": "HOME (2).pptx",
        "c.svg": ".._Home.pptx",
        "d.svg": "Home (3).pptx",
    }
    assert set(decks(work / output)) == set(rows(done).values())
    assert done.stderr.count("renamed") == 1
    assert "2 decks were renamed" in done.stderr
    assert "b.svg is in HOME (2).pptx" in done.stderr


def test_a_listener_hears_of_it_as_well(make, invoke):
    make("in/a.svg", "in/a.svgz")
    done = invoke("convert", "in", "-o", "out", "--format", "jsonl")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    (warning,) = [event for event in events if event["event"] == "warning"]
    assert warning["code"] == "decks-renamed"
    assert warning["message"].startswith("1 deck was renamed")
    assert warning["message"].endswith(": a.svgz is in a (2).pptx.")
    assert [row["output"] for row in events[-1]["report"]["files"]] == ["a.pptx", "a (2).pptx"]


def test_a_failed_file_has_no_deck_and_takes_no_title(work, make, invoke):
    make("in/Home.svg", data=b"<svg")
    make("in/x.svg", data=drawing("Home"))
    flags = ("--name-template", "{index} {title}", "--format", "json")
    done = invoke("convert", "in", "-o", "out", *flags)
    assert done.exit_code == 1
    assert rows(done) == {"Home.svg": "", "x.svg": "2 Home.pptx"}
    again = invoke("convert", "in", "-o", "again", "--name-template", "{title}", "--format", "json")
    assert rows(again) == {"Home.svg": "", "x.svg": "Home.pptx"}


@pytest.mark.parametrize("template", ["{stem}", "{title}"])
def test_a_deck_that_is_there_is_not_overwritten(work, make, invoke, template):
    make("in/Home.svg", "in/other.svg", data=drawing("Home"))
    make("out/Home.pptx", data=b"old")
    flags = ("--no-overwrite", "--name-template", template)
    done = invoke("convert", "in", "-o", "out", *flags)
    assert done.exit_code == 4
    assert "Home.pptx" in done.stderr
    assert [p.name for p in (work / "out").iterdir()] == ["Home.pptx"]
    assert (work / "out" / "Home.pptx").read_bytes() == b"old"
    (work / "out" / "Home.pptx").unlink()
    assert invoke("convert", "in", "-o", "out", *flags).exit_code == 0
    assert len(decks(work / "out")) == 2


def test_the_old_name_of_the_folder_is_answered(make, invoke):
    make("a.svg")
    done = invoke("convert", "a.svg", "-o", "out.zip", "--name-template", "{parent}")
    assert done.exit_code == 2
    assert "{folder}" in done.stderr


def test_a_job_resumed_gives_the_names_of_one_never_interrupted(work, make, invoke, tmp_path):
    for number in range(40):
        make(f"in/{number}.svg", data=drawing(f"Icon {number % 3}", number))
    state, out = tmp_path / "state", work / "out.zip"
    process = start_job(
        state, work / "in", out, function=SLOW, heard=False, mode="zip", name_template="{title}"
    )
    wait_for_done(state, 20, process)
    kill_tree(process)
    assert not out.exists()
    resumed = invoke("resume", only_job(state).name, "--format", "json")
    assert resumed.exit_code == 0, resumed.output
    whole = invoke(
        *("convert", "in", "-o", "whole.zip", "--name-template", "{title}", "--no-cache"),
        *("--format", "json"),
    )
    assert rows(resumed) == rows(whole)
    assert out.read_bytes() == (work / "whole.zip").read_bytes()
    for done in (resumed, whole):
        assert "37 decks were renamed" in done.stderr
