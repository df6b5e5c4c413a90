"""Taking out what paints nothing, once nobody asks for its bounding box any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from svg2pptx_batch.scene.nodes import Group, Node, Shape
from svg2pptx_batch.scene.walk import rewrite, visit


def pruned(nodes: Iterable[Node], hidden: Callable[[Node], None] | None = None) -> tuple[Node, ...]:
    """Return the nodes that paint something, each without the parts that do not.

    Args:
        nodes: Trees.
        hidden: Told of each leaf that has paint of its own, but an effect around it takes it away.
    """

    def change(node: Node) -> Node | None:
        kept = _painting(node)
        if kept is None and hidden is not None and isinstance(node, Group):
            for leaf in visit(node):
                if not isinstance(leaf, Group):
                    hidden(leaf)
        return kept

    kept = (rewrite(node, change) for node in nodes)
    return tuple(node for node in kept if node is not None)


def _painting(node: Node) -> Node | None:
    if isinstance(node, Shape):
        return None if node.fill is None and node.stroke is None else node
    if not isinstance(node, Group):
        return node
    hidden = (
        node.opacity <= 0.0
        or (node.clip is not None and not node.clip.children)
        or (node.mask is not None and not node.mask.children)
        or any(not item.primitives for item in node.filters)
        or not (node.children or node.filters)
    )
    return None if hidden else node
