"""Shares of a job give the bytes of the run that was not divided; parts that cannot be are told."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import msgspec
import pytest

from svg2pptx_batch import ConvertOptions, Job, JobOptions, convert_many, merge
from svg2pptx_batch.batch import parts as part_files
from svg2pptx_batch.batch.inputs import Selection
from svg2pptx_batch.batch.report import JobState
from svg2pptx_batch.batch.shards import Shard, parse_shard, share, whole
from svg2pptx_batch.errors import ExitCode, InputError, OutputError, UsageError
from tests.support.decks import read_slides
from tests.support.jobs import make_icons
from tests.support.templates import LIBREOFFICE

BROKEN = "<svg xmlns='http://www.w3.org/2000/svg'>\n<g></svg>"
TEXT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}0" height="40"><title>Word {0}</title>'
    '<desc>Of {0}.</desc><text x="4" y="20">Word {0}</text></svg>'
)
PICTURE = Path(__file__).parents[1] / "golden" / "filter-picture.svg"
RECURSIVE = Selection(recursive=True)


@pytest.fixture
def drawings(tmp_path):
    """Drawings in three folders, one of them broken, one with text."""
    folder = make_icons(tmp_path / "in", 9)
    make_icons(folder / "more", 6, seed=2)
    make_icons(folder / "zoo", 4, seed=3)
    (folder / "more" / "broken.svg").write_text(BROKEN)
    (folder / "zoo" / "pic.svg").write_bytes(b"\x89PNG\r\n\x1a\n")
    for number in range(3):
        (folder / f"text{number}.svg").write_text(TEXT.format(number + 4))
    return folder


def make_parts(source, folder, options, shares, **fields):
    """Convert each share; return the parts."""
    found = []
    folder.mkdir(exist_ok=True)
    for number in range(1, shares + 1):
        part = folder / f"{number}.svg2pptx-part"
        job_options = JobOptions(**{"jobs": 1, "shard": f"{number}/{shares}", **fields})
        report = convert_many(
            source, part, options=options, job_options=job_options, selection=RECURSIVE
        )
        assert report.outputs == (str(part),)
        assert report.counts.total == Shard(number, shares).size(24)
        found.append(part)
    return found


def content(output):
    """Return what was written: by name."""
    if output.is_dir():
        files = sorted(path for path in output.rglob("*") if path.is_file())
        return {path.relative_to(output).as_posix(): path.read_bytes() for path in files}
    return {"": output.read_bytes()}


@pytest.mark.parametrize(
    ("name", "options", "fields"),
    [
        ("deck.pptx", {}, {}),
        ("deck.pptx", {"titles": "title", "notes": True}, {"sections": "folder"}),
        ("deck.pptx", {}, {"grid": "2x3", "sections": "folder"}),
        ("deck.pptx", {"template": str(LIBREOFFICE), "titles": "name"}, {}),
        ("deck.pptx", {"slide_size": "largest", "text": "outline"}, {}),
        ("decks.zip", {"slide_size": "svg"}, {"mode": "zip", "name_template": "{index}-{title}"}),
        ("decks", {"template": str(LIBREOFFICE), "notes": True}, {"mode": "folder"}),
    ],
)
def test_four_shares_give_the_bytes_of_one_run(drawings, tmp_path, name, options, fields):
    options = ConvertOptions(**options)
    (tmp_path / "once").mkdir()
    once = tmp_path / "once" / name
    report = convert_many(
        drawings,
        once,
        options=options,
        job_options=JobOptions(jobs=1, **fields),
        selection=RECURSIVE,
    )
    parts = make_parts(drawings, tmp_path / "parts", options, 4, **fields)
    told = []
    merged = merge(reversed(parts), tmp_path / name, on_event=told.append)
    assert content(tmp_path / name) == content(once)
    assert merged.exit_code is report.exit_code is ExitCode.SOME_FAILED
    assert merged.state is report.state is JobState.PARTIAL
    assert merged.counts == msgspec.structs.replace(report.counts, cached=merged.counts.cached)
    assert merged.fidelity == report.fidelity
    assert [row.name for row in merged.files] == [row.name for row in report.files]
    assert [row.output for row in merged.files] == [row.output for row in report.files]
    failed = [(row.index, row.code, row.line) for row in merged.failures]
    assert failed == [(row.index, row.code, row.line) for row in report.failures]
    assert type(told[-1]).__name__ == "Summary"
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == [p.name for p in parts]


def test_shares_made_under_other_folders_fit_and_name_none_of_them(drawings, tmp_path):
    other = tmp_path / "elsewhere" / "copy"
    other.parent.mkdir()
    drawings.rename(other)
    make_parts(other, tmp_path / "a", ConvertOptions(template=str(LIBREOFFICE)), 2)
    template = tmp_path / "elsewhere" / "brand.pptx"
    template.write_bytes(LIBREOFFICE.read_bytes())
    other.rename(drawings)
    make_parts(drawings, tmp_path / "b", ConvertOptions(template=str(template)), 2)
    parts = [tmp_path / "a" / "2.svg2pptx-part", tmp_path / "b" / "1.svg2pptx-part"]
    assert merge(parts, tmp_path / "deck.pptx").counts.done == 22
    assert len(read_slides(tmp_path / "deck.pptx")) == 22
    for part in (tmp_path / "a").iterdir(), (tmp_path / "b").iterdir():
        for each in part:
            assert str(tmp_path).encode() not in each.read_bytes()


def test_more_shares_than_files_leave_empty_parts(tmp_path):
    source = make_icons(tmp_path / "in", 2)
    parts = []
    for number in (1, 2, 3):
        parts.append(tmp_path / f"{number}.svg2pptx-part")
        options = JobOptions(jobs=1, shard=f"{number}/3")
        assert convert_many(source, parts[-1], job_options=options).exit_code is ExitCode.OK
    assert merge(parts, tmp_path / "deck.pptx").ok
    assert len(read_slides(tmp_path / "deck.pptx")) == 2


def test_a_share_all_of_which_failed_is_a_part_and_the_whole_of_such_has_no_deck(tmp_path):
    (tmp_path / "in").mkdir()
    for name in "ab":
        (tmp_path / "in" / f"{name}.svg").write_text(BROKEN)
    parts = []
    for number in (1, 2):
        parts.append(tmp_path / f"{number}.svg2pptx-part")
        options = JobOptions(jobs=1, shard=f"{number}/2")
        report = convert_many(tmp_path / "in", parts[-1], job_options=options)
        assert report.exit_code is ExitCode.SOME_FAILED
    merged = merge(parts, tmp_path / "deck.pptx")
    assert (merged.state, merged.exit_code) == (JobState.FAILED, ExitCode.NO_INPUT)
    assert not (tmp_path / "deck.pptx").exists()


def test_slides_of_a_share_come_from_the_cache_and_an_interrupted_one_goes_on(
    drawings, tmp_path, monkeypatch
):
    convert_many(drawings, tmp_path / "x.pptx", job_options=JobOptions(jobs=1), selection=RECURSIVE)
    options = JobOptions(jobs=1, shard="2/3")
    part = tmp_path / "2.svg2pptx-part"
    with monkeypatch.context() as patch:
        patch.setattr("svg2pptx_batch.batch.runner.write_part", _full)
        job = Job.create(drawings, part, job_options=options, selection=RECURSIVE)
        with pytest.raises(OutputError, match="full"):
            job.run()
    assert not part.exists()
    assert job.status().counts.total == 8
    again = Job.open(job.id).resume()
    assert again.state is JobState.DONE
    assert again.counts.cached == again.counts.done
    assert part_files.read_part(part).head.shard == Shard(2, 3)


def _full(*_arguments):
    raise OutputError("The disk is full.")


def test_objections_of_shares_are_those_of_the_whole(tmp_path):
    source = make_icons(tmp_path / "in", 3)
    (source / "picture.svg").write_bytes(PICTURE.read_bytes())
    parts = []
    for number in (1, 2):
        parts.append(tmp_path / f"{number}.svg2pptx-part")
        options = JobOptions(jobs=1, shard=f"{number}/2", fail_on="rasterised")
        convert_many(source, parts[-1], job_options=options)
    merged = merge(parts, tmp_path / "deck.pptx")
    assert [row.name for row in merged.objections] == ["picture.svg"]
    assert (merged.state, merged.exit_code) == (JobState.DONE, ExitCode.SOME_FAILED)


@pytest.fixture
def pair(tmp_path):
    """Both parts of four small drawings."""
    source = make_icons(tmp_path / "in", 4)
    found = []
    for number in (1, 2):
        found.append(tmp_path / f"{number}.svg2pptx-part")
        options = JobOptions(jobs=1, shard=f"{number}/2")
        convert_many(source, found[-1], job_options=options)
    return found


def refused(parts, output, kind, match, **options):
    with pytest.raises(kind, match=match) as caught:
        merge(parts, output, **options)
    assert caught.value.remedy
    assert not output.exists()


def test_parts_that_do_not_fit_are_told(pair, tmp_path):
    deck = tmp_path / "deck.pptx"
    first, second = pair
    refused([first], deck, UsageError, "share 2/2 is missing")
    refused([], deck, UsageError, "No part")
    twin = tmp_path / "twin.svg2pptx-part"
    twin.write_bytes(first.read_bytes())
    refused([first, twin, second], deck, UsageError, "both share 1/2")
    refused(pair, tmp_path / "decks.zip", UsageError, "made for one deck")
    refused(pair, tmp_path / "decks", UsageError, "made for one deck")
    refused([first, tmp_path / "none"], deck, InputError, "cannot be read")
    refused([first, tmp_path / "in" / "icon0.svg"], deck, InputError, "is no part")
    other = tmp_path / "other.svg2pptx-part"
    options = ConvertOptions(margin=9)
    convert_many(
        tmp_path / "in", other, options=options, job_options=JobOptions(jobs=1, shard="2/2")
    )
    refused([first, other], deck, InputError, "another job")
    deck.write_bytes(b"kept")
    with pytest.raises(OutputError, match="exists"):
        merge(pair, deck, overwrite=False)
    assert deck.read_bytes() == b"kept"
    with pytest.raises(UsageError, match="made for one deck"):
        merge(pair, second)


def test_no_byte_of_a_part_can_be_lost_or_changed_unseen(pair, tmp_path):
    deck = tmp_path / "deck.pptx"
    first, second = pair
    data = second.read_bytes()
    for cut in (*range(0, len(data), max(1, len(data) // 40)), len(data) - 1):
        second.write_bytes(data[:cut])
        refused([first, second], deck, InputError, "is damaged|is no part|of version")
    second.write_bytes(data + b"\0")
    refused([first, second], deck, InputError, "is damaged")
    for place in range(0, len(data), max(1, len(data) // 60)):
        second.write_bytes(data[:place] + bytes([data[place] ^ 0x41]) + data[place + 1 :])
        refused([first, second], deck, InputError, "is damaged|is no part|of version")
    second.write_bytes(data)
    assert merge(pair, deck).ok


def forged(path, **changes):
    """Write a part's head anew, with a digest that fits."""
    part = part_files.read_part(path)
    data = path.read_bytes()
    rest = data[part.start - part.head.template_bytes :]
    head = msgspec.to_builtins(part.head) | changes
    encoded = msgspec.msgpack.encode(head)
    fixed = struct.pack("<8sIQ32s", b"s2p-part", 1, len(encoded), hashlib.sha256(encoded).digest())
    path.write_bytes(fixed + encoded + rest)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"converter": "0.0.1"}, "made by version 0.0.1"),
        ({"number": 3}, "contradicts itself"),
        ({"number": 0}, "contradicts itself"),
        ({"count": 0}, "contradicts itself"),
        ({"total": 2**62}, "contradicts itself"),
        ({"count": 2**40}, "contradicts itself"),
        ({"total": -1}, "contradicts itself"),
        ({"files": []}, "contradicts itself"),
        ({"template_bytes": -5}, "contradicts itself"),
        ({"template_bytes": 5, "template": "0" * 64}, "is damaged"),
        ({"options": {"margin": -5.0}}, "is damaged"),
        ({"options": []}, "is damaged"),
        ({"job_options": {"mode": "nonsense"}}, "is damaged"),
        ({"slide": [1, 2, 3]}, "is damaged"),
        ({"slide": [-1, 2]}, "contradicts itself"),
        ({"plan": ""}, "another job"),
    ],
)
def test_forged_parts_are_refused(pair, tmp_path, changes, match):
    forged(pair[1], **changes)
    refused(pair, tmp_path / "deck.pptx", InputError, match)


