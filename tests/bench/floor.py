"""The least any converter must do, as a process of its own; `throughput` holds ours against it.

For each drawing: read it, parse the XML, walk all elements and attributes, read the numbers of the
geometry, and deflate as many bytes as our slide part has, and its relationships, into a ZIP.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

from lxml import etree

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_COMMAND = re.compile(r"[MmLlHhVvCcSsQqTtAaZz]")
_GEOMETRY = frozenset(
    {
        "cx", "cy", "d", "fx", "fy", "height", "points", "r", "rx", "ry", "transform", "viewBox",
        "width", "x", "x1", "x2", "y", "y1", "y2",
    }
)  # fmt: skip
_RELATIONSHIPS = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/\
slideLayout" Target="../slideLayouts/slideLayout1.xml"/></Relationships>"""


def read_numbers(data: bytes) -> int:
    """Parse a drawing and read its geometry; return how many numbers that was."""
    count = 0
    for element in etree.fromstring(data).iter():
        for name, value in element.items():
            if name in _GEOMETRY:
                count += len([float(number) for number in _NUMBER.findall(value)])
                if name == "d":
                    count += len(_COMMAND.findall(value))
    return count


def main(job: str, archive: str) -> None:
    """Do it.

    Args:
        job: A JSON file: compression level, and path and size of the slide part of each drawing.
        archive: The ZIP to be written.
    """
    level, drawings = json.loads(Path(job).read_bytes())
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as out:
        for number, (path, size) in enumerate(drawings, 1):
            data = Path(path).read_bytes()
            read_numbers(data)
            part = (data * (1 + size // len(data)))[:size]
            out.writestr(f"ppt/slides/slide{number}.xml", part)
            out.writestr(f"ppt/slides/_rels/slide{number}.xml.rels", _RELATIONSHIPS)


if __name__ == "__main__":
    main(*sys.argv[1:])
