from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Diagnostics
from svg2pptx_batch.drawingml.emu import Box
from svg2pptx_batch.drawingml.ids import SlideParts
from svg2pptx_batch.drawingml.text import text_xml
from svg2pptx_batch.drawingml.xml import A, P, R
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.lower.text import lower_text
from svg2pptx_batch.options import ConvertOptions
from svg2pptx_batch.scene.nodes import Text
from tests.support.fonts import HEBREW, LATIN, build_font, catalog
from tests.support.texts import only

NS = {"a": A, "p": P, "r": R}


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> FontCatalog:
    folder: Path = tmp_path_factory.mktemp("fonts") / "f"
    build_font(folder, characters=LATIN + HEBREW)
    return catalog(folder)


def written(
    content: str, fonts: FontCatalog, to_slide: Affine = IDENTITY
) -> tuple[etree._Element, Box, SlideParts]:
    node = lower_text(only(content, fonts), to_slide, ConvertOptions(), Diagnostics())
    assert isinstance(node, Text)
    parts = SlideParts()
    xml, box = text_xml(node, parts)
    root = etree.fromstring(f'<r xmlns:a="{A}" xmlns:p="{P}" xmlns:r="{R}">{xml}</r>')
    return root[0], box, parts


def found(root: etree._Element, path: str) -> list[etree._Element]:
    return root.findall(path, NS)


def runs(root: etree._Element) -> list[tuple[str, str | None]]:
    return [
        (run.findtext("a:t", "", NS), run.find("a:rPr", NS).get("spc"))  # type: ignore[union-attr]
        for run in found(root, ".//a:r")
    ]


def test_a_text_box(fonts: FontCatalog) -> None:
    root, box, _ = written('<text id="greeting" x="20" y="50" fill="#ff8000">Hi</text>', fonts)
    assert root.find("p:nvSpPr/p:cNvPr", NS).attrib == {"id": "2", "name": "greeting"}  # type: ignore[union-attr]
    assert root.find("p:nvSpPr/p:cNvSpPr", NS).get("txBox") == "1"  # type: ignore[union-attr]
    off, ext = found(root, ".//a:xfrm/*")
    assert dict(off.attrib) == {"x": "190500", "y": str((50 - 9) * 9525)}
    assert dict(ext.attrib) == {"cx": "95250", "cy": "114300"}
    assert box == Box(190500, 390525, 285750, 504825)
    body = root.find("p:txBody/a:bodyPr", NS)
    assert body is not None
    assert (body.get("wrap"), body.get("lIns"), body.get("anchor")) == ("none", "0", "t")
    (run,) = found(root, ".//a:rPr")
    assert [child.tag.split("}")[1] for child in run] == ["solidFill", "latin", "ea", "cs"]
    assert (run.get("sz"), run.get("b"), run.get("i"), run.get("kern")) == ("750", "0", "0", "0")
    assert {face.get("typeface") for face in run[1:]} == {"Box Sans"}
    assert run[0][0].get("val") == "FF8000"


def test_the_paragraph_mark_has_the_runs_size_and_face(fonts: FontCatalog) -> None:
    root, _, _ = written("<text>Hi</text>", fonts)
    (end,) = found(root, ".//a:endParaRPr")
    assert end.get("sz") == "750"
    assert end.find("a:latin", NS).get("typeface") == "Box Sans"  # type: ignore[union-attr]
    assert end.getnext() is None


@pytest.mark.parametrize(("anchor", "algn"), [("start", "l"), ("middle", "ctr"), ("end", "r")])
def test_alignment(fonts: FontCatalog, anchor: str, algn: str) -> None:
    root, _, _ = written(f'<text text-anchor="{anchor}">Hi</text>', fonts)
    (properties,) = found(root, ".//a:pPr")
    assert dict(properties.attrib) == {"algn": algn}


