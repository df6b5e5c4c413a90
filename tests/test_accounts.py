"""Nothing is lost silently: what drawings draw, held against what the report accounts for."""

from __future__ import annotations

import io
import os
from collections import Counter
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageChops
import pytest
from lxml import etree

from svg2pptx_batch.conversion import Conversion, convert_svg
from svg2pptx_batch.diagnostics import Diagnostic, Fidelity
from svg2pptx_batch.errors import SvgError
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.raster.resvg import UnpaintableError, render
from svg2pptx_batch.svg import ParseLimits, parse
from svg2pptx_batch.svg.resources import FolderLoader
from svg2pptx_batch.svg.source import read_source
from tests.fidelity.corpora import drawings
from tests.support.conversion import system_fonts
from tests.support.drawn import Drawn, count_drawn

ROOT = Path(__file__).resolve().parents[1]
OWN = sorted((*ROOT.glob("tests/**/*.svg"), *ROOT.glob("examples/*.svg")))
SLIDE = SlideSize(9_144_000, 5_143_500)
NOT_NATIVE = tuple(Fidelity)[1:]
_NOTICED = 8
_SPECKS = 16
STEP = 1 if os.environ.get("WHOLE_CORPORA") else 12


def accounts(data: bytes, folder: Path) -> tuple[Drawn, Conversion]:
    """Return what a drawing draws, and its conversion."""
    loader = FolderLoader(folder, folder)
    drawn = count_drawn(parse(data, loader=loader))
    conversion = convert_svg(
        data, options=ConvertOptions(), slide=SLIDE, fonts=system_fonts(), loader=loader
    )
    return drawn, conversion


def faults(data: bytes, folder: Path) -> list[str]:
    """Return what is wrong with the account given of a drawing."""
    drawn, conversion = accounts(data, folder)
    told = [item for item in conversion.diagnostics if item.fidelity is not None]
    unseen = [item for item in conversion.diagnostics if item.code == "unseen"]
    ended = sum(conversion.fidelity.values()) + sum(item.elements for item in unseen)
    found = []
    if ended < drawn.sure:
        found.append(f"{drawn.sure - ended} of {drawn.sure} elements are not accounted for")
    if not drawn.open and ended > drawn.sure + drawn.maybe:
        found.append(f"{ended} ends, yet {drawn.sure} to {drawn.sure + drawn.maybe} elements")
    for end in NOT_NATIVE:
        ends = conversion.fidelity.get(end, 0)
        reasons = sum(item.elements for item in told if item.fidelity is end)
        if ends > reasons:
            found.append(f"{ends} {end}, yet reasons for {reasons}")
    found += [
        f"no code, message, element or line: {item}"
        for item in (*told, *unseen)
        if not (item.code and item.message and item.element and item.line and item.elements)
    ]
    return found + list(_wrongly_unseen(data, unseen, drawn))


def _wrongly_unseen(data: bytes, unseen: list[Diagnostic], drawn: Drawn) -> list[str]:
    """Return what is said to be unseen, yet whose absence changes what resvg paints."""
    found = []
    times = Counter(
        {
            (f"{source.tag}#{source.id}" if source.id else source.tag, source.line): count
            for source, count in drawn.times.items()
        }
    )
    for item in unseen[:5]:
        if times[item.element, item.line] == item.elements == 1:
            changed = _pixels_changed(data, item)
            if changed > _SPECKS:
                found.append(f"{item.element} in line {item.line} is seen: {changed} pixels")
    return found


def _pixels_changed(data: bytes, item: Diagnostic) -> int:
    """Count the pixels that change when an element is taken out; 0 where resvg paints nothing."""
    tag, _, id_ = item.element.partition("#")
    source = read_source(data, ParseLimits())
    root = etree.fromstring(source, etree.XMLParser(huge_tree=True))
    pictures = []
    for absent in (False, True):
        if absent:
            places = [
                each
                for each in root.iter(f"{{*}}{tag}")
                if each.sourceline == item.line and each.get("id", "") == id_
            ]
            if len(places) != 1:
                return 0
            places[0].getparent().remove(places[0])
        try:
            png = render(etree.tostring(root, encoding="unicode"), 400, 400)
        except UnpaintableError:
            return 0
        with PIL.Image.open(io.BytesIO(png)) as picture:
            pictures.append(picture.convert("RGBA"))
    difference = np.asarray(PIL.ImageChops.difference(*pictures))
    return int((difference.max(axis=2) > _NOTICED).sum())


