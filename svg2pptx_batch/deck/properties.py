"""Document properties of a deck."""

from __future__ import annotations

import datetime
import os

import msgspec

from svg2pptx_batch.deck.package import XML_DECLARATION
from svg2pptx_batch.drawingml.xml import escape
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.scene.metadata import Metadata

EPOCH = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)

_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_NAMESPACES = (
    f'xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


class Properties(msgspec.Struct, frozen=True, kw_only=True):
    """What a deck says about itself; empty texts are left out.

    Attributes:
        title: Of the deck.
        author: Who made it.
        subject: What it is about.
        keywords: Separated as the author likes.
        description: Comments.
        identifier: A name or an address that is its alone.
        language: As in `xml:lang`.
        created: When it was made, aware; None for `modified`, and without that for
            SOURCE_DATE_EPOCH or else a fixed date, so that equal input gives equal bytes.
        modified: When it was last changed, aware; None for `created`.
    """

    title: str = ""
    author: str = ""
    subject: str = ""
    keywords: str = ""
    description: str = ""
    identifier: str = ""
    language: str = ""
    created: datetime.datetime | None = None
    modified: datetime.datetime | None = None


def source_properties(metadata: Metadata, name: str, digest: str) -> Properties:
    """Return the properties of a deck made of one drawing: its own, and where it came from.

    Args:
        metadata: What the drawing says about itself.
        name: Of the drawing, `/` between folders.
        digest: SHA-256 of its content, hex.
    """
    # what core properties have no place for is told in the comments, a line each
    lines = (
        metadata.description,
        metadata.contributor and f"Contributor: {metadata.contributor}",
        metadata.publisher and f"Publisher: {metadata.publisher}",
        metadata.rights and f"Rights: {metadata.rights}",
        metadata.license and f"License: {metadata.license}",
        metadata.source and f"Source: {metadata.source}",
        f"sha256:{digest}",
    )
    return Properties(
        title=metadata.title or name.rpartition("/")[2],
        author=metadata.creator,
        subject=name,
        keywords=metadata.keywords,
        description="\n".join(filter(None, lines)),
        identifier=metadata.identifier,
        language=metadata.language,
        created=metadata.created,
        modified=metadata.modified,
    )


def build_date() -> datetime.datetime:
    """Return the date of SOURCE_DATE_EPOCH, or 1980-01-01 where it is not set.

    Raises:
        UsageError: The variable is set to something else than seconds since 1970.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return EPOCH
    try:
        return datetime.datetime.fromtimestamp(int(text), datetime.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"SOURCE_DATE_EPOCH is {text!r}, which is no date.",
            remedy="Set it to whole seconds since 1970, or unset it.",
        ) from error


def core_xml(properties: Properties) -> bytes:
    """Return the part docProps/core.xml.

    Raises:
        UsageError: SOURCE_DATE_EPOCH is asked for and wrong.

    Source: ECMA-376 part 2, 11 "Core properties".
    """
    created = properties.created or properties.modified or build_date()
    modified = properties.modified or created
    texts = (
        ("dc:title", properties.title),
        ("dc:subject", properties.subject),
        ("dc:creator", properties.author),
        ("cp:keywords", properties.keywords),
        ("dc:description", properties.description),
        ("dc:identifier", properties.identifier),
        ("dc:language", properties.language),
        ("cp:lastModifiedBy", properties.author),
    )
    body = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in texts if text)
    dates = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{_stamp(moment)}</dcterms:{name}>'
        for name, moment in (("created", created), ("modified", modified))
    )
    return (
        f"{XML_DECLARATION}<cp:coreProperties {_NAMESPACES}>{body}{dates}</cp:coreProperties>"
    ).encode()


def _stamp(moment: datetime.datetime) -> str:
    """Return a moment as W3CDTF, in full: PowerPoint takes no less."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
