import os
import pathlib
import random
import tracemalloc
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pptx import Presentation

from svg2pptx_batch.deck import DeckWriter, Properties, load_template, parse_slide_size
from svg2pptx_batch.errors import OutputError, UsageError
from tests.support.decks import assert_opens, part_names, read_part, read_slides
from tests.support.slides import picture_slide, png
from tests.support.templates import (
    LIBREOFFICE,
    MAIN,
    MAIN_RELS,
    append,
    assert_no_worse,
    declare,
    drawing,
    edited,
    link,
    named,
    plain,
    rich,
    swap,
)


def own(path, names=("x.svg",)):
    """A deck of ours."""
    with DeckWriter(path, parse_slide_size("16:9"), properties=Properties(title="Mine")) as deck:
        for name in names:
            deck.add(drawing(name), name=name)
    return path


def from_libreoffice(path):
    path.write_bytes(LIBREOFFICE.read_bytes())
    return path


def odd(path):
    """A deck whose slides have odd names, ids and order."""
    plain(path)

    def change(parts):
        for name in [name for name in parts if "slides/" in name and "slide2.xml" in name]:
            new = name.replace("ppt/slides/", "ppt/Pages/deep/").replace("slide2", "slide0007")
            parts[new] = parts.pop(name).replace(b"../", b"../../").replace(b"Slide2", b"Slide2")
        parts["ppt/notesSlides/_rels/notesSlide2.xml.rels"] = parts[
            "ppt/notesSlides/_rels/notesSlide2.xml.rels"
        ].replace(b"../slides/slide2.xml", b"/ppt/Pages/deep/slide0007.xml")
        swap(parts, MAIN_RELS, "slides/slide2.xml", "/ppt/Pages/deep/slide0007.xml")
        swap(
            parts, "[Content_Types].xml", "/ppt/slides/slide2.xml", "/ppt/Pages/deep/slide0007.xml"
        )
        swap(parts, MAIN, 'id="257"', 'id="2147483647"')
        swap(parts, "ppt/Pages/deep/slide0007.xml", "<p:cSld>", "<p:cSld name='b.svg'>")

    return edited(path, change)


KINDS = {"own": own, "plain": plain, "rich": rich, "libreoffice": from_libreoffice, "odd": odd}


@pytest.fixture(params=sorted(KINDS))
def deck(request, tmp_path):
    return KINDS[request.param](tmp_path / "deck.pptx")


def content(path, skip=()):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name not in skip}


def test_appending_twice_gives_the_same_bytes(deck, tmp_path):
    before = tmp_path / "before.pptx"
    before.write_bytes(deck.read_bytes())
    old = read_slides(before)
    slides = [
        drawing("a.svg", "Notes of a"),
        named(picture_slide(png(1, 1, 1)), "folder/b & c.svg"),
        drawing("a.svg"),
    ]
    append(deck, slides, section="new")
    assert_no_worse(deck, before)
    first = deck.read_bytes()
    append(deck, slides, section="new")
    assert deck.read_bytes() == first
    new = read_slides(deck)
    assert [slide.part for slide in new[: len(old)]] == [slide.part for slide in old]
    assert len(new) == len(old) + 3
    kept = content(deck)
    changed = {MAIN, MAIN_RELS, "[Content_Types].xml", "_rels/.rels"}
    for name, data in content(before, changed).items():
        assert kept[name] == data, name


def test_a_slide_of_the_same_drawing_is_replaced_where_it_stands(tmp_path):
    deck = odd(tmp_path / "deck.pptx")
    before = read_slides(deck)
    append(deck, [drawing("z.svg"), drawing("b.svg", "New notes", width=77)])
    after = read_slides(deck)
    assert [slide.part for slide in after[:3]] == [slide.part for slide in before]
    assert after[1].find(".//a:ext[@cx='77']")
    assert after[1].kinds.keys() == {"rId1", "rId2"}
    notes = after[1].relationships["rId2"]
    assert notes == "ppt/notesSlides/notesSlide2.xml"
    assert b"New notes" in read_part(deck, notes)
    assert b"Old notes 3" in read_part(deck, "ppt/notesSlides/notesSlide3.xml")
    assert b'id="2147483647"' in read_part(deck, MAIN)
    assert_no_worse(deck, plain(tmp_path / "plain.pptx"))
    assert Presentation(str(deck)).slides[1].notes_slide.notes_text_frame.text == "New notes"


