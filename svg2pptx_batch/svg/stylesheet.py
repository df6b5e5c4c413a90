"""Style sheets: rules with the blocks they declare, through @import, @media and @supports.

What enters is the text of style elements and of local files; what leaves are the declarations of
the elements that rules match. Animations, fonts and pages are passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from svg2pptx_batch.errors import InvalidSizeError, LimitError
from svg2pptx_batch.graphics.rect import Size
from svg2pptx_batch.svg.declarations import collect, declare, parse_style, without_comments
from svg2pptx_batch.svg.document import Document, Element, Problem
from svg2pptx_batch.svg.media import media_matches, supports
from svg2pptx_batch.svg.probe import root_size
from svg2pptx_batch.svg.resources import DataLoader, ResourceError
from svg2pptx_batch.svg.selectors import Rules, Selector, compile_selectors, subjects
from svg2pptx_batch.svg.sheet_text import Rule, cut_rules

if TYPE_CHECKING:
    from svg2pptx_batch.svg.resources import ResourceLoader
    from svg2pptx_batch.svg.source import ParseLimits

_DEEPEST = 16
_MOST_IMPORTS = 64
_DEFAULT_SIZE = Size(300.0, 150.0)
_PSEUDO_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)')""")
_LAYERS = re.compile(r"^\s*layer(?:\([^()]*\))?", re.IGNORECASE)
_SUPPORTS = re.compile(r"^\s*supports\((.*)\)\s*(?=$|\w)", re.IGNORECASE)


def apply_sheets(
    document: Document,
    elements: list[Element],
    instructions: list[str],
    loader: ResourceLoader | None,
    limits: ParseLimits,
) -> list[Element]:
    """Settle again what the elements that rules match declare.

    Args:
        document: Its elements know already what they declare by themselves.
        elements: The style elements, in document order.
        instructions: Content of `xml-stylesheet` instructions, in document order.
        loader: Reads local sheets; data: only if None.
        limits: Bounds on the sheets' size.

    Returns:
        Elements whose geometry is set by rules.

    Raises:
        LimitError: The style sheets are too large.
    """
    try:
        size = root_size(document.root.attributes) or _DEFAULT_SIZE
    except InvalidSizeError:
        size = _DEFAULT_SIZE
    reader = _Reader(document, size, loader or DataLoader(), limits)
    for instruction in instructions:
        pseudo = {
            name: double or single
            for name, double, single in _PSEUDO_ATTRIBUTE.findall(instruction)
        }
        if pseudo.get("type", "text/css") == "text/css" and pseudo.get("alternate") != "yes":
            reader.load(pseudo.get("href", ""), pseudo.get("media", ""), 0, 0)
    for element in elements:
        kind = element.get("type").lower().partition(";")[0].strip()
        if kind in ("", "text/css") and media_matches(element.get("media"), size):
            text = "".join(child for child in element.children if isinstance(child, str))
            reader.read(text, element.line, 0)
    placed: list[Element] = []
    rules = reader.rules
    if rules:
        for subject in subjects(document.root):
            blocks = rules.matching(subject)
            if blocks and declare(subject.element, blocks):
                placed.append(subject.element)
    return placed


class _Scope(NamedTuple):
    """Where rules are read.

    Attributes:
        namespaces: Prefixes declared so far; grows.
        line: 1-based line where the text starts.
        depth: Sheets and blocks around.
        outer: Selector of the rule around; empty at the top.
        selectors: The same, compiled.
    """

    namespaces: dict[str | None, str]
    line: int
    depth: int
    outer: str = ""
    selectors: tuple[Selector, ...] = ()


