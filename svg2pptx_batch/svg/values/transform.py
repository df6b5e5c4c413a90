"""Transforms: the attribute's grammar and CSS's, to one matrix; and transform-origin."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.svg.values.length import Length, Unit, parse_length
from svg2pptx_batch.svg.values.number import NUMBER, bounded

_FUNCTION = re.compile(r"\s*+,?+\s*+([a-zA-Z][a-zA-Z0-9]*+)\s*+\(([^()]*+)\)\s*+")
_ARGUMENT = re.compile(rf"({NUMBER})([a-zA-Z%]*)")
_SEPARATED = re.compile(
    rf"\s*+{NUMBER}[a-zA-Z%]*+(?:(?:\s*+,\s*+|\s++|(?=[-+.])){NUMBER}[a-zA-Z%]*+)*+\s*+"
)
_DEGREES = {"": 1.0, "deg": 1.0, "rad": 180 / math.pi, "grad": 0.9, "turn": 360.0}


def parse_angle(text: str) -> float | None:
    """Return an angle in degrees (`30`, `30deg`, `0.5turn`, `1rad`, `100grad`), or None."""
    match = _ARGUMENT.fullmatch(text.strip())
    factor = _DEGREES.get(match[2].lower()) if match else None
    return None if match is None or factor is None else bounded(float(match[1])) * factor


def _px(number: float, unit: str) -> float | None:
    if not unit:
        return number
    length = parse_length(f"1{unit}")
    px = length.px if length else None
    return None if px is None else number * px


def _lengths(arguments: list[tuple[float, str]], least: int, most: int) -> list[float] | None:
    if not least <= len(arguments) <= most:
        return None
    lengths = [_px(number, unit) for number, unit in arguments]
    return None if None in lengths else [item for item in lengths if item is not None]


def _angles(arguments: list[tuple[float, str]], least: int, most: int) -> list[float] | None:
    if not least <= len(arguments) <= most:
        return None
    angles = [number * _DEGREES[unit] if unit in _DEGREES else None for number, unit in arguments]
    return None if None in angles else [item for item in angles if item is not None]


def _factors(arguments: list[tuple[float, str]], least: int, most: int) -> list[float] | None:
    if not least <= len(arguments) <= most:
        return None
    factors = [
        number if not unit else number / 100 if unit == "%" else None for number, unit in arguments
    ]
    return None if None in factors else [item for item in factors if item is not None]


def _rotate(arguments: list[tuple[float, str]]) -> Affine | None:
    angle = _angles(arguments[:1], 1, 1)
    if angle is None or len(arguments) not in (1, 3):
        return None
    centre = _lengths(arguments[1:], 0, 2)
    return None if centre is None else Affine.rotation(angle[0], *centre)


def _function(name: str, arguments: list[tuple[float, str]]) -> Affine | None:
    """Return one function's matrix, or None where name or arguments are wrong."""
    values: list[float] | None
    match name:
        case "matrix":
            values = _lengths(arguments, 6, 6)
            return Affine(*values) if values else None
        case "translate" | "translatex" | "translate3d":
            most = {"translate": 2, "translatex": 1, "translate3d": 3}[name]
            values = _lengths(arguments, 3 if most == 3 else 1, most)
            return (
                Affine.translation(values[0], values[1] if len(values) > 1 else 0.0)
                if values
                else None
            )
        case "translatey":
            values = _lengths(arguments, 1, 1)
            return Affine.translation(0.0, values[0]) if values else None
        case "scale" | "scale3d":
            values = _factors(arguments, 3 if name == "scale3d" else 1, 3 if "3" in name else 2)
            return Affine.scaling(values[0], values[min(1, len(values) - 1)]) if values else None
        case "scalex":
            values = _factors(arguments, 1, 1)
            return Affine.scaling(values[0], 1.0) if values else None
        case "scaley":
            values = _factors(arguments, 1, 1)
            return Affine.scaling(1.0, values[0]) if values else None
        case "rotate" | "rotatez":
            return _rotate(arguments)
        case "skewx":
            values = _angles(arguments, 1, 1)
            return Affine.skewing(values[0], 0.0) if values else None
        case "skewy":
            values = _angles(arguments, 1, 1)
            return Affine.skewing(0.0, values[0]) if values else None
        case "skew":
            values = _angles(arguments, 1, 2)
            return (
                Affine.skewing(values[0], values[1] if len(values) > 1 else 0.0) if values else None
            )
        case "translatez" | "perspective":
            return IDENTITY
    return None


