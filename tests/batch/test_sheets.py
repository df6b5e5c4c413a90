"""Contact sheets of jobs: who shares a slide, what stands beside them, and that nothing spills."""

from __future__ import annotations

import pytest
from pptx import Presentation
from pptx.util import Inches

from svg2pptx_batch import ConvertOptions, JobOptions, convert_many
from svg2pptx_batch.batch.inputs import Selection
from svg2pptx_batch.batch.report import JobState
from svg2pptx_batch.errors import UsageError
from tests.support.decks import assert_opens, read_slides
from tests.support.jobs import make_icons

BROKEN = "<svg xmlns='http://www.w3.org/2000/svg'><g></svg>"
TITLED = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><title>{}</title>'
    "<desc>Of {}.</desc><rect width='24' height='24' fill='#c00'/></svg>"
)
SPILLING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="900">'
    '<rect x="-500" y="-500" width="9000" height="9000" fill="#08c"/>'
    '<path d="M-900 450H9000" stroke="#f00" stroke-width="40"/></svg>'
)


def sheets(source, output, options=None, **fields):
    return convert_many(
        source,
        output,
        options=options or ConvertOptions(),
        job_options=JobOptions(**{"jobs": 1, "grid": "2x3", **fields}),
        selection=Selection(recursive=True),
    )


def drawings(slide):
    """Return the names of the groups right below the slide's tree."""
    return [e.get("name") for e in slide.find("./p:cSld/p:spTree/p:grpSp/p:nvGrpSpPr/p:cNvPr")]


def captions(slide):
    found = slide.find("./p:cSld/p:spTree/p:sp[contains(p:nvSpPr/p:cNvPr/@name, ' caption')]")
    return ["".join(shape.itertext()) for shape in found]


def boxes(slide):
    """Return left, top, right and bottom of each group, EMU."""
    found = []
    for frame in slide.find("./p:cSld/p:spTree/p:grpSp/p:grpSpPr/a:xfrm"):
        x, y = (int(frame[0].get(name)) for name in ("x", "y"))
        width, height = (int(frame[1].get(name)) for name in ("cx", "cy"))
        found.append((x, y, x + width, y + height))
    return found


@pytest.fixture
def titled(tmp_path):
    """Three drawings with titles, in a folder."""
    folder = tmp_path / "titled"
    folder.mkdir()
    for name in ("one", "two", "three"):
        text = name.capitalize()
        (folder / f"{name}.svg").write_text(TITLED.format(text, text))
    return folder


def test_drawings_share_slides_in_their_order(icons, tmp_path):
    report = sheets(icons, tmp_path / "deck.pptx")
    assert report.ok
    assert_opens(tmp_path / "deck.pptx")
    slides = read_slides(tmp_path / "deck.pptx")
    assert [drawings(slide) for slide in slides] == [
        [f"icon{number}.svg" for number in range(6)],
        ["icon6.svg", "icon7.svg"],
    ]
    assert captions(slides[1]) == ["icon6", "icon7"]


def test_a_file_that_fails_leaves_no_hole(icons, tmp_path):
    (icons / "icon2.svg").write_text(BROKEN)
    report = sheets(icons, tmp_path / "deck.pptx")
    assert report.state is JobState.PARTIAL
    slides = read_slides(tmp_path / "deck.pptx")
    assert [len(drawings(slide)) for slide in slides] == [6, 1]
    assert "icon2.svg" not in drawings(slides[0])


@pytest.mark.parametrize(("grid", "count"), [("1x1", 8), ("50x50", 1), ("2X4", 1), ("7×1", 2)])
def test_grids_of_every_size(icons, tmp_path, grid, count):
    assert sheets(icons, tmp_path / "deck.pptx", grid=grid).ok
    assert_opens(tmp_path / "deck.pptx")
    assert len(read_slides(tmp_path / "deck.pptx")) == count


def test_a_grid_too_fine_for_its_layout_is_refused(icons, tmp_path):
    presentation = Presentation()
    presentation.slide_width = presentation.slide_height = Inches(1)
    body = presentation.slide_layouts[1].placeholders[1]
    body.left, body.top, body.width, body.height = 0, 0, Inches(0.5), Inches(0.4)
    presentation.save(str(tmp_path / "brand.pptx"))
    options = ConvertOptions(template=str(tmp_path / "brand.pptx"), layout="title and content")
    assert sheets(icons, tmp_path / "deck.pptx", options, grid="9x9").ok
    with pytest.raises(UsageError, match="no room"):
        sheets(icons, tmp_path / "deck.pptx", options, grid="50x50")


@pytest.mark.parametrize(
    ("titles", "wanted"),
    [
        ("auto", ["one", "three", "two"]),
        ("name", ["one", "three", "two"]),
        ("title", ["One", "Three", "Two"]),
        ("none", []),
    ],
)
def test_captions_say_names_or_titles(titled, tmp_path, titles, wanted):
    assert sheets(titled, tmp_path / "deck.pptx", ConvertOptions(titles=titles)).ok
    assert_opens(tmp_path / "deck.pptx")
    (slide,) = read_slides(tmp_path / "deck.pptx")
    assert captions(slide) == wanted


