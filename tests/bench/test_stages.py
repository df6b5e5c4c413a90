"""Benchmarks of each stage, on an icon and on a chart with text.

Run them with `python -m pytest tests/bench --benchmark-enable`; in an ordinary run each body runs
once, so that they cannot rot.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from svg2pptx_batch.conversion import convert_svg
from svg2pptx_batch.deck import pack
from svg2pptx_batch.diagnostics import Diagnostics
from svg2pptx_batch.drawingml import write_slide
from svg2pptx_batch.lower import lower
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.resolve import resolve
from svg2pptx_batch.svg import parse
from svg2pptx_batch.svg.resources import DataLoader
from tests.support.conversion import system_fonts

EXAMPLES = Path(__file__).parents[2] / "examples"
SLIDE = SlideSize(12192000, 6858000)
OPTIONS = ConvertOptions()


def _scene(data: bytes):
    return resolve(
        parse(data), fonts=system_fonts(), loader=DataLoader(), diagnostics=Diagnostics()
    )


def _legal(data: bytes):
    return lower(
        _scene(data),
        slide=SLIDE,
        options=OPTIONS,
        fonts=system_fonts(),
        diagnostics=Diagnostics(),
    )


def _convert(data: bytes):
    return convert_svg(
        data, options=OPTIONS, slide=SLIDE, fonts=system_fonts(), loader=DataLoader()
    )


@pytest.fixture(params=["icon-settings", "bar-chart"])
def data(request) -> bytes:
    return (EXAMPLES / f"{request.param}.svg").read_bytes()


def test_parse(benchmark, data):
    assert benchmark(parse, data).root.tag == "svg"


def test_resolve(benchmark, data):
    document = parse(data)
    scene = benchmark(
        lambda: resolve(
            document, fonts=system_fonts(), loader=DataLoader(), diagnostics=Diagnostics()
        )
    )
    assert scene.root.children


def test_lower(benchmark, data):
    scene = _scene(data)
    legal = benchmark(
        lambda: lower(
            scene,
            slide=SLIDE,
            options=OPTIONS,
            fonts=system_fonts(),
            diagnostics=Diagnostics(),
        )
    )
    assert legal.root.children


def test_write_slide(benchmark, data):
    legal = _legal(data)
    assert benchmark(lambda: write_slide(legal, background=None, name="x")).xml


def test_pack(benchmark, data):
    slide = _convert(data).slide
    assert benchmark(pack, slide)


def test_whole_conversion(benchmark, data):
    assert benchmark(_convert, data).slide.xml
