"""The wall clock set while a job runs: nothing is late, nothing expires, no figure goes wrong."""

from __future__ import annotations

import json
import time
from datetime import datetime

import pytest

from tests.support.faults import DAY_S
from tests.support.jobs import (
    convert,
    done_ids,
    kill_tree,
    make_icons,
    only_job,
    start,
    wait_for_done,
)

COUNT = 150
LIMIT_S = 90
HOUR_S = 3600
"""What takes so long, or is so many, has heeded the clock."""
BY_NAME = "tests.support.tasks:by_name"
SLOW = "tests.support.tasks:slow"


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


def days_off(event):
    """Return how many days the date of an event is off."""
    return round((datetime.fromisoformat(event["ts"]).timestamp() - time.time()) / DAY_S)


def test_a_day_on_and_two_days_back_while_files_are_converted(faults, icons, expected, tmp_path):
    clock, state = faults.clock(), tmp_path / "s"
    process = start(
        state,
        icons,
        tmp_path / "d.pptx",
        timeout_s=LIMIT_S,
        batch_timeout_s=600,
        function=BY_NAME,
        env=clock.environment,
    )
    events = []
    moves = [DAY_S, -DAY_S, 0]
    wanted = 0
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1]["event"] in ("task", "progress") and days_off(events[-1]) == wanted:
            if not moves:
                (state / "go").touch()
            else:
                clock.move(moves[0])
                wanted = round(moves.pop(0) / DAY_S)
    assert process.wait(180) == 0
    assert process.communicate()[1] == b""
    assert (tmp_path / "d.pptx").read_bytes() == expected
    assert {days_off(event) for event in events} == {0, 1, -1}
    assert {event["event"] for event in events} == {
        "start",
        "ingest",
        "task",
        "progress",
        "merge",
        "summary",
    }
    report = events[-1]["report"]
    assert 0 <= report["seconds"] < HOUR_S
    assert all(0 <= row["seconds"] < LIMIT_S for row in report["files"])
    assert all("attempts" not in row for row in report["files"])
    for event in events:
        if event["event"] == "progress":
            assert 0 <= event["seconds"] < HOUR_S
            assert 0 <= event["per_second"] < HOUR_S
            assert event["eta_s"] is None or 0 <= event["eta_s"] < HOUR_S


@pytest.mark.parametrize("days", [1, -1])
def test_a_job_resumed_on_another_day_keeps_what_it_has(faults, icons, expected, tmp_path, days):
    clock = faults.clock()
    state, deck = tmp_path / "s", tmp_path / "d.pptx"
    process = start(state, icons, deck, function=SLOW, env=clock.environment, heard=False)
    wait_for_done(state, 40, process)
    kill_tree(process)
    acknowledged = done_ids(state)
    clock.move(days * DAY_S)
    job = only_job(state).name
    code, events = convert(state, icons, deck, resume=job, env=clock.environment)
    assert code == 0
    assert days_off(events[0]) == days
    assert events[-1]["report"]["job"] == job
    assert events[-1]["report"]["converted"] == COUNT - len(acknowledged)
    assert deck.read_bytes() == expected
    clock.move(0)
    assert only_job(state).name == job
    assert (only_job(state) / "journal.jsonl").exists()
