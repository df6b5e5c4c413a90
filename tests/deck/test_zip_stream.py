import io
import zipfile

import pytest

from svg2pptx_batch.deck.zip_stream import DEFLATED, STORED, Payload, ZipStream, deflate, store
from svg2pptx_batch.errors import OutputError


class Pipe:
    """Takes bytes and nothing else: no tell, no seek."""

    def __init__(self):
        self.data = b""

    def write(self, data):
        self.data += data


def archive_of(*entries):
    pipe = Pipe()
    stream = ZipStream(pipe)
    for name, payload in entries:
        stream.add(name, payload)
    stream.close()
    return pipe.data


def test_what_goes_in_comes_out():
    text = b"again and " * 1000
    data = archive_of(
        ("a.xml", deflate(text)), ("b/ä.bin", store(b"\0\1\2")), ("empty", store(b""))
    )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.xml", "b/ä.bin", "empty"]
        assert archive.read("a.xml") == text
        assert archive.read("b/ä.bin") == b"\0\1\2"
        first = archive.getinfo("a.xml")
        assert first.compress_type == zipfile.ZIP_DEFLATED
        assert first.compress_size < first.file_size == len(text)
        assert first.date_time == (1980, 1, 1, 0, 0, 0)
        assert first.create_system == 3
        assert first.external_attr == 0o100644 << 16
        assert first.flag_bits == 0


def test_what_does_not_shrink_is_stored():
    assert deflate(b"x").method == STORED
    assert deflate(b"x" * 100).method == DEFLATED


def test_an_empty_archive_is_one():
    with zipfile.ZipFile(io.BytesIO(archive_of())) as archive:
        assert archive.namelist() == []


def test_more_entries_than_zip_can_count_are_refused():
    stream = ZipStream(Pipe())
    nothing = store(b"")
    stream._output = io.BytesIO()
    for number in range(65_535):
        stream.add(str(number), nothing)
    with pytest.raises(OutputError) as caught:
        stream.add("one more", nothing)
    assert caught.value.remedy


def test_more_bytes_than_zip_can_count_are_refused():
    stream = ZipStream(Pipe())
    with pytest.raises(OutputError, match="4 GiB"):
        stream.add("huge", Payload(STORED, 0, 2**32, b""))
