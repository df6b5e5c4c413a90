"""What is kept of a template, and what is not."""

import zipfile

import pytest

from svg2pptx_batch.deck import DeckWriter, load_template
from svg2pptx_batch.deck.template import with_notes_master
from tests.support.decks import assert_opens, part_names, read_part, read_slides
from tests.support.slides import picture_slide, png
from tests.support.templates import (
    LIBREOFFICE,
    MAIN,
    MAIN_RELS,
    TYPES,
    assert_no_worse,
    declare,
    drawing,
    edited,
    link,
    plain,
    rich,
    swap,
    two_masters,
)

P14 = "http://schemas.microsoft.com/office/powerpoint/2010/main"
MASTER = "ppt/slideMasters/slideMaster1.xml"
MASTER_RELS = "ppt/slideMasters/_rels/slideMaster1.xml.rels"
PML = "application/vnd.openxmlformats-officedocument.presentationml"
SPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def make(source, target, layout="", *, notes=""):
    template = load_template(source, layout)
    if notes:
        template = with_notes_master(template)
    with DeckWriter(target, template.size, template=template) as writer:
        writer.add(drawing("a.svg", notes), name="a.svg")
        writer.add(picture_slide(png(1, 2, 3)))
    return target


@pytest.fixture
def deck(tmp_path):
    return rich(tmp_path / "brand.pptx")


def decorate(parts):
    """Give a deck all that a company's template may hold."""
    swap(parts, MAIN, "<p:notesSz", '<p:notesSz xmlns:x="urn:x"')
    parts["ppt/fonts/font1.fntdata"] = b"font"
    link(parts, MAIN, "rId50", "font", "fonts/font1.fntdata")
    declare(parts, "ppt/fonts/font1.fntdata", "application/x-fontdata")
    fonts = (
        '<p:embeddedFontLst><p:embeddedFont><p:font typeface="Brand"/><p:regular r:id="rId50"/>'
        "</p:embeddedFont></p:embeddedFontLst>"
    )
    tags = '<p:custDataLst><p:tags r:id="rId52"/></p:custDataLst>'
    swap(parts, MAIN, "<p:custShowLst>", f"{fonts}<p:custShowLst>")
    swap(parts, MAIN, "<p:defaultTextStyle>", f"{tags}<p:defaultTextStyle>")
    parts["customXml/item1.xml"] = b"<brand/>"
    parts["customXml/itemProps1.xml"] = b"<props/>"
    link(parts, MAIN, "rId51", "customXml", "../customXml/item1.xml")
    link(parts, "customXml/item1.xml", "rId1", "customXmlProps", "itemProps1.xml")
    parts["ppt/tags/tag1.xml"] = f'<p:tagLst {SPACES}><p:tag name="A" val="B"/></p:tagLst>'.encode()
    link(parts, MAIN, "rId52", "tags", "tags/tag1.xml")
    declare(parts, "ppt/tags/tag1.xml", f"{PML}.tags+xml")
    names = ("accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink")
    same = " ".join(f'{name}="{name}"' for name in names)
    parts["ppt/handoutMasters/handoutMaster1.xml"] = (
        f"<p:handoutMaster {SPACES}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id='1' name=''/>"
        "<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/></p:spTree></p:cSld>"
        f'<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" {same}/></p:handoutMaster>'
    ).encode()
    declare(parts, "ppt/handoutMasters/handoutMaster1.xml", f"{PML}.handoutMaster+xml")
    link(parts, MAIN, "rId53", "handoutMaster", "handoutMasters/handoutMaster1.xml")
    parts["ppt/theme/theme8.xml"] = parts["ppt/theme/theme1.xml"]
    declare(
        parts, "ppt/theme/theme8.xml", "application/vnd.openxmlformats-officedocument.theme+xml"
    )
    link(parts, "ppt/handoutMasters/handoutMaster1.xml", "rId1", "theme", "../theme/theme8.xml")
    handouts = '<p:handoutMasterIdLst><p:handoutMasterId r:id="rId53"/></p:handoutMasterIdLst>'
    swap(parts, MAIN, "<p:sldIdLst>", f"{handouts}<p:sldIdLst>")
    guides = (
        '<p:ext uri="{EFAFB233-063F-42B5-8137-9DF3F51BA10A}"><p15:sldGuideLst '
        'xmlns:p15="http://schemas.microsoft.com/office/powerpoint/2012/main"/></p:ext>'
    )
    sections = (
        '<p:ext uri="{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"><p14:sectionLst '
        f'xmlns:p14="{P14}"><p14:section name="Old" '
        'id="{00000000-0000-0000-0000-000000000001}"><p14:sldIdLst><p14:sldId id="256"/>'
        '<p14:sldId id="257"/><p14:sldId id="258"/><p14:sldId id="259"/></p14:sldIdLst>'
        "</p14:section></p14:sectionLst></p:ext>"
    )
    extensions = f"<p:extLst>{sections}{guides}</p:extLst>"
    head = parts[MAIN].decode().partition("<p:extLst>")[0].removesuffix("</p:presentation>")
    parts[MAIN] = f"{head}{extensions}</p:presentation>".encode()


