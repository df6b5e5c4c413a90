"""Sections: names for runs of slides, as the presentation's extension lists them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Final

from svg2pptx_batch.drawingml.xml import P, escape

SECTIONS_URI: Final = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"
"""Name of the extension that holds sections."""

Section = tuple[str, str, tuple[int, ...]]
"""Name, GUID with braces (empty for one to be made), and the ids of its slides."""

_P14: Final = "http://schemas.microsoft.com/office/powerpoint/2010/main"
_SPACE: Final = uuid.UUID("6f1d3f0e-52a4-5c0b-9f63-0c8a4c0d7b11")
_ID: Final = re.compile(r"\d{1,10}", re.ASCII)
_UNNAMED: Final = "Default Section"


def read_sections(extension: Any) -> tuple[Section, ...]:
    """Return the sections that the extension element lists; what is no id of a slide is left out.

    Source: [MS-PPTX] 2.5.6 "sectionLst".
    """
    tag = f"{{{_P14}}}"
    return tuple(
        (
            section.get("name", ""),
            section.get("id", ""),
            tuple(
                int(number)
                for each in section.iter(f"{tag}sldId")
                if _ID.fullmatch(number := each.get("id", ""))
            ),
        )
        for section in extension.iter(f"{tag}section")
    )


def with_slides(
    sections: Sequence[Section], older: Iterable[int], added: Iterable[tuple[str, int]]
) -> tuple[Section, ...]:
    """Return sections in which every slide is listed once, in the order of the deck.

    Args:
        sections: Of the slides there were. A slide that none lists goes into the section of the one
            before it.
        older: Ids of all slides there were, in order.
        added: Section and id of each slide that comes after them; a run of the same name is one
            section. Those without a name go on with the last section.

    Returns:
        None at all if no slide belongs to a named one.
    """
    new = list(added)
    if not sections and not any(name for name, _ in new):
        return ()
    runs: list[tuple[str, str, list[int]]] = [(name, guid, []) for name, guid, _ in sections]
    places: dict[int, list[int]] = {}
    for (_, _, listed), (_, _, ids) in zip(runs, sections, strict=True):
        for number in ids:
            places.setdefault(number, listed)
    last: list[int] | None = None
    for number in older:
        last = places.get(number, last)
        if last is None:
            last = []
            runs.insert(0, ("", "", last))
        last.append(number)
    for name, number in new:
        if runs and (runs[-1][0] == name or (not name and sections)):
            runs[-1][2].append(number)
        else:
            runs.append((name, "", [number]))
    return tuple((name, guid, tuple(ids)) for name, guid, ids in runs)


def sections_xml(sections: Sequence[Section]) -> str:
    """Return the extension that names sections; empty if there are none.

    Source: [MS-PPTX] 2.5.6 "sectionLst".
    """
    if not sections:
        return ""
    rows = []
    taken = {known for _, known, _ in sections}
    for index, (name, known, ids) in enumerate(sections):
        guid = known or _new_guid(index, name, taken)
        slides = "".join([f'<p14:sldId id="{each}"/>' for each in ids])
        rows.append(
            f'<p14:section name="{escape(name or _UNNAMED)}" id="{escape(guid)}">'
            f"<p14:sldIdLst>{slides}</p14:sldIdLst></p14:section>"
        )
    return (
        f'<p:ext xmlns:p="{P}" uri="{SECTIONS_URI}">'
        f'<p14:sectionLst xmlns:p14="{_P14}">{"".join(rows)}</p14:sectionLst></p:ext>'
    )


def _new_guid(index: int, name: str, taken: set[str]) -> str:
    """Return a GUID for a section, the same every time, and add it to those taken."""
    seed = f"{index} {name}"
    while (guid := f"{{{str(uuid.uuid5(_SPACE, seed)).upper()}}}") in taken:
        seed += " again"
    taken.add(guid)
    return guid
