"""The hardened XML parser: UTF-8 to an lxml tree, faults of form mended or named.

No DTD, no network, no XInclude; entities are `dtd.py`'s business. Mended: undeclared prefixes,
HTML's named characters, bytes that are not UTF-8. Everything else is an `XmlError` with its line.
"""

from __future__ import annotations

import re
import threading

from lxml import etree

from svg2pptx_batch.errors import LimitError, XmlError
from svg2pptx_batch.svg import names
from svg2pptx_batch.svg.dtd import Defaults, apply_subset, has_subset, name_html_entities
from svg2pptx_batch.svg.source import ParseLimits, describe_foreign, reread

# Numbers of libxml2's errors (xmlerror.h), by what can be done about them.
_NO_MEMORY = 2
_RESOURCE_LIMIT = 114
_UNDEFINED_PREFIX = 201
_UNDECLARED_ENTITY = {26, 27}
_BAD_ENCODING = {9, 31, 32, 81}
_PREMATURE_END = 77

_REMEDIES = {
    9: "Remove the control character; XML does not allow it.",
    26: "Write the character itself, or its number (&#160;).",
    38: "Write &lt; for a < inside an attribute.",
    42: "Remove one of the two attributes of that name.",
    68: "Write &amp; for an ampersand, &lt; for a less-than sign.",
    76: "Close the elements in the reverse order of opening.",
}
_REMEDY = "Mend the line, or save the drawing anew with the program that made it."
_CUT_OFF_REMEDY = "The file seems cut off: export or download it again."
_PREFIX = re.compile(r"Namespace prefix (\S+)")
_ROOT = re.compile(rb"(?:[^<]|<\?.*?\?>|<!--.*?-->|<![^-].*?>)*?<[^\s/>!?]+", re.DOTALL)
_LARGE = 4_000_000
_LONGEST_HINT = 200


def parse_tree(data: bytes, limits: ParseLimits) -> tuple[etree._Element, Defaults]:
    """Return the root element of a document, and the attribute defaults of its DTD.

    Args:
        data: UTF-8, as `source.read_source` gives it.
        limits: Bounds on expansion and nodes.

    Raises:
        XmlError: Not well-formed, beyond mending.
        NotSvgError: Something else than XML.
        LimitError: Too many nodes, nested too deeply, or entities that expand too far.
        MemoryError: libxml2 ran out of memory.
    """
    defaults: Defaults = {}
    if has_subset(data):
        data, defaults = apply_subset(data, limits)
    if len(data) > _LARGE and data.count(b"<") - data.count(b"</") > limits.max_nodes:
        raise too_many_nodes(limits)
    parser = _own.usual
    tried: set[str] = set()
    while True:
        try:
            return etree.fromstring(data, parser), defaults
        except etree.XMLSyntaxError as error:
            remedy = _what_to_try(error)
            if not remedy or remedy in tried:
                raise _explained(error, data, limits) from error
            tried.add(remedy)
            match remedy:
                case "huge":
                    parser = _new_parser(huge=True)
                case "prefixes":
                    data = _with_prefixes(data, parser)
                case "entities":
                    data = name_html_entities(data)
                case "encoding":
                    data = reread(data)


def _new_parser(*, huge: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        attribute_defaults=False,
        dtd_validation=False,
        huge_tree=huge,
    )


class _Parsers(threading.local):
    """The parser of a thread, for most of its documents, one after the other."""

    def __init__(self) -> None:
        self.usual = _new_parser(huge=False)


_own = _Parsers()


def too_many_nodes(limits: ParseLimits) -> LimitError:
    """Return the error of a document with too many nodes."""
    return LimitError(
        f"The drawing has more than {limits.max_nodes:,} elements.",
        remedy="Simplify the drawing or split it.",
    )


def too_deep(limits: ParseLimits, line: int | None) -> LimitError:
    """Return the error of a document nested too deeply."""
    return LimitError(
        f"Elements are nested more than {limits.max_depth:,} deep.",
        line=line,
        remedy="Ungroup or flatten the drawing.",
    )


def _code(error: etree.XMLSyntaxError) -> int:
    """Return libxml2's number of an error."""
    return int(getattr(error, "code", 0) or 0)


def _what_to_try(error: etree.XMLSyntaxError) -> str:
    """Return the name of a remedy for an error, or an empty string."""
    code, message = _code(error), error.msg or ""
    if code == _RESOURCE_LIMIT or "XML_PARSE_HUGE" in message:
        return "huge"
    if code == _UNDEFINED_PREFIX:
        return "prefixes"
    if code in _UNDECLARED_ENTITY:
        return "entities"
    if code in _BAD_ENCODING and ("encoding" in message or "UTF-8" in message):
        return "encoding"
    return ""


def _with_prefixes(data: bytes, parser: etree.XMLParser) -> bytes:
    """Declare on the root every prefix the parser missed."""
    missing: dict[str, None] = {}
    for entry in parser.error_log:
        found = _PREFIX.match(entry.message)
        if found and entry.type == _UNDEFINED_PREFIX:
            missing[found[1]] = None
    declarations = "".join(
        f' xmlns:{prefix}="{names.PREFIXES.get(prefix, names.UNBOUND + prefix)}"'
        for prefix in missing
    )
    root = _ROOT.match(data)
    if root is None:
        return data
    return data[: root.end()] + declarations.encode() + data[root.end() :]


def _explained(error: etree.XMLSyntaxError, data: bytes, limits: ParseLimits) -> Exception:
    """Return the error a user understands."""
    code, message = _code(error), (error.msg or "something is wrong")[:_LONGEST_HINT]
    if code == _NO_MEMORY:
        return MemoryError(message)
    foreign = describe_foreign(data)
    if foreign is not None:
        return foreign
    if code == _RESOURCE_LIMIT or "XML_PARSE_HUGE" in message or "xcessive depth" in message:
        return too_deep(limits, error.lineno)
    message = re.sub(r",? line \d+, column \d+$", "", message).strip()
    cut_off = code == _PREMATURE_END or not data.rstrip().endswith(b">")
    return XmlError(
        f"The XML is damaged: {message}.",
        line=error.lineno,
        remedy=_CUT_OFF_REMEDY if cut_off else _REMEDIES.get(code, _REMEDY),
    )
