"""Faults between the parts of a deck, each made in a sound one."""

import pytest

from svg2pptx_batch.deck import DeckWriter, parse_slide_size
from svg2pptx_batch.deck.lint import lint
from svg2pptx_batch.deck.template import blank_template, with_notes_master
from tests.support.templates import MAIN, MAIN_RELS, drawing, edited, link, swap, two_masters

SLIDES = "ppt/slides/_rels/slide{}.xml.rels"
NOTES = "ppt/notesSlides/_rels/notesSlide{}.xml.rels"
MASTER = "ppt/slideMasters/slideMaster1.xml"
MASTER_RELS = "ppt/slideMasters/_rels/slideMaster1.xml.rels"
ROW = '<Relationship Id="rId{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'


@pytest.fixture
def deck(tmp_path):
    """A deck of ours: two slides with notes, in two sections."""
    path = tmp_path / "deck.pptx"
    size = parse_slide_size("16:9")
    template = with_notes_master(blank_template(size))
    with DeckWriter(path, size, template=template) as writer:
        for name in ("a", "b"):
            writer.add(drawing(name, f"Notes of {name}"), section=name)
    assert lint(path) == []
    return path


def swapped(name, old, new):
    return lambda parts: swap(parts, name, old, new)


def cut(name, start, end="/>"):
    """Take out what begins and ends with some text."""

    def edit(parts):
        xml = parts[name].decode()
        at = xml.index(start)
        parts[name] = (xml[:at] + xml[xml.index(end, at) + len(end) :]).encode()

    return edit


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            swapped(SLIDES.format(2), "notesSlide2", "notesSlide1"),
            {"notes-shared", "notes-slide"},
        ),
        (swapped(NOTES.format(2), "slides/slide2", "slides/slide1"), {"notes-slide"}),
        (cut(NOTES.format(1), ROW.format(1)), {"relationship-missing", "notes-master"}),
        (cut(NOTES.format(1), ROW.format(2)), {"notes-slide"}),
        (cut(MAIN, "<p:sldMasterId "), {"list-incomplete"}),
        (
            swapped(MAIN, '<p:sldMasterId id="2147483648" r:id="rId1"', "<p:sldMasterId "
            'id="2147483648" r:id="rId4"'),
            {"list-incomplete", "relationship-kind"},
        ),
        (cut(MASTER, "<p:sldLayoutId "), {"list-incomplete"}),
        (
            lambda parts: (
                cut(MASTER, "<p:sldLayoutId ")(parts),
                cut(MASTER_RELS, ROW.format(1))(parts),
            ),
            {"layout-unlisted"},
        ),
        (swapped(MAIN_RELS, "slides/slide2.xml", "slides/slide1.xml"), {"slide-twice"}),
        (
            swapped("ppt/notesMasters/_rels/notesMaster1.xml.rels", "/theme", "/other"),
            {"relationship-missing"},
        ),
        (swapped(MAIN, 'id="{', 'id="{x'), {"section-id"}),
        (swapped(MAIN, '<p14:sldId id="257"/>', ""), {"section-list"}),
        (swapped(MAIN, '<p14:sldId id="257"/>', '<p14:sldId id="257"/>' * 2), {"section-list"}),
        (lambda parts: link(parts, MAIN, "rId70", "notesMaster", "theme/theme1.xml"), {
            "list-incomplete", "notes-master",
        }),
    ],
)  # fmt: skip
def test_faults_between_parts_are_found(deck, edit, expected):
    edited(deck, edit)
    found = {finding.code for finding in lint(deck)}
    assert expected <= found, found
    assert found - expected <= {"slide-orphan"}


def test_sections_may_not_share_a_guid(deck):
    def share(parts):
        xml = parts[MAIN].decode()
        rows = [part.split('id="')[1][:38] for part in xml.split('p14:section name="')[1:]]
        parts[MAIN] = xml.replace(rows[1], rows[0]).encode()

    edited(deck, share)
    assert [finding.code for finding in lint(deck)] == ["section-id"]


def test_a_layout_of_another_master_is_found(tmp_path):
    deck = two_masters(tmp_path / "deck.pptx")
    assert lint(deck) == []
    rels = "ppt/slideLayouts/_rels/slideLayout21.xml.rels"
    edited(deck, swapped(rels, "slideMaster7", "slideMaster1"))
    assert [finding.code for finding in lint(deck)] == ["layout-master"]


def test_a_fault_is_told_once(deck):
    edited(deck, lambda parts: parts.update({MASTER: b"<broken"}))
    codes = [finding.code for finding in lint(deck)]
    assert codes.count("xml-malformed") == 1
