"""Selectors: compiled once, found by id, class or name, matched against Elements.

Chains of names, ids and classes, which are nearly all there are, are matched here; everything else
is cssselect2's, which is handed `Subject` objects in the place of its own tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from svg2pptx_batch.svg import names
from svg2pptx_batch.svg.declarations import Block
from svg2pptx_batch.svg.document import Element

_START = r"-?[a-zA-Z_\u0080-\U0010ffff]"
_IDENT = rf"{_START}[\w-]*+"
_SIMPLE = re.compile(
    rf"\s*+(?:\*|{_IDENT})?+(?:[.#]{_IDENT})*+(?:\s++(?:\*|{_START}|[.#])[\w.#*-]*+)*+\s*+"
)
_COMPOUND = re.compile(rf"(\*|{_IDENT})?((?:[.#]{_IDENT})*)")
_PART = re.compile(rf"[.#]{_IDENT}")
_LONGEST = 8192

Test = Callable[["Subject"], bool]
Specificity = tuple[int, int, int]


class Subject:
    """An element as selectors see it: with siblings, classes and language.

    The names are those cssselect2's compiled selectors ask for.
    """

    __slots__ = ("_children", "classes", "element", "id", "index", "local_name", "namespace_url",
                 "parent", "previous", "siblings")  # fmt: skip

    in_html_document = False
    in_disabled_fieldset = False

    def __init__(self, element: Element, parent: Subject | None, index: int) -> None:
        self.element = element
        self.parent = parent
        self.index = index
        self.siblings: list[Subject] = []
        self.previous: Subject | None = None
        self._children: list[Subject] = []
        attributes = element.attributes
        self.id = attributes.get("id")
        self.classes = frozenset(attributes["class"].split()) if "class" in attributes else _NONE
        tag = element.tag
        self.namespace_url, self.local_name = (
            names.split_tag(tag) if tag[:1] == "{" else (names.SVG, tag)
        )

    @property
    def etree_element(self) -> Subject:
        """Itself: it has `tag`, `text`, `attrib` and `get` as an ElementTree element has."""
        return self

    @property
    def tag(self) -> str:
        """Name, distinct for each namespace."""
        return self.element.tag

    @property
    def text(self) -> str:
        """Text that stands directly inside."""
        return "".join(child for child in self.element.children if isinstance(child, str))

    @property
    def attrib(self) -> dict[str, str]:
        """Attributes."""
        return self.element.attributes

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return an attribute."""
        return self.element.attributes.get(name, default)

    @property
    def ancestors(self) -> Iterator[Subject]:
        """Parent, its parent, and so on."""
        subject = self.parent
        while subject is not None:
            yield subject
            subject = subject.parent

    @property
    def previous_siblings(self) -> Iterator[Subject]:
        """The sibling before, the one before it, and so on."""
        subject = self.previous
        while subject is not None:
            yield subject
            subject = subject.previous

    @property
    def etree_siblings(self) -> list[Subject]:
        """All children of the parent."""
        return self.siblings or [self]

    @property
    def etree_children(self) -> list[Subject]:
        """All children."""
        return self._children

    def iter_children(self) -> Iterator[Subject]:
        """Yield the children."""
        return iter(self._children)

    def iter_siblings(self) -> Iterator[Subject]:
        """Yield the parent's children."""
        return iter(self.etree_siblings)

    def iter_next_siblings(self) -> Iterator[Subject]:
        """Yield the siblings behind."""
        return iter(self.etree_siblings[self.index + 1 :])

    def iter_subtree(self) -> Iterator[Subject]:
        """Yield the element and everything inside, in document order."""
        pending = [self]
        while pending:
            subject = pending.pop()
            yield subject
            pending.extend(reversed(subject._children))

    @property
    def lang(self) -> str:
        """Language in force, lower case; empty where unknown."""
        subject: Subject | None = self
        while subject is not None:
            attributes = subject.element.attributes
            language = attributes.get("xml:lang", attributes.get("lang"))
            if language is not None:
                return language.lower()
            subject = subject.parent
        return ""


_NONE: frozenset[str] = frozenset()


def subjects(root: Element) -> Iterator[Subject]:
    """Yield every element of a tree as a subject, in document order, siblings already linked."""
    pending = [Subject(root, None, 0)]
    while pending:
        subject = pending.pop()
        children = [
            Subject(child, subject, index) for index, child in enumerate(subject.element.elements)
        ]
        if children:
            subject._children = children
            previous = None
            for child in children:
                child.siblings = children
                child.previous = previous
                previous = child
            pending.extend(reversed(children))
        yield subject


class Compound(NamedTuple):
    """Name, id and classes one element must have; empty where anything will do."""

    name: str
    ids: tuple[str, ...]
    classes: tuple[str, ...]

    def matches(self, subject: Subject) -> bool:
        """Return whether an element has them all."""
        return (
            (not self.name or subject.local_name == self.name)
            and (not self.ids or all(subject.id == name for name in self.ids))
            and all(name in subject.classes for name in self.classes)
        )