def test_what_is_not_of_slides_is_kept(deck, tmp_path):
    edited(deck, decorate)
    target = make(deck, tmp_path / "new.pptx")
    assert_no_worse(target, deck)
    of_slides = (
        "ppt/notesSlides",
        "ppt/charts",
        "ppt/embeddings",
        "ppt/comment",
        "ppt/media/image",
    )
    anew = ("ppt/slides/", "docProps/", "_rels/", MAIN, MAIN_RELS, TYPES)
    with zipfile.ZipFile(deck) as old, zipfile.ZipFile(target) as new:
        names = set(new.namelist())
        for name in old.namelist():
            if name.startswith(of_slides):
                assert name not in names
            elif not name.startswith(anew):
                assert new.read(name) == old.read(name), name
        main = new.read(MAIN).decode()
    assert "Brand" in main
    assert "sldGuideLst" in main
    assert "handoutMasterId " in main
    assert '<p:tags r:id="rId52"/>' in main
    assert "Old" not in main
    assert "custShow" not in main
    assert [slide.names for slide in read_slides(target)] == [["Rectangle"], ["Picture"]]


@pytest.mark.parametrize("kind", ["presentation", "template", "slideshow"])
@pytest.mark.parametrize("macros", [False, True])
def test_all_kinds_of_presentations_are_templates(tmp_path, kind, macros):
    deck = plain(tmp_path / "brand.potm", 1)

    def change(parts):
        new = f"{PML}.{kind}.main+xml"
        if macros:
            new = f"application/vnd.ms-powerpoint.{kind}.macroEnabled.main+xml"
            parts["ppt/vbaProject.bin"] = b"code"
            declare(parts, "ppt/vbaProject.bin", "application/vnd.ms-office.vbaProject")
            link(
                parts,
                MAIN,
                "rId60",
                "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
                "vbaProject.bin",
            )
            parts["customUI/customUI.xml"] = b"<customUI/>"
            link(
                parts,
                "",
                "rId60",
                "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility",
                "customUI/customUI.xml",
            )
        swap(parts, TYPES, f"{PML}.presentation.main+xml", new)

    edited(deck, change)
    target = make(deck, tmp_path / "new.pptx")
    assert_opens(target)
    assert not [name for name in part_names(target) if "vba" in name or "custom" in name]
    assert f"{PML}.presentation.main+xml".encode() in read_part(target, TYPES)


def jump(parts):
    """Have the master's title lead to a slide, and its date to an address."""
    link(parts, MASTER, "rId70", "slide", "../slides/slide2.xml")
    link(parts, MASTER, "rId71", "hyperlink", "https://example.org/", "External")
    xml = parts[MASTER].decode()
    first, rest = xml.split("<p:cNvSpPr>", 1)
    second, rest = rest.split("<p:cNvSpPr>", 1)

    def close(head, click):
        assert head.endswith("/>")
        return f"{head.removesuffix('/>')}>{click}</p:cNvPr>"

    jumping = '<a:hlinkClick r:id="rId70" action="ppaction://hlinksldjump"/>'
    parts[MASTER] = "<p:cNvSpPr>".join(
        (close(first, jumping), close(second, '<a:hlinkClick r:id="rId71"/>'), rest)
    ).encode()


def test_a_masters_jump_to_a_slide_goes_with_the_slide(deck, tmp_path):
    edited(deck, jump)
    target = make(deck, tmp_path / "new.pptx")
    assert_opens(target)
    assert b"hlinksldjump" not in read_part(target, MASTER)
    assert b'r:id="rId71"' in read_part(target, MASTER)
    assert b"/slide2" not in read_part(target, MASTER_RELS)
    assert b"Old" not in read_part(target, "ppt/slides/slide2.xml")


def test_an_outlines_slides_go_with_the_slides(deck, tmp_path):
    def outline(parts):
        link(parts, "ppt/viewProps.xml", "rId1", "slide", "slides/slide1.xml")
        parts["ppt/viewProps.xml"] = (
            f'<p:viewPr {SPACES}><p:outlineViewPr><p:cViewPr><p:scale><a:sx n="1" d="1"/>'
            '<a:sy n="1" d="1"/></p:scale><p:origin x="0" y="0"/></p:cViewPr><p:sldLst>'
            '<p:sld r:id="rId1" collapse="1"/></p:sldLst></p:outlineViewPr></p:viewPr>'
        ).encode()

    edited(deck, outline)
    target = make(deck, tmp_path / "new.pptx")
    assert_opens(target)
    assert "ppt/_rels/viewProps.xml.rels" not in part_names(target)
    assert b"<p:sldLst/>" in read_part(target, "ppt/viewProps.xml")


