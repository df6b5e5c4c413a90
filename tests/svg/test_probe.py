import gzip

import pytest

from svg2pptx_batch.errors import InvalidSizeError, NotSvgError, SvgError
from svg2pptx_batch.svg.probe import probe_size, root_size


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ({"width": "10", "height": "20px"}, (10, 20)),
        ({"width": "1in", "height": "25.4mm"}, (96, 96)),
        ({"width": "2em", "height": "2ex"}, (32, 16)),
        ({"viewBox": "0 0 30 40"}, (30, 40)),
        ({"viewBox": "0 0 30 40", "width": "100%", "height": "100%"}, (30, 40)),
        ({"viewBox": "0 0 30 40", "width": "60"}, (60, 80)),
        ({"viewBox": "0 0 30 40", "height": "80"}, (60, 80)),
        ({"viewBox": "0 0 30 40", "width": "-5", "height": "80"}, (60, 80)),
        ({"viewBox": "0 0 30", "width": "5", "height": "8"}, (5, 8)),
        ({"width": "auto", "height": "12 px", "viewBox": "0 0 3 4"}, (3, 4)),
        ({"width": "NaN", "height": "Infinity"}, None),
        ({"width": "5"}, None),
        ({}, None),
    ],
)
def test_root_sizes(attributes, size):
    found = root_size(attributes)
    assert found == (size if size is None else pytest.approx(size))


@pytest.mark.parametrize(
    "attributes",
    [{"width": "0", "height": "5"}, {"width": "5", "height": "0px"}, {"viewBox": "0 0 0 5"},
     {"width": "5", "height": "5", "viewBox": "0 0 5 0"},
     {"width": "5", "viewBox": "0 0 1e-308 1e308"}, {"height": "5", "viewBox": "0 0 1e308 1e-308"}],
)  # fmt: skip
def test_sizes_that_disable_rendering(attributes):
    with pytest.raises(InvalidSizeError) as caught:
        root_size(attributes)
    assert caught.value.remedy


def test_probing_reads_the_root_tag():
    head = b'<?xml version="1.0"?><!-- <svg width="1"> --><svg width="7" height="8">'
    assert probe_size(head + b"<g>" * 100) == (7, 8)
    assert probe_size(gzip.compress(head + b"</svg>")) == (7, 8)
    assert probe_size(b'<svg style="width:7px;height:8px" width="1" height="1"/>') == (7, 8)
    assert probe_size((head + b"</svg>").decode().encode("utf-16")) == (7, 8)
    entity = b'<!DOCTYPE svg [<!ENTITY w "7">]><svg width="&w;" height="8"/>'
    assert probe_size(entity) == (7, 8)
    assert probe_size(b'<svg xlink:x="" viewBox="0 0 7 8"></svg>') == (7, 8)
    assert probe_size(b"<svg/>") == (300, 150)
    assert probe_size(b'<svg style="font:20px a" width="2em" height="calc(1em + 2em)"/>') == (
        40,
        60,
    )


def test_probing_what_is_no_svg():
    for data in (b"", b"<html></html>", b"{}"):
        with pytest.raises(NotSvgError):
            probe_size(data)
    with pytest.raises(SvgError):
        probe_size(b"<svg")
