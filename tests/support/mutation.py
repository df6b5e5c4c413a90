"""Drawings gone wrong: well-formed SVG with attributes, numbers, trees and references mutated."""

from __future__ import annotations

import copy
import gzip
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

from lxml import etree

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NUMBERS = (
    *("0", "-0", "1", "-1", "0.5", "-3.7", "1e-9", "-1e-9", "1e-320", "100", "1000", "32768"),
    *("65536.5", "2147483648", "-2147483649", "1e9", "1e12", "-1e12", "1e20", "1e38", "-1e38"),
    *("1e308", "-1e308", "1e400", "NaN", "inf", "9" * 40, "0." + "0" * 30 + "1", "", "1..2", "--1"),
)
_UNITS = ("%", "px", "em", "ex", "mm", "in", "pt", "rem", "vw", "deg", "turn", "q", " 7", ",")
_KEYWORDS = (
    *("none", "inherit", "initial", "auto", "currentColor", "context-fill", "context-stroke"),
    *("url(#", "url(#nothing)", "url(#a) red", "#", "#12", "#ff00ff80", "rgb(300,-1,50%)"),
    *("hsl(400 200% 50%)", "transparent", "var(--x)", "calc(1px + 2em)", ";", "evenodd", "bold"),
    *("objectBoundingBox", "userSpaceOnUse", "hidden", "collapse", "M", "M0 0L", "0 0 0 0"),
)
_TEXTS = (
    *("", " ", "x", "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627 abc", "\U0001f600"),
    *("\u200d\ufe0f", "e\u0301\u0302\u0303", "\t\n", "\u2028\u2029", "\ue000\ufdd0", "W" * 3000),
    *("]]>&<\"'", "\u0301", "\U0010fffd\u0085\u00ad", "\u202e\u2066x"),
)
_WRAPPERS = (
    *("g", "svg", "a", "switch", "defs", "symbol", "clipPath", "mask", "pattern", "marker"),
    *("text", "tspan", "textPath", "foreignObject", "use", "filter", "title", "nothing"),
)
_TAGS = (
    *("rect", "circle", "ellipse", "line", "polyline", "polygon", "path", "image", "use", "text"),
    *("g", "svg", "linearGradient", "radialGradient", "stop", "feGaussianBlur", "feTurbulence"),
)
_PRESENTATION = {
    "transform": (
        *("scale(0)", "scale(1e-7 1e7)", "skewX(90)", "rotate(45)", "matrix(0 0 0 0 0 0)"),
        *("scale(-1 1)", "matrix(1 2 2 4 5 6)", "translate(1e30)", "rotate(37 1e9 -1e9) skewY(60)"),
    ),
    "opacity": ("0", "0.5", "50%", "-1", "7"),
    "stroke-width": ("0", "1e-8", "3", "500", "1e7", "-2", "200%"),
    "stroke-dasharray": ("0", "1e-6", "3 0 0", "1 2 3", "0 5", "-1 2", "1e9 1e-9", "10%"),
    "stroke-dashoffset": ("3", "-1e12", "50%"),
    "stroke-linejoin": ("round", "bevel", "miter-clip", "arcs"),
    "stroke-linecap": ("round", "square"),
    "stroke-miterlimit": ("0", "1", "1e9"),
    "paint-order": ("stroke", "markers stroke", "fill"),
    "style": (
        *("mix-blend-mode:multiply", "isolation:isolate", "filter:blur(3px) hue-rotate(40deg)"),
        *("filter:drop-shadow(3px -4px 2px red)", "fill:red!important", "all:unset", "display:x"),
        *("font:italic bold 0/1 serif", "mask-type:alpha", "clip-path:circle(40%)", "filter:x(1)"),
    ),
    "font-size": ("0", "1e-5", "4000", "1e9", "-3", "200%", "larger"),
    "letter-spacing": ("-30", "1e6", "5"),
    "word-spacing": ("-1e6", "30"),
    "textLength": ("0", "1", "1e7", "-5"),
    "lengthAdjust": ("spacingAndGlyphs",),
    "writing-mode": ("tb", "vertical-rl"),
    "text-anchor": ("middle", "end"),
    "direction": ("rtl",),
    "rotate": ("10 20 30", "1e9"),
    "dx": ("1 -200 1e9", "5"),
    "text-decoration": ("underline overline line-through",),
    "baseline-shift": ("super", "-1e5", "40%"),
    "preserveAspectRatio": ("none", "xMaxYMin slice", "xMidYMid meet"),
    "viewBox": ("0 0 0 0", "0 0 1 1e6", "-5 -5 1e-7 1e-7", "0 0 -1 5", "10 20 300 40"),
    "display": ("none", "inline"),
    "visibility": ("hidden", "visible"),
    "overflow": ("visible", "hidden"),
    "gradientTransform": ("scale(0)", "rotate(30) scale(3 .1)", "skewX(89.999)"),
    "spreadMethod": ("reflect", "repeat"),
    "shape-rendering": ("crispEdges",),
    "image-rendering": ("pixelated", "optimizeSpeed"),
}
_SERVERS = (
    '<linearGradient id="{id}" x2="0" y2="1e-9"><stop/><stop offset="1" stop-color="red"/>'
    "</linearGradient>",
    '<linearGradient id="{id}" spreadMethod="repeat" x2=".1" gradientTransform="rotate(20)">'
    '<stop stop-color="#08f"/><stop offset=".3" stop-opacity="0"/><stop offset=".3"/>'
    "</linearGradient>",
    '<radialGradient id="{id}" fx="1.5" fy="-1" r=".3"><stop stop-color="lime"/>'
    '<stop offset="2" stop-color="blue"/></radialGradient>',
    '<radialGradient id="{id}" fx=".2" r="0"><stop stop-color="lime"/><stop offset="1"/>'
    "</radialGradient>",
    '<pattern id="{id}" width="7" height="9" patternUnits="userSpaceOnUse">'
    '<path d="M0 0h4v5z" fill="teal"/></pattern>',
    '<pattern id="{id}" width=".01" height="3" viewBox="0 0 1 1" patternTransform="scale(1 -1)">'
    '<rect width="1" height="1" fill="url(#{id})"/></pattern>',
    '<mask id="{id}"><rect width="50%" height="200" fill="#888"/></mask>',
    '<mask id="{id}" maskContentUnits="objectBoundingBox" mask="url(#{id})">'
    '<circle cx=".5" cy=".5" r=".4" fill="white"/></mask>',
    '<clipPath id="{id}" clipPathUnits="objectBoundingBox"><path d="M0 0H1V1zM.2 .2h.5v.5z" '
    'clip-rule="evenodd"/></clipPath>',
    '<clipPath id="{id}"><text y="40" font-size="50">clip</text></clipPath>',
    '<filter id="{id}"><feGaussianBlur stdDeviation="3"/></filter>',
    '<filter id="{id}" x="0" y="0" width="1" height="1"><feOffset dx="4" dy="4"/>'
    '<feGaussianBlur stdDeviation="2 0"/><feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/>'
    "</feMerge></filter>",
    '<filter id="{id}" primitiveUnits="objectBoundingBox"><feFlood flood-color="red" x="9"/>'
    '<feComposite in2="SourceAlpha" operator="arithmetic" k2="9" k4="-1"/></filter>',
    '<filter id="{id}"><feTurbulence baseFrequency=".05 1e5" numOctaves="3"/>'
    '<feDisplacementMap in="SourceGraphic" scale="1e5"/></filter>',
    '<filter id="{id}"><feColorMatrix type="saturate" values="0"/><feDropShadow dx="-1e4"/>'
    "</filter>",
    '<marker id="{id}" orient="auto" viewBox="0 0 0 5" markerWidth="4"><circle r="3"/></marker>',
    '<marker id="{id}" orient="auto-start-reverse" overflow="visible">'
    '<path d="M0 0L9 3" stroke="context-stroke" marker-end="url(#{id})"/></marker>',
)
_TAKERS = (
    *("fill", "stroke", "mask", "clip-path", "filter", "marker-start", "marker-mid", "marker-end"),
)

