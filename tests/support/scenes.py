"""Scenes by hand, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from svg2pptx_batch.diagnostics import Diagnostic, Diagnostics
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.path import Path, ellipse_path, rect_path
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.lower import LegalScene, lower
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.scene.nodes import (
    EllipsePrimitive,
    Group,
    Image,
    Node,
    RectPrimitive,
    Scene,
    Shape,
    Text,
)
from svg2pptx_batch.scene.paint import Fill, Paint
from svg2pptx_batch.scene.walk import visit

RED, BLUE, BLACK = Color(255, 0, 0), Color(0, 0, 255), Color(0, 0, 0)
SIDE = 200
STAR = Path("MLLLLZ", (100, 20, 150, 170, 20, 75, 180, 75, 50, 170))


def square(x: float, y: float, side: float, paint: Paint | None = RED, **more: Any) -> Shape:
    """Return a filled square that remembers being a rectangle."""
    rect = Rect(x, y, side, side)
    fill = None if paint is None else Fill(paint)
    return Shape(rect_path(rect), fill, primitive=RectPrimitive(rect), **more)


def disc(cx: float, cy: float, r: float, paint: Paint = RED, **more: Any) -> Shape:
    """Return a filled circle that remembers being one."""
    return Shape(
        ellipse_path(cx, cy, r, r), Fill(paint), primitive=EllipsePrimitive(cx, cy, r, r), **more
    )


def lowered(
    *nodes: Node,
    slide: tuple[float, float] = (SIDE, SIDE),
    size: tuple[float, float] = (SIDE, SIDE),
    **options: Any,
) -> tuple[LegalScene, tuple[Diagnostic, ...]]:
    """Lower nodes drawn in a 200×200 box; texts are not expected."""
    diagnostics = Diagnostics()
    scene = lower(
        Scene(Size(*size), Group(tuple(nodes))),
        slide=SlideSize(round(slide[0] * 9525), round(slide[1] * 9525)),
        options=ConvertOptions(**options),
        fonts=cast(Any, None),
        diagnostics=diagnostics,
    )
    return scene, diagnostics.items


def leaves(scene: Scene) -> list[Shape | Image | Text]:
    """Return everything that is drawn."""
    return [node for node in visit(scene.root) if not isinstance(node, Group)]


def only(scene: Scene) -> Shape:
    """Return the one shape of a scene."""
    (leaf,) = leaves(scene)
    assert isinstance(leaf, Shape)
    return leaf


def shapes(scene: Scene) -> Iterator[Shape]:
    """Yield the shapes of a scene."""
    return (leaf for leaf in leaves(scene) if isinstance(leaf, Shape))
