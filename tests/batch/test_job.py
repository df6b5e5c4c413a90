"""Jobs through the public door: created, run, found again."""

from __future__ import annotations

import zipfile

import msgspec
import pytest

from svg2pptx_batch import ConvertOptions, Job, JobOptions, convert_many
from svg2pptx_batch.batch import events
from svg2pptx_batch.batch.inputs import Selection
from svg2pptx_batch.batch.report import JobState, Status, TaskState
from svg2pptx_batch.deck import size_for_drawing
from svg2pptx_batch.errors import (
    ExitCode,
    JobError,
    JobLockedError,
    NoInputError,
    OutputError,
    UsageError,
)
from svg2pptx_batch.options import OutputMode

ONE = JobOptions(jobs=1, cache=False)
TWO = JobOptions(jobs=2, cache=False)
BLENDED = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">'
    '<rect width="15" height="5" style="mix-blend-mode: multiply"/></svg>'
)
BROKEN = "<svg xmlns='http://www.w3.org/2000/svg'><g></svg>"


def slide_count(deck) -> int:
    with zipfile.ZipFile(deck) as archive:
        return sum(name.startswith("ppt/slides/slide") for name in archive.namelist())


def test_a_folder_becomes_one_deck(icons, tmp_path):
    heard = []
    report = convert_many(icons, tmp_path / "deck.pptx", job_options=TWO, on_event=heard.append)
    assert (report.exit_code, report.state) == (ExitCode.OK, JobState.DONE)
    assert report.ok
    assert (report.counts.total, report.counts.done, report.converted) == (8, 8, 8)
    assert report.outputs == (str(tmp_path / "deck.pptx"),)
    assert report.fidelity == {"native": 16}
    assert [f.name for f in report.files] == [f"icon{i}.svg" for i in range(8)]
    assert slide_count(tmp_path / "deck.pptx") == 8
    kinds = [type(e) for e in heard]
    assert kinds[:2] == [events.Start, events.Ingest]
    assert kinds[-1] is events.Summary
    assert kinds.count(events.Task) == 8
    assert [e.seq for e in heard] == list(range(1, len(heard) + 1))
    merges = [e for e in heard if isinstance(e, events.Merge)]
    assert (merges[0].done, merges[-1].done, merges[-1].total) == (0, 8, 8)
    counts = [e.counts for e in heard if isinstance(e, events.Task)]
    assert all(c.done + c.failed + c.pending == c.total for c in counts)


def test_events_are_lines_of_json_with_their_version(icons, tmp_path):
    lines = []
    convert_many(
        icons,
        tmp_path / "d.pptx",
        job_options=TWO,
        on_event=lambda e: lines.append(msgspec.json.encode(e)),
    )
    for line in lines:
        assert b"\n" not in line
        decoded = msgspec.json.decode(line)
        assert decoded["v"] == 1
        assert decoded["ts"].endswith("Z")
        assert msgspec.json.decode(line, type=events.Event).seq == decoded["seq"]


def test_what_the_folder_and_the_status_file_say_at_the_end(icons, tmp_path):
    (icons / "icon3.svg").write_text(BROKEN)
    job = Job.create(
        icons, tmp_path / "deck.pptx", job_options=TWO, status_file=tmp_path / "status.json"
    )
    report = job.run()
    assert (report.exit_code, report.state) == (ExitCode.SOME_FAILED, JobState.PARTIAL)
    (failed,) = report.failures
    assert (failed.name, failed.state, failed.code) == ("icon3.svg", TaskState.INVALID, "xml")
    status = msgspec.json.decode((tmp_path / "status.json").read_bytes(), type=Status)
    assert status == job.status() == Job.open(tmp_path / "status.json").status()
    assert (status.v, status.state, status.exit_code) == (1, JobState.PARTIAL, 1)
    assert status.files[3] == failed
    assert sorted(p.name for p in job.folder.iterdir()) == [
        "job.json",
        "journal.jsonl",
        "lock",
        "status.json",
    ]


def test_slides_come_in_plan_order_whatever_the_sizes(icons, tmp_path):
    big = (icons / "icon5.svg").read_text().replace("<circle", "<!--" + "x" * 9000 + "--><circle")
    (icons / "icon5.svg").write_text(big)
    two, one = tmp_path / "two" / "deck.pptx", tmp_path / "one" / "deck.pptx"
    convert_many(icons, two, job_options=TWO)
    convert_many(icons, one, job_options=ONE)
    assert two.read_bytes() == one.read_bytes()
    with zipfile.ZipFile(two) as archive:
        assert b"000005" in archive.read("ppt/slides/slide6.xml")


