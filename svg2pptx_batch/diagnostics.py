"""What became of each element: the report's vocabulary and its collector.

Diagnostics are for users and travel with the conversion; logging is for developers only.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How much a diagnostic matters to the person who reads the report."""

    INFO = "info"
    WARNING = "warning"


class Fidelity(StrEnum):
    """How an element ended, best first."""

    NATIVE = "native"
    APPROXIMATED = "approximated"
    OUTLINED = "outlined"
    RASTERISED = "rasterised"
    DROPPED = "dropped"


class Source(msgspec.Struct, frozen=True):
    """Where in the input an element stands.

    Attributes:
        tag: Local name, `rect`.
        id: The author's id, or an empty string.
        line: 1-based line, 0 where unknown.
    """

    tag: str
    id: str = ""
    line: int = 0


class Diagnostic(msgspec.Struct, frozen=True, omit_defaults=True):
    """One remark on one element.

    Attributes:
        code: Stable kebab-case name, `filter-rasterised`; scripts rely on it.
        message: A sentence for people.
        fidelity: How the element ended; None for remarks that are not about drawing.
        element: `tag` or `tag#id`.
        line: 1-based line, 0 where unknown.
        severity: How much it matters.
        elements: How many drawn elements it speaks of: those of a group that ended together, and
            those that cannot be told apart by element and line.
    """

    code: str
    message: str
    fidelity: Fidelity | None = None
    element: str = ""
    line: int = 0
    severity: Severity = Severity.INFO
    elements: int = 1


class Diagnostics:
    """Collects the diagnostics of one conversion; equal remarks become one that counts them."""

    __slots__ = ("_items",)

    def __init__(self) -> None:
        self._items: dict[Diagnostic, int] = {}

    def report(
        self,
        code: str,
        message: str,
        source: Source | None = None,
        *,
        fidelity: Fidelity | None = None,
        severity: Severity = Severity.INFO,
        elements: int = 1,
    ) -> None:
        """Record one remark.

        Args:
            code: Stable kebab-case name.
            message: A sentence for people.
            source: The element it speaks of, or None for the whole document.
            fidelity: How that element ended.
            severity: How much it matters.
            elements: How many drawn elements ended so.
        """
        element, line = "", 0
        if source is not None:
            element = f"{source.tag}#{source.id}" if source.id else source.tag
            line = source.line
        remark = Diagnostic(code, message, fidelity, element, line, severity)
        self._items[remark] = self._items.get(remark, 0) + elements

    @property
    def items(self) -> tuple[Diagnostic, ...]:
        """All remarks, in the order they were first made."""
        return tuple(
            remark if elements == 1 else msgspec.structs.replace(remark, elements=elements)
            for remark, elements in self._items.items()
        )
