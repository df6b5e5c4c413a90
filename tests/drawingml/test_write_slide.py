from __future__ import annotations

import re

import pytest
from lxml import etree

from svg2pptx_batch.drawingml import write_slide
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.path import Path, ellipse_path, rect_path, rounded_rect_path
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.scene.nodes import (
    Crop,
    EllipsePrimitive,
    Group,
    Image,
    ImageFormat,
    Label,
    LinePrimitive,
    Node,
    RectPrimitive,
    Scene,
    Shape,
)
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    CircularGradient,
    Fill,
    LinearGradient,
    LineCap,
    LineJoin,
    PictureFill,
    Stop,
    Stroke,
)
from tests.support.slides import png

RED, BLUE = Color(255, 0, 0), Color(0, 0, 255, 0.5)
PX = 9525
NS = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
RECT = Rect(10, 20, 30, 40)


def slide(*nodes: Node, **options: object):
    return write_slide(Scene(Size(100, 100), Group(nodes)), **options)  # type: ignore[arg-type]


def tree(*nodes: Node, **options: object):
    return etree.fromstring(slide(*nodes, **options).xml)


def one(path: str, *nodes: Node):
    (found,) = tree(*nodes).xpath(path, namespaces=NS)
    return found


def text(element) -> str:
    """Return an element as text, without namespace declarations."""
    return re.sub(r' xmlns:\w+="[^"]*"', "", etree.tostring(element).decode())


def box(**more: object) -> Shape:
    return Shape(rect_path(RECT), Fill(RED), primitive=RectPrimitive(RECT), **more)  # type: ignore[arg-type]


def test_an_empty_slide_is_whole() -> None:
    root = tree()
    assert root.xpath("count(//p:spTree/p:nvGrpSpPr/p:cNvPr[@id='1'])", namespaces=NS) == 1
    assert root.xpath("//p:clrMapOvr/a:masterClrMapping", namespaces=NS)


def test_a_rectangle() -> None:
    assert text(one("//p:sp", box())) == (
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Rectangle 1"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        '<p:spPr><a:xfrm><a:off x="95250" y="190500"/><a:ext cx="285750" cy="381000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        '<a:solidFill><a:srgbClr val="FF0000"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        "</p:sp>"
    )


def test_round_corners_and_ovals() -> None:
    card = Shape(rounded_rect_path(RECT, 6, 6), Fill(RED), primitive=RectPrimitive(RECT, 6, 6))
    assert one("//a:prstGeom[@prst='roundRect']//a:gd", card).get("fmla") == "val 20000"
    oval = Shape(
        ellipse_path(50, 50, 20, 10), Fill(RED), primitive=EllipsePrimitive(50, 50, 20, 10)
    )
    assert text(one("//a:xfrm[../a:prstGeom/@prst='ellipse']", oval)) == (
        '<a:xfrm><a:off x="285750" y="381000"/><a:ext cx="381000" cy="190500"/></a:xfrm>'
    )


def test_rotation_is_positive_and_keeps_the_centre() -> None:
    turned = box(transform=Affine.rotation(-30, *RECT.center))
    place = one("//p:sp//a:xfrm", turned)
    assert place.get("rot") == str(330 * 60000)
    assert text(place).endswith(
        '<a:off x="95250" y="190500"/><a:ext cx="285750" cy="381000"/></a:xfrm>'
    )


@pytest.mark.parametrize(
    ("ends", "flips"),
    [
        ((0, 0, 10, 20), {}),
        ((10, 0, 0, 20), {"flipH": "1"}),
        ((0, 20, 10, 0), {"flipV": "1"}),
        ((10, 20, 0, 0), {"flipH": "1", "flipV": "1"}),
    ],
)
def test_lines_are_connectors(ends: tuple[float, ...], flips: dict[str, str]) -> None:
    line = Shape(Path("ML", ends), None, Stroke(RED), primitive=LinePrimitive(*ends))
    place = one("//p:cxnSp//a:xfrm", line)
    assert dict(place.attrib) == flips
    assert place[1].attrib == {"cx": str(10 * PX), "cy": str(20 * PX)}


def test_free_outlines_are_integers_in_their_own_box() -> None:
    path = Path("MLQCZ", (10.5, 10.5, 20, 10, 30, 10, 30, 20, 30, 40, 10, 40, 10, 30.123456))
    drawn = one("//a:pathLst/a:path", Shape(path, Fill(RED)))
    assert drawn.get("w") == str(20 * PX)
    first = drawn.find("a:moveTo/a:pt", NS)
    assert (first.get("x"), first.get("y")) == (str(round(10.5 * PX) - 95250), "4762")
    for number in drawn.xpath(".//@x | .//@y | ./@w | ./@h"):
        assert re.fullmatch(r"0|-?[1-9]\d*", number)
    assert [child.tag.split("}")[1] for child in drawn] == [
        "moveTo",
        "lnTo",
        "quadBezTo",
        "cubicBezTo",
        "close",
    ]


