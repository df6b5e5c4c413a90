"""The `metadata` of a drawing, Dublin Core in RDF, as text for document properties.

Inkscape, Illustrator (XMP) and Wikimedia each write it their own way: as children or as attributes,
literals, lists or agents, under several namespaces of the same meaning. Whatever is not understood
is passed over. Nothing here follows a reference, and however much a file holds, little is kept.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from svg2pptx_batch.scene.metadata import Metadata
from svg2pptx_batch.svg.document import Element
from svg2pptx_batch.svg.names import split_tag

if TYPE_CHECKING:
    from svg2pptx_batch.diagnostics import Diagnostics

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LISTS: Final = {f"{{{_RDF}}}Bag", f"{{{_RDF}}}Seq"}
_ALTERNATIVES: Final = f"{{{_RDF}}}Alt"
_RESOURCE: Final = f"{{{_RDF}}}resource"
_ABOUT: Final = f"{{{_RDF}}}about"
_AGENT_NAMES: Final = {"title", "name"}
_ENVELOPES: Final = {"xmpmeta", "xapmeta"}
_VOCABULARIES: Final = {
    "http://purl.org/dc/elements/1.1/",
    "http://purl.org/dc/elements/1.0/",
    "http://purl.org/dc/terms/",
    "http://creativecommons.org/ns#",
    "http://web.resource.org/cc/",
    "http://ns.adobe.com/xap/1.0/",
}
_TEXTS: Final = {
    "title",
    "description",
    "creator",
    "contributor",
    "subject",
    "publisher",
    "rights",
    "license",
    "source",
    "identifier",
    "language",
}
_SINGLE: Final = {"title", "description", "identifier", "language"}
_DATES: Final = {
    "created": "created",
    "CreateDate": "created",
    "date": "created",
    "modified": "modified",
    "ModifyDate": "modified",
}
"""Of several dates for one field the one named first here counts."""

_LONG: Final = {"description": 2000, "rights": 2000}
_SHORT: Final = 255
"""What Office's own dialog takes; of a text that is longer the beginning is kept."""
_MOST_STATEMENTS: Final = 1000
_MOST_VALUES: Final = 100
_MOST_PIECES: Final = 1000

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_W3CDTF: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?"
    r"(Z|[+-][0-2]\d:?[0-5]\d)?)?)?)?",
    re.ASCII,
)
_FIRST_YEAR: Final = 1601
"""Windows counts its time from here on; earlier dates are told of days, not of files."""


def read_metadata(
    elements: Iterable[Element], title: str, description: str, diagnostics: Diagnostics
) -> Metadata:
    """Read what a drawing says about itself.

    Args:
        elements: Its `metadata` elements.
        title: Text of its own `title`, which goes before.
        description: Text of its own `desc`, likewise.
        diagnostics: Told of dates that are none.
    """
    texts: dict[str, dict[str, None]] = {}
    dates: dict[str, tuple[str, Element]] = {}
    for name, value, place in islice(_statements(elements), _MOST_STATEMENTS):
        if name in _DATES:
            dates.setdefault(name, (value, place))
        else:
            # each value once: several editors leave the same name twice
            values = texts.setdefault(name, {})
            if len(values) < _MOST_VALUES:
                values[value] = None

    def text(name: str) -> str:
        return _joined(name, texts.get(name, ()))

    moments = _moments(dates, diagnostics)
    return Metadata(
        title=_cut("title", title) or text("title"),
        description=_cut("description", description) or text("description"),
        creator=text("creator"),
        contributor=text("contributor"),
        keywords=text("subject"),
        publisher=text("publisher"),
        rights=text("rights"),
        license=text("license"),
        source=text("source"),
        identifier=text("identifier"),
        language=text("language"),
        created=moments.get("created"),
        modified=moments.get("modified"),
    )


def parse_date(text: str) -> datetime.datetime | None:
    """Read a date of any precision: `2019`, `2019-05`, `2019-05-31T12:30:00+02:00`.

    Returns:
        The moment it begins, in UTC, which is taken where no zone is told; None for what is no such
        date or cannot be one of a file.

    Source: W3C Note "Date and Time Formats" (W3CDTF).
    """
    match = _W3CDTF.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = map(
        int, match.groups("1")[:3] + match.groups("0")[3:6]
    )
    zone = match[7] or "Z"
    second = 59 if second == 60 else second  # a leap second
    try:
        moment = datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.UTC)
        if zone != "Z":
            ahead = datetime.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            moment -= ahead if zone[0] == "+" else -ahead
    except (ValueError, OverflowError):
        return None
    return moment if moment.year >= _FIRST_YEAR else None


