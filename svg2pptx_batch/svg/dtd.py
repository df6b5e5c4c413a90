"""The internal DTD subset: entities as Illustrator writes them, and attribute defaults.

The parser is never shown a DTD. Its internal subset is read here, references to its entities are
replaced in the text, within a bound, and the declaration is blanked so that lines keep their
numbers. External entities and external subsets are never read.
"""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import NamedTuple

from svg2pptx_batch.errors import LimitError, XmlError
from svg2pptx_batch.svg.source import ParseLimits

_NAME = r"[A-Za-z_:][\w:.\-]*"
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DOCTYPE = re.compile(
    r"""<!DOCTYPE\s+[^\s\[>]+\s*(?:(?:SYSTEM|PUBLIC)(?:\s*(?:"[^"]*"|'[^']*'))*)?\s*""", re.DOTALL
)
_SUBSET = re.compile(
    rf"""
    (?P<space>\s+) | <!--.*?--> | <\?.*?\?>
    | <!ENTITY\s+(?P<parameter>%\s+)?(?P<entity>{_NAME})\s+
        (?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<external>(?:SYSTEM|PUBLIC)[^>]*?))\s*>
    | <!ATTLIST\s+(?P<element>{_NAME})(?P<attributes>(?:"[^"]*"|'[^']*'|[^>"'])*)>
    | <!(?:ELEMENT|NOTATION)(?:"[^"]*"|'[^']*'|[^>"'])*>
    | %(?P<include>{_NAME});
    """,
    re.DOTALL | re.VERBOSE,
)
_DEFAULT = re.compile(
    rf"""(?<![\w:.\-])({_NAME}+)\s+(?:CDATA|NMTOKENS?|IDREFS?|ID|ENTIT(?:Y|IES)|(?:NOTATION\s+)?\([^)]*\))\s+
    (?:\#REQUIRED|\#IMPLIED|(?:\#FIXED\s+)?(?:"([^"]*)"|'([^']*)'))""",
    re.VERBOSE,
)
_REFERENCE = re.compile(rf"&({_NAME});")
_CHARACTER = re.compile(r"&#(?:x([0-9a-fA-F]+)|([0-9]+));")
# Where a reference counts: in text and tags; not in comments, CDATA and instructions.
_TOKEN = re.compile(
    rf"""<!--.*?(?:-->|$)|<!\[CDATA\[.*?(?:\]\]>|$)|<\?.*?(?:\?>|$)"""
    rf"""|(?P<tag><[^!?](?:"[^"]*"|'[^']*'|[^>"'])*+>?)"""
    rf"""|&(?P<name>{_NAME});""",
    re.DOTALL,
)
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DEEPEST = 64

Defaults = dict[str, dict[str, str]]
"""Element name as written, to its attributes' default values."""


class Subset(NamedTuple):
    """What an internal subset declares.

    Attributes:
        entities: General internal entities: name to replacement text.
        external: Names of general entities that stand for other files.
        defaults: Attribute defaults.
    """

    entities: dict[str, str]
    external: frozenset[str]
    defaults: Defaults


def has_subset(data: bytes) -> bool:
    """Return whether the text may have an internal subset; quick, may err on the yes side."""
    start = data.find(b"<!DOCTYPE")
    if start < 0:
        return False
    return b"[" in data[start : data.find(b">", start) + 1]


def apply_subset(data: bytes, limits: ParseLimits) -> tuple[bytes, Defaults]:
    """Return a text without its DOCTYPE, entities replaced, and the attribute defaults.

    Args:
        data: UTF-8.
        limits: Bounds the expansion.

    Raises:
        XmlError: An entity refers to itself, or to a file.
        LimitError: The entities expand too far.
    """
    text = data.decode("utf-8", "replace")
    prolog = _PROLOG.match(text)
    start = prolog.end() if prolog else 0
    doctype = _DOCTYPE.match(text, start)
    if doctype is None or text[doctype.end() : doctype.end() + 1] != "[":
        return data, {}
    subset, end = _read_subset(text, doctype.end() + 1)
    blank = "\n" * text.count("\n", start, end)
    body = text[end:]
    if subset.entities or subset.external:
        body = _replace(body, subset, limits, text.count("\n", 0, end) + 1)
    return (text[:start] + blank + body).encode("utf-8", "replace"), subset.defaults


