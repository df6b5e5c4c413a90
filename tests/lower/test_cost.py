"""Drawings that would take minutes or hours, were their cost not bounded."""

from __future__ import annotations

import pytest

from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.scene.effects import ClipPath
from svg2pptx_batch.scene.nodes import Group, Image, Shape
from svg2pptx_batch.scene.paint import Fill, FillRule, LinearGradient, LineCap, Stop, Stroke
from tests.support.scenes import BLUE, RED, disc, leaves, lowered, only, square
from tests.support.tangles import cog, scribble


def codes(remarks: object) -> list[str]:
    return [remark.code for remark in remarks]  # type: ignore[attr-defined]


def test_a_scribble_becomes_a_picture() -> None:
    for rule in FillRule:
        scene, remarks = lowered(Shape(scribble(2000), Fill(RED, rule=rule)))
        assert [type(leaf) for leaf in leaves(scene)] == [Image]
        assert codes(remarks) == ["geometry-rasterised"]


def test_a_long_outline_stays_native() -> None:
    shape = only(lowered(Shape(cog(100_000), Fill(RED)))[0])
    assert len(shape.path.verbs) == 100_002


def test_a_scribble_as_clip_cuts_a_picture() -> None:
    clip = ClipPath((Shape(scribble(2000), Fill(RED)),))
    scene, remarks = lowered(Group((square(0, 0, 100), disc(50, 50, 20)), clip=clip))
    assert [type(leaf) for leaf in leaves(scene)] == [Image]
    assert codes(remarks) == ["geometry-rasterised"]


def test_a_clip_too_long_for_an_outline_cuts_pixels() -> None:
    clip = ClipPath((Shape(cog(8000), Fill(RED)),))
    scene, _ = lowered(Group((Shape(scribble(1000), Fill(RED)),), clip=clip))
    (image,) = leaves(scene)
    assert isinstance(image, Image)
    assert 3 < image.rect.x < 7


def test_a_scribble_drawn_with_a_gradient_becomes_a_picture() -> None:
    paint = LinearGradient(0, 0, 200, 0, (Stop(0, RED), Stop(1, BLUE)))
    scene, _ = lowered(Shape(scribble(2000), None, Stroke(paint, 2)))
    assert [type(leaf) for leaf in leaves(scene)] == [Image]


def test_faded_scribbles_become_one_picture() -> None:
    scene, remarks = lowered(
        Group(tuple(Shape(scribble(300, seed=k), Fill(RED)) for k in range(6)), opacity=0.5)
    )
    assert [type(leaf) for leaf in leaves(scene)] == [Image]
    assert "group-opacity-rasterised" in codes(remarks)


def test_dashes_finer_than_a_pixel_become_a_fainter_line() -> None:
    line = Path("ML", (0, 100, 200, 100))
    scene, remarks = lowered(Shape(line, None, Stroke(RED, 4, dashes=(1e-4, 3e-4))))
    stroke = only(scene).stroke
    assert stroke is not None and stroke.dashes == ()
    assert stroke.opacity == pytest.approx(0.25)
    assert codes(remarks) == ["dash-too-fine"]


def test_round_caps_fill_fine_gaps() -> None:
    line = Path("ML", (0, 100, 200, 100))
    dots = Stroke(RED, 4, dashes=(1e-4, 3e-4), cap=LineCap.ROUND)
    stroke = only(lowered(Shape(line, None, dots))[0]).stroke
    assert stroke is not None and stroke.dashes == () and stroke.opacity == 1.0
