"""Declarations in longhands: what shorthands say, keywords that any property takes, var() kept.

The properties themselves stand in `properties.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from svg2pptx_batch.svg.properties import DECORATION_LINES, PROPERTIES
from svg2pptx_batch.svg.values.color import parse_color
from svg2pptx_batch.svg.values.font import parse_font
from svg2pptx_batch.svg.values.number import parse_number

CSS_WIDE = frozenset({"inherit", "initial", "unset", "revert", "revert-layer"})

_SIDES = ("top", "right", "bottom", "left")
_BORDER = ("width", "style", "color")
_WORD = re.compile(r"[\w-]+\([^()]*\)|\S+")

Declarations = tuple[tuple[str, str], ...]
"""Longhands and values, in order."""


class PendingShorthand(str):
    """A shorthand's value with var() in it: a longhand cannot know its share before substitution.

    Source: CSS Variables 1, 3.2 "pending-substitution value".
    """

    shorthand: str

    @classmethod
    def of(cls, shorthand: str, text: str) -> PendingShorthand:
        """Return the text, marked with the shorthand it belongs to."""
        value = cls(text)
        value.shorthand = shorthand
        return value


def _font(text: str) -> Declarations | None:
    longhands = parse_font(text)
    return None if longhands is None else tuple(longhands.items())


def _marker(text: str) -> Declarations | None:
    value = PROPERTIES["marker-start"].grammar(text)
    return None if value is None else tuple((name, value) for name in SHORTHANDS["marker"])


def _text_decoration(text: str) -> Declarations | None:
    lines: list[str] = []
    found = {
        "text-decoration-line": "none",
        "text-decoration-style": "solid",
        "text-decoration-color": "currentColor",
        "text-decoration-thickness": "auto",
    }
    for word in _WORD.findall(text):
        lower = word.lower()
        if lower in DECORATION_LINES:
            lines.append(lower)
            continue
        for name in ("text-decoration-style", "text-decoration-color", "text-decoration-thickness"):
            value = PROPERTIES[name].grammar(word)
            if value is not None:
                found[name] = value
                break
        else:
            return None
    if lines:
        found["text-decoration-line"] = " ".join(lines)
    return tuple(found.items())


def _background(text: str) -> Declarations:
    for word in _WORD.findall(text):
        if parse_color(word) is not None:
            return (("background-color", word),)
    return (("background-color", "transparent"),)


def _mask_image(text: str) -> Declarations | None:
    value = PROPERTIES["marker-start"].grammar(text)
    return None if value is None else (("mask", value),)


def _sides(name: str) -> Callable[[str], Declarations | None]:
    """Return the expander of a property a side: one to four values, clockwise from the top."""

    def expander(text: str) -> Declarations | None:
        values = _WORD.findall(text)
        if not 1 <= len(values) <= 4:
            return None
        top = values[0]
        right = values[1] if len(values) > 1 else top
        bottom = values[2] if len(values) > 2 else top
        left = values[3] if len(values) > 3 else right
        found = tuple(zip(SHORTHANDS[name], (top, right, bottom, left), strict=True))
        return found if all(PROPERTIES[each].grammar(value) for each, value in found) else None

    return expander


def _border(*sides: str) -> Callable[[str], Declarations | None]:
    """Return the expander of `border` or one of its sides: width, style and colour in any order."""

    def expander(text: str) -> Declarations | None:
        found = {"width": "medium", "style": "none", "color": "currentColor"}
        for word in _WORD.findall(text):
            for part in found:
                value = PROPERTIES[f"border-top-{part}"].grammar(word)
                if value is not None:
                    found[part] = value
                    break
            else:
                return None
        return tuple((f"border-{side}-{part}", found[part]) for side in sides for part in found)

    return expander


def _flex(text: str) -> Declarations | None:
    """Source: CSS Flexbox 1, 7.1.1."""
    words = {"none": "0 0 auto", "auto": "1 1 auto"}.get(text.lower(), text).split()
    numbers: list[str] = []
    basis = ""
    for word in words:
        if parse_number(word) is not None and len(numbers) < 2:
            numbers.append(word)
        elif not basis:
            basis = word
        else:
            return None
    values = ((numbers or ["1"])[0], numbers[1] if len(numbers) > 1 else "1", basis or "0px")
    found = tuple(zip(SHORTHANDS["flex"], values, strict=True))
    return found if all(PROPERTIES[each].grammar(value) for each, value in found) else None


def _gap(text: str) -> Declarations | None:
    words = text.split()
    if not 1 <= len(words) <= 2 or any(
        PROPERTIES["row-gap"].grammar(each) is None for each in words
    ):
        return None
    return (("row-gap", words[0]), ("column-gap", words[-1]))


def _list_style(text: str) -> Declarations:
    words = [word for word in text.split() if word.lower() not in ("inside", "outside")]
    return (("list-style-type", words[0] if words else "disc"),)


def _word_wrap(text: str) -> Declarations | None:
    value = PROPERTIES["overflow-wrap"].grammar(text)
    return None if value is None else (("overflow-wrap", value),)


SHORTHANDS: dict[str, tuple[str, ...]] = {
    "all": tuple(name for name in PROPERTIES if name not in ("direction", "unicode-bidi")),
    "background": ("background-color",),
    "border": tuple(f"border-{side}-{part}" for side in _SIDES for part in _BORDER),
    **{f"border-{side}": tuple(f"border-{side}-{part}" for part in _BORDER) for side in _SIDES},
    **{f"border-{part}": tuple(f"border-{side}-{part}" for side in _SIDES) for part in _BORDER},
    "flex": ("flex-grow", "flex-shrink", "flex-basis"),
    "font": (
        "font-style", "font-variant", "font-weight", "font-stretch", "line-height",
        "font-size-adjust", "font-kerning", "font-variation-settings", "font-feature-settings",
        "font-size", "font-family",
    ),
    "gap": ("row-gap", "column-gap"),
    "list-style": ("list-style-type",),
    "margin": ("margin-top", "margin-right", "margin-bottom", "margin-left"),
    "marker": ("marker-start", "marker-mid", "marker-end"),
    "mask-image": ("mask",),
    "padding": ("padding-top", "padding-right", "padding-bottom", "padding-left"),
    "text-decoration": (
        "text-decoration-line", "text-decoration-style", "text-decoration-color",
        "text-decoration-thickness",
    ),
    "word-wrap": ("overflow-wrap",),
}  # fmt: skip
_EXPANDERS: dict[str, Callable[[str], Declarations | None]] = {
    "background": _background,
    "border": _border(*_SIDES),
    **{f"border-{side}": _border(side) for side in _SIDES},
    **{f"border-{part}": _sides(f"border-{part}") for part in _BORDER},
    "flex": _flex,
    "font": _font,
    "gap": _gap,
    "list-style": _list_style,
    "margin": _sides("margin"),
    "marker": _marker,
    "mask-image": _mask_image,
    "padding": _sides("padding"),
    "text-decoration": _text_decoration,
    "word-wrap": _word_wrap,
}
_VAR = re.compile(r"\bvar\(", re.IGNORECASE)


@lru_cache(maxsize=16384)
def expand(name: str, value: str) -> Declarations:
    """Return what a declaration declares: longhands with values in normal form.

    Args:
        name: Property or shorthand in lower case, or a custom property.
        value: Text without `!important`; comments gone.

    Returns:
        Nothing where the property is unknown or the value wrong. Values with var() are kept as
        they are, those of shorthands as `PendingShorthand`.
    """
    value = value.strip()
    if name.startswith("--"):
        return ((name, value),)
    longhands = SHORTHANDS.get(name)
    if longhands is None and name not in PROPERTIES:
        return ()
    lower = value.lower()
    if lower in CSS_WIDE:
        return tuple((longhand, lower) for longhand in longhands or (name,))
    if "(" in value and _VAR.search(value):
        value = _VAR.sub("var(", value)
        if longhands is None:
            return ((name, value),)
        pending = PendingShorthand.of(name, value)
        return tuple((longhand, pending) for longhand in longhands)
    if longhands is not None:
        expander = _EXPANDERS.get(name)
        return (expander(value) if expander else None) or ()
    normal = PROPERTIES[name].grammar(value)
    return () if normal is None else ((name, normal),)