class Selector(NamedTuple):
    """A compiled selector.

    Attributes:
        key: What to find it by: `#id`, `.class`, a local name, or empty for any element.
        specificity: Ids, classes and the like, names.
        test: Whether it matches an element; None where the key says it all.
    """

    key: str
    specificity: Specificity
    test: Test | None


def compile_selectors(text: str, namespaces: dict[str | None, str]) -> tuple[Selector, ...]:
    """Return the selectors of a rule; nothing where one of them is wrong, as CSS has it.

    Args:
        text: The rule's prelude.
        namespaces: Declared by @namespace; None is the default.
    """
    if len(text) > _LONGEST:
        return ()
    if None not in namespaces:
        parts = text.split(",")
        if all(part.strip() and _SIMPLE.fullmatch(part) for part in parts):
            simple = [_chain(part) for part in parts]
            if None not in simple:
                return tuple(item for item in simple if item is not None)
    return _compiled(text, tuple(namespaces.items()))


def _chain(text: str) -> Selector | None:
    """Return a chain of compounds that only ask for ancestors, or None where it is none."""
    compounds: list[Compound] = []
    count = [0, 0, 0]
    for word in text.split():
        match = _COMPOUND.fullmatch(word)
        if match is None:
            return None
        parts = _PART.findall(match[2])
        name = "" if match[1] in (None, "*") else match[1]
        ids = tuple(part[1:] for part in parts if part[0] == "#")
        classes = tuple(part[1:] for part in parts if part[0] == ".")
        compounds.append(Compound(name, ids, classes))
        count[0] += len(ids)
        count[1] += len(classes)
        count[2] += bool(name)
    last, above = compounds[-1], compounds[-2::-1]
    key = f"#{last.ids[0]}" if last.ids else f".{last.classes[0]}" if last.classes else last.name
    specificity = (count[0], count[1], count[2])
    whole = len(last.ids) + len(last.classes) + bool(last.name) <= 1
    if not above:
        return Selector(key, specificity, None if whole else last.matches)

    def test(subject: Subject) -> bool:
        if not whole and not last.matches(subject):
            return False
        # The nearest ancestor that matches leaves most choice for the others: no way back needed.
        wanted = iter(above)
        compound: Compound | None = next(wanted)
        ancestor = subject.parent
        while ancestor is not None and compound is not None:
            if compound.matches(ancestor):
                compound = next(wanted, None)
            ancestor = ancestor.parent
        return compound is None

    return Selector(key, specificity, test)


@lru_cache(maxsize=2048)
def _compiled(text: str, namespaces: tuple[tuple[str | None, str], ...]) -> tuple[Selector, ...]:
    import cssselect2

    try:
        compiled = cssselect2.compile_selector_list(text, dict(namespaces))
    except (
        cssselect2.SelectorError,
        NotImplementedError,
        RecursionError,
        MemoryError,
        SyntaxError,
        AttributeError,
        ValueError,
    ):
        # Wrong, not known to cssselect2, cut off where it looks for more (`a|`), nested beyond what
        # Python compiles, or with a number of thousands of digits: the rule is void.
        return ()
    selectors: list[Selector] = []
    for item in compiled:
        if item.never_matches or item.pseudo_element is not None:
            continue
        if item.id is not None:
            key = f"#{item.id}"
        elif item.class_name is not None:
            key = f".{item.class_name}"
        else:
            key = item.local_name or ""
        selectors.append(Selector(key, tuple(item.specificity), item.test))
    return tuple(selectors)


class Rules:
    """Style rules, found by what their selectors ask of the element itself."""

    __slots__ = ("_by_key", "_count")

    def __init__(self) -> None:
        self._by_key: dict[str, list[tuple[Specificity, int, Test | None, Block]]] = {}
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def add(self, selectors: Iterable[Selector], block: Block) -> None:
        """Add a rule; later ones win among equals."""
        for selector in selectors:
            self._count += 1
            entry = (selector.specificity, self._count, selector.test, block)
            self._by_key.setdefault(selector.key, []).append(entry)

    def matching(self, subject: Subject) -> list[Block]:
        """Return the blocks of the rules that match an element, weakest first."""
        by_key = self._by_key
        found: list[tuple[Specificity, int, Block]] = []
        keys = ["", subject.local_name]
        if subject.id:
            keys.append(f"#{subject.id}")
        keys.extend(f".{name}" for name in subject.classes)
        for key in keys:
            for specificity, order, test, block in by_key.get(key, ()):
                if test is None or test(subject):
                    found.append((specificity, order, block))
        if len(found) > 1:
            found.sort(key=_strength)
        return [block for _, _, block in found]


def _strength(entry: tuple[Specificity, int, Block]) -> tuple[Specificity, int]:
    return entry[:2]
