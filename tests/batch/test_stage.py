"""Templates, titles, notes, sections, theme colours and slide sizes, through the doors."""

from __future__ import annotations

import re
import shutil

import pytest
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Inches

from svg2pptx_batch import ConvertOptions, Job, JobOptions, convert, convert_many, inspect
from svg2pptx_batch.batch import assemble
from svg2pptx_batch.batch.inputs import Selection
from svg2pptx_batch.deck import size_for_drawing
from svg2pptx_batch.errors import ExitCode, OutputError, UsageError
from tests.support.decks import assert_opens, read_part, read_slides
from tests.support.jobs import make_icons

TITLED = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}"><title>{}</title>'
    '<desc>What it shows.</desc><rect width="20" height="20" fill="#2f6db5"/></svg>'
)
BLENDED = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">'
    '<rect width="15" height="5" style="mix-blend-mode: multiply"/></svg>'
)


@pytest.fixture
def brand(tmp_path):
    """A template of 9 by 5 inches whose first accent is ours, on a dark master."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Inches(9), Inches(5)
    mapping = presentation.slide_master.element.find(
        "{http://schemas.openxmlformats.org/presentationml/2006/main}clrMap"
    )
    mapping.set("bg1", "dk1")
    mapping.set("tx1", "lt1")
    path = tmp_path / "brand.pptx"
    presentation.save(str(path))
    return path


@pytest.fixture
def drawing(tmp_path):
    path = tmp_path / "in" / "logo.svg"
    path.parent.mkdir()
    path.write_text(TITLED.format(20, 20, "The logo"))
    return path


def many(source, output, options=None, **fields):
    return convert_many(
        source,
        output,
        options=options or ConvertOptions(),
        job_options=JobOptions(**{"jobs": 1, **fields}),
        selection=Selection(recursive=True),
    )


def titles(deck):
    found = []
    for slide in Presentation(str(deck)).slides:
        title = slide.shapes.title
        found.append(None if title is None else title.text)
    return found


def notes(deck):
    return [
        slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else None
        for slide in Presentation(str(deck)).slides
    ]


def sections(deck):
    """Return name and number of slides of each section."""
    xml = read_part(deck, "ppt/presentation.xml").decode()
    return [
        (name, rest.count("sldId id="))
        for name, rest in re.findall(r'section name="([^"]*)"(.*?)</p14:section>', xml)
    ]


# Titles


@pytest.mark.parametrize(
    ("wanted", "own", "branded"),
    [
        ("auto", None, "The logo"),
        ("none", None, None),
        ("name", "logo", "logo"),
        ("title", "The logo", "The logo"),
    ],
)
def test_titles_with_our_own_template_and_a_user_s(drawing, brand, tmp_path, wanted, own, branded):
    plain, with_brand = tmp_path / "plain.pptx", tmp_path / "branded.pptx"
    assert many(drawing, plain, ConvertOptions(titles=wanted)).ok
    options = ConvertOptions(titles=wanted, template=str(brand), layout="title only")
    assert many(drawing, with_brand, options).ok
    for deck in (plain, with_brand):
        assert_opens(deck)
    assert titles(plain) == [own]
    assert titles(with_brand) == [branded]


def test_a_drawing_without_a_title_is_called_by_its_name(tmp_path):
    make_icons(tmp_path / "in", 2)
    many(tmp_path / "in", tmp_path / "deck.pptx", ConvertOptions(titles="title"))
    assert titles(tmp_path / "deck.pptx") == ["icon0", "icon1"]


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("a\nb&#10;c\td", "a b c d"),
        ("&lt;/a:t&gt;&amp;quot; \x7f", "</a:t>&quot;"),
        ("x" * 1_000_000, "x" * 254 + "…"),
        ("   ", "logo"),
    ],
)
def test_hostile_titles(drawing, tmp_path, title, told):
    drawing.write_text(TITLED.format(20, 20, title))
    assert many(drawing, tmp_path / "deck.pptx", ConvertOptions(titles="title", notes=True)).ok
    assert_opens(tmp_path / "deck.pptx")
    assert titles(tmp_path / "deck.pptx") == [told]


def test_a_layout_without_a_title_cannot_give_one(drawing, brand, tmp_path):
    options = ConvertOptions(titles="name", template=str(brand), layout="blank")
    with pytest.raises(UsageError, match="has no title"):
        many(drawing, tmp_path / "deck.pptx", options)


# Notes


def test_notes_say_description_source_and_what_is_not_native(drawing, tmp_path):
    (drawing.parent / "more").mkdir()
    (drawing.parent / "more" / "blended.svg").write_text(BLENDED)
    deck = tmp_path / "deck.pptx"
    assert many(drawing.parent, deck, ConvertOptions(notes=True)).ok
    assert_opens(deck)
    first, second = notes(deck)
    assert first == "What it shows.\nSource: logo.svg"
    assert second.startswith("Source: more/blended.svg\nRasterised: ")
    assert "(rect, line 1)" in second


def test_without_the_option_there_are_no_notes(drawing, tmp_path):
    many(drawing, tmp_path / "deck.pptx")
    assert notes(tmp_path / "deck.pptx") == [None]
    assert b"notes" not in read_part(tmp_path / "deck.pptx", "[Content_Types].xml")


def test_too_many_slides_with_notes_are_refused_before_work(tmp_path, monkeypatch):
    monkeypatch.setattr("svg2pptx_batch.deck.writer.MAX_SLIDES_WITH_NOTES", 3)
    make_icons(tmp_path / "in", 4)
    with pytest.raises(OutputError, match="slides with notes"):
        many(tmp_path / "in", tmp_path / "deck.pptx", ConvertOptions(notes=True))
    assert not (tmp_path / "deck.pptx").exists()
    options = ConvertOptions(notes=True)
    assert many(tmp_path / "in", tmp_path / "deck.pptx", options, grid="2x2").ok
    make_icons(tmp_path / "in" / "a", 1)
    make_icons(tmp_path / "in" / "b", 1)
    make_icons(tmp_path / "in" / "c", 1)
    assert many(tmp_path / "in", tmp_path / "deck.pptx", options, grid="2x4").ok
    with pytest.raises(OutputError, match="slides with notes"):
        many(tmp_path / "in", tmp_path / "deck.pptx", options, grid="2x4", sections="folder")


# Theme colours


def test_a_user_s_theme_gives_its_colours_under_its_master_s_names(tmp_path, brand):
    (tmp_path / "one.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        '<path fill="#000" d="M0 0h2v2z"/><path fill="#fff" d="M3 3h2v2z"/>'
        '<path fill="#4f81bd" d="M6 6h2v2z"/></svg>'
    )
    deck = tmp_path / "deck.pptx"
    many(tmp_path / "one.svg", deck, ConvertOptions(theme_colors=0, template=str(brand)))
    assert_opens(deck)
    (slide,) = read_slides(deck)
    assert slide.find(".//a:schemeClr/@val") == ["bg1", "tx1", "accent1"]


def test_colours_are_taken_on_contact_sheets(drawing, tmp_path):
    many(drawing, tmp_path / "deck.pptx", ConvertOptions(theme_colors=0), grid="2x2")
    (slide,) = read_slides(tmp_path / "deck.pptx")
    assert "accent1" in slide.find(".//p:grpSp//a:schemeClr/@val")


def test_another_theme_is_another_slide(drawing, brand, tmp_path):
    options = ConvertOptions(theme_colors=0, template=str(brand))
    many(drawing, tmp_path / "deck.pptx", options)
    assert many(drawing, tmp_path / "deck.pptx", options).counts.cached == 1
    presentation = Presentation(str(brand))
    theme = presentation.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = theme.blob.replace(b"4F81BD", b"2F6DB5")
    presentation.save(str(brand))
    assert many(drawing, tmp_path / "deck.pptx", options).counts.cached == 0
    (slide,) = read_slides(tmp_path / "deck.pptx")
    assert slide.find(".//a:schemeClr/@val") == ["accent1"]


def test_the_same_template_elsewhere_is_no_reason_to_convert_again(drawing, brand, tmp_path):
    options = ConvertOptions(template=str(brand), layout="title only")
    many(drawing, tmp_path / "deck.pptx", options)
    copy = shutil.copy(brand, tmp_path / "copy.pptx")
    options = ConvertOptions(template=str(copy), layout="title only")
    assert many(drawing, tmp_path / "deck.pptx", options).counts.cached == 1
    options = ConvertOptions(template=str(copy), layout="title and content")
    assert many(drawing, tmp_path / "deck.pptx", options).counts.cached == 0


# Sections


def test_sections_are_the_folders_in_their_order(tmp_path):
    for folder, count in (("in", 1), ("in/b", 2), ("in/a", 1), ("in/a/deep & low", 1)):
        make_icons(tmp_path / folder, count)
    deck = tmp_path / "deck.pptx"
    many(tmp_path / "in", deck, sections="folder")
    assert_opens(deck)
    assert sections(deck) == [
        ("Default Section", 1),
        ("a", 1),
        ("a/deep &amp; low", 1),
        ("b", 2),
    ]
    many(tmp_path / "in", deck)
    assert sections(deck) == []


@pytest.mark.parametrize("sort", ["natural", "name", "mtime", "none"])
def test_a_folder_is_one_section_whatever_the_order(tmp_path, sort):
    make_icons(tmp_path / "a" / "m", 1)
    make_icons(tmp_path / "b", 2)
    make_icons(tmp_path / "a", 3)
    files = sorted(tmp_path.rglob("*.svg"), key=lambda path: path.name)
    deck = tmp_path / "deck.pptx"
    convert_many(
        files,
        deck,
        job_options=JobOptions(jobs=1, sections="folder"),
        selection=Selection(sort=sort),
    )
    assert sorted(sections(deck)) == [("a", 3), ("a/m", 1), ("b", 2)]


def test_folders_in_an_archive_are_sections(tmp_path):
    make_icons(tmp_path / "in" / "a", 2)
    make_icons(tmp_path / "in" / "b", 1)
    shutil.make_archive(str(tmp_path / "icons"), "zip", tmp_path / "in")
    many(tmp_path / "icons.zip", tmp_path / "deck.pptx", sections="folder")
    assert [count for _, count in sections(tmp_path / "deck.pptx")] == [2, 1]


# Slide sizes


@pytest.mark.parametrize("mode", ["merged", "zip", "folder"])
@pytest.mark.parametrize(
    ("wanted", "sizes"),
    [
        ("first", [(400, 200)] * 2),
        ("largest", [(400, 300)] * 2),
        ("svg", [(400, 200), (100, 300)]),
    ],
)
def test_sizes_that_drawings_decide(tmp_path, mode, wanted, sizes):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.svg").write_text(TITLED.format(400, 200, "One"))
    (folder / "2.svg").write_text(TITLED.format(100, 300, "Two"))
    (folder / "3.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><g></svg>")
    output = tmp_path / {"merged": "deck.pptx", "zip": "decks.zip", "folder": "decks"}[mode]
    many(folder, output, ConvertOptions(slide_size=wanted), mode=mode)
    decks = [output]
    if mode == "zip":
        shutil.unpack_archive(output, tmp_path / "decks")
    if mode != "merged":
        decks = sorted((tmp_path / "decks").glob("*.pptx"))
    for deck, size in zip(decks, sizes, strict=mode != "merged"):
        assert_opens(deck)
        presentation = Presentation(str(deck))
        assert (presentation.slide_width, presentation.slide_height) == size_for_drawing(*size)


@pytest.mark.parametrize("wanted", ["first", "largest", "svg"])
@pytest.mark.parametrize("fit", ["contain", "cover", "stretch", "actual"])
def test_one_drawing_decides_alone(tmp_path, wanted, fit):
    deck = tmp_path / "deck.pptx"
    data = TITLED.format(400, 200, "One").encode()
    convert(data, deck, options=ConvertOptions(slide_size=wanted, fit=fit))
    presentation = Presentation(str(deck))
    assert (presentation.slide_width, presentation.slide_height) == size_for_drawing(400, 200)


# Templates, whichever door


def test_one_drawing_goes_where_the_template_has_room(drawing, brand, tmp_path):
    deck = tmp_path / "deck.pptx"
    options = ConvertOptions(template=str(brand), layout="title and content", notes=True)
    assert convert(drawing, deck, options=options).ok
    assert_opens(deck)
    presentation = Presentation(str(deck))
    assert (presentation.slide_width, presentation.slide_height) == (Inches(9), Inches(5))
    (slide,) = presentation.slides
    assert slide.shapes.title.text == "The logo"
    body = slide.slide_layout.placeholders[1]
    shape = slide.shapes[-1]
    assert body.left <= shape.left < shape.left + shape.width <= body.left + body.width
    assert body.top <= shape.top < shape.top + shape.height <= body.top + body.height
    assert inspect(drawing, options=options).fidelity["native"] == 1


@pytest.mark.parametrize("mode", ["zip", "folder"])
def test_a_deck_a_drawing_is_made_of_the_template_too(drawing, brand, tmp_path, mode):
    output = tmp_path / ("decks.zip" if mode == "zip" else "decks")
    options = ConvertOptions(template=str(brand), layout="title only", notes=True)
    assert many(drawing, output, options, mode=mode).ok
    if mode == "zip":
        shutil.unpack_archive(output, tmp_path / "decks")
    (deck,) = (tmp_path / "decks").rglob("*.pptx")
    assert_opens(deck)
    assert titles(deck) == ["The logo"]
    assert notes(deck) == ["What it shows.\nSource: logo.svg"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"template": "x.pptx", "slide_size": "4:3"}, "their size is that of"),
        ({"layout": "Title Only"}, "no layout of ours"),
        ({"slide_size": "huge"}, "not understood"),
    ],
)
def test_what_contradicts_itself_is_refused_before_inputs_are_looked_for(tmp_path, options, why):
    with pytest.raises(UsageError, match=why) as caught:
        Job.create("nowhere", tmp_path / "deck.pptx", options=ConvertOptions(**options))
    assert caught.value.remedy
    with pytest.raises(UsageError, match=why):
        convert("nowhere.svg", tmp_path / "deck.pptx", options=ConvertOptions(**options))


def test_a_template_that_cannot_be_used_is_told_before_inputs_are_looked_for(tmp_path):
    (tmp_path / "brand.pptx").write_bytes(b"no deck")
    options = ConvertOptions(template=str(tmp_path / "brand.pptx"))
    with pytest.raises(UsageError, match="no presentation"):
        Job.create("nowhere", tmp_path / "deck.pptx", options=options)
    assert not list((tmp_path / "state" / "jobs").iterdir())


def test_no_output_replaces_a_template(drawing, brand, tmp_path):
    before = brand.read_bytes()
    options = ConvertOptions(template=str(brand))
    with pytest.raises(OutputError, match="would be replaced"):
        many(drawing, brand, options)
    with pytest.raises(OutputError, match="would be replaced"):
        convert(drawing, brand, options=options)
    with pytest.raises(OutputError, match="would be replaced"):
        Job.create(drawing, tmp_path / "deck.pptx", options=options, status_file=brand)
    assert brand.read_bytes() == before


def test_a_template_that_changes_while_the_job_runs_makes_no_stale_deck(
    drawing, brand, tmp_path, monkeypatch
):
    deck = tmp_path / "deck.pptx"
    options = ConvertOptions(template=str(brand), layout="title and content")
    made_of = assemble.template_of
    calls = []

    def moved(*arguments):
        if not calls:
            presentation = Presentation(str(brand))
            body = presentation.slide_layouts[1].placeholders[1]
            body.left, body.top, body.width, body.height = map(Inches, (1, 2, 3, 2))
            presentation.save(str(brand))
        calls.append(arguments)
        return made_of(*arguments)

    monkeypatch.setattr(assemble, "template_of", moved)
    with pytest.raises(OutputError, match="changed while the job ran"):
        many(drawing, deck, options)
    assert not deck.exists()
    assert many(drawing, deck, options).converted == 1
    assert_opens(deck)


def test_a_template_that_is_gone_is_told_when_the_job_is_retried(drawing, brand, tmp_path):
    (drawing.parent / "broken.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><g></svg>")
    options = ConvertOptions(template=str(brand))
    report = many(drawing.parent, tmp_path / "deck.pptx", options)
    assert report.exit_code is ExitCode.SOME_FAILED
    (drawing.parent / "broken.svg").write_text(BLENDED)
    kept = brand.rename(tmp_path / "elsewhere.pptx")
    with pytest.raises(UsageError, match="is not there"):
        Job.open(report.job).retry()
    kept.rename(brand)
    assert Job.open(report.job).retry().ok
    assert len(read_slides(tmp_path / "deck.pptx")) == 2


def test_a_slide_s_name_says_which_drawing_it_shows(drawing, tmp_path):
    many(drawing, tmp_path / "deck.pptx")
    assert read_slides(tmp_path / "deck.pptx")[0].find("./p:cSld/@name") == ["logo.svg"]
