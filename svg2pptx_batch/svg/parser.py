"""The driver: bytes to a Document whose elements know what they declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from svg2pptx_batch.errors import NotSvgError
from svg2pptx_batch.svg import names
from svg2pptx_batch.svg.declarations import declare, place
from svg2pptx_batch.svg.document import Document, Element
from svg2pptx_batch.svg.source import ParseLimits, describe_foreign, read_source
from svg2pptx_batch.svg.xml import parse_tree, too_deep, too_many_nodes

if TYPE_CHECKING:
    from svg2pptx_batch.svg.dtd import Defaults
    from svg2pptx_batch.svg.resources import ResourceLoader

_SVG_TAG = f"{{{names.SVG}}}"
_SVG_ROOT = f"{_SVG_TAG}svg"
_XLINK = f"{{{names.XLINK}}}"
_XML = f"{{{names.XML}}}"
_LIMITS = ParseLimits()
_MANY_ATTRIBUTES = 100


def parse(
    data: bytes,
    *,
    name: str = "",
    loader: ResourceLoader | None = None,
    limits: ParseLimits = _LIMITS,
) -> Document:
    """Read a drawing and settle its cascade.

    Args:
        data: An SVG, in any encoding, possibly gzipped.
        name: For messages.
        loader: What style sheets may be read; none but data: if not given.
        limits: Bounds.

    Returns:
        The document; every `Element.declared` is filled.

    Raises:
        NotSvgError: Something else.
        XmlError: Not well-formed.
        LimitError: Too large, too deep, or expanding too far.
    """
    text = read_source(data, limits)
    root, defaults = parse_tree(text, limits)
    _check_root(root)
    document = Document(root=Element("svg", {}, 1, None), name=name)
    sheets, placed = _build(root, document, defaults, limits)
    instructions = [
        node.text or ""
        for node in root.itersiblings(preceding=True)
        if isinstance(node, etree._ProcessingInstruction)
        and getattr(node, "target", "") == "xml-stylesheet"
    ]
    if sheets or instructions:
        from svg2pptx_batch.svg.stylesheet import apply_sheets

        placed += apply_sheets(document, sheets, list(reversed(instructions)), loader, limits)
    for element in placed:
        place(element)
    return document


def _check_root(root: etree._Element) -> None:
    if root.tag == _SVG_ROOT:
        return
    namespace, local = names.split_tag(str(root.tag))
    if local == "svg" and namespace in ("", names.SVG):
        return
    line = _line(root)
    if local == "svg":
        raise NotSvgError(
            f"The root element's namespace is “{namespace}”, not SVG's.",
            line=line,
            remedy=f'Write xmlns="{names.SVG}".',
        )
    if local.lower() == "svg":
        raise NotSvgError(
            f"The root element is called “{local}”; names in SVG are case-sensitive.",
            line=line,
            remedy="Write the names of elements and attributes as SVG does (svg, viewBox).",
        )
    if local.lower() == "html":
        raise describe_foreign(b"<html") or AssertionError
    if namespace == names.SVG:
        raise NotSvgError(
            f"The root element is “{local}”, a fragment of a drawing.",
            line=line,
            remedy="Put it inside an <svg> element.",
        )
    raise NotSvgError(
        f"The root element is “{local}”: this is XML, but no SVG.",
        line=line,
        remedy="Give a file whose root element is <svg>.",
    )


def _build(
    root: etree._Element, document: Document, defaults: Defaults, limits: ParseLimits
) -> tuple[list[Element], list[Element]]:
    """Fill a document with its elements, without recursion.

    Returns:
        The style elements, and the elements whose style attribute sets geometry.
    """
    bare = not str(root.tag).startswith("{")
    tags: dict[str, str] = {}
    ids = document.ids
    sheets: list[Element] = []
    placed: list[Element] = []
    nodes = 0
    textless = names.TEXTLESS
    # Frames of the walk: the lxml nodes left on a level, and the element that holds them.
    stack: list[tuple[list[etree._Element], Element | None]] = [([root], None)]
    while stack:
        pending, parent = stack[-1]
        if not pending:
            stack.pop()
            continue
        node = pending.pop()
        nodes += 1
        raw = node.tag
        if not isinstance(raw, str):
            # A comment or an instruction: only the text behind it counts.
            if parent is not None and node.tail:
                _add_text(parent, node.tail)
            continue
        tag = tags.get(raw)
        if tag is None:
            tag = tags[raw] = _local(raw, bare)
        attributes = _attributes(node)
        for key in attributes:
            if key[0] == "{":
                attributes = _named(attributes)
                break
        if defaults:
            _add_defaults(attributes, node, defaults)
        element = Element(tag, attributes, _line(node), parent)
        if parent is None:
            document.root = element
        else:
            parent.children.append(element)
            tail = node.tail
            if tail and (parent.tag not in textless or not tail.isspace()):
                parent.children.append(tail)
        identifier = attributes.get("id")
        if identifier is not None:
            ids.setdefault(identifier, element)
        if tag in _STYLES:
            sheets.append(element)
        if attributes and declare(element):
            placed.append(element)
        text = node.text
        if text and (tag not in textless or not text.isspace()):
            element.children.append(text)
        if len(node):
            if len(stack) >= limits.max_depth:
                raise too_deep(limits, element.line)
            children = list(node)
            children.reverse()
            stack.append((children, element))
    if nodes > limits.max_nodes:
        raise too_many_nodes(limits)
    return sheets, placed


def _attributes(node: etree._Element) -> dict[str, str]:
    if len(node.attrib) <= _MANY_ATTRIBUTES:
        return dict(node.items())  # type: ignore[arg-type]
    # lxml looks each value up by its name, from the first one on; XPath does not.
    values: Any = node.xpath("@*")
    return dict(zip(map(str, node.keys()), map(str, values), strict=True))


def _line(node: etree._Element) -> int:
    line = node.sourceline
    return line if isinstance(line, int) else 0


_STYLES = frozenset({"style", f"{{{names.XHTML}}}style"})


def _local(raw: str, bare: bool) -> str:
    if raw.startswith(_SVG_TAG):
        return raw[len(_SVG_TAG) :]
    if raw[0] == "{":
        return raw
    return raw if bare else "{}" + raw


def _add_text(parent: Element, text: str) -> None:
    """Add text; what a comment parted becomes one piece again."""
    if parent.tag in names.TEXTLESS and text.isspace():
        return
    children = parent.children
    if children and isinstance(children[-1], str):
        children[-1] += text
    else:
        children.append(text)


def _named(attributes: dict[str, str]) -> dict[str, str]:
    """Return attributes under the names `Element` promises."""
    named: dict[str, str] = {}
    for key, value in attributes.items():
        if key[0] != "{":
            named[key] = value
        elif key.startswith(_XML):
            named["xml:" + key[len(_XML) :]] = value
        elif key.startswith(_XLINK):
            # An attribute without a namespace wins, wherever it stands.
            if key[len(_XLINK) :] not in attributes:
                named[key[len(_XLINK) :]] = value
        elif key.startswith(_SVG_TAG):
            named.setdefault(key[len(_SVG_TAG) :], value)
        else:
            named[key] = value
    return named


def _add_defaults(attributes: dict[str, str], node: etree._Element, defaults: Defaults) -> None:
    written = f"{node.prefix}:{etree.QName(node).localname}" if node.prefix else None
    row = defaults.get(written or etree.QName(node).localname)
    if row:
        for key, value in row.items():
            if not key.startswith("xmlns"):
                attributes.setdefault(key.removeprefix("xlink:"), value)
