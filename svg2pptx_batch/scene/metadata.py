"""What a drawing says about itself."""

from __future__ import annotations

import datetime

import msgspec


class Metadata(msgspec.Struct, frozen=True, array_like=True):
    """What a drawing says about itself; empty where it says nothing. Texts are one line each.

    Attributes:
        title: Of the drawing.
        description: Of the drawing.
        creator: Who made it, separated by commas, as are the other fields of several texts.
        contributor: Who else had a part in it.
        keywords: What it is about.
        publisher: Who gave it out.
        rights: Who holds them, and what they grant.
        license: Address of the licence.
        source: What it was made from.
        identifier: A name or an address that is its alone.
        language: As in `xml:lang`.
        created: When it was made, in UTC.
        modified: When it was last changed, in UTC.
    """

    title: str = ""
    description: str = ""
    creator: str = ""
    contributor: str = ""
    keywords: str = ""
    publisher: str = ""
    rights: str = ""
    license: str = ""
    source: str = ""
    identifier: str = ""
    language: str = ""
    created: datetime.datetime | None = None
    modified: datetime.datetime | None = None


NO_METADATA = Metadata()
