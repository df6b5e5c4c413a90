import sys

from msgspec.structs import replace

from svg2pptx_batch.graphics.color import BLACK, WHITE
from svg2pptx_batch.graphics.path import rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.effects import ClipPath, Filter, FilterPrimitive, Mask
from svg2pptx_batch.scene.nodes import Group, Shape
from svg2pptx_batch.scene.paint import Fill, Pattern
from svg2pptx_batch.scene.walk import deep_recursion, rewrite, rewrite_deep, visit

BOX = Rect(0, 0, 1, 1)
LEAF = Shape(rect_path(BOX), Fill(BLACK))
OTHER = Shape(rect_path(BOX), Fill(WHITE))


def whiten(node):
    if isinstance(node, Shape) and node.fill.paint == BLACK:
        return replace(node, fill=Fill(WHITE))
    return node


def test_visit_is_in_painting_order_parents_first():
    inner = Group((LEAF,))
    tree = Group((inner, OTHER))
    assert list(visit(tree)) == [tree, inner, LEAF, OTHER]


def test_rewrite_changes_children_before_parents():
    seen = []

    def change(node):
        seen.append(type(node).__name__)
        return whiten(node)

    tree = rewrite(Group((Group((LEAF,)), LEAF)), change)
    assert seen == ["Shape", "Group", "Shape", "Group"]
    assert tree == Group((Group((OTHER,)), OTHER))


def test_rewrite_keeps_what_does_not_change():
    tree = Group((Group((OTHER,)), LEAF))
    new = rewrite(tree, whiten)
    assert new.children[0] is tree.children[0]
    assert rewrite(new, whiten) is new


def test_rewrite_drops_nodes():
    def drop(node):
        return None if node == LEAF else node

    assert rewrite(Group((LEAF, OTHER, LEAF)), drop) == Group((OTHER,))
    assert rewrite(LEAF, drop) is None

    def drop_all(node):
        return None if node == LEAF or not node.children else node

    assert rewrite(Group((Group((LEAF,)),)), drop_all) is None


def test_rewrite_deep_reaches_everything_referred_to():
    pattern = Shape(rect_path(BOX), Fill(Pattern((LEAF,), BOX)))
    tree = Group(
        (pattern,),
        clip=ClipPath((LEAF,), clip=ClipPath((LEAF,))),
        mask=Mask((LEAF,), BOX, mask=Mask((LEAF,), BOX)),
        filters=(Filter((FilterPrimitive("feImage", (), content=(LEAF,)),), BOX),),
    )
    new = rewrite_deep(tree, whiten)
    assert new.children[0].fill.paint.children == (OTHER,)
    assert new.clip.children == new.clip.clip.children == (OTHER,)
    assert new.mask.children == new.mask.mask.children == (OTHER,)
    assert new.filters[0].primitives[0].content == (OTHER,)


def test_trees_of_any_depth():
    tree = LEAF
    for _ in range(50_000):
        tree = Group((tree,))
    assert sum(1 for _ in visit(tree)) == 50_001
    assert rewrite(tree, lambda node: node) is tree


def test_recursion_limit_is_put_back():
    usual = sys.getrecursionlimit()
    with deep_recursion():
        assert sys.getrecursionlimit() > usual
        with deep_recursion():
            pass
        assert sys.getrecursionlimit() > usual
    assert sys.getrecursionlimit() == usual
