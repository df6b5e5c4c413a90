"""What an element declares by itself: presentation attributes and the style attribute."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from svg2pptx_batch.svg.cascade import style_of
from svg2pptx_batch.svg.document import Element
from svg2pptx_batch.svg.properties import GEOMETRY, PRESENTATION
from svg2pptx_batch.svg.shorthands import CSS_WIDE, Declarations, expand


class Block(NamedTuple):
    """A block of declarations, shorthands expanded, wrong ones gone.

    Attributes:
        normal: Without `!important`, in order.
        important: With it.
    """

    normal: Declarations
    important: Declarations


# A string that is not closed ends with its line.
_COMMENT = re.compile(
    r"""("(?:[^"\\\n]|\\.)*+"?+|'(?:[^'\\\n]|\\.)*+'?+)|/\*.*?(?:\*/|$)""", re.DOTALL
)
_AWKWARD = re.compile(r"[\\{}@<]|\[")


def declare(element: Element, rules: Iterable[Block] = ()) -> bool:
    """Settle what an element declares.

    Args:
        element: Its `declared` is made anew.
        rules: Blocks of the style rules that match it, weakest first.

    Returns:
        Whether CSS sets geometry, which `place` has then to write over the attributes.

    Source: CSS Cascade 4, 6; SVG 2, 6.6: presentation attributes are weaker than any rule.
    """
    attributes = element.attributes
    declared: dict[str, str] = {}
    if element.tag[:1] != "{":
        for name in attributes:
            if name in PRESENTATION:
                declared.update(expand(name, attributes[name]))
    style = attributes.get("style")
    if style is None and not rules:
        element.declared = declared
        return False
    own = parse_style(style) if style is not None else _EMPTY
    by_css: dict[str, str] = {}
    for block in rules:
        by_css.update(block.normal)
    by_css.update(own.normal)
    for block in rules:
        by_css.update(block.important)
    by_css.update(own.important)
    declared.update(by_css)
    element.declared = declared
    return not GEOMETRY.isdisjoint(by_css)


def place(element: Element) -> None:
    """Write geometry that CSS sets over the attributes of the same names."""
    attributes = element.attributes
    for name, value in element.declared.items():
        if name in GEOMETRY:
            open_ended = value in CSS_WIDE or "var(" in value
            attributes[name] = style_of(element)[name] if open_ended else value


def without_comments(text: str) -> str:
    """Return CSS with a space in the place of each comment."""
    return _COMMENT.sub(lambda match: match[1] or " ", text) if "/*" in text else text


@lru_cache(maxsize=4096)
def parse_style(text: str) -> Block:
    """Return the declarations of a style attribute or a rule; junk costs only itself."""
    text = without_comments(text)
    pieces = text.split(";")
    if _AWKWARD.search(text) or not all(map(_balanced, pieces)):
        return parse_block(text)
    normal: list[tuple[str, str]] = []
    important: list[tuple[str, str]] = []
    for piece in pieces:
        name, colon, value = piece.partition(":")
        if not colon:
            continue
        name = name.strip()
        into = normal
        if "!" in value:
            value, _, mark = value.rpartition("!")
            if mark.strip().lower() != "important":
                continue
            into = important
        if not value.strip() and name[:2] != "--":
            continue
        into.extend(expand(name if name[:2] == "--" else name.lower(), value.strip()))
    return Block(tuple(normal), tuple(important))


def _balanced(piece: str) -> bool:
    """Whether no parenthesis or quote reaches over a piece's end."""
    return (
        piece.count("(") == piece.count(")")
        and not piece.count('"') & 1
        and not piece.count("'") & 1
    )


def parse_block(content: str | list[object]) -> Block:
    """Return the declarations of a text, or of tokens, by the whole CSS grammar."""
    import tinycss2

    try:
        items = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
        return collect(item for item in items if item.type == "declaration")
    except (RecursionError, ValueError):
        # Nested too deeply, or a number of more digits than Python turns into an integer.
        return _EMPTY


def collect(declarations: Iterable[object]) -> Block:
    """Return tinycss2's declarations as a block."""
    import tinycss2

    normal: list[tuple[str, str]] = []
    important: list[tuple[str, str]] = []
    for item in declarations:
        name = item.name if item.name[:2] == "--" else item.lower_name  # type: ignore[attr-defined]
        value = without_comments(tinycss2.serialize(item.value))  # type: ignore[attr-defined]
        (important if item.important else normal).extend(expand(name, value.strip()))  # type: ignore[attr-defined]
    return Block(tuple(normal), tuple(important))


_EMPTY = Block((), ())
