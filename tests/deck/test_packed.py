import zlib
from datetime import UTC, datetime

import pytest

from svg2pptx_batch.deck import PackedSlide, pack, unpack
from svg2pptx_batch.deck.zip_stream import DEFLATED, STORED
from svg2pptx_batch.drawingml.slide import Media, Relationship, Slide
from svg2pptx_batch.scene.metadata import Metadata
from tests.support.slides import picture_slide, png, shape_slide, slide_xml


def test_a_slide_survives_packing():
    slide = Slide(
        slide_xml(),
        (Relationship("rId2", "hyperlink", "https://example.org/?a=1&b=2"),),
        (Media("0123456789abcdef.svg", b"<svg/>" * 50),),
        "Some notes",
        Metadata("Of its own", creator="Ä", created=datetime(2019, 5, 31, tzinfo=UTC)),
    )
    packed = unpack(pack(slide))
    assert isinstance(packed, PackedSlide)
    assert packed.xml.method == DEFLATED
    assert zlib.decompress(packed.xml.data, -15) == slide.xml
    assert (packed.xml.size, packed.xml.crc) == (len(slide.xml), zlib.crc32(slide.xml))
    assert packed.relationships == slide.relationships
    assert packed.notes == slide.notes
    assert packed.metadata == slide.metadata
    assert packed.media[0].payload.method == DEFLATED


def test_pictures_that_are_compressed_are_stored():
    data = png(1, 2, 3)
    packed = unpack(pack(picture_slide(data)))
    assert packed.media[0].payload.method == STORED
    assert packed.media[0].payload.data == data


def test_equal_slides_pack_alike():
    assert pack(shape_slide()) == pack(shape_slide())


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b[:3], lambda b: b"", lambda b: b"?" + b]
)
def test_torn_bytes_are_told(spoil):
    with pytest.raises(ValueError, match="packed slide"):
        unpack(spoil(pack(shape_slide())))


def test_every_flipped_byte_is_told():
    whole = pack(shape_slide())
    for at in range(0, len(whole), 37):
        damaged = bytearray(whole)
        damaged[at] ^= 1
        with pytest.raises(ValueError, match="packed slide"):
            unpack(bytes(damaged))


def test_a_picture_of_unknown_type_is_refused():
    with pytest.raises(ValueError, match="picture type"):
        pack(Slide(slide_xml(), (), (Media("0123456789abcdef.psd", b""),)))
