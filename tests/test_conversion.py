from __future__ import annotations

import io
import pathlib
import subprocess
import sys

import pytest
from lxml import etree

from svg2pptx_batch.conversion import Conversion, background_color, convert_svg
from svg2pptx_batch.deck import DeckWriter, Properties
from svg2pptx_batch.errors import UsageError, XmlError
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.svg.resources import DataLoader
from tests.support.decks import NAMESPACES, assert_opens

SIZE = SlideSize(200 * 9525, 200 * 9525)


def convert(body: str, **options: object) -> Conversion:
    source = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 200 200" width="200" height="200">{body}</svg>'
    )
    return convert_svg(
        source.encode(),
        options=ConvertOptions(**options),  # type: ignore[arg-type]
        slide=SIZE,
        fonts=FontCatalog((), system=False),
        loader=DataLoader(),
        name="drawing",
    )


def opened(conversion: Conversion) -> etree._Element:
    """Return the slide's tree, after a deck of it has proved to open."""
    deck = io.BytesIO()
    with DeckWriter(deck, SIZE, properties=Properties()) as writer:
        writer.add(conversion.slide)
    assert_opens(deck)
    return etree.fromstring(conversion.slide.xml)


def count(root: etree._Element, path: str) -> int:
    return len(root.findall(path, NAMESPACES))


def codes(conversion: Conversion) -> list[str]:
    return [remark.code for remark in conversion.diagnostics]


def test_shapes_come_out_native_and_the_deck_opens() -> None:
    made = convert(
        '<title>Demo</title><g id="icon"><rect id="card" x="10" y="10" width="80" height="50" '
        'rx="8" fill="#2f6db5" stroke="navy" stroke-width="3"/><circle cx="150" cy="50" r="30" '
        'fill="url(#g)"/></g><path d="M20 120 L180 180 M20 180 L180 120" stroke="red" '
        'stroke-width="4" stroke-dasharray="8 6" stroke-dashoffset="3" fill="none"/>'
        '<linearGradient id="g"><stop stop-color="red"/><stop offset="1" stop-color="blue"/>'
        "</linearGradient>"
    )
    root = opened(made)
    assert made.slide.metadata.title == "Demo"
    assert made.fidelity == {"native": 3}
    assert codes(made) == []
    assert [item.get("prst") for item in root.iterfind(".//a:prstGeom", NAMESPACES)] == [
        "roundRect",
        "ellipse",
    ]
    assert root.find(".//p:grpSp//p:cNvPr", NAMESPACES).get("name") == "icon"


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (
            "filter-rasterised",
            '<filter id="f"><feGaussianBlur stdDeviation="4"/></filter>'
            '<rect id="r" x="50" y="50" width="60" height="60" filter="url(#f)"/>',
        ),
        (
            "blend-rasterised",
            '<rect width="200" height="200" fill="yellow"/>'
            '<rect id="r" x="50" y="50" width="60" height="60" fill="cyan" '
            'style="mix-blend-mode:multiply"/>',
        ),
        (
            "group-opacity-rasterised",
            '<g id="r" opacity=".5"><rect x="50" y="50" width="60" height="60"/>'
            '<rect x="70" y="70" width="60" height="60" fill="#f008"/></g>',
        ),
    ],
)
def test_only_what_cannot_be_said_becomes_a_picture(code: str, body: str) -> None:
    made = convert(f'{body}<circle cx="20" cy="180" r="10"/>')
    root = opened(made)
    assert codes(made) == [code]
    assert made.diagnostics[0].element.endswith("#r") and made.diagnostics[0].line > 0
    assert count(root, ".//p:pic") == 1
    assert count(root, ".//p:sp") >= 1
    assert root.find(".//p:pic//p:cNvPr", NAMESPACES).get("name") == "r"
    place = root.find(".//p:pic//a:ext", NAMESPACES)
    assert 50 * 9525 < int(place.get("cx")) < 110 * 9525, "no more than what is painted"


def test_blended_colours_are_those_of_the_page() -> None:
    made = convert(
        '<rect width="200" height="200" fill="yellow"/><rect x="50" y="50" width="60" height="60" '
        'fill="cyan" style="mix-blend-mode:multiply"/>'
    )
    from PIL import Image

    (media,) = made.slide.media
    with Image.open(io.BytesIO(media.data)) as picture:
        assert picture.convert("RGB").getpixel((60, 60)) == (0, 255, 0)


