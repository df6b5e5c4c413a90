"""Texts of unknown origin, file names above all, made safe to be shown in one line."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
"""They only tell how letters and signs are joined; words and emoji need them."""


def escape(text: str) -> str:
    """Return a text without what could move the cursor or turn the line around.

    Control characters, line ends and bidirectional controls are written as their numbers.
    """
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable() or unicodedata.category(char) == "Zs" or char in _JOINERS
        else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