def test_a_slide_by_another_name_is_not_taken_along(deck, tmp_path):
    edited(deck, lambda parts: link(parts, MAIN, "rId99", "customXml", "slides/slide4.xml"))
    target = make(deck, tmp_path / "new.pptx")
    assert_opens(target)
    assert len([name for name in part_names(target) if "slides/slide" in name]) == 2
    assert len(read_slides(target)) == 2


def test_properties_reached_another_way_are_written_once(deck, tmp_path):
    edited(deck, lambda parts: link(parts, MAIN, "rId99", "x", "/docProps/core.xml"))
    target = make(deck, tmp_path / "new.pptx")
    assert len(part_names(target)) == len(set(part_names(target)))
    assert b"The template" not in read_part(target, "docProps/core.xml")


def test_marks_in_a_template_are_no_marks(deck, tmp_path):
    def mark(parts):
        marks = "<?deck slides?><!-- <?deck sections?> --><?deck notes?>"
        swap(parts, MAIN, "<p:defaultTextStyle>", f"{marks}<p:defaultTextStyle>")

    edited(deck, mark)
    target = make(deck, tmp_path / "new.pptx", notes="spoken")
    assert_opens(target)
    assert read_part(target, MAIN).count(b"<p:sldIdLst") == 1


@pytest.mark.parametrize("prefix", ["q", ""])
def test_the_presentation_may_use_other_prefixes(tmp_path, prefix):
    deck = plain(tmp_path / "brand.pptx", 1)

    def rename(parts):
        xml = parts[MAIN].decode()
        tag = f"{prefix}:" if prefix else ""
        xml = xml.replace("<p:", f"<{tag}").replace("</p:", f"</{tag}")
        parts[MAIN] = xml.replace("xmlns:p=", f"xmlns:{prefix}=" if prefix else "xmlns=").encode()

    edited(deck, rename)
    target = make(deck, tmp_path / "new.pptx", notes="spoken")
    assert_opens(target)
    assert len(read_slides(target)) == 2


def test_a_template_in_utf_16_is_read(tmp_path):
    deck = plain(tmp_path / "brand.pptx", 1)

    def recode(parts):
        for name in (MAIN, MAIN_RELS, TYPES, MASTER, "ppt/theme/theme1.xml"):
            xml = parts[name].decode().replace("UTF-8", "UTF-16").replace("utf-8", "UTF-16")
            parts[name] = xml.encode("utf-16")

    edited(deck, recode)
    target = make(deck, tmp_path / "new.pptx")
    assert_opens(target)


def test_properties_that_powerpoint_misses_are_added(tmp_path):
    deck = plain(tmp_path / "brand.pptx", 1)

    def strip(parts):
        for name in ("presProps", "viewProps"):
            row = parts[MAIN_RELS].decode()
            start = row.rindex("<Relationship ", 0, row.index(name))
            end = row.index("/>", start) + 2
            parts[MAIN_RELS] = (row[:start] + row[end:]).encode()

    edited(deck, strip)
    assert_opens(make(deck, tmp_path / "new.pptx"))


def test_libreoffices_own_deck_is_a_template(tmp_path):
    target = make(LIBREOFFICE, tmp_path / "new.pptx", notes="spoken")
    assert_no_worse(target, LIBREOFFICE)
    assert all(b"of LibreOffice" not in read_part(target, name) for name in part_names(target))
    assert len(read_slides(target)) == 2


def test_both_masters_are_kept(tmp_path):
    deck = two_masters(tmp_path / "brand.pptx")
    target = make(deck, tmp_path / "new.pptx", "Night/Blank", notes="spoken")
    assert_opens(target)
    from pptx import Presentation

    presentation = Presentation(str(target))
    assert len(presentation.slide_masters) == 2
    night = presentation.slide_masters[1].part
    assert {slide.slide_layout.slide_master.part for slide in presentation.slides} == {night}


def test_a_picture_placeholder_of_4_to_3_is_filled(tmp_path):
    deck = plain(tmp_path / "brand.pptx", 1)
    template = load_template(deck, "Picture with Caption")
    assert template.size.width_emu * 3 == template.size.height_emu * 4
    left, top, right, bottom = template.frame.area
    placeholder = (1792288 / 9144000, 612775 / 6858000)
    assert (left, top) == pytest.approx(placeholder, abs=1e-6)
    assert 0 < top < bottom < 0.7 < right < 1
