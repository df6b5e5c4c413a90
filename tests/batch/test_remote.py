"""What a cluster's worker does for one input, called as the worker calls it."""

from __future__ import annotations

import hashlib

import pytest

from svg2pptx_batch.batch.inputs import InputFile
from svg2pptx_batch.batch.messages import Converted, Order, Setting, decode_result, encode
from svg2pptx_batch.batch.remote import Sent, convert_remote, decode_wanted, encode_sent
from svg2pptx_batch.deck import unpack
from svg2pptx_batch.options import ConvertOptions, Limits, SlideSize
from tests.support.slides import png

SETTING = encode(Setting(ConvertOptions(), Limits(), ""))
PLAIN = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'
LINKED = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="a.png" width="9" height="9"/></svg>'


def ask(tmp_path, data, *, sent=None, inline=True, digest=""):
    path = tmp_path / "drawing.svg"
    file = InputFile("drawing.svg", str(path), len(data), "drawing.svg", str(tmp_path), "")
    order = Order(
        file, digest or hashlib.sha256(data).hexdigest(), "key", SlideSize(9144000, 6858000)
    )
    return convert_remote(
        (SETTING, encode(order), data if inline else None, encode_sent(sent or {}))
    )


def test_a_drawing_that_is_sent_becomes_a_slide(tmp_path):
    result, packed = ask(tmp_path, PLAIN)
    assert decode_wanted(result) is None
    made = decode_result(result)
    assert isinstance(made, Converted)
    assert made.slide.digest == hashlib.sha256(packed).hexdigest()
    assert unpack(packed).xml.size


def test_a_drawing_is_read_where_the_worker_sees_it_and_wanted_elsewhere(tmp_path):
    assert decode_wanted(ask(tmp_path, PLAIN, inline=False)[0]).drawing
    (tmp_path / "drawing.svg").write_bytes(PLAIN)
    assert isinstance(decode_result(ask(tmp_path, PLAIN, inline=False)[0]), Converted)
    other = ask(tmp_path, PLAIN, inline=False, digest="0" * 64)
    assert decode_wanted(other[0]).drawing


def test_what_a_drawing_refers_to_is_wanted_until_it_is_sent(tmp_path):
    wanted = decode_wanted(ask(tmp_path, LINKED)[0])
    assert (wanted.drawing, wanted.references) == (False, ("a.png",))
    picture = Sent(png(1, 2, 3), "image/png", "a.png")
    result, packed = ask(tmp_path, LINKED, sent={"a.png": picture})
    assert isinstance(decode_result(result), Converted)
    assert len(unpack(packed).media) == 1
    missing = Sent(error="There is no such file.", remedy="Put it there.")
    told = decode_result(ask(tmp_path, LINKED, sent={"a.png": missing})[0])
    assert any("no such file" in each.message for each in told.diagnostics)


def test_a_broken_drawing_is_a_value(tmp_path):
    result, packed = ask(tmp_path, b"<svg")
    assert decode_result(result).failure.code
    assert packed == b""
    assert not list(tmp_path.iterdir())


def test_a_drawing_elsewhere_is_read_there_by_its_digest():
    fsspec = pytest.importorskip("fsspec", reason="the extra `distributed` is not installed")
    fsspec.filesystem("memory").pipe_file("/remote/drawing.svg", PLAIN)

    def ask_for(address, data=PLAIN):
        file = InputFile("drawing.svg", "/not/here.svg", len(PLAIN), address=address)
        order = Order(file, hashlib.sha256(data).hexdigest(), "key", SlideSize(9144000, 6858000))
        return convert_remote((SETTING, encode(order), None, encode_sent({})))[0]

    assert isinstance(decode_result(ask_for("memory://remote/drawing.svg")), Converted)
    assert decode_wanted(ask_for("memory://remote/drawing.svg", b"another")).drawing
    assert decode_wanted(ask_for("memory://remote/none.svg")).drawing
    assert decode_wanted(ask_for("nosuch://remote/drawing.svg")).drawing
