"""Pictures: kept, re-encoded, or drawn where they are SVG themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from svg2pptx_batch.diagnostics import Fidelity, Severity
from svg2pptx_batch.errors import SvgError
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.fit import PreserveAspectRatio, fit_box
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.resolve.bitmaps import Bitmap, is_svg, read_bitmap
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.draw import draw
from svg2pptx_batch.resolve.elements.shapes import geometry_text
from svg2pptx_batch.resolve.style import is_visible
from svg2pptx_batch.resolve.units import Axis, parse_px
from svg2pptx_batch.resolve.viewport import hides_overflow, needed_clip
from svg2pptx_batch.scene.nodes import Crop, Group, Image, Node, Shape
from svg2pptx_batch.svg.probe import DEFAULT_SIZE, drawing_size
from svg2pptx_batch.svg.references import href
from svg2pptx_batch.svg.values.view_box import parse_preserve_aspect_ratio

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Document, Element


def image(element: Element, state: State, context: Context) -> Node | None:
    """Draw an `image`; sides left out come from the picture."""
    x = parse_px(geometry_text(element, "x", state) or "0", Axis.X, state) or 0.0
    y = parse_px(geometry_text(element, "y", state) or "0", Axis.Y, state) or 0.0
    width = parse_px(geometry_text(element, "width", state), Axis.X, state)
    height = parse_px(geometry_text(element, "height", state), Axis.Y, state)
    if (width is not None and width <= 0.0) or (height is not None and height <= 0.0):
        return None
    content = _content(element, context)
    if content is None:
        return None
    natural = content.size if isinstance(content, Bitmap) else _natural_size(content)
    natural = natural or DEFAULT_SIZE
    if natural.width <= 0.0 or natural.height <= 0.0:
        return None
    if width is None and height is None:
        width, height = natural
    elif width is None and height is not None:
        width = height * natural.width / natural.height
    elif height is None and width is not None:
        height = width * natural.height / natural.width
    area = Rect(x, y, width or 0.0, height or 0.0)
    if not is_visible(state.style):
        context.unpainted = True
        return Shape(rect_path(area))
    return _placed(content, area, element, state, context)


def picture(element: Element, area: Rect, state: State, context: Context) -> Node | None:
    """Draw what an element's href leads to inside an area; also for feImage."""
    content = _content(element, context)
    return (
        None
        if content is None or area.is_empty
        else _placed(content, area, element, state, context)
    )


def _content(element: Element, context: Context) -> Bitmap | Document | None:
    """Read a picture once a document; None, with a remark, where it cannot be shown."""
    address = href(element)
    key = ("image", address)
    if key not in context.cache:
        context.cache[key] = _read(address, context)
    content: Bitmap | Document | str = context.cache[key]
    if isinstance(content, str):
        context.diagnostics.report(
            "image-dropped",
            content,
            element.source,
            fidelity=Fidelity.DROPPED,
            severity=Severity.WARNING,
        )
        return None
    return content


def _read(address: str, context: Context) -> Bitmap | Document | str:
    """Return a picture, or the reason why there is none."""
    from svg2pptx_batch.svg.resources import DataLoader, ResourceError

    if not address:
        return "The image has no address"
    try:
        resource = context.loader.load(address)
    except ResourceError as error:
        return f"The image cannot be read: {error}"
    if is_svg(resource.data, resource.media_type):
        from svg2pptx_batch.svg import parse

        try:
            return parse(resource.data, name=resource.name, loader=DataLoader())
        except SvgError as error:
            return f"The SVG image cannot be read: {error.message}"
    bitmap = read_bitmap(resource.data)
    return bitmap if isinstance(bitmap, Bitmap) else f"The image cannot be shown: {bitmap}"


def _natural_size(document: Document) -> Size | None:
    """Return an SVG image's own size, None where it takes any; empty where it is not drawn."""
    try:
        return drawing_size(document.root)
    except SvgError:
        return Size(0.0, 0.0)


def _placed(
    content: Bitmap | Document, area: Rect, element: Element, state: State, context: Context
) -> Node | None:
    aspect = parse_preserve_aspect_ratio(element.get("preserveAspectRatio"))
    if isinstance(content, Bitmap):
        return _bitmap(content, area, aspect, state)
    return _drawing(content, area, aspect, state, context)


def _bitmap(bitmap: Bitmap, area: Rect, aspect: PreserveAspectRatio, state: State) -> Image | None:
    whole = fit_box(Rect(0.0, 0.0, *bitmap.size), area, aspect).apply_rect(
        Rect(0.0, 0.0, *bitmap.size)
    )
    shown = whole.intersection(area) if hides_overflow(state.style) else whole
    if shown is None or shown.is_empty:
        return None
    crop = Crop(
        (shown.x - whole.x) / whole.width,
        (shown.y - whole.y) / whole.height,
        (whole.right - shown.right) / whole.width,
        (whole.bottom - shown.bottom) / whole.height,
    )
    pixelated = state.style["image-rendering"] in {"optimizespeed", "pixelated", "crisp-edges"}
    return Image(bitmap.data, bitmap.format, shown, crop, pixelated=pixelated)


def _drawing(
    document: Document, area: Rect, aspect: PreserveAspectRatio, state: State, context: Context
) -> Node | None:
    """Draw an SVG image as shapes; it sees nothing of the drawing around it."""
    from svg2pptx_batch.svg.cascade import style_of
    from svg2pptx_batch.svg.resources import DataLoader

    size = _natural_size(document) or Size(area.width, area.height)
    if size.width <= 0.0 or size.height <= 0.0:
        return None
    inner = Context(
        document,
        fonts=context.fonts,
        loader=DataLoader(),
        diagnostics=context.diagnostics,
        languages=context.languages,
        budget=context.budget,
        handlers=context.handlers,
    )
    # Everything inside is a copy: names stay out, and the budget is spent.
    root = document.root
    inside = State(style_of(root), size, None, (*state.chain, root), depth=state.depth + 1)
    node = draw(root, inside, inner)
    context.unpainted = context.unpainted or inner.unpainted
    if node is None:
        return None
    frame = Rect(0.0, 0.0, *size)
    fit: Affine = fit_box(frame, area, aspect)
    if fit.determinant == 0.0:
        return None
    seen = frame.intersection(fit.inverse().apply_rect(area))
    clip = (
        needed_clip((node,), seen, context)
        if seen is not None and hides_overflow(state.style)
        else None
    )
    return Group((node,), fit, clip=clip)
