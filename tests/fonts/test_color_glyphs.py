"""Glyphs with colours of their own: layers, paints, drawings in SVG, pictures.

Every glyph of the box font is a box from (50, 0) to (450, 700), 1000 units to the em.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib.tables.otTables import PaintFormat

from svg2pptx_batch.fonts.color_glyphs import SvgGlyph, color_glyph
from svg2pptx_batch.fonts.face import OpenFace
from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.effects import MaskKind
from svg2pptx_batch.scene.nodes import Group, Image, Shape
from svg2pptx_batch.scene.paint import LinearGradient, RadialGradient, SpreadMethod
from svg2pptx_batch.scene.text import FaceId
from tests.support.fonts import add_colors, build_font

RED, BLUE = Color(255, 0, 0), Color(0, 0, 255, 0.5)
INK = Color(1, 2, 3)
SOLID_RED = {"Format": PaintFormat.PaintSolid, "PaletteIndex": 0, "Alpha": 1.0}
LINE = {
    "Extend": "reflect",
    "ColorStop": [
        {"StopOffset": 0.25, "PaletteIndex": 0, "Alpha": 1.0},
        {"StopOffset": 0.75, "PaletteIndex": 1, "Alpha": 1.0},
    ],
}


def boxed(paint: dict[str, Any]) -> dict[str, Any]:
    """Return the paint that fills the box of `b`."""
    return {"Format": PaintFormat.PaintGlyph, "Glyph": "u0062", "Paint": paint}


def drawn(folder: Path, character: str = "a", **colors: Any) -> Any:
    path = build_font(folder)
    add_colors(path, **colors)
    face = OpenFace(FaceId(str(path)), ())
    return color_glyph(face, face.hb_font.get_nominal_glyph(ord(character)), INK)


def shapes(node: object) -> list[Shape]:
    assert isinstance(node, Group)
    found = [child for child in node.children if isinstance(child, Shape)]
    assert len(found) == len(node.children)
    return found


def paints(node: object) -> list[object]:
    return [shape.fill.paint for shape in shapes(node) if shape.fill is not None]


def test_layers_are_shapes_bottom_first(tmp_path: Path) -> None:
    node = drawn(tmp_path, layers={"a": [("u0062", 0), ("u0063", 1), ("u0064", 0xFFFF)]})
    *layers, ink = paints(node)
    assert layers == [RED, BLUE._replace(alpha=pytest.approx(0.5, abs=0.01))]
    assert ink == INK
    assert visual_bounds(node) == pytest.approx(Rect(0.05, -0.7, 0.4, 0.7))


def test_other_glyphs_of_such_a_font_are_outlines(tmp_path: Path) -> None:
    assert drawn(tmp_path, "b", layers={"a": [("u0062", 0)]}) is None


def test_transforms_move_what_is_painted(tmp_path: Path) -> None:
    moved = {"Format": PaintFormat.PaintTranslate, "dx": 100, "dy": 200, "Paint": boxed(SOLID_RED)}
    node = drawn(tmp_path, layers={"a": moved})
    assert visual_bounds(node) == pytest.approx(Rect(0.15, -0.9, 0.4, 0.7))


def test_a_linear_gradient_ends_at_its_outer_stops(tmp_path: Path) -> None:
    paint = {
        "Format": PaintFormat.PaintLinearGradient, "ColorLine": LINE,
        "x0": 0, "y0": 0, "x1": 400, "y1": 80, "x2": 0, "y2": 100,
    }  # fmt: skip
    (gradient,) = paints(drawn(tmp_path, layers={"a": boxed(paint)}))
    assert isinstance(gradient, LinearGradient)
    # The third point turns the gradient level.
    ends = (gradient.x1, gradient.y1, gradient.x2, gradient.y2)
    assert ends == pytest.approx((100, 0, 300, 0))
    assert [stop.offset for stop in gradient.stops] == [0, 1]
    assert gradient.spread is SpreadMethod.REFLECT
    assert gradient.transform == IDENTITY


def test_a_radial_gradient_grows_outwards(tmp_path: Path) -> None:
    paint = {
        "Format": PaintFormat.PaintRadialGradient, "ColorLine": LINE,
        "x0": 0, "y0": 0, "r0": 400, "x1": 0, "y1": 0, "r1": 0,
    }  # fmt: skip
    (gradient,) = paints(drawn(tmp_path, layers={"a": boxed(paint)}))
    assert isinstance(gradient, RadialGradient)
    assert (gradient.fr, gradient.r) == pytest.approx((100, 300))
    assert gradient.stops[-1].color == RED


def test_what_lies_within_another_part_is_masked_by_it(tmp_path: Path) -> None:
    def composite(backdrop: dict[str, Any]) -> dict[str, Any]:
        return {
            "Format": PaintFormat.PaintComposite, "CompositeMode": "src_in",
            "SourcePaint": boxed(SOLID_RED), "BackdropPaint": backdrop,
        }  # fmt: skip

    half = SOLID_RED | {"Alpha": 0.5}
    (plain,) = drawn(tmp_path / "1", layers={"a": composite(boxed(half))}).children
    assert plain.clip is not None
    assert plain.opacity == pytest.approx(0.5, abs=0.01)
    fading = {
        "Format": PaintFormat.PaintLinearGradient, "ColorLine": LINE,
        "x0": 0, "y0": 0, "x1": 400, "y1": 0, "x2": 0, "y2": 100,
    }  # fmt: skip
    (faded,) = drawn(tmp_path / "2", layers={"a": composite(boxed(fading))}).children
    assert faded.mask is not None
    assert faded.mask.kind is MaskKind.ALPHA


def test_blended_parts_say_how(tmp_path: Path) -> None:
    paint = {
        "Format": PaintFormat.PaintComposite, "CompositeMode": "multiply",
        "SourcePaint": boxed(SOLID_RED), "BackdropPaint": boxed(SOLID_RED),
    }  # fmt: skip
    (group,) = drawn(tmp_path, layers={"a": paint}).children
    assert group.isolated
    assert group.children[-1].blend_mode == "multiply"


def test_a_gradient_round_a_point_leaves_the_glyph_an_outline(tmp_path: Path) -> None:
    paint = {
        "Format": PaintFormat.PaintSweepGradient, "ColorLine": LINE,
        "centerX": 0, "centerY": 0, "startAngle": 0, "endAngle": 360,
    }  # fmt: skip
    assert drawn(tmp_path, layers={"a": boxed(paint)}) is None


def test_drawings_in_svg_leave_as_they_are(tmp_path: Path) -> None:
    source = '<svg xmlns="http://www.w3.org/2000/svg"><g id="ID"/></svg>'
    glyph = drawn(tmp_path, drawings={"a": source})
    assert isinstance(glyph, SvgGlyph)
    assert f'id="{glyph.id}"'.encode() in glyph.source
    assert glyph.units_per_em == 1000


def test_pictures_stand_on_the_baseline(tmp_path: Path) -> None:
    import io

    from PIL import Image as PilImage

    buffer = io.BytesIO()
    PilImage.new("RGB", (6, 8), "red").save(buffer, "PNG")
    image = drawn(tmp_path, pictures={"a": buffer.getvalue()})
    assert isinstance(image, Image)
    assert image.data == buffer.getvalue()
    assert image.rect == pytest.approx(Rect(0.0, -0.8, 0.6, 0.8))
