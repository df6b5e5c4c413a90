"""Which way each character runs: embedding levels after the Unicode bidirectional algorithm.

Text enters, one level a character leaves (even: left to right, odd: right to left). Explicit
embeddings, overrides and isolates count as neutrals.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_NEUTRAL = frozenset(
    {"B", "S", "WS", "ON", "LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN", ""}
)
_FIRST_RTL = "\u0590"


def is_simple(text: str) -> bool:
    """Tell whether every character certainly runs left to right."""
    return text.isascii() or max(text) < _FIRST_RTL


def levels(text: str, *, rtl: bool = False) -> list[int]:
    """Return the embedding level of each character of a line.

    Args:
        text: One line.
        rtl: Base direction.

    Source: UAX #9, rules W1–W7, N1, N2, I1, I2, L1.
    """
    base = 1 if rtl else 0
    if not rtl and (not text or is_simple(text)):
        return [base] * len(text)
    original = [unicodedata.bidirectional(character) for character in text]
    classes = _weak(original, base)
    _neutrals(classes, base)
    found = []
    for kind in classes:
        if kind == "R":
            found.append(1)
        elif kind == "L":
            found.append(2 * base)
        else:  # numbers
            found.append(2)
    _trailing_space(original, found, base)
    return found


def visual_runs(levels_of: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return (start, end, level) of runs of one level, ordered left to right as painted.

    Source: UAX #9, rule L2.
    """
    runs: list[tuple[int, int, int]] = []
    start = 0
    for at in range(1, len(levels_of) + 1):
        if at == len(levels_of) or levels_of[at] != levels_of[start]:
            runs.append((start, at, levels_of[start]))
            start = at
    for level in range(max(levels_of, default=0), 0, -1):
        at = 0
        while at < len(runs):
            end = at
            while end < len(runs) and runs[end][2] >= level:
                end += 1
            runs[at:end] = runs[at:end][::-1]
            at = max(end, at + 1)
    return runs


def _weak(original: Sequence[str], base: int) -> list[str]:
    """Resolve weak types (W1–W7); what stays neutral becomes `ON`."""
    classes = list(original)
    edge = "R" if base else "L"
    previous, strong = edge, edge
    for at, kind in enumerate(classes):
        now = previous if kind == "NSM" else kind  # W1
        if now in {"L", "R", "AL"}:
            strong = now
        elif now == "EN" and strong == "AL":  # W2
            now = "AN"
        classes[at] = previous = now
    classes = ["R" if kind == "AL" else kind for kind in classes]  # W3
    for at in range(1, len(classes) - 1):  # W4
        before, kind, after = classes[at - 1 : at + 2]
        if kind in {"ES", "CS"} and before == after == "EN":
            classes[at] = "EN"
        elif kind == "CS" and before == after == "AN":
            classes[at] = "AN"
    at = 0
    while at < len(classes):  # W5
        end = at
        while end < len(classes) and classes[end] == "ET":
            end += 1
        if end > at:
            touches = "EN" in (classes[at - 1] if at else "", *classes[end : end + 1])
            classes[at:end] = ["EN" if touches else "ON"] * (end - at)
        at = max(end, at + 1)
    strong = edge
    for at, kind in enumerate(classes):
        if kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":  # W7
            classes[at] = "L"
        elif kind in _NEUTRAL or kind in {"ES", "CS", "ET"}:  # W6
            classes[at] = "ON"
    return classes


def _neutrals(classes: list[str], base: int) -> None:
    """Resolve neutral types in place (N1, N2): between two of a kind they join them."""
    edge = "R" if base else "L"
    at = 0
    while at < len(classes):
        if classes[at] != "ON":
            at += 1
            continue
        end = at
        while end < len(classes) and classes[end] == "ON":
            end += 1
        before = edge if at == 0 else "L" if classes[at - 1] == "L" else "R"
        after = edge if end == len(classes) else "L" if classes[end] == "L" else "R"
        classes[at:end] = [before if before == after else edge] * (end - at)
        at = end


def _trailing_space(original: Sequence[str], found: list[int], base: int) -> None:
    """Give white space at the end of the line the base level (L1)."""
    for at in range(len(found) - 1, -1, -1):
        if original[at] not in {"WS", "S", "B", "BN"}:
            return
        found[at] = base
