"""How many elements a drawing draws, counted from the parsed document alone.

This knows nothing of scenes: it walks the document, expands copies, and looks at geometry and paint
as far as one can without computing anything. Where one cannot tell, an element may be drawn or not.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from svg2pptx_batch.diagnostics import Source
from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.svg.cascade import Style, computed_style
from svg2pptx_batch.svg.document import Document, Element
from svg2pptx_batch.svg.references import fragment, href
from svg2pptx_batch.svg.values.paint import CurrentColor, NoPaint, parse_paint
from svg2pptx_batch.svg.values.path_data import parse_path
from svg2pptx_batch.svg.values.transform import parse_transform

_DIGITS = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_LENGTH = re.compile(rf"\s*({_DIGITS})(?:%|px|pt|pc|in|cm|mm|em|ex|rem|vw|vh)?\s*")
_SEGMENT = re.compile(r"\s*[Mm][\s\d.,eE+-]+[LlHhVvCcSsQqTtAa]")
_CONTAINERS = {"g", "a", "svg", "switch"}
_SIDES = {"rect": ("width", "height"), "circle": ("r",), "ellipse": ("rx", "ry")}
_SHAPES = {"rect", "circle", "ellipse", "line", "polyline", "polygon", "path"}
_CONDITIONS = {"systemLanguage", "requiredExtensions", "requiredFeatures"}
_EFFECTS = ("clip-path", "mask", "filter")
_ANIMATIONS = {"animate", "animateColor", "animateMotion", "animateTransform", "set"}
_NO_DRAWING = {
    *("clipPath", "color-profile", "cursor", "defs", "desc", "discard", "filter", "font"),
    *("font-face", "glyph", "hatch", "hkern", "linearGradient", "marker", "mask", "meshgradient"),
    *("metadata", "missing-glyph", "pattern", "radialGradient", "script", "solidcolor", "stop"),
    *("style", "symbol", "title", "view", "vkern", "a:midPointStop", *_ANIMATIONS),
}
_MOST_COPIES = 20_000


@dataclass
class Drawn:
    """What a drawing draws.

    Attributes:
        sure: How many elements are drawn for certain.
        maybe: How many more may be.
        open: Whether it holds what draws any number of elements: markers, HTML, SVG images.
        times: How often each element is drawn, or may be.
    """

    sure: int = 0
    maybe: int = 0
    open: bool = False
    times: Counter[Source] = field(default_factory=Counter)


def count_drawn(document: Document) -> Drawn:
    """Count what a document draws."""
    walk = _Walk(document)
    walk.enter(document.root, None, certain=True, chain=())
    return walk.found


class _Walk:
    def __init__(self, document: Document) -> None:
        self._document = document
        self.found = Drawn()

    def enter(
        self, element: Element, above: Style | None, *, certain: bool, chain: tuple[Element, ...]
    ) -> None:
        tag = element.tag
        if tag in _NO_DRAWING and not (tag == "symbol" and chain and chain[-1] is element):
            self._look_for_pictures(element)
            return
        if tag.startswith("{"):
            return
        style = computed_style(element, above)
        if style["display"] == "none":
            return
        certain = certain and not (_CONDITIONS & element.attributes.keys())
        certain = certain and _is_invertible(element)
        for name in _EFFECTS:
            if style[name] != "none":
                # An effect in error may hide the element, and a filter may paint by itself.
                self.found.maybe += name == "filter"
        if tag in _CONTAINERS or tag == "symbol":
            self._contain(element, style, certain=certain, chain=chain)
        elif tag == "use":
            self._copy(element, style, certain=certain, chain=chain)
        elif tag in _SHAPES:
            self._shape(element, style, certain=certain)
        elif tag == "text":
            self._text(element, style, certain=certain)
        elif tag == "image":
            self._image(element, style, certain=certain)
        elif tag == "foreignObject":
            self.found.open = True
            self._add(element, certain=False)
        else:
            self._add(element, certain=certain)

    def _add(self, element: Element, *, certain: bool) -> None:
        self.found.times[element.source] += 1
        if certain:
            self.found.sure += 1
        else:
            self.found.maybe += 1

    def _look_for_pictures(self, element: Element) -> None:
        """Allow for remarks on pictures that are lost where they are referred to."""
        pending = [element]
        while pending:
            current = pending.pop()
            if current.tag in {"image", "feImage", "foreignObject"} or current.tag not in (
                _NO_DRAWING | _CONTAINERS | _SHAPES
            ):
                self.found.open = True
            pending.extend(current.elements)

    def _contain(
        self, element: Element, style: Style, *, certain: bool, chain: tuple[Element, ...]
    ) -> None:
        if element.tag == "switch":
            certain = False
        if element is self._document.root and "background-color" in element.declared:
            self._add(element, certain=False)
        if element.tag in {"svg", "symbol"} and element.parent is not None:
            # A viewport of no size draws nothing, and `use` may give it one.
            certain = certain and all(
                _length(element, name, style) not in {0.0, None} or name not in element.attributes
                for name in ("width", "height")
            )
            certain = certain and "viewBox" not in element.attributes
        for child in element.elements:
            self.enter(child, style, certain=certain, chain=chain)

    def _copy(
        self, element: Element, style: Style, *, certain: bool, chain: tuple[Element, ...]
    ) -> None:
        target = fragment(self._document, href(element))
        if target is None or target in chain or self.found.times.total() > _MOST_COPIES:
            return
        if any(each is target for each in _ancestors(element)):
            return
        certain = certain and target.tag not in {"svg", "symbol"}
        if target.tag in _NO_DRAWING and target.tag != "symbol":
            return
        self.enter(target, style, certain=certain, chain=(*chain, target))

    def _shape(self, element: Element, style: Style, *, certain: bool) -> None:
        extent = _extent(element, style)
        if extent == "none" or style["visibility"] != "visible":
            return
        if any(style[f"marker-{at}"] != "none" for at in ("start", "mid", "end")):
            self.found.open = True
        fill = "none" if extent == "line" else _paint(style, "fill")
        stroke = _paint(style, "stroke")
        if stroke != "none":
            width = _LENGTH.fullmatch(style["stroke-width"])
            if width is None or float(width[1]) < 0:
                stroke = "maybe"
            elif float(width[1]) == 0:
                stroke = "none"
        if fill == stroke == "none":
            return
        certain = certain and extent != "maybe" and "sure" in {fill, stroke}
        self._add(element, certain=certain)

    def _text(self, element: Element, style: Style, *, certain: bool) -> None:
        state = _words(element, style)
        if state != "none":
            self._add(element, certain=certain and state == "sure")

    def _image(self, element: Element, style: Style, *, certain: bool) -> None:
        sides = [_length(element, name, style) for name in ("width", "height")]
        if style["visibility"] != "visible" or 0.0 in sides:
            return
        address = href(element)
        if "svg" in address[:200].lower() or not re.match("data:image/(png|jpe?g|gif)", address):
            self.found.open = True
            certain = False
        given = all(
            side is not None or name not in element.attributes
            for side, name in zip(sides, ("width", "height"), strict=True)
        )
        self._add(element, certain=certain and given)


def _ancestors(element: Element) -> list[Element]:
    found = [element]
    while found[-1].parent is not None:
        found.append(found[-1].parent)
    return found


def _is_invertible(element: Element) -> bool:
    """Return whether an element's transform certainly has an inverse."""
    if any(name in element.declared for name in ("transform", "scale", "rotate", "translate")):
        return False
    text = element.attributes.get("transform")
    return text is None or (parse_transform(text) or IDENTITY).is_invertible


