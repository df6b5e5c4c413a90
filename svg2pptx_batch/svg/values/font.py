"""Fonts: families, the `font` shorthand, style, stretch, variations and features."""

from __future__ import annotations

import re
from functools import lru_cache

from svg2pptx_batch.scene.text import FontStyle
from svg2pptx_batch.svg.values.calc import parse_calc
from svg2pptx_batch.svg.values.length import parse_length
from svg2pptx_batch.svg.values.number import parse_number

GENERIC_FAMILIES = frozenset(
    [
        "serif",
        "sans-serif",
        "monospace",
        "cursive",
        "fantasy",
        "system-ui",
        "ui-serif",
        "ui-sans-serif",
        "ui-monospace",
        "ui-rounded",
        "math",
        "emoji",
        "fangsong",
    ]
)
FONT_SIZE_KEYWORDS = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
    "xxx-large": 48.0,
}
"""In px, for a medium of 16 px: CSS Fonts 4, 2.5, as browsers round it."""

STRETCH_KEYWORDS = {
    "ultra-condensed": 50.0,
    "extra-condensed": 62.5,
    "condensed": 75.0,
    "semi-condensed": 87.5,
    "normal": 100.0,
    "semi-expanded": 112.5,
    "expanded": 125.0,
    "extra-expanded": 150.0,
    "ultra-expanded": 200.0,
}
SYSTEM_FONTS = frozenset(["caption", "icon", "menu", "message-box", "small-caption", "status-bar"])

_NAME = re.compile(
    r"""\s*+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^,"']++))\s*+(?:,|$)""", re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_TAG_VALUE = re.compile(r"""\s*["']([\x20-\x7e]{4})["']\s*([^,]*?)\s*(?:,|$)""")


def unescape(text: str) -> str:
    """Return a CSS string or name without its escapes."""
    if "\\" not in text:
        return text

    def one(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[2] if match[2] != "\n" else ""
        code = int(match[1], 16)
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"

    return _ESCAPE.sub(one, text)


@lru_cache(maxsize=1024)
def parse_font_family(text: str) -> tuple[str, ...]:
    """Return the families in order: names unquoted, generic ones in lower case; junk is skipped."""
    families: list[str] = []
    at = 0
    while at < len(text):
        match = _NAME.match(text, at)
        if match is None:
            comma = text.find(",", at)
            at = len(text) if comma < 0 else comma + 1
            continue
        at = match.end()
        double, single, bare = match.groups()
        if bare is None:
            name = unescape(double if double is not None else single).strip()
        else:
            name = unescape(" ".join(bare.split()))
            if name.lower() in GENERIC_FAMILIES:
                name = name.lower()
        if name:
            families.append(name)
    return tuple(families)


def parse_font_style(text: str) -> FontStyle | None:
    """Return the slant; an oblique's angle is ignored."""
    words = text.lower().split()
    if words and words[0] in ("normal", "italic", "oblique"):
        return FontStyle(words[0])
    return None


def parse_font_stretch(text: str) -> float | None:
    """Return percent (50…200), or None."""
    text = text.strip().lower()
    if text in STRETCH_KEYWORDS:
        return STRETCH_KEYWORDS[text]
    if text.endswith("%"):
        value = parse_number(text[:-1])
        return None if value is None or value < 0 else min(200.0, max(50.0, value))
    return None


def parse_variations(text: str) -> tuple[tuple[str, float], ...]:
    """Return font-variation-settings as (axis, value) pairs; empty for `normal` and junk."""
    pairs = []
    for tag, value in _TAG_VALUE.findall(text):
        number = parse_number(value)
        if number is not None:
            pairs.append((tag, number))
    return tuple(pairs)


def parse_features(text: str) -> tuple[tuple[str, int], ...]:
    """Return font-feature-settings as (feature, value) pairs; `on` is 1, `off` 0."""
    pairs = []
    for tag, value in _TAG_VALUE.findall(text):
        number = {"": 1.0, "on": 1.0, "off": 0.0}.get(value.lower(), parse_number(value))
        if number is not None and number >= 0:
            pairs.append((tag, int(number)))
    return tuple(pairs)


_SIZE = re.compile(r"(\S+?)(?:\s*/\s*(\S+))?(?:\s+(.+))", re.DOTALL)
_STYLE_WORDS = {"italic", "oblique"}
_WEIGHT_WORDS = {"bold", "bolder", "lighter"}


def is_font_size(text: str) -> bool:
    """Whether a text is a font size: a keyword, or a length or percentage ≥ 0."""
    lower = text.lower()
    if lower in FONT_SIZE_KEYWORDS or lower in ("smaller", "larger"):
        return True
    length = parse_length(text)
    if length is None:
        return parse_calc(text) is not None
    return length.number >= 0


def is_weight(text: str) -> bool:
    """Whether a text is a font weight: a keyword or a number 1…1000."""
    if text.lower() in _WEIGHT_WORDS or text.lower() == "normal":
        return True
    number = parse_number(text)
    return number is not None and 1 <= number <= 1000


def parse_font(text: str) -> dict[str, str] | None:
    """Expand the `font` shorthand into its longhands, those not named at their initial values.

    None where size or family is missing or a word is unknown; system fonts give a sans-serif.

    Source: CSS Fonts 4, 2.7.
    """
    result = {
        "font-style": "normal",
        "font-variant": "normal",
        "font-weight": "normal",
        "font-stretch": "normal",
        "line-height": "normal",
        "font-size-adjust": "none",
        "font-kerning": "auto",
        "font-variation-settings": "normal",
        "font-feature-settings": "normal",
    }
    if text.strip().lower() in SYSTEM_FONTS:
        return {**result, "font-size": "13.333px", "font-family": "system-ui, sans-serif"}
    rest = text.strip()
    while rest:
        word, _, after = rest.partition(" ")
        lower = word.lower()
        if lower == "normal":
            pass
        elif lower in _STYLE_WORDS:
            result["font-style"] = lower
        elif lower == "small-caps":
            result["font-variant"] = lower
        elif lower in STRETCH_KEYWORDS:
            result["font-stretch"] = lower
        elif lower in _WEIGHT_WORDS or (word.isdigit() and is_weight(word)):
            result["font-weight"] = lower
        else:
            break
        rest = after.strip()
    match = _SIZE.fullmatch(rest)
    if match is None or not is_font_size(match[1]):
        return None
    family = match[3].strip()
    if not parse_font_family(family):
        return None
    result["font-size"] = match[1]
    if match[2]:
        result["line-height"] = match[2]
    result["font-family"] = family
    return result
