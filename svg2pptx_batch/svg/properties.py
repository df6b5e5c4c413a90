"""The property table: initial value, inheritance, whether an attribute may say it, grammar.

A grammar takes a value's text and gives it back in its normal form (keywords in lower case), or
None where the value is wrong and the declaration counts as never written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from svg2pptx_batch.svg.values.calc import parse_calc
from svg2pptx_batch.svg.values.color import is_hex_color, parse_color
from svg2pptx_batch.svg.values.filter_functions import parse_filter
from svg2pptx_batch.svg.values.font import (
    STRETCH_KEYWORDS,
    is_font_size,
    is_weight,
    parse_font_family,
    parse_font_style,
)
from svg2pptx_batch.svg.values.length import parse_length, parse_length_list
from svg2pptx_batch.svg.values.number import parse_number, parse_number_or_percentage
from svg2pptx_batch.svg.values.paint import parse_paint, parse_url
from svg2pptx_batch.svg.values.transform import parse_transform_origin

Grammar = Callable[[str], str | None]


class Property(NamedTuple):
    """A CSS property.

    Attributes:
        initial: Value where nothing was said.
        inherited: Whether children take the parent's value.
        attribute: Whether it is a presentation attribute.
        grammar: Normal form of a value, or None.
    """

    initial: str
    inherited: bool
    attribute: bool
    grammar: Grammar


def _any(text: str) -> str | None:
    return text or None


def _words(allowed: str) -> Grammar:
    spelling = {name.lower(): name for name in allowed.split()}

    def grammar(text: str) -> str | None:
        return spelling.get(text.lower())

    return grammar


def _word_list(allowed: str) -> Grammar:
    names = frozenset(allowed.split())

    def grammar(text: str) -> str | None:
        words = text.lower().split()
        return " ".join(words) if words and names.issuperset(words) else None

    return grammar


def _either(words: str, other: Grammar) -> Grammar:
    keyword = _words(words)

    def grammar(text: str) -> str | None:
        return keyword(text) or other(text)

    return grammar


_IDENT = re.compile(r"-?[a-zA-Z_][\w-]*")


def _ident(text: str) -> str | None:
    return text.lower() if _IDENT.fullmatch(text) else None


def _paint(text: str) -> str | None:
    if text[:1] == "#" and is_hex_color(text):
        return text
    return None if parse_paint(text) is None else text


def _color(text: str) -> str | None:
    return None if parse_color(text) is None else text


def _alpha(text: str) -> str | None:
    return None if parse_number_or_percentage(text) is None else text


def _length(text: str) -> str | None:
    return None if parse_length(text) is None and parse_calc(text) is None else text


def _size(text: str) -> str | None:
    length = parse_length(text)
    if length is None:
        return None if parse_calc(text) is None else text
    return None if length.number < 0 else text


def _dashes(text: str) -> str | None:
    lengths = parse_length_list(text)
    return text if lengths and all(length.number >= 0 for length in lengths) else None


def _miter_limit(text: str) -> str | None:
    number = parse_number(text)
    return None if number is None or number < 0 else text


def _share(text: str) -> str | None:
    number = parse_number(text)
    return None if number is None or number < 0 else text


def _url(text: str) -> str | None:
    if text.lower() == "none":
        return "none"
    return text if parse_url(text) else None


def _filter(text: str) -> str | None:
    if text.lower() == "none":
        return "none"
    return None if parse_filter(text) is None else text


def _family(text: str) -> str | None:
    return text if parse_font_family(text) else None


def _font_size(text: str) -> str | None:
    return text.lower() if is_font_size(text) else None


def _weight(text: str) -> str | None:
    return text.lower() if is_weight(text) else None


def _style(text: str) -> str | None:
    return None if parse_font_style(text) is None else text.lower()


def _stretch(text: str) -> str | None:
    lower = text.lower()
    return lower if lower in STRETCH_KEYWORDS or lower.endswith("%") else None


def _origin(text: str) -> str | None:
    return None if parse_transform_origin(text) is None else text


def _path(text: str) -> str | None:
    """`path("…")`, unwrapped to the path data, as the attribute holds it."""
    match = re.fullmatch(
        r"""path\(\s*+(?:nonzero\s*+,|evenodd\s*+,)?+\s*+(["'])(.*)\1\s*+\)""", text, re.DOTALL
    )
    if match:
        return match[2]
    return "none" if text.lower() == "none" else None


DECORATION_LINES = ("underline", "overline", "line-through", "blink", "none")
"""Values of text-decoration-line."""
_COORDINATE = _either("auto", _length)
_SIDE = _either("auto none min-content max-content fit-content", _size)
_BORDER_STYLE = _words("none hidden dotted dashed solid double groove ridge inset outset")
_BORDER_WIDTH = _either("thin medium thick", _size)
_RULE = _words("nonzero evenodd")
_SPACING = _either("normal", _length)

# Columns: initial, inherited, presentation attribute, grammar.
PROPERTIES: dict[str, Property] = {
    "align-items": Property("normal", False, False, _any),
    "align-self": Property("auto", False, False, _any),
    "alignment-baseline": Property("baseline", False, True, _ident),
    "background-color": Property("transparent", False, False, _color),
    "baseline-shift": Property("baseline", False, True, _either("baseline sub super", _length)),
    "baseline-source": Property("auto", False, False, _ident),
    "border-bottom-color": Property("currentColor", False, False, _color),
    "border-bottom-style": Property("none", False, False, _BORDER_STYLE),
    "border-bottom-width": Property("medium", False, False, _BORDER_WIDTH),
    "border-collapse": Property("separate", True, False, _words("separate collapse")),
    "border-left-color": Property("currentColor", False, False, _color),
    "border-left-style": Property("none", False, False, _BORDER_STYLE),
    "border-left-width": Property("medium", False, False, _BORDER_WIDTH),
    "border-radius": Property("0", False, False, _any),
    "border-right-color": Property("currentColor", False, False, _color),
    "border-right-style": Property("none", False, False, _BORDER_STYLE),
    "border-right-width": Property("medium", False, False, _BORDER_WIDTH),
    "border-spacing": Property("0", True, False, _any),
    "border-top-color": Property("currentColor", False, False, _color),
    "border-top-style": Property("none", False, False, _BORDER_STYLE),
    "border-top-width": Property("medium", False, False, _BORDER_WIDTH),
    "box-sizing": Property("content-box", False, False, _words("content-box border-box")),
    "clip": Property("auto", False, True, _any),
    "clip-path": Property("none", False, True, _any),
    "clip-rule": Property("nonzero", True, True, _RULE),
    "color": Property("black", True, True, _color),
    "color-interpolation": Property("sRGB", True, True, _words("auto sRGB linearRGB")),
    "color-interpolation-filters": Property("linearRGB", True, True, _words("auto sRGB linearRGB")),
    "color-rendering": Property("auto", True, True, _ident),
    "color-scheme": Property("normal", True, False, _any),
    "column-gap": Property("normal", False, False, _either("normal", _size)),
    "cursor": Property("auto", True, True, _any),
    "cx": Property("0", False, False, _length),
    "cy": Property("0", False, False, _length),
    "d": Property("none", False, False, _path),
    "direction": Property("ltr", True, True, _words("ltr rtl")),
    "display": Property("inline", False, True, _word_list(
        "none inline block inline-block list-item run-in flow flow-root table inline-table flex "
        "inline-flex grid inline-grid contents table-row table-cell table-row-group "
        "table-header-group table-footer-group table-column table-column-group table-caption "
        "compact marker -webkit-box")),
    "dominant-baseline": Property("auto", True, True, _ident),
    "fill": Property("black", True, True, _paint),
    "fill-opacity": Property("1", True, True, _alpha),
    "fill-rule": Property("nonzero", True, True, _RULE),
    "filter": Property("none", False, True, _filter),
    "flex-basis": Property("auto", False, False, _SIDE),
    "flex-direction": Property("row", False, False, _words(
        "row row-reverse column column-reverse")),
    "flex-grow": Property("0", False, False, _share),
    "flex-shrink": Property("1", False, False, _share),
    "flood-color": Property("black", False, True, _color),
    "flood-opacity": Property("1", False, True, _alpha),
    "font-family": Property("Times New Roman, serif", True, True, _family),
    "font-feature-settings": Property("normal", True, False, _any),
    "font-kerning": Property("auto", True, False, _words("auto normal none")),
    "font-size": Property("medium", True, True, _font_size),
    "font-size-adjust": Property("none", True, True, _any),
    "font-stretch": Property("normal", True, True, _stretch),
    "font-style": Property("normal", True, True, _style),
    "font-synthesis": Property("weight style", True, False, _any),
    "font-variant": Property("normal", True, True, _any),
    "font-variation-settings": Property("normal", True, True, _any),
    "font-weight": Property("normal", True, True, _weight),
    "glyph-orientation-horizontal": Property("0deg", True, True, _any),
    "glyph-orientation-vertical": Property("auto", True, True, _any),
    "height": Property("auto", False, False, _SIDE),
    "image-rendering": Property("auto", True, True, _ident),
    "inline-size": Property("auto", False, False, _SIDE),
    "isolation": Property("auto", False, False, _words("auto isolate")),
    "justify-content": Property("normal", False, False, _any),
    "kerning": Property("auto", True, True, _COORDINATE),
    "letter-spacing": Property("normal", True, True, _SPACING),
    "lighting-color": Property("white", False, True, _color),
    "line-height": Property("normal", True, False, _SPACING),
    "list-style-type": Property("disc", True, False, _any),
    "margin-bottom": Property("0", False, False, _COORDINATE),
    "margin-left": Property("0", False, False, _COORDINATE),
    "margin-right": Property("0", False, False, _COORDINATE),
    "margin-top": Property("0", False, False, _COORDINATE),
    "marker-end": Property("none", True, True, _url),
    "marker-mid": Property("none", True, True, _url),
    "marker-start": Property("none", True, True, _url),
    "mask": Property("none", False, True, _any),
    "mask-type": Property("luminance", False, True, _words("luminance alpha")),
    "max-height": Property("none", False, False, _SIDE),
    "max-width": Property("none", False, False, _SIDE),
    "min-height": Property("auto", False, False, _SIDE),
    "min-width": Property("auto", False, False, _SIDE),
    "mix-blend-mode": Property("normal", False, False, _ident),
    "object-fit": Property("fill", False, False, _ident),
    "opacity": Property("1", False, True, _alpha),
    "overflow": Property("visible", False, True, _word_list("visible hidden scroll auto clip")),
    "overflow-wrap": Property("normal", True, False, _words("normal break-word anywhere")),
    "padding-bottom": Property("0", False, False, _size),
    "padding-left": Property("0", False, False, _size),
    "padding-right": Property("0", False, False, _size),
    "padding-top": Property("0", False, False, _size),
    "paint-order": Property("normal", True, True, _word_list("normal fill stroke markers")),
    "pointer-events": Property("auto", True, True, _ident),
    "r": Property("0", False, False, _size),
    "row-gap": Property("normal", False, False, _either("normal", _size)),
    "rx": Property("auto", False, False, _SIDE),
    "ry": Property("auto", False, False, _SIDE),
    "shape-inside": Property("auto", False, False, _any),
    "shape-rendering": Property("auto", True, True, _ident),
    "stop-color": Property("black", False, True, _color),
    "stop-opacity": Property("1", False, True, _alpha),
    "stroke": Property("none", True, True, _paint),
    "stroke-dasharray": Property("none", True, True, _either("none", _dashes)),
    "stroke-dashoffset": Property("0", True, True, _length),
    "stroke-linecap": Property("butt", True, True, _words("butt round square")),
    "stroke-linejoin": Property("miter", True, True, _words(
        "miter miter-clip round bevel arcs")),
    "stroke-miterlimit": Property("4", True, True, _miter_limit),
    "stroke-opacity": Property("1", True, True, _alpha),
    "stroke-width": Property("1", True, True, _size),
    "tab-size": Property("8", True, False, _any),
    "text-align": Property("start", True, False, _ident),
    "text-align-last": Property("auto", True, False, _ident),
    "text-anchor": Property("start", True, True, _words("start middle end")),
    "text-decoration-color": Property("currentColor", False, False, _color),
    "text-decoration-line": Property("none", False, False, _word_list(" ".join(DECORATION_LINES))),
    "text-decoration-style": Property("solid", False, False, _words(
        "solid double dotted dashed wavy")),
    "text-decoration-thickness": Property("auto", False, False, _either("auto from-font", _length)),
    "text-indent": Property("0", True, False, _any),
    "text-orientation": Property("mixed", True, False, _ident),
    "text-overflow": Property("clip", False, True, _any),
    "text-rendering": Property("auto", True, True, _ident),
    "text-shadow": Property("none", True, False, _any),
    "text-transform": Property("none", True, False, _any),
    "transform": Property("none", False, False, _any),
    "translate": Property("none", False, False, _any),
    "rotate": Property("none", False, False, _any),
    "scale": Property("none", False, False, _any),
    "transform-box": Property("view-box", False, False, _ident),
    "transform-origin": Property("0 0", False, True, _origin),
    "unicode-bidi": Property("normal", False, True, _ident),
    "vector-effect": Property("none", False, True, _any),
    "vertical-align": Property("baseline", False, False, _either(
        "baseline sub super top text-top middle bottom text-bottom", _length)),
    "visibility": Property("visible", True, True, _words("visible hidden collapse")),
    "white-space": Property("normal", True, True, _ident),
    "width": Property("auto", False, False, _SIDE),
    "word-break": Property("normal", True, False, _ident),
    "word-spacing": Property("normal", True, True, _SPACING),
    "writing-mode": Property("horizontal-tb", True, True, _ident),
    "x": Property("0", False, False, _length),
    "y": Property("0", False, False, _length),
}  # fmt: skip

GEOMETRY = frozenset(
    {"x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "d", "transform", "transform-origin"}
)
"""Properties that attributes of the same name say, too; a style sheet's word replaces those."""

PRESENTATION = frozenset(name for name, row in PROPERTIES.items() if row.attribute) | {
    "text-decoration"
}
"""Attributes that count as declarations; the shorthands `font` and `marker` are none in SVG 2."""

INHERITED = frozenset(name for name, row in PROPERTIES.items() if row.inherited)
INITIAL = {name: row.initial for name, row in PROPERTIES.items()}
ALIASES = {"text-decoration": "text-decoration-line"}
"""Shorthands that may be asked of a style like a property."""