def test_flat_paths_keep_their_width() -> None:
    flat = Shape(Path("MLL", (10, 10, 20, 10, 30, 10)), None, Stroke(RED))
    drawn = one("//a:path", flat)
    assert (drawn.get("w"), drawn.get("h")) == (str(20 * PX), "0")


def test_two_outlines_for_fill_and_stroke() -> None:
    shape = Shape(rect_path(RECT), Fill(RED), Stroke(BLUE), fill_path=ellipse_path(25, 40, 5, 5))
    first, second = tree(shape).xpath("//a:path", namespaces=NS)
    assert (first.get("stroke"), first.get("fill")) == ("0", None)
    assert (second.get("stroke"), second.get("fill")) == (None, "none")


def test_stroke_below_fill_is_drawn_first() -> None:
    shape = Shape(rect_path(RECT), Fill(RED), Stroke(BLUE), stroke_first=True)
    first, second = tree(shape).xpath("//a:path", namespaces=NS)
    assert first.get("fill") == "none" and second.get("stroke") == "0"


def test_a_line_has_all_its_children_in_order() -> None:
    stroke = Stroke(
        BLUE, 2.0, 0.5, LineCap.SQUARE, LineJoin.MITER, miter_limit=8.0, dashes=(4.0, 6.0)
    )
    assert text(one("//a:ln", box(stroke=stroke))) == (
        '<a:ln w="19050" cap="sq" cmpd="sng"><a:solidFill><a:srgbClr val="0000FF">'
        '<a:alpha val="25000"/></a:srgbClr></a:solidFill>'
        '<a:custDash><a:ds d="200000" sp="300000"/></a:custDash><a:miter lim="800000"/></a:ln>'
    )


@pytest.mark.parametrize(
    ("dashes", "cap", "wanted"),
    [
        ((), LineCap.BUTT, None),
        ((8.0, 6.0), LineCap.BUTT, '<a:prstDash val="dash"/>'),
        ((8.0, 6.0, 2.0, 6.0), LineCap.BUTT, '<a:prstDash val="dashDot"/>'),
        ((8.0, 6.0), LineCap.ROUND, '<a:custDash><a:ds d="500000" sp="200000"/></a:custDash>'),
        ((0.0, 6.0), LineCap.ROUND, '<a:custDash><a:ds d="100000" sp="200000"/></a:custDash>'),
        ((1e9, 6.0), LineCap.BUTT, '<a:custDash><a:ds d="2147483647" sp="300000"/></a:custDash>'),
    ],
)
def test_dashes(dashes: tuple[float, ...], cap: LineCap, wanted: str | None) -> None:
    found = tree(box(stroke=Stroke(RED, 2.0, cap=cap, dashes=dashes))).xpath(
        "//a:prstDash | //a:custDash", namespaces=NS
    )
    assert [text(item) for item in found] == ([wanted] if wanted else [])


def test_gradients() -> None:
    stops = (Stop(0, RED), Stop(0.5, BLUE), Stop(0.5, RED), Stop(1.0000001, BLUE))
    axial = Shape(rect_path(RECT), Fill(AxialGradient(359.999999, stops), 0.5))
    filled = one("//a:gradFill", axial)
    assert filled.xpath("./a:gsLst/a:gs/@pos", namespaces=NS) == ["0", "50000", "50000", "100000"]
    assert filled.xpath("./a:gsLst/a:gs[2]//a:alpha/@val", namespaces=NS) == ["25000"]
    assert text(filled[1]) == '<a:lin ang="0" scaled="0"/>'
    round_ = one("//a:gradFill/a:path", Shape(rect_path(RECT), Fill(CircularGradient(stops))))
    assert text(round_) == (
        '<a:path path="circle"><a:fillToRect l="50000" t="50000" r="50000" b="50000"/></a:path>'
    )


def test_invisible_colours_are_no_fill() -> None:
    shape = Shape(rect_path(RECT), Fill(Color(1, 2, 3, 0.0)), primitive=RectPrimitive(RECT))
    assert one("//p:spPr/a:noFill", shape) is not None


