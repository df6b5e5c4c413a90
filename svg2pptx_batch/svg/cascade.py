"""Computed style: declarations and inheritance to the value each property has on an element.

What an element declares was settled before, in `stylesheet.py` and `parser.py`; here var() is
substituted, `inherit` and its kin are resolved, and font sizes and weights become numbers.
"""

from __future__ import annotations

import re

import msgspec

from svg2pptx_batch.svg.document import Element
from svg2pptx_batch.svg.properties import ALIASES, INHERITED, INITIAL, PROPERTIES
from svg2pptx_batch.svg.shorthands import CSS_WIDE, PendingShorthand, expand
from svg2pptx_batch.svg.values.calc import parse_calc
from svg2pptx_batch.svg.values.font import FONT_SIZE_KEYWORDS
from svg2pptx_batch.svg.values.length import Length, Unit, parse_length
from svg2pptx_batch.svg.values.number import LARGEST, NUMBER, parse_number

MEDIUM = 16.0
"""Initial font size, px."""

_SCALE = 1.2
_RELATIVE = frozenset(
    {
        "kerning", "letter-spacing", "line-height", "stroke-dasharray", "stroke-dashoffset",
        "stroke-width", "text-indent", "word-spacing",
    }
)  # fmt: skip
_RELATIVE_LENGTH = re.compile(rf"({NUMBER})(em|ex|ch|ic|rem)\b", re.IGNORECASE)
_EMS = {"em": 1.0, "ex": 0.5, "ch": 0.5, "ic": 1.0}
_LONGEST_SUBSTITUTION = 65_536
_DEEPEST_SUBSTITUTION = 32
_NOTHING: dict[str, str] = {}


class Style(msgspec.Struct, eq=False):
    """Computed style of an element.

    `style[name]` is the computed value's text of any property in `properties.PROPERTIES`, the
    initial value where nothing was said.

    Attributes:
        _inherited: What children see, too.
        _own: What they do not.
        declared: The element's own declarations, as in `Element.declared`.
        font_size: px, ≥ 0.
        font_weight: 1…1000.
        root_font_size: Font size of the root element, px: what a `rem` is.
        custom: Custom properties in force, var() in them not yet substituted.
    """

    _inherited: dict[str, str]
    _own: dict[str, str]
    declared: dict[str, str]
    custom: dict[str, str]
    font_size: float
    font_weight: int
    root_font_size: float

    def __getitem__(self, name: str) -> str:
        """Return the computed value of a property.

        Raises:
            KeyError: There is no such property in the table.
        """
        value = self._own.get(name)
        if value is None:
            value = self._inherited.get(name)
            if value is None:
                value = INITIAL.get(name)
                if value is None:
                    return self[ALIASES[name]]
        return value

    def says(self, names: frozenset[str]) -> bool:
        """Return whether any of some properties was specified, here or where it is inherited."""
        return not (names.isdisjoint(self._inherited) and names.isdisjoint(self._own))

    def has(self, name: str) -> bool:
        """Return whether the property was specified on the element itself."""
        return name in self.declared


def computed_style(element: Element, parent: Style | None) -> Style:
    """Return the computed style of an element under a parent's.

    Args:
        element: Declarations as the cascade left them.
        parent: What is inherited from; None for the root. For a copy made by `use` this is the
            style at the place of use.
    """
    declared = element.declared
    if parent is None:
        parent = _ROOT
    if not declared:
        return Style(
            parent._inherited,
            _NOTHING,
            declared,
            parent.custom,
            parent.font_size,
            parent.font_weight,
            parent.root_font_size,
        )
    inherited = parent._inherited
    shared = True
    own: dict[str, str] = {}
    custom = parent.custom
    if [name for name in declared if name[0] == "-"]:
        custom = _customs(declared, parent.custom)
    font_size, font_weight = parent.font_size, parent.font_weight
    relative = False
    for name, said in declared.items():
        value = said
        if name[:2] == "--":
            continue
        if "var(" in said:
            value = _substituted(name, said, custom)
        if value in CSS_WIDE:
            value = _wide(name, value, parent)
        if name in INHERITED:
            if name == "font-size":
                font_size = _font_size(value, parent)
                value = f"{font_size:g}px"
            elif name == "font-weight":
                font_weight = _font_weight(value, parent.font_weight)
                value = str(font_weight)
            elif name == "color" and value.lower() == "currentcolor":
                value = parent["color"]
            elif name in _RELATIVE and ("m" in value or "e" in value or "c" in value):
                relative = True
            if shared:
                inherited = inherited.copy()
                shared = False
            inherited[name] = value
        else:
            own[name] = value
    root_font_size = font_size if parent is _ROOT else parent.root_font_size
    if relative:
        for name in _RELATIVE:
            if name in declared:
                inherited[name] = _absolute(inherited[name], font_size, root_font_size)
    return Style(inherited, own, declared, custom, font_size, font_weight, root_font_size)


def style_of(element: Element) -> Style:
    """Return an element's computed style through its own ancestors in the document, memoised."""
    pending: list[Element] = []
    ancestor: Element | None = element
    style: Style | None = None
    while ancestor is not None:
        style = ancestor.cached_style
        if style is not None:
            break
        pending.append(ancestor)
        ancestor = ancestor.parent
    for item in reversed(pending):
        style = item.cached_style = computed_style(item, style)
    assert style is not None
    return style


