import io
import zipfile

import pytest

from svg2pptx_batch.deck import DeckWriter, parse_slide_size
from svg2pptx_batch.deck.lint import lint
from tests.support.slides import RECTANGLE, picture_slide, png, shape_slide

CUSTOM = RECTANGLE.replace(
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>',
    '<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/>'
    '<a:pathLst><a:path w="9" h="9"><a:moveTo><a:pt x="0" y="0"/></a:moveTo>'
    '<a:lnTo><a:pt x="9" y="9"/></a:lnTo><a:close/></a:path></a:pathLst></a:custGeom>',
)
SOLID = '<a:solidFill><a:srgbClr val="2F6DB5"/></a:solidFill>'
GRADIENT = RECTANGLE.replace(
    SOLID,
    '<a:gradFill><a:gsLst><a:gs pos="0"><a:srgbClr val="FFFFFF"/></a:gs>'
    '<a:gs pos="100000"><a:srgbClr val="000000"><a:alpha val="50000"/></a:srgbClr></a:gs></a:gsLst>'
    '<a:lin ang="5400000" scaled="0"/></a:gradFill>',
)
RADIAL = GRADIENT.replace(
    '<a:lin ang="5400000" scaled="0"/>',
    '<a:path path="circle"><a:fillToRect l="50000" t="50000" r="50000" b="50000"/></a:path>',
)
DASHED = RECTANGLE.replace(
    "<a:ln><a:noFill/></a:ln>",
    f'<a:ln w="9525">{SOLID}<a:custDash><a:ds d="300000" sp="100000"/></a:custDash>'
    "<a:round/></a:ln>",
)
TEXT = RECTANGLE.replace(
    "</p:spPr>",
    '</p:spPr><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang="en-US" sz="1200"/>'
    '<a:t>Hello</a:t></a:r><a:endParaRPr sz="1200"/></a:p></p:txBody>',
)
GROUP = (
    '<p:grpSp><p:nvGrpSpPr><p:cNvPr id="3" name="Group"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
    '<p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="9" cy="9"/><a:chOff x="0" y="0"/>'
    f'<a:chExt cx="9" cy="9"/></a:xfrm></p:grpSpPr>{RECTANGLE}</p:grpSp>'
)


def codes(*slides, edit=None):
    """Lint a deck of these slides, after `edit` changed its parts."""
    buffer = io.BytesIO()
    with DeckWriter(buffer, parse_slide_size("16:9")) as deck:
        for slide in slides:
            deck.add(slide if not isinstance(slide, str) else shape_slide(slide))
    if edit is not None:
        with zipfile.ZipFile(buffer) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        edit(parts)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
    return {finding.code for finding in lint(buffer)}


@pytest.mark.parametrize("shape", [RECTANGLE, CUSTOM, GRADIENT, RADIAL, DASHED, TEXT, GROUP])
def test_sound_shapes_pass(shape):
    assert codes(shape) == set()


def test_a_colour_may_look_like_a_number():
    assert codes(RECTANGLE.replace("2F6DB5", "2E3436")) == set()


@pytest.mark.parametrize(
    ("shape", "old", "new", "code"),
    [
        (RECTANGLE, 'id="2"', 'id="1"', "shape-id"),
        (RECTANGLE, 'id="2"', 'id="0"', "number-range"),
        (RECTANGLE, 'id="2" ', "", "shape-id"),
        (RECTANGLE, ' name="Rectangle"', "", "shape-name"),
        (RECTANGLE, 'cx="1828800"', 'cx="-1"', "number-range"),
        (RECTANGLE, 'x="914400"', 'x="3000000000"', "number-range"),
        (RECTANGLE, 'x="914400"', 'x="914400.5"', "number-form"),
        (RECTANGLE, 'x="914400"', 'x="-0"', "number-form"),
        (RECTANGLE, 'x="914400"', 'x="9e5"', "number-form"),
        (RECTANGLE, 'x="914400"', 'x="nan"', "number-form"),
        (RECTANGLE, "2F6DB5", "26B", "color-form"),
        (RECTANGLE, "2F6DB5", "steelblue", "color-form"),
        (RECTANGLE, SOLID + "<a:ln><a:noFill/></a:ln>", "<a:ln/>" + SOLID, "child-order"),
        (CUSTOM, '<a:moveTo><a:pt x="0" y="0"/></a:moveTo>', "", "path-start"),
        (CUSTOM, "<a:close/>", '<a:close/><a:lnTo><a:pt x="1" y="1"/></a:lnTo>', "path-start"),
        (CUSTOM, '<a:pt x="9" y="9"/>', '<a:pt x="9" y="9.5"/>', "number-form"),
        (CUSTOM, '<a:pt x="9" y="9"/>', '<a:pt x="9" y="2147483648"/>', "number-range"),
        (CUSTOM, '<a:pt x="9" y="9"/>', '<a:pt x="9" y="9"/><a:pt x="9" y="9"/>', "path-points"),
        (CUSTOM, 'w="9"', 'w="-9"', "number-range"),
        (GRADIENT, '<a:gs pos="0"><a:srgbClr val="FFFFFF"/></a:gs>', "", "gradient-stops"),
        (GRADIENT, 'pos="100000"', 'pos="100001"', "number-range"),
        (GRADIENT, 'alpha val="50000"', 'alpha val="100001"', "number-range"),
        (GRADIENT, 'ang="5400000"', 'ang="21600000"', "number-range"),
        (GRADIENT, 'ang="5400000"', 'ang="-1"', "number-range"),
        (DASHED, '<a:ds d="300000" sp="100000"/>', "", "dash-empty"),
        (DASHED, 'd="300000"', 'd="0"', "number-range"),
        (DASHED, 'w="9525"', 'w="20116801"', "number-range"),
        (TEXT, 'sz="1200"', 'sz="99"', "number-range"),
        (
            TEXT,
            '<a:endParaRPr sz="1200"/>',
            "<a:endParaRPr/><a:r><a:t>x</a:t></a:r>",
            "child-order",
        ),
        (TEXT, "Hello", "Hel\tlo", "text-control"),
        (GROUP, '<a:chExt cx="9"', '<a:chExt cx="0"', "group-extent"),
        (GROUP, 'id="3"', 'id="2"', "shape-id"),
    ],
)
def test_faults_inside_a_slide_are_found(shape, old, new, code):
    assert old in shape
    assert codes(shape.replace(old, new)) == {code}


