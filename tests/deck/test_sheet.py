import base64
import pathlib
import zlib
from io import BytesIO

import pytest

from svg2pptx_batch.conversion import convert_svg
from svg2pptx_batch.deck import DeckWriter, PackedSlide, pack, unpack
from svg2pptx_batch.deck.grid import CUTTING_MARGIN_PX, Grid, SheetLayout, lay_out
from svg2pptx_batch.deck.packed import compress
from svg2pptx_batch.deck.sheet import SheetEntry, compose
from svg2pptx_batch.drawingml import Heading
from svg2pptx_batch.drawingml.emu import Box
from svg2pptx_batch.drawingml.slide import Slide
from svg2pptx_batch.drawingml.xml import escape
from svg2pptx_batch.graphics.color import BLACK, Color
from svg2pptx_batch.options import EMU_PER_PX, ConvertOptions, SlideSize, Target
from svg2pptx_batch.svg.resources import FolderLoader
from tests.support.conversion import system_fonts
from tests.support.decks import NAMESPACES, assert_opens, part_names, read_slides
from tests.support.libreoffice import compare, render, requires_libreoffice
from tests.support.slides import RECTANGLE, png, slide_xml

EXAMPLES = sorted((pathlib.Path(__file__).parents[2] / "examples").glob("*.svg"))
WIDE = SlideSize(12192000, 6858000)
AREA = Box(300000, 400000, 11892000, 6458000)
OPTIONS = ConvertOptions(target=Target.LIBREOFFICE, margin=CUTTING_MARGIN_PX)


def svg(content, width=100, height=100):
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}">{content}</svg>'
    )


def picture(data):
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


RED = f'<image width="60" height="50" xlink:href="{picture(png(255, 0, 0))}"/>'
BLUE = f'<image width="60" height="50" xlink:href="{picture(png(0, 0, 255))}"/>'
LINK = '<a href="https://example.org/?a=1&amp;b=2"><rect width="50" height="20"/></a>'
OTHER_LINK = '<a href="https://example.org/other"><circle cx="50" cy="50" r="40"/></a>'

DRAWINGS = {
    "rectangle": '<rect x="10" y="20" width="50" height="30" fill="#2a9d8f"/>',
    "turned": '<rect x="30" y="40" width="60" height="20" rx="4" transform="rotate(30 50 50)"/>',
    "flat": '<line x1="10" y1="50" x2="90" y2="50" stroke="black" stroke-width="6"/>',
    "slanting": '<line x1="90" y1="10" x2="20" y2="80" stroke="#b00" stroke-width="3"/>',
    "gradient": (
        '<linearGradient id="g"><stop stop-color="#fd0"/><stop offset="1" stop-color="#04a"/>'
        '</linearGradient><path d="M10 90 50 10 90 90z" fill="url(#g)"/>'
    ),
    "tiles": (
        '<filter id="f"><feGaussianBlur stdDeviation="1"/></filter>'
        '<pattern id="p" width="16" height="16" patternUnits="userSpaceOnUse" x="3" y="5">'
        '<rect width="16" height="16" fill="#fd8"/>'
        '<circle cx="8" cy="8" r="5" fill="#04a" filter="url(#f)"/></pattern>'
        '<ellipse cx="50" cy="50" rx="45" ry="35" fill="url(#p)"/>'
    ),
    "picture": RED + LINK,
    "turned picture": f'<g transform="translate(20 25) rotate(20 30 25)">{BLUE}</g>',
    "text": (
        '<text x="10" y="40" font-size="20">plain</text>'
        '<text x="20" y="90" font-size="18" transform="rotate(-20 20 90)">turned</text>'
    ),
    "linked text": '<text y="50" font-size="16">a <a href="https://example.org/t">b</a></text>',
    "groups": (
        '<g id="outer"><g id="inner" transform="translate(20 10)"><rect width="40" height="40"/>'
        '<circle cx="40" cy="40" r="20" fill="#e76"/></g><path d="M0 90h90" stroke="#04a"/></g>'
    ),
    "beyond": '<circle cx="100" cy="100" r="90" fill="#2a9d8f"/><path d="M-90 0H5v9h-95z"/>',
}