_ROOT = Style({}, {}, {}, {}, MEDIUM, 400, MEDIUM)
"""What the root element inherits: nothing but initial values."""


def _wide(name: str, keyword: str, parent: Style) -> str:
    """Resolve inherit, initial, unset and the reverts, which roll back to what no author said."""
    if keyword == "inherit" or (keyword != "initial" and name in INHERITED):
        return parent[name] if name in PROPERTIES else "initial"
    return INITIAL.get(name, "")


def _font_size(value: str, parent: Style) -> float:
    """Return px; keywords are of a medium of 16 px, `smaller` and `larger` a factor of 1.2."""
    keyword = FONT_SIZE_KEYWORDS.get(value)
    if keyword is not None:
        return keyword
    if value == "smaller":
        return parent.font_size / _SCALE
    if value == "larger":
        return parent.font_size * _SCALE
    length = parse_length(value)
    if length is not None:
        return min(_font_px(length, parent), LARGEST)
    terms = parse_calc(value)
    if terms is None:
        return parent.font_size
    return min(max(0.0, sum(_font_px(term, parent) for term in terms)), LARGEST)


def _font_px(length: Length, parent: Style) -> float:
    number, unit = length
    px = length.px
    if px is None:
        match unit:
            case Unit.PERCENT:
                px = number / 100 * parent.font_size
            case Unit.REM | Unit.RLH:
                px = number * parent.root_font_size
            case Unit.EX | Unit.CH:
                px = number * parent.font_size / 2
            case _:
                px = number * parent.font_size
    return px


def _font_weight(value: str, inherited: int) -> int:
    """Return 1…1000. Source: CSS Fonts 4, 2.2.1 for bolder and lighter."""
    match value:
        case "normal":
            return 400
        case "bold":
            return 700
        case "bolder":
            return 400 if inherited < 350 else 700 if inherited < 550 else max(900, inherited)
        case "lighter":
            return min(100, inherited) if inherited < 550 else 400 if inherited < 750 else 700
    number = parse_number(value)
    return inherited if number is None else round(min(1000.0, max(1.0, number)))


def _absolute(value: str, font_size: float, root_font_size: float) -> str:
    """Return a value with its font-relative lengths in px: children inherit lengths, not ems."""

    def px(match: re.Match[str]) -> str:
        unit = match[2].lower()
        base = root_font_size if unit == "rem" else font_size * _EMS[unit]
        return f"{float(match[1]) * base:.9g}px"

    return _RELATIVE_LENGTH.sub(px, value)


def _customs(declared: dict[str, str], inherited: dict[str, str]) -> dict[str, str]:
    """Return the custom properties in force below an element that declares some."""
    custom = inherited.copy()
    for name, value in declared.items():
        if name[:2] != "--":
            continue
        keyword = value.lower()
        if keyword == "initial":
            custom.pop(name, None)
        elif keyword not in CSS_WIDE:
            # The value is fixed here: below, other values of what it refers to do not change it.
            custom[name] = value
    for name in declared:
        value = custom.get(name, "")
        if name[:2] == "--" and "var(" in value:
            resolved = _resolve_vars(value, custom, (name,))
            if resolved is None:
                custom.pop(name, None)
            else:
                custom[name] = resolved
    return custom


def _substituted(name: str, value: str, custom: dict[str, str]) -> str:
    """Return a property's value with var() substituted; `unset` where that gives nothing valid."""
    text = _resolve_vars(value, custom, ())
    if text is None:
        return "unset"
    shorthand = value.shorthand if isinstance(value, PendingShorthand) else name
    for longhand, result in expand(shorthand, text):
        if longhand == name:
            return result
    return "unset"


def _resolve_vars(
    text: str, custom: dict[str, str], stack: tuple[str, ...], depth: int = 0
) -> str | None:
    """Substitute every var(); None for a cycle, a missing value without fallback, or a flood.

    Source: CSS Variables 1, 3.
    """
    if depth > _DEEPEST_SUBSTITUTION:
        return None
    out: list[str] = []
    length = at = 0
    while (found := text.find("var(", at)) >= 0:
        end = _closing(text, found + 4)
        if end < 0:
            return None
        name, comma, fallback = text[found + 4 : end].partition(",")
        name = name.strip()
        value = None
        if name not in stack and name in custom:
            value = custom[name]
            if "var(" in value:
                value = _resolve_vars(value, custom, (*stack, name), depth + 1)
                if value is not None:
                    # Only an element that declares it leaves var() in: its copy learns the result.
                    custom[name] = value
        if value is None:
            if not comma or name in stack:
                return None
            value = _resolve_vars(fallback.strip(), custom, stack, depth + 1)
            if value is None:
                return None
        out += (text[at:found], value)
        length += found - at + len(value)
        if length > _LONGEST_SUBSTITUTION:
            return None
        at = end + 1
    out.append(text[at:])
    return "".join(out)


def _closing(text: str, at: int) -> int:
    """Return the index of the parenthesis that closes the one before `at`, or -1."""
    depth, quote = 1, ""
    for index in range(at, len(text)):
        char = text[index]
        if quote:
            if char == quote:
                quote = ""
        elif char in "\"'":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return index
    return -1