def test_notes_have_a_block_a_drawing(titled, tmp_path):
    deck = tmp_path / "deck.pptx"
    assert sheets(titled, deck, ConvertOptions(notes=True)).ok
    assert_opens(deck)
    (slide,) = Presentation(str(deck)).slides
    assert slide.notes_slide.notes_text_frame.text == (
        "Of One.\nSource: one.svg\n\nOf Three.\nSource: three.svg\n\nOf Two.\nSource: two.svg"
    )


def test_sections_begin_new_sheets(tmp_path):
    for folder, count in (("in", 1), ("in/a", 7), ("in/a/deep", 1), ("in/b", 2)):
        make_icons(tmp_path / folder, count)
    deck = tmp_path / "deck.pptx"
    assert sheets(tmp_path / "in", deck, sections="folder").ok
    assert_opens(deck)
    folders = [{name.rpartition("/")[0] for name in drawings(slide)} for slide in read_slides(deck)]
    assert folders == [{""}, {"a"}, {"a"}, {"a/deep"}, {"b"}]


def test_a_layout_s_place_and_title_are_used(titled, tmp_path):
    brand = tmp_path / "brand.pptx"
    Presentation().save(str(brand))
    options = ConvertOptions(template=str(brand), layout="title and content")
    deck = tmp_path / "contact.pptx"
    assert sheets(titled, deck, options).ok
    assert_opens(deck)
    (slide,) = Presentation(str(deck)).slides
    assert slide.shapes.title.text == "contact"
    body = slide.slide_layout.placeholders[1]
    for left, top, right, bottom in boxes(read_slides(deck)[0]):
        assert body.left <= left < right <= body.left + body.width
        assert body.top <= top < bottom <= body.top + body.height


@pytest.mark.parametrize("fit", ["contain", "cover", "stretch", "actual"])
@pytest.mark.parametrize("template", [False, True])
def test_nothing_spills_out_of_its_cell(tmp_path, fit, template):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.svg").write_text(SPILLING)
    options = ConvertOptions(fit=fit)
    if template:
        Presentation().save(str(tmp_path / "brand.pptx"))
        options = ConvertOptions(
            fit=fit, template=str(tmp_path / "brand.pptx"), layout="title and content"
        )
    deck = tmp_path / "deck.pptx"
    assert sheets(folder, deck, options, grid="2x2").ok
    assert_opens(deck)
    one, two, three, four = boxes(read_slides(deck)[0])
    assert one[2] <= two[0]
    assert three[2] <= four[0]
    assert max(one[3], two[3]) <= min(three[1], four[1])


def test_equal_drawings_give_equal_bytes_also_from_the_cache(icons, tmp_path):
    first = sheets(icons, tmp_path / "a" / "deck.pptx")
    second = sheets(icons, tmp_path / "b" / "deck.pptx", jobs=2)
    assert (first.counts.cached, second.counts.cached) == (0, 8)
    third = sheets(icons, tmp_path / "c" / "deck.pptx", jobs=2, cache=False)
    assert third.counts.cached == 0
    decks = [(tmp_path / name / "deck.pptx").read_bytes() for name in "abc"]
    assert decks[0] == decks[1] == decks[2]


def test_another_grid_of_the_same_cells_is_no_reason_to_convert_again(icons, tmp_path):
    sheets(icons, tmp_path / "deck.pptx", grid="3x3")
    assert sheets(icons, tmp_path / "deck.pptx", grid="4x4").counts.cached == 0
    assert sheets(icons, tmp_path / "deck.pptx", grid="3x3").counts.cached == 8


def test_the_background_is_the_sheet_s(icons, tmp_path):
    assert sheets(icons, tmp_path / "deck.pptx", ConvertOptions(background="#123456")).ok
    assert_opens(tmp_path / "deck.pptx")
    for slide in read_slides(tmp_path / "deck.pptx"):
        (color,) = slide.find("./p:cSld/p:bg//a:srgbClr/@val")
        assert color == "123456"


def test_a_sheet_is_no_deck_of_one_drawing(tmp_path, titled):
    deck = tmp_path / "Icons of May.pptx"
    assert sheets(titled, deck).ok
    assert Presentation(str(deck)).core_properties.title == "Icons of May"


@pytest.mark.parametrize(
    ("options", "fields", "why"),
    [
        ({}, {"mode": "zip"}, "slides of one deck"),
        ({}, {"mode": "folder"}, "slides of one deck"),
        ({"slide_size": "svg"}, {}, "as large as a drawing"),
        ({"slide_size": "first"}, {}, "as large as a drawing"),
        ({"slide_size": "largest"}, {}, "as large as a drawing"),
        ({}, {"grid": "0x3"}, "out of range"),
        ({}, {"grid": "4"}, "not understood"),
    ],
)
def test_what_goes_against_sheets_is_refused_first(tmp_path, options, fields, why):
    with pytest.raises(UsageError, match=why) as caught:
        sheets("nowhere", tmp_path / "deck.pptx", ConvertOptions(**options), **fields)
    assert caught.value.remedy
