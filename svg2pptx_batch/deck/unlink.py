"""Takes out of a part's XML what refers to relationships that are not kept.

Such as jumps to slides that are gone, and pictures that were never there: a reference without its
relationship has PowerPoint repair the deck.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from svg2pptx_batch.drawingml.xml import R

_R: Final = f"{{{R}}}"
_DISPENSABLE: Final = frozenset(
    {
        *("hlinkClick", "hlinkHover", "hlinkMouseOver"),
        *("audioFile", "videoFile", "wavAudioFile", "media"),
        *("regular", "bold", "italic", "boldItalic"),  # of an embedded font
        *("tags", "custData", "externalData"),
        "sld",  # of an outline or a custom show
    }
)
"""Elements that nothing around them needs."""
_SELF_SUFFICIENT: Final = "blip"
"""May do without its picture."""


def unlink(root: Any, gone: Collection[str]) -> bool:
    """Remove references.

    Args:
        root: Of a part, of lxml; changed in place.
        gone: Ids of the relationships.

    Returns:
        Whether there were any.

    Raises:
        ValueError: One stands where it cannot be spared.
    """
    found = [
        (element, key)
        for element in root.iter("{*}*")
        for key, value in element.attrib.items()
        if value in gone and key.startswith(_R)
    ]
    for element, key in found:
        name = element.tag.rpartition("}")[2]
        parent = element.getparent()
        if name == _SELF_SUFFICIENT:
            del element.attrib[key]
        elif name not in _DISPENSABLE:
            raise ValueError(f"{name} refers to a part that is not there")
        elif parent is not None:
            parent.remove(element)
    return bool(found)
