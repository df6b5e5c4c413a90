"""A finished slide: XML, and what it points to under names local to the slide."""

from __future__ import annotations

import msgspec

from svg2pptx_batch.scene.metadata import NO_METADATA, Metadata


class Relationship(msgspec.Struct, frozen=True, array_like=True):
    """A relationship of the slide, beside that to its layout.

    Attributes:
        id: `rId2` and up; `rId1` is the layout's.
        kind: `image` or `hyperlink`.
        target: Media file name for images, percent-encoded address for hyperlinks.
    """

    id: str
    kind: str
    target: str


class Media(msgspec.Struct, frozen=True, array_like=True):
    """A picture the slide shows.

    Attributes:
        name: First 16 hex digits of the SHA-256 of the data, a dot, and the extension.
        data: File content.
    """

    name: str
    data: bytes


class Slide(msgspec.Struct, frozen=True, array_like=True):
    """A slide ready to be put into a deck.

    Attributes:
        xml: The whole slide part, UTF-8, with XML declaration.
        relationships: In order of their ids.
        media: Each once.
        notes: For the speaker, a paragraph a line; empty for none.
        metadata: What the drawing says about itself.
    """

    xml: bytes
    relationships: tuple[Relationship, ...] = ()
    media: tuple[Media, ...] = ()
    notes: str = ""
    metadata: Metadata = NO_METADATA
