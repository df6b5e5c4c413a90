"""Slides appended to a deck that is there: which ones are replaced, and what stays as it is."""

from __future__ import annotations

import os
import shutil

import pytest
from pptx import Presentation
from pptx.util import Inches

from svg2pptx_batch import ConvertOptions, Job, JobOptions, convert_many
from svg2pptx_batch.batch import assemble
from svg2pptx_batch.batch.report import JobState
from svg2pptx_batch.deck import zip_stream
from svg2pptx_batch.errors import ExitCode, OutputError, UsageError
from tests.support.decks import assert_opens, read_part, read_slides
from tests.support.jobs import make_icons
from tests.support.templates import edited, swap

BROKEN = "<svg xmlns='http://www.w3.org/2000/svg'><g></svg>"
OTHER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4" cx="4" cy="4"/></svg>'
)


def append(source, base, output=None, **fields):
    job_options = JobOptions(jobs=1, append_to=str(base), **fields)
    return convert_many(source, output or base, job_options=job_options)


def names(deck):
    return [slide.root[0].get("name", "") for slide in read_slides(deck)]


@pytest.fixture
def base(tmp_path):
    """Somebody's deck of a size of its own: two slides, the second without a name."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Inches(9), Inches(5)
    for title in ("Welcome", "Agenda"):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = title
    presentation.core_properties.title = "Ours"
    path = tmp_path / "base.pptx"
    presentation.save(str(path))
    return path


def test_slides_come_after_those_there_are_and_the_deck_keeps_its_own(icons, base):
    report = append(icons, base)
    assert report.ok
    assert report.outputs == (str(base),)
    assert_opens(base)
    presentation = Presentation(str(base))
    assert [s.shapes.title.text for s in list(presentation.slides)[:2]] == ["Welcome", "Agenda"]
    assert names(base) == ["", "", *(f"icon{number}.svg" for number in range(8))]
    assert presentation.core_properties.title == "Ours"
    assert presentation.slide_width == Inches(9)


def test_appending_again_gives_the_same_bytes(icons, base):
    append(icons, base)
    once = base.read_bytes()
    report = append(icons, base)
    assert report.counts.cached == 8
    assert base.read_bytes() == once


def test_the_deck_stays_untouched_where_another_one_is_written(icons, base, tmp_path):
    before = base.read_bytes()
    append(icons, base, tmp_path / "other.pptx", overwrite=False)
    assert base.read_bytes() == before
    assert len(read_slides(tmp_path / "other.pptx")) == 10


def test_a_changed_drawing_replaces_its_slide_and_nothing_else(icons, base):
    append(icons, base)
    before = {s.part: read_part(base, s.part) for s in read_slides(base)}
    order = names(base)
    (icons / "icon3.svg").write_text(OTHER)
    append(icons, base)
    assert_opens(base)
    assert names(base) == order
    after = {s.part: read_part(base, s.part) for s in read_slides(base)}
    changed = [part for part in before if before[part] != after[part]]
    assert changed == [read_slides(base)[5].part]


def test_a_file_that_fails_keeps_its_slide(icons, base):
    append(icons, base)
    before = [(s.part, read_part(base, s.part)) for s in read_slides(base)]
    (icons / "icon3.svg").write_text(BROKEN)
    report = append(icons, base)
    assert report.state is JobState.PARTIAL
    assert_opens(base)
    assert [(s.part, read_part(base, s.part)) for s in read_slides(base)] == before


def test_what_is_gone_from_the_folder_stays_in_the_deck(icons, base):
    append(icons, base)
    before = names(base)
    (icons / "icon3.svg").unlink()
    append(icons, base)
    assert names(base) == before


def test_nothing_usable_leaves_the_deck(tmp_path, base):
    before = base.read_bytes()
    (tmp_path / "broken.svg").write_text(BROKEN)
    report = append(tmp_path / "broken.svg", base)
    assert report.exit_code is ExitCode.NO_INPUT
    assert base.read_bytes() == before


def test_an_assembly_that_breaks_off_leaves_the_deck(icons, base, monkeypatch):
    append(icons, base)
    before = base.read_bytes()
    (icons / "icon3.svg").write_text(OTHER)

    def fail(*_):
        raise OutputError("The disk is full.")

    monkeypatch.setattr(zip_stream.ZipStream, "close", fail)
    with pytest.raises(OutputError):
        append(icons, base)
    assert base.read_bytes() == before


def test_a_deck_that_another_program_saves_meanwhile_is_not_lost(icons, base, monkeypatch):
    saved = make_icons(base.parent / "others", 1, seed=5)
    theirs = base.parent / "theirs.pptx"
    append(saved, base, theirs)
    unpack = assemble.unpack

    def save_first(data):
        monkeypatch.setattr(assemble, "unpack", unpack)
        slide = unpack(data)

        def later(*_, **__):
            monkeypatch.undo()
            shutil.copyfile(theirs, base)
            return slide

        monkeypatch.setattr(assemble, "unpack", later)
        return slide

    monkeypatch.setattr(assemble, "unpack", save_first)
    with pytest.raises(OutputError, match="changed by another program"):
        append(icons, base)
    assert base.read_bytes() == theirs.read_bytes()
    append(icons, base)
    assert len(read_slides(base)) == 2 + 8


def test_a_deck_saved_by_another_program_still_knows_its_slides(icons, base):
    append(icons, base)
    presentation = Presentation(str(base))
    presentation.slides[4].shapes[0].name = "Edited"
    presentation.save(str(base))
    append(icons, base)
    assert_opens(base)
    assert len(read_slides(base)) == 10
    assert "Edited" not in read_slides(base)[4].names


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_names_that_hide_something_are_known_again(tmp_path, base):
    folder = tmp_path / "in"
    folder.mkdir()
    hostile = ["a\x01.svg", "a.svg", "b\n.svg", "c\u202egvs.svg", "d&<\"'.svg", "&#128;.svg"]
    for name in hostile:
        (folder / name).write_text(OTHER)
    options = ConvertOptions(notes=True, titles="name", layout="title only")
    decks = []
    for _ in range(2):
        job_options = JobOptions(jobs=1, append_to=str(base), sections="folder")
        assert convert_many(folder, base, options=options, job_options=job_options).ok
        assert_opens(base)
        decks.append(base.read_bytes())
    assert decks[0] == decks[1]
    titles = [slide.shapes.title.text for slide in list(Presentation(str(base)).slides)[2:]]
    assert sorted(titles) == sorted(["a\\x01", "a", "b\\n", "c\\u202egvs", "d&<\"'", "&#128;"])


def test_notes_and_sections_go_with_the_slides(tmp_path, base):
    make_icons(tmp_path / "in" / "a", 2)
    make_icons(tmp_path / "in" / "b", 1)
    from svg2pptx_batch.batch.inputs import Selection

    def run():
        return convert_many(
            tmp_path / "in",
            base,
            options=ConvertOptions(notes=True),
            job_options=JobOptions(jobs=1, append_to=str(base), sections="folder"),
            selection=Selection(recursive=True),
        )

    assert run().ok
    once = base.read_bytes()
    assert_opens(base)
    notes = [s.notes_slide.notes_text_frame.text for s in list(Presentation(str(base)).slides)[2:]]
    assert notes == ["Source: a/icon0.svg", "Source: a/icon1.svg", "Source: b/icon0.svg"]
    assert b'section name="a"' in read_part(base, "ppt/presentation.xml")
    assert run().ok
    assert base.read_bytes() == once


@pytest.mark.parametrize(
    ("options", "fields", "why"),
    [
        ({}, {"mode": "zip"}, "merged deck"),
        ({}, {"mode": "folder"}, "merged deck"),
        ({"template": "brand.pptx"}, {}, "its own template"),
        ({}, {"grid": "2x2"}, "contact sheets"),
        ({}, {"overwrite": False}, "no output may be replaced"),
        ({"slide_size": "4:3"}, {}, "their size is that of"),
    ],
)
def test_what_goes_against_appending_is_refused_first(base, options, fields, why):
    with pytest.raises(UsageError, match=why) as caught:
        Job.create(
            "nowhere",
            base,
            options=ConvertOptions(**options),
            job_options=JobOptions(append_to=str(base), **fields),
        )
    assert caught.value.remedy
    assert caught.value.exit_code is ExitCode.USAGE


def test_only_the_output_may_be_the_deck(icons, base, tmp_path):
    with pytest.raises(OutputError, match="would be replaced"):
        Job.create(
            icons,
            tmp_path / "other.pptx",
            job_options=JobOptions(append_to=str(base)),
            status_file=base,
        )


def test_a_deck_with_macros_is_refused_before_any_work(icons, base):
    old = "vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    new = "vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
    edited(base, lambda parts: swap(parts, "[Content_Types].xml", old, new))
    with pytest.raises(UsageError, match="macros"):
        Job.create(icons, base, job_options=JobOptions(append_to=str(base)))
