"""A style sheet's text cut into rules at its braces, where that is safe.

Most sheets are plain lists of rules; cutting them so takes a tenth of what tokens take. Where
strings, parentheses or braces are not plainly balanced, nothing is cut and the caller reads tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_BRACE = re.compile(r"[{}]")
_END = re.compile(r"[{};]")
_IGNORED = re.compile(
    r"@(?:-\w+-)?(?:keyframes|font-face|page|property|counter-style|font-feature-values|charset|"
    r"container|position-try|view-transition)\b",
    re.IGNORECASE,
)


class Rule(NamedTuple):
    """A piece of a sheet.

    Attributes:
        selector: Empty for what has to be read by tokens: at-rules, and rules with rules inside.
        content: Declarations, or the whole piece.
        at: Where it starts in the text.
    """

    selector: str
    content: str
    at: int


def balanced(text: str) -> bool:
    """Return whether a text's parentheses, brackets and quotes come in pairs."""
    return (
        text.count("(") == text.count(")")
        and text.count("[") == text.count("]")
        and not text.count('"') & 1
        and not text.count("'") & 1
    )


def cut_rules(text: str) -> list[Rule] | None:
    """Return a sheet's rules in order, or None where tokens are needed to tell them.

    Args:
        text: Comments gone.
    """
    if "\\" in text or "<!--" in text or "-->" in text:
        return None
    rules: list[Rule] = []
    for rule in _pieces(text):
        if rule is None or not balanced(rule.selector) or not balanced(rule.content):
            return None
        if rule.selector or not _IGNORED.match(rule.content):
            rules.append(rule)
    return rules


def _pieces(text: str) -> Iterator[Rule | None]:
    """Yield the pieces; None for a stray or missing brace."""
    at = 0
    while True:
        while text[at : at + 1].isspace():
            at += 1
        if at >= len(text):
            return
        end = _END.search(text, at)
        if end is None or end[0] == "}":
            yield None
            return
        is_at_rule = text[at] == "@"
        if end[0] == ";":
            # Only an at-rule ends so; elsewhere a semicolon belongs to a selector gone wrong.
            yield Rule("", text[at : end.end()], at) if is_at_rule else None
            at = end.end()
            continue
        close = _closing(text, end.end())
        if close < 0:
            yield None
            return
        content = text[end.end() : close]
        if is_at_rule or "{" in content:
            yield Rule("", text[at : close + 1], at)
        else:
            yield Rule(text[at : end.start()].strip(), content, at)
        at = close + 1


def _closing(text: str, at: int) -> int:
    """Return the index of the brace that closes the one before `at`, or -1."""
    depth = 1
    for match in _BRACE.finditer(text, at):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return -1
