"""Kill jobs with a template, sheets, a deck to append to: resumed, they are as never killed."""

from __future__ import annotations

import shutil

import pytest
from pptx import Presentation
from pptx.util import Inches

from tests.support.decks import assert_opens, read_slides
from tests.support.jobs import (
    convert,
    done_count,
    finish,
    kill_tree,
    make_icons,
    only_job,
    start,
    wait_for_done,
)

COUNT = 60
SLOW = "tests.support.tasks:slow"


@pytest.fixture(scope="module")
def icons(tmp_path_factory):
    folder = tmp_path_factory.mktemp("icons")
    make_icons(folder / "a", COUNT // 2, seed=1)
    make_icons(folder / "b", COUNT // 2, seed=2)
    return folder


@pytest.fixture
def brand(tmp_path):
    presentation = Presentation()
    presentation.slides.add_slide(presentation.slide_layouts[6])
    path = tmp_path / "brand.pptx"
    presentation.save(str(path))
    return path


def kill(state, source, deck, **options):
    """Kill a job in the middle; return its id."""
    process = start(state, source, deck, function=SLOW, **options)
    wait_for_done(state, 15, process)
    kill_tree(process)
    assert 0 < done_count(state) < COUNT
    return only_job(state).name


def move_body(brand):
    presentation = Presentation(str(brand))
    body = presentation.slide_layouts[1].placeholders[1]
    body.left, body.top, body.width, body.height = map(Inches, (1, 2, 3, 4))
    presentation.save(str(brand))


CASES = [
    pytest.param({"grid": "3x4", "sections": "folder"}, {"notes": True}, id="sheets"),
    pytest.param(
        {"sections": "folder"}, {"template": "", "layout": "title and content"}, id="brand"
    ),
    pytest.param({"append_to": ""}, {"theme_colors": 0}, id="append"),
]


@pytest.mark.parametrize(("fields", "slides"), CASES)
def test_a_killed_job_gives_the_deck_of_an_undisturbed_one(icons, brand, tmp_path, fields, slides):
    if "append_to" in fields:
        fields = {**fields, "append_to": str(brand)}
    if "template" in slides:
        slides = {**slides, "template": str(brand)}
    before = brand.read_bytes()
    source = str(icons / "*" / "*.svg")
    options = {"slides": slides, **fields}
    expected, deck = tmp_path / "expected" / "deck.pptx", tmp_path / "deck.pptx"
    assert convert(tmp_path / "another", source, expected, **options)[0] == 0
    kill(tmp_path / "state", source, deck, **options)
    assert not deck.exists()
    code, events = convert(tmp_path / "state", source, deck, **options)
    assert code == 0
    assert events[0]["resumed"] is True
    assert events[-1]["report"]["converted"] < COUNT
    assert deck.read_bytes() == expected.read_bytes()
    assert brand.read_bytes() == before
    assert_opens(deck)


def test_a_killed_job_leaves_the_deck_it_appends_to(icons, brand, tmp_path):
    before = brand.read_bytes()
    source = str(icons / "*" / "*.svg")
    job = kill(tmp_path / "state", source, brand, append_to=str(brand))
    assert brand.read_bytes() == before
    assert finish(start(tmp_path / "state", "", brand, resume=job))[0] == 0
    assert len(read_slides(brand)) == 1 + COUNT
    assert_opens(brand)


def test_a_template_that_changed_meanwhile_makes_no_stale_slides(icons, brand, tmp_path):
    source, deck = str(icons / "*" / "*.svg"), tmp_path / "deck.pptx"
    slides = {"template": str(brand), "layout": "title and content"}
    job = kill(tmp_path / "state", source, deck, slides=slides)
    move_body(brand)
    code, events = finish(start(tmp_path / "state", "", deck, resume=job))
    assert code == 0
    assert events[-1]["report"]["converted"] == COUNT
    expected = tmp_path / "expected" / "deck.pptx"
    assert convert(tmp_path / "another", source, expected, slides=slides)[0] == 0
    assert deck.read_bytes() == expected.read_bytes()


def test_a_template_that_is_gone_is_told_and_the_job_can_go_on(icons, brand, tmp_path):
    source, deck = str(icons / "*" / "*.svg"), tmp_path / "deck.pptx"
    job = kill(tmp_path / "state", source, deck, slides={"template": str(brand)})
    done = done_count(tmp_path / "state")
    kept = shutil.move(brand, tmp_path / "kept.pptx")
    process = start(tmp_path / "state", "", deck, resume=job)
    _, error = process.communicate(timeout=180)
    assert process.returncode == 2
    assert b"brand.pptx" in error
    assert b"Traceback" not in error
    shutil.move(kept, brand)
    code, events = finish(start(tmp_path / "state", "", deck, resume=job))
    assert code == 0
    assert events[-1]["report"]["converted"] == COUNT - done
