"""The parsed drawing: elements, attributes, cascaded declarations; references not followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from svg2pptx_batch.diagnostics import Source

if TYPE_CHECKING:
    from svg2pptx_batch.svg.cascade import Style


class Element(msgspec.Struct, eq=False):
    """An element.

    Attributes:
        tag: Local name for SVG elements (`linearGradient`), `{namespace}name` for others.
        attributes: By local name for attributes without namespace and xlink (`href`), by
            `{namespace}name` for others; `xml:space` and `xml:lang` under these two names. Internal
            entities are expanded, values otherwise verbatim. Geometry that a style sheet or the
            style attribute sets (x, y, width, height, cx, cy, r, rx, ry, d, transform,
            transform-origin) is written over the attribute of that name: one door for both.
        declared: The cascade's winning declarations, property to value text: shorthands expanded,
            `var()` not yet substituted, `inherit` and `initial` kept. Presentation attributes,
            style sheets and the style attribute are all in here.
        children: Child elements and text, in order.
        parent: None for the root.
        line: 1-based line.
        cached_style: Memo of `svg.cascade.style_of`; nobody else's business.
    """

    tag: str
    attributes: dict[str, str]
    line: int
    parent: Element | None
    declared: dict[str, str] = {}
    children: list[Element | str] = []
    cached_style: Style | None = None

    @property
    def id(self) -> str:
        """The id, or an empty string."""
        return self.attributes.get("id", "")

    @property
    def source(self) -> Source:
        """Where the element stands, for diagnostics."""
        return Source(self.tag, self.id, self.line)

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute's text, stripped, or the default."""
        value = self.attributes.get(name)
        return default if value is None else value.strip()

    @property
    def elements(self) -> Iterator[Element]:
        """Child elements, without text."""
        return (child for child in self.children if not isinstance(child, str))


class Problem(NamedTuple):
    """Something in the source that was left out, short of an error.

    Attributes:
        code: Stable kebab-case name.
        message: A sentence for people.
        line: 1-based line, 0 where unknown.
    """

    code: str
    message: str
    line: int = 0


@dataclass(slots=True)
class Document:
    """A parsed SVG.

    Attributes:
        root: The outermost `svg` element.
        ids: First element of each id.
        name: For messages: the file's name.
        problems: What reading had to leave out (style sheets that may not be read), in order.
    """

    root: Element
    ids: dict[str, Element] = field(default_factory=dict)
    name: str = ""
    problems: list[Problem] = field(default_factory=list)

    def release(self) -> None:
        """Let go of all elements, which hold one another and would stay until cycles are sought.

        Nothing may be asked of the document any more.
        """
        self.ids.clear()
        pending = [self.root]
        while pending:
            element = pending.pop()
            element.parent = None
            pending += element.elements
