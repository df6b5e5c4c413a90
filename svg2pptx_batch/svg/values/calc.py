"""calc(): sums of lengths, each with its own unit, until somebody knows what the units measure."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from svg2pptx_batch.svg.values.length import PX_PER_UNIT, Length, Unit
from svg2pptx_batch.svg.values.number import UNSIGNED, bounded

_TOKEN = re.compile(rf"\s*(?:({UNSIGNED})(%|[a-zA-Z]*)|(calc\(|[-+*/()]))\s*", re.IGNORECASE)
_DEEPEST = 32
_UNITS = {str(unit): unit for unit in Unit}

_Sum = dict[Unit, float]


@lru_cache(maxsize=1024)
def parse_calc(text: str) -> tuple[Length, ...] | None:
    """Return the lengths a `calc()` adds up, one a unit; absolute units together, in px.

    Numbers without a unit count as px beside lengths, as user units do in SVG.

    Returns:
        None where the text is no calc() of additions, and multiplications and divisions by numbers.

    Source: CSS Values 4, 10.
    """
    text = text.strip()
    if text[:5].lower() != "calc(":
        return None
    tokens: list[str | _Sum] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        at = match.end()
        number, name, symbol = match.groups()
        if symbol is not None:
            tokens.append(symbol[-1])
            continue
        unit = _UNITS.get(name.lower())
        if unit is None:
            return None
        factor = PX_PER_UNIT[unit] if unit in PX_PER_UNIT and unit is not Unit.NONE else None
        tokens.append(
            {unit: float(number)} if factor is None else {Unit.PX: float(number) * factor}
        )
    parser = _Parser(tokens)
    found = parser.sum(0)
    if found is None or parser.left:
        return None
    lone = found.pop(Unit.NONE, 0.0)
    if lone or not found:
        found[Unit.PX] = found.get(Unit.PX, 0.0) + lone
    if not all(math.isfinite(number) for number in found.values()):
        return None
    return tuple(Length(bounded(number), unit) for unit, number in found.items())


class _Parser:
    """Recursive descent over tokens; None for anything wrong."""

    def __init__(self, tokens: list[str | _Sum]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def left(self) -> bool:
        return self._at < len(self._tokens)

    def _next(self, *operators: str) -> str | None:
        item = self._tokens[self._at] if self.left else None
        if isinstance(item, str) and item in operators:
            self._at += 1
            return item
        return None

    def sum(self, depth: int) -> _Sum | None:
        total = self._product(depth)
        while total is not None and (operator := self._next("+", "-")):
            other = self._product(depth)
            if other is None:
                return None
            sign = 1.0 if operator == "+" else -1.0
            total = {
                unit: total.get(unit, 0.0) + sign * other.get(unit, 0.0) for unit in total | other
            }
        return total

    def _product(self, depth: int) -> _Sum | None:
        value = self._factor(depth)
        while value is not None and (operator := self._next("*", "/")):
            other = self._factor(depth)
            if other is None:
                return None
            if operator == "*" and set(value) == {Unit.NONE}:
                value, other = other, value
            if set(other) != {Unit.NONE}:
                return None
            factor = other[Unit.NONE]
            if operator == "/":
                if factor == 0.0:
                    return None
                factor = 1.0 / factor
            value = {unit: number * factor for unit, number in value.items()}
        return value

    def _factor(self, depth: int) -> _Sum | None:
        if not self.left or depth > _DEEPEST:
            return None
        item = self._tokens[self._at]
        self._at += 1
        if not isinstance(item, str):
            return item
        if item in ("+", "-"):
            value = self._factor(depth + 1)
            sign = -1.0 if item == "-" else 1.0
            return value and {unit: sign * number for unit, number in value.items()}
        if item != "(":
            return None
        value = self.sum(depth + 1)
        return value if value is not None and self._next(")") else None
