"""Filtered drawings: what the filter paints, and what the slide shows in its place."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from svg2pptx_batch.diagnostics import Diagnostic, Diagnostics
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.lower import LegalScene, lower
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.scene.effects import Filter, FilterPrimitive
from svg2pptx_batch.scene.nodes import Group, Node, Scene
from svg2pptx_batch.scene.walk import rewrite
from tests.support.resolving import painted, scene_of

SIDE = 200


def filtered(
    chain: str,
    content: str = '<rect x="50" y="60" width="80" height="70" fill="#2a7ab0"/>',
    *,
    region: str = 'x="-40%" y="-40%" width="180%" height="180%"',
) -> Scene:
    """Return content under a filter; sRGB unless a primitive says otherwise."""
    return scene_of(
        f'<filter id="f" {region} color-interpolation-filters="sRGB">{chain}</filter>'
        f'<g filter="url(#f)">{content}</g>'
    )


def lowered(scene: Scene, **options: Any) -> tuple[LegalScene, tuple[Diagnostic, ...]]:
    """Lower a drawing of 200×200 onto a slide of its size."""
    diagnostics = Diagnostics()
    legal = lower(
        scene,
        slide=SlideSize(SIDE * 9525, SIDE * 9525),
        options=ConvertOptions(fallback_dpi=96, **options),
        fonts=FontCatalog([], system=False),
        diagnostics=diagnostics,
    )
    return legal, diagnostics.items


def shown(scene: Scene) -> NDArray[np.float64]:
    """Return a scene on white, 0…1; shadows as a program that blurs exactly shows them."""
    root = rewrite(scene.root, _with_drop_shadow)
    assert isinstance(root, Group | None)
    picture = painted(Scene(Size(SIDE, SIDE), root or Group(())), SIDE)
    return np.asarray(picture).astype(np.float64) / 255


def _with_drop_shadow(node: Node) -> Node:
    if isinstance(node, Group) or not node.effects:
        return node
    (shadow,) = node.effects
    values = {
        "dx": shadow.dx,
        "dy": shadow.dy,
        "stdDeviation": shadow.radius / 3,
        "flood-color": f"#{shadow.color.hex}",
        "flood-opacity": shadow.color.alpha,
        "color-interpolation-filters": "sRGB",
    }
    primitive = FilterPrimitive("feDropShadow", tuple((k, str(v)) for k, v in values.items()))
    page = Rect(-SIDE, -SIDE, 3 * SIDE, 3 * SIDE)
    return Group((replace(node, effects=()),), filters=(Filter((primitive,), page),))


def difference(scene: Scene, legal: Scene) -> float:
    """Return the share of pixels that differ by more than 12 % beyond their neighbourhood."""
    from PIL import Image, ImageFilter

    one, two = shown(scene), shown(legal)

    def ranges(pixels: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        picture = Image.fromarray(np.rint(pixels * 255).astype(np.uint8))
        low = np.asarray(picture.filter(ImageFilter.MinFilter(3))) / 255
        return low, np.asarray(picture.filter(ImageFilter.MaxFilter(3))) / 255

    worst = np.zeros(one.shape)
    for each, other in ((one, two), (two, one)):
        low, high = ranges(other)
        worst = np.maximum(worst, np.maximum(low - each, each - high))
    return float((worst.max(axis=-1) > 0.12).mean())
