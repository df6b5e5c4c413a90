"""Two runs of one job at once: one runs, the other is told so and ends with 5."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from svg2pptx_batch import Job, JobOptions
from svg2pptx_batch.batch.events import Start
from svg2pptx_batch.batch.manager import BatchJobManager
from svg2pptx_batch.errors import ExitCode, JobLockedError
from tests.executors.calls import HANG_S
from tests.support.jobs import (
    convert,
    done_ids,
    environment,
    finish,
    kill_tree,
    make_icons,
    only_job,
    start,
    wait_for_done,
)

COUNT = 40
BY_NAME = "tests.support.tasks:by_name"


@pytest.fixture(scope="module")
def icons(tmp_path_factory):
    """Drawings, of which one waits until it is told to go on."""
    folder = make_icons(tmp_path_factory.mktemp("icons"), COUNT)
    (folder / "icon0.svg").rename(folder / "wait.svg")
    return folder


@pytest.fixture(scope="module")
def expected(icons, tmp_path_factory):
    folder = tmp_path_factory.mktemp("expected")
    assert convert(folder / "state", icons, folder / "d.pptx")[0] == 0
    return (folder / "d.pptx").read_bytes()


@pytest.fixture
def running(icons, tmp_path):
    """A job that is under way until it is told to go on."""
    process = start(tmp_path / "s", icons, tmp_path / "d.pptx", function=BY_NAME, heard=False)
    wait_for_done(tmp_path / "s", COUNT - 1, process)
    yield process
    kill_tree(process)


def interrupt(icons, state, deck):
    """Run a job half-way and kill it; return its id."""
    process = start(state, icons, deck, function=BY_NAME, heard=False)
    wait_for_done(state, 10, process)
    kill_tree(process)
    return only_job(state).name


def check(tmp_path, expected):
    """See that the job was run once, whatever tried to."""
    assert (tmp_path / "d.pptx").read_bytes() == expected
    assert len(done_ids(tmp_path / "s")) == len(set(done_ids(tmp_path / "s"))) == COUNT


@pytest.mark.parametrize("how", ["convert", "resume", "retry"])
def test_what_runs_is_not_run_again(icons, expected, running, tmp_path, how):
    state = tmp_path / "s"
    job = only_job(state).name
    arguments = {
        "convert": ["convert", icons, "-o", tmp_path / "d.pptx"],
        "resume": ["resume", job],
        "retry": ["retry", job],
    }
    other = subprocess.run(
        [sys.executable, "-m", "svg2pptx_batch", *map(str, arguments[how])],
        env=environment(state),
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=180,
    )
    assert other.returncode == ExitCode.LOCKED
    assert other.stdout == b""
    assert b"is being run by another process" in other.stderr
    assert job.encode() in other.stderr
    (state / "go").touch()
    assert finish(running)[0] == 0
    check(tmp_path, expected)


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("how", ["convert", "resume"])
def test_of_several_that_begin_at_once_one_runs(icons, expected, tmp_path, how, rounds):
    for number in range(rounds):
        folder = tmp_path / str(number)
        state, deck = folder / "s", folder / "d.pptx"
        job = interrupt(icons, state, deck) if how == "resume" else ""
        runs = [
            start(state, icons, deck, resume=job, heard=False, function=BY_NAME) for _ in range(3)
        ]
        try:
            end = time.monotonic() + HANG_S
            while len(ended := [run for run in runs if run.poll() is not None]) < 2:
                assert time.monotonic() < end, "more than one run is under way"
                time.sleep(0.01)
            assert [run.returncode for run in ended] == [ExitCode.LOCKED] * 2
            (state / "go").touch()
            assert sorted(finish(run)[0] for run in runs) == [0, ExitCode.LOCKED, ExitCode.LOCKED]
            check(folder, expected)
        finally:
            for run in runs:
                kill_tree(run)


def test_of_several_threads_one_runs(icons, expected, tmp_path, monkeypatch):
    monkeypatch.setenv("SVG2PPTX_STATE_DIR", str(tmp_path / "s"))
    monkeypatch.setenv("SVG2PPTX_CACHE_DIR", str(tmp_path / "c"))
    manager = BatchJobManager()
    options = JobOptions(jobs=2)
    deck = str(tmp_path / "d.pptx")
    job = manager.create([str(icons)], deck, job_options=options)
    go = threading.Event()
    reports, refused = [], []

    def hold(event):
        if isinstance(event, Start):
            assert go.wait(HANG_S)

    def run():
        try:
            reports.append(manager.start(job, hold))
        except JobLockedError as error:
            refused.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + HANG_S
    while len(refused) < 3 and time.monotonic() < end:
        time.sleep(0.01)
    for again in (Job.open(job).run, Job.open(job).resume, Job(job).retry):
        with pytest.raises(JobLockedError):
            again()
    with pytest.raises(JobLockedError):
        Job.create(icons, deck, job_options=options)
    go.set()
    for thread in threads:
        thread.join(HANG_S)
    assert [report.exit_code for report in reports] == [ExitCode.OK]
    assert len(refused) == 3
    check(tmp_path, expected)
