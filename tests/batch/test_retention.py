"""What is kept of jobs goes in time, and nothing else ever does."""

from __future__ import annotations

import json
import os
import time

import pytest

from svg2pptx_batch import BatchJobManager, Job, JobOptions
from svg2pptx_batch.batch.report import JobState
from svg2pptx_batch.errors import JobError

DAY_S = 86_400
ONE = JobOptions(jobs=1)


@pytest.fixture
def job(icons, tmp_path):
    made = Job.create(icons, tmp_path / "deck.pptx", job_options=ONE)
    made.run()
    return made


def age(folder, days):
    """Let a job's last sign of life be so long ago."""
    status = folder / "status.json"
    told = json.loads(status.read_bytes())
    moment = time.time() - days * DAY_S
    told["updated"] = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(moment))
    status.write_text(json.dumps(told))
    for path in (*folder.iterdir(), folder):
        os.utime(path, (moment, moment))


def test_an_expired_job_is_remembered_and_no_more(job, tmp_path):
    folder = job.folder
    age(folder, 8)
    cleared = BatchJobManager().expire(7 * DAY_S)
    assert cleared.jobs == (job.id,)
    assert cleared.bytes > 0
    assert sorted(p.name for p in folder.iterdir()) == ["lock", "status.json"]
    assert job.status().state is JobState.EXPIRED
    assert job.status().files == ()
    assert [line.state for line in Job.list()] == [JobState.EXPIRED]
    for ask in (job.run, job.resume, job.retry, job.cancel):
        with pytest.raises(JobError, match=r"expired|finished"):
            ask()
    assert (tmp_path / "deck.pptx").exists()
    age(folder, 8)
    assert BatchJobManager().expire(7 * DAY_S).jobs == ()
    assert not folder.exists()
    assert list((tmp_path / "state" / "specs").glob("[0-9a-f]*[0-9a-f]")) == []


def test_young_jobs_stay(job):
    age(job.folder, 6)
    assert BatchJobManager().expire(7 * DAY_S).jobs == ()
    assert job.status().state is JobState.DONE


def test_one_young_witness_is_enough(job):
    age(job.folder, 30)
    (job.folder / "journal.jsonl").touch()
    assert BatchJobManager().expire(7 * DAY_S).jobs == ()


def test_a_job_that_is_held_stays_however_old(icons, tmp_path):
    held = Job.create(icons, tmp_path / "deck.pptx", job_options=ONE)
    age(held.folder, 400)
    cleared = BatchJobManager().expire(0)
    assert (cleared.jobs, cleared.skipped) == ((), (held.id,))
    assert held.run().ok


def test_told_beforehand_nothing_goes(job):
    told = BatchJobManager().expire(0, dry_run=True)
    assert told.jobs == (job.id,)
    assert job.status().state is JobState.DONE


def test_what_is_not_ours_is_never_touched(job, tmp_path):
    jobs = tmp_path / "state" / "jobs"
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "status.json").write_text("{}")
    (jobs / "11111111-2222-4333-8444-555555555555").symlink_to(tmp_path / "precious")
    (jobs / "notes").mkdir()
    (jobs / "notes" / "job.json").write_text("{}")
    (jobs / "file").write_text("x")
    (job.folder / "quarantine").symlink_to(tmp_path / "precious")
    before = set(tmp_path.rglob("*"))
    BatchJobManager().expire(0)
    gone = before - set(tmp_path.rglob("*"))
    specs = tmp_path / "state" / "specs"
    assert gone
    assert all(p.is_relative_to(job.folder) or p.parent == specs for p in gone)
    assert (tmp_path / "precious" / "status.json").read_text() == "{}"


def test_a_job_whose_process_died_while_it_looked_for_inputs_goes(tmp_path):
    folder = tmp_path / "state" / "jobs" / "11111111-2222-4333-8444-555555555555"
    folder.mkdir(parents=True)
    (folder / "spool-1").mkdir()
    assert BatchJobManager().expire(DAY_S).jobs == ()
    os.utime(folder, (0, 0))
    assert BatchJobManager().expire(DAY_S).jobs == (folder.name,)
    assert not folder.exists()


def test_making_a_job_expires_old_ones_once_a_day(job, icons, tmp_path):
    state = tmp_path / "state"
    (state / "expired").unlink()
    age(job.folder, 31)
    other = Job.create(icons, tmp_path / "other.pptx", job_options=ONE)
    other.close()
    assert job.status().state is JobState.EXPIRED
    age(job.folder, 31)
    Job.create(icons, tmp_path / "third.pptx", job_options=ONE).close()
    assert job.folder.exists()
    os.utime(state / "expired", (0, 0))
    keep = JobOptions(jobs=1, keep_s=0)
    Job.create(icons, tmp_path / "fourth.pptx", job_options=keep).close()
    assert job.folder.exists()
