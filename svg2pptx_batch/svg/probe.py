"""A drawing's size from its root tag alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from lxml import etree

from svg2pptx_batch.errors import InvalidSizeError
from svg2pptx_batch.graphics.rect import Size
from svg2pptx_batch.svg.cascade import style_of
from svg2pptx_batch.svg.declarations import declare
from svg2pptx_batch.svg.document import Element
from svg2pptx_batch.svg.names import split_tag
from svg2pptx_batch.svg.source import ParseLimits, read_source
from svg2pptx_batch.svg.values.length import Unit, parse_length
from svg2pptx_batch.svg.values.view_box import parse_view_box

DEFAULT_SIZE = Size(300.0, 150.0)
"""Size of a drawing that does not tell: CSS 2.2, 10.3.2."""

_EMS = {Unit.EM: 1.0, Unit.REM: 1.0, Unit.EX: 0.5, Unit.CH: 0.5, Unit.IC: 1.0}
_CHUNK = 4096
_LIMITS = ParseLimits()
_FONT_SIZE = 16.0


def root_size(attributes: Mapping[str, str], font_size: float = _FONT_SIZE) -> Size | None:
    """Return the size of a root viewport, px.

    Args:
        attributes: The root's; a style's width and height already written over them.
        font_size: Of the root element, px.

    Returns:
        None where only the content can tell: a side without a fixed length and no viewBox.

    Raises:
        InvalidSizeError: A side is zero, or the viewBox has no area: SVG disables rendering.
            Or a side is beyond all numbers.
    """
    return _size(
        attributes.get("viewBox", ""),
        attributes.get("width", ""),
        attributes.get("height", ""),
        font_size,
    )


@lru_cache(maxsize=256)
def _size(view_box_text: str, width_text: str, height_text: str, font_size: float) -> Size | None:
    """Return what `root_size` does; drawings of one set have the same."""
    view_box = parse_view_box(view_box_text)
    width = _side(width_text, font_size)
    height = _side(height_text, font_size)
    if width == 0.0 or height == 0.0:
        raise InvalidSizeError(
            "The drawing's width or height is zero, which disables rendering.",
            remedy="Give it a width and a height above zero.",
        )
    if view_box is not None and view_box.is_empty:
        raise InvalidSizeError(
            "The drawing's viewBox has no area, which disables rendering.",
            remedy="Give the viewBox a width and a height above zero.",
        )
    if view_box is None:
        return None if width is None or height is None else Size(width, height)
    if width is None and height is None:
        return Size(view_box.width, view_box.height)
    if width is None:
        assert height is not None
        width = height * view_box.width / view_box.height
    elif height is None:
        height = width * view_box.height / view_box.width
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise InvalidSizeError(
            "The drawing's viewBox is too narrow or too flat to give it a width and a height.",
            remedy="Give the drawing a width and a height.",
        )
    return Size(width, height)


def _side(text: str, font_size: float) -> float | None:
    """Return px ≥ 0; None where the side is missing, negative, a percentage or junk."""
    length = parse_length(text)
    if length is None or length.number < 0:
        return None
    px = length.px
    if px is None and length.unit in _EMS:
        px = length.number * _EMS[length.unit] * font_size
    return px


def drawing_size(root: Element) -> Size | None:
    """Return the size a root element asks for by attributes and CSS; see `root_size`."""
    style = style_of(root)
    said = {name: style[name] for name in ("width", "height") if style.has(name)}
    return root_size(root.attributes | said, style.font_size)


def probe_size(data: bytes, *, limits: ParseLimits = _LIMITS) -> Size:
    """Return a drawing's size, px, without reading beyond its root tag where that is possible.

    `DEFAULT_SIZE` where only the content can tell.

    Args:
        data: An SVG, in any encoding, possibly gzipped.
        limits: Bounds.

    Raises:
        SvgError: It is no SVG, exceeds a limit, or its size disables rendering.
    """
    attributes = _root_attributes(read_source(data, limits))
    if attributes is None:
        from svg2pptx_batch.svg.parser import parse

        root = parse(data, limits=limits).root
    else:
        root = Element("svg", attributes, 1, None)
        declare(root)
    return drawing_size(root) or DEFAULT_SIZE


def _root_attributes(text: bytes) -> dict[str, str] | None:
    """Return the root tag's attributes, or None where the whole document has to be read for it."""
    if b"<!DOCTYPE" in text[:_CHUNK]:
        return None
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True)
    try:
        for start in range(0, len(text), _CHUNK):
            parser.feed(text[start : start + _CHUNK])
            for _, element in parser.read_events():
                assert isinstance(element, etree._Element)
                is_svg = split_tag(str(element.tag))[1] == "svg"
                return {str(k): str(v) for k, v in element.items()} if is_svg else None
    except etree.XMLSyntaxError:
        return None
    return None
