import io
import random
import struct
import zipfile
import zlib

import pytest

from svg2pptx_batch.deck import DeckWriter, load_template
from svg2pptx_batch.errors import UsageError
from tests.support.decks import part_names, read_part, read_slides
from tests.support.slides import shape_slide
from tests.support.templates import (
    MAIN,
    MAIN_RELS,
    REL,
    TYPES,
    declare,
    drawing,
    edited,
    faults,
    link,
    plain,
    swap,
)

LAYOUT = "ppt/slideLayouts/slideLayout7.xml"
LAYOUT_RELS = "ppt/slideLayouts/_rels/slideLayout7.xml.rels"
MASTER = "ppt/slideMasters/slideMaster1.xml"
MASTER_RELS = "ppt/slideMasters/_rels/slideMaster1.xml.rels"
THEME = "ppt/theme/theme1.xml"
SLIDE = "ppt/slides/slide1.xml"
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


def refused(path, match=None, *, append=True):
    """Fail unless a deck is refused, to append to or as template, with its name and a remedy."""
    with pytest.raises(UsageError, match=match) as caught:
        load_template(path, append=append).close()
    assert path.name in str(caught.value)
    assert caught.value.remedy


def both(path, match=None):
    refused(path, match)
    refused(path, match, append=False)


@pytest.fixture
def deck(tmp_path):
    return plain(tmp_path / "deck.pptx", 2)


def with_part(name, data):
    return lambda parts: parts.update({name: data})


def ahead(name, text):
    """Put text before the root element of a part."""

    def edit(parts):
        xml = parts[name].decode().partition("?>")[2]
        parts[name] = (text + xml).encode()

    return edit


def without(*names):
    return lambda parts: [parts.pop(name) for name in names]


def swapped(name, old, new):
    return lambda parts: swap(parts, name, old, new)


@pytest.mark.parametrize(
    ("edit", "match"),
    [
        (without(TYPES), "no part"),
        (without("_rels/.rels"), "no presentation"),
        (without(MAIN), "no presentation"),
        (without(MAIN_RELS), None),
        (without(MASTER), None),
        (without(MASTER_RELS), None),
        (without(THEME), "no theme"),
        (without(LAYOUT), "not there"),
        (with_part(TYPES, b""), "no XML"),
        (with_part(MAIN, b"<a/>"), None),
        (with_part(MAIN, b"\xff\xfe<"), "no XML"),
        (with_part(THEME, b"<theme"), "theme1.xml"),
        (with_part(LAYOUT, b"not XML"), "slideLayout7.xml"),
        (ahead(MAIN, LAUGHS), "document type"),
        (ahead(TYPES, LAUGHS), "document type"),
        (ahead(MAIN_RELS, "<!DOCTYPE x>"), "document type"),
        (ahead(THEME, LAUGHS), "document type"),
        (ahead(LAYOUT, "<!-- " + "x" * 3_000_000 + " --><!DOCTYPE x>"), "document type"),
        (swapped(MAIN, "<p:sldSz ", "<p:other "), "no slide size"),
        (swapped(MAIN, 'cx="9144000"', 'cx="wide"'), "no slide size"),
        (swapped(MAIN, 'cx="9144000"', 'cx="0"'), "no size that PowerPoint takes"),
        (swapped(MAIN, 'cx="9144000"', f'cx="{"9" * 5000}"'), "no slide size"),
        (swapped(MAIN, "<p:sldMasterIdLst>", "<p:x><p:sldMasterIdLst>"), None),
        (swapped(MAIN, 'r:id="rId1"', 'r:id="rId99"'), None),
        (swapped(MAIN_RELS, 'Id="rId2"', 'Id="rId1"'), "two relationships"),
        (swapped(MAIN_RELS, 'Id="rId2"', 'Id=""'), "no or two relationships"),
        (swapped(MASTER_RELS, "theme/theme1.xml", "theme/none.xml"), "no theme"),
        (
            swapped(TYPES, "presentationml.presentation.main+xml", "spreadsheetml.sheet.main+xml"),
            "no presentation",
        ),
        (swapped(TYPES, 'PartName="/ppt/theme/theme1.xml"', 'PartName="/x"'), None),
        (
            lambda parts: parts.update(
                {
                    name: data.replace(
                        b"http://schemas.openxmlformats.org/officeDocument/2006/",
                        b"http://purl.oclc.org/ooxml/officeDocument/",
                    )
                    for name, data in parts.items()
                    if name.endswith(".rels")
                }
            ),
            "Strict",
        ),
    ],
)
def test_a_broken_deck_is_refused(deck, edit, match):
    both(edited(deck, edit), match)


