"""`--executor` as users meet it: what is missing or wrong ends with a line and a remedy."""

import json

import pytest

from tests.support.clusters import cluster


def test_without_the_extra_one_line_tells_what_to_install(invoke, make, monkeypatch):
    monkeypatch.setattr("svg2pptx_batch.batch.cluster.find_spec", lambda _name: None)
    make("a.svg")
    result = invoke("convert", "a.svg", "--executor", "dask://127.0.0.1:8786")
    assert result.exit_code == 2
    assert "needs the extra distributed" in result.stderr
    assert "pip install 'svg2pptx-batch[distributed]'" in result.stderr
    wrong = invoke("convert", "a.svg", "--executor", "ray://h:1")
    assert wrong.exit_code == 2
    assert "'ray://h:1' is no executor" in wrong.stderr


def test_a_job_whose_cluster_is_gone_goes_on_here(invoke, make, work):
    pytest.importorskip("distributed", reason="needs the extra distributed")
    make("a.svg", "b.svg")
    result = invoke("convert", "a.svg", "b.svg", "-o", "x.pptx", "--executor", "dask://127.0.0.1:1")
    assert result.exit_code == 6
    assert "No Dask scheduler answers" in result.stderr
    assert "--executor local" in result.stderr
    (job,) = json.loads(invoke("list", "--format", "json").stdout)
    assert job["state"] == "interrupted"
    resumed = invoke("resume", job["job"][:8], "--executor", "local")
    assert resumed.exit_code == 0, resumed.stderr
    assert resumed.stdout == f"{work / 'x.pptx'}\n"


def test_what_a_lost_scheduler_leaves_is_told_with_the_command_that_goes_on(
    start, make, work, tmp_path
):
    make(*(f"icons/{number}.svg" for number in range(1500)))
    with cluster(tmp_path / "cluster", workers=1) as made:
        process = start(
            *("convert", "icons", "-o", "x.pptx", "--executor", made.address),
            *("--no-cache", "--format", "jsonl"),
        )
        for line in process.stdout:
            if json.loads(line)["event"] == "task":
                made.scheduler.kill()
                break
        rest, err = process.communicate(timeout=180)
    assert process.returncode == 6, err
    assert b"Traceback" not in err
    report = json.loads(rest.splitlines()[-1])["report"]
    assert report["state"] == "interrupted"
    assert report["resume_command"].endswith(f"resume {report['job']} --executor local")
    assert report["resume_command"].encode() in err
    assert b"is gone" in err
