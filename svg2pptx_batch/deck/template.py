"""What a deck consists of beside its slides; our own blank template.

A template is parts to copy, and the presentation part with marks where slides, size, notes master
and sections go. Those made of a user's deck come from `base`.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import posixpath
import re
import string
from collections.abc import Collection
from dataclasses import dataclass

from svg2pptx_batch.deck import package
from svg2pptx_batch.deck.media import CONTENT_TYPES
from svg2pptx_batch.deck.package import Part, PartRelationship
from svg2pptx_batch.deck.package_reader import PackageReader
from svg2pptx_batch.deck.sections import Section
from svg2pptx_batch.deck.zip_stream import deflate
from svg2pptx_batch.drawingml.xml import P, R, escape
from svg2pptx_batch.frame import Frame
from svg2pptx_batch.options import SlideSize

NOTES_MARK = b"<?deck notes?>"
SLIDES_MARK = b"<?deck slides?>"
SIZE_MARK = b"<?deck size?>"
SECTIONS_MARK = b"<?deck sections?>"

FIRST_SLIDE_ID = 256

APP_PART = "docProps/app.xml"
CORE_PART = "docProps/core.xml"

_THEME = "ppt/theme/theme1.xml"
_MASTER = "ppt/slideMasters/slideMaster1.xml"
_BLANK = "ppt/slideLayouts/slideLayout1.xml"
_TITLE_ONLY = "ppt/slideLayouts/slideLayout2.xml"

# Fractions of the slide: title and drawing of our own layout for titles.
_TITLE_TOP, _TITLE_BOTTOM = 0.03, 0.13
_SIDE, _BELOW_TITLE, _BOTTOM = 0.04, 0.15, 0.97


@dataclass(frozen=True, slots=True)
class KeptSlide:
    """A slide of a deck that slides are appended to.

    Attributes:
        name: Of the drawing it was made of; empty for other slides.
        part: Name of the slide part.
        notes: Name of its notes part; empty where it has none.
        id: Of the slide.
        relationship: Id of the presentation's relationship to it.
        parts: What is written if it stays: the slide and what belongs to it alone.
    """

    name: str
    part: str
    notes: str
    id: int
    relationship: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A deck to which slides are added.

    Attributes:
        size: Of its slides.
        frame: What its layout leaves to a drawing.
        parts: All parts but the presentation, its relationships, the document properties and what
            belongs to kept slides; relationships of parts among them.
        presentation: Name of the presentation part.
        presentation_type: Its media type.
        presentation_xml: Its content, holding each mark once; that for notes only where it has no
            notes master, that for the size only where it says none.
        presentation_relationships: Its relationships; none of a slide.
        package_relationships: Those of the package, beside presentation and document properties.
        layout: Name of the layout that slides use.
        notes_master: Name of the notes master; empty where there is none.
        first_slide_number: From here on, names of slide parts are free.
        first_notes_number: From here on, names of notes parts are free.
        first_relationship_number: From here on, `rIdN` of the presentation are free.
        first_slide_id: From here on, ids of slides are free.
        core: The document properties, where they are kept.
        app: What the program says of the document, where it is kept.
        slides: Those that stay, or are replaced by a slide of the same name.
        sections: That slides are in.
        reader: The file that parts are read from while the deck is written; None where they are in
            memory.
    """

    size: SlideSize
    frame: Frame = Frame()  # noqa: RUF009  frozen
    parts: tuple[Part, ...]
    presentation: str
    presentation_type: str = package.TYPE_PRESENTATION
    presentation_xml: bytes
    presentation_relationships: tuple[PartRelationship, ...]
    package_relationships: tuple[PartRelationship, ...] = ()
    layout: str
    notes_master: str = ""
    first_slide_number: int = 1
    first_notes_number: int = 1
    first_relationship_number: int
    first_slide_id: int = FIRST_SLIDE_ID
    core: Part | None = None
    app: Part | None = None
    slides: tuple[KeptSlide, ...] = ()
    sections: tuple[Section, ...] = ()
    reader: PackageReader | None = None

    def close(self) -> None:
        """Close the file that parts are read from."""
        if self.reader is not None:
            self.reader.close()


