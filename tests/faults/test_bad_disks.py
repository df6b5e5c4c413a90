"""Disks that are full, fail or must not be written: the job stops in order and can be resumed."""

from __future__ import annotations

import errno
import random
import shutil
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from svg2pptx_batch.batch.manifest import replay
from svg2pptx_batch.errors import ExitCode
from tests.support.jobs import (
    all_gone,
    convert,
    done_ids,
    kill_tree,
    make_icons,
    only_job,
    phase,
    session,
    start,
    wait_for_done,
)

COUNT = 40
SLOW = "tests.support.tasks:slow"
CALLS = "open write pwrite fsync fdatasync rename mkdir ftruncate truncate"
STOPPED = {ExitCode.OUTPUT, ExitCode.STOPPED}
FULL, BROKEN, NO_DESCRIPTOR = str(errno.ENOSPC), str(errno.EIO), str(errno.EMFILE)
SPARE = 128 * 1024
"""More than a job needs beside what it leaves in the end."""


@pytest.fixture(scope="module")
def icons(tmp_path_factory):
    return make_icons(tmp_path_factory.mktemp("icons"), COUNT)


@pytest.fixture(scope="module")
def expected(icons, tmp_path_factory):
    folder = tmp_path_factory.mktemp("expected")
    assert convert(folder / "state", icons, folder / "deck.pptx")[0] == 0
    return (folder / "deck.pptx").read_bytes()


@dataclass
class Trial:
    """A job that meets a fault, and is resumed without it."""

    folder: Path
    icons: Path
    expected: bytes
    where: dict[str, Path] = field(default_factory=dict)

    def at(self, name: str) -> Path:
        """Return where something of the job lies: state, cache, out or tmp."""
        return self.where.get(name, self.folder) / name

    @property
    def state(self) -> Path:
        return self.at("state")

    @property
    def deck(self) -> Path:
        return self.at("out") / "deck.pptx"

    def start(self, **options):
        """Start the job, with more of the environment and JobOptions."""
        env = {"SVG2PPTX_CACHE_DIR": str(self.at("cache")), **options.pop("env", {})}
        script = self.folder / "run_job.py"
        return start(self.state, self.icons, self.deck, script=script, env=env, **options)

    def meet(self, **options) -> int:
        """Run the job while there is a fault; return its exit code when all of it is gone."""
        process = self.start(**options)
        _, err = process.communicate(timeout=180)
        assert all_gone(session(process), 5)
        assert process.returncode in {0, -signal.SIGKILL, *STOPPED}, err.decode()
        assert b"svg2pptx_batch" not in err, err.decode()
        for journal in self.state.glob("jobs/*/journal.jsonl"):
            assert replay(journal).damaged == 0
        if process.returncode == 0:
            assert self.deck.read_bytes() == self.expected
        return process.returncode

    def resume(self) -> None:
        """Run the job without a fault: nothing acknowledged is converted again."""
        acknowledged = done_ids(self.state)
        process = self.start()
        _, err = process.communicate(timeout=180)
        assert (process.returncode, err) == (0, b"")
        assert self.deck.read_bytes() == self.expected
        ids = done_ids(self.state)
        assert len(ids) == len(set(ids)) == COUNT
        assert set(acknowledged) <= set(ids)
        assert [path.name for path in self.deck.parent.iterdir()] == ["deck.pptx"]

    def clear(self) -> None:
        """Forget the job."""
        for name in ("state", "cache", "out", "tmp"):
            shutil.rmtree(self.at(name), ignore_errors=True)


@pytest.fixture
def trial(tmp_path, icons, expected):
    return Trial(tmp_path, icons, expected)