@pytest.mark.parametrize(
    ("edit", "match"),
    [
        (without(SLIDE), "slide 256 is missing"),
        (swapped(MAIN, 'id="256"', 'id="first"'), "'first' is no id"),
        (swapped(MAIN, 'id="256"', f'id="{"9" * 5000}"'), "is no id"),
        (swapped(MAIN, 'id="256"', 'id="12"'), "'12' is no id"),
        (swapped(MAIN, 'id="256"', 'id="257"'), "lists slide 257 twice"),
        (swapped(MAIN, 'id="257" r:id="rId9"', 'id="257" r:id="rId7"'), "twice"),
        (swapped(MAIN_RELS, "slides/slide2.xml", "slides/slide1.xml"), "twice"),
        (swapped(MAIN, 'r:id="rId7"', 'r:id="rId1"'), "slide 256 is missing"),
        (swapped(MAIN, 'r:id="rId7"', ""), "slide 256 is missing"),
        (swapped(TYPES, 'PartName="/ppt/slides/slide1.xml"', 'PartName="/x"'), "256 is missing"),
        (without("ppt/slides/_rels/slide1.xml.rels"), "slide 256 has no layout"),
        (with_part(SLIDE, b"<p:sld"), "slide1.xml"),
        (ahead(SLIDE, LAUGHS), "document type"),
        (ahead("ppt/slides/_rels/slide1.xml.rels", LAUGHS), "document type"),
        (ahead("docProps/core.xml", "<!DOCTYPE x>"), "document type"),
    ],
)
def test_a_deck_with_broken_slides_is_refused_to_append_to(deck, edit, match):
    refused(edited(deck, edit), match)


def test_broken_slides_do_not_matter_to_a_template(deck):
    edited(deck, swapped(MAIN, 'id="256"', 'id="first"'))
    edited(deck, with_part(SLIDE, b"<p:sld"))
    assert load_template(deck).layout == LAYOUT


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "no presentation"),
        (b"PK\3\4 torn", "no presentation"),
        (b"%PDF-1.7", "no presentation"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "password"),
        (b"PK\5\6" + bytes(18), "no part"),
    ],
)
def test_what_is_no_package_is_refused(tmp_path, content, match):
    path = tmp_path / "deck.pptx"
    path.write_bytes(content)
    both(path, match)


def test_a_folder_is_refused(tmp_path):
    path = tmp_path / "deck.pptx"
    path.mkdir()
    both(path, "not there")


