"""Decks of other programs: made here, or saved by them, to be templates or to be appended to."""

from __future__ import annotations

import io
import pathlib
import zipfile
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from svg2pptx_batch.deck import DeckWriter, load_template
from svg2pptx_batch.deck.lint import lint
from svg2pptx_batch.deck.template import with_notes_master
from svg2pptx_batch.drawingml.slide import Slide
from svg2pptx_batch.drawingml.xml import escape
from tests.support.decks import _validator
from tests.support.slides import png, shape_slide

LIBREOFFICE = pathlib.Path(__file__).parents[1] / "data" / "libreoffice.pptx"
"""Two slides, the first with notes, as LibreOffice 25.2 saves a presentation of its own."""

Parts = dict[str, bytes]
MAIN = "ppt/presentation.xml"
MAIN_RELS = "ppt/_rels/presentation.xml.rels"
TYPES = "[Content_Types].xml"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.presentationml"


def edited(path: pathlib.Path, edit: Callable[[Parts], object]) -> pathlib.Path:
    """Change the parts of a deck in place."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    edit(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def swap(parts: Parts, name: str, old: str, new: str) -> None:
    """Replace text of a part that must be there."""
    assert old.encode() in parts[name], (old, name)
    parts[name] = parts[name].replace(old.encode(), new.encode(), 1)


def link(parts: Parts, source: str, key: str, kind: str, target: str, mode: str = "") -> None:
    """Add a relationship to a part."""
    folder, _, file = source.rpartition("/")
    name = f"{folder}/_rels/{file}.rels" if source else "_rels/.rels"
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    )
    parts.setdefault(name, head.encode())
    mode = f' TargetMode="{mode}"' if mode else ""
    kind = kind if ":" in kind else f"{REL}/{kind}"
    row = f'<Relationship Id="{key}" Type="{kind}" Target="{target}"{mode}/>'
    swap(parts, name, "</Relationships>", f"{row}</Relationships>")


def declare(parts: Parts, name: str, content_type: str) -> None:
    """Add an Override."""
    row = f'<Override PartName="/{name}" ContentType="{content_type}"/>'
    swap(parts, TYPES, "</Types>", f"{row}</Types>")


def plain(path: pathlib.Path, slides: int = 3) -> pathlib.Path:
    """Save python-pptx's own deck: titles, notes, a picture shared by all slides, properties."""
    from pptx import Presentation

    presentation = Presentation()
    presentation.core_properties.title = "The template's title"
    for number in range(1, slides + 1):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = f"Old {number}"
        slide.shapes.add_picture(io.BytesIO(png(9, 9, 9)), 0, 0)
        slide.notes_slide.notes_text_frame.text = f"Old notes {number}"
    presentation.save(str(path))
    return path


def rich(path: pathlib.Path) -> pathlib.Path:
    """Save a deck with what else there may be: chart, workbook, comments, media, custom shows."""
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    plain(path, 4)
    presentation = Presentation(str(path))
    slides = presentation.slides
    data = CategoryChartData()
    data.categories = ["a", "b"]
    data.add_series("s", (1, 2))
    slides[1].shapes.add_chart(XL_CHART_TYPE.PIE, 0, 0, 3000000, 2000000, data)
    slides[2].shapes.title.click_action.target_slide = slides[0]
    slides[3].shapes.add_picture(io.BytesIO(png(7, 7, 7)), 0, 0)
    presentation.save(str(path))

    def enrich(parts: Parts) -> None:
        first = "ppt/slides/slide1.xml"
        swap(parts, first, "</p:clrMapOvr>", "</p:clrMapOvr><p:transition><p:fade/></p:transition>")
        parts["ppt/commentAuthors.xml"] = (
            b'<p:cmAuthorLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
            b'<p:cmAuthor id="0" name="A" initials="A" lastIdx="1" clrIdx="0"/></p:cmAuthorLst>'
        )
        parts["ppt/comments/comment1.xml"] = (
            b'<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
            b'<p:cm authorId="0" dt="2024-01-01T00:00:00.000" idx="1"><p:pos x="1" y="1"/>'
            b"<p:text>Remark</p:text></p:cm></p:cmLst>"
        )
        declare(parts, "ppt/commentAuthors.xml", f"{_TYPE}.commentAuthors+xml")
        declare(parts, "ppt/comments/comment1.xml", f"{_TYPE}.comments+xml")
        link(parts, MAIN, "rId90", "commentAuthors", "commentAuthors.xml")
        link(parts, first, "rId91", "comments", "../comments/comment1.xml")
        shows = (
            '<p:custShowLst><p:custShow name="Short" id="0"><p:sldLst>'
            '<p:sld r:id="rId7"/></p:sldLst></p:custShow></p:custShowLst>'
        )
        assert (
            b'Id="rId7" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            in (parts[MAIN_RELS])
        )
        swap(parts, MAIN, "<p:defaultTextStyle>", f"{shows}<p:defaultTextStyle>")

    return edited(path, enrich)


