"""The characters of a text element after white-space processing, and which element each is from.

A `text` element enters; one string leaves, with a `Frame` for every character. Indexes into that
string are what coordinate lists count by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from svg2pptx_batch.diagnostics import Severity
from svg2pptx_batch.resolve.conditions import CONDITIONS, passes
from svg2pptx_batch.resolve.context import Context, State
from svg2pptx_batch.resolve.draw import safe_link
from svg2pptx_batch.svg.cascade import Style, computed_style
from svg2pptx_batch.svg.references import fragment, href

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Element

_INSIDE_TEXT = frozenset({"tspan", "a", "textPath", "tref"})
_OVERRIDES = frozenset({"bidi-override", "isolate-override"})
_BREAKS = re.compile("[\t\n\r\f]")
_SPACES = re.compile("  +")
_PRESERVING = frozenset({"pre", "pre-wrap", "break-spaces", "preserve", "preserve-spaces"})


@dataclass(slots=True, eq=False)
class Frame:
    """An element of a text: the `text` itself, a `tspan`, `a`, `tref` or `textPath`.

    Attributes:
        element: The element.
        state: Where the walk stands for it: its style.
        parent: The frame around it; None for the `text`.
        link: Address of the nearest `a`, or empty.
        path: The nearest `textPath`, or None.
        start: Index of its first character.
        end: Index after its last.
    """

    element: Element
    state: State
    parent: Frame | None
    link: str = ""
    path: Frame | None = None
    start: int = 0
    end: int = 0

    @property
    def style(self) -> Style:
        """Its computed style."""
        return self.state.style

    def lineage(self) -> Iterator[Frame]:
        """Yield the frame and those around it, innermost first."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent


class _Leaf(NamedTuple):
    frame: Frame
    text: str


@dataclass(slots=True)
class Characters:
    """The characters of a text element.

    Attributes:
        text: Every character that takes part in layout.
        owners: The innermost frame of each.
        frames: All frames, in document order.
    """

    text: str = ""
    owners: list[Frame] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)


def collect(element: Element, state: State, context: Context) -> Characters:
    """Collect the characters of a `text` element.

    Elements that are not displayed take no part. White space is collapsed across elements unless
    `xml:space` or `white-space` preserves it; tabs and line breaks are spaces either way.

    Source: SVG 2, 11.7.3 "Legacy xml:space", and as browsers do it.
    """
    found = Characters()
    root = Frame(element, state, None)
    leaves: list[_Leaf | Frame] = []
    _walk(root, context, found.frames, leaves)
    kept: list[str] = []
    owners = found.owners
    collapsible_end = False
    after_space = True
    for leaf in leaves:
        if isinstance(leaf, Frame):  # its end
            leaf.end = len(owners)
            continue
        frame, text = leaf
        if not text:  # its beginning
            frame.start = len(owners)
            continue
        text = _BREAKS.sub(" ", transformed(text, frame.style))
        preserve = _preserves(frame)
        if not preserve:
            text = _SPACES.sub(" ", text)
            if after_space:
                text = text.removeprefix(" ")
        if text:
            context.budget.write(len(text), frame.element.line)
            kept.append(text)
            owners += [frame] * len(text)
            after_space = text[-1] == " "
            collapsible_end = after_space and not preserve
    if collapsible_end:
        kept[-1] = kept[-1][:-1]
        owners.pop()
        for frame in found.frames:
            frame.start, frame.end = min(frame.start, len(owners)), min(frame.end, len(owners))
    found.text = "".join(kept)
    return found


def _walk(frame: Frame, context: Context, frames: list[Frame], leaves: list[_Leaf | Frame]) -> None:
    """List frames, and their text between a mark for each beginning and each end."""
    frames.append(frame)
    leaves.append(_Leaf(frame, ""))
    element = frame.element
    if frame.style["unicode-bidi"] in _OVERRIDES:
        context.diagnostics.report(
            "bidi-override-ignored",
            "Characters keep the order of their script; unicode-bidi does not override it here",
            element.source,
            severity=Severity.WARNING,
        )
    if element.tag == "tref":
        target = fragment(context.document, href(element))
        if target is not None:
            leaves.append(_Leaf(frame, "".join(_strings(target)) or " "))
    for child in element.children if element.tag != "tref" else ():
        if isinstance(child, str):
            if child:
                leaves.append(_Leaf(frame, child))
            continue
        if child.tag not in _INSIDE_TEXT:
            continue
        if not CONDITIONS.isdisjoint(child.attributes) and not passes(child, context):
            continue
        style = computed_style(child, frame.style)
        if style["display"] == "none":
            continue
        inner = Frame(child, frame.state.with_style(style), frame, frame.link, frame.path)
        if child.tag == "a":
            inner.link = safe_link(child.get("href")) or frame.link
        elif child.tag == "textPath":
            if frame.parent is not None:  # only a child of `text` may be one
                continue
            inner.path = inner
        _walk(inner, context, frames, leaves)
    leaves.append(frame)


def _strings(element: Element) -> Iterator[str]:
    """Yield the text inside an element, white space as it stands."""
    pending: list[Element | str] = [element]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
        else:
            pending.extend(reversed(item.children))


def _preserves(frame: Frame) -> bool:
    if frame.style["white-space"] != "normal":
        return frame.style["white-space"] in _PRESERVING
    element: Element | None = frame.element
    while element is not None:
        space = element.attributes.get("xml:space")
        if space is not None:
            return space.strip() == "preserve"
        element = element.parent
    return False


def transformed(text: str, style: Style) -> str:
    """Return a text as `text-transform` spells it."""
    match style["text-transform"].lower():
        case "uppercase":
            return text.upper()
        case "lowercase":
            return text.lower()
        case "capitalize":
            return re.sub(r"\b\w", lambda match: match[0].upper(), text)
        case _:
            return text