Element = Any


def readable(source: bytes) -> bool:
    """Tell whether a drawing can be mutated: well-formed, and of more than one element."""
    try:
        return len(_parsed(source)) > 0
    except (etree.XMLSyntaxError, ValueError, OSError, EOFError):
        return False


def mutated(source: bytes, chance: random.Random, *, most: int = 5) -> bytes:
    """Return a drawing with one to `most` mutations.

    Args:
        source: A readable SVG or svgz.
        chance: Equal states give equal mutations.
        most: How many mutations at most.
    """
    root = _parsed(source)
    for _ in range(chance.randint(1, most)):
        chance.choice(_MUTATIONS)(root, chance)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _parsed(source: bytes) -> Element:
    if source[:2] == b"\x1f\x8b":
        source = gzip.decompress(source)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(source, parser)


def _elements(root: Element) -> list[Element]:
    return [element for element in root.iter() if isinstance(element.tag, str)]


def _inner(root: Element, chance: random.Random) -> Element:
    """Return an element other than the root; the root where there is none."""
    elements = _elements(root)
    return chance.choice(elements[1:] or elements)


def _any(root: Element, chance: random.Random) -> Element:
    return chance.choice(_elements(root))


def _attribute(root: Element, chance: random.Random) -> tuple[Element, str] | None:
    element = _any(root, chance)
    return (element, chance.choice(element.keys())) if element.keys() else None


def _remove_attribute(root: Element, chance: random.Random) -> None:
    if found := _attribute(root, chance):
        del found[0].attrib[found[1]]


def _change_attribute(root: Element, chance: random.Random) -> None:
    if found := _attribute(root, chance):
        found[0].set(found[1], chance.choice((*_KEYWORDS, *_NUMBERS)))


