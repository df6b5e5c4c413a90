"""What is written, parsed, resolved and written again must be equal, and be painted equally."""

import re

import pytest
from lxml import etree
from PIL import ImageChops

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import BLACK, WHITE, Color
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.scene.nodes import Group, Scene, Shape
from svg2pptx_batch.scene.paint import AxialGradient, Fill, LinearGradient, Stop, Stroke
from svg2pptx_batch.scene.svg_writer import write_svg
from tests.support.resolving import painted, scene_of

BOX = Rect(10, 20, 100, 80)
DRAWINGS = {
    "paint": """
        <linearGradient id="l" x1="10%" gradientTransform="rotate(20)" spreadMethod="reflect">
        <stop stop-color="red"/><stop offset="0.4" stop-color="blue" stop-opacity="0.5"/>
        </linearGradient>
        <radialGradient id="r" fx="0.2" fr="0.1"><stop stop-color="lime"/><stop offset="1"/>
        </radialGradient>
        <pattern id="p" width="0.2" height="0.2" patternTransform="rotate(10)">
        <circle cx="5" cy="5" r="9" fill="purple"/></pattern>
        <rect width="90" height="90" fill="url(#l)" stroke="url(#p)" stroke-width="12"/>
        <circle cx="150" cy="60" r="40" fill="url(#r)" fill-opacity="0.7"/>
        <path d="M10 120h80v60z" fill="url(#p)" fill-rule="evenodd" stroke="teal" stroke-width="6"
        stroke-dasharray="9 4" stroke-dashoffset="3" stroke-linecap="round" stroke-linejoin="bevel"
        paint-order="stroke"/>""",
    "clips": """
        <clipPath id="a" clip-path="url(#b)"><circle cx="100" cy="100" r="80"/>
        <rect width="60" height="60" clip-path="url(#b)" transform="rotate(10)"/></clipPath>
        <clipPath id="b"><path d="M20 20H180V180H20ZM60 60H140V140H60Z" clip-rule="evenodd"/>
        </clipPath>
        <g clip-path="url(#a)" transform="skewX(10)"><rect width="200" height="200" fill="green"/>
        </g>""",
    "masks": """
        <linearGradient id="l"><stop stop-color="white"/><stop offset="1"/></linearGradient>
        <mask id="a" maskContentUnits="objectBoundingBox">
        <rect width="1" height="1" fill="url(#l)"/></mask>
        <mask id="b" mask="url(#a)" mask-type="alpha"><circle cx="100" cy="100" r="90"/></mask>
        <rect x="20" y="20" width="160" height="160" fill="navy" mask="url(#b)"/>""",
    "filters": """
        <filter id="a"><feGaussianBlur stdDeviation="4"/><feOffset dx="9" dy="4" result="x"/>
        <feFlood flood-color="red" flood-opacity="0.5"/><feComposite in2="x" operator="in"/>
        <feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge></filter>
        <filter id="b"><feDiffuseLighting surfaceScale="3" lighting-color="lime">
        <fePointLight x="50" y="50" z="30"/></feDiffuseLighting></filter>
        <circle cx="60" cy="60" r="40" filter="url(#a)"/>
        <circle cx="140" cy="140" r="40" style="filter: hue-rotate(40deg) url(#a)" fill="orange"/>
        <circle cx="60" cy="150" r="30" filter="url(#b)"/>""",
    "groups": """
        <g opacity="0.5" style="isolation: isolate"><rect width="90" height="90" fill="red"/>
        <rect x="40" y="40" width="90" height="90" fill="blue" style="mix-blend-mode: screen"/></g>
        <marker id="m" orient="auto" markerWidth="2" markerHeight="2"><path d="M0 0H9L0 9"/>
        </marker>
        <path d="M20 150H180" stroke="red" stroke-width="9" marker-end="url(#m)"/>""",
    "images": """
        <image x="10" y="10" width="90" height="180" preserveAspectRatio="xMinYMid slice"
        href="data:image/gif;base64,R0lGODlhAgABAIAAAP8AAAAA/yH5BAAAAAAALAAAAAACAAEAAAICRAoAOw=="/>
        """,
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
def test_round_trip(name):
    scene = scene_of(DRAWINGS[name])
    text = write_svg(scene)
    body = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", text)
    again = scene_of(body)
    difference = ImageChops.difference(painted(scene), painted(again))
    assert max(high for _, high in difference.getextrema()) <= 3
    assert painted(scene).getextrema() != ((255, 255),) * 3


@pytest.mark.parametrize("name", DRAWINGS)
def test_only_plain_svg_is_written_and_always_the_same(name):
    text = write_svg(scene_of(DRAWINGS[name]))
    assert text == write_svg(scene_of(DRAWINGS[name]))
    root = etree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not root.xpath("//*[local-name() = 'use' or local-name() = 'style']")
    for style in root.xpath("//@style"):
        assert re.fullmatch(r"(mix-blend-mode|isolation):[a-z-]+(;isolation:isolate)?", style)
    for color in root.xpath("//@fill | //@stroke | //@stop-color"):
        assert re.fullmatch(r"none|#[0-9a-f]{6}|url\(#\w+\)", color)


def test_the_view_box_can_be_chosen():
    shape = Shape(rect_path(BOX), None, Stroke(BLACK, 10), Affine.translation(1, 0))
    root = etree.fromstring(write_svg(shape))
    assert root.get("viewBox") == "6 15 110 90"
    root = etree.fromstring(write_svg(shape, view_box=BOX))
    assert (root.get("viewBox"), root.get("width")) == ("10 20 100 80", "100")


def test_equal_definitions_are_written_once():
    fill = Fill(LinearGradient(0, 0, 1, 0, (Stop(0, BLACK), Stop(1, WHITE))))
    text = write_svg(Group((Shape(rect_path(BOX), fill),) * 3))
    assert text.count("<linearGradient") == 1


def test_linear_light_is_written_as_more_stops():
    stops = (Stop(0, BLACK), Stop(1, WHITE))
    shape = Shape(rect_path(BOX), Fill(LinearGradient(10, 0, 110, 0, stops, linear_rgb=True)))
    middle = painted(Scene(Size(120, 120), Group((shape,))), 120).getpixel((60, 60))
    assert middle[0] == pytest.approx(188, abs=4)


def test_gradients_of_legal_scenes():
    axial = AxialGradient(90.0, (Stop(0, Color(255, 0, 0)), Stop(1, Color(0, 0, 255))))
    picture = painted(Scene(Size(120, 120), Group((Shape(rect_path(BOX), Fill(axial)),))), 120)
    assert picture.getpixel((60, 22))[0] > 240
    assert picture.getpixel((60, 97))[2] > 240


@pytest.mark.parametrize("space", ["sRGB", "linearRGB"])
def test_shadows_are_painted_in_their_own_colour(space):
    filters = (
        '<filter id="f" x="-1" y="-1" width="3" height="3"><feDropShadow dx="100" dy="0" '
        f'stdDeviation="0" flood-color="#083" color-interpolation-filters="{space}"/></filter>'
    )
    scene = scene_of(f'{filters}<rect y="80" width="80" height="80" filter="url(#f)"/>')
    red, green, blue = painted(scene, 200).getpixel((140, 120))
    assert red <= 1 and abs(green - 136) <= 1 and abs(blue - 51) <= 1
