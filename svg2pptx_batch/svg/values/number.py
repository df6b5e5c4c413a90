"""Numbers and lists of numbers, by SVG's rules for errors."""

from __future__ import annotations

import re

UNSIGNED = r"(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+"
"""Gives no digit back: in a list that turns out wrong, each number is tried one way only."""

NUMBER = rf"[+-]?{UNSIGNED}"
LARGEST = 1e15
"""Numbers are clamped to ±LARGEST, so that no later product overflows."""

_NUMBER = re.compile(NUMBER)
_PREFIX = re.compile(rf"[ \t\r\n\f]*(?:{NUMBER}(?:[ \t\r\n\f]*,?[ \t\r\n\f]*))*")


def bounded(value: float) -> float:
    """Return the value, clamped to ±LARGEST (infinities too)."""
    return max(-LARGEST, min(LARGEST, value))


def parse_number(text: str) -> float | None:
    """Return the number, or None where the text is anything else (`NaN`, `12px`, empty).

    White space around is ignored; overflow gives ±LARGEST.
    """
    text = text.strip()
    return bounded(float(text)) if _NUMBER.fullmatch(text) else None


def parse_number_or_percentage(text: str) -> float | None:
    """Return the number, percentages as fractions (`50%` is 0.5), or None."""
    text = text.strip()
    if text.endswith("%"):
        value = parse_number(text[:-1])
        return None if value is None or text[-2:-1].isspace() else value / 100
    return parse_number(text)


def parse_number_list(text: str) -> tuple[float, ...]:
    """Return the numbers up to the first error, separated by white space or single commas.

    Source: SVG 2, 9.6.1 for `points`: drawn up to the error.
    """
    prefix = _PREFIX.match(text)
    found = _NUMBER.findall(text, 0, prefix.end()) if prefix else []
    return tuple(bounded(float(item)) for item in found)
