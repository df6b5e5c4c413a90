"""Lengths: a number and a unit. What they measure against is not known here."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from svg2pptx_batch.svg.values.number import NUMBER, bounded


class Unit(StrEnum):
    """Units of CSS lengths; NONE is a user unit, which is a px."""

    NONE = ""
    PX = "px"
    PERCENT = "%"
    EM = "em"
    EX = "ex"
    CH = "ch"
    REM = "rem"
    PT = "pt"
    PC = "pc"
    IN = "in"
    CM = "cm"
    MM = "mm"
    Q = "q"
    VW = "vw"
    VH = "vh"
    VMIN = "vmin"
    VMAX = "vmax"
    IC = "ic"
    LH = "lh"
    RLH = "rlh"


PX_PER_UNIT: dict[Unit, float] = {
    Unit.NONE: 1.0,
    Unit.PX: 1.0,
    Unit.PT: 4 / 3,
    Unit.PC: 16.0,
    Unit.IN: 96.0,
    Unit.CM: 96 / 2.54,
    Unit.MM: 9.6 / 2.54,
    Unit.Q: 2.4 / 2.54,
}
"""Absolute units, in px (1/96 inch)."""


class Length(NamedTuple):
    """A length as written.

    Attributes:
        number: Finite.
        unit: What it counts; a percentage's base is the caller's business.
    """

    number: float
    unit: Unit = Unit.NONE

    @property
    def px(self) -> float | None:
        """The length in px where its unit is absolute, else None."""
        factor = PX_PER_UNIT.get(self.unit)
        return None if factor is None else self.number * factor


ZERO = Length(0.0)

_LENGTH = re.compile(rf"\s*({NUMBER})(%|[a-zA-Z]*)\s*")
_ITEM = re.compile(r"calc\((?:[^()]|\([^()]*\))*\)|[^\s,]+", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s,]+")
_UNITS = {str(unit): unit for unit in Unit}


@lru_cache(maxsize=4096)
def parse_length(text: str) -> Length | None:
    """Return the length, or None where the text is not exactly one (`auto`, `12 px`, `1e400m`).

    Units are matched in any case. Overflow is clamped. A calc() counts where it comes to one unit;
    `calc.parse_calc` reads the others.
    """
    match = _LENGTH.fullmatch(text)
    if match is None:
        return _calculated(text) if "(" in text else None
    number, unit_text = match.groups()
    unit = _UNITS.get(unit_text) or _UNITS.get(unit_text.lower())
    if unit is None:
        return Length(bounded(float(number))) if not unit_text else None
    return Length(bounded(float(number)), unit)


def _calculated(text: str) -> Length | None:
    from svg2pptx_batch.svg.values.calc import parse_calc

    terms = parse_calc(text)
    return terms[0] if terms is not None and len(terms) == 1 else None


def parse_length_list(text: str) -> tuple[Length, ...] | None:
    """Return lengths separated by white space or commas; None if one of them is none.

    An empty text gives an empty tuple.
    """
    text = text.strip()
    if not text:
        return ()
    items = _SEPARATOR.split(text) if "(" not in text else _ITEM.findall(text)
    lengths = [parse_length(item) for item in items]
    return None if None in lengths else tuple(item for item in lengths if item is not None)