def test_pictures_nobody_shows_any_more_are_gone_and_shared_ones_stay(tmp_path):
    deck = own(tmp_path / "deck.pptx", ())
    red, blue, green = png(255, 0, 0), png(0, 0, 255), png(0, 255, 0)
    append(deck, [named(picture_slide(p), n) for p, n in ((red, "a"), (red, "b"), (blue, "c"))])
    append(deck, [named(picture_slide(green), "a"), drawing("c")])
    assert_opens(deck)
    media = {read_part(deck, name) for name in part_names(deck) if "/media/" in name}
    assert media == {red, green}


def test_the_documents_properties_stay(tmp_path):
    deck = rich(tmp_path / "deck.pptx")
    app = read_part(deck, "docProps/app.xml")
    append(deck, [drawing("a.svg")])
    assert Presentation(str(deck)).core_properties.title == "The template's title"
    assert read_part(deck, "docProps/app.xml") == app


@pytest.mark.parametrize("kind", ["template", "slideshow"])
def test_a_deck_stays_what_it_is(tmp_path, kind):
    main = "presentationml.{}.main+xml"
    deck = edited(
        plain(tmp_path / "deck.potx"),
        lambda parts: swap(
            parts, "[Content_Types].xml", main.format("presentation"), main.format(kind)
        ),
    )
    append(deck, [drawing("a.svg")])
    assert main.format(kind).encode() in read_part(deck, "[Content_Types].xml")


