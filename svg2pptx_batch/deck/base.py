"""A user's deck as a template: its masters, layouts, theme and properties, with or without slides.

Parts are copied as they lie in the file; what is read is what leads from one to the next, the
presentation part, and the names of slides.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterable
from html import unescape
from typing import Any, Final

from svg2pptx_batch.deck import package
from svg2pptx_batch.deck.package import Part
from svg2pptx_batch.deck.package_reader import Link, PackageReader, Stored
from svg2pptx_batch.deck.sections import SECTIONS_URI, Section, read_sections
from svg2pptx_batch.deck.template import (
    FIRST_SLIDE_ID,
    NOTES_MARK,
    SECTIONS_MARK,
    SIZE_MARK,
    SLIDES_MARK,
    KeptSlide,
    Template,
    links_part,
)
from svg2pptx_batch.deck.zip_stream import Payload
from svg2pptx_batch.drawingml.xml import P, R
from svg2pptx_batch.options import SlideSize

_P: Final = f"{{{P}}}"
_R: Final = f"{{{R}}}"
_NOT_TAKEN: Final = (
    "/vbaProject",
    "/changesInfo",
    "/revisionInfo",
    "/digital-signature/origin",
)
"""What does not survive a change of the slides, or must not: no deck of ours runs code."""
_OF_THE_DOCUMENT: Final = ("/core-properties", "/extended-properties", "/thumbnail")
_NUMBER: Final = re.compile(r"rId(\d+)|ppt/(slides/slide|notesSlides/notesSlide)(\d+)\.xml")
_SLIDE_NAME: Final = re.compile(rb"<\w*:?cSld\b[^>]*? name=(?:\"([^\"]*)\"|'([^']*)')")


def read_template(path: pathlib.Path, *, slides: bool) -> Template:
    """Read a user's deck; its layout is yet to be chosen.

    Args:
        path: A .pptx or .potx file.
        slides: Whether its slides and document properties stay; then parts are read while the
            deck is written, and the template must be closed.

    Raises:
        UsageError: It cannot be read as a presentation, or its slides are to stay and it has
            macros.
    """
    reader = PackageReader(path)
    try:
        template = _Base(reader, slides).template()
    except BaseException:
        reader.close()
        raise
    if not slides:
        reader.close()
    return template


class _Base:
    """Gathers the parts of a presentation."""

    def __init__(self, reader: PackageReader, slides: bool) -> None:
        self._reader = reader
        self._keep = slides
        links = reader.links("")
        main = [link.target for link in links if link.type == package.REL_OFFICE_DOCUMENT]
        kind = reader.content_type(main[0]) if main else ""
        if kind not in package.PRESENTATION_TYPES | package.MACRO_TYPES:
            raise reader.refuse("it holds no presentation")
        self._main = main[0]
        if slides and kind in package.MACRO_TYPES:
            raise reader.refuse("slides cannot be appended to a deck with macros")
        self._package_links = [link for link in links if link.type != package.REL_OFFICE_DOCUMENT]
        self._root = reader.parse(self._main)
        self._links = {link.id: link for link in self._taken(reader.links(self._main))}
        self._slide_ids = [
            (int(each.get("id", "0")), each.get(f"{_R}id", ""))
            for each in self._root.iterfind(f"{_P}sldIdLst/{_P}sldId")
        ]
        self._slides = {link.target for link in self._links.values() if _is_slide(link)}
        self._seen: dict[str, tuple[Part, ...]] = {}

    def template(self) -> Template:
        """Return what was gathered."""
        own = [link for link in self._links.values() if not _is_slide(link)]
        others = [link for link in self._package_links if not link.type.endswith(_NOT_TAKEN)]
        core = self._document_part(package.REL_CORE_PROPERTIES)
        app = self._document_part(package.REL_EXTENDED_PROPERTIES)
        others = [
            link
            for link in others
            if not link.type.endswith(_OF_THE_DOCUMENT)
            or (self._keep and link.type.endswith("/thumbnail"))
        ]
        reached = self._reach(link.target for link in (*own, *others) if not link.external)
        slides = self._kept_slides(reached) if self._keep else ()
        names = [*reached, *(slide.part for slide in slides), *(s.notes for s in slides)]
        numbers = [_NUMBER.fullmatch(name) for name in [*names, *self._links]]
        masters = [link.target for link in own if link.type == package.REL_NOTES_MASTER]
        return Template(
            size=self._size(),
            parts=self._parts(reached),
            presentation=self._main,
            sections=self._sections() if self._keep else (),
            presentation_xml=self._marked(has_notes=bool(masters)),
            presentation_relationships=tuple(link.from_part(self._main) for link in own),
            package_relationships=tuple(link.from_part("") for link in others),
            layout="",
            notes_master=masters[0] if masters else "",
            first_slide_number=1
            + _most(int(m[3]) for m in numbers if m and m[2] == "slides/slide"),
            first_notes_number=1
            + _most(int(m[3]) for m in numbers if m and (m[2] or "")[:1] == "n"),
            first_relationship_number=1 + _most(int(m[1]) for m in numbers if m and m[1]),
            first_slide_id=max([FIRST_SLIDE_ID - 1, *(number for number, _ in self._slide_ids)]) + 1
            if self._keep
            else FIRST_SLIDE_ID,
            core=core if self._keep else None,
            app=app if self._keep else None,
            slides=slides,
            reader=self._reader if self._keep else None,
        )

    def _taken(self, links: Iterable[Link]) -> list[Link]:
        return [link for link in links if not link.type.endswith(_NOT_TAKEN)]

    def _reach(self, names: Iterable[str], known: Iterable[str] = ()) -> list[str]:
        """Return the parts that links lead to, but the presentation, its slides, known ones."""
        known = {self._main, *self._slides, *known}
        found: dict[str, None] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in known and name not in found:
                found[name] = None
                links = self._taken(self._reader.links(name))
                waiting += [link.target for link in links if not link.external]
        return sorted(found)

    def _parts(self, names: Iterable[str]) -> tuple[Part, ...]:
        """Return parts and their relationships."""
        parts: list[Part] = []
        for name in names:
            if name not in self._seen:
                self._seen[name] = tuple(self._read(name))
            parts += self._seen[name]
        return tuple(parts)

    def _read(self, name: str) -> Iterable[Part]:
        payload = self._reader.payload(name)
        if isinstance(payload, Stored) and not self._keep:
            payload = Payload(payload.method, payload.crc, payload.size, payload.data)
        yield Part(name, self._reader.content_type(name), payload)
        links = self._taken(self._reader.links(name))
        if links:
            yield links_part(name, tuple(link.from_part(name) for link in links))

    def _document_part(self, kind: str) -> Part | None:
        for link in self._package_links:
            if link.type == kind and not link.external:
                return self._parts([link.target])[0]
        return None

    def _kept_slides(self, shared: Iterable[str]) -> tuple[KeptSlide, ...]:
        """Return the slides in order, each with what belongs to it."""
        shared = set(shared)
        slides = []
        for number, relationship in self._slide_ids:
            link = self._links.get(relationship)
            if link is None or not _is_slide(link):
                raise self._reader.refuse(f"slide {number} is missing")
            links = self._reader.links(link.target)
            notes = [each.target for each in links if each.type == package.REL_NOTES_SLIDE]
            own = self._reach((each.target for each in links if not each.external), shared)
            found = _SLIDE_NAME.search(self._reader.read(link.target))
            slides.append(
                KeptSlide(
                    name=unescape((found[1] or found[2] or b"").decode()) if found else "",
                    part=link.target,
                    notes=notes[0] if notes else "",
                    id=number,
                    relationship=relationship,
                    parts=self._parts([link.target, *own]),
                )
            )
        return tuple(slides)

    def _size(self) -> SlideSize:
        size = self._root.find(f"{_P}sldSz")
        try:
            return SlideSize(int(size.get("cx")), int(size.get("cy")))
        except (AttributeError, TypeError, ValueError) as error:
            raise self._reader.refuse("it says no slide size") from error

    def _sections(self) -> tuple[Section, ...]:
        for extension in self._root.iterfind(f"{_P}extLst/{_P}ext"):
            if extension.get("uri") == SECTIONS_URI:
                return read_sections(extension)
        return ()

    def _marked(self, *, has_notes: bool) -> bytes:
        """Return the presentation part without its slides, holding the marks instead."""
        from lxml import etree

        root = self._root
        of_slides = () if self._keep else ("custShowLst", "photoAlbum")
        for tag in ("sldIdLst", "sldSz", *of_slides):
            for old in root.findall(_P + tag):
                root.remove(old)
        masters = root.find(f"{_P}sldMasterIdLst")
        if masters is None:
            raise self._reader.refuse("it has no slide master")
        if not has_notes:
            root.insert(root.index(masters) + 1, _mark(NOTES_MARK))
        notes_size = root.find(f"{_P}notesSz")
        at = root.index(notes_size) if notes_size is not None else len(root)
        root.insert(at, _mark(SLIDES_MARK))
        root.insert(at + 1, _mark(SIZE_MARK))
        extensions = root.find(f"{_P}extLst")
        if extensions is None:
            extensions = etree.SubElement(root, f"{_P}extLst")
        for extension in list(extensions):
            if extension.get("uri") == SECTIONS_URI:
                extensions.remove(extension)
        extensions.append(_mark(SECTIONS_MARK))
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _mark(mark: bytes) -> Any:
    from lxml import etree

    target, _, text = mark.decode().strip("<?>").partition(" ")
    return etree.ProcessingInstruction(target, text)


def _is_slide(link: Link) -> bool:
    return link.type == package.REL_SLIDE and not link.external


def _most(numbers: Iterable[int]) -> int:
    return max(numbers, default=0)
