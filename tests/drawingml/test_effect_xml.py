"""`a:effectLst`: where it stands, what is in it, and that decks with it open."""

from __future__ import annotations

import pathlib

from svg2pptx_batch.drawingml.effect import effects_xml
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.scene.effects import OuterShadow
from tests.support.conversion import convert_files
from tests.support.decks import assert_opens, read_slides

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">
<style>rect, line, text { filter: drop-shadow(3px 4px 2px #1234) }</style>
<rect x="10" y="10" width="60" height="40" fill="red" stroke="blue"/>
<line x1="10" y1="80" x2="90" y2="80" stroke="black" stroke-width="4"/>
<text x="10" y="130" font-size="20">Shadow</text>
<image x="100" y="10" width="50" height="50" style="filter:drop-shadow(3px 4px 2px red)"
 href="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="/>
</svg>"""


def test_a_shadow_is_whole_numbers() -> None:
    shadow = OuterShadow(3.0, 4.0, 6.0, Color(1, 2, 3, 0.25))
    assert effects_xml((shadow,)) == (
        '<a:effectLst><a:outerShdw blurRad="57150" dist="47625" dir="3187806" algn="ctr" '
        'rotWithShape="0"><a:srgbClr val="010203"><a:alpha val="25000"/></a:srgbClr>'
        "</a:outerShdw></a:effectLst>"
    )
    assert effects_xml(()) == ""


def test_every_kind_of_leaf_carries_its_shadow_in_the_schemas_order(tmp_path: pathlib.Path) -> None:
    file, deck = tmp_path / "shadows.svg", tmp_path / "shadows.pptx"
    file.write_text(DRAWING)
    size = SlideSize(200 * 9525, 200 * 9525)
    (conversion,) = convert_files([file], deck, size, ConvertOptions())
    assert_opens(deck)
    (slide,) = read_slides(deck)
    children = [[c.tag.rpartition("}")[2] for c in p] for p in slide.find(".//p:spPr")]
    assert children == [
        ["xfrm", "prstGeom", "solidFill", "ln", "effectLst"],
        ["xfrm", "prstGeom", "ln", "effectLst"],
        ["xfrm", "prstGeom", "noFill", "effectLst"],
        ["xfrm", "prstGeom", "effectLst"],
    ]
    assert slide.texts == ["Shadow"]
    assert not conversion.diagnostics