def test_slides_of_the_same_name_are_replaced_one_by_one(tmp_path):
    deck = own(tmp_path / "deck.pptx", ("a", "a", "b"))
    append(deck, [drawing("a", width=1), drawing("a", width=2), drawing("a", width=3)])
    widths = [slide.find(".//a:ext/@cx") for slide in read_slides(deck)]
    assert widths == [["1"], ["2"], ["1828800"], ["3"]]


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param(lambda xml: xml.replace('name="n&amp;1"', "name='n&amp;1'"), id="quotes"),
        pytest.param(
            lambda xml: (
                xml.replace("<p:", "<q:").replace("</p:", "</q:").replace("xmlns:p=", "xmlns:q=")
            ),
            id="prefix",
        ),
        pytest.param(
            lambda xml: xml.replace("<p:", "<").replace("</p:", "</").replace("xmlns:p=", "xmlns="),
            id="no prefix",
        ),
        pytest.param(lambda xml: xml.replace(' name="n', '\n x="1>2"\tname = "n'), id="attributes"),
        pytest.param(lambda xml: xml.replace('"n&amp;1"', '"&#x6e;&#38;1"'), id="references"),
        pytest.param(
            lambda xml: xml.replace("<p:cSld", '<!-- <p:cSld name="no"> --><p:cSld'), id="comment"
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_slide_is_known_however_its_name_is_written(tmp_path, spelling, encoding):
    deck = own(tmp_path / "deck.pptx", ("n&1", "other"))

    def respell(parts):
        xml = spelling(parts["ppt/slides/slide1.xml"].decode())
        xml = xml.replace("UTF-8", encoding.removesuffix("-sig").upper())
        parts["ppt/slides/slide1.xml"] = xml.encode(encoding)

    edited(deck, respell)
    append(deck, [drawing("n&1", width=5)])
    slides = read_slides(deck)
    assert len(slides) == 2
    assert slides[0].find(".//a:ext/@cx") == ["5"]


def test_a_name_that_xml_cannot_hold_is_known_again(tmp_path):
    deck = own(tmp_path / "deck.pptx", ())
    for _ in range(2):
        template = load_template(deck, append=True)
        with DeckWriter(deck, template.size, template=template) as writer:
            writer.add(drawing("a\x01\udc80 &amp;b"), name="a\x01\udc80 &amp;b")
    assert len(read_slides(deck)) == 1


def test_slides_that_share_their_notes_do_not_lose_them(tmp_path):
    deck = own(tmp_path / "deck.pptx", ())
    append(deck, [drawing("a", "Notes of a"), drawing("b")])

    def share(parts):
        link(parts, "ppt/slides/slide2.xml", "rId9", "notesSlide", "../notesSlides/notesSlide1.xml")

    edited(deck, share)
    append(deck, [drawing("a", "Better notes")])
    slides = Presentation(str(deck)).slides
    texts = [slide.notes_slide.notes_text_frame.text for slide in slides]
    assert texts == ["Better notes", "Notes of a"]
    assert len(part_names(deck)) == len(set(part_names(deck)))


def test_links_between_slides_stay(tmp_path):
    deck = rich(tmp_path / "deck.pptx")
    append(deck, [drawing("a.svg")])
    slides = Presentation(str(deck)).slides
    assert slides[2].shapes.title.click_action.target_slide.part is slides[0].part
    assert b"<p:custShow " in read_part(deck, MAIN)


def test_a_slide_that_is_not_listed_goes_with_what_leads_to_it(tmp_path):
    deck = rich(tmp_path / "deck.pptx")

    def unlist(parts):
        swap(parts, MAIN, '<p:sldId id="256" r:id="rId7"/>', "")

    edited(deck, unlist)
    append(deck, [drawing("a.svg")])
    assert_opens(deck)
    assert "ppt/slides/slide1.xml" not in part_names(deck)
    assert b"hlinkClick" not in read_part(deck, "ppt/slides/slide3.xml")
    assert b"rId7" not in read_part(deck, MAIN)


def test_references_that_lead_nowhere_are_taken_out(tmp_path):
    deck = plain(tmp_path / "deck.pptx")

    def damage(parts):
        del parts["ppt/media/image1.png"]

    edited(deck, damage)
    append(deck, [drawing("a.svg")])
    assert_opens(deck)
    assert len(read_slides(deck)) == 4


def test_what_cannot_be_taken_out_is_refused(tmp_path):
    deck = rich(tmp_path / "deck.pptx")
    edited(deck, lambda parts: [parts.pop(name) for name in list(parts) if "charts/" in name])
    before = deck.read_bytes()
    with pytest.raises(UsageError, match="chart refers to a part that is not there"):
        append(deck, [drawing("a.svg")])
    assert deck.read_bytes() == before


def test_names_may_differ_in_case_and_encoding(tmp_path):
    deck = plain(tmp_path / "deck.pptx")

    def respell(parts):
        parts["ppt/media/My%20Image.PNG"] = parts.pop("ppt/media/image1.png")
        for number in (1, 2, 3):
            rels = f"ppt/slides/_rels/slide{number}.xml.rels"
            swap(parts, rels, "../media/image1.png", "/ppt/Media/my%20image.png#x")

    edited(deck, respell)
    append(deck, [drawing("a.svg")])
    assert_opens(deck)
    assert "ppt/media/My%20Image.PNG" in part_names(deck)


def test_a_notes_master_that_nobody_lists_is_not_written_twice(tmp_path):
    deck = plain(tmp_path / "deck.pptx")

    def unlist(parts):
        rels = parts[MAIN_RELS].decode()
        start = rels.index("<Relationship", rels.index("notesMaster") - 200)
        rows = [f"<Relationship {row}" for row in rels[start:].split("<Relationship ") if row]
        for row in rows:
            if "/notesMaster" in row:
                parts[MAIN_RELS] = rels.replace(row.partition("/>")[0] + "/>", "").encode()
        xml = parts[MAIN].decode()
        head, _, rest = xml.partition("<p:notesMasterIdLst>")
        parts[MAIN] = (head + rest.partition("</p:notesMasterIdLst>")[2]).encode()

    edited(deck, unlist)
    append(deck, [drawing("a.svg", "Notes")])
    names = part_names(deck)
    assert len(names) == len(set(names))
    assert b"Old notes 1" in read_part(deck, "ppt/notesSlides/notesSlide1.xml")
    assert Presentation(str(deck)).slides[3].notes_slide.notes_text_frame.text == "Notes"


def test_a_deck_with_macros_is_refused(tmp_path):
    deck = plain(tmp_path / "deck.pptm")
    old = "vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    new = "vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
    edited(deck, lambda parts: swap(parts, "[Content_Types].xml", old, new))
    with pytest.raises(UsageError, match="macros"):
        load_template(deck, append=True)


def open_files():
    folder = pathlib.Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("needs /proc")
    return {str(each.readlink()) for each in folder.iterdir() if each.exists()}


@pytest.mark.parametrize("when", ["layout", "date", "target", "slide"])
def test_a_failure_leaves_the_deck_as_it_was_and_closed(tmp_path, monkeypatch, when):
    deck = plain(tmp_path / "deck.pptx")
    before = deck.read_bytes()
    if when == "date":
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "never")
    target = tmp_path / "no" / "deck.pptx" if when == "target" else deck

    def run():
        layout = "nothing" if when == "layout" else ""
        template = load_template(deck, layout, append=True)
        with DeckWriter(target, template.size, template=template) as writer:
            writer.add(drawing("a.svg", "notes" if when == "slide" else ""), name="a.svg")
            if when == "slide":
                raise OutputError("stop")

    with pytest.raises((UsageError, OutputError)):
        run()
    assert deck.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["deck.pptx"]
    assert str(deck) not in open_files()