def _moments(
    dates: dict[str, tuple[str, Element]], diagnostics: Diagnostics
) -> dict[str, datetime.datetime]:
    """Return the dates by field; what is none is told and left out."""
    moments: dict[str, datetime.datetime] = {}
    for name, field in _DATES.items():
        if name not in dates or field in moments:
            continue
        text, place = dates[name]
        moment = parse_date(text)
        if moment is not None:
            moments[field] = moment
        else:
            diagnostics.report(
                "date-unreadable",
                f"The date “{text[:40]}” in the metadata is left out: it is not written like"
                f" 2019-05-31, or lies before {_FIRST_YEAR}",
                place.source,
            )
    return moments


def _statements(elements: Iterable[Element]) -> Iterator[tuple[str, str, Element]]:
    """Yield what is said of the drawing: local name of the property, value, place."""
    for subject in _subjects(elements):
        for tag, value in subject.attributes.items():
            name = _known(tag)
            if name and (text := _clean(value)):
                yield name, text, subject
        for said in subject.elements:
            name = _known(said.tag)
            if name:
                for value in islice(_values(said), _MOST_VALUES):
                    if text := _clean(value):
                        yield name, text, said


def _subjects(elements: Iterable[Element]) -> Iterator[Element]:
    """Yield the descriptions of the drawing itself, not of its parts or its licence."""
    for element in elements:
        for child in element.elements:
            name = split_tag(child.tag)[1]
            packets = child.elements if name in _ENVELOPES else (child,)
            for packet in packets:
                if packet.tag != f"{{{_RDF}}}RDF":
                    continue
                for subject in packet.elements:
                    kind = split_tag(subject.tag)[1]
                    about = subject.get(_ABOUT)
                    if kind != "License" and not (about.startswith("#") and len(about) > 1):
                        yield subject


def _known(tag: str) -> str:
    """Return the local name of a property that is read; an empty string for others."""
    namespace, name = split_tag(tag)
    return name if namespace in _VOCABULARIES and (name in _TEXTS or name in _DATES) else ""


def _values(said: Element) -> Iterator[str]:
    """Yield the values of a property: a literal, an address, those of a list, names of agents."""
    address = said.get(_RESOURCE)
    if address:
        yield address
    is_list = False
    for child in said.elements:
        if child.tag in _LISTS:
            is_list = True
            for item in child.elements:
                yield from _names(item)
        elif child.tag == _ALTERNATIVES:
            is_list = True
            yield from _preferred(child)
    if not is_list:
        yield from _names(said)


def _preferred(alternatives: Element) -> Iterator[str]:
    """Yield the default of several languages, or the first."""
    items = list(islice(alternatives.elements, _MOST_VALUES))
    defaults = [item for item in items if item.get("xml:lang") == "x-default"]
    return _names((defaults or items)[0]) if items else iter(())


def _names(element: Element) -> Iterator[str]:
    """Yield the names of the agents that an element holds; where there is none, its text."""
    literal = True
    for agent in element.elements:
        for child in agent.elements:
            if split_tag(child.tag)[1] in _AGENT_NAMES:
                literal = False
                yield _text(child)
                break
    if literal:
        yield _text(element)


def _text(element: Element) -> str:
    """Return the text inside an element, as much as is ever kept of one."""
    parts: list[str] = []
    left = 2 * max(_LONG.values())
    pending: list[Iterator[Element | str]] = [iter(element.children)]
    for _ in range(_MOST_PIECES):
        item = next(pending[-1], None)
        if item is None:
            pending.pop()
            if not pending:
                break
        elif isinstance(item, str):
            parts.append(item[:left])
            left -= len(parts[-1])
            if left <= 0:
                break
        else:
            pending.append(iter(item.children))
    return "".join(parts)


def _clean(text: str) -> str:
    """Return a text in one line, without control characters."""
    return " ".join(_CONTROLS.sub(" ", text[: 2 * max(_LONG.values())]).split())


def _joined(name: str, values: Iterable[str]) -> str:
    """Return the values of a property as one text; those that have no room are left out."""
    joined = ""
    for value in values:
        longer = f"{joined}, {value}" if joined else value
        if len(longer) > _LONG.get(name, _SHORT) or (joined and name in _SINGLE):
            return joined or _cut(name, value)
        joined = longer
    return joined


def _cut(name: str, text: str) -> str:
    """Return a text as long as that of a property may be."""
    most = _LONG.get(name, _SHORT)
    text = _clean(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