def name_html_entities(data: bytes) -> bytes:
    """Return the text with HTML's named characters (`&nbsp;`), which XML lacks, as numbers."""

    def one(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            tag = match["tag"]
            return _REFERENCE.sub(named, tag) if tag and "&" in tag else match[0]
        return named(match)

    def named(match: re.Match[str]) -> str:
        name = match["name"] if "name" in match.re.groupindex else match[1]
        characters = None if name in _PREDEFINED else html5.get(f"{name};")
        return match[0] if characters is None else "".join(f"&#{ord(c)};" for c in characters)

    return _TOKEN.sub(one, data.decode("utf-8", "replace")).encode()


def _read_subset(text: str, at: int) -> tuple[Subset, int]:
    """Read declarations up to `]>`; what follows an external parameter entity is still read."""
    entities: dict[str, str] = {}
    external: set[str] = set()
    defaults: Defaults = {}
    while text[at : at + 1] != "]":
        match = _SUBSET.match(text, at)
        if match is None:
            line = text.count("\n", 0, at) + 1
            raise XmlError(
                "The document type declaration cannot be read.",
                line=line,
                remedy="Remove the part between <!DOCTYPE and ]>, or mend it.",
            )
        at = match.end()
        name = match["entity"]
        if name is not None and match["parameter"] is None and name not in entities:
            # The first declaration of a name binds (XML 1.0, 4.2).
            if match["external"] is not None:
                external.add(name)
            elif name not in external:
                value = match["double"] if match["double"] is not None else match["single"]
                entities[name] = _CHARACTER.sub(_character, value)
        elif match["element"] is not None:
            row = defaults.setdefault(match["element"], {})
            for attribute, double, single in _DEFAULT.findall(match["attributes"]):
                if double or single:
                    row.setdefault(attribute, html.unescape(double or single))
    close = re.compile(r"\]\s*>").match(text, at)
    end = close.end() if close else len(text)
    return Subset(entities, frozenset(external), defaults), end


def _character(match: re.Match[str]) -> str:
    """Return a numbered character; markup characters stay references until they are included."""
    # More digits than ten are beyond all characters; Python refuses some thousands.
    digits = (match[1] or match[2]).lstrip("0")[:10] or "0"
    code = int(digits, 16 if match[1] else 10)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return "\ufffd"
    return chr(code)


def _replace(body: str, subset: Subset, limits: ParseLimits, line: int) -> str:
    """Return the document's text with the subset's entities replaced."""
    expanded: dict[str, str] = {}
    left = limits.max_expansion
    counted = 0

    def replacement(name: str, stack: tuple[str, ...], near: int) -> str:
        nonlocal left
        if name in stack:
            raise XmlError(
                f"The entity “{name}” refers to itself.",
                line=near,
                remedy="Remove the entity from the document type declaration.",
            )
        if len(stack) > _DEEPEST:
            raise _flood(near, limits)
        if name in subset.external:
            raise XmlError(
                f"The entity “{name}” stands for another file, and such files are never read.",
                line=near,
                remedy="Put its content into the drawing itself.",
            )
        text = expanded.get(name)
        if text is None:
            inner = (*stack, name)
            text = _REFERENCE.sub(
                lambda match: (
                    replacement(match[1], inner, near)
                    if match[1] in subset.entities or match[1] in subset.external
                    else match[0]
                ),
                subset.entities[name],
            )
            expanded[name] = text
        left -= len(text)
        if left < 0:
            raise _flood(near, limits)
        return text

    def line_at(index: int) -> int:
        """Return the line of an index into the body, each at least as large as the last."""
        nonlocal line, counted
        line += body.count("\n", counted, index)
        counted = index
        return line

    def known(name: str) -> bool:
        return name in subset.entities or name in subset.external

    def in_tag(match: re.Match[str], near: int) -> str:
        name = match[1]
        if not known(name):
            return match[0]
        text = replacement(name, (), near)
        return text.replace("<", "&lt;").replace('"', "&quot;").replace("'", "&apos;")

    def one(match: re.Match[str]) -> str:
        tag, name = match["tag"], match["name"]
        if tag is not None:
            if "&" not in tag:
                return tag
            near = line_at(match.start())
            return _REFERENCE.sub(lambda inner: in_tag(inner, near), tag)
        if name is not None and known(name):
            return replacement(name, (), line_at(match.start()))
        return match[0]

    return _TOKEN.sub(one, body)


def _flood(line: int, limits: ParseLimits) -> LimitError:
    return LimitError(
        f"Entities expand to more than {limits.max_expansion:,} characters.",
        line=line,
        remedy="Remove the entities from the document type declaration.",
    )