def test_lines_are_paragraphs_spaced_by_their_gaps(fonts: FontCatalog) -> None:
    content = (
        '<text x="20" y="50">Hi<tspan x="20" y="62">a</tspan><tspan x="20" y="78">b</tspan>'
        '<tspan x="20" y="88">cccc</tspan></text>'
    )
    root, box, _ = written(content, fonts)
    off, ext = found(root, ".//a:xfrm/*")
    assert dict(off.attrib) == {"x": "190500", "y": str((50 - 9) * 9525)}
    assert dict(ext.attrib) == {"cx": "190500", "cy": str((88 + 3 - 41) * 9525)}
    assert box == Box(190500, 41 * 9525, 40 * 9525, 91 * 9525)
    paragraphs = found(root, ".//a:p")
    assert ["".join(paragraph.itertext()) for paragraph in paragraphs] == ["Hi", "a", "b", "cccc"]
    spacings = [
        [(child.tag.split("}")[1], child[0].get("val")) for child in paragraph[0]]
        for paragraph in paragraphs
    ]
    assert spacings == [[], [], [("spcBef", "300")], [("lnSpc", "750")]]


def test_right_to_left(fonts: FontCatalog) -> None:
    root, _, _ = written('<text x="90" direction="rtl">\u05d0\u05d1</text>', fonts)
    (properties,) = found(root, ".//a:pPr")
    assert dict(properties.attrib) == {"algn": "r", "rtl": "1"}
    assert runs(root) == [("\u05d0\u05d1", None)]


def test_a_part_of_an_rtl_line_that_runs_forward_is_a_box_that_does(fonts: FontCatalog) -> None:
    """Its closing quote would go to its other end: on its own it stands at the end of a line."""
    root, box, _ = written('<text x="90" direction="rtl">ab (c</text>', fonts)
    assert dict(root.find(".//a:pPr", NS).attrib) == {"algn": "r"}  # type: ignore[union-attr]
    assert box.right == 90 * 9525
    hebrew = '<text x="90" direction="rtl">\u05d0\u05d1!</text>'
    assert written(hebrew, fonts)[0].find(".//a:pPr", NS).get("rtl") == "1"  # type: ignore[union-attr]


def test_scale_and_rotation_turn_about_the_centre(fonts: FontCatalog) -> None:
    to_slide = Affine.rotation(90) @ Affine.scaling(2)
    root, box, _ = written('<text x="20" y="50">Hi</text>', fonts, to_slide)
    xfrm = root.find(".//a:xfrm", NS)
    assert xfrm is not None
    assert xfrm.get("rot") == "5400000"
    off, ext = xfrm
    cx, cy = int(ext.get("cx", 0)), int(ext.get("cy", 0))
    assert (cx, cy) == (20 * 9525, 24 * 9525)
    x, y = to_slide.apply(25, 47)
    assert int(off.get("x", 0)) + cx / 2 == pytest.approx(x * 9525, abs=1)
    assert int(off.get("y", 0)) + cy / 2 == pytest.approx(y * 9525, abs=1)
    assert (box.width, box.height) == (cy, cx)
    assert found(root, ".//a:rPr")[0].get("sz") == "1500"


def test_sizes_are_whole_hundredths_of_a_point(fonts: FontCatalog) -> None:
    root, _, _ = written('<text font-size="12.3456">Hi</text>', fonts)
    assert found(root, ".//a:rPr")[0].get("sz") == "926"


def test_letter_spacing(fonts: FontCatalog) -> None:
    assert runs(written('<text letter-spacing="2">abc</text>', fonts)[0]) == [("abc", "150")]


def test_the_last_letter_of_an_aligned_line_is_not_spaced(fonts: FontCatalog) -> None:
    root, _, _ = written('<text letter-spacing="2" text-anchor="end">abc</text>', fonts)
    assert runs(root) == [("ab", "150"), ("c", None)]


def test_word_spacing_widens_spaces_alone(fonts: FontCatalog) -> None:
    root, _, _ = written('<text word-spacing="4">a b</text>', fonts)
    assert runs(root) == [("a", None), (" ", "300"), ("b", None)]


def test_style_attributes(fonts: FontCatalog) -> None:
    content = (
        '<text font-weight="bold" font-style="italic" font-variant="small-caps" '
        'style="font-kerning: none" xml:lang="de-AT" '
        'text-decoration="underline line-through">Hi</text>'
    )
    (run,) = found(written(content, fonts)[0], ".//a:rPr")
    assert dict(run.attrib) == {
        "lang": "de-AT", "sz": "750", "b": "1", "i": "1", "u": "sng", "strike": "sngStrike",
        "kern": "400000", "cap": "small",
    }  # fmt: skip


