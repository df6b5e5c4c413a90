import pytest
from pptx import Presentation

from svg2pptx_batch.deck import DeckWriter, load_template, parse_slide_size
from svg2pptx_batch.deck.notes import notes_xml
from svg2pptx_batch.deck.template import blank_template, with_notes_master
from svg2pptx_batch.drawingml.slide import Relationship, Slide
from tests.support.decks import assert_opens, part_names, read_slides
from tests.support.slides import RECTANGLE, slide_xml
from tests.support.templates import append, drawing, plain

SIZE = parse_slide_size("16:9")


def write(path, *slides):
    with DeckWriter(path, SIZE, template=with_notes_master(blank_template(SIZE))) as deck:
        for slide in slides:
            deck.add(slide)
    return path


def notes_of(path):
    return [
        slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else None
        for slide in Presentation(str(path)).slides
    ]


def test_notes_are_read_as_they_were_given(tmp_path):
    texts = ['First\n\nthird <&> "quoted"', " spaces  kept ", "\u05e9\U0001f600"]
    path = write(tmp_path / "deck.pptx", *(drawing("a", text) for text in texts), drawing("b"))
    assert_opens(path)
    assert notes_of(path) == [*texts, None]


def test_what_xml_cannot_hold_is_left_out():
    assert b"<a:t>ab</a:t>" in notes_xml("a\x00\x08\ud800b")


@pytest.mark.parametrize("text", ["a\tb", "a\rb", "a\r\nb"])
def test_control_characters_do_not_break_the_deck(tmp_path, text):
    assert_opens(write(tmp_path / "deck.pptx", drawing("a", text)))


def test_a_slide_with_links_has_notes_too(tmp_path):
    shape = RECTANGLE.replace(
        'name="Rectangle"/>', 'name="Rectangle"><a:hlinkClick r:id="rId3"/></p:cNvPr>'
    )
    link = Relationship("rId3", "hyperlink", "https://example.org/")
    path = write(tmp_path / "deck.pptx", Slide(slide_xml(shape), (link,), notes="Spoken"))
    assert_opens(path)
    slide = read_slides(path)[0]
    assert sorted(slide.kinds.values()) == ["hyperlink", "notesSlide", "slideLayout"]
    assert notes_of(path) == ["Spoken"]


def test_a_templates_own_notes_master_is_used(tmp_path):
    deck = plain(tmp_path / "brand.pptx", 1)
    template = with_notes_master(load_template(deck))
    target = tmp_path / "new.pptx"
    with DeckWriter(target, template.size, template=template) as writer:
        writer.add(drawing("a", "Spoken"))
    assert_opens(target)
    masters = [name for name in part_names(target) if "notesMasters/notesMaster" in name]
    assert masters == ["ppt/notesMasters/notesMaster1.xml"]


def test_notes_come_and_go_with_their_slide(tmp_path):
    deck = write(tmp_path / "deck.pptx", drawing("a", "One"), drawing("b"), drawing("c", "Three"))
    append(deck, [drawing("a"), drawing("b", "Two"), drawing("c", "Drei")])
    assert_opens(deck)
    assert notes_of(deck) == [None, "Two", "Drei"]
    parts = [name for name in part_names(deck) if name.startswith("ppt/notesSlides/notesSlide")]
    assert sorted(parts) == ["ppt/notesSlides/notesSlide2.xml", "ppt/notesSlides/notesSlide3.xml"]


def test_without_a_master_there_are_no_notes(tmp_path):
    with pytest.raises(ValueError, match="no master"), DeckWriter(tmp_path / "x", SIZE) as deck:
        deck.add(drawing("a", "Spoken"))
