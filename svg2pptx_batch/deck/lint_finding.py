"""What examining a deck finds."""

from __future__ import annotations

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """One fault of a deck.

    Attributes:
        code: Stable kebab-case name, `gradient-stops`.
        part: Name of the part, without leading slash; empty for the whole file.
        message: A sentence for people.
        line: 1-based line in the part, 0 where it has none.
    """

    code: str
    part: str
    message: str
    line: int = 0