def test_a_text_without_paragraph_is_found():
    assert codes(TEXT[: TEXT.index("<a:p>")] + "</p:txBody></p:sp>") == {"paragraph-missing"}


def test_a_picture_without_area_is_found():
    slide = picture_slide(png(0, 0, 0))

    def flatten(parts):
        name = "ppt/slides/slide1.xml"
        parts[name] = parts[name].replace(b'cx="914400"', b'cx="0"')

    assert codes(slide, edit=flatten) == {"picture-empty"}


def replaced(name, old, new):
    def edit(parts):
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new)

    return edit


def without(name):
    return lambda parts: parts.pop(name)


MEDIA = "ppt/media/" + picture_slide(png(0, 0, 0)).media[0].name
PRESENTATION = "ppt/presentation.xml"


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (without(MEDIA), {"relationship-dangling"}),
        (without("[Content_Types].xml"), {"part-missing"}),
        (without("_rels/.rels"), {"part-missing"}),
        (without("docProps/core.xml"), {"content-type-orphan", "relationship-dangling"}),
        (
            without("ppt/slides/_rels/slide1.xml.rels"),
            {"relationship-missing", "relationship-unknown"},
        ),
        (
            replaced("[Content_Types].xml", b'Extension="png"', b'Extension="gif"'),
            {"content-type-missing"},
        ),
        (replaced("ppt/slides/slide1.xml", b"rId2", b"rId9"), {"relationship-unknown"}),
        (replaced("ppt/slides/slide1.xml", b"rId2", b"rId1"), {"relationship-kind"}),
        (
            replaced("ppt/slides/_rels/slide1.xml.rels", b'Id="rId2"', b'Id="rId1"'),
            {
                "relationship-duplicate",
                "relationship-missing",
                "relationship-unknown",
            },
        ),
        (replaced("ppt/slides/slide1.xml", b"</p:sld>", b""), {"xml-malformed"}),
        (replaced(PRESENTATION, b'id="257"', b'id="256"'), {"slide-id"}),
        (replaced(PRESENTATION, b'id="257"', b'id="12"'), {"slide-id"}),
        (replaced(PRESENTATION, b'"2147483648"', b'"2147483649"'), {"master-id"}),
        (replaced(PRESENTATION, b'cx="12192000"', b'cx="99"'), {"slide-size"}),
        (
            replaced(
                "ppt/slides/slide1.xml",
                b"<p:sld ",
                b'<p:sld xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
                b'mc:Ignorable="p14" ',
            ),
            {"prefix-undeclared"},
        ),
    ],
)
def test_faults_of_the_package_are_found(edit, expected):
    assert codes(picture_slide(png(0, 0, 0)), RECTANGLE, edit=edit) == expected


def test_a_section_that_names_a_missing_slide_is_found():
    buffer = io.BytesIO()
    with DeckWriter(buffer, parse_slide_size("16:9")) as deck:
        deck.add(shape_slide(), section="one")
    data = buffer.getvalue()
    assert lint(io.BytesIO(data)) == []
    with zipfile.ZipFile(buffer) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[PRESENTATION] = parts[PRESENTATION].replace(b'p14:sldId id="256"', b'p14:sldId id="300"')
    spoiled = io.BytesIO()
    with zipfile.ZipFile(spoiled, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert [finding.code for finding in lint(spoiled)] == ["section-list"]


def test_parts_that_differ_in_case_alone_are_found():
    def twice(parts):
        parts["ppt/Slides/slide1.xml"] = parts["ppt/slides/slide1.xml"]

    assert "part-duplicate" in codes(RECTANGLE, edit=twice)


def test_what_is_no_archive_is_told(tmp_path):
    path = tmp_path / "deck.pptx"
    path.write_bytes(b"no deck")
    assert [finding.code for finding in lint(path)] == ["not-a-package"]
