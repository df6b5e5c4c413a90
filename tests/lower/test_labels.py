"""Labels in shapes: seated where they look the same, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from svg2pptx_batch.conversion import convert_svg
from svg2pptx_batch.drawingml.xml import A, P
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.svg.resources import DataLoader
from tests.support.fonts import build_font, catalog

NS = {"a": A, "p": P}
BOX = '<rect id="box" x="20" y="20" width="160" height="60" fill="#def"/>'
LABEL = '<text x="100" y="54" text-anchor="middle">abc</text>'


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> FontCatalog:
    folder: Path = tmp_path_factory.mktemp("fonts") / "f"
    build_font(folder)
    return catalog(folder)


def shapes_of(body: str, fonts: FontCatalog, *, wanted: bool = True) -> list[etree._Element]:
    """Return the shapes of a drawing."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" font-family="Box Sans" '
        f'font-size="10">{body}</svg>'
    )
    conversion = convert_svg(
        svg.encode(),
        options=ConvertOptions(text_in_shapes=wanted),
        slide=SlideSize(200 * 9525, 100 * 9525),
        fonts=fonts,
        loader=DataLoader(),
    )
    return etree.fromstring(conversion.slide.xml).findall(".//p:sp", NS)


def written(body: str, fonts: FontCatalog, *, wanted: bool = True) -> list[tuple[str, str]]:
    """Return name and text of each shape of a drawing."""
    return [
        (shape.find("p:nvSpPr/p:cNvPr", NS).get("name"), "".join(shape.itertext()))
        for shape in shapes_of(body, fonts, wanted=wanted)
    ]


def test_a_label_in_the_middle_becomes_the_shapes_own(fonts: FontCatalog) -> None:
    assert written(BOX + LABEL, fonts) == [("box", "abc")]


def test_it_is_left_alone_unless_asked_for(fonts: FontCatalog) -> None:
    assert [text for _, text in written(BOX + LABEL, fonts, wanted=False)] == ["", "abc"]


def test_it_keeps_its_place(fonts: FontCatalog) -> None:
    drawing = BOX + '<text x="101" y="53" text-anchor="middle">abc</text>'

    def middle(*, wanted: bool) -> tuple[float, float]:
        shape = shapes_of(drawing, fonts, wanted=wanted)[-1]
        off, ext = shape.findall("p:spPr/a:xfrm/*", NS)
        body = shape.find("p:txBody/a:bodyPr", NS)
        left, top, right, bottom = (int(body.get(f"{side}Ins")) for side in "ltrb")
        x = int(off.get("x")) + (int(ext.get("cx")) + left - right) / 2
        return x, int(off.get("y")) + (int(ext.get("cy")) + top - bottom) / 2

    assert middle(wanted=True) == pytest.approx(middle(wanted=False), abs=2)


def test_a_group_around_the_label_alone_vanishes(fonts: FontCatalog) -> None:
    assert written(f"<g>{BOX}<g><g>{LABEL}</g></g></g>", fonts) == [("box", "abc")]


@pytest.mark.parametrize(
    "body",
    [
        BOX + '<text x="60" y="54" text-anchor="middle">abc</text>',
        BOX + '<text x="100" y="34" text-anchor="middle">abc</text>',
        BOX + '<text x="100" y="54">abc</text>',
        BOX + '<text x="100" y="54" text-anchor="middle" transform="rotate(20 100 50)">abc</text>',
        '<rect x="95" y="20" width="10" height="60"/>' + LABEL,
        '<line x1="0" y1="50" x2="200" y2="50" stroke="red"/>' + LABEL,
        BOX + '<circle cx="100" cy="50" r="5" fill="red"/>' + LABEL,
        BOX + LABEL + '<text x="100" y="55" text-anchor="middle">de</text>',
        BOX + '<a href="https://example.org/">' + LABEL + "</a>",
    ],
    ids=["aside", "above", "start", "turned", "narrow", "line", "covered", "two", "linked"],
)
def test_what_would_look_or_act_otherwise_stays_a_box(body: str, fonts: FontCatalog) -> None:
    shapes = written(body, fonts)
    assert [text for name, text in shapes if name == "box"] in ([""], [])
    assert any(text for _, text in shapes)


def test_two_descriptions_do_not_become_one(fonts: FontCatalog) -> None:
    body = (
        '<rect x="20" y="20" width="160" height="60"><desc>a</desc></rect>'
        '<text x="100" y="54" text-anchor="middle">abc<desc>b</desc></text>'
    )
    assert [text for _, text in written(body, fonts)] == ["", "abc"]
