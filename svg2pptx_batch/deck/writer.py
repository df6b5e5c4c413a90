"""Slides, one after the other, to a .pptx; only counters stay in memory."""

from __future__ import annotations

import pathlib
from collections import deque
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import count
from types import TracebackType
from typing import BinaryIO, Final, Self

from svg2pptx_batch.deck import package
from svg2pptx_batch.deck.media import CONTENT_TYPES, FOLDER, MediaFolder
from svg2pptx_batch.deck.notes import notes_xml
from svg2pptx_batch.deck.package import Part, PartRelationship
from svg2pptx_batch.deck.packed import PackedSlide, compress
from svg2pptx_batch.deck.properties import Properties, core_xml
from svg2pptx_batch.deck.sections import sections_xml, with_slides
from svg2pptx_batch.deck.target import TargetFile
from svg2pptx_batch.deck.template import (
    APP_PART,
    CORE_PART,
    NOTES_MARK,
    SECTIONS_MARK,
    SIZE_MARK,
    SLIDES_MARK,
    KeptSlide,
    Template,
    blank_template,
    default_type,
    numbered,
    own_part,
)
from svg2pptx_batch.deck.zip_stream import Content, ZipStream, deflate
from svg2pptx_batch.drawingml.slide import Relationship, Slide
from svg2pptx_batch.drawingml.xml import P, R, escape
from svg2pptx_batch.errors import OutputError
from svg2pptx_batch.options import SlideSize

MAX_SLIDES: Final = 30_000
MAX_SLIDES_WITH_NOTES: Final = 15_000

_SLIDES: Final = "ppt/slides"
_SLIDE: Final = f"{_SLIDES}/slide.xml"


def check_slide_count(count: int, *, notes: bool = False) -> None:
    """Refuse a deck of more slides than one file holds well, before work begins.

    Args:
        count: How many slides it would have.
        notes: Whether they have notes, which are parts of their own.

    Raises:
        OutputError: There are more than `MAX_SLIDES`, or `MAX_SLIDES_WITH_NOTES`.
    """
    most = MAX_SLIDES_WITH_NOTES if notes else MAX_SLIDES
    if count > most:
        kind = "slides with notes" if notes else "slides"
        raise OutputError(
            f"{count:,} {kind} are too many for one deck, which holds {most:,}.",
            remedy="Convert the files in several runs, or use --mode zip or --mode folder.",
        )


