from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from svg2pptx_batch.deck import DeckWriter, parse_slide_size
from svg2pptx_batch.deck.sections import read_sections, sections_xml, with_slides
from tests.support.decks import assert_opens, read_part
from tests.support.templates import LIBREOFFICE, MAIN, append, drawing, edited, swap

A, B, C = "{A}", "{B}", "{C}"


def of(deck):
    """The sections of a deck: names and how many slides each has."""
    root = etree.fromstring(read_part(deck, MAIN))
    return [
        (section.get("name"), len(list(section.iter("{*}sldId"))))
        for section in root.iter("{*}section")
    ]


def deck_of(path, *sections):
    with DeckWriter(path, parse_slide_size("16:9")) as deck:
        for number, section in enumerate(sections):
            deck.add(drawing(f"old{number}"), section=section)
    return path


def test_slides_without_section_go_on_with_the_last_one(tmp_path):
    deck = deck_of(tmp_path / "deck.pptx", "one", "two")
    append(deck, [drawing("new")])
    assert of(deck) == [("one", 1), ("two", 2)]
    assert_opens(deck)


def test_a_section_of_the_last_ones_name_goes_on(tmp_path):
    deck = deck_of(tmp_path / "deck.pptx", "one", "two")
    append(deck, [drawing("new")], section="two")
    append(deck, [drawing("newer")], section="one")
    assert of(deck) == [("one", 1), ("two", 2), ("one", 1)]
    assert_opens(deck)


def test_a_replaced_slide_stays_in_its_section(tmp_path):
    deck = deck_of(tmp_path / "deck.pptx", "one", "two")
    append(deck, [drawing("old0")], section="three")
    assert of(deck) == [("one", 1), ("two", 1)]


def test_the_slides_of_a_deck_without_sections_get_one(tmp_path):
    deck = tmp_path / "deck.pptx"
    append(LIBREOFFICE, [drawing("new")], deck, section="new")
    assert of(deck) == [("Default Section", 2), ("new", 1)]


def test_sections_that_lie_are_put_right(tmp_path):
    deck = deck_of(tmp_path / "deck.pptx", "one", "one", "two", "two")

    def lie(parts):
        swap(parts, MAIN, '<p14:sldId id="256"/>', '<p14:sldId id="999"/><p14:sldId id="x"/>')
        swap(parts, MAIN, '<p14:sldId id="259"/>', '<p14:sldId id="257"/>')

    edited(deck, lie)
    append(deck, [drawing("new")], section="new")
    assert of(deck) == [("Default Section", 1), ("one", 1), ("two", 2), ("new", 1)]
    assert_opens(deck)


def test_a_section_keeps_its_guid_and_a_new_one_gets_its_own(tmp_path):
    """The first section was deleted, so that the next made has the index of one there is."""
    deck = deck_of(tmp_path / "deck.pptx", "b", "b", "a", "b")

    def delete(parts):
        xml = parts[MAIN].decode()
        rows = xml.split("<p14:section ")
        rows[2] = rows[2].replace(
            "<p14:sldIdLst>", '<p14:sldIdLst><p14:sldId id="256"/><p14:sldId id="257"/>'
        )
        parts[MAIN] = "<p14:section ".join([rows[0], *rows[2:]]).encode()

    edited(deck, delete)
    append(deck, [drawing("c")], section="c")
    append(deck, [drawing("d")], section="b")
    assert_opens(deck)
    assert [name for name, _ in of(deck)] == ["a", "b", "c", "b"]


IDS = st.lists(st.integers(256, 270), max_size=8)
SECTIONS = st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.just("{X}"), IDS.map(tuple)))


@given(
    sections=SECTIONS,
    older=IDS.map(dict.fromkeys).map(list),
    added=st.lists(st.sampled_from(["", "a", "c"])),
)
def test_every_slide_is_listed_once_and_in_order(sections, older, added):
    new = [(name, 1000 + number) for number, name in enumerate(added)]
    found = with_slides(sections, older, new)
    if not found:
        assert not sections
        assert not any(added)
        return
    listed = [number for _, _, ids in found for number in ids]
    assert sorted(listed) == sorted([*older, *(number for _, number in new)])
    assert all(list(ids) == sorted(ids, key=[*older, *listed].index) for _, _, ids in found)
    again = read_sections(etree.fromstring(sections_xml(found)))
    assert [ids for _, _, ids in again] == [ids for _, _, ids in found]
    assert with_slides(again, listed, []) == again