@functools.lru_cache(maxsize=8)
def blank_template(slide: SlideSize, *, titled: bool = False) -> Template:
    """Return our own template: one master, a blank layout and one for titles, a plain theme.

    Args:
        slide: For the placeholders of the master.
        titled: Whether slides have titles.
    """
    boxes = _placeholder_boxes(slide)
    parts = (
        _part(_THEME, package.TYPE_THEME, own_part("theme1.xml")),
        _part(_MASTER, package.TYPE_SLIDE_MASTER, _filled("slideMaster1.xml", boxes)),
        _part(_BLANK, package.TYPE_SLIDE_LAYOUT, own_part("slideLayout1.xml")),
        _part(_TITLE_ONLY, package.TYPE_SLIDE_LAYOUT, _filled("slideLayout2.xml", boxes)),
        _part("ppt/presProps.xml", package.TYPE_PRES_PROPS, own_part("presProps.xml")),
        _part("ppt/viewProps.xml", package.TYPE_VIEW_PROPS, own_part("viewProps.xml")),
        _part("ppt/tableStyles.xml", package.TYPE_TABLE_STYLES, own_part("tableStyles.xml")),
        links_part(_BLANK, numbered(_BLANK, ((package.REL_SLIDE_MASTER, _MASTER),))),
        links_part(_TITLE_ONLY, numbered(_TITLE_ONLY, ((package.REL_SLIDE_MASTER, _MASTER),))),
        links_part(
            _MASTER,
            numbered(
                _MASTER,
                (
                    (package.REL_SLIDE_LAYOUT, _BLANK),
                    (package.REL_THEME, _THEME),
                    (package.REL_SLIDE_LAYOUT, _TITLE_ONLY),
                ),
            ),
        ),
    )
    presentation = "ppt/presentation.xml"
    relationships = numbered(
        presentation,
        (
            (package.REL_SLIDE_MASTER, _MASTER),
            (package.REL_PRES_PROPS, "ppt/presProps.xml"),
            (package.REL_VIEW_PROPS, "ppt/viewProps.xml"),
            (package.REL_THEME, _THEME),
            (package.REL_TABLE_STYLES, "ppt/tableStyles.xml"),
        ),
    )
    return Template(
        size=slide,
        frame=own_frame(titled=titled),
        parts=parts,
        presentation=presentation,
        presentation_xml=own_part("presentation.xml"),
        presentation_relationships=relationships,
        layout=_TITLE_ONLY if titled else _BLANK,
        first_relationship_number=len(relationships) + 1,
    )


@functools.cache
def own_frame(*, titled: bool) -> Frame:
    """Return what our own layouts leave to a drawing, whatever the size of the slide.

    Args:
        titled: Whether slides have titles.
    """
    colors = _own_colors()
    if not titled:
        return Frame(colors=colors)
    return Frame((_SIDE, _BELOW_TITLE, 1.0 - _SIDE, _BOTTOM), "title", colors)


def _own_colors() -> tuple[tuple[str, str], ...]:
    """Return the colours of our theme, by the names that our master gives them."""
    slots = {"dk1": "tx1", "lt1": "bg1", "dk2": "tx2", "lt2": "bg2"}
    found: dict[str, str] = {}
    scheme = re.search(rb"<a:clrScheme.*?</a:clrScheme>", own_part("theme1.xml"))
    assert scheme is not None
    pattern = re.compile(rb'<a:(dk\d|lt\d|accent\d)><a:\w+ (?:val="\w+" lastClr|val)="(\w{6})"')
    for slot, value in pattern.findall(scheme[0]):
        found.setdefault(value.decode().upper(), slots.get(slot.decode(), slot.decode()))
    return tuple(found.items())


def with_notes_master(template: Template) -> Template:
    """Return a template whose slides may have notes: with our own notes master if it has none."""
    if template.notes_master:
        return template
    taken = _taken(template)
    master = _free_name("ppt/notesMasters/notesMaster", 1, taken)
    theme = _free_name("ppt/theme/theme", 2, taken)
    parts = (
        _part(master, package.TYPE_NOTES_MASTER, own_part("notesMaster1.xml")),
        _part(theme, package.TYPE_THEME, own_part("theme1.xml")),
        links_part(master, numbered(master, ((package.REL_THEME, theme),))),
    )
    row = notes_master_row(f"rId{template.first_relationship_number}")
    template = _with(template, package.REL_NOTES_MASTER, parts)
    return dataclasses.replace(
        template,
        presentation_xml=template.presentation_xml.replace(NOTES_MARK, row),
        notes_master=master,
    )


def notes_master_row(relationship: str) -> bytes:
    """Return the presentation's list of the one notes master.

    Args:
        relationship: Its id.
    """
    return (
        f'<p:notesMasterIdLst xmlns:p="{P}" xmlns:r="{R}">'
        f'<p:notesMasterId r:id="{escape(relationship)}"/></p:notesMasterIdLst>'
    ).encode()