def _swap_attributes(root: Element, chance: random.Random) -> None:
    one, two = _attribute(root, chance), _attribute(root, chance)
    if one and two:
        first, second = one[0].get(one[1]), two[0].get(two[1])
        one[0].set(one[1], second)
        two[0].set(two[1], first)


def _change_numbers(root: Element, chance: random.Random) -> None:
    """Make numbers of one attribute extreme: one of them, or each with a chance."""
    candidates = [
        (element, name)
        for element in _elements(root)
        for name, value in element.items()
        if _NUMBER.search(value)
    ]
    if not candidates:
        return
    element, name = chance.choice(candidates)
    value = element.get(name)[:20_000]
    target = chance.randrange(len(_NUMBER.findall(value)))
    counter = iter(range(len(value)))
    scale = chance.choice((1, 1, -1, 1e-6, 1e3, 1e6))

    def changed(match: re.Match[str]) -> str:
        if next(counter) == target:
            return chance.choice(_NUMBERS)
        return match[0] if scale == 1 else f"{float(match[0]) * scale:g}"

    element.set(name, _NUMBER.sub(changed, value))


def _change_unit(root: Element, chance: random.Random) -> None:
    if found := _attribute(root, chance):
        element, name = found
        element.set(name, element.get(name) + chance.choice(_UNITS))


def _add_property(root: Element, chance: random.Random) -> None:
    name = chance.choice(tuple(_PRESENTATION))
    _any(root, chance).set(name, chance.choice(_PRESENTATION[name]))


def _remove(root: Element, chance: random.Random) -> None:
    element = _inner(root, chance)
    if element.getparent() is not None:
        element.getparent().remove(element)


def _place(root: Element, element: Element, chance: random.Random) -> None:
    into = _any(root, chance)
    into.insert(chance.randint(0, len(into)), element)


def _move(root: Element, chance: random.Random) -> None:
    element = _inner(root, chance)
    if element is not root:
        copied = copy.deepcopy(element)
        element.getparent().remove(element)
        _place(root, copied, chance)


def _duplicate(root: Element, chance: random.Random) -> None:
    element = _inner(root, chance)
    if len(_elements(element)) <= 200:
        _place(root, copy.deepcopy(element), chance)


def _nest(root: Element, chance: random.Random) -> None:
    element = _inner(root, chance)
    parent = element.getparent()
    if parent is not None:
        wrapper = etree.Element(_SVG + chance.choice(_WRAPPERS))
        parent.replace(element, wrapper)
        element.tail = None
        wrapper.append(element)


def _rename(root: Element, chance: random.Random) -> None:
    element = _inner(root, chance)
    if element is not root:
        element.tag = _SVG + chance.choice(_TAGS)


def _reference(root: Element, chance: random.Random) -> None:
    """Let an element take paint, mask, clip, filter or marker from any other."""
    ids = [element.get("id") for element in _elements(root) if element.get("id")]
    if ids:
        id_ = chance.choice(ids)
        element = _any(root, chance)
        if chance.random() < 0.3:
            element.set(chance.choice(("href", _XLINK_HREF)), f"#{id_}")
        else:
            element.set(chance.choice(_TAKERS), f"url(#{id_})")


def _define(root: Element, chance: random.Random) -> None:
    """Add a paint server, mask, clip, filter or marker, and let an element take it."""
    id_ = f"mutant{chance.randrange(10**6)}"
    server = chance.choice(_SERVERS).format(id=id_)
    namespace = 'xmlns="http://www.w3.org/2000/svg"'
    root.insert(0, etree.fromstring(f"<g {namespace}>{server}</g>")[0])
    kind = server[1:5]
    fitting = {
        "mask": ("mask",),
        "clip": ("clip-path",),
        "filt": ("filter",),
        "mark": ("marker-start", "marker-mid", "marker-end"),
    }.get(kind, ("fill", "stroke"))
    for _ in range(chance.randint(1, 3)):
        _any(root, chance).set(chance.choice(fitting), f"url(#{id_})")


def _change_text(root: Element, chance: random.Random) -> None:
    element = _any(root, chance)
    if chance.random() < 0.5:
        element.text = chance.choice(_TEXTS)
    else:
        element.tail = chance.choice(_TEXTS)


def _add_text(root: Element, chance: random.Random) -> None:
    text = etree.SubElement(_any(root, chance), _SVG + "text")
    text.set("y", "20")
    text.text = chance.choice(_TEXTS)


_MUTATIONS: Sequence[Callable[[Element, random.Random], None]] = (
    *(_remove_attribute, _change_attribute, _swap_attributes, _change_unit, _remove, _move),
    *(_change_numbers, _change_numbers, _change_numbers, _add_property, _add_property),
    *(_duplicate, _nest, _rename, _reference, _reference, _define, _define, _change_text),
    _add_text,
)
