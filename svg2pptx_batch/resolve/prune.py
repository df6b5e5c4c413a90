"""Taking out what paints nothing, once nobody asks for its bounding box any more."""

from __future__ import annotations

from collections.abc import Iterable

from svg2pptx_batch.scene.nodes import Group, Node, Shape
from svg2pptx_batch.scene.walk import rewrite


def pruned(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return the nodes that paint something, each without the parts that do not."""
    kept = (rewrite(node, _painting) for node in nodes)
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