def two_masters(path: pathlib.Path) -> pathlib.Path:
    """Save a deck of two masters: `Light` and the dark `Night`, with layouts of the same names."""
    plain(path, 1)

    def double(parts: Parts) -> None:
        theme = parts["ppt/theme/theme1.xml"].decode()
        parts["ppt/theme/theme1.xml"] = theme.replace(
            'name="Office Theme"', 'name="Light"'
        ).encode()
        theme = theme.replace('name="Office Theme"', 'name="Night"').replace("4F81BD", "FFC000")
        parts["ppt/theme/theme9.xml"] = theme.encode()
        master = parts["ppt/slideMasters/slideMaster1.xml"].decode()
        master = master.replace(
            'bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2"', 'bg1="dk1" tx1="lt1" bg2="dk2" tx2="lt2"'
        )
        assert 'bg1="dk1"' in master
        for number in range(2147483649, 2147483660):
            master = master.replace(f'id="{number}"', f'id="{number + 100}"')
        parts["ppt/slideMasters/slideMaster7.xml"] = master.encode()
        rels = parts["ppt/slideMasters/_rels/slideMaster1.xml.rels"].decode()
        rels = rels.replace("theme1.xml", "theme9.xml")
        for number in range(11, 0, -1):
            old, new = f"slideLayout{number}.xml", f"slideLayout{number + 20}.xml"
            rels = rels.replace(f"/{old}", f"/{new}")
            parts[f"ppt/slideLayouts/{new}"] = parts[f"ppt/slideLayouts/{old}"]
            parts[f"ppt/slideLayouts/_rels/{new}.rels"] = parts[
                f"ppt/slideLayouts/_rels/{old}.rels"
            ].replace(b"slideMaster1", b"slideMaster7")
            declare(parts, f"ppt/slideLayouts/{new}", f"{_TYPE}.slideLayout+xml")
        parts["ppt/slideMasters/_rels/slideMaster7.xml.rels"] = rels.encode()
        declare(parts, "ppt/slideMasters/slideMaster7.xml", f"{_TYPE}.slideMaster+xml")
        theme_type = "application/vnd.openxmlformats-officedocument.theme+xml"
        declare(parts, "ppt/theme/theme9.xml", theme_type)
        link(parts, MAIN, "rId77", "slideMaster", "slideMasters/slideMaster7.xml")
        row = '<p:sldMasterId id="2147483748" r:id="rId77"/>'
        swap(parts, MAIN, "</p:sldMasterIdLst>", f"{row}</p:sldMasterIdLst>")

    return edited(path, double)


def named(slide: Slide, name: str, notes: str = "") -> Slide:
    """Return a slide that says what drawing it is made of."""
    xml = slide.xml.replace(b"<p:cSld>", f'<p:cSld name="{escape(name)}">'.encode())
    return replace(slide, xml=xml, notes=notes)


def append(
    deck: pathlib.Path, slides: Iterable[Slide], target: pathlib.Path | None = None, section=""
) -> pathlib.Path:
    """Append slides, named by `named`, to a deck; in place unless a target is given."""
    slides = list(slides)
    template = load_template(deck, append=True)
    if any(slide.notes for slide in slides):
        template = with_notes_master(template)
    target = target or deck
    with DeckWriter(target, template.size, template=template) as writer:
        for slide in slides:
            writer.add(slide, name=name_of(slide), section=section)
    return target


def name_of(slide: Slide) -> str:
    """Return the name that `named` gave."""
    from lxml import etree

    return str(etree.fromstring(slide.xml)[0].get("name", ""))


def drawing(name: str, notes: str = "", width: int = 1828800) -> Slide:
    """Return a slide of one rectangle, made of a drawing of that name."""
    slide = shape_slide()
    xml = slide.xml.replace(b'cx="1828800"', f'cx="{width}"'.encode())
    return named(replace(slide, xml=xml), name, notes)


def faults(deck: pathlib.Path) -> set[str]:
    """Return what lint and openxml-audit find, whatever the place."""
    audit = {str(error) for error in _validator().validate(deck).errors}
    return audit | {f"{finding.code} {finding.part}" for finding in lint(deck)}


def assert_no_worse(deck: pathlib.Path, source: pathlib.Path) -> None:
    """Fail if a deck has faults that the one it was made of has not, or does not open."""
    from pptx import Presentation

    new = faults(deck) - faults(source)
    assert not new, sorted(new)
    for slide in Presentation(str(deck)).slides:
        assert slide.slide_layout is not None
