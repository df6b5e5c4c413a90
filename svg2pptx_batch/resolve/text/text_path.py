"""The path a `textPath` follows."""

from __future__ import annotations

import math

import msgspec
from msgspec.structs import replace

from svg2pptx_batch.diagnostics import Fidelity
from svg2pptx_batch.graphics.measure import Location, PathMeasure
from svg2pptx_batch.resolve.context import Context
from svg2pptx_batch.resolve.text.characters import Frame
from svg2pptx_batch.resolve.transforms import local_transform
from svg2pptx_batch.resolve.units import Axis, to_px
from svg2pptx_batch.scene.nodes import Shape
from svg2pptx_batch.svg.cascade import style_of
from svg2pptx_batch.svg.references import fragment, href
from svg2pptx_batch.svg.values.length import Unit, parse_length
from svg2pptx_batch.svg.values.number import parse_number

_OUTLINES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})


class Rail(msgspec.Struct, frozen=True):
    """A measured path in the text's own space.

    Attributes:
        measure: Length and places.
        offset: Where the text's anchor point stands on it, user units from the path's start.
    """

    measure: PathMeasure
    offset: float

    @staticmethod
    def beside(place: Location, along: float, across: float) -> tuple[float, float]:
        """Return the point `along` the tangent and `across` to its right hand (down) of a place."""
        cos, sin = math.cos(math.radians(place.angle_deg)), math.sin(math.radians(place.angle_deg))
        return (place.x + along * cos - across * sin, place.y + along * sin + across * cos)


def rail_of(frame: Frame, context: Context) -> Rail | None:
    """Measure the path of a `textPath`.

    Returns:
        None where it refers to nothing that has an outline; the text is then not painted.

    Source: SVG 2, 11.8.1–11.8.3.
    """
    target = fragment(context.document, href(frame.element))
    path = None
    if target is not None and target.tag in _OUTLINES:
        state = replace(frame.state, style=style_of(target), clipping=False)
        node = context.handlers[target.tag](target, state, context)
        if isinstance(node, Shape):
            transform = local_transform(target, state, node.path.bounds)
            path = node.path.transform(transform @ node.transform)
    if path is None:
        context.diagnostics.report(
            "text-path-dropped",
            "The path of this text does not exist",
            frame.element.source,
            fidelity=Fidelity.DROPPED,
        )
        return None
    measure = PathMeasure(path)
    if measure.length <= 0:
        return None
    declared = parse_number(target.get("pathLength")) if target is not None else None
    return Rail(measure, _offset(frame, measure.length, declared))


def _offset(frame: Frame, length: float, declared: float | None) -> float:
    """Return `startOffset` in user units; numbers are of the author's own `pathLength`."""
    offset = parse_length(frame.element.get("startOffset"))
    if offset is None:
        return 0.0
    if offset.unit is Unit.PERCENT:
        return offset.number / 100.0 * length
    scale = length / declared if declared is not None and declared > 0 else 1.0
    return to_px(offset, Axis.DIAGONAL, frame.state) * scale
