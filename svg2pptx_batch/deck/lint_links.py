"""Looks at how presentation, masters, layouts, slides and notes lead to each other.

A deck whose parts are all sound is still repaired or refused when one of them is not listed where
it should be, or when two slides share what belongs to one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from svg2pptx_batch.deck import package
from svg2pptx_batch.deck.lint_finding import Finding
from svg2pptx_batch.drawingml.xml import P, R

_P: Final = f"{{{P}}}"
_R: Final = f"{{{R}}}"
_LISTS: Final = (
    ("sldMasterIdLst", package.REL_SLIDE_MASTER),
    ("notesMasterIdLst", package.REL_NOTES_MASTER),
    ("handoutMasterIdLst", f"{R}/handoutMaster"),
)
_MUST_BE_LISTED: Final = (package.REL_SLIDE_MASTER, package.REL_SLIDE_LAYOUT)
"""PowerPoint finds a notes master that is not listed: python-pptx never lists it."""

Links = dict[str, tuple[str, str]]
"""Relationships of a part by id, each as type and target."""


def lint_links(
    presentation: str, root_of: Callable[[str], Any], links_of: Callable[[str], Links]
) -> Iterator[Finding]:
    """Examine the main parts of a deck.

    Args:
        presentation: Name of the presentation part.
        root_of: Gives the root element of a part, None where there is none.
        links_of: Gives the relationships of a part.
    """
    root, links = root_of(presentation), links_of(presentation)
    for path, kind in _LISTS:
        yield from _lint_list(presentation, root, links, path, kind)
    layouts: set[str] = set()
    for master in _targets(links, package.REL_SLIDE_MASTER):
        inner = root_of(master)
        if inner is None:
            continue
        own = links_of(master)
        layouts.update(_targets(own, package.REL_SLIDE_LAYOUT))
        yield from _lint_list(master, inner, own, "sldLayoutIdLst", package.REL_SLIDE_LAYOUT)
        for layout in _targets(own, package.REL_SLIDE_LAYOUT):
            if _targets(links_of(layout), package.REL_SLIDE_MASTER) != [master]:
                yield Finding("layout-master", layout, f"{master} lists a layout of another master")
    listed = [e.get(f"{_R}id", "") for e in root.iterfind(f"{_P}sldIdLst/{_P}sldId")]
    slides = [links[key][1] for key in listed if key in links]
    notes_masters = _targets(links, package.REL_NOTES_MASTER)
    users: dict[str, str] = {}
    for slide in dict.fromkeys(slides):
        own = links_of(slide)
        for layout in _targets(own, package.REL_SLIDE_LAYOUT):
            if layout not in layouts:
                yield Finding("layout-unlisted", slide, f"no master lists {layout}")
        for notes in _targets(own, package.REL_NOTES_SLIDE):
            if notes in users:
                yield Finding("notes-shared", notes, f"they are of {users[notes]} and of {slide}")
            users[notes] = slide
            yield from _lint_notes(notes, links_of(notes), slide, notes_masters)
    for slide, times in Counter(slides).items():
        if times > 1:
            yield Finding("slide-twice", presentation, f"{slide} is listed {times} times")


def _lint_list(part: str, root: Any, links: Links, path: str, kind: str) -> Iterator[Finding]:
    """Check that a list names all parts of a kind that there are, each once, and no others."""
    role = kind.rpartition("/")[2]
    listed = [element.get(f"{_R}id", "") for element in root.iterfind(f"{_P}{path}/*")]
    for key in listed:
        if key in links and links[key][0] != kind:
            yield Finding("relationship-kind", part, f"{key} of {path} is no {role}")
    for key, (found, target) in links.items():
        if found == kind and key not in listed and (listed or kind in _MUST_BE_LISTED):
            yield Finding("list-incomplete", part, f"{path} does not list {target}")


def _lint_notes(notes: str, links: Links, slide: str, masters: list[str]) -> Iterator[Finding]:
    if _targets(links, package.REL_SLIDE) != [slide]:
        yield Finding("notes-slide", notes, f"the notes do not lead back to {slide}")
    if _targets(links, package.REL_NOTES_MASTER) != masters:
        yield Finding("notes-master", notes, "the notes do not have the deck's notes master")


def _targets(links: Links, kind: str) -> list[str]:
    return [target for found, target in links.values() if found == kind]
