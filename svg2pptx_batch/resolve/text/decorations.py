"""Lines of text-decoration: where they run, in pieces as long as they are straight."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve.text.layout import Cluster
from svg2pptx_batch.resolve.text.painter import FramePaint
from svg2pptx_batch.scene.text import NO_DECORATIONS, Decoration, Decorations


class _Stretch(NamedTuple):
    """Where the baseline runs straight: from (x, y), `angle_deg` clockwise, `width` user units."""

    x: float
    y: float
    angle_deg: float
    width: float


def decorations_of(
    lines: Sequence[tuple[str, FramePaint]], clusters: Sequence[Cluster]
) -> Decorations:
    """Return the lines that cross clusters of one style.

    Args:
        lines: Keyword of each line, and the paint of the element that set it.
        clusters: In visual order.
    """
    if not lines:
        return NO_DECORATIONS
    metrics, size = clusters[0].span.metrics, clusters[0].span.size
    places = {
        "underline": metrics.underline,
        "overline": metrics.ascent,
        "line-through": metrics.strikeout,
    }
    thickness = metrics.thickness * size
    stretches = tuple(_stretches(clusters, 0.01 * thickness))
    found = {}
    for name, paint in lines:
        top = -places[name] * size - thickness / 2
        found[name.replace("-", "_")] = _decoration(paint, stretches, top, thickness)
    return Decorations(**found)


def _stretches(clusters: Iterable[Cluster], slack: float) -> Iterator[_Stretch]:
    """Yield the baseline below clusters, joined where one goes on in the next."""
    current: _Stretch | None = None
    for cluster in clusters:
        if not cluster.shown:
            continue
        x, y = cluster.foot or (cluster.x, cluster.y)
        angle = 90.0 if cluster.foot else cluster.rotation_deg
        width = max(0.0, cluster.advance)
        if current is not None and current.angle_deg == angle:
            cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            end_x, end_y = current.x + current.width * cos, current.y + current.width * sin
            if abs(x - end_x) < slack and abs(y - end_y) < slack:
                current = current._replace(width=current.width + width)
                continue
        if current is not None:
            yield current
        current = _Stretch(x, y, angle, width)
    if current is not None:
        yield current


def _decoration(
    paint: FramePaint, stretches: Sequence[_Stretch], top: float, thickness: float
) -> Decoration:
    if any(stretch.angle_deg for stretch in stretches):
        paths = tuple(
            rect_path(Rect(0.0, top, stretch.width, thickness)).transform(
                Affine.translation(stretch.x, stretch.y) @ Affine.rotation(stretch.angle_deg)
            )
            for stretch in stretches
        )
        return Decoration(paint.fill, paint.stroke, (), paths, paint.stroke_first)
    rects = tuple(Rect(each.x, each.y + top, each.width, thickness) for each in stretches)
    return Decoration(paint.fill, paint.stroke, rects, (), paint.stroke_first)
