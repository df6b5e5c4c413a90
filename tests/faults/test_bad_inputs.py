"""What one bad input may cost: its own slide and nothing else."""

from __future__ import annotations

import contextlib
import json
import time
import zipfile
from pathlib import Path

import msgspec
import psutil
from pptx import Presentation

from svg2pptx_batch.batch.report import Status
from tests.executors.processes import worker_pids
from tests.support.decks import part_names, read_part
from tests.support.jobs import (
    all_gone,
    convert,
    done_ids,
    finish,
    make_icons,
    only_job,
    start,
    tree,
)

BY_NAME = "tests.support.tasks:by_name"
NOISE_S = 5.0
"""How much longer things may take on a busy machine."""

GOOD = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h5v5z"/></svg>'
BROKEN = b'<svg xmlns="http://www.w3.org/2000/svg">\n<path d="M1 1h5v5z">\n</svg>'


def content(deck):
    """Return the parts of a deck, without what it says about itself."""
    return {name: read_part(deck, name) for name in part_names(deck) if "core.xml" not in name}


def failures(events):
    return {f["name"]: f for f in events[-1]["report"]["files"] if f["state"] != "done"}


def test_a_zip_with_a_good_a_broken_and_a_hanging_drawing(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("good.svg", GOOD)
        archive.writestr("broken.svg", BROKEN)
        archive.writestr("hang.svg", GOOD.replace(b"5", b"6"))
    (tmp_path / "good.svg").write_bytes(GOOD)
    process = start(
        tmp_path / "s", tmp_path / "in.zip", tmp_path / "d.pptx", timeout_s=1, function=BY_NAME
    )
    while not (family := tree(process))[2:] and process.poll() is None:
        pass
    out, err = process.communicate(timeout=180)
    assert (process.returncode, err) == (1, b"")
    assert all_gone(family)
    events = [json.loads(line) for line in out.splitlines()]
    failed = failures(events)
    assert sorted(failed) == ["broken.svg", "hang.svg"]
    assert failed["broken.svg"]["code"] == "xml"
    assert failed["broken.svg"]["line"] == 3
    assert failed["hang.svg"]["state"] == "timeout"
    assert all(f["message"] and f["remedy"] for f in failed.values() if f["code"] == "timeout")
    assert not (only_job(tmp_path / "s") / "objects").exists()
    assert not list(only_job(tmp_path / "s").glob("spool*"))
    assert convert(tmp_path / "s2", tmp_path / "good.svg", tmp_path / "one.pptx")[0] == 0
    assert content(tmp_path / "d.pptx") == content(tmp_path / "one.pptx")


def test_crashes_are_tried_three_times_and_cost_one_slide(tmp_path):
    source = make_icons(tmp_path / "in", 12)
    (source / "icon3.svg").rename(source / "crash.svg")
    (source / "icon4.svg").rename(source / "once.svg")
    code, events = convert(tmp_path / "s", source, tmp_path / "d.pptx", function=BY_NAME)
    assert code == 1
    (failed,) = failures(events).values()
    assert (failed["name"], failed["state"], failed["attempts"]) == ("crash.svg", "crashed", 3)
    assert "SIGSEGV" in failed["message"]
    assert sum(e["event"] == "retry" for e in events) == 3
    assert len(done_ids(tmp_path / "s")) == 11


def test_a_hang_a_hog_and_a_crash_among_200_cost_their_own_slides(tmp_path):
    state, limit_s, cap = tmp_path / "s", 5.0, 300 * 2**20
    source = make_icons(tmp_path / "in", 203)
    for number, name in enumerate(["hang", "hog", "crash"]):
        (source / f"icon{number + 50}.svg").rename(source / f"{name}.svg")
    process = start(
        state,
        source,
        tmp_path / "d.pptx",
        timeout_s=limit_s,
        memory_bytes=cap,
        function=BY_NAME,
        heard=False,
    )
    last_seen, most = watch_workers(process)
    assert finish(process)[0] == 1
    status = msgspec.json.decode((only_job(state) / "status.json").read_bytes(), type=Status)
    failed = {file.name: file for file in status.files if file.failed}
    assert {name: str(file.state) for name, file in failed.items()} == {
        "hang.svg": "timeout",
        "hog.svg": "out-of-memory",
        "crash.svg": "crashed",
    }
    assert all(file.name in file.message and file.remedy for file in failed.values())
    assert all(Path(file.quarantine).read_bytes() for file in failed.values())
    assert status.counts.done == len(Presentation(tmp_path / "d.pptx").slides) == 200
    pid, began = (state / "hang.svg.mark").read_text().split()
    seconds = last_seen[int(pid)] - float(began)
    print(
        f"the hang lived {seconds:.1f} s of {limit_s} s; the hog took {most / cap:.0%} of its cap"
    )
    assert seconds < limit_s + 2 + NOISE_S
    assert most < 1.2 * cap


def watch_workers(process):
    """Return when each worker of a job was seen last, and the most memory any of them took."""
    last_seen, most = {}, 0
    while process.poll() is None:
        for pid in worker_pids(process.pid):
            with contextlib.suppress(psutil.NoSuchProcess):
                most = max(most, psutil.Process(pid).memory_info().rss)
            last_seen[pid] = time.monotonic()
    return last_seen, most


def test_an_exception_is_reported_as_our_defect_with_its_traceback_in_the_log(tmp_path):
    source = make_icons(tmp_path / "in", 3)
    (source / "icon1.svg").rename(source / "raise.svg")
    code, events = convert(tmp_path / "s", source, tmp_path / "d.pptx", function=BY_NAME)
    assert code == 1
    assert failures(events)["raise.svg"]["code"] == "defect"
    assert "RuntimeError" in (only_job(tmp_path / "s") / "job.log").read_text()


def test_nothing_usable_is_exit_3_and_leaves_the_output_alone(tmp_path):
    (tmp_path / "a.svg").write_bytes(BROKEN)
    (tmp_path / "d.pptx").write_text("old")
    code, events = convert(tmp_path / "s", tmp_path / "a.svg", tmp_path / "d.pptx")
    assert code == 3
    assert (tmp_path / "d.pptx").read_text() == "old"
    assert events[-1]["report"]["state"] == "failed"


def test_an_output_that_cannot_be_written_is_found_before_any_work(tmp_path):
    source = make_icons(tmp_path / "in", 2)
    (tmp_path / "file").write_text("x")
    process = start(tmp_path / "s", source, tmp_path / "file" / "deck.pptx")
    out, err = process.communicate(timeout=180)
    assert process.returncode == 4
    assert (out, b"Cannot write" in err) == (b"", True)
    assert not (tmp_path / "s" / "jobs").exists()


def test_an_output_lost_while_converting_keeps_the_results(tmp_path):
    source, out = make_icons(tmp_path / "in", 30), tmp_path / "out"
    process = start(tmp_path / "s", source, out / "deck.pptx", function="tests.support.tasks:slow")
    while not done_ids(tmp_path / "s") and process.poll() is None:
        pass
    (out / "deck.pptx").mkdir()
    assert process.wait(60) == 4
    process.communicate()
    assert [p.name for p in out.iterdir()] == ["deck.pptx"]
    (out / "deck.pptx").rmdir()
    code, events = convert(tmp_path / "s", source, out / "deck.pptx")
    assert code == 0
    assert events[-1]["report"]["converted"] == 0
    assert [p.name for p in out.iterdir()] == ["deck.pptx"]