NAMES = st.sampled_from(["a", "b", "c/d", "e&f"])
RUNS = st.lists(
    st.tuples(
        st.lists(st.tuples(NAMES, st.sampled_from(["", "one", "two"])), max_size=4),
        st.sampled_from(["", "s1", "s2"]),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kind=st.sampled_from(sorted(KINDS)), runs=RUNS)
def test_any_appending_keeps_a_deck_sound_and_repeating_it_changes_nothing(tmp_path, kind, runs):
    source = KINDS[kind](tmp_path / "source.pptx")
    deck = tmp_path / "deck.pptx"
    deck.write_bytes(source.read_bytes())
    slides = []
    for run, section in runs:
        slides = [drawing(name, notes) for name, notes in run]
        append(deck, slides, section=section)
    assert_no_worse(deck, source)
    before = deck.read_bytes()
    append(deck, slides, section=runs[-1][1])
    assert deck.read_bytes() == before


def test_a_large_part_is_not_held_in_memory(tmp_path):
    deck = plain(tmp_path / "deck.pptx")

    def film(parts):
        parts["ppt/media/film.mp4"] = random.Random(1).randbytes(2**20) * 40
        declare(parts, "ppt/media/film.mp4", "video/mp4")
        link(parts, "ppt/slides/slide1.xml", "rId90", "video", "../media/film.mp4")

    edited(deck, film)
    tracemalloc.start()
    try:
        append(deck, [drawing("a")])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * 2**20
    assert len(read_part(deck, "ppt/media/film.mp4")) == 40 * 2**20


def test_a_deck_that_shrinks_meanwhile_is_told(tmp_path):
    deck = plain(tmp_path / "deck.pptx")
    template = load_template(deck, append=True)
    target = tmp_path / "new.pptx"
    os.truncate(deck, 5000)
    with pytest.raises(UsageError, match="has changed"):
        DeckWriter(target, template.size, template=template)
    assert not target.exists()


def test_declared_types_are_written_as_they_are(tmp_path):
    deck = plain(tmp_path / "deck.pptx")

    def add(parts):
        parts["customXml/item1.bin"] = b"\0"
        declare(parts, "customXml/item1.bin", "application/x;a=&quot;&lt;")
        link(parts, MAIN, "rId80", "customXml", "../customXml/item1.bin")

    edited(deck, add)
    append(deck, [drawing("a.svg")])
    assert b'application/x;a=&quot;&lt;"' in read_part(deck, "[Content_Types].xml")
    assert Presentation(str(deck)).slides
