"""The commands on jobs: plan, retry, cancel, clean; limits on a run from the command line."""

from __future__ import annotations

import json

from tests.cli.conftest import BROKEN, GOOD


def records(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_plan_tells_what_convert_would_do_and_writes_nothing(invoke, make, work):
    make("a.svg", "b.svg")
    make("gone/c.svg")
    result = invoke("plan", ".", "-r", "-o", "deck.pptx", "--exclude", "gone")
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert [(row[0], row[-1]) for row in rows[1:]] == [("pending", "a.svg"), ("pending", "b.svg")]
    assert "2 pending" in result.stderr
    assert sorted(p.name for p in work.iterdir()) == ["a.svg", "b.svg", "gone"]
    assert not (work.parent / "state").exists()


def test_plan_knows_what_is_in_the_cache_and_what_is_no_svg(invoke, make, work):
    make("a.svg", "b.svg")
    assert invoke("convert", "a.svg", "b.svg", "-o", "d.pptx").exit_code == 0
    make("b.svg", data=GOOD.replace(b"15", b"16"))
    make("c.svg", data=b"no svg")
    (work / "c.svg").rename(work / "c.txt")
    result = invoke("plan", "a.svg", "b.svg", "c.txt", "-o", "d.pptx", "--format", "json")
    (told,) = records(result)
    states = {file["name"]: file["state"] for file in told["files"]}
    assert states == {"a.svg": "cached", "b.svg": "pending", "c.txt": "invalid"}
    assert told["mode"] == "merged"
    assert told["output"] == str(work / "d.pptx")
    planned = invoke("plan", "a.svg", "-o", "d.pptx").stdout
    assert invoke("convert", "a.svg", "--dry-run", "-o", "d.pptx").stdout == planned
    assert invoke("plan", "none.svg").exit_code == 3


def test_what_failed_is_tried_again(invoke, make, work):
    make("a.svg")
    make("b.svg", data=BROKEN)
    assert invoke("convert", ".", "-o", "d.pptx", "--format", "json").exit_code == 1
    (job,) = json.loads(invoke("list", "--format", "json").stdout)
    make("b.svg")
    result = invoke("retry", job["job"][:8], "-j", "1", "--timeout", "5m")
    assert (result.exit_code, result.stdout.strip()) == (0, str(work / "d.pptx"))
    assert "1 from the cache" in result.stderr
    again = invoke("retry", job["job"])
    assert again.exit_code == 2
    assert "nothing to try again" in again.stderr
    assert invoke("retry", job["job"], "--timeout", "soon").exit_code == 2


def test_a_finished_job_is_not_cancelled(invoke, make):
    make("a.svg")
    invoke("convert", ".", "-o", "d.pptx")
    (job,) = json.loads(invoke("list", "--format", "json").stdout)
    result = invoke("cancel", job["job"])
    assert result.exit_code == 2
    assert "nothing to cancel" in result.stderr


def test_an_interrupted_job_is_cancelled(invoke, make, work):
    make("a.svg")
    make("b.svg", data=BROKEN)
    assert invoke("convert", ".", "-o", "d.pptx", "--max-failures", "0").exit_code == 6
    (job,) = json.loads(invoke("list", "--format", "json").stdout)
    assert job["state"] == "interrupted"
    result = invoke("cancel", job["job"], "--format", "json")
    assert (result.exit_code, records(result)) == (0, [{"job": job["job"], "state": "cancelled"}])
    assert not (work / "d.pptx").exists()


def test_clean_removes_jobs_and_with_cache_the_slides(invoke, make, work):
    make("a.svg")
    invoke("convert", ".", "-o", "d.pptx")
    (job,) = json.loads(invoke("list", "--format", "json").stdout)
    assert invoke("clean").stdout == ""
    told = invoke("clean", "--older-than", "0", "--cache", "--dry-run", "--format", "json")
    (would,) = records(told)
    assert would["jobs"] == [job["job"]]
    assert would["cache_bytes"] > 0
    result = invoke("clean", "--older-than", "0", "--cache")
    assert (result.exit_code, result.stdout.strip()) == (0, job["job"])
    assert (work / "d.pptx").exists()
    assert "pending" in invoke("plan", ".").stdout
    (left,) = json.loads(invoke("list", "--format", "json").stdout)
    assert left["state"] == "expired"
    assert invoke("status", job["job"]).exit_code == 0
    assert invoke("resume", job["job"]).exit_code == 2
    assert invoke("clean", "--older-than", "yesterday").exit_code == 2


def test_an_input_is_never_replaced(invoke, make, work):
    make("a.svg")
    (work / "link.svg").hardlink_to(work / "a.svg")
    for arguments in (
        ("a.svg", "-o", "d.pptx", "--status-file", "a.svg"),
        ("a.svg", "-o", "d.pptx", "--status-file", "link.svg"),
        ("a.svg", "-o", "d.pptx", "--status-file", "d.pptx"),
    ):
        result = invoke("convert", *arguments)
        assert result.exit_code == 4, arguments
        assert "Choose another name" in result.stderr
    assert (work / "a.svg").read_bytes() == GOOD


def test_an_archive_is_not_its_own_output(invoke, make, work):
    import zipfile

    with zipfile.ZipFile(work / "in.zip", "w") as archive:
        archive.writestr("a.svg", GOOD)
    before = (work / "in.zip").read_bytes()
    result = invoke("convert", "in.zip", "-o", "in.zip")
    assert result.exit_code == 4
    assert "is an input as well" in result.stderr
    assert (work / "in.zip").read_bytes() == before


def test_settings_of_a_run_are_heard(invoke, make):
    make("a.svg")
    for flag, value in (("--max-failures", "-3"), ("--disk-free", "x"), ("--cache-size", "-1")):
        assert invoke("convert", "a.svg", "-o", "d.pptx", f"{flag}={value}").exit_code == 2
    assert invoke("convert", "a.svg", "-o", "d.pptx", "--timeout", "500%").exit_code == 0
    assert invoke("convert", "a.svg", "-o", "d.pptx", "--no-cache", "--keep", "0").exit_code == 0
    result = invoke("convert", "a.svg", "-o", "d.pptx")
    assert "1 from the cache" in result.stderr
