"""What `drawingml` accepts, stated and checked."""

from __future__ import annotations

import math
import re
from typing import assert_never

import msgspec

from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.scene.effects import Effect
from svg2pptx_batch.scene.nodes import (
    Group,
    Image,
    LinePrimitive,
    Node,
    RectPrimitive,
    Scene,
    Shape,
    Text,
)
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    CircularGradient,
    Fill,
    Paint,
    PatternFill,
    PictureFill,
    Stroke,
)

_GOES_ON = re.compile("Z[^M]")
_FARTHEST_PX = (2**31 - 1) / 9525 / 2


class IllegalNodeError(Exception):
    """A node would reach the writer in a form it cannot write: a defect of `lower`."""


class LegalScene(Scene, frozen=True):
    """A scene in slide px that `drawingml` can write.

    Attributes:
        fidelity: How many drawn elements ended how.
    """

    fidelity: dict[str, int] = msgspec.field(default_factory=dict)


def check(node: Node) -> None:
    """Check a tree.

    Legal is: groups with at least one child, without transform and effects; shapes in slide px,
    with identity transform or, for presets, a rotation; solid colours and the paints made for
    DrawingML; lines without dash offset; everything finite and within 32 bits of EMU.

    Raises:
        IllegalNodeError: Names the node and what is wrong with it.
    """
    pending = [node]
    while pending:
        current = pending.pop()
        fault = _fault(current)
        if fault:
            raise IllegalNodeError(f"{_name(current)}: {fault}")
        if type(current) is Group:
            pending.extend(current.children)


def _name(node: Node) -> str:
    source = node.source
    kind = type(node).__name__
    return f"{kind} from <{source.tag}> {source.id!r}, line {source.line}" if source.tag else kind


def _fault(node: Node) -> str:
    if type(node) is Shape and not node.effects:  # most are
        return _shape_fault(node)
    if not isinstance(node, Group) and node.effects:
        fault = _effects_fault(node.effects)
        if fault:
            return fault
    match node:
        case Group():
            return _group_fault(node)
        case Shape():
            return _shape_fault(node)
        case Image():
            return _image_fault(node)
        case Text():
            return "" if node.transform.is_similarity else "its transform is no similarity"
        case _:
            assert_never(node)


def _effects_fault(effects: tuple[Effect, ...]) -> str:
    if len({type(effect) for effect in effects}) < len(effects):
        return "it has two effects of a kind"
    for effect in effects:
        far = math.hypot(effect.dx, effect.dy)
        if not (0 <= effect.radius < _FARTHEST_PX and far < _FARTHEST_PX):
            return "its shadow is out of range"
    return ""


def _group_fault(group: Group) -> str:
    if not group.children:
        return "it is empty"
    if not group.transform.is_identity:
        return "it has a transform"
    if group.clip or group.mask or group.filters or group.blend_mode != "normal":
        return "it has an effect"
    return "" if group.opacity == 1.0 else "it has an opacity"


def _path_fault(path: Path) -> str:
    verbs, coords = path.verbs, path.coords
    if not verbs.startswith("M"):
        return "its path does not start with a move"
    if verbs.find("Z", 0, -1) >= 0 and _GOES_ON.search(verbs):
        return "its path goes on after a close"
    count = verbs.count
    if 2 * (len(verbs) - count("Z") + count("Q") + 2 * count("C")) != len(coords):
        return "its path lacks coordinates"
    if not (
        min(coords) >= -_FARTHEST_PX and max(coords) <= _FARTHEST_PX and math.isfinite(sum(coords))
    ):
        return "its path leaves the range of coordinates"
    return ""


def _shape_fault(shape: Shape) -> str:
    fault = _path_fault(shape.path)
    if not fault and shape.fill_path is not None:
        fault = _path_fault(shape.fill_path)
    if fault:
        return fault
    if shape.fill is None and shape.stroke is None:
        return "it has neither fill nor stroke"
    primitive = shape.primitive
    if shape.transform is not IDENTITY and not shape.transform.is_identity:
        if primitive is None or isinstance(primitive, LinePrimitive):
            return "it has a transform"
        parts = shape.transform.decompose()
        if parts is None or not math.isclose(parts.scale_x, 1.0, rel_tol=1e-6):
            return "its transform does more than turn"
    if primitive is not None and shape.fill_path is not None:
        return "a preset cannot have a second outline"
    if isinstance(primitive, RectPrimitive) and primitive.rect.is_empty:
        return "its rectangle is empty"
    return _fill_fault(shape.fill) or _stroke_fault(shape.stroke)


def _fill_fault(fill: Fill | None) -> str:
    return "" if fill is None else _paint_fault(fill.paint)


def _paint_fault(paint: Paint) -> str:
    if type(paint) is Color:  # most are
        return ""
    if isinstance(paint, AxialGradient | CircularGradient):
        return "" if 2 <= len(paint.stops) <= 100 else "its gradient has too few or many stops"
    if isinstance(paint, PictureFill):
        return ""
    if isinstance(paint, PatternFill):
        return "its pattern is empty" if paint.period.is_empty or min(paint.pixels) < 1 else ""
    return f"its paint is a {type(paint).__name__}"


def _stroke_fault(stroke: Stroke | None) -> str:
    if stroke is None:
        return ""
    if not (0 < stroke.width < _FARTHEST_PX):
        return "its line's width is out of range"
    if stroke.dash_offset or stroke.non_scaling:
        return "its dashes have an offset, or it does not scale"
    if len(stroke.dashes) % 2:
        return "its dashes have no gap at the end"
    return _paint_fault(stroke.paint)


def _image_fault(image: Image) -> str:
    if image.rect.is_empty or not all(map(math.isfinite, image.rect)):
        return "its rectangle is empty"
    if image.transform.decompose() is None:
        return "its transform skews"
    box = image.transform.apply_rect(image.rect)
    if not (min(box.x, box.y) >= -_FARTHEST_PX and max(box.right, box.bottom) <= _FARTHEST_PX):
        return "its rectangle leaves the range of coordinates"
    return "" if image.clip is None else _path_fault(image.clip.transform(image.transform))