def test_files_known_to_be_unusable_cost_their_slide_only(icons, tmp_path):
    (icons / "link.svg").symlink_to(tmp_path / "nowhere.svg")
    report = convert_many(icons, tmp_path / "deck.pptx", job_options=TWO)
    assert report.exit_code is ExitCode.SOME_FAILED
    assert [f.name for f in report.failures] == ["link.svg"]
    assert report.counts.done == 8


def test_a_zip_of_decks_keeps_the_tree(icons, tmp_path):
    (icons / "sub").mkdir()
    (icons / "icon7.svg").rename(icons / "sub" / "icon7.svg")
    (icons / "icon1.svg").write_text(BROKEN)
    report = convert_many(icons, tmp_path / "out.zip", selection=Selection(recursive=True))
    assert report.exit_code is ExitCode.SOME_FAILED
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = archive.namelist()
        assert names == [f"icon{i}.pptx" for i in (0, 2, 3, 4, 5, 6)] + ["sub/icon7.pptx"]
        assert archive.testzip() is None
        with archive.open("sub/icon7.pptx") as deck:
            assert slide_count(deck) == 1
    again = tmp_path / "again.zip"
    convert_many(icons, again, selection=Selection(recursive=True), job_options=ONE)
    assert again.read_bytes() == (tmp_path / "out.zip").read_bytes()


def test_a_folder_of_decks(icons, tmp_path):
    options = JobOptions(mode=OutputMode.FOLDER, name_template="{index}-{stem}")
    report = convert_many(icons, tmp_path / "out", job_options=options)
    assert report.ok
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        f"{i + 1}-icon{i}.pptx" for i in range(8)
    ]
    with pytest.raises(OutputError, match="exists"):
        convert_many(
            icons, tmp_path / "out", job_options=msgspec.structs.replace(options, overwrite=False)
        )


@pytest.mark.parametrize(
    ("size", "merged", "second"),
    [
        ("svg", size_for_drawing(600, 600), size_for_drawing(1200, 600)),
        ("first", size_for_drawing(600, 600), size_for_drawing(600, 600)),
        ("4:3", (9144000, 6858000), (9144000, 6858000)),
    ],
)
def test_slide_sizes_are_settled_by_the_mode(tmp_path, size, merged, second):
    source = tmp_path / "in"
    source.mkdir()
    for name, box in (("a", "0 0 600 600"), ("b", "0 0 1200 600")):
        (source / f"{name}.svg").write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{box.split()[2]}" '
            f'height="{box.split()[3]}"><rect width="9" height="9"/></svg>'
        )

    def read_size(deck):
        with zipfile.ZipFile(deck) as archive:
            xml = archive.read("ppt/presentation.xml").decode()
        tag = xml[xml.index("<p:sldSz") :]
        return tuple(int(tag.split(f'{side}="')[1].split('"')[0]) for side in ("cx", "cy"))

    options = ConvertOptions(slide_size=size)
    convert_many(source, tmp_path / "m.pptx", options=options)
    assert read_size(tmp_path / "m.pptx") == merged
    convert_many(source, tmp_path / "decks", options=options)
    assert read_size(tmp_path / "decks" / "a.pptx") == merged
    assert read_size(tmp_path / "decks" / "b.pptx") == second


def test_nothing_found_leaves_no_job_behind(tmp_path, state):
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoInputError):
        Job.create(tmp_path / "empty", tmp_path / "deck.pptx")
    assert list((state / "jobs").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "job_options"),
    [
        (ConvertOptions(slide_size="huge"), JobOptions()),
        (ConvertOptions(), JobOptions(mode=OutputMode.ZIP, name_template="{nonsense}")),
    ],
)
def test_wrong_settings_are_usage_errors(icons, tmp_path, options, job_options):
    with pytest.raises(UsageError):
        Job.create(icons, tmp_path / "deck.pptx", options=options, job_options=job_options)


def test_an_unwritable_status_file_is_an_output_error(icons, tmp_path):
    job = Job.create(icons, tmp_path / "d.pptx", status_file=tmp_path / "none" / "status.json")
    heard = []
    with pytest.raises(OutputError, match="status"):
        job.run(heard.append)
    assert isinstance(heard[-1], events.Error)
    assert heard[-1].exit_code == 4
    assert not (tmp_path / "d.pptx").exists()


def test_a_job_is_held_from_its_making_to_its_end(icons, tmp_path):
    job = Job.create(icons, tmp_path / "deck.pptx")
    assert job.status().state is JobState.CREATED
    with pytest.raises(JobLockedError):
        Job.create(icons, tmp_path / "deck.pptx")
    with pytest.raises(JobLockedError):
        Job.open(job.id).run()
    assert job.run().ok
    assert Job.create(icons, tmp_path / "deck.pptx").id != job.id