def test_an_underline_of_another_colour(fonts: FontCatalog) -> None:
    content = '<text fill="red" text-decoration="underline"><tspan fill="blue">a</tspan></text>'
    (run,) = found(written(content, fonts)[0], ".//a:rPr")
    assert [child.tag.split("}")[1] for child in run][:2] == ["solidFill", "uFill"]
    assert run.find("a:uFill//a:srgbClr", NS).get("val") == "FF0000"  # type: ignore[union-attr]


def test_a_line_around_letters_comes_first(fonts: FontCatalog) -> None:
    (run,) = found(written('<text stroke="red" fill="white">a</text>', fonts)[0], ".//a:rPr")
    assert [child.tag.split("}")[1] for child in run][:2] == ["ln", "solidFill"]
    assert run[0].get("w") == "9525"


@pytest.mark.parametrize("join", ["round", "bevel", "miter"])
def test_corners_of_lines_around_letters(fonts: FontCatalog, join: str) -> None:
    content = f'<text stroke="red" stroke-linejoin="{join}">a</text>'
    (line,) = found(written(content, fonts)[0], ".//a:rPr/a:ln")
    assert line[-1].tag == f"{{{A}}}{join}"


def test_opacity_is_alpha_and_none_is_no_fill(fonts: FontCatalog) -> None:
    content = '<text fill-opacity=".5">a<tspan visibility="hidden">b</tspan></text>'
    first, second = found(written(content, fonts)[0], ".//a:rPr")
    assert first.find(".//a:alpha", NS).get("val") == "50000"  # type: ignore[union-attr]
    assert second[0].tag == f"{{{A}}}noFill"


def test_links_inside_keep_their_colour(fonts: FontCatalog) -> None:
    root, _, parts = written('<text>a<a href="https://example.org/x y">b</a></text>', fonts)
    link = root.find(".//a:hlinkClick", NS)
    assert link is not None
    assert link.getparent().findtext("../a:t", "", NS) == "b"  # type: ignore[union-attr]
    assert parts.relationships[0].target == "https://example.org/x%20y"
    assert b'val="tx"' in etree.tostring(link)


def test_a_link_of_the_whole_text_is_the_boxs(fonts: FontCatalog) -> None:
    root, _, parts = written(
        '<text><a href="https://example.org/">ab <tspan>c</tspan></a></text>', fonts
    )
    assert root.find("p:nvSpPr/p:cNvPr/a:hlinkClick", NS) is not None
    assert root.find(".//a:rPr/a:hlinkClick", NS) is None
    assert [each.target for each in parts.relationships] == ["https://example.org/"]


def test_characters_xml_cannot_hold_are_left_out(fonts: FontCatalog) -> None:
    text = only("<text>ab</text>", fonts)
    node = lower_text(text, IDENTITY, ConvertOptions(), Diagnostics())
    assert isinstance(node, Text)
    (chunk,) = node.chunks
    span = replace(chunk.spans[0], text="a<&\x01\ud800\ufffeb")
    node = replace(node, chunks=(replace(chunk, spans=(span,)),))
    xml, _ = text_xml(node, SlideParts())
    assert "<a:t>a&lt;&amp;b</a:t>" in xml


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # `b` is kerned with the `c` of the next run, which programs would forget.
        ('ab<tspan fill="red">c</tspan>', [("a", None), ("b", "-75"), ("c", None)]),
        ('<tspan fill="red">b</tspan>c', [("b", "-75"), ("c", None)]),
        # Cut off from its `b`, another would lose its own kerning.
        ('bb<tspan fill="red">c</tspan>', [("bb", None), ("c", None)]),
        ('ab<tspan font-weight="bold">c</tspan>', [("ab", None), ("c", None)]),
        ('ab<tspan fill="red">a</tspan>', [("ab", None), ("a", None)]),
    ],
)
def test_kerning_between_runs_is_written_as_spacing(
    tmp_path: Path, content: str, expected: list[tuple[str, str | None]]
) -> None:
    features = "feature kern { pos u0062 u0063 -100; pos u0062 u0062 -100; } kern;"
    build_font(tmp_path / "f", features=features)
    build_font(tmp_path / "f", style="Bold", weight=700, bold=True)
    root, _, _ = written(f"<text>{content}</text>", catalog(tmp_path / "f"))
    assert runs(root) == expected
