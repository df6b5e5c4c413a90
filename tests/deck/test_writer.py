import datetime
import io
import os
import pathlib
import subprocess
import sys
import tracemalloc
import zipfile

import pytest

from svg2pptx_batch.deck import (
    MAX_SLIDES,
    DeckWriter,
    Properties,
    check_slide_count,
    pack,
    parse_slide_size,
    unpack,
)
from svg2pptx_batch.drawingml.slide import Relationship, Slide
from svg2pptx_batch.errors import ExitCode, OutputError, UsageError
from tests.support.decks import assert_opens, part_names, read_part, read_slides
from tests.support.slides import RECTANGLE, picture_slide, png, shape_slide, slide_xml

WIDE = parse_slide_size("16:9")


def write(target, slides, **options):
    with DeckWriter(target, WIDE, **options) as deck:
        for slide in slides:
            deck.add(slide)
    return target


def test_a_deck_of_shapes_opens(tmp_path):
    path = write(tmp_path / "deck.pptx", [shape_slide(), unpack(pack(shape_slide()))])
    assert_opens(path)
    first, second = read_slides(path)
    assert first.part == "ppt/slides/slide1.xml"
    assert first.names == second.names == ["Rectangle"]
    assert list(first.kinds.values()) == ["slideLayout"]


def test_a_deck_without_slides_opens(tmp_path):
    path = write(tmp_path / "deck.pptx", [])
    assert_opens(path)
    assert read_slides(path) == []


@pytest.mark.parametrize("size", ["16:9", "4:3", "a4", "1x56in", "56x1in"])
def test_the_slide_size_is_set(tmp_path, size):
    path = tmp_path / "deck.pptx"
    with DeckWriter(path, parse_slide_size(size)) as deck:
        deck.add(shape_slide())
    assert_opens(path)
    from pptx import Presentation

    presentation = Presentation(str(path))
    assert (presentation.slide_width, presentation.slide_height) == parse_slide_size(size)


def test_nothing_waits_for_the_central_directory(tmp_path):
    """Sniffers read the first entries: relationships, something, then a part below ppt."""
    names = part_names(write(tmp_path / "deck.pptx", [shape_slide()]))
    assert names[0] == "_rels/.rels"
    assert names[2].startswith("ppt/")
    assert len(names) == len(set(names))


def test_a_picture_is_stored_once(tmp_path):
    red, blue = png(255, 0, 0), png(0, 0, 255)
    path = write(tmp_path / "deck.pptx", map(picture_slide, (red, blue, red, red)))
    assert_opens(path)
    media = [name for name in part_names(path) if name.startswith("ppt/media/")]
    assert len(media) == 2
    assert {read_part(path, name) for name in media} == {red, blue}
    targets = [slide.relationships["rId2"] for slide in read_slides(path)]
    assert targets[0] == targets[2] == targets[3] != targets[1]
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo(media[0]).compress_type == zipfile.ZIP_STORED


def test_links_lead_outside(tmp_path):
    shape = RECTANGLE.replace(
        'name="Rectangle"/>', 'name="Rectangle"><a:hlinkClick r:id="rId2"/></p:cNvPr>'
    )
    address = "https://example.org/a?b=1&c=%20d"
    slide = Slide(slide_xml(shape), (Relationship("rId2", "hyperlink", address),))
    path = write(tmp_path / "deck.pptx", [slide])
    assert_opens(path)
    assert read_slides(path)[0].relationships["rId2"] == address


def test_a_picture_that_is_not_carried_is_a_defect(tmp_path):
    slide = Slide(slide_xml(), (Relationship("rId2", "image", "0123456789abcdef.png"),))
    with pytest.raises(ValueError, match="does not carry"):
        write(tmp_path / "deck.pptx", [slide])
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_relationship_is_a_defect(tmp_path):
    slide = Slide(slide_xml(), (Relationship("rId2", "video", "x"),))
    with pytest.raises(ValueError, match="unknown kind"):
        write(tmp_path / "deck.pptx", [slide])


