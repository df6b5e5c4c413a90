"""Which converter made a slide: its own code, and whatever else shows in a slide."""

from __future__ import annotations

import hashlib
import unicodedata
from functools import cache
from importlib import metadata
from pathlib import Path

from svg2pptx_batch.version import __version__

_LIBRARIES = ("lxml", "numpy", "pillow", "resvg-py", "skia-pathops", "tinycss2", "uharfbuzz")


@cache
def converter_fingerprint() -> str:
    """Return the SHA-256, in hex, of the converter: other code or libraries give another.

    The sources are read, because a version tells nothing of a checkout that is being worked on.
    """
    sha = hashlib.sha256(f"{__version__} {unicodedata.unidata_version}".encode())
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        sha.update(f"\0{path.relative_to(root).as_posix()}\0".encode())
        sha.update(path.read_bytes())
    for name in _LIBRARIES:
        sha.update(f"\0{name} {metadata.version(name)}".encode())
    return sha.hexdigest()