class DeckWriter:
    """Writes a deck slide by slide.

    As a context manager it closes the deck when the block ends well and discards it when not. A
    deck given by path appears under its name only when complete. Equal input gives equal bytes.

    Args:
        target: Path whose folder exists, or a binary file, which need not be seekable and is not
            closed.
        slide: Size of every slide; a template's own counts before it.
        properties: Of the document, unless the template keeps its own.
        template: A user's deck for master, layouts and theme, or to append slides to; None for
            our own.

    Raises:
        OutputError: The target cannot be written.
        UsageError: SOURCE_DATE_EPOCH is wrong.
    """

    def __init__(
        self,
        target: pathlib.Path | BinaryIO,
        slide: SlideSize,
        *,
        properties: Properties = Properties(),  # noqa: B008  frozen
        template: Template | None = None,
    ) -> None:
        self._template = template or blank_template(slide)
        self._kept: dict[str, deque[KeptSlide]] = {}
        for kept in self._template.slides:
            if kept.name:
                self._kept.setdefault(kept.name, deque()).append(kept)
        self._replaced: set[str] = set()
        self._sections: list[str] = []
        self._overrides: list[tuple[str, str]] = []
        self._defaults = {"rels": package.TYPE_RELATIONSHIPS, "xml": "application/xml"}
        self._notes = 0
        self._closed = False
        self._file: TargetFile | None = None
        try:
            self._core = core_xml(properties)
            if isinstance(target, pathlib.Path):
                self._file = TargetFile(target)
                self._archive = ZipStream(self._file)
            else:
                self._archive = ZipStream(target)
            self._media = MediaFolder(self._archive)
            self._plain_relationships = deflate(self._slide_relationships(_SLIDE, ()))
            self._write_template()
        except BaseException:
            self.discard()
            raise

    def add(self, slide: Slide | PackedSlide, *, section: str = "", name: str = "") -> None:
        """Write the next slide, or the one that takes the place of a kept slide.

        Args:
            slide: Copied as it is; never parsed.
            section: Name of the section it belongs to. If no slide has one, the deck has none.
            name: Of its drawing: a kept slide of that name is replaced, the first of several.

        Raises:
            OutputError: The target cannot be written, or the deck is full.
            ValueError: The slide refers to a picture that it does not carry, or one of a type no
                deck may hold; or it has notes, and the template has no master for them.
        """
        packed = slide if isinstance(slide, PackedSlide) else compress(slide)
        carried = {media.name for media in packed.media}
        for each in packed.relationships:
            if each.kind == "image" and each.target not in carried:
                raise ValueError(f"slide refers to {each.target}, which it does not carry")
        if packed.notes and not self._template.notes_master:
            raise ValueError("slide has notes, for which the template has no master")
        for media in packed.media:
            self._media.add(media.name, media.payload)
        # a slide says its name without what XML cannot hold
        same = self._kept.get(unescape(escape(name))) if self._kept else None
        kept = same.popleft() if same else None
        if kept is None:
            part = self._slide_name(len(self._sections))
            self._sections.append(section)
            check_slide_count(len(self._template.slides) + len(self._sections))
        else:
            part = kept.part
            self._replaced.add(part)
        notes = ""
        if packed.notes:
            notes = self._add_notes(part, packed.notes, kept)
        self._archive.add(part, packed.xml)
        self._archive.add(
            package.relationships_name(part),
            self._packed_relationships(part, packed.relationships, notes),
        )
        self._overrides.append((part, package.TYPE_SLIDE))

    def close(self) -> None:
        """Finish the deck and put it under its name.

        Raises:
            OutputError: The target cannot be written; then it is as it was before.
        """
        if self._closed:
            return
        try:
            self._write_kept()
            self._write_presentation()
            self._write("[Content_Types].xml", self._content_types())
            self._archive.close()
            self._template.close()  # it may be the very file that is replaced now
            if self._file is not None:
                self._file.commit()
        except BaseException:
            self.discard()
            raise
        self._closed = True

    def discard(self) -> None:
        """Throw the deck away; a target given by path is as it was before."""
        self._template.close()
        if not self._closed and self._file is not None:
            self._file.discard()
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def _slide_name(self, index: int) -> str:
        return f"{_SLIDES}/slide{self._template.first_slide_number + index}.xml"

    def _packed_relationships(
        self, part: str, relationships: tuple[Relationship, ...], notes: str
    ) -> Content:
        if not relationships and not notes and part.rpartition("/")[0] == _SLIDES:
            return self._plain_relationships
        return deflate(self._slide_relationships(part, relationships, notes))

    def _slide_relationships(
        self, part: str, relationships: tuple[Relationship, ...], notes: str = ""
    ) -> bytes:
        """Return the relationships part of a slide: its layout, what it asks for, its notes."""
        lines = [
            PartRelationship(
                "rId1", package.REL_SLIDE_LAYOUT, package.relative(part, self._template.layout)
            )
        ]
        for each in relationships:
            if each.kind == "image":
                target = package.relative(part, f"{FOLDER}/{each.target}")
                lines.append(PartRelationship(each.id, package.REL_IMAGE, target))
            elif each.kind == "hyperlink":
                lines.append(
                    PartRelationship(each.id, package.REL_HYPERLINK, each.target, external=True)
                )
            else:
                raise ValueError(f"slide has a relationship of unknown kind {each.kind!r}")
        if notes:
            taken = {line.id for line in lines}
            number = next(r for n in count(len(lines) + 1) if (r := f"rId{n}") not in taken)
            target = package.relative(part, notes)
            lines.append(PartRelationship(number, package.REL_NOTES_SLIDE, target))
        return package.relationships_xml(lines)

    def _add_notes(self, slide: str, text: str, kept: KeptSlide | None) -> str:
        """Write the notes of a slide; return the name of the part."""
        if kept is not None and kept.notes:
            part = kept.notes
        else:
            number = self._template.first_notes_number + self._notes
            part = f"ppt/notesSlides/notesSlide{number}.xml"
            self._notes += 1
        links = (
            (package.REL_NOTES_MASTER, self._template.notes_master),
            (package.REL_SLIDE, slide),
        )
        self._write(part, notes_xml(text))
        self._archive.add(
            package.relationships_name(part),
            deflate(package.relationships_xml(numbered(part, links))),
        )
        self._overrides.append((part, package.TYPE_NOTES_SLIDE))
        return part

    def _write_template(self) -> None:
        """Write what does not depend on the slides.

        The package relationships come first and a part below `ppt` third: programs that look at
        the first entries tell a presentation by that.
        """
        template = self._template
        core, app = template.core, template.app
        targets = (
            (package.REL_OFFICE_DOCUMENT, template.presentation),
            (package.REL_CORE_PROPERTIES, core.name if core else CORE_PART),
            (package.REL_EXTENDED_PROPERTIES, app.name if app else APP_PART),
        )
        others = (
            each._replace(id=f"rId{number}")
            for number, each in enumerate(template.package_relationships, 4)
        )
        self._write("_rels/.rels", package.relationships_xml((*numbered("", targets), *others)))
        self._overrides.append((template.presentation, template.presentation_type))
        app = app or Part(APP_PART, package.TYPE_APP, deflate(own_part("app.xml")))
        core = core or Part(CORE_PART, package.TYPE_CORE, deflate(self._core))
        parts = sorted(
            template.parts, key=lambda part: (not part.name.startswith("ppt/"), part.name)
        )
        self._write_parts((app, *parts, core))

    def _write_kept(self) -> None:
        """Write the slides that stay, and what belongs to them."""
        parts = {
            part.name: part
            for kept in self._template.slides
            if kept.part not in self._replaced
            for part in kept.parts
        }
        self._write_parts(parts[name] for name in sorted(parts))

    def _write_parts(self, parts: Iterable[Part]) -> None:
        for part in parts:
            default = default_type(part)
            if default is None:
                self._overrides.append((part.name, part.content_type))
            else:
                self._defaults[default[0]] = default[1]
            folder, _, name = part.name.rpartition("/")
            if folder != FOLDER or self._media.claim(name):
                self._archive.add(part.name, part.payload)

    def _slide_rows(self) -> Iterator[tuple[int, str, str]]:
        """Yield id, relationship id and part of every slide, in order."""
        template = self._template
        for kept in template.slides:
            yield kept.id, kept.relationship, kept.part
        for index in range(len(self._sections)):
            relationship = f"rId{template.first_relationship_number + index}"
            yield template.first_slide_id + index, relationship, self._slide_name(index)

    def _write_presentation(self) -> None:
        template = self._template
        rows = list(self._slide_rows())
        sections = with_slides(
            template.sections,
            [kept.id for kept in template.slides],
            zip(
                self._sections,
                [number for number, _, _ in rows[len(template.slides) :]],
                strict=True,
            ),
        )
        links = (
            *template.presentation_relationships,
            *(
                PartRelationship(
                    relationship,
                    package.REL_SLIDE,
                    package.relative(template.presentation, part),
                )
                for _, relationship, part in rows
            ),
        )
        ids = "".join(
            [f'<p:sldId id="{number}" r:id="{escape(link)}"/>' for number, link, _ in rows]
        )
        slides = f'<p:sldIdLst xmlns:p="{P}" xmlns:r="{R}">{ids}</p:sldIdLst>' if ids else ""
        size = template.size
        xml = (
            template.presentation_xml.replace(NOTES_MARK, b"")
            .replace(SLIDES_MARK, slides.encode())
            .replace(
                SIZE_MARK,
                f'<p:sldSz xmlns:p="{P}" cx="{size.width_emu}" cy="{size.height_emu}"/>'.encode(),
            )
            .replace(SECTIONS_MARK, sections_xml(sections).encode())
            .replace(b"<p:extLst></p:extLst>", b"")
        )
        self._write(template.presentation, xml)
        self._write(
            package.relationships_name(template.presentation), package.relationships_xml(links)
        )

    def _content_types(self) -> bytes:
        defaults = self._defaults
        defaults.update((each, CONTENT_TYPES[each]) for each in self._media.extensions)
        return package.content_types_xml(defaults, self._overrides)

    def _write(self, name: str, data: bytes) -> None:
        self._archive.add(name, deflate(data))
