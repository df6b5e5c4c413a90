"""Looks for what makes PowerPoint repair or refuse a deck and what schema validators let pass.

This module judges the package: parts, content types, relationships, the presentation part. What
stands inside slides, layouts and masters is judged by `lint_drawing`.
"""

from __future__ import annotations

import functools
import pathlib
import posixpath
import re
import urllib.parse
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from svg2pptx_batch.deck import package
from svg2pptx_batch.deck.lint_drawing import lint_drawing
from svg2pptx_batch.deck.lint_finding import Finding
from svg2pptx_batch.deck.lint_links import lint_links
from svg2pptx_batch.deck.size import MAX_SIDE_EMU, MIN_SIDE_EMU
from svg2pptx_batch.drawingml.xml import P, R

_P: Final = f"{{{P}}}"
_R: Final = f"{{{R}}}"
_P14: Final = "{http://schemas.microsoft.com/office/powerpoint/2010/main}"
_P14_SECTION: Final = f"{_P14}section"
_P14_SECTION_ID: Final = f"{_P14_SECTION}/{_P14}sldIdLst/{_P14}sldId"
_P14_SECTION_LIST: Final = f"{_P14}sectionLst"
_GUID: Final = re.compile(r"\{[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\}", re.IGNORECASE)
_MC_IGNORABLE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"

_TYPES_PART: Final = "[Content_Types].xml"
_REQUIRED: Final = (_TYPES_PART, "_rels/.rels")
_DRAWN: Final = re.compile(
    r"ppt/(slides|slideLayouts|slideMasters|notesSlides|notesMasters)/[^/]+\.xml"
)
_MASTER_IDS: Final = range(2**31, 2**32)
_SLIDE_IDS: Final = range(256, 2**31)
_MAX_PART_BYTES: Final = 512 * 2**20
_NEEDED_BY: Final = (
    ("ppt/slides/", package.REL_SLIDE_LAYOUT),
    ("ppt/slideLayouts/", package.REL_SLIDE_MASTER),
    ("ppt/slideMasters/", package.REL_THEME),
    ("ppt/notesSlides/", package.REL_NOTES_MASTER),
    ("ppt/notesMasters/", package.REL_THEME),
    ("ppt/handoutMasters/", package.REL_THEME),
)


@dataclass(slots=True)
class _Deck:
    """A deck under examination."""

    archive: zipfile.ZipFile
    names: frozenset[str]
    findings: list[Finding] = field(default_factory=list)

    def report(self, code: str, part: str, message: str, line: int = 0) -> None:
        self.findings.append(Finding(code, part, message, line))

    def xml(self, name: str) -> Any:
        """Return the root element of a part, or None where it is missing or malformed."""
        from lxml import etree

        if name not in self.names:
            return None
        if self.archive.getinfo(name).file_size > _MAX_PART_BYTES:
            self.report("part-too-large", name, "the part is larger than 512 MiB")
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        try:
            return etree.fromstring(self.archive.read(name), parser)
        except etree.XMLSyntaxError as error:
            self.report("xml-malformed", name, str(error), error.lineno or 0)
        except (zipfile.BadZipFile, OSError, EOFError) as error:
            self.report("part-unreadable", name, str(error))
        return None


def lint(deck: pathlib.Path | BinaryIO) -> list[Finding]:
    """Examine a deck.

    Args:
        deck: Path, or a seekable binary file.

    Returns:
        What was found, part by part; empty for a sound deck.

    Raises:
        OSError: The file cannot be read.
    """
    try:
        archive = zipfile.ZipFile(deck)
    except zipfile.BadZipFile as error:
        return [Finding("not-a-package", "", f"it is no ZIP archive: {error}")]
    with archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        examined = _Deck(archive, frozenset(names))
        for name, times in Counter(name.lower() for name in names).items():
            if times > 1:
                examined.report("part-duplicate", name, f"the part is there {times} times")
        missing = [name for name in _REQUIRED if name not in examined.names]
        for name in missing:
            examined.report("part-missing", name, "every package has this part")
        if not missing:
            _lint_content_types(examined)
            _lint_parts(examined)
        return list(dict.fromkeys(examined.findings))  # some parts are read more than once


def _lint_content_types(deck: _Deck) -> None:
    root = deck.xml(_TYPES_PART)
    if root is None:
        return
    defaults = Counter(e.get("Extension", "").lower() for e in root if _is(e, "Default"))
    overrides = Counter(e.get("PartName", "") for e in root if _is(e, "Override"))
    for key, times in (*defaults.items(), *overrides.items()):
        if times > 1:
            deck.report("content-type-duplicate", _TYPES_PART, f"{key} is declared {times} times")
    for name in overrides:
        if name.removeprefix("/") not in deck.names:
            deck.report("content-type-orphan", _TYPES_PART, f"{name} is declared but not there")
    for name in deck.names - {_TYPES_PART}:
        if f"/{name}" not in overrides and name.rpartition(".")[2].lower() not in defaults:
            deck.report("content-type-missing", name, "the part has no content type")


def _is(element: Any, tag: str) -> bool:
    return isinstance(element.tag, str) and element.tag.endswith(f"}}{tag}")