def _length(element: Element, name: str, style: Style) -> float | None:
    """Return a length as far as 0, positive or negative go; None where one cannot tell."""
    text = style[name] if name in element.declared else element.get(name)
    found = _LENGTH.fullmatch(text)
    return None if found is None else float(found[1])


def _extent(element: Element, style: Style) -> str:
    """Return how much geometry a shape has: `none`, `line`, `area` or `maybe`."""
    tag = element.tag
    if tag == "line":
        return "line"
    if tag in {"polyline", "polygon"}:
        points = re.findall(_DIGITS, element.get("points"))
        return "none" if len(points) < 4 else "maybe" if len(points) < 6 else "area"
    if tag == "path":
        if "d" in element.declared:
            return "maybe"
        text = element.get("d")
        if not text or text == "none" or text[0] not in "Mm":
            return "none"
        if parse_path(text)[1] is not None or not _SEGMENT.match(text):
            return "maybe"
        is_line = re.fullmatch(r"[^HhVvCcSsQqTtAa]*", text) and len(re.findall(_DIGITS, text)) <= 4
        return "line" if is_line else "area"
    sides = [_length(element, name, style) for name in _SIDES[tag]]
    if tag == "ellipse":
        given = [side for side in sides if side is not None and side >= 0]
        return "maybe" if len(given) < 2 else "area" if min(given) > 0 else "none"
    if any(side is not None and side <= 0 for side in sides):
        return "none"
    if any(name not in element.attributes and name not in element.declared for name in _SIDES[tag]):
        return "none"
    return "maybe" if None in sides else "area"


def _paint(style: Style, name: str) -> str:
    """Return whether a paint is seen: `none`, `sure` or `maybe`."""
    opacity = _LENGTH.fullmatch(style[f"{name}-opacity"])
    match parse_paint(style[name]):
        case None | NoPaint():
            return "none"
        case Color(alpha=alpha) if alpha > 0 and opacity is not None and float(opacity[1]) > 0:
            return "sure"
        case CurrentColor() if style["color"] in {"black", "white", "red", "green"}:
            return "sure"
    return "maybe"


def _words(element: Element, style: Style) -> str:
    """Return whether a text has visible characters: `none`, `sure` or `maybe`."""
    text, certain = "", True
    pending: list[tuple[Element, Style]] = [(element, style)]
    while pending:
        current, own = pending.pop()
        if current.tag not in {"text", "tspan"}:
            certain = False
        if own["display"] == "none":
            continue
        if own["visibility"] != "visible" or _paint(own, "fill") != "sure":
            certain = False
        if (own.font_size or 0) <= 0:
            certain = False
        for child in current.children:
            if isinstance(child, str):
                text += child
            elif child.tag not in {"title", "desc"} and not child.tag.startswith("{"):
                pending.append((child, computed_style(child, own)))
    if any(True for _ in element.elements if _.tag in {"tref", "textPath"}):
        return "maybe"
    if not text.strip():
        return "none"
    return "sure" if certain else "maybe"