def converted(source, size, options=OPTIONS, name="drawing.svg", folder=pathlib.Path()):
    conversion = convert_svg(
        source.encode() if isinstance(source, str) else source,
        options=options,
        slide=size,
        fonts=system_fonts(),
        loader=FolderLoader(folder, folder),
        name=name,
    )
    return unpack(pack(conversion.slide))


def entries(drawings, layout, **options):
    """Entries of drawings by name; each captioned with its name."""
    return [
        SheetEntry(name, converted(svg(content), layout.drawing, **options), name)
        for name, content in drawings.items()
    ]


def write(slides, target=None, size=WIDE):
    target = target or BytesIO()
    with DeckWriter(target, size) as deck:
        for slide in slides:
            deck.add(slide)
    return target


def read_sheet(sheet):
    """Write a sheet to a deck that must open, and return it as it stands there."""
    deck = write([sheet])
    assert_opens(deck)
    (slide,) = read_slides(deck)
    return slide


def groups(slide):
    return slide.find("/p:sld/p:cSld/p:spTree/p:grpSp")


def captions(slide):
    return slide.find("/p:sld/p:cSld/p:spTree/p:sp[p:nvSpPr/p:cNvSpPr/@txBox]")


def numbers(element, names):
    """Return x and y, or cx and cy, of children of an `a:xfrm`, by name."""
    found = {}
    for name in names:
        (each,) = element.xpath(f".//a:xfrm[1]/a:{name}", namespaces=NAMESPACES)[:1]
        found[name] = tuple(int(value) for value in each.attrib.values())
    return found


def box_of(element):
    frame = numbers(element, ("off", "ext"))
    (x, y), (width, height) = frame["off"], frame["ext"]
    return Box(x, y, x + width, y + height)


def holds(outer, inner, slack=0):
    return (
        outer.left - slack <= inner.left
        and outer.top - slack <= inner.top
        and inner.right <= outer.right + slack
        and inner.bottom <= outer.bottom + slack
    )


LAYOUT = lay_out(AREA, Grid(3, 4), captions=True)


@pytest.fixture(scope="module")
def sheet():
    return read_sheet(compose(entries(DRAWINGS, LAYOUT), LAYOUT))


@pytest.fixture(scope="module")
def singles():
    deck = write([entry.slide for entry in entries(DRAWINGS, LAYOUT)])
    return dict(zip(DRAWINGS, read_slides(deck), strict=True))


def test_each_drawing_is_a_group_of_its_name(sheet):
    names = [group.find("p:nvGrpSpPr/p:cNvPr", NAMESPACES).get("name") for group in groups(sheet)]
    assert names == list(DRAWINGS)


def test_ids_are_unique(sheet):
    ids = [int(each.get("id")) for each in sheet.find("//p:cNvPr")]
    assert ids == list(range(1, len(ids) + 1))


def test_python_pptx_finds_the_groups(tmp_path):
    from pptx import Presentation

    path = write([compose(entries(DRAWINGS, LAYOUT), LAYOUT)], tmp_path / "deck.pptx")
    (slide,) = Presentation(str(path)).slides
    shapes = list(slide.shapes)
    assert [shape.name for shape in shapes if shape.shape_type == 6] == list(DRAWINGS)
    assert [shape.text_frame.text for shape in shapes if shape.has_text_frame] == list(DRAWINGS)
    assert all(len(shape.shapes) for shape in shapes if shape.shape_type == 6)


