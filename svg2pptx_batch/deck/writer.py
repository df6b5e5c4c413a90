"""Slides, one after the other, to a .pptx; only counters stay in memory."""

from __future__ import annotations

import pathlib
import uuid
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Final, Self

from svg2pptx_batch.deck import package
from svg2pptx_batch.deck.media import CONTENT_TYPES, FOLDER, MediaFolder
from svg2pptx_batch.deck.package import PartRelationship
from svg2pptx_batch.deck.packed import PackedSlide, compress
from svg2pptx_batch.deck.properties import Properties, core_xml
from svg2pptx_batch.deck.target import TargetFile
from svg2pptx_batch.deck.template import (
    APP_PART,
    CORE_PART,
    SECTIONS_MARK,
    SECTIONS_URI,
    SIZE_MARK,
    SLIDES_MARK,
    Template,
    blank_template,
    default_type,
    load_template,
    own_part,
)
from svg2pptx_batch.deck.zip_stream import Payload, ZipStream, deflate
from svg2pptx_batch.drawingml.slide import Relationship, Slide
from svg2pptx_batch.drawingml.xml import P, R, escape
from svg2pptx_batch.errors import OutputError
from svg2pptx_batch.options import SlideSize

MAX_SLIDES: Final = 30_000

_FIRST_SLIDE_ID: Final = 256
_SECTION_SPACE: Final = uuid.UUID("6f1d3f0e-52a4-5c0b-9f63-0c8a4c0d7b11")
_UNNAMED_SECTION: Final = "Default Section"
_P14: Final = "http://schemas.microsoft.com/office/powerpoint/2010/main"


def check_slide_count(count: int) -> None:
    """Refuse a deck of more slides than one file holds well, before work begins.

    Raises:
        OutputError: There are more than `MAX_SLIDES`.
    """
    if count > MAX_SLIDES:
        raise OutputError(
            f"{count:,} slides are too many for one deck, which holds {MAX_SLIDES:,}.",
            remedy="Convert the files in several runs, or use --mode zip or --mode folder.",
        )