class _Reader:
    """Collects rules from sheets and what they import."""

    def __init__(
        self, document: Document, size: Size, loader: ResourceLoader, limits: ParseLimits
    ) -> None:
        self.rules = Rules()
        self._document = document
        self._size = size
        self._loader = loader
        self._left = self._most = limits.max_css_bytes
        self._imports = 0

    def read(self, text: str, line: int, depth: int) -> None:
        """Read a sheet."""
        self._left -= len(text)
        if self._left < 0:
            raise LimitError(
                f"The style sheets are larger than {self._most:,} bytes.",
                line=line,
                remedy="Remove the rules the drawing does not use.",
            )
        text = without_comments(text)
        cut = cut_rules(text)
        namespaces: dict[str | None, str] = {}
        try:
            for rule in [Rule("", text, 0)] if cut is None else cut:
                if rule.selector:
                    selectors = compile_selectors(rule.selector, namespaces)
                    if selectors:
                        self.rules.add(selectors, parse_style(rule.content))
                else:
                    self._tokens(
                        rule.content, namespaces, line + text.count("\n", 0, rule.at), depth
                    )
        except RecursionError:
            self._problem("style-too-deep", "A style sheet is nested too deeply to be read.", line)

    def _tokens(self, text: str, namespaces: dict[str | None, str], line: int, depth: int) -> None:
        """Read a sheet, or a piece of one, by the whole grammar."""
        import tinycss2

        try:
            items = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
        except ValueError:
            reason = "A style sheet was left out: a number in it has thousands of digits."
            self._problem("style-unread", reason, line)
            return
        self._items(items, _Scope(namespaces, line, depth))

    def load(self, href: str, media: str, line: int, depth: int) -> None:
        """Read a sheet by its address, if its media apply."""
        if not href or not media_matches(media, self._size):
            return
        self._imports += 1
        if self._imports > _MOST_IMPORTS or depth > _DEEPEST:
            self._problem(
                "style-unread", f"The style sheet {href[:80]} is imported too deep.", line
            )
            return
        try:
            resource = self._loader.load(href)
        except ResourceError as error:
            self._problem("style-unread", f"A style sheet was left out: {error.message}", line)
            return
        self.read(resource.data.decode("utf-8-sig", "replace"), line, depth + 1)

    def _problem(self, code: str, message: str, line: int) -> None:
        self._document.problems.append(Problem(code, message, line))

    def _items(self, items: list[Any], scope: _Scope) -> None:
        """Take up rules."""
        if scope.depth > _DEEPEST:
            return
        for item in items:
            if item.type == "qualified-rule":
                self._rule(item, scope)
            elif item.type == "at-rule":
                self._at_rule(item, scope)

    def _rule(self, item: Any, scope: _Scope) -> None:
        selector = _text(item.prelude)
        if scope.outer:
            selector = _nested(selector, scope.outer)
        selectors = compile_selectors(selector, scope.namespaces)
        if selectors:
            self._block(item.content, scope._replace(outer=selector, selectors=selectors))

    def _block(self, content: list[Any], scope: _Scope) -> None:
        """Take up the declarations of the scope's rule, then what is nested in it."""
        import tinycss2

        parts = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
        block = collect(part for part in parts if part.type == "declaration")
        if block.normal or block.important:
            self.rules.add(scope.selectors, block)
        nested = [part for part in parts if part.type in ("qualified-rule", "at-rule")]
        if nested:
            self._items(nested, scope._replace(depth=scope.depth + 1))

    def _at_rule(self, item: Any, scope: _Scope) -> None:
        prelude = _text(item.prelude)
        match item.lower_at_keyword:
            case "import" if item.content is None and not scope.outer:
                self._import(item.prelude, scope.line + item.source_line - 1, scope.depth)
                return
            case "namespace":
                tokens = [t for t in item.prelude if t.type not in ("whitespace", "comment")]
                if tokens and tokens[-1].type in ("string", "url"):
                    prefix = tokens[0].value if tokens[0].type == "ident" else None
                    scope.namespaces[prefix] = tokens[-1].value
                return
            case "media":
                applies = media_matches(prelude, self._size)
            case "supports":
                applies = supports(prelude)
            case "layer":
                applies = True
            case _:
                return
        if not applies or item.content is None:
            return
        inner = scope._replace(depth=scope.depth + 1)
        if scope.outer:
            self._block(item.content, inner)
            return
        import tinycss2

        self._items(
            tinycss2.parse_rule_list(item.content, skip_comments=True, skip_whitespace=True), inner
        )

    def _import(self, prelude: list[Any], line: int, depth: int) -> None:
        """Source: CSS Cascade 5, 2: address, layer, supports(), media, in this order."""
        tokens = [token for token in prelude if token.type not in ("whitespace", "comment")]
        if not tokens:
            return
        first = tokens[0]
        if first.type in ("string", "url"):
            href = first.value
        elif first.type == "function" and first.lower_name == "url" and first.arguments:
            href = first.arguments[0].value
        else:
            return
        rest = _LAYERS.sub("", _text(prelude[prelude.index(first) + 1 :]))
        conditional = _SUPPORTS.match(rest)
        if conditional:
            inner = conditional[1]
            if not supports(inner if inner.lstrip().startswith(("(", "not")) else f"({inner})"):
                return
            rest = rest[conditional.end() :]
        self.load(str(href).strip(), rest, line, depth)


def _text(tokens: list[Any]) -> str:
    import tinycss2

    return without_comments(str(tinycss2.serialize(tokens))).strip()


def _nested(selector: str, outer: str) -> str:
    """Return a nested rule's selector written out. Source: CSS Nesting 1, 3."""
    scope = f":is({outer})"
    return ",".join(
        part.replace("&", scope) if "&" in part else f"{scope} {part.strip()}"
        for part in selector.split(",")
    )