def test_groups_keep_to_their_cells(sheet):
    for group, place in zip(groups(sheet), LAYOUT.places, strict=True):
        cell = Box(*place, place[0] + LAYOUT.drawing[0], place[1] + LAYOUT.drawing[1])
        # Boxes of text and of what is turned may stick out where nothing is painted.
        assert holds(cell, box_of(group), slack=LAYOUT.drawing.height_emu // 20)


def test_groups_only_shift(sheet):
    """LibreOffice and PowerPoint scale no lines and letters with a group: none is scaled."""
    for group, place in zip(groups(sheet), LAYOUT.places, strict=True):
        frame = numbers(group.find("p:grpSpPr", NAMESPACES), ("off", "ext", "chOff", "chExt"))
        assert frame["ext"] == frame["chExt"]
        shift = [a - b for a, b in zip(frame["off"], frame["chOff"], strict=True)]
        assert tuple(shift) == place


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_box_of_a_group_is_that_of_its_shapes(name):
    """The writer's own group around the same drawing is the measure."""
    titled = f'<g id="all"><title>all</title>{DRAWINGS[name]}</g>'
    (group,) = groups(read_sheet(compose(entries({name: titled}, LAYOUT), LAYOUT)))
    (own,) = group.findall("p:grpSp", NAMESPACES)
    (bare,) = groups(read_sheet(compose(entries({name: DRAWINGS[name]}, LAYOUT), LAYOUT)))
    frame = numbers(bare.find("p:grpSpPr", NAMESPACES), ("chOff", "chExt"))
    (x, y), (width, height) = frame["chOff"], frame["chExt"]
    # What is turned is rounded on another way.
    assert Box(x, y, x + width, y + height) == pytest.approx(
        box_of(own.find("p:grpSpPr", NAMESPACES)), abs=1
    )


def comparable(element, slide):
    """Return an element's XML with references told by their targets and ids left out."""
    from lxml import etree

    relationship = f"{{{NAMESPACES['r']}}}"
    lines = []
    for each in element.iter():
        attributes = {
            key: slide.relationships[value] if key.startswith(relationship) else value
            for key, value in each.attrib.items()
            if not (each.tag.endswith("}cNvPr") and key == "id")
        }
        lines.append((etree.QName(each).localname, attributes, each.text))
    return lines


def test_shapes_are_those_of_the_drawings_own_slides(sheet, singles):
    for group, single in zip(groups(sheet), singles.values(), strict=True):
        shapes = [comparable(shape, sheet) for shape in group[2:]]
        own = [comparable(shape, single) for shape in single.find("/p:sld/p:cSld/p:spTree/*")[2:]]
        assert shapes == own
        assert shapes


def test_the_drawings_cover_what_a_slide_can_hold(sheet):
    for xpath in ("p:cxnSp", "p:pic", "a:tile", "a:gradFill", "a:hlinkClick", "p:grpSp/p:grpSp"):
        assert sheet.find(f"//{xpath}"), xpath
    assert sheet.find("//p:sp//a:xfrm[@rot]")
    assert sheet.find("//p:sp/p:nvSpPr/p:cNvPr/a:hlinkClick")
    assert sheet.find("//a:rPr/a:hlinkClick")


def test_captions_stand_under_their_drawings(sheet):
    found = captions(sheet)
    assert ["".join(each.itertext("{*}t")) for each in found] == list(DRAWINGS)
    for caption, group, place in zip(found, groups(sheet), LAYOUT.places, strict=True):
        assert caption.getprevious() is group
        name = group.find("p:nvGrpSpPr/p:cNvPr", NAMESPACES).get("name")
        assert caption.find("p:nvSpPr/p:cNvPr", NAMESPACES).get("name") == f"{name} caption"
        box = box_of(caption)
        assert box.left == place[0]
        assert box.width == LAYOUT.drawing.width_emu
        assert box.top >= place[1] + LAYOUT.drawing.height_emu
        assert box.bottom <= AREA.bottom
    assert sheet.find("//p:sp//a:latin[@typeface='+mn-lt']/../a:solidFill/a:schemeClr/@val")[0] == (
        "tx1"
    )


def test_long_captions_are_cut():
    (entry,) = entries({"x": DRAWINGS["flat"]}, LAYOUT)
    long = SheetEntry("x", entry.slide, "a-very-long-name-of-a-drawing-" * 10)
    (text,) = read_sheet(compose([long], LAYOUT)).texts
    assert "…" in text
    assert text.startswith("a-very-long")
    assert text.endswith("drawing-")


def test_sheets_without_room_for_captions_have_none():
    layout = lay_out(AREA, Grid(3, 4), captions=False)
    slide = read_sheet(compose(entries({"flat": DRAWINGS["flat"]}, layout), layout))
    assert len(groups(slide)) == 1
    assert captions(slide) == []


@pytest.mark.parametrize("caption", ["", " \n"])
def test_a_drawing_without_caption_has_none(caption):
    (entry,) = entries({"flat": DRAWINGS["flat"]}, LAYOUT)
    assert captions(read_sheet(compose([SheetEntry("flat", entry.slide, caption)], LAYOUT))) == []


def test_an_empty_drawing_leaves_its_place_to_its_caption():
    drawings = {"first": DRAWINGS["flat"], "empty": "", "last": DRAWINGS["turned"]}
    slide = read_sheet(compose(entries(drawings, LAYOUT), LAYOUT))
    assert len(groups(slide)) == 2
    assert slide.texts == ["first", "empty", "last"]
    assert numbers(groups(slide)[1], ("off",))["off"][0] >= LAYOUT.places[2][0]


def test_a_sheet_of_nothing_opens():
    assert read_sheet(compose([], LAYOUT)).names == []


def test_pictures_and_links_are_shared():
    drawings = {"a": RED + LINK, "b": OTHER_LINK + BLUE, "c": LINK + RED + BLUE, "d": LINK}
    composed = compose(entries(drawings, LAYOUT), LAYOUT)
    assert len(composed.media) == 2
    deck = write([composed])
    assert_opens(deck)
    assert len([name for name in part_names(deck) if name.startswith("ppt/media/")]) == 2
    (slide,) = read_slides(deck)
    assert len(slide.relationships) == 5
    a, b, c, d = groups(slide)

    def targets(group, xpath):
        return [slide.relationships[key] for key in group.xpath(xpath, namespaces=NAMESPACES)]

    link, other = "https://example.org/?a=1&b=2", "https://example.org/other"
    linked = [targets(group, ".//a:hlinkClick/@r:id") for group in (a, b, c, d)]
    assert linked == [[link], [other], [link], [link]]
    ((red,), (blue,)) = (targets(group, ".//a:blip/@r:embed") for group in (a, b))
    assert red != blue
    assert targets(c, ".//a:blip/@r:embed") == [red, blue]


HOSTILE = '</p:grpSpPr></p:spTree> <p:cNvPr id="7" r:id="rId9" r:embed="rId9" <a:xfrm><a:off x="1"'


def test_what_an_author_wrote_is_never_taken_for_xml():
    said = escape(HOSTILE)
    content = (
        f'{LINK}<g id="{said}" aria-label="{said}"><title>{said}</title><path d="M0 0h9v9z"/></g>'
        f'<text y="50" font-size="1.5" font-family="{said}">{said}</text>'
    )
    (entry,) = entries({HOSTILE: content}, LAYOUT)
    slide = read_sheet(compose([entry], LAYOUT))
    (group,) = groups(slide)
    assert group.find("p:nvGrpSpPr/p:cNvPr", NAMESPACES).get("name") == HOSTILE
    assert HOSTILE in slide.names[1:]
    assert slide.texts[0] == HOSTILE
    assert list(slide.relationships.values())[1:] == ["https://example.org/?a=1&b=2"]


def test_a_title_tells_what_a_group_shows():
    content = f"<title>A &lt;thing&gt;</title>{DRAWINGS['flat']}"
    (group,) = groups(read_sheet(compose(entries({"flat": content}, LAYOUT), LAYOUT)))
    assert group.find("p:nvGrpSpPr/p:cNvPr", NAMESPACES).get("descr") == "A <thing>"


def test_shapes_of_the_sheet_itself_come_first():
    heading = Heading("title", "All icons")
    composed = compose(entries({"flat": DRAWINGS["flat"]}, LAYOUT), LAYOUT, heading=heading)
    slide = read_sheet(composed)
    assert slide.names[:2] == ["Title", "flat"]
    ids = [each.get("id") for each in slide.find("//p:cNvPr")]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("background", "letters"),
    [(BLACK, "FFFFFF"), (Color(38, 70, 83), "FFFFFF"), (Color(233, 196, 106), "000000")],
)
def test_the_sheet_has_its_own_background(background, letters):
    options = ConvertOptions(background="#123456")
    composed = compose(
        entries({"flat": DRAWINGS["flat"]}, LAYOUT, options=options),
        LAYOUT,
        background=background,
    )
    slide = read_sheet(composed)
    assert slide.find("//p:bg//a:srgbClr/@val") == [background.hex]
    assert slide.find("//a:rPr//a:srgbClr/@val") == [letters]