def with_program_properties(template: Template) -> Template:
    """Return a template with those parts that PowerPoint misses though no standard asks for them.

    Source: ECMA-376 part 1, 13.3.7 "Presentation Properties Part" and 13.3.13 "View Properties".
    """
    present = {link.type for link in template.presentation_relationships}
    for kind, content_type, name in (
        (package.REL_PRES_PROPS, package.TYPE_PRES_PROPS, "presProps"),
        (package.REL_VIEW_PROPS, package.TYPE_VIEW_PROPS, "viewProps"),
    ):
        if kind not in present:
            part = _free_name(f"ppt/{name}", 1, _taken(template))
            data = own_part(f"{name}.xml")
            template = _with(template, kind, (_part(part, content_type, data),))
    return template


def _with(template: Template, kind: str, parts: tuple[Part, ...]) -> Template:
    """Return a template with more parts; the presentation has a relationship to the first."""
    number = template.first_relationship_number
    target = package.relative(template.presentation, parts[0].name)
    link = PartRelationship(f"rId{number}", kind, target)
    return dataclasses.replace(
        template,
        parts=(*template.parts, *parts),
        presentation_relationships=(*template.presentation_relationships, link),
        first_relationship_number=number + 1,
    )


def _taken(template: Template) -> set[str]:
    """Return the names of all parts, in lower case."""
    kept = (part for slide in template.slides for part in slide.parts)
    return {part.name.lower() for part in itertools.chain(template.parts, kept)}


def _free_name(start: str, number: int, taken: Collection[str]) -> str:
    """Return a name for a part that none has, with a number from `number` on."""
    names = (f"{start}{each}.xml" for each in itertools.count(number))
    return next(name for name in names if name.lower() not in taken)


@functools.cache
def own_part(file_name: str) -> bytes:
    """Return a file of our own template, without the white space that only lays it out."""
    import importlib.resources

    text = (
        importlib.resources.files("svg2pptx_batch.deck")
        .joinpath("parts", file_name)
        .read_text("utf-8")
    )
    return re.sub(r"(?<=>)\n\s*", "", text).replace("?><", "?>\n<", 1).encode()


def _filled(file_name: str, boxes: dict[str, int]) -> bytes:
    return string.Template(own_part(file_name).decode()).substitute(boxes).encode()


def _part(name: str, content_type: str, data: bytes) -> Part:
    return Part(name, content_type, deflate(data))


def links_part(source: str, relationships: tuple[PartRelationship, ...]) -> Part:
    """Return the relationships part of part `source`."""
    return _part(
        package.relationships_name(source),
        package.TYPE_RELATIONSHIPS,
        package.relationships_xml(relationships),
    )


def numbered(source: str, links: tuple[tuple[str, str], ...]) -> tuple[PartRelationship, ...]:
    """Return relationships rId1, rId2 … of `source` to parts given by type and name."""
    return tuple(
        PartRelationship(f"rId{number}", kind, package.relative(source, target))
        for number, (kind, target) in enumerate(links, 1)
    )


def _placeholder_boxes(slide: SlideSize) -> dict[str, int]:
    """Return the boxes of the master's placeholders, EMU, in fixed shares of the slide."""
    width, height = slide
    left = width * 7 // 100
    wide = width - 2 * left
    third = wide * 3 // 10
    return {
        "left": left,
        "wide": wide,
        "title_top": height * 5 // 100,
        "title_height": height * 19 // 100,
        "body_top": height * 26 // 100,
        "body_height": height * 63 // 100,
        "foot_top": height * 92 // 100,
        "foot_height": height * 5 // 100,
        "third": third,
        "middle": (width - third) // 2,
        "last": width - left - third,
        "heading_left": round(width * _SIDE),
        "heading_wide": round(width * (1.0 - 2 * _SIDE)),
        "heading_top": round(height * _TITLE_TOP),
        "heading_height": round(height * (_TITLE_BOTTOM - _TITLE_TOP)),
        "heading_size": min(max(round(height * 0.045 / 12700) * 100, 800), 4400),
    }


def default_type(part: Part) -> tuple[str, str] | None:
    """Return extension and media type if the part can do without an Override of its own."""
    extension = posixpath.splitext(part.name)[1].removeprefix(".").lower()
    if extension == "rels" or CONTENT_TYPES.get(extension) == part.content_type:
        return extension, part.content_type
    return None
