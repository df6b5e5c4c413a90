"""Open Packaging: content types and relationships, as text."""

from __future__ import annotations

import posixpath
import re
import urllib.parse
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from svg2pptx_batch.deck.zip_stream import Content
from svg2pptx_batch.drawingml.xml import R, escape

XML_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_PACKAGE_RELATIONSHIPS_NS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_PACKAGE_TYPES_NS: Final = "http://schemas.openxmlformats.org/package/2006/content-types"

REL_OFFICE_DOCUMENT: Final = f"{R}/officeDocument"
REL_EXTENDED_PROPERTIES: Final = f"{R}/extended-properties"
REL_SLIDE: Final = f"{R}/slide"
REL_SLIDE_LAYOUT: Final = f"{R}/slideLayout"
REL_SLIDE_MASTER: Final = f"{R}/slideMaster"
REL_THEME: Final = f"{R}/theme"
REL_PRES_PROPS: Final = f"{R}/presProps"
REL_VIEW_PROPS: Final = f"{R}/viewProps"
REL_TABLE_STYLES: Final = f"{R}/tableStyles"
REL_IMAGE: Final = f"{R}/image"
REL_HYPERLINK: Final = f"{R}/hyperlink"
REL_NOTES_SLIDE: Final = f"{R}/notesSlide"
REL_NOTES_MASTER: Final = f"{R}/notesMaster"
REL_CORE_PROPERTIES: Final = f"{_PACKAGE_RELATIONSHIPS_NS}/metadata/core-properties"

_PLAIN: Final = re.compile(r"[\w.\-/]*", re.ASCII)

_PML: Final = "application/vnd.openxmlformats-officedocument.presentationml"
_KINDS: Final = ("presentation", "template", "slideshow")
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
TYPE_PRESENTATION: Final = f"{_PML}.presentation.main+xml"
TYPE_SLIDE: Final = f"{_PML}.slide+xml"
TYPE_SLIDE_LAYOUT: Final = f"{_PML}.slideLayout+xml"
TYPE_SLIDE_MASTER: Final = f"{_PML}.slideMaster+xml"
TYPE_NOTES_SLIDE: Final = f"{_PML}.notesSlide+xml"
TYPE_NOTES_MASTER: Final = f"{_PML}.notesMaster+xml"
TYPE_PRES_PROPS: Final = f"{_PML}.presProps+xml"
TYPE_VIEW_PROPS: Final = f"{_PML}.viewProps+xml"
TYPE_TABLE_STYLES: Final = f"{_PML}.tableStyles+xml"
TYPE_THEME: Final = f"{_OFFICE}.theme+xml"
TYPE_APP: Final = f"{_OFFICE}.extended-properties+xml"
TYPE_CORE: Final = "application/vnd.openxmlformats-package.core-properties+xml"
TYPE_RELATIONSHIPS: Final = "application/vnd.openxmlformats-package.relationships+xml"

PRESENTATION_TYPES: Final = frozenset(f"{_PML}.{kind}.main+xml" for kind in _KINDS)
"""Media types of what PowerPoint opens as a presentation."""
MACRO_TYPES: Final = frozenset(
    f"application/vnd.ms-powerpoint.{kind}.macroEnabled.main+xml" for kind in _KINDS
)
"""The same, of those that may hold macros."""


class PartRelationship(NamedTuple):
    """A line of a relationships part.

    Attributes:
        id: Unique among those of one part.
        type: Address of the relationship type.
        target: Path relative to the source part's folder, or an address.
        external: Whether the target lies outside the package.
    """

    id: str
    type: str
    target: str
    external: bool = False


class Part(NamedTuple):
    """A part of a package.

    Attributes:
        name: Without leading slash, `ppt/theme/theme1.xml`.
        content_type: Its media type.
        payload: Its content, ready to be copied.
    """

    name: str
    content_type: str
    payload: Content


def relationships_name(part: str) -> str:
    """Return the name of the relationships part of `part`."""
    folder, slash, name = part.rpartition("/")
    return f"{folder}{slash}_rels/{name}.rels"


def relative(source: str, target: str) -> str:
    """Return the way from part `source` to part `target`, as a relationship writes it."""
    folder, _, name = target.rpartition("/")
    return _encoded(_relative_folder(source.rpartition("/")[0], folder) + name)


def _encoded(name: str) -> str:
    """Return a name as XML of the package says it; what is percent-encoded already stays."""
    return name if _PLAIN.fullmatch(name) else urllib.parse.quote(name, safe="%!$&'()*+,;=:@~/")


@lru_cache(maxsize=64)
def _relative_folder(start: str, folder: str) -> str:
    """Return the way from a folder to another, `/` at its end; empty for the same folder."""
    way = posixpath.relpath(folder or ".", start or ".")
    return "" if way == "." else f"{way}/"


def relationships_xml(relationships: Iterable[PartRelationship]) -> bytes:
    """Return a relationships part.

    Source: ECMA-376 part 2, 9.3 "Relationships".
    """
    lines = [XML_DECLARATION, f'<Relationships xmlns="{_PACKAGE_RELATIONSHIPS_NS}">']
    for each in relationships:
        mode = ' TargetMode="External"' if each.external else ""
        lines.append(
            f'<Relationship Id="{escape(each.id)}" Type="{escape(each.type)}" '
            f'Target="{escape(each.target)}"{mode}/>'
        )
    lines.append("</Relationships>")
    return "".join(lines).encode()


def content_types_xml(defaults: Mapping[str, str], overrides: Iterable[tuple[str, str]]) -> bytes:
    """Return the part [Content_Types].xml.

    Args:
        defaults: Extension, lower case and without dot, to media type.
        overrides: Part names without leading slash, and their media types.

    Source: ECMA-376 part 2, 10.1.2 "Content types markup".
    """
    rows = [
        f'<Default Extension="{escape(extension)}" ContentType="{escape(media_type)}"/>'
        for extension, media_type in sorted(defaults.items())
    ]
    rows.extend(
        f'<Override PartName="/{escape(_encoded(name))}" ContentType="{escape(media_type)}"/>'
        for name, media_type in overrides
    )
    return (f'{XML_DECLARATION}<Types xmlns="{_PACKAGE_TYPES_NS}">{"".join(rows)}</Types>').encode()