def test_backgrounds_of_drawings_are_left_behind():
    options = ConvertOptions(background="#123456")
    slide = read_sheet(
        compose(entries({"flat": DRAWINGS["flat"]}, LAYOUT, options=options), LAYOUT)
    )
    assert slide.find("//p:bg") == []


def test_equal_drawings_give_equal_bytes():
    first, second = (compose(entries(DRAWINGS, LAYOUT), LAYOUT) for _ in range(2))
    assert first == second


def test_more_drawings_than_places_are_a_defect():
    layout = lay_out(AREA, Grid(1, 1), captions=True)
    many = entries({"a": "", "b": ""}, layout)
    with pytest.raises(ValueError, match="2 drawings do not fit on 1 places"):
        compose(many, layout)


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (b"<svg/>", "no shape tree"),
        (slide_xml("").replace(b"</p:spTree>", b""), "no shape tree"),
    ],
)
def test_a_slide_of_another_make_is_a_defect(xml, message):
    with pytest.raises(ValueError, match=message):
        compose([SheetEntry("x", compress(Slide(xml)))], LAYOUT)


def test_a_slide_that_refers_to_what_it_does_not_list_is_a_defect():
    whole = converted(svg(RED + LINK), LAYOUT.drawing)
    torn = PackedSlide(whole.xml, whole.relationships[:1], whole.media)
    with pytest.raises(ValueError, match="slide refers to rId3"):
        compose([SheetEntry("x", torn)], LAYOUT)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (RECTANGLE.replace('<a:off x="914400"', '<a:off  x="914400"'), "is not of the form"),
        ("<p:sp/>", "without a place"),
    ],
)
def test_shapes_without_a_place_are_a_defect(shape, message):
    (single,) = entries({"x": ""}, LAYOUT)
    xml = zlib.decompress(single.slide.xml.data, -zlib.MAX_WBITS)
    slide = Slide(xml.replace(b"</p:spTree>", f"{shape}</p:spTree>".encode()))
    with pytest.raises(ValueError, match=message):
        compose([SheetEntry("x", compress(slide))], LAYOUT)