def test_pictures_are_stored_once() -> None:
    data = png(1, 2, 3)
    shown = Image(
        data,
        ImageFormat.PNG,
        RECT,
        Crop(left=0.25, bottom=0.5),
        opacity=0.5,
        transform=Affine.rotation(10, *RECT.center),
        label=Label("photo", description='a "b" <c>'),
    )
    made = slide(shown, Shape(rect_path(RECT), Fill(PictureFill(data), 0.5)))
    assert [(item.id, item.kind) for item in made.relationships] == [("rId2", "image")]
    assert [item.data for item in made.media] == [data]
    assert made.relationships[0].target == made.media[0].name
    root = etree.fromstring(made.xml)
    picture = root.find(".//p:pic", NS)
    assert picture is not None
    assert text(picture.find("p:blipFill", NS)) == (
        '<p:blipFill><a:blip r:embed="rId2"><a:alphaModFix amt="50000"/></a:blip>'
        '<a:srcRect l="25000" b="50000"/><a:stretch><a:fillRect/></a:stretch></p:blipFill>'
    )
    assert picture.find(".//p:cNvPr", NS).get("descr") == 'a "b" <c>'
    assert picture.find(".//a:xfrm", NS).get("rot") == "600000"


def test_a_mirrored_picture_is_flipped() -> None:
    image = Image(png(0, 0, 0), ImageFormat.PNG, RECT, transform=Affine(1, 0, 0, -1, 0, 100))
    place = one("//p:pic//a:xfrm", image)
    assert dict(place.attrib) == {"flipV": "1"}
    assert text(place[0]) == '<a:off x="95250" y="381000"/>'


def test_a_picture_may_have_an_outline() -> None:
    image = Image(
        png(0, 0, 0),
        ImageFormat.PNG,
        RECT,
        clip=ellipse_path(25, 40, 15, 20),
        transform=Affine.scaling(2),
    )
    path = one("//p:pic//a:path", image)
    assert (path.get("w"), path.get("h")) == (str(60 * PX), str(80 * PX))
    assert path.find("a:moveTo/a:pt", NS).attrib == {"x": str(60 * PX), "y": str(40 * PX)}


def test_groups_neither_scale_nor_move() -> None:
    group = Group((box(), box(transform=Affine.rotation(90, *RECT.center))), label=Label("pair"))
    place = one("//p:grpSp/p:grpSpPr/a:xfrm", group)
    values = {child.tag.split("}")[1]: dict(child.attrib) for child in place}
    assert values["off"] == values["chOff"] and values["ext"] == values["chExt"]
    assert values["ext"] == {"cx": str(40 * PX), "cy": str(40 * PX)}


def test_ids_are_counted_and_names_kept() -> None:
    root = tree(Group((box(), box(label=Label("gear"))), label=Label("machine")), box())
    names = {item.get("id"): item.get("name") for item in root.iter(f"{{{NS['p']}}}cNvPr")}
    assert names == {"1": "", "2": "machine", "3": "Rectangle 2", "4": "gear", "5": "Rectangle 4"}


def test_titles_and_decoration() -> None:
    found = one("//p:sp//p:cNvPr", box(label=Label("x", "T\n&", "D", decorative=True)))
    assert found.get("title") == "T\n&" and found.get("descr") == "D"
    assert found.xpath("count(.//*[local-name()='decorative'][@val='1'])") == 1


def test_links() -> None:
    made = slide(
        box(label=Label(link="https://example.org/ä b?q=%20#f")),
        box(label=Label(link="https://example.org/ä b?q=%20#f")),
        box(label=Label(link="#inside")),
        box(label=Label(link="javascript:alert(1)")),
    )
    assert [(item.id, item.kind, item.target) for item in made.relationships] == [
        ("rId2", "hyperlink", "https://example.org/%C3%A4%20b?q=%20#f")
    ]
    assert made.xml.count(b'<a:hlinkClick r:id="rId2"/>') == 2


def test_illegal_characters_are_left_out() -> None:
    found = one("//p:sp//p:cNvPr", box(label=Label("a\x00b\ud800c\uffffd😀")))
    assert found.get("name") == "abcd😀"


def test_background_and_name() -> None:
    made = slide(background=Color(250, 250, 250), name="t & u")
    root = etree.fromstring(made.xml)
    assert root.find("p:cSld", NS).get("name") == "t & u"
    assert root.find("p:cSld", NS)[0].tag.endswith("}bg")
    assert root.find(".//p:bg//a:srgbClr", NS).get("val") == "FAFAFA"


def test_svg_paints_do_not_reach_the_slide() -> None:
    with pytest.raises(TypeError, match="LinearGradient"):
        slide(Shape(rect_path(RECT), Fill(LinearGradient(0, 0, 1, 0, ()))))