def test_a_flat_mask_is_alpha() -> None:
    made = convert(
        '<mask id="m"><rect width="200" height="200" fill="#808080"/></mask>'
        '<rect x="50" y="50" width="60" height="60" fill="red" mask="url(#m)"/>'
    )
    root = opened(made)
    assert count(root, ".//p:pic") == 0
    alpha = int(root.find(".//p:spPr/a:solidFill//a:alpha", NAMESPACES).get("val"))
    assert alpha == pytest.approx(100_000 * 128 / 255, abs=400)


def test_a_pattern_of_dots_is_drawn_as_shapes() -> None:
    made = convert(
        '<pattern id="p" width="20" height="20" patternUnits="userSpaceOnUse"><circle cx="10" '
        'cy="10" r="6" fill="green"/></pattern><circle cx="100" cy="100" r="60" fill="url(#p)"/>'
    )
    root = opened(made)
    assert made.slide.media == ()
    fills = [item.get("val") for item in root.iterfind(".//p:spPr/a:solidFill/*", NAMESPACES)]
    assert set(fills) == {"008000"}


def test_equal_input_gives_equal_slides() -> None:
    body = (
        '<filter id="f"><feGaussianBlur stdDeviation="4"/></filter>'
        '<rect x="50" y="50" width="60" height="60" filter="url(#f)"/>'
    )
    assert convert(body).slide == convert(body).slide


def test_pictures_follow_the_resolution_asked_for() -> None:
    body = (
        '<filter id="f" x="0" y="0" width="1" height="1">'
        '<feGaussianBlur stdDeviation="4"/></filter>'
        '<rect x="50" y="50" width="60" height="60" filter="url(#f)"/>'
    )
    from PIL import Image

    sides = []
    for dpi in (96, 288):
        (media,) = convert(body, fallback_dpi=dpi).slide.media
        with Image.open(io.BytesIO(media.data)) as picture:
            sides.append(picture.size)
    assert sides == [(60, 60), (180, 180)]


def test_what_fails_says_so() -> None:
    with pytest.raises(XmlError):
        convert("<rect")
    with pytest.raises(UsageError):
        convert("", background="no colour")


def test_background() -> None:
    assert background_color("") is None
    assert background_color("white") == Color(255, 255, 255)
    assert b"<p:bg>" in convert("", background="#123456").slide.xml


def test_many_nested_groups_are_no_trouble() -> None:
    deep = "<g>" * 900 + '<rect width="9" height="9"/>' + "</g>" * 900
    assert convert(deep).fidelity == {"native": 1}


def test_examples_of_this_repository_convert() -> None:
    examples = sorted((pathlib.Path(__file__).parents[1] / "examples").rglob("*.svg"))
    assert examples
    fonts = FontCatalog(())
    for example in examples:
        made = convert_svg(
            example.read_bytes(),
            options=ConvertOptions(),
            slide=SIZE,
            fonts=fonts,
            loader=DataLoader(),
            name=example.stem,
        )
        assert made.fidelity


@pytest.mark.parametrize(
    "attributes",
    ['stroke-width="1e9"', 'stroke-width="1e12"', 'stroke-width="999" transform="scale(1e7)"'],
)
def test_an_enormous_stroke_in_a_picture_does_not_end_the_process(attributes):
    """resvg gives up on such coordinates, and takes the process along."""
    code = (
        "from svg2pptx_batch.conversion import convert_svg\n"
        "from svg2pptx_batch.fonts import FontCatalog\n"
        "from svg2pptx_batch.options import ConvertOptions, SlideSize\n"
        "from svg2pptx_batch.svg.resources import DataLoader\n"
        'svg = \'\'\'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">'
        f'<g style="mix-blend-mode:multiply"><path d="M30 40 110 160 150 60" fill="none" '
        f"stroke=\"green\" {attributes}/></g></svg>'''\n"
        "made = convert_svg(svg.encode(), options=ConvertOptions(),"
        " slide=SlideSize(914400, 914400), fonts=FontCatalog([], system=False),"
        " loader=DataLoader())\n"
        "print(made.fidelity)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("{")