def test_equal_slides_give_equal_bytes(tmp_path):
    slides = [shape_slide(), picture_slide(png(1, 2, 3))]
    buffer = io.BytesIO()
    write(buffer, [unpack(pack(slide)) for slide in slides])
    path = write(tmp_path / "deck.pptx", slides)
    assert path.read_bytes() == buffer.getvalue()


def test_bytes_depend_on_no_hash_seed_time_zone_or_locale(tmp_path):
    program = (
        "import sys\n"
        "from svg2pptx_batch.deck import DeckWriter, parse_slide_size\n"
        "from tests.support.slides import *\n"
        "with DeckWriter(sys.stdout.buffer, parse_slide_size('16:9')) as deck:\n"
        "    for n in range(5): deck.add(picture_slide(png(n, n, n)), section=str(n // 2))\n"
    )
    root = pathlib.Path(__file__).parents[2]
    decks = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
            check=True,
            capture_output=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Kathmandu"))
    ]
    assert decks[0] == decks[1]
    assert_opens(io.BytesIO(decks[0]))


def test_properties(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    path = write(
        tmp_path / "deck.pptx",
        [shape_slide()],
        properties=Properties(
            title="Fish & <chips>\x01", author="Ä", subject="s", keywords="k", description="d\ne"
        ),
    )
    assert_opens(path)
    from pptx import Presentation

    core = Presentation(str(path)).core_properties
    assert core.title == "Fish & <chips>"
    assert (core.author, core.last_modified_by) == ("Ä", "Ä")
    assert (core.subject, core.keywords, core.comments) == ("s", "k", "d\ne")
    assert core.created == core.modified
    assert core.created.replace(tzinfo=None) == datetime.datetime(1970, 1, 2)


def test_a_given_date_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    made = datetime.datetime(
        2024, 5, 6, 7, 8, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=2))
    )
    path = write(tmp_path / "deck.pptx", [], properties=Properties(created=made))
    assert b"2024-05-06T05:08:09Z" in read_part(path, "docProps/core.xml")


def test_without_a_date_there_is_a_fixed_one(tmp_path, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    path = write(tmp_path / "deck.pptx", [])
    assert b"1980-01-01T00:00:00Z" in read_part(path, "docProps/core.xml")


@pytest.mark.parametrize("text", ["yesterday", "9" * 30])
def test_a_wrong_date_is_told_before_anything_is_written(tmp_path, monkeypatch, text):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        DeckWriter(tmp_path / "deck.pptx", WIDE)
    assert list(tmp_path.iterdir()) == []


def test_sections(tmp_path):
    path = tmp_path / "deck.pptx"
    with DeckWriter(path, WIDE) as deck:
        for section in ("", "icons", "icons", 'a "b" & c', "icons"):
            deck.add(shape_slide(), section=section)
    assert_opens(path)
    from lxml import etree

    root = etree.fromstring(read_part(path, "ppt/presentation.xml"))
    sections = root.findall(".//{*}section")
    assert [s.get("name") for s in sections] == ["Default Section", "icons", 'a "b" & c', "icons"]
    assert len({s.get("id") for s in sections}) == 4
    ids = [[e.get("id") for e in s.iter("{*}sldId")] for s in sections]
    assert ids == [["256"], ["257", "258"], ["259"], ["260"]]


def test_without_sections_there_is_no_list(tmp_path):
    path = write(tmp_path / "deck.pptx", [shape_slide()])
    assert b"section" not in read_part(path, "ppt/presentation.xml")
    assert b"<?deck" not in read_part(path, "ppt/presentation.xml")


def test_too_many_slides_are_refused_before_work_begins():
    check_slide_count(MAX_SLIDES)
    with pytest.raises(OutputError) as caught:
        check_slide_count(MAX_SLIDES + 1)
    assert caught.value.exit_code is ExitCode.OUTPUT
    assert "--mode" in caught.value.remedy


def test_memory_does_not_grow_with_the_slides(tmp_path):
    """Beside the archive's directory, some hundred bytes a slide, nothing is kept."""
    big = shape_slide("<!--" + "x" * 100_000 + "-->")
    with DeckWriter(tmp_path / "deck.pptx", WIDE) as deck:
        deck.add(big)
        tracemalloc.start()
        try:
            for _ in range(500):
                deck.add(big)
            kept, _peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert kept < 500 * 1000
