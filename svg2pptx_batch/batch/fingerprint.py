"""Which converter made a slide: its own code, and whatever else shows in a slide."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from functools import cache
from importlib import metadata
from operator import attrgetter
from pathlib import Path

from svg2pptx_batch.version import __version__

_LIBRARIES = ("lxml", "numpy", "pillow", "resvg-py", "skia-pathops", "tinycss2", "uharfbuzz")


@cache
def converter_fingerprint() -> str:
    """Return the SHA-256, in hex, of the converter: other code or libraries give another.

    The sources are read, because a version tells nothing of a checkout that is being worked on.
    """
    sha = hashlib.sha256(f"{__version__} {unicodedata.unidata_version}".encode())
    pending = [(str(Path(__file__).parents[1]), "")]
    while pending:
        folder, prefix = pending.pop()
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=attrgetter("name"))
        for entry in entries:
            name = entry.name
            if name.endswith(".py"):
                sha.update(f"\0{prefix}{name}\0".encode())
                with open(entry.path, "rb") as stream:  # noqa: PTH123  there are hundreds
                    sha.update(stream.read())
            elif entry.is_dir() and name != "__pycache__":
                pending.append((entry.path, f"{prefix}{name}/"))
    for name in _LIBRARIES:
        sha.update(f"\0{name} {metadata.version(name)}".encode())
    return sha.hexdigest()
