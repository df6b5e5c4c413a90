"""Packs of slides: what was put is found, and nothing else is believed."""

import hashlib

import msgspec
import pytest

from svg2pptx_batch.batch.objects import ObjectReader, ObjectWriter, StoredSlide

DATA = b"a slide" * 100


@pytest.fixture
def stored(tmp_path):
    writer = ObjectWriter(str(tmp_path))
    writer.put(b"another")
    return writer.put(DATA)


def read(tmp_path, slide):
    with ObjectReader(tmp_path) as reader:
        return reader.get(slide)


def test_slides_of_several_writers_are_found(tmp_path):
    slides = [ObjectWriter(str(tmp_path)).put(DATA + bytes([n])) for n in range(3)]
    assert len({slide.pack for slide in slides}) == 3
    assert [read(tmp_path, slide) for slide in slides] == [DATA + bytes([n]) for n in range(3)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"offset": 0},
        {"offset": -1},
        {"offset": 2**70},
        {"size": 3},
        {"digest": "0" * 64},
        {"pack": "none.pack"},
        {"pack": ""},
        {"pack": "a\0b"},
    ],
    ids=str,
)
def test_what_does_not_match_is_nothing(tmp_path, stored, wrong):
    assert read(tmp_path, stored) == DATA
    assert read(tmp_path, msgspec.structs.replace(stored, **wrong)) is None


def test_a_name_leads_to_no_other_folder(tmp_path):
    (tmp_path / "objects").mkdir()
    (tmp_path / "outside").write_bytes(DATA)
    digest = hashlib.sha256(DATA).hexdigest()
    for name in ("../outside", str(tmp_path / "outside")):
        slide = StoredSlide(name, 0, len(DATA), digest)
        assert read(tmp_path / "objects", slide) is None


def test_a_folder_that_is_gone_holds_nothing(tmp_path, stored):
    assert read(tmp_path / "gone", stored) is None
