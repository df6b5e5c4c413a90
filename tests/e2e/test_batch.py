"""Whole commands in processes of their own: same bytes always, killed and resumed, never twice."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.jobs import (
    ROOT,
    done_ids,
    environment,
    kill_tree,
    make_icons,
    only_job,
    start,
    wait_for_done,
)

SLOW = "tests.support.tasks:slow"


def run(state: Path, *arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    return subprocess.run(
        [sys.executable, "-m", "svg2pptx_batch", *map(str, arguments)],
        capture_output=True,
        check=False,
        text=True,
        env=environment(state, **env),
        timeout=180,
    )


@pytest.fixture(scope="module")
def drawings(tmp_path_factory):
    """Icons, and some drawings with text, gradients and pictures."""
    folder = make_icons(tmp_path_factory.mktemp("drawings"), 30)
    for path in (ROOT / "examples").glob("[bdfit]*.svg"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.mark.parametrize("mode", ["merged", "zip"])
def test_equal_inputs_give_equal_bytes_however_they_are_run(drawings, tmp_path, mode):
    suffix = {"merged": "pptx", "zip": "zip"}[mode]
    made = []
    for number, (jobs, env) in enumerate(
        [
            (1, {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"}),
            (2, {"PYTHONHASHSEED": "99", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}),
        ]
    ):
        output = tmp_path / str(number) / f"out.{suffix}"
        arguments = (drawings, "-o", output, "-j", jobs, "--no-cache")
        done = run(tmp_path / "s", "convert", *arguments, **env)
        assert done.returncode == 0, done.stderr
        made.append(output.read_bytes())
    assert made[0] == made[1]


def test_killed_and_resumed_by_the_command(tmp_path):
    icons = make_icons(tmp_path / "icons", 80)
    state, deck = tmp_path / "state", tmp_path / "deck.pptx"
    process = start(state, icons, deck, function=SLOW)
    wait_for_done(state, 30, process)
    kill_tree(process)
    before = done_ids(state)
    status = run(state, "status", "--format", "json")
    assert status.returncode == 0, status.stderr
    assert json.loads(status.stdout)["state"] == "interrupted"
    done = run(state, "resume")
    assert (done.returncode, done.stdout) == (0, f"{deck}\n"), done.stderr
    assert done_ids(state)[: len(before)] == before
    assert len(done_ids(state)) == len(set(done_ids(state))) == 80
    other = tmp_path / "other" / "deck.pptx"
    assert run(tmp_path / "another", "convert", icons, "-o", other).returncode == 0
    assert deck.read_bytes() == other.read_bytes()


def test_two_runs_at_once(tmp_path):
    icons = make_icons(tmp_path / "icons", 9)
    (icons / "icon0.svg").rename(icons / "hang.svg")
    state, deck = tmp_path / "state", tmp_path / "deck.pptx"
    process = start(state, icons, deck, function="tests.support.tasks:by_name")
    try:
        wait_for_done(state, 8, process)
        second = run(state, "convert", icons, "-o", deck)
        assert second.returncode == 5, second.stderr
        assert only_job(state).name in second.stderr
        assert run(state, "resume", only_job(state).name).returncode == 5
    finally:
        kill_tree(process)
    assert run(state, "convert", icons, "-o", deck).returncode == 0
    assert len(done_ids(state)) == 9


def test_the_status_file_is_whole_whenever_it_is_read(tmp_path):
    icons = make_icons(tmp_path / "icons", 100)
    state = tmp_path / "state"
    process = start(state, icons, tmp_path / "deck.pptx", function=SLOW)
    seen = []
    while process.poll() is None:
        for status in state.glob("jobs/*/status.json"):
            read = json.loads(status.read_bytes())
            counts = read["counts"]
            if read["state"] == "ingesting":
                continue
            assert counts["done"] + counts["failed"] + counts["pending"] == counts["total"] == 100
            assert len(read["files"]) == 100
            seen.append(counts["done"])
        time.sleep(0.02)
    process.communicate()
    assert process.returncode == 0
    assert seen == sorted(seen)
    assert json.loads((only_job(state) / "status.json").read_bytes())["state"] == "done"


def test_who_waits_for_the_lock_goes_on_when_the_other_run_has_ended(tmp_path):
    icons = make_icons(tmp_path / "icons", 40)
    state, deck = tmp_path / "state", tmp_path / "deck.pptx"
    process = start(state, icons, deck, function=SLOW)
    wait_for_done(state, 5, process)
    second = run(state, "convert", icons, "-o", deck, "--wait-lock", "--format", "json")
    assert process.poll() == 0
    process.communicate()
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["counts"]["cached"] == 40