STAGES = {
    "look for an earlier job": ("open", "/specs/", BROKEN),
    "make its folder": ("mkdir", "/jobs/", FULL),
    "plan": ("write", "/.job.json", FULL),
    "sync the plan": ("fsync", "/.job.json", BROKEN),
    "begin the journal": ("open", "/journal.jsonl", NO_DESCRIPTOR),
    "write the journal": ("write", "/journal.jsonl", "full"),
    "sync the journal": ("fsync", "/journal.jsonl", BROKEN),
    "tell the status": ("rename", "/status.json", FULL),
    "store a slide": ("write", "/objects/", "full"),
    "start a worker": ("open write", "svg2pptx-worker-", FULL),
    "read a slide": ("read", "/objects/", BROKEN),
    "assemble": ("write", "/.deck.pptx.part", "full"),
    "sync the deck": ("fsync", "/.deck.pptx.part", BROKEN),
    "name the deck": ("rename", "/deck.pptx", BROKEN),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_fault_at_every_stage_ends_the_run_in_order(faults, trial, stage):
    calls, path, do = STAGES[stage]
    fault = faults.disk(calls, path, do)
    assert trial.meet(env=fault.environment) in STOPPED
    assert fault.count > 0
    trial.resume()


KINDS = {
    "full": ("full", 0),
    "fails once": (BROKEN, 1),
    "no descriptor once": (NO_DESCRIPTOR, 1),
    "stores half once": ("short", 1),
    "killed": ("kill", 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_call(faults, trial, kind):
    count = faults.disk(CALLS, str(trial.folder), "")
    assert trial.meet(env=count.environment) == 0
    trial.clear()
    do, times = KINDS[kind]
    figures = Counter()
    for after in sorted(random.Random(kind).sample(range(count.count), 30)):
        fault = faults.disk(CALLS, str(trial.folder), do, after=after, times=times)
        code = trial.meet(env=fault.environment)
        figures[code] += 1
        if phase(trial.state) != "end":
            trial.resume()
        assert trial.deck.read_bytes() == trial.expected
        trial.clear()
    print(f"{kind}: 30 of {count.count} calls, exit codes {dict(figures)}")


def test_a_torn_journal_that_cannot_be_mended_waits_for_room(faults, trial):
    process = trial.start(function=SLOW, heard=False)
    wait_for_done(trial.state, 10, process)
    kill_tree(process)
    with (only_job(trial.state) / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"crc":"00')
    fault = faults.disk("open write truncate", "/journal.", FULL)
    process = trial.start(env=fault.environment)
    _, err = process.communicate(timeout=180)
    assert (process.returncode, b"Traceback" in err) == (ExitCode.OUTPUT, False)
    trial.resume()


@pytest.mark.parametrize("steps", [2, pytest.param(25, marks=pytest.mark.slow)])
@pytest.mark.parametrize("place", ["state", "cache", "out", "tmp"])
def test_a_full_disk_whatever_is_kept_there(tiny_disk, trial, place, steps):
    trial.where[place] = tiny_disk.folder
    env = {"TMPDIR": str(trial.at("tmp"))}
    trial.at("tmp").mkdir(exist_ok=True)
    before = tiny_disk.free
    assert trial.meet(env=env) == 0
    figures = Counter()
    most = before - tiny_disk.free + SPARE
    for step in range(steps):
        trial.clear()
        trial.at("tmp").mkdir(exist_ok=True)
        tiny_disk.leave(most * step // steps)
        code = trial.meet(env=env)
        figures[code, phase(trial.state)] += 1
        tiny_disk.empty()
        if code != 0:
            trial.resume()
    print(f"{place}: up to {most} bytes in {steps} steps: {dict(figures)}")


def test_an_output_that_may_not_be_written_any_more(tiny_disk, trial):
    trial.where["out"] = tiny_disk.folder
    process = trial.start(function=SLOW, heard=False)
    wait_for_done(trial.state, 1, process)
    tiny_disk.set_writable(False)
    assert process.wait(180) == ExitCode.OUTPUT
    assert b"Read-only" in process.communicate()[1]
    assert trial.meet() == ExitCode.OUTPUT
    tiny_disk.set_writable(True)
    trial.resume()


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of POSIX")
@pytest.mark.parametrize("least", [16, pytest.param(9, marks=pytest.mark.slow)])
def test_too_few_descriptors(trial, least):
    figures = Counter()
    for count in range(least, 23, 5 if least > 9 else 1):
        code = trial.meet(descriptors=count, patience_s=1)
        figures[code] += 1
        if code != 0:
            trial.resume()
        trial.clear()
    print(f"exit codes {dict(figures)}")
    assert figures[ExitCode.STOPPED] > 0