def faults_of(file: Path) -> list[str]:
    """Return what is wrong with the account given of a file; nothing for one that is unusable."""
    try:
        return faults(file.read_bytes(), file.parent)
    except SvgError:
        return []


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.name)
def test_every_element_of_our_drawings_is_accounted_for(file):
    assert faults_of(file) == []


@pytest.mark.parametrize("corpus", ["resvg", "real"])
def test_every_element_of_the_corpora_is_accounted_for(corpus):
    files = drawings(corpus)[::STEP]
    if not files:
        pytest.skip("there is no folder shared/corpora beside the repository")
    assert {str(file): found for file in files if (found := faults_of(file))} == {}


SHAPES = (
    '<rect id="a" width="20" height="20" fill="red"/>'
    '<g id="b" {}><circle id="c" cx="50" cy="50" r="20"/><path id="d" d="M10 80h30v10z"/></g>'
)


@pytest.mark.parametrize(
    ("attributes", "ends"),
    [
        ("", {"native": 3}),
        ('opacity="0"', {"native": 1}),
        ('opacity=".5"', {"native": 3}),
        ('clip-path="url(#half)"', {"native": 3}),
        ('clip-path="url(#none)"', {"native": 1}),
        ('clip-path="url(#far)"', {"native": 1}),
        ('mask="url(#fade)"', {"native": 3}),
        ('filter="url(#shadow)"', {"native": 3}),
        ('filter="url(#turbulence)"', {"native": 1, "rasterised": 2}),
        ('style="mix-blend-mode: multiply"', {"native": 1, "rasterised": 2}),
        ('transform="translate(900)"', {"native": 1}),
        ('transform="matrix(1 1 1 1 0 0)"', {"native": 1}),
    ],
)
def test_each_element_has_one_end(attributes, ends):
    defs = (
        '<defs><clipPath id="half"><rect width="50" height="200"/></clipPath>'
        '<clipPath id="none"/><clipPath id="far"><rect x="150" width="20" height="20"/></clipPath>'
        '<linearGradient id="grey"><stop stop-color="white"/><stop offset="1"/></linearGradient>'
        '<mask id="fade"><rect width="200" height="200" fill="url(#grey)"/></mask>'
        '<filter id="shadow"><feDropShadow dx="2" dy="2" stdDeviation="1"/></filter>'
        '<filter id="turbulence"><feTurbulence baseFrequency=".1"/>'
        '<feComposite in2="SourceAlpha" operator="in"/></filter></defs>'
    )
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200">\n'
    data = f"{head}{defs}\n{SHAPES.format(attributes)}</svg>".encode()
    assert faults(data, ROOT) == []
    drawn, conversion = accounts(data, ROOT)
    assert drawn.sure + drawn.maybe >= 3 or "matrix" in attributes
    assert conversion.fidelity == ends
    if "transform=" not in attributes or "900" in attributes:
        unseen = sum(item.elements for item in conversion.diagnostics if item.code == "unseen")
        assert sum(ends.values()) + unseen == 3


def test_what_vanishes_without_a_word_is_noticed(monkeypatch):
    from svg2pptx_batch.resolve.elements import shapes

    data = SHAPES.format("").encode()
    data = b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99">' + data + b"</svg>"
    assert faults(data, ROOT) == []
    monkeypatch.setattr(shapes, "ellipse_path", lambda *_: rect_far())
    (found,) = faults(data, ROOT)
    assert "circle#c in line 1 is seen" in found


def rect_far():
    """Return an outline beside every drawing."""
    from svg2pptx_batch.graphics.path import rect_path
    from svg2pptx_batch.graphics.rect import Rect

    return rect_path(Rect(-900, -900, 9, 9))