def test_a_finished_job_run_again_is_a_new_one_and_is_not_resumed(icons, tmp_path):
    job = Job.create(icons, tmp_path / "deck.pptx")
    job.run()
    first = job.id
    with pytest.raises(JobError, match="finished"):
        Job.open(first).resume()
    (tmp_path / "deck.pptx").unlink()
    again = job.run()
    assert (again.converted, again.counts.cached, again.counts.done) == (0, 8, 8)
    assert job.id != first
    assert (tmp_path / "deck.pptx").exists()


def test_relative_inputs_are_told_as_named_and_found_again_from_elsewhere(
    icons, tmp_path, monkeypatch
):
    (icons / "icon2.svg").write_text("no svg")
    monkeypatch.chdir(tmp_path)
    job = Job.create("icons/*[0-9].svg", "d.pptx")
    assert job.run().counts.done == 7
    monkeypatch.chdir("/")
    assert job.run().counts.done == 7
    assert (tmp_path / "d.pptx").exists()


def test_jobs_are_found_by_folder_and_start_of_id_and_listed_newest_first(icons, tmp_path):
    first = Job.create(icons, tmp_path / "a.pptx")
    first.run()
    second = Job.create(icons, tmp_path / "b.pptx")
    second.run()
    assert [s.job for s in Job.list()] == [second.id, first.id]
    assert [s.state for s in Job.list()] == [JobState.DONE, JobState.DONE]
    assert Job.open(first.folder).id == Job.open(first.id[:13]).id == first.id
    for nothing in ("0" * 36, str(tmp_path), str(icons / "icon0.svg")):
        with pytest.raises(JobError):
            Job.open(nothing)
    with pytest.raises(JobError, match="interrupted"):
        Job.open()


def test_options_that_do_not_change_slides_do_not_make_another_job(icons, tmp_path):
    first = Job.create(icons, tmp_path / "d.pptx", job_options=ONE)
    first_id = first.id
    first.close()
    again = Job.create(icons, tmp_path / "d.pptx", job_options=JobOptions(jobs=2, timeout_s=5))
    assert again.id == first_id
    again.close()
    other = Job.create(icons, tmp_path / "d.pptx", options=ConvertOptions(margin=4))
    assert other.id != first_id


def test_a_bar_is_drawn_on_request(icons, tmp_path, capsys):
    heard = []
    report = Job.create(icons, tmp_path / "d.pptx").run(heard.append, progress=True)
    assert report.ok
    assert "8/8" in capsys.readouterr().err
    assert isinstance(heard[-1], events.Summary)


def test_a_listener_that_raises_ends_the_run_which_can_be_resumed(icons, tmp_path):
    def raises(event):
        if isinstance(event, events.Task):
            raise ZeroDivisionError

    job = Job.create(icons, tmp_path / "d.pptx")
    with pytest.raises(ZeroDivisionError):
        job.run(raises)
    assert job.status().state is JobState.INTERRUPTED
    assert not (tmp_path / "d.pptx").exists()
    assert Job.open().resume().ok


def test_an_objection_is_the_same_after_an_interruption(icons, tmp_path):
    (icons / "icon3.svg").write_text(BLENDED)
    strict = JobOptions(jobs=1, fail_on="approximated", cache=False)
    whole = convert_many(icons, tmp_path / "whole.pptx", job_options=strict)
    assert (whole.state, whole.exit_code) == (JobState.DONE, ExitCode.SOME_FAILED)
    assert [file.name for file in whole.objections] == ["icon3.svg"]

    def stop(event):
        if isinstance(event, events.Merge):
            raise KeyboardInterrupt

    job = Job.create(icons, tmp_path / "deck.pptx", job_options=strict)
    with pytest.raises(KeyboardInterrupt):
        job.run(stop)
    assert job.status().state is JobState.INTERRUPTED
    report = Job.open(job.folder).resume()
    assert report.converted == 0
    assert (report.state, report.exit_code) == (JobState.DONE, ExitCode.SOME_FAILED)
    (told,) = report.objections
    assert told.diagnostics == whole.objections[0].diagnostics
    assert (report.fail_on, report.counts) == (whole.fail_on, whole.counts)


def test_another_threshold_is_no_other_job_and_judges_what_was_done(icons, tmp_path):
    (icons / "icon3.svg").write_text(BLENDED)

    def stop(event):
        if isinstance(event, events.Merge):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert_many(icons, tmp_path / "deck.pptx", job_options=ONE, on_event=stop)
    stricter = JobOptions(jobs=1, fail_on="rasterised")
    report = convert_many(icons, tmp_path / "deck.pptx", job_options=stricter)
    assert (report.converted, report.exit_code) == (0, ExitCode.SOME_FAILED)
    assert [file.name for file in report.objections] == ["icon3.svg"]