class DeckWriter:
    """Writes a deck slide by slide.

    As a context manager it closes the deck when the block ends well and discards it when not. A
    deck given by path appears under its name only when complete. Equal input gives equal bytes.

    Args:
        target: Path whose folder exists, or a binary file, which need not be seekable and is not
            closed.
        slide: Size of every slide.
        properties: Of the document.
        template: A user's deck for master, layouts and theme, loaded once where many decks are
            made of it; None for our own.
        layout: Where the template is a path: the layout to use; empty for its blank one.

    Raises:
        OutputError: The target cannot be written.
        UsageError: The template cannot be used.
    """

    def __init__(
        self,
        target: pathlib.Path | BinaryIO,
        slide: SlideSize,
        *,
        properties: Properties = Properties(),  # noqa: B008  frozen
        template: Template | pathlib.Path | None = None,
        layout: str = "",
    ) -> None:
        self._size = slide
        self._core = core_xml(properties)
        if isinstance(template, pathlib.Path):
            template = load_template(template, layout)
        self._template = template or blank_template(slide)
        self._count = 0
        self._sections: list[tuple[str, int]] = []
        self._closed = False
        self._file: TargetFile | None = None
        if isinstance(target, pathlib.Path):
            self._file = TargetFile(target)
            self._archive = ZipStream(self._file)
        else:
            self._archive = ZipStream(target)
        self._media = MediaFolder(self._archive)
        self._plain_relationships = deflate(self._slide_relationships(()))
        try:
            self._write_template()
        except BaseException:
            self.discard()
            raise

    def add(self, slide: Slide | PackedSlide, *, section: str = "") -> None:
        """Write the next slide.

        Args:
            slide: Copied as it is; never parsed.
            section: Name of the section it belongs to. If no slide has one, the deck has none.

        Raises:
            OutputError: The target cannot be written, or the deck is full.
            ValueError: The slide refers to a picture that it does not carry, or one of a type no
                deck may hold.
        """
        check_slide_count(self._count + 1)
        packed = slide if isinstance(slide, PackedSlide) else compress(slide)
        carried = {media.name for media in packed.media}
        for each in packed.relationships:
            if each.kind == "image" and each.target not in carried:
                raise ValueError(f"slide refers to {each.target}, which it does not carry")
        for media in packed.media:
            self._media.add(media.name, media.payload)
        name = self._slide_name(self._count)
        self._archive.add(name, packed.xml)
        self._archive.add(
            package.relationships_name(name), self._packed_relationships(packed.relationships)
        )
        if not self._sections or self._sections[-1][0] != section:
            self._sections.append((section, self._count))
        self._count += 1

    def close(self) -> None:
        """Finish the deck and put it under its name.

        Raises:
            OutputError: The target cannot be written; then it is as it was before.
        """
        if self._closed:
            return
        try:
            self._write_presentation()
            self._write_content_types()
            self._archive.close()
            if self._file is not None:
                self._file.commit()
        except BaseException:
            self.discard()
            raise
        self._closed = True

    def discard(self) -> None:
        """Throw the deck away; a target given by path is as it was before."""
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
        return f"ppt/slides/slide{self._template.first_slide_number + index}.xml"

    def _packed_relationships(self, relationships: tuple[Relationship, ...]) -> Payload:
        if not relationships:
            return self._plain_relationships
        return deflate(self._slide_relationships(relationships))

    def _slide_relationships(self, relationships: tuple[Relationship, ...]) -> bytes:
        """Return the relationships part of a slide: its layout, and what it asks for."""
        slide = "ppt/slides/slide.xml"
        lines = [
            PartRelationship(
                "rId1", package.REL_SLIDE_LAYOUT, package.relative(slide, self._template.layout)
            )
        ]
        for each in relationships:
            if each.kind == "image":
                target = package.relative(slide, f"{FOLDER}/{each.target}")
                lines.append(PartRelationship(each.id, package.REL_IMAGE, target))
            elif each.kind == "hyperlink":
                lines.append(
                    PartRelationship(each.id, package.REL_HYPERLINK, each.target, external=True)
                )
            else:
                raise ValueError(f"slide has a relationship of unknown kind {each.kind!r}")
        return package.relationships_xml(lines)

    def _write_template(self) -> None:
        """Write what does not depend on the slides.

        The package relationships come first and a part below `ppt` third: programs that look at
        the first entries tell a presentation by that.
        """
        template = self._template
        package_relationships = (
            PartRelationship("rId1", package.REL_OFFICE_DOCUMENT, template.presentation),
            PartRelationship("rId2", package.REL_CORE_PROPERTIES, CORE_PART),
            PartRelationship("rId3", package.REL_EXTENDED_PROPERTIES, APP_PART),
            *(
                each._replace(id=f"rId{number}")
                for number, each in enumerate(template.package_relationships, 4)
            ),
        )
        self._write("_rels/.rels", package.relationships_xml(package_relationships))
        self._archive.add(APP_PART, deflate(own_part("app.xml")))
        for part in sorted(template.parts, key=lambda part: not part.name.startswith("ppt/")):
            self._archive.add(part.name, part.payload)
        self._write(CORE_PART, self._core)

    def _write_presentation(self) -> None:
        template = self._template
        first = template.first_relationship_number
        rows = "".join(
            f'<p:sldId id="{_FIRST_SLIDE_ID + index}" r:id="rId{first + index}"/>'
            for index in range(self._count)
        )
        namespaces = f'xmlns:p="{P}"'
        slides = f'<p:sldIdLst {namespaces} xmlns:r="{R}">{rows}</p:sldIdLst>'
        size = f'<p:sldSz {namespaces} cx="{self._size.width_emu}" cy="{self._size.height_emu}"/>'
        xml = (
            template.presentation_xml.replace(SLIDES_MARK, slides.encode() if rows else b"")
            .replace(SIZE_MARK, size.encode())
            .replace(SECTIONS_MARK, self._section_list().encode())
            .replace(b"<p:extLst></p:extLst>", b"")
        )
        self._write(template.presentation, xml)
        slide_relationships = (
            PartRelationship(
                f"rId{first + index}",
                package.REL_SLIDE,
                package.relative(template.presentation, self._slide_name(index)),
            )
            for index in range(self._count)
        )
        self._write(
            package.relationships_name(template.presentation),
            package.relationships_xml((*template.presentation_relationships, *slide_relationships)),
        )

    def _section_list(self) -> str:
        """Return the extension that names sections; empty if no slide has one.

        Source: [MS-PPTX] 2.5.6 "sectionLst".
        """
        if not any(name for name, _ in self._sections):
            return ""
        ends = [start for _, start in self._sections[1:]] + [self._count]
        sections = []
        for number, ((name, start), end) in enumerate(zip(self._sections, ends, strict=True)):
            guid = str(uuid.uuid5(_SECTION_SPACE, f"{number} {name}")).upper()
            ids = "".join(
                f'<p14:sldId id="{_FIRST_SLIDE_ID + index}"/>' for index in range(start, end)
            )
            sections.append(
                f'<p14:section name="{escape(name or _UNNAMED_SECTION)}" id="{{{guid}}}">'
                f"<p14:sldIdLst>{ids}</p14:sldIdLst></p14:section>"
            )
        return (
            f'<p:ext xmlns:p="{P}" uri="{SECTIONS_URI}">'
            f'<p14:sectionLst xmlns:p14="{_P14}">{"".join(sections)}</p14:sectionLst></p:ext>'
        )

    def _write_content_types(self) -> None:
        defaults = {"rels": package.TYPE_RELATIONSHIPS, "xml": "application/xml"}
        defaults.update((each, CONTENT_TYPES[each]) for each in self._media.extensions)
        overrides = [
            (self._template.presentation, package.TYPE_PRESENTATION),
            (APP_PART, package.TYPE_APP),
            (CORE_PART, package.TYPE_CORE),
        ]
        for part in self._template.parts:
            default = default_type(part)
            if default is None:
                overrides.append((part.name, part.content_type))
            else:
                defaults[default[0]] = default[1]

        def all_overrides() -> Iterator[tuple[str, str]]:
            yield from overrides
            for index in range(self._count):
                yield self._slide_name(index), package.TYPE_SLIDE

        self._write("[Content_Types].xml", package.content_types_xml(defaults, all_overrides()))

    def _write(self, name: str, data: bytes) -> None:
        self._archive.add(name, deflate(data))
