"""The manager of jobs: found by UUID, run by anyone, cancelled by anyone, tried again."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
import threading
import zipfile
from pathlib import Path

import pytest

from svg2pptx_batch import BatchJobManager, Job, JobOptions
from svg2pptx_batch.batch import events
from svg2pptx_batch.batch.manifest import replay
from svg2pptx_batch.batch.report import JobState, TaskState
from svg2pptx_batch.errors import ExitCode, JobError, JobLockedError, OutputError
from svg2pptx_batch.options import Percent
from tests.support.jobs import (
    convert,
    environment,
    finish,
    make_icons,
    only_job,
    start,
    wait_for_done,
)

BROKEN = "<svg xmlns='http://www.w3.org/2000/svg'><g></svg>"
SLOW = "tests.support.tasks:slow"
BY_NAME = "tests.support.tasks:by_name"
ONE = JobOptions(jobs=1)


@pytest.fixture
def manager():
    return BatchJobManager()


def create(manager, icons, tmp_path, **fields):
    options = JobOptions(**{"jobs": 1, **fields})
    return manager.create([str(icons)], str(tmp_path / "deck.pptx"), job_options=options)


def test_a_job_is_made_run_and_found_by_another_manager(manager, icons, tmp_path):
    job = create(manager, icons, tmp_path)
    assert BatchJobManager().status(job).state is JobState.CREATED
    with pytest.raises(JobLockedError):
        BatchJobManager().start(job)
    report = manager.start(job)
    assert (report.job, report.state) == (job, JobState.DONE)
    other = BatchJobManager()
    assert [line.job for line in other.list()] == [job]
    assert other.status(job[:8]).counts.done == 8
    assert other.status(other.folder(job)) == other.status(job)


def test_a_released_job_is_anybodys(manager, icons, tmp_path):
    job = create(manager, icons, tmp_path)
    manager.release(job)
    assert BatchJobManager().resume(job).ok


def test_jobs_of_several_threads_go_on_at_once(manager, icons, tmp_path):
    reports = {}

    def run(number):
        job = manager.create(
            [str(icons)], str(tmp_path / str(number) / "deck.pptx"), job_options=ONE
        )
        reports[number] = manager.start(job)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [reports[n].state for n in range(3)] == [JobState.DONE] * 3
    decks = {(tmp_path / str(n) / "deck.pptx").read_bytes() for n in range(3)}
    assert len(decks) == 1


def test_cancelled_by_another_thread_a_run_ends_and_keeps_nothing(manager, icons, tmp_path):
    job = create(manager, icons, tmp_path)
    states = []

    def cancel(event):
        if isinstance(event, events.Ingest):
            threading.Thread(
                target=lambda: states.append(BatchJobManager().cancel(job)), name="cancel"
            ).start()
            while not (tmp_path / "state" / "jobs" / job / "cancel").exists():
                pass

    report = manager.start(job, cancel)
    assert (report.state, report.exit_code) == (JobState.CANCELLED, ExitCode.INTERRUPTED)
    assert not report.resume_command
    assert not (tmp_path / "deck.pptx").exists()
    while not states:
        pass
    assert states == [JobState.CANCELLED]
    status = manager.status(job)
    assert status.state is JobState.CANCELLED
    assert {f.state for f in status.files} <= {TaskState.CANCELLED, TaskState.DONE}
    assert not (tmp_path / "state" / "jobs" / job / "objects").exists()
    assert not (tmp_path / "state" / "jobs" / job / "cancel").exists()
    with pytest.raises(JobError, match="finished"):
        manager.cancel(job)
    with pytest.raises(JobError, match="finished"):
        manager.resume(job)


def test_interrupted_by_another_thread_a_run_can_be_resumed(manager, tmp_path):
    icons = make_icons(tmp_path / "many", 60)
    job = create(manager, icons, tmp_path, cache=False)
    asked = []

    def hear(event):
        if isinstance(event, events.Task) and not asked:
            asked.append(threading.Thread(target=manager.interrupt, args=(job,)))
            asked[0].start()

    def run():
        reports.append(manager.start(job, hear))

    reports = []
    runner = threading.Thread(target=run)
    runner.start()
    runner.join()
    assert (reports[0].state, reports[0].exit_code) == (JobState.INTERRUPTED, ExitCode.TERMINATED)
    assert 0 < reports[0].counts.done < 60
    assert not manager.interrupt(job)
    assert manager.resume(job).state is JobState.DONE


def test_of_a_removed_job_nothing_is_kept_but_its_output(manager, icons, tmp_path):
    job = create(manager, icons, tmp_path)
    folder = Path(manager.folder(job))
    assert list((folder.parents[1] / "specs").iterdir())
    manager.start(job)
    manager.remove(job)
    assert not folder.exists()
    assert not list((folder.parents[1] / "specs").iterdir())
    assert (tmp_path / "deck.pptx").exists()
    with pytest.raises(JobError):
        manager.remove(job)


def test_a_job_that_runs_is_not_removed(manager, icons, tmp_path):
    job = create(manager, icons, tmp_path)
    with pytest.raises(JobLockedError):
        BatchJobManager().remove(job)
    assert manager.start(job).state is JobState.DONE


def test_cancelled_by_another_process_a_run_ends_soon(tmp_path, monkeypatch):
    source = make_icons(tmp_path / "in", 3)
    (source / "icon0.svg").rename(source / "hang.svg")
    state = tmp_path / "s"
    process = start(state, source, tmp_path / "d.pptx", function=BY_NAME)
    wait_for_done(state, 2, process)
    for name, value in environment(state).items():
        if name.startswith("SVG2PPTX_"):
            monkeypatch.setenv(name, value)
    assert BatchJobManager().cancel(only_job(state).name) is JobState.CANCELLED
    code, told = finish(process)
    assert code == 130
    assert told[-1]["report"]["state"] == "cancelled"


def test_a_job_nobody_runs_is_cancelled_on_the_spot(manager, icons, tmp_path):
    job = create(manager, icons, tmp_path)
    manager.release(job)
    assert BatchJobManager().cancel(job) is JobState.CANCELLED
    assert replay(tmp_path / "state" / "jobs" / job / "journal.jsonl").ended.state == "cancelled"
    assert {f.state for f in manager.status(job).files} == {TaskState.CANCELLED}
    assert manager.retry(job).ok
    assert manager.status(job).state is JobState.DONE


def test_a_cancellation_that_cannot_be_written_is_told(manager, icons, tmp_path):
    job = create(manager, icons, tmp_path)
    manager.release(job)
    status = tmp_path / "state" / "jobs" / job / "status.json"
    status.unlink()
    status.mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        manager.cancel(job)


def test_retry_tries_what_failed_and_writes_all(manager, icons, tmp_path):
    good = (icons / "icon3.svg").read_text()
    (icons / "icon3.svg").write_text(BROKEN)
    job = create(manager, icons, tmp_path)
    assert manager.start(job).state is JobState.PARTIAL
    report = manager.retry(job)
    assert (report.state, report.converted, report.counts.cached) == (JobState.PARTIAL, 0, 7)
    (icons / "icon3.svg").write_text(good)
    report = manager.retry(job)
    assert (report.state, report.job, report.converted) == (JobState.DONE, job, 1)
    fresh = create(manager, icons, tmp_path / "fresh", cache=False)
    manager.start(fresh)
    deck = (tmp_path / "deck.pptx").read_bytes()
    assert deck == (tmp_path / "fresh" / "deck.pptx").read_bytes()
    with pytest.raises(JobError, match="No file of job"):
        manager.retry(job)


def test_retry_without_the_cache_converts_everything(manager, icons, tmp_path):
    (icons / "icon3.svg").write_text(BROKEN)
    job = create(manager, icons, tmp_path, cache=False)
    manager.start(job)
    (icons / "icon3.svg").unlink()
    report = manager.retry(job)
    assert (report.state, report.converted) == (JobState.DONE, 7)


def test_retry_reads_an_archive_again(manager, tmp_path):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><rect/></svg>")
        archive.writestr("b.svg", BROKEN)
    job = manager.create([str(path)], str(tmp_path / "d.pptx"), job_options=ONE)
    assert manager.start(job).counts.failed == 1
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><rect/></svg>")
        archive.writestr("b.svg", "<svg xmlns='http://www.w3.org/2000/svg'><circle/></svg>")
    assert manager.retry(job).ok
    assert not list((tmp_path / "state" / "jobs" / job).glob("spool*"))


def test_retry_may_have_more_time(manager, tmp_path, monkeypatch):
    source = make_icons(tmp_path / "in", 2)
    (source / "icon0.svg").rename(source / "nap.svg")
    monkeypatch.setattr("svg2pptx_batch.batch.pool.FUNCTION", BY_NAME)
    job = manager.create(
        [str(source)], str(tmp_path / "d.pptx"), job_options=JobOptions(jobs=1, timeout_s=0.3)
    )
    (failed,) = manager.start(job).failures
    assert (failed.name, failed.state) == ("nap.svg", TaskState.TIMEOUT)
    assert manager.retry(job, changes={"timeout_s": 60.0}).ok


def test_what_was_read_from_standard_input_is_not_tried_again(manager, icons, tmp_path):
    (tmp_path / "list").write_text(f"{icons}/icon1.svg\n")
    job = Job.create([], tmp_path / "d.pptx", selection=_from(tmp_path / "list"), job_options=ONE)
    job.run()
    with pytest.raises(JobError, match="No file"):
        job.retry()


def _from(path):
    from svg2pptx_batch.batch.inputs import Selection

    return Selection(files_from=str(path))


def test_what_breaks_its_worker_is_put_into_quarantine(manager, tmp_path, monkeypatch):
    source = make_icons(tmp_path / "in", 8)
    for number, name in enumerate(("crash", "hang", "hog", "raise")):
        (source / f"icon{number}.svg").rename(source / f"{name}.svg")
    monkeypatch.setattr("svg2pptx_batch.batch.pool.FUNCTION", BY_NAME)
    job = create(manager, source, tmp_path, jobs=2, timeout_s=8, memory_bytes=400 * 2**20)
    heard = []
    report = manager.start(job, heard.append)
    assert (report.state, report.counts.done) == (JobState.PARTIAL, 4)
    failed = {file.name: file for file in report.failures}
    raised = failed.pop("raise.svg")
    assert (raised.state, raised.code, raised.quarantine) == (TaskState.FAILED, "defect", "")
    ends = {name: (str(file.state), file.attempts) for name, file in failed.items()}
    assert ends == {
        "crash.svg": ("crashed", 3),
        "hang.svg": ("timeout", 1),
        "hog.svg": ("out-of-memory", 3),
    }
    folder = tmp_path / "state" / "jobs" / job
    for name, file in failed.items():
        kept = folder / "quarantine" / f"{file.index:06d}"
        assert file.quarantine == str(kept / "input.svg")
        assert (kept / "input.svg").read_bytes() == (source / name).read_bytes()
        reason = (kept / "reason.txt").read_text()
        assert reason.startswith(f"{name}\n{source / name}\n{file.message}\n")
    assert {e.name for e in heard if isinstance(e, events.Retry)} == {"crash.svg", "hog.svg"}
    log = (folder / "job.log").read_text()
    assert "no task function does this" in log
    assert "Segmentation fault" in log
    assert manager.status(job).files == report.files


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, ExitCode.INTERRUPTED), (signal.SIGTERM, ExitCode.TERMINATED)],
)
@pytest.mark.parametrize("moment", [events.Ingest, events.Merge])
def test_a_signal_at_any_stage_leaves_a_job_that_goes_on(
    manager, icons, tmp_path, number, code, moment
):
    job = create(manager, icons, tmp_path)

    def interrupt(event):
        if isinstance(event, moment):
            os.kill(os.getpid(), number)

    report = manager.start(job, interrupt)
    assert (report.state, report.exit_code) == (JobState.INTERRUPTED, code)
    assert not (tmp_path / "deck.pptx").exists()
    again = manager.resume(None)
    assert (again.job, again.state) == (job, JobState.DONE)


@pytest.mark.parametrize("name", ["out.zip", "out"])
def test_cancelled_while_it_is_packed_a_job_leaves_no_output(manager, icons, tmp_path, name):
    job = manager.create([str(icons)], str(tmp_path / name), job_options=ONE)

    def cancel(event):
        if isinstance(event, events.Merge):
            assert manager.status(job).state is JobState.PACKAGING
            (tmp_path / "state" / "jobs" / job / "cancel").touch()

    assert manager.start(job, cancel).state is JobState.CANCELLED
    assert not (tmp_path / "out.zip").exists()
    assert len(list(tmp_path.glob("out/*"))) <= 1
    assert not list(tmp_path.rglob("*.tmp"))


def test_the_deadline_of_a_run_in_this_process(manager, tmp_path, monkeypatch):
    source = make_icons(tmp_path / "in", 3)
    (source / "icon0.svg").rename(source / "hang.svg")
    monkeypatch.setattr("svg2pptx_batch.batch.pool.FUNCTION", BY_NAME)
    job = create(manager, source, tmp_path, jobs=2, batch_timeout_s=2)
    report = manager.start(job)
    assert (report.state, report.exit_code) == (JobState.INTERRUPTED, ExitCode.STOPPED)
    assert "--batch-timeout" in report.error


def test_standard_input_is_not_tried_again(manager, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(BROKEN.encode())))
    job = manager.create(["-"], str(tmp_path / "d.pptx"), job_options=ONE)
    assert manager.start(job).exit_code == ExitCode.NO_INPUT
    with pytest.raises(JobError, match="standard input"):
        manager.retry(job)


def test_a_plan_that_is_damaged_is_told_and_left_out_of_the_list(manager, icons, tmp_path):
    job = create(manager, icons, tmp_path)
    manager.release(job)
    folder = tmp_path / "state" / "jobs" / job
    (folder / "job.json").write_text("{}")
    with pytest.raises(JobError, match="cannot be understood"):
        manager.status(job)
    (folder / "status.json").unlink()
    assert manager.list() == []
    (folder / "job.json").unlink()
    (folder / "job.json").mkdir()
    with pytest.raises(JobError, match="cannot be read"):
        manager.resume(job)


def test_a_job_being_planned_is_in_the_list(manager, icons, tmp_path, monkeypatch):
    from svg2pptx_batch.batch import jobs

    seen = []
    discover = jobs.discover

    def look(*arguments):
        seen.extend(BatchJobManager().list())
        return discover(*arguments)

    monkeypatch.setattr(jobs, "discover", look)
    job = create(manager, icons, tmp_path)
    assert [(line.job, line.state) for line in seen] == [(job, JobState.INGESTING)]


@pytest.mark.parametrize("most", [1, Percent(20)])
def test_too_many_failures_stop_a_run_that_can_go_on(manager, tmp_path, most):
    source = make_icons(tmp_path / "in", 8)
    for number in (0, 1):
        (source / f"icon{number}.svg").write_text(BROKEN)
    job = create(manager, source, tmp_path, max_failures=most)
    report = manager.start(job)
    assert (report.state, report.exit_code) == (JobState.INTERRUPTED, ExitCode.STOPPED)
    assert "--max-failures" in report.error
    assert report.resume_command
    assert not (tmp_path / "deck.pptx").exists()
    assert BatchJobManager().status(job).error == report.error
    again = create(manager, source, tmp_path, max_failures=2)
    assert again == job
    assert manager.start(job).state is JobState.PARTIAL


def test_as_many_failures_as_allowed_stop_nothing(manager, tmp_path):
    source = make_icons(tmp_path / "in", 8)
    (source / "icon0.svg").write_text(BROKEN)
    job = create(manager, source, tmp_path, max_failures=Percent(12.5))
    assert manager.start(job).state is JobState.PARTIAL


def test_a_run_ends_at_its_deadline_and_what_is_done_is_kept(tmp_path):
    source = make_icons(tmp_path / "in", 4)
    (source / "icon0.svg").rename(source / "hang.svg")
    state, deck = tmp_path / "s", tmp_path / "d.pptx"
    code, told = convert(state, source, deck, function=BY_NAME, batch_timeout_s=3)
    assert code == 6
    report = told[-1]["report"]
    assert (report["state"], report["counts"]["done"]) == ("interrupted", 3)
    assert "--batch-timeout" in report["error"]
    assert report["seconds"] < 3 + 2 + 2 + 5
    assert not deck.exists()
    code, told = convert(state, source, deck)
    assert (code, told[-1]["report"]["converted"]) == (0, 1)


def test_short_of_room_a_run_pauses_and_goes_on(manager, icons, tmp_path, monkeypatch):
    """There is no room for as long as a file says so."""
    from svg2pptx_batch.executors import limits

    full = tmp_path / "full"
    full.touch()
    monkeypatch.setattr(limits, "disk_free", lambda _: 0 if full.exists() else 2**40)
    job = create(manager, icons, tmp_path)
    told = []

    def hear(event):
        if isinstance(event, events.Warning):
            told.append(event.code)
            full.unlink(missing_ok=True)

    report = manager.start(job, hear)
    assert report.ok
    assert told == ["paused", "going-on"]


def test_short_of_room_for_too_long_a_run_stops(manager, icons, tmp_path, monkeypatch):
    from svg2pptx_batch.batch import brakes
    from svg2pptx_batch.executors import limits

    monkeypatch.setattr(brakes, "PATIENCE_S", 0.6)
    monkeypatch.setattr(limits, "disk_free", lambda _: 2**20)
    job = create(manager, icons, tmp_path)
    report = manager.start(job)
    assert (report.state, report.exit_code) == (JobState.INTERRUPTED, ExitCode.STOPPED)
    assert "only 1 MiB left, less than 64 MiB (--disk-free)" in report.error
    monkeypatch.undo()
    monkeypatch.setenv("SVG2PPTX_STATE_DIR", str(tmp_path / "state"))
    assert manager.resume(job).ok


def test_where_memory_gets_short_there_are_fewer_workers(manager, tmp_path, monkeypatch):
    from svg2pptx_batch.executors import limits

    source = make_icons(tmp_path / "in", 4)
    for number in range(4):
        (source / f"icon{number}.svg").rename(source / f"nap{number}.svg")
    monkeypatch.setattr("svg2pptx_batch.batch.pool.FUNCTION", BY_NAME)
    monkeypatch.setattr(limits, "cpu_count", lambda: 4)
    monkeypatch.setattr(limits, "memory_available", lambda: 2**40)
    monkeypatch.setattr(limits, "memory_pressure", lambda: 0.0)
    job = create(manager, source, tmp_path, jobs=0, memory_free_bytes=0)

    def hear(event):
        if isinstance(event, events.Start):
            assert event.workers == 4
        if isinstance(event, events.Progress):
            monkeypatch.setattr(limits, "memory_available", lambda: 2**20)

    with _log("svg2pptx_batch.batch.converting") as records:
        assert manager.start(job, hear).ok
    assert any("2 workers from now on, not 4" in record for record in records)


@contextlib.contextmanager
def _log(name):
    """Gather what is logged."""
    records = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())
    logger = logging.getLogger(name)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield records
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


def test_a_job_that_lies_elsewhere_is_opened_by_its_folder(icons, tmp_path, monkeypatch):
    job = Job.create(icons, tmp_path / "deck.pptx", job_options=ONE)
    job.close()
    monkeypatch.setenv("SVG2PPTX_STATE_DIR", str(tmp_path / "elsewhere"))
    opened = Job.open(tmp_path / "state" / "jobs" / job.id)
    assert opened.status().state is JobState.CREATED
    assert opened.resume().ok
    assert opened.folder == tmp_path / "state" / "jobs" / job.id


def test_a_long_name_of_the_temporary_folder_is_no_hindrance(icons, tmp_path):
    long = tmp_path / ("t" * 90)
    long.mkdir()
    code, told = convert(tmp_path / "s", icons, tmp_path / "d.pptx", env={"TMPDIR": str(long)})
    assert (code, told[-1]["report"]["counts"]["done"]) == (0, 8)


def test_unknown_jobs_are_refused(manager):
    for ask in (manager.start, manager.status, manager.cancel, manager.retry, manager.folder):
        with pytest.raises(JobError, match="no job"):
            ask("00000000")
