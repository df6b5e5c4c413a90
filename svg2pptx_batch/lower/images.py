"""Pictures: onto the slide, turned but never skewed."""

from __future__ import annotations

import math

from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.lower.clip import Clip, clip_image
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.scene.nodes import Image


def lower_image(
    image: Image, to_slide: Affine, clip: Clip, link: str, work: Lowering
) -> Image | None:
    """Lower one picture.

    Args:
        image: Any picture of a scene.
        to_slide: The parent's space to slide px.
        clip: What cuts it.
        link: Address of a link around it, or empty.
        work: State of this scene.

    Returns:
        None where nothing is seen.
    """
    m = to_slide @ image.transform
    if image.rect.is_empty or not m.is_invertible or not all(map(math.isfinite, m)):
        return None
    box = m.apply_rect(image.rect)
    if clip.misses(box) or not work.page.touches(box) or image.opacity <= 0:
        return None
    if m.decompose() is None or image.pixelated:
        from svg2pptx_batch.lower.fallback import rasterise

        what = "a picture with hard pixels" if image.pixelated else "a skewed picture"
        return rasterise(image, to_slide, clip, link, work, code="image-resampled", reason=what)
    label = image.label
    if link and not label.link:
        label = replace(label, link=link)
    near = clip.within_reach(box, work.page)
    return None if near is None else clip_image(replace(image, transform=m, label=label), near)
