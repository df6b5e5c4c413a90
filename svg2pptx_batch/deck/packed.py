"""A slide whose XML and pictures are compressed already: what a worker hands to assembly."""

from __future__ import annotations

import struct
import zlib
from typing import Final

import msgspec

from svg2pptx_batch.deck.media import pack_media
from svg2pptx_batch.deck.zip_stream import Payload, deflate
from svg2pptx_batch.drawingml.slide import Relationship, Slide
from svg2pptx_batch.scene.metadata import NO_METADATA, Metadata

_HEADER: Final = struct.Struct("<4sL")
_MAGIC: Final = b"S2P2"


class PackedMedia(msgspec.Struct, frozen=True, array_like=True):
    """A picture.

    Attributes:
        name: As in `Media`.
        payload: Its content, ready to be copied.
    """

    name: str
    payload: Payload


class PackedSlide(msgspec.Struct, frozen=True, array_like=True):
    """A slide of which assembly only copies bytes.

    Attributes:
        xml: The slide part, ready to be copied.
        relationships: As in `Slide`.
        media: Each once.
        notes: As in `Slide`.
        metadata: As in `Slide`.
    """

    xml: Payload
    relationships: tuple[Relationship, ...] = ()
    media: tuple[PackedMedia, ...] = ()
    notes: str = ""
    metadata: Metadata = NO_METADATA


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(PackedSlide)


def compress(slide: Slide) -> PackedSlide:
    """Compress a slide's XML and pictures.

    Raises:
        ValueError: A picture is of a type no deck may hold.
    """
    return PackedSlide(
        xml=deflate(slide.xml),
        relationships=slide.relationships,
        media=tuple(PackedMedia(m.name, pack_media(m.name, m.data)) for m in slide.media),
        notes=slide.notes,
        metadata=slide.metadata,
    )


def pack(slide: Slide) -> bytes:
    """Return a slide as bytes to store or send; equal slides give equal bytes.

    Raises:
        ValueError: A picture is of a type no deck may hold.
    """
    body = _ENCODER.encode(compress(slide))
    return _HEADER.pack(_MAGIC, zlib.crc32(body)) + body


def unpack(data: bytes) -> PackedSlide:
    """Read what `pack` gave.

    Raises:
        ValueError: The bytes are torn, damaged, or of another version.
    """
    if len(data) < _HEADER.size:
        raise ValueError("packed slide is cut short")
    magic, crc = _HEADER.unpack_from(data)
    body = memoryview(data)[_HEADER.size :]
    if magic != _MAGIC or crc != zlib.crc32(body):
        raise ValueError("packed slide is damaged or of another version")
    try:
        return _DECODER.decode(body)
    except msgspec.DecodeError as error:
        raise ValueError(f"packed slide is not understood: {error}") from error
