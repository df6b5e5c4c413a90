"""What a check of this machine comes to."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from svg2pptx_batch.version import __version__

VERSION = 1
"""Version of the record; fields are only ever added."""


class Verdict(StrEnum):
    """How well something is, best first."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found.

    Attributes:
        name: What was looked at, `fonts`; stable.
        verdict: Only a problem keeps drawings from being converted.
        message: What is so.
        remedy: What the user can do, empty where nothing need be done.
    """

    name: str
    verdict: Verdict
    message: str
    remedy: str = ""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """All that was checked.

    Attributes:
        v: Version of this record.
        version: Of the converter.
        checks: What was found, in the order it was looked for.
    """

    v: int = VERSION
    version: str = __version__
    checks: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no problem."""
        return all(finding.verdict is not Verdict.PROBLEM for finding in self.checks)


def fine(name: str, message: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(name=name, verdict=Verdict.OK, message=message)


def note(name: str, message: str, remedy: str = "") -> Finding:
    """Return a finding that is worth knowing."""
    return Finding(name=name, verdict=Verdict.NOTE, message=message, remedy=remedy)


def warning(name: str, message: str, remedy: str) -> Finding:
    """Return a finding that costs quality or speed."""
    return Finding(name=name, verdict=Verdict.WARNING, message=message, remedy=remedy)


def problem(name: str, message: str, remedy: str) -> Finding:
    """Return a finding that keeps drawings from being converted."""
    return Finding(name=name, verdict=Verdict.PROBLEM, message=message, remedy=remedy)
