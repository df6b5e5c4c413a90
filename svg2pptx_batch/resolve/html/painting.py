"""What lies below the words of a label: backgrounds and the lines around boxes.

Fragments and laid-out lines enter, shapes leave: one rectangle a box where the lines of all four
sides are alike, one line a side elsewhere.

Source: CSS Backgrounds 3, 3 and 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.path import Path, rect_path, rounded_rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.resolve.html.boxes import Block, LabelTree
from svg2pptx_batch.resolve.html.fragments import NO_EDGES
from svg2pptx_batch.resolve.html.lines import LineSetter
from svg2pptx_batch.resolve.html.sizes import SIDES, borders_of, collapses
from svg2pptx_batch.resolve.style import current_color, is_visible, opacity_of
from svg2pptx_batch.resolve.text.characters import Frame
from svg2pptx_batch.resolve.text.layout import Line
from svg2pptx_batch.resolve.units import Axis, to_px
from svg2pptx_batch.scene.nodes import LinePrimitive, RectPrimitive, Shape
from svg2pptx_batch.scene.paint import Fill, LineCap, Stroke
from svg2pptx_batch.svg.values.color import parse_color
from svg2pptx_batch.svg.values.length import Unit, parse_length

_NEAR = 8
"""How many rectangles painted later are looked at for one that hides another."""


def box_shapes(block: Block, rect: Rect) -> Iterator[Shape]:
    """Yield what a block paints below its content.

    Args:
        block: The block.
        rect: Its border box.
    """
    frame = block.frame
    if block.anonymous or not is_visible(frame.style):
        return
    fill = _fill(frame)
    widths = borders_of(block)
    if widths is NO_EDGES:
        if fill is not None and not rect.is_empty:
            yield _rectangle(rect, _radius(block, rect), frame, fill)
        return
    strokes = [
        _stroke(frame, side, width) if width > 0.0 else None
        for side, width in zip(SIDES, widths, strict=True)
    ]
    shared = collapses(block)
    inset = [0.0 if shared else width / 2 for width in widths]
    middle = Rect(
        rect.x + inset[3],
        rect.y + inset[0],
        rect.width - inset[1] - inset[3],
        rect.height - inset[0] - inset[2],
    )
    first = strokes[0]
    if first is not None and all(stroke == first for stroke in strokes) and not middle.is_empty:
        radius = max(0.0, _radius(block, rect) - inset[0])
        yield replace(_rectangle(middle, radius, frame, fill), stroke=first)
        return
    if fill is not None and not rect.is_empty:
        yield _rectangle(rect, _radius(block, rect), frame, fill)
    left, top, right, bottom = middle.x, middle.y, middle.right, middle.bottom
    ends = (
        (rect.x, top, rect.right, top),
        (right, rect.y, right, rect.bottom),
        (rect.x, bottom, rect.right, bottom),
        (left, rect.y, left, rect.bottom),
    )
    if rect.height <= widths.top + widths.bottom:  # a rule: its sides are the ends of its lines
        strokes[1] = strokes[3] = None
    for stroke, places in zip(strokes, ends, strict=True):
        if stroke is not None:
            yield Shape(
                Path("ML", places),
                None,
                stroke,
                primitive=LinePrimitive(*places),
                source=frame.element.source,
            )


def inline_backgrounds(
    lines: Iterable[Line], tree: LabelTree, setter: LineSetter
) -> Iterator[Shape]:
    """Yield the backgrounds of elements in lines: one rectangle a line, as high as the font.

    An element in a line does not paint below the blocks inside it.
    """
    if not tree.inline:
        return
    for line in lines:
        spans: dict[Frame, tuple[float, float, float]] = {}
        for cluster in line.clusters:
            for frame in cluster.span.frame.lineage():
                if frame not in tree.inline:
                    break
                left, right, _ = spans.get(frame, (cluster.x, cluster.x, 0.0))
                left, right = min(left, cluster.x), max(right, cluster.x + cluster.advance)
                spans[frame] = (left, right, cluster.y - cluster.span.shift)
        for frame, (left, right, baseline) in reversed(spans.items()):
            style = setter.style_of(frame)
            fill = _fill(frame)
            if style is None or fill is None or not is_visible(frame.style):
                continue
            top = baseline - style.metrics.ascent * style.size
            height = (style.metrics.ascent - style.metrics.descent) * style.size
            rect = Rect(left, top, right - left, height)
            if not rect.is_empty:
                yield _rectangle(rect, 0.0, frame, fill)


def uncovered(shapes: list[Shape]) -> Iterator[Shape]:
    """Yield shapes but the rectangles that a later one hides."""
    for at, shape in enumerate(shapes):
        if not any(_hides(other, shape) for other in shapes[at + 1 : at + 1 + _NEAR]):
            yield shape


def frame_opacity(frame: Frame) -> float:
    """Return the opacity of a frame and those around it, inside the foreignObject."""
    opacity = 1.0
    for each in frame.lineage():
        if each.parent is not None:
            opacity *= opacity_of(each.style["opacity"])
    return opacity


def _fill(frame: Frame) -> Fill | None:
    color = parse_color(frame.style["background-color"], current_color(frame.style))
    if color is None or color.alpha <= 0:
        return None
    return Fill(color, frame_opacity(frame))


def _stroke(frame: Frame, side: str, width: float) -> Stroke | None:
    """Return the line of a side; grooves and the like are plain lines.

    Dashes as browsers set them: twice as long as wide and a width apart, thin ones three times and
    two.
    """
    style = frame.style
    color = parse_color(style[f"border-{side}-color"], current_color(style))
    if color is None or color.alpha <= 0:
        return None
    dashes: tuple[float, ...] = ()
    cap = LineCap.BUTT
    match style[f"border-{side}-style"]:
        case "dashed":
            dashes = (2 * width, width) if width >= 3 else (3 * width, 2 * width)
        case "dotted" if width >= 3:
            dashes, cap = (0.0, 2 * width), LineCap.ROUND
        case "dotted":
            dashes = (width, width)
    return Stroke(color, width, frame_opacity(frame), cap, dashes=dashes)


def _rectangle(rect: Rect, radius: float, frame: Frame, fill: Fill | None) -> Shape:
    radius = min(radius, rect.width / 2, rect.height / 2)
    path = rounded_rect_path(rect, radius, radius) if radius > 0.0 else rect_path(rect)
    return Shape(
        path, fill, primitive=RectPrimitive(rect, radius, radius), source=frame.element.source
    )


def _radius(block: Block, rect: Rect) -> float:
    """Return how round the corners are: what is said of the first stands for all."""
    text = block.style["border-radius"]
    if text == "0":
        return 0.0
    length = parse_length(text.replace("/", " ").split()[0])
    if length is None:
        return 0.0
    if length.unit is Unit.PERCENT:
        return max(0.0, length.number) / 100.0 * min(rect.width, rect.height)
    return max(0.0, to_px(length, Axis.X, block.frame.state))


def _hides(upper: Shape, lower: Shape) -> bool:
    above, below = upper.primitive, lower.primitive
    fill = upper.fill
    if not (isinstance(above, RectPrimitive) and isinstance(below, RectPrimitive)) or fill is None:
        return False
    opaque = isinstance(fill.paint, Color) and fill.paint.alpha * fill.opacity >= 1.0
    if not opaque or above.rx > 0.0:
        return False
    reach = 0.0 if lower.stroke is None else lower.stroke.width / 2
    return above.rect.union(below.rect.inflate(reach)) == above.rect