def _lint_parts(deck: _Deck) -> None:
    _relationships(deck, "")
    documents = [
        target
        for kind, target in _relationships(deck, "", quiet=True).values()
        if kind == package.REL_OFFICE_DOCUMENT
    ]
    if len(documents) != 1:
        deck.report("relationship-missing", "_rels/.rels", "one presentation is expected")
    links_of = functools.partial(_relationships, deck, quiet=True)
    for name in sorted(deck.names):
        if not name.endswith(".xml") or name == _TYPES_PART:
            continue
        root = deck.xml(name)
        if root is None:
            continue
        relationships = _relationships(deck, name)
        _lint_references(deck, name, root, relationships)
        _lint_ignorable(deck, name, root)
        for folder, kind in _NEEDED_BY:
            if name.startswith(folder) and [k for k, _ in relationships.values()].count(kind) != 1:
                role = kind.rpartition("/")[2]
                deck.report("relationship-missing", name, f"the part needs one {role}")
        if _DRAWN.fullmatch(name):
            deck.findings.extend(lint_drawing(name, root))
        if name in documents:
            _lint_presentation(deck, name, root, relationships)
            deck.findings.extend(lint_links(name, deck.xml, links_of))


def _relationships(deck: _Deck, part: str, *, quiet: bool = False) -> dict[str, tuple[str, str]]:
    """Return the relationships of a part by id, each as type and target ("" if external)."""
    name = package.relationships_name(part) if part else "_rels/.rels"
    root = deck.xml(name)
    found: dict[str, tuple[str, str]] = {}
    if root is None:
        return found
    report = (lambda *_: None) if quiet else deck.report
    for each in root.iterchildren("{*}Relationship"):
        key, target = each.get("Id", ""), each.get("Target", "")
        if not key or key in found:
            report("relationship-duplicate", name, f"id {key!r} is missing or not unique")
        if each.get("TargetMode") == "External":
            if re.search(r'[\s<>"{}|\\^`]', target):
                report("relationship-target", name, f"address {target!r} is not percent-encoded")
            found[key] = (each.get("Type", ""), "")
            continue
        path = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target))[1:]
        path = path.partition("#")[0]
        if path not in deck.names:
            path = urllib.parse.unquote(path)
        if path not in deck.names:
            report("relationship-dangling", name, f"{key} leads to {path}, which is not there")
        found[key] = (each.get("Type", ""), path)
    return found


def _lint_references(
    deck: _Deck, name: str, root: Any, relationships: dict[str, tuple[str, str]]
) -> None:
    """Check that every r: attribute names a relationship, and pictures lead to pictures."""
    for element in root.iter("{*}*"):
        for key, value in element.attrib.items():
            if not key.startswith(_R):
                continue
            if value not in relationships:
                if value or "action" not in element.attrib:
                    deck.report(
                        "relationship-unknown",
                        name,
                        f"{value!r} is no relationship of this part",
                        element.sourceline or 0,
                    )
            elif _is(element, "blip") and relationships[value][0] != package.REL_IMAGE:
                deck.report(
                    "relationship-kind", name, f"{value} is no picture", element.sourceline or 0
                )


def _lint_ignorable(deck: _Deck, name: str, root: Any) -> None:
    for element in root.iter("{*}*"):
        for prefix in element.get(_MC_IGNORABLE, "").split():
            if prefix not in element.nsmap:
                deck.report(
                    "prefix-undeclared",
                    name,
                    f"mc:Ignorable names {prefix}, which is not declared",
                    element.sourceline or 0,
                )


def _lint_presentation(
    deck: _Deck, name: str, root: Any, relationships: dict[str, tuple[str, str]]
) -> None:
    slides = root.findall(f"{_P}sldIdLst/{_P}sldId")
    slide_ids = [_number(each.get("id")) for each in slides]
    for number in _outside(slide_ids, _SLIDE_IDS):
        deck.report("slide-id", name, f"slide id {number} is not unique within 256…2147483647")
    for each in slides:
        kind, target = relationships.get(each.get(f"{_R}id", ""), ("", ""))
        if kind and kind != package.REL_SLIDE:
            deck.report("relationship-kind", name, f"slide {each.get('id')} leads to {target}")
    listed = {target for kind, target in relationships.values() if kind == package.REL_SLIDE}
    for target in sorted(_parts_of(deck, "ppt/slides/") - listed):
        deck.report("slide-orphan", target, "the presentation does not list this slide")
    master_ids = [_number(e.get("id")) for e in root.iter(f"{_P}sldMasterId")]
    for part in sorted(_parts_of(deck, "ppt/slideMasters/")):
        master = deck.xml(part)
        if master is not None:
            master_ids += [_number(e.get("id")) for e in master.iter(f"{_P}sldLayoutId")]
    for number in _outside(master_ids, _MASTER_IDS):
        deck.report(
            "master-id", name, f"master or layout id {number} is not unique from 2147483648 up"
        )
    size = root.find(f"{_P}sldSz")
    sides = [_number(size.get(key)) for key in ("cx", "cy")] if size is not None else []
    if not sides or any(side not in range(MIN_SIDE_EMU, MAX_SIDE_EMU + 1) for side in sides):
        deck.report("slide-size", name, "the slide size is missing or outside 914400…51206400")
    for sections in root.iter(_P14_SECTION_LIST):
        in_sections = [_number(e.get("id")) for e in sections.findall(_P14_SECTION_ID)]
        if sorted(in_sections) != sorted(slide_ids):
            deck.report("section-list", name, "the sections do not list every slide exactly once")
        guids = [e.get("id", "") for e in sections.iter(_P14_SECTION)]
        if len(set(guids)) < len(guids) or not all(map(_GUID.fullmatch, guids)):
            deck.report("section-id", name, "the sections do not have a GUID of their own each")


def _parts_of(deck: _Deck, folder: str) -> set[str]:
    return {
        name
        for name in deck.names
        if name.startswith(folder) and name.endswith(".xml") and "/_rels/" not in name
    }


def _number(text: str | None) -> int:
    return int(text) if text is not None and re.fullmatch(r"\d{1,12}", text) else -1


def _outside(numbers: list[int], allowed: range) -> Iterator[int]:
    """Return the numbers that are not allowed, or not unique."""
    for number, times in Counter(numbers).items():
        if times > 1 or number not in allowed:
            yield number
