"""Blend modes: the picture that, laid over the page as usual, looks as if blended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Fidelity
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.lower.context import Lowering, Step
from svg2pptx_batch.lower.fallback import outlined, paint
from svg2pptx_batch.scene.nodes import Group, Node
from svg2pptx_batch.scene.walk import visit

_MOST_S = 12.0
"""Reckoned time that all a slide's blending may take: what is below is painted for each group."""
_LEAF_S = 25e-6
_LAYER_S = 0.05
_IGNORED = "so much is blended that this is laid over it without blending"

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image as Picture


def paint_blended(
    group: Group,
    to_slide: Affine,
    view: Affine,
    *,
    width: int,
    height: int,
    work: Lowering,
) -> Picture | None:
    """Paint a blended group: its coverage, in colours that give the blended result.

    The page is painted up to the group (A) and with it (B); the colour C of the group's coverage a
    is chosen so that C·a + A·(1 − a) = B, all premultiplied.

    Args:
        group: With a blend mode; its ancestors are those the walk is in.
        to_slide: The parent's space to slide px.
        view: Slide px to pixels.
        width: Pixels across.
        height: Pixels down.
        work: Knows the way from the root to here.

    Returns:
        An RGBA picture; None where resvg cannot paint it.
    """
    import numpy as np
    import PIL.Image

    steps = _backdrop_steps(work.steps)
    plain = outlined(replace(group, blend_mode="normal"))
    alone = paint([plain], view @ to_slide, width, height)
    if not steps or alone is None:
        return alone
    base = view @ steps[0].to_slide
    page = _page(steps, None)
    work.blending_s += _seconds(page, width * height)
    if work.blending_s > _MOST_S:
        work.report("blend-ignored", _IGNORED, group.source, Fidelity.APPROXIMATED)
        return alone
    below = paint(page, base, width, height)
    above = paint(_page(steps, group), base, width, height)
    if below is None or above is None:
        return alone
    cover = np.asarray(alone)[..., 3]
    inked = cover > 0
    share = cover[inked, None] / 255
    old, new = _premultiplied(below, inked), _premultiplied(above, inked)
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[inked, :3] = np.rint(np.clip((new - old * (1 - share)) / share, 0, 255))
    pixels[..., 3] = cover
    return PIL.Image.fromarray(pixels, "RGBA")


def _seconds(page: list[Node], pixels: int) -> float:
    """Return about how long it takes to paint all that lies below a group, twice."""
    leaves = layers = 0
    for node in page:
        for each in visit(node):
            if isinstance(each, Group):
                layers += each.is_layer
            else:
                leaves += 1
    return 2 * (leaves * _LEAF_S + layers * pixels / 1e6 * _LAYER_S)


def _premultiplied(picture: Picture, inked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the colours of some pixels, a row a pixel."""
    import numpy as np

    pixels = np.asarray(picture)[inked].astype(np.float64)
    return pixels[:, :3] * (pixels[:, 3:] / 255)


def _backdrop_steps(steps: list[Step]) -> list[Step]:
    """Return the way from the innermost group that blending cannot look through."""
    for index in range(len(steps) - 1, -1, -1):
        if steps[index].group.is_layer:
            return steps[index:]
    return steps


def _page(steps: list[Step], last: Node | None) -> list[Node]:
    """Return all that is painted before the end of the way, and `last` on top of it."""
    nodes: list[Node] = [] if last is None else [last]
    for depth in range(len(steps) - 1, -1, -1):
        group, index = steps[depth].group, steps[depth].at
        nodes = [*group.children[:index], *nodes]
        if depth:
            nodes = [replace(group, children=tuple(nodes))]
    return [outlined(node) for node in nodes]
