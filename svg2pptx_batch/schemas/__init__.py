"""The JSON Schemas of what programs read and write: published, and held against real output.

Each is a file beside this one. Fields are only ever added: a reader ignores those it does not know.
"""

from __future__ import annotations

from importlib import resources


def read_schema(name: str) -> str:
    """Return the text of a schema: that of `settings`, `status`, `events` and so on."""
    return resources.files(__name__).joinpath(f"{name}.json").read_text("utf-8")