class Measures(NamedTuple):
    """What relative lengths in a transform are of, px.

    Attributes:
        width: Of the reference box; 100 % along x.
        height: Of the reference box; 100 % along y.
        em: The font size.
        rem: That of the root.
    """

    width: float
    height: float
    em: float
    rem: float

    def px(self, number: float, unit: str, axis: int) -> tuple[float, str]:
        """Return an argument with its relative length in px; others as they are."""
        match unit:
            case "%":
                return number / 100.0 * self[axis], ""
            case "em":
                return number * self.em, ""
            case "rem":
                return number * self.rem, ""
            case "ex" | "ch":
                return number * self.em / 2, ""
        return number, unit


_AXES = {"translate": (0, 1), "translatex": (0,), "translatey": (1,), "translate3d": (0, 1, 0)}


@lru_cache(maxsize=1024)
def parse_transform(text: str, measures: Measures | None = None) -> Affine | None:
    """Return the matrix of a transform list; None where any part of it is wrong.

    Both the attribute's grammar (`rotate(30 50 50)`) and CSS's (`rotate(0.1turn)`,
    `translate(2px, 3mm)`) are read. `none` and an empty text give the identity.

    Args:
        text: As written.
        measures: For percentages and font-relative lengths, which give None without it.
    """
    text = text.strip()
    if not text or text.lower() == "none":
        return IDENTITY
    matrix, at = IDENTITY, 0
    while at < len(text):
        match = _FUNCTION.match(text, at)
        if match is None or (text[at] == "," and at == 0):
            return None
        inner = match[2]
        if not _SEPARATED.fullmatch(inner):
            return None
        arguments = [
            (bounded(float(number)), unit.lower()) for number, unit in _ARGUMENT.findall(inner)
        ]
        name = match[1].lower()
        if measures is not None and name in _AXES:
            arguments = [
                measures.px(*argument, axis)
                for argument, axis in zip(arguments, _AXES[name], strict=False)
            ]
        step = _function(name, arguments)
        if step is None:
            return None
        matrix = matrix @ step
        at = match.end()
    return Affine(*(bounded(value) for value in matrix))


def individual_transform(
    translate: str, rotate: str, scale: str, measures: Measures
) -> Affine | None:
    """Return the matrix of the properties `translate`, `rotate` and `scale`; None if one is wrong.

    Turns about other axes than z have no place in a drawing and give None.

    Source: CSS Transforms 2, 5: they apply in this order, before `transform`.
    """
    matrix = IDENTITY
    for name, text in (("translate", translate), ("rotate", rotate), ("scale", scale)):
        words = text.lower().split()
        if words in ([], ["none"]):
            continue
        if name == "rotate" and len(words) == 2 and "z" in words:
            words.remove("z")
        step = parse_transform(f"{name}({','.join(words[:2])})", measures)
        if step is None or (name == "rotate" and len(words) != 1):
            return None
        matrix = matrix @ step
    return matrix


class TransformOrigin(NamedTuple):
    """transform-origin: percentages are of the reference box."""

    x: Length
    y: Length


_X_WORDS = {"left": 0.0, "right": 100.0}
_Y_WORDS = {"top": 0.0, "bottom": 100.0}


def parse_transform_origin(text: str) -> TransformOrigin | None:
    """Return the origin, keywords as percentages; a third value (z) is ignored; None if wrong."""
    words = text.lower().split()
    if not 1 <= len(words) <= 3:
        return None
    words = words[:2]
    if len(words) == 1:
        words.append("center")
        if words[0] in _Y_WORDS:
            words.reverse()
    elif words[0] in _Y_WORDS or words[1] in _X_WORDS:
        words.reverse()
    x = _axis(words[0], _X_WORDS)
    y = _axis(words[1], _Y_WORDS)
    return None if x is None or y is None else TransformOrigin(x, y)


def _axis(word: str, words: dict[str, float]) -> Length | None:
    if word == "center":
        return Length(50.0, Unit.PERCENT)
    if word in words:
        return Length(words[word], Unit.PERCENT)
    return parse_length(word)
