"""A user's deck as a template: its masters, layouts, theme and properties, with or without slides.

Parts are copied as they lie in the file; what is read is what leads from one to the next, the
presentation part, and the names of slides.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from svg2pptx_batch.deck import package
from svg2pptx_batch.deck.package import Part
from svg2pptx_batch.deck.package_reader import Link, PackageReader, Stored
from svg2pptx_batch.deck.sections import SECTIONS_URI, Section, read_sections
from svg2pptx_batch.deck.size import MAX_SIDE_EMU, MIN_SIDE_EMU
from svg2pptx_batch.deck.template import (
    APP_PART,
    CORE_PART,
    FIRST_SLIDE_ID,
    NOTES_MARK,
    SECTIONS_MARK,
    SLIDES_MARK,
    KeptSlide,
    Template,
    links_part,
    notes_master_row,
)
from svg2pptx_batch.deck.unlink import unlink
from svg2pptx_batch.deck.zip_stream import MAX_ENTRIES, Content, Payload, deflate
from svg2pptx_batch.drawingml.xml import P, R
from svg2pptx_batch.options import SlideSize

_P: Final = f"{{{P}}}"
_R: Final = f"{{{R}}}"
_STRICT: Final = "http://purl.oclc.org/ooxml/"
_NOT_TAKEN: Final = (
    "/vbaProject",
    "/changesInfo",
    "/revisionInfo",
    "/digital-signature/origin",
)
"""What does not survive a change of the slides, or must not: no deck of ours runs code."""
_OF_SLIDES: Final = ("/commentAuthors", "/authors", "/extensibility", "/thumbnail")
"""What goes with the slides: who commented them, buttons for macros, a picture of the first."""
_OF_THE_DOCUMENT: Final = ("/core-properties", "/extended-properties")
_NUMBER: Final = re.compile(
    r"rId(\d{1,18})|ppt/(slides/slide|notesSlides/notesSlide)(\d{1,18})\.xml",
    re.ASCII | re.IGNORECASE,
)
_ID: Final = re.compile(r"\d{1,10}", re.ASCII)
_END_OF_SLIDE_IDS: Final = 2**31


def read_template(reader: PackageReader, *, slides: bool) -> Template:
    """Read a user's deck; its layout is yet to be chosen.

    Args:
        reader: A .pptx, .potx or .ppsx file.
        slides: Whether its slides and document properties stay; then parts are read while the
            deck is written, and the template holds the reader, which must be closed.

    Raises:
        UsageError: It cannot be read as a presentation, or its slides are to stay and it has
            macros.
    """
    return _Base(reader, slides).template()


def check_appendable(reader: PackageReader) -> None:
    """Refuse a deck that slides cannot be appended to, without reading its slides.

    Raises:
        UsageError: It cannot be read as a presentation, has macros, or a slide is missing.
    """
    _Base(reader, slides=True)


class _Base:
    """Gathers the parts of a presentation."""

    def __init__(self, reader: PackageReader, slides: bool) -> None:
        self._reader = reader
        self._keep = slides
        links = reader.links("")
        if any(link.type.startswith(_STRICT) for link in links):
            raise reader.refuse("it is saved as Strict Open XML")
        main = _target(links, package.REL_OFFICE_DOCUMENT)
        kind = reader.content_type(main) if main else ""
        if kind not in package.PRESENTATION_TYPES | package.MACRO_TYPES:
            raise reader.refuse("it holds no presentation")
        if slides and kind in package.MACRO_TYPES:
            raise reader.refuse("slides cannot be appended to a deck with macros")
        self._main = main
        self._kind = kind if slides else package.TYPE_PRESENTATION
        self._core = _target(links, package.REL_CORE_PROPERTIES)
        self._app = _target(links, package.REL_EXTENDED_PROPERTIES)
        self._root = reader.parse(main)
        self._links = {link.id: link for link in reader.links(main)}
        self._rows = self._slide_rows() if slides else []
        self._slides = {part for _, _, part in self._rows}
        # written by itself, or only with the slides
        self._apart = {main, self._core, self._app, CORE_PART, APP_PART, *self._slides}
        self._package_links = [link for link in links if link.target != main and self._stays(link)]
        self._seen: dict[str, tuple[Part, ...]] = {}
        self._names: dict[str, str] = {}

    def template(self) -> Template:
        """Return what was gathered."""
        own = [
            link
            for link in self._links.values()
            if self._stays(link) and link.target not in self._slides
        ]
        others = [link for link in self._package_links if not link.type.endswith(_OF_THE_DOCUMENT)]
        reached = self._reach(link.target for link in (*own, *others) if not link.external)
        slides = self._kept_slides(reached)
        names = [*reached, *(part.name for slide in slides for part in slide.parts)]
        numbers = [m for m in map(_NUMBER.fullmatch, (*names, *self._links)) if m]
        notes_master = _target(own, package.REL_NOTES_MASTER)
        return Template(
            size=self._size(),
            parts=self._parts(reached),
            presentation=self._main,
            presentation_type=self._kind,
            sections=self._sections() if self._keep else (),
            presentation_xml=self._marked(
                next((link.id for link in own if link.target == notes_master), "")
            ),
            presentation_relationships=tuple(link.written() for link in own),
            package_relationships=tuple(link.written() for link in others),
            layout="",
            notes_master=notes_master,
            first_slide_number=1
            + _most(int(m[3]) for m in numbers if m[3] and m[2].endswith("/slide")),
            first_notes_number=1
            + _most(int(m[3]) for m in numbers if m[3] and not m[2].endswith("/slide")),
            first_relationship_number=1 + _most(int(m[1]) for m in numbers if m[1]),
            first_slide_id=self._first_slide_id(),
            core=self._document_part(self._core),
            app=self._document_part(self._app),
            slides=slides,
            reader=self._reader if self._keep else None,
        )

    def _slide_rows(self) -> list[tuple[int, str, str]]:
        """Return id, relationship and part of each slide, in order."""
        rows = []
        for each in self._root.iterfind(f"{_P}sldIdLst/{_P}sldId"):
            number, relationship = each.get("id", ""), each.get(f"{_R}id", "")
            link = self._links.get(relationship)
            target = "" if link is None or link.external else link.target
            if not target or self._reader.content_type(target) != package.TYPE_SLIDE:
                raise self._reader.refuse(f"slide {number} is missing")
            if not _ID.fullmatch(number) or not FIRST_SLIDE_ID <= int(number) < _END_OF_SLIDE_IDS:
                raise self._reader.refuse(f"{number!r} is no id of a slide")
            rows.append((int(number), relationship, target))
        for column in zip(*rows, strict=True):
            if len(set(column)) < len(rows):
                twice = Counter(column).most_common(1)[0][0]
                raise self._reader.refuse(f"it lists slide {twice} twice")
        return rows

    def _stays(self, link: Link) -> bool:
        """Tell whether a link stays: its target does, and is no part we cannot keep true."""
        if link.type.endswith(_NOT_TAKEN) or (not self._keep and link.type.endswith(_OF_SLIDES)):
            return False
        if link.external:
            return True
        if not link.target:
            return False
        if self._reader.content_type(link.target) == package.TYPE_SLIDE:
            return link.target in self._slides
        return True

    def _reach(self, names: Iterable[str], known: Iterable[str] = frozenset()) -> list[str]:
        """Return the parts that links lead to, but those written apart, and known ones."""
        found: dict[str, None] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in self._apart and name not in known and name not in found:
                found[name] = None
                links = self._reader.links(name)
                waiting += [link.target for link in links if self._leads_on(link)]
        return sorted(found)

    def _leads_on(self, link: Link) -> bool:
        return not link.external and self._stays(link)

    def _parts(self, names: Iterable[str]) -> tuple[Part, ...]:
        """Return parts and their relationships."""
        parts: list[Part] = []
        for name in names:
            if name not in self._seen:
                self._seen[name] = tuple(self._read(name))
            parts += self._seen[name]
        return tuple(parts)

    def _read(self, name: str) -> Iterable[Part]:
        stored = self._reader.payload(name)
        self._names[name] = stored.slide_name
        links = self._reader.links(name)
        staying = [link for link in links if self._stays(link)]
        gone = {link.id for link in links} - {link.id for link in staying}
        yield Part(name, self._reader.content_type(name), self._without(name, stored, gone))
        if not staying:
            return
        if gone or not all(link.exact for link in staying):
            yield links_part(name, tuple(link.written() for link in staying))
        else:
            stored = self._reader.relationships(name)
            part = package.relationships_name(name)
            yield Part(part, package.TYPE_RELATIONSHIPS, self._held(stored))

    def _without(self, name: str, stored: Stored, gone: set[str]) -> Content:
        """Return a part's content without references to relationships that are gone."""
        if gone and self._reader.is_xml(name):
            root = self._reader.parse(name)
            if self._unlink(name, root, gone):
                return deflate(_serialised(root))
        return self._held(stored)

    def _unlink(self, name: str, root: Any, gone: set[str]) -> bool:
        try:
            return unlink(root, gone)
        except ValueError as error:
            raise self._reader.refuse(f"{name}: {error}") from error

    def _held(self, stored: Stored) -> Content:
        """Return content that is there as long as it is needed."""
        if self._keep:
            return stored
        return Payload(stored.method, stored.crc, stored.size, b"".join(stored.pieces()))

    def _document_part(self, name: str) -> Part | None:
        """Return a part of the document's properties, None where they do not stay."""
        if not name or not self._keep:
            return None
        return Part(name, self._reader.content_type(name), self._reader.payload(name))

    def _kept_slides(self, shared: Iterable[str]) -> tuple[KeptSlide, ...]:
        """Return the slides in order, each with what belongs to it."""
        shared = set(shared)
        links = [self._reader.links(part) for _, _, part in self._rows]
        notes = [_target(each, package.REL_NOTES_SLIDE) for each in links]
        times = Counter(notes)
        slides = []
        for (number, relationship, part), found, note in zip(self._rows, links, notes, strict=True):
            if not _target(found, package.REL_SLIDE_LAYOUT):
                raise self._reader.refuse(f"slide {number} has no layout")
            own = self._reach((link.target for link in found if self._leads_on(link)), shared)
            parts = self._parts([part, *own])
            slides.append(
                KeptSlide(
                    name=self._names[part],
                    part=part,
                    notes=note if times[note] == 1 else "",
                    id=number,
                    relationship=relationship,
                    parts=parts,
                )
            )
        return tuple(slides)

    def _first_slide_id(self) -> int:
        """Return the first of many ids in a row that are free; after all others if it can be."""
        taken = sorted(number for number, _, _ in self._rows)
        edges = (FIRST_SLIDE_ID - 1, *taken, _END_OF_SLIDE_IDS)
        free = [a for a, b in itertools.pairwise(edges) if b - a > MAX_ENTRIES]
        if not free:
            raise self._reader.refuse("it has no room for more ids of slides")
        return free[-1] + 1

    def _size(self) -> SlideSize:
        size = self._root.find(f"{_P}sldSz")
        sides = [] if size is None else [size.get("cx", ""), size.get("cy", "")]
        if not sides or not all(_ID.fullmatch(side) for side in sides):
            raise self._reader.refuse("it says no slide size")
        found = SlideSize(*map(int, sides))
        if not all(MIN_SIDE_EMU <= side <= MAX_SIDE_EMU for side in found):
            raise self._reader.refuse("its slides are of no size that PowerPoint takes")
        return found

    def _sections(self) -> tuple[Section, ...]:
        for extension in self._root.iterfind(f"{_P}extLst/{_P}ext"):
            if extension.get("uri") == SECTIONS_URI:
                return read_sections(extension)
        return ()

    def _marked(self, notes: str) -> bytes:
        """Return the presentation part without its slides, holding the marks instead.

        Args:
            notes: Id of the relationship to the notes master; empty where it has none.
        """
        from lxml import etree

        root = self._root
        etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
        of_slides = () if self._keep else ("custShowLst", "photoAlbum")
        for tag in ("sldIdLst", "notesMasterIdLst", *of_slides):
            for old in root.findall(_P + tag):
                root.remove(old)
        self._unlink(
            self._main, root, {link.id for link in self._links.values() if not self._stays(link)}
        )
        masters, size = root.find(f"{_P}sldMasterIdLst"), root.find(f"{_P}sldSz")
        if masters is None or not len(masters):
            raise self._reader.refuse("it has no slide master")
        masters.addnext(_mark(NOTES_MARK))
        size.addprevious(_mark(SLIDES_MARK))
        extensions = root.find(f"{_P}extLst")
        if extensions is None:
            extensions = etree.SubElement(root, f"{_P}extLst")
        for extension in list(extensions):
            if extension.get("uri") == SECTIONS_URI:
                extensions.remove(extension)
        extensions.append(_mark(SECTIONS_MARK))
        xml = _serialised(root)
        return xml.replace(NOTES_MARK, notes_master_row(notes)) if notes else xml


def _serialised(root: Any) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _mark(mark: bytes) -> Any:
    from lxml import etree

    target, _, text = mark.decode().strip("<?>").partition(" ")
    return etree.ProcessingInstruction(target, text)


def _target(links: Iterable[Link], kind: str) -> str:
    """Return the first part that links of a type lead to, empty if there is none."""
    found = (link.target for link in links if link.type == kind and not link.external)
    return next(filter(None, found), "")


def _most(numbers: Iterable[int]) -> int:
    return max(numbers, default=0)