def test_other_fonts_are_told(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    for number in range(4):
        (source / f"text{number}.svg").write_text(TEXT.format(number + 4))
    parts = []
    for number in (1, 2):
        parts.append(tmp_path / f"{number}.svg2pptx-part")
        convert_many(source, parts[-1], job_options=JobOptions(jobs=1, shard=f"{number}/2"))
    told = []
    assert merge(parts, tmp_path / "deck.pptx", on_event=told.append).ok
    assert not [event for event in told if type(event).__name__ == "Warning"]
    forged(parts[1], fonts="0" * 64)
    assert merge(parts, tmp_path / "deck.pptx", on_event=told.append).ok
    assert [e.code for e in told if type(e).__name__ == "Warning"] == ["fonts-differ"]


@pytest.mark.parametrize("text", ["0/4", "5/4", "4", "a/b", "-1/4", "1/0", "1/10001", "1/4/2", "½"])
def test_what_is_no_share_is_refused(tmp_path, text):
    source = make_icons(tmp_path / "in", 1)
    with pytest.raises(UsageError, match="no share") as caught:
        convert_many(source, tmp_path / "x.svg2pptx-part", job_options=JobOptions(shard=text))
    assert "--shard I/N" in (caught.value.remedy or "")


def test_a_share_makes_no_deck_and_appends_to_none(tmp_path):
    source = make_icons(tmp_path / "in", 1)
    with pytest.raises(UsageError, match="makes a part"):
        convert_many(source, tmp_path / "x.pptx", job_options=JobOptions(shard="1/2"))
    options = JobOptions(shard="1/2", append_to=str(LIBREOFFICE))
    with pytest.raises(UsageError, match="cannot be appended"):
        convert_many(source, tmp_path / "x.svg2pptx-part", job_options=options)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="folder"):
        convert_many(source, tmp_path / "folder", job_options=JobOptions(shard="1/2"))


@pytest.mark.parametrize(("total", "shares"), [(0, 3), (1, 3), (7, 3), (9, 3), (10, 1), (5, 9)])
def test_shares_are_even_and_come_together_again(total, shares):
    from svg2pptx_batch.batch.plan import Task

    tasks = tuple(Task(index, f"{index}.svg") for index in range(total))
    sizes = []
    for number in range(1, shares + 1):
        shard = parse_shard(f"{number}/{shares}")
        own, others = share(tasks, shard)
        sizes.append(len(own))
        assert shard.size(total) == len(own)
        assert [task.index for task in own] == list(range(len(own)))
        assert whole(own, others, shard) == tasks
    assert sum(sizes) == total
    assert max(sizes) - min(sizes) <= 1


def test_a_part_does_not_replace_an_input(tmp_path):
    source = make_icons(tmp_path / "in", 1)
    drawing = source / "icon0.svg"
    with pytest.raises(OutputError, match="input as well"):
        convert_many(source, drawing, job_options=JobOptions(shard="1/1"))