PX = EMU_PER_PX
EXACT = SheetLayout(
    SlideSize(320 * PX, 240 * PX),
    tuple((x * PX, y * PX) for y in (10, 260, 510) for x in (10, 340, 670, 1000)),
)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Every drawing and example as LibreOffice draws it: cut out of a sheet, and on its own."""
    folder = tmp_path_factory.mktemp("sheets")
    drawn = {name: converted(svg(content), EXACT.drawing) for name, content in DRAWINGS.items()} | {
        file.stem: converted(file.read_bytes(), EXACT.drawing, name=file.name, folder=file.parent)
        for file in EXAMPLES
    }
    many = [SheetEntry(name, slide) for name, slide in drawn.items()]
    on_a_sheet = len(EXACT.places)
    sheets = [compose(many[at : at + on_a_sheet], EXACT) for at in range(0, len(many), on_a_sheet)]
    wide = SlideSize(1330 * PX, 760 * PX)
    composed = render(write(sheets, folder / "sheets.pptx", wide), 2660, 1520)
    alone = render(write(drawn.values(), folder / "alone.pptx", EXACT.drawing), 640, 480)
    cut = [
        page[2 * y // PX : 2 * y // PX + 480, 2 * x // PX : 2 * x // PX + 640]
        for page in composed
        for x, y in EXACT.places
    ]
    return dict(zip(drawn, zip(cut, alone, strict=False), strict=True))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=requires_libreoffice)
        for name in (*DRAWINGS, *(file.stem for file in EXAMPLES))
    ],
)
def test_a_drawing_looks_the_same_on_a_sheet(rendered, name):
    cut, alone = rendered[name]
    assert (alone < 250).any(), "nothing is drawn"
    likeness = compare(cut, alone)
    assert likeness.tone <= 0.002, likeness
    # A sheet begins its pixels elsewhere, and pale outlines come and go with that.
    assert likeness.edges <= 0.08, likeness
