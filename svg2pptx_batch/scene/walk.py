"""Visiting and rewriting trees of nodes, however deep."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from svg2pptx_batch.scene.nodes import Group, Node

_DEEP = 25_000
_guard = threading.Lock()
_guarded = 0
_usual_limit = 0


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Allow recursion over trees of some thousand levels while the block runs.

    Only pure Python recursion is meant: it takes no C stack from Python 3.11 on. May be nested, and
    entered from several threads.
    """
    global _guarded, _usual_limit  # noqa: PLW0603  the limit belongs to the whole interpreter
    with _guard:
        if _guarded == 0:
            _usual_limit = sys.getrecursionlimit()
            sys.setrecursionlimit(max(_DEEP, _usual_limit))
        _guarded += 1
    try:
        yield
    finally:
        with _guard:
            _guarded -= 1
            if _guarded == 0:
                sys.setrecursionlimit(_usual_limit)


def visit(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes below it, in painting order, parents first.

    Content of clips, masks, patterns and filters is not visited.
    """
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        if isinstance(current, Group):
            pending.extend(reversed(current.children))


def rewrite(node: Node, change: Callable[[Node], Node | None]) -> Node | None:
    """Return the tree with `change` applied to every node, children before parents.

    Args:
        node: The tree.
        change: Given a node whose children are already changed; returns what takes its place, or
            None to drop it. A group that lost all its children is given to it too.

    Returns:
        The new tree, or None. Untouched subtrees are the same objects.
    """
    # A frame is a group, what its children have become, and how many there were.
    stack: list[tuple[Group, list[Node]]] = []
    pending: list[Node | None] = [node]
    result: Node | None = None
    while pending:
        current = pending.pop()
        if isinstance(current, Group) and current.children:
            stack.append((current, []))
            pending.append(None)
            pending.extend(reversed(current.children))
            continue
        if current is None:
            group, children = stack.pop()
            same = len(children) == len(group.children) and all(
                new is old for new, old in zip(children, group.children, strict=True)
            )
            result = change(group if same else replace(group, children=tuple(children)))
        else:
            result = change(current)
        if stack and result is not None:
            stack[-1][1].append(result)
    return result
