"""Conditions of @media and @supports, for a still drawing on a light screen."""

from __future__ import annotations

import re
from collections.abc import Callable

from svg2pptx_batch.graphics.rect import Size
from svg2pptx_batch.svg.properties import PROPERTIES
from svg2pptx_batch.svg.shorthands import SHORTHANDS, expand
from svg2pptx_batch.svg.values.length import parse_length

_QUERY = re.compile(
    r"(?:(?P<modifier>not|only)\s+)?(?P<type>(?!not\b|only\b)[a-z][\w-]*)(?:\s+and\s+(?P<rest>.+))?",
    re.DOTALL,
)
_COMPARISON = re.compile(r"([^<>=]++)(<=|>=|<|>|=)([^<>=]++)(?:(<=|>=|<|>|=)([^<>=]++))?")
_RATIO = re.compile(r"(\d+(?:\.\d+)?)(?:\s*/\s*(\d+(?:\.\d+)?))?")
_DISCRETE = {
    "prefers-color-scheme": "light",
    "prefers-reduced-motion": "no-preference",
    "prefers-contrast": "no-preference",
    "prefers-reduced-data": "no-preference",
    "prefers-reduced-transparency": "no-preference",
    "forced-colors": "none",
    "inverted-colors": "none",
    "color-gamut": "srgb",
    "dynamic-range": "standard",
    "scripting": "none",
    "update": "none",
    "grid": "0",
    "color": "8",
    "monochrome": "0",
    "color-index": "0",
    "scan": "progressive",
    "display-mode": "browser",
    "overflow-block": "none",
    "overflow-inline": "none",
    "hover": "none",
    "any-hover": "none",
    "pointer": "none",
    "any-pointer": "none",
}
_FALSE_WHEN_BARE = {"none", "0", "no-preference"}
_EM = 16.0
_DPPX = {"dppx": 1.0, "x": 1.0, "dpi": 1 / 96, "dpcm": 2.54 / 96}
_DEEPEST = 32
_LONGEST = 1_000
"""Characters of a media query; longer ones are void."""

Feature = Callable[[str], bool]


def media_matches(text: str, size: Size) -> bool:
    """Return whether a media query list applies; an empty one does.

    Args:
        text: Comments gone.
        size: Root viewport, px.
    """
    text = text.strip().lower()
    if not text:
        return True
    queries = (query.strip() for query in text.split(","))
    return any(_query(query, size) for query in queries if len(query) <= _LONGEST)


def _query(query: str, size: Size) -> bool:
    match = _QUERY.fullmatch(query)
    if match is None:
        return condition(query, lambda feature: _media_feature(feature, size))
    applies = match["type"] in ("all", "screen")
    if applies and match["rest"]:
        applies = condition(match["rest"], lambda feature: _media_feature(feature, size))
    return applies != (match["modifier"] == "not")


def supports(text: str) -> bool:
    """Return whether an @supports condition holds: known properties with values we can read."""
    return condition(text.strip(), _supports_feature)


def condition(text: str, feature: Feature) -> bool:
    """Return the truth of a condition of `and`, `or`, `not` and parentheses; junk is false.

    Args:
        text: `(a) and (not (b))`.
        feature: Judges what stands in the innermost parentheses.
    """
    return _condition(text, feature, 0)


def _condition(text: str, feature: Feature, depth: int) -> bool:
    if depth > _DEEPEST:
        return False
    terms = _terms(text)
    if not terms:
        return False
    if terms[0].lower() == "not":
        return len(terms) == 2 and not _term(terms[1], feature, depth)
    joints = {word.lower() for word in terms[1::2]}
    if len(terms) % 2 == 0 or len(joints) > 1 or not joints <= {"and", "or"}:
        return False
    judge = any if joints == {"or"} else all
    return judge(_term(term, feature, depth) for term in terms[::2])


def _term(term: str, feature: Feature, depth: int) -> bool:
    if not term.startswith("("):
        return feature(term)
    inner = term[1:-1].strip()
    if inner.startswith("(") or inner[:4].lower() in ("not ", "not("):
        return _condition(inner, feature, depth + 1)
    return feature(inner)


def _terms(text: str) -> list[str]:
    """Split at white space outside parentheses; a parenthesised group is one term."""
    terms: list[str] = []
    depth, start = 0, -1
    for index, char in enumerate(text + " "):
        if char == "(":
            if start < 0:
                start = index
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                terms.append(text[start : index + 1])
                start = -1
            elif depth < 0:
                return []
        elif depth == 0:
            if char.isspace():
                if start >= 0:
                    terms.append(text[start:index])
                start = -1
            elif start < 0:
                start = index
    return [] if depth else terms


def _supports_feature(text: str) -> bool:
    name, colon, value = text.partition(":")
    if not colon:
        return text.lower().startswith("selector(")
    name = name.strip().lower()
    known = name.startswith("--") or name in PROPERTIES or name in SHORTHANDS
    return known and bool(expand(name, value.strip()))


def _media_feature(text: str, size: Size) -> bool:
    comparison = _COMPARISON.fullmatch(text)
    if comparison:
        left, first, middle, second, right = (part and part.strip() for part in comparison.groups())
        if second is None:
            return _compare(left, first, middle, size) or _compare_back(middle, first, left, size)
        return _compare_back(middle, first, left, size) and _compare(middle, second, right, size)
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon:
        numeric = _measure(name, size)
        if numeric is not None:
            return numeric > 0
        state = _DISCRETE.get(name)
        return state is not None and state not in _FALSE_WHEN_BARE
    if name.startswith("min-"):
        return _compare(name[4:], ">=", value, size)
    if name.startswith("max-"):
        return _compare(name[4:], "<=", value, size)
    if name == "orientation":
        return value == ("portrait" if size.height >= size.width else "landscape")
    if name in _DISCRETE:
        return _DISCRETE[name] == value
    return _compare(name, "=", value, size)


_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}


def _compare_back(name: str, operator: str, value: str, size: Size) -> bool:
    """`value operator name`."""
    return _compare(name, _MIRRORED[operator], value, size)


def _compare(name: str, operator: str, value: str, size: Size) -> bool:
    actual = _measure(name, size)
    wanted = _quantity(name, value)
    if actual is None or wanted is None:
        return False
    match operator:
        case "<":
            return actual < wanted
        case ">":
            return actual > wanted
        case "<=":
            return actual <= wanted
        case ">=":
            return actual >= wanted
    return actual == wanted


def _measure(name: str, size: Size) -> float | None:
    match name:
        case "width" | "device-width":
            return size.width
        case "height" | "device-height":
            return size.height
        case "aspect-ratio" | "device-aspect-ratio":
            return size.width / size.height if size.height else None
        case "resolution" | "-webkit-device-pixel-ratio":
            return 1.0
        case "color":
            return 8.0
    return None


def _quantity(name: str, value: str) -> float | None:
    if name.endswith("aspect-ratio"):
        match = _RATIO.fullmatch(value)
        below = float(match[2] or 1) if match else 0.0
        return float(match[1]) / below if match and below else None
    if name == "resolution":
        match = re.fullmatch(r"([\d.]+)(dppx|dpi|dpcm|x)", value)
        return parse_float(match[1]) * _DPPX[match[2]] if match else None
    length = parse_length(value)
    if length is None:
        return None
    px = length.px
    return length.number * _EM if px is None and length.unit in ("em", "rem") else px


def parse_float(text: str) -> float:
    """Return a number of digits and dots; NaN, equal to nothing, where the dots are too many."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