def test_a_torn_deck_is_refused(deck):
    data = deck.read_bytes()
    for length in range(0, len(data), len(data) // 15):
        deck.write_bytes(data[:length])
        both(deck)


def rezip(path, change):
    """Write a deck anew, each entry as `change` has it."""
    with zipfile.ZipFile(path) as archive:
        entries = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        change(archive, entries)


def test_two_parts_of_a_name_are_refused(deck):
    def twice(archive, entries):
        for info, data in entries:
            archive.writestr(info, data)
        archive.writestr("PPT/%74heme/theme1.xml", b"<a/>")

    rezip(deck, twice)
    both(deck, "two parts")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_compression_are_refused(deck, method):
    def other(archive, entries):
        for info, data in entries:
            archive.writestr(info.filename, data, compress_type=method)

    rezip(deck, other)
    both(deck, "compressed")


def test_too_many_entries_are_refused(deck):
    def many(archive, entries):
        for info, data in entries:
            archive.writestr(info, data)
        for number in range(66_000):
            archive.writestr(f"x/{number}", b"")

    rezip(deck, many)
    both(deck, "reasonable")


def forge(path, name, **fields):
    """Make the directory lie about an entry: `size` or `crc`."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(name)
    for at, record in ((info.header_offset, 14), (None, 16)):
        start = at
        if start is None:
            start = next(
                at
                for at in range(len(data))
                if data[at : at + 4] == b"PK\1\2"
                and data[at + 46 : at + 46 + len(name)] == name.encode()
            )
        if "crc" in fields:
            struct.pack_into("<L", data, start + record, fields["crc"])
        if "size" in fields:
            struct.pack_into("<L", data, start + record + 8, fields["size"])
    path.write_bytes(data)


@pytest.mark.parametrize("name", [MAIN, THEME, LAYOUT, TYPES, LAYOUT_RELS, "docProps/app.xml"])
def test_a_wrong_checksum_is_told(deck, name):
    forge(deck, name, crc=1)
    if name == "docProps/app.xml":
        refused(deck, "CRC")
    else:
        both(deck, "CRC")


@pytest.mark.parametrize("size", [2**32 - 2, 2**31 + 1, 17 * 2**20, 3])
def test_a_claimed_size_is_not_believed(deck, size):
    forge(deck, THEME, size=size)
    both(deck)


def test_a_bomb_is_refused(deck):
    def bomb(parts):
        declare(parts, "ppt/bomb.xml", "application/xml")
        link(parts, MAIN, "rId90", "customXml", "bomb.xml")
        parts["ppt/bomb.xml"] = b"<a>" + b" " * (20 * 2**20) + b"</a>"

    edited(deck, bomb)
    forge(deck, "ppt/bomb.xml", size=2**31)
    both(deck, "reasonable")


def test_huge_masters_are_refused(deck):
    edited(deck, lambda p: p.update({MASTER: p[MASTER] + b" " * (17 * 2**20)}))
    both(deck, "larger than 16 MiB")


def test_nothing_outside_the_file_is_read(deck, tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_text("<secret/>")

    def reach_out(parts):
        for number, target in enumerate(
            ("../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "..\\..\\secret.xml"),
            90,
        ):
            link(parts, MAIN, f"rId{number}", "customXml", target)
        link(parts, MAIN, "rId95", "customXml", "../../secret.xml")
        link(parts, MAIN, "rId96", "customXml", "//[bad/x")
        link(parts, MAIN, "rId97", "customXml", "")
        link(parts, MAIN, "rId98", "hyperlink", secret.as_uri(), "External")

    edited(deck, reach_out)
    template = load_template(deck)
    target = tmp_path / "new.pptx"
    with DeckWriter(target, template.size, template=template) as writer:
        writer.add(shape_slide())
    assert not faults(target)
    assert all(b"<secret" not in read_part(target, name) for name in part_names(target))
    written = read_part(target, MAIN_RELS)
    assert secret.as_uri().encode() in written
    assert b"passwd" not in written
    assert b"[bad" not in written


def test_relationships_may_go_in_circles(deck):
    def circle(parts):
        for number in range(3000):
            name = f"customXml/item{number}.xml"
            parts[name] = b"<a/>"
            link(parts, name, "rId1", "customXml", f"item{(number + 1) % 3000}.xml")
        link(parts, MAIN, "rId90", "customXml", "/customXml/item0.xml")

    edited(deck, circle)
    template = load_template(deck)
    assert sum(part.name.startswith("customXml/item") for part in template.parts) == 3000


def test_a_fuzzed_deck_is_refused_or_gives_one_that_is_read(deck, tmp_path):
    chance = random.Random(5)
    sound = deck.read_bytes()
    broken = 0
    for _ in range(150):
        data = bytearray(sound)
        for _ in range(chance.choice((1, 1, 3, 20))):
            at = chance.randrange(len(data))
            data[at] = chance.randrange(256)
        deck.write_bytes(data)
        for append in (False, True):
            try:
                template = load_template(deck, append=append)
            except UsageError as error:
                assert error.remedy
                broken += 1
                continue
            stream = io.BytesIO()
            with DeckWriter(stream, template.size, template=template) as writer:
                writer.add(drawing("a"), name="a")
            stream.seek(0)
            assert read_slides(stream)
    assert broken > 50


def test_parts_fuzzed_as_text_are_refused_or_give_a_deck_that_is_read(deck):
    """As above, but with checksums that are right, so that the damage reaches what reads XML."""
    chance = random.Random(7)
    with zipfile.ZipFile(deck) as archive:
        sound = {name: archive.read(name) for name in archive.namelist()}
    read = [MAIN, MAIN_RELS, TYPES, "_rels/.rels", MASTER, MASTER_RELS, THEME, LAYOUT, SLIDE]
    for _ in range(60):
        name = chance.choice(read)
        data = bytearray(sound[name])
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.choice(b"0123456789-<>/=\"' abrIdx\xff")
            case 1:
                del data[at : at + chance.randrange(1, 60)]
            case _:
                start = data.find(b'="', at) + 2
                end = data.find(b'"', start)
                data[start:end] = chance.choice((b"", b"-1", b"1e9", b"x", b"9" * 30, b"rId3"))
        with zipfile.ZipFile(deck, "w", zipfile.ZIP_DEFLATED) as archive:
            for key, value in (sound | {name: bytes(data)}).items():
                archive.writestr(key, value)
        for append in (False, True):
            try:
                template = load_template(deck, append=append)
            except UsageError as error:
                assert error.remedy
                continue
            stream = io.BytesIO()
            with DeckWriter(stream, template.size, template=template) as writer:
                writer.add(drawing("a"), name="a")
            stream.seek(0)
            assert len(part_names(stream)) == len(set(part_names(stream)))


def test_names_and_types_are_compared_as_the_standard_says(deck, tmp_path):
    def respell(parts):
        parts["PPT/Theme/Theme1.xml"] = parts.pop(THEME)
        parts["ppt/media/b%C3%BCro.PNG"] = b"x"
        swap(parts, TYPES, 'Extension="png"', 'Extension="PNG"') if b'"png"' in parts[TYPES] else 0
        link(parts, MASTER, "rId90", "image", "../Media/b&#xfc;ro.png")

    edited(deck, respell)
    template = load_template(deck)
    names = {part.name for part in template.parts}
    assert {"PPT/Theme/Theme1.xml", "ppt/media/b%C3%BCro.PNG"} <= names
    rels = next(part for part in template.parts if part.name == MASTER_RELS)
    written = zlib.decompress(rels.payload.data, -15)
    assert b'Target="../media/b%C3%BCro.PNG"' in written
    assert f'Type="{REL}/image"'.encode() in written
