"""Visiting and rewriting trees of nodes, however deep."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from msgspec.structs import replace

from svg2pptx_batch.scene.effects import ClipPath, Mask
from svg2pptx_batch.scene.nodes import Group, Node, Shape
from svg2pptx_batch.scene.paint import Pattern

Change = Callable[[Node], "Node | None"]
"""Given a node, returns what takes its place, or None to drop it."""

_DEEP = 25_000


class _DeepRecursion:
    """The interpreter's limit on recursion, raised while anybody is inside."""

    __slots__ = ("_guard", "_inside", "_usual")

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._inside = 0
        self._usual = 0

    def __enter__(self) -> None:
        with self._guard:
            if self._inside == 0:
                self._usual = sys.getrecursionlimit()
                sys.setrecursionlimit(max(_DEEP, self._usual))
            self._inside += 1

    def __exit__(self, *exc_info: object) -> None:
        with self._guard:
            self._inside -= 1
            if self._inside == 0:
                sys.setrecursionlimit(self._usual)


_deep_recursion = _DeepRecursion()


def deep_recursion() -> AbstractContextManager[None]:
    """Allow recursion over trees of some thousand levels while the block runs.

    Only pure Python recursion is meant: it takes no C stack from Python 3.11 on. May be nested, and
    entered from several threads.
    """
    return _deep_recursion


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


def rewrite(node: Node, change: Change) -> Node | None:
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


def rewrite_deep(node: Node, change: Change) -> Node | None:
    """Return the tree with `change` applied everywhere: in clips, masks, patterns and filters too.

    As `rewrite`, but for what nodes refer to, which is changed before the nodes themselves.
    """

    def each(current: Node) -> Node | None:
        if isinstance(current, Shape):
            current = _deep_shape(current, change)
        elif isinstance(current, Group):
            current = _deep_group(current, change)
        return change(current)

    return rewrite(node, each)


def _all(nodes: tuple[Node, ...], change: Change) -> tuple[Node, ...]:
    changed = (rewrite_deep(node, change) for node in nodes)
    return tuple(node for node in changed if node is not None)


def _deep_shape(shape: Shape, change: Change) -> Shape:
    fill, stroke = shape.fill, shape.stroke
    if fill is not None and isinstance(fill.paint, Pattern):
        fill = replace(fill, paint=_deep_pattern(fill.paint, change))
    if stroke is not None and isinstance(stroke.paint, Pattern):
        stroke = replace(stroke, paint=_deep_pattern(stroke.paint, change))
    same = fill is shape.fill and stroke is shape.stroke
    return shape if same else replace(shape, fill=fill, stroke=stroke)


def _deep_pattern(pattern: Pattern, change: Change) -> Pattern:
    return replace(pattern, children=_all(pattern.children, change))


def _deep_group(group: Group, change: Change) -> Group:
    if group.clip is None and group.mask is None and not group.filters:
        return group
    filters = tuple(
        replace(
            item,
            primitives=tuple(
                replace(primitive, content=_all(primitive.content, change))
                if primitive.content
                else primitive
                for primitive in item.primitives
            ),
        )
        for item in group.filters
    )
    return replace(
        group,
        clip=group.clip and _deep_clip(group.clip, change),
        mask=group.mask and _deep_mask(group.mask, change),
        filters=filters,
    )


def _deep_clip(clip: ClipPath, change: Change) -> ClipPath:
    nested = clip.clip and _deep_clip(clip.clip, change)
    return replace(clip, children=_all(clip.children, change), clip=nested)


def _deep_mask(mask: Mask, change: Change) -> Mask:
    nested = mask.mask and _deep_mask(mask.mask, change)
    return replace(mask, children=_all(mask.children, change), mask=nested)
