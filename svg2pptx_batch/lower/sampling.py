"""Gradients as pixels: the truth that native forms are held against, and pictures of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.gradients import linearised
from svg2pptx_batch.scene.paint import (
    CircularGradient,
    LinearGradient,
    RadialGradient,
    SpreadMethod,
    Stop,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image as Picture

    Pixels = NDArray[np.float64]
    Mask = NDArray[np.bool_]


def _centers(box: Rect, width: int, height: int) -> tuple[Pixels, Pixels]:
    import numpy as np

    xs = box.x + (np.arange(width) + 0.5) * (box.width / width)
    ys = box.y + (np.arange(height) + 0.5) * (box.height / height)
    x, y = np.meshgrid(xs, ys)
    return x, y


def _colors(t: Pixels, stops: tuple[Stop, ...]) -> Pixels:
    """Return RGBA, 0…255, at parameters already brought into one period."""
    import numpy as np

    offsets = np.array([stop.offset for stop in stops])
    # np.interp wants increasing abscissae; a hair apart is the same picture.
    offsets = np.maximum.accumulate(offsets) + np.arange(len(stops)) * 1e-9
    channels = [[float(v) for v in stop.color[:3]] + [stop.color.alpha * 255] for stop in stops]
    table = np.array(channels)
    return np.stack([np.interp(t, offsets, table[:, k]) for k in range(4)], axis=-1)


def _spread(t: Pixels, spread: SpreadMethod) -> Pixels:
    import numpy as np

    if spread is SpreadMethod.PAD:
        return np.clip(t, 0.0, 1.0)
    if spread is SpreadMethod.REPEAT:
        return t - np.floor(t)
    folded = np.mod(t, 2.0)
    return np.where(folded > 1.0, 2.0 - folded, folded)


def sample_gradient(
    gradient: LinearGradient | RadialGradient, to_slide: Affine, box: Rect, width: int, height: int
) -> Pixels:
    """Return a gradient's colours at pixel centres.

    Args:
        gradient: In gradient space.
        to_slide: The shape's own space to slide px.
        box: What the pixels cover, slide px.
        width: Pixels across.
        height: Pixels down.

    Returns:
        height × width × 4, RGBA 0…255, not premultiplied; transparent where a radial gradient
        paints nothing.
    """
    import numpy as np

    x, y = _centers(box, width, height)
    m = (to_slide @ gradient.transform).inverse()
    u, v = m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f
    stops = linearised(gradient.stops) if gradient.linear_rgb else gradient.stops
    if isinstance(gradient, LinearGradient):
        dx, dy = gradient.x2 - gradient.x1, gradient.y2 - gradient.y1
        t = ((u - gradient.x1) * dx + (v - gradient.y1) * dy) / (dx * dx + dy * dy)
        return _colors(_spread(t, gradient.spread), stops)
    t, painted = _radial_parameter(gradient, u, v)
    pixels = _colors(_spread(t, gradient.spread), stops)
    # Only the alpha goes: black below it would shine through where a viewer smooths the edge.
    pixels[..., 3] = np.where(painted, pixels[..., 3], 0.0)
    return pixels


def _radial_parameter(gradient: RadialGradient, u: Pixels, v: Pixels) -> tuple[Pixels, Mask]:
    """Solve |p − c(t)| = r(t) for the largest t with r(t) ≥ 0.

    Source: HTML, "two-point conical gradient", as SVG 2, 14.2.3 refers to it.
    """
    import numpy as np

    cdx, cdy = gradient.cx - gradient.fx, gradient.cy - gradient.fy
    dr = gradient.r - gradient.fr
    pdx, pdy = u - gradient.fx, v - gradient.fy
    a = cdx * cdx + cdy * cdy - dr * dr
    b = pdx * cdx + pdy * cdy + gradient.fr * dr
    c = pdx * pdx + pdy * pdy - gradient.fr * gradient.fr
    if cdx == cdy == dr == 0:
        # Both circles are one: a hard edge between the first colour and the last.
        return np.where(c < 0, 0.0, 1.0), np.ones_like(c, dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        if abs(a) < 1e-12:
            t = c / (2 * b)
            painted = np.isfinite(t) & (gradient.fr + t * dr >= 0)
        else:
            disc = b * b - a * c
            root = np.sqrt(np.maximum(disc, 0.0))
            one, two = (b + root) / a, (b - root) / a
            high, low = np.maximum(one, two), np.minimum(one, two)
            fits = gradient.fr + high * dr >= 0
            t = np.where(fits, high, low)
            painted = (disc >= 0) & (gradient.fr + t * dr >= 0)
    return np.where(painted, t, 0.0), painted


def sample_circular(gradient: CircularGradient, box: Rect, width: int, height: int) -> Pixels:
    """Return what a renderer makes of a native circle gradient: as `sample_gradient`."""
    import numpy as np

    x, y = _centers(box, width, height)
    cx, cy = box.center
    t = np.hypot(x - cx, y - cy) / (0.5 * np.hypot(box.width, box.height))
    return _colors(np.clip(t, 0.0, 1.0), gradient.stops)


def encode_pixels(pixels: Pixels) -> bytes:
    """Return RGBA pixels (0…255) as a PNG file."""
    import numpy as np
    from PIL import Image

    values = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return encode_picture(Image.fromarray(values, "RGBA"))


def encode_picture(picture: Picture, *, dpi: int | None = None) -> bytes:
    """Return an RGBA picture as a PNG file; without alpha where all of it is opaque.

    Args:
        picture: Any size.
        dpi: Pixels to the inch, where the file should say so.
    """
    if picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    buffer = io.BytesIO()
    resolution = {} if dpi is None else {"dpi": (dpi, dpi)}
    picture.save(buffer, "PNG", compress_level=4, **resolution)
    return buffer.getvalue()
