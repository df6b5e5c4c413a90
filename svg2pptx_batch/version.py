"""The version of the package, part of every result's key."""

from __future__ import annotations

__version__ = "0.1.0"
