"""Filters of absurd cost: made cheaper where that cannot be seen, else painted coarsely or not."""

from __future__ import annotations

import io

import PIL.Image
import pytest

from svg2pptx_batch.graphics.affine import IDENTITY
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.filter_cost import painting_cost, tamed, with_few_octaves
from svg2pptx_batch.scene.effects import Filter, FilterPrimitive
from svg2pptx_batch.scene.nodes import Group, Image
from tests.support.scenes import BLUE, disc, leaves, lowered

BOX = Rect(0, 0, 200, 200)


def filtered(*steps: tuple[str, dict[str, str]], region: Rect = BOX) -> Group:
    primitives = tuple(FilterPrimitive(tag, tuple(values.items())) for tag, values in steps)
    return Group((disc(100, 100, 50, BLUE),), filters=(Filter(primitives, region),))


def noise(octaves: int, **more: str) -> tuple[str, dict[str, str]]:
    return "feTurbulence", {"baseFrequency": "0.05", "numOctaves": str(octaves), **more}


def test_a_million_octaves_look_like_ten() -> None:
    endless, ten = (lowered(filtered(noise(count)))[0] for count in (1_000_000, 10))
    (one,), (two,) = leaves(endless), leaves(ten)
    assert isinstance(one, Image) and isinstance(two, Image)
    assert one.data == two.data


def test_few_octaves_stay() -> None:
    group = filtered(noise(4))
    assert with_few_octaves(group) is group


def test_a_region_shrinks_to_what_is_seen_and_what_that_needs() -> None:
    blur = ("feGaussianBlur", {"stdDeviation": "4"})
    group = filtered(blur, region=Rect(-5000, -5000, 10_000, 10_000))
    region = tamed(group, IDENTITY, BOX).filters[0].region
    assert region.x == pytest.approx(-14) and region.right == pytest.approx(214)


def test_a_region_that_a_tile_fills_stays() -> None:
    group = filtered(("feTile", {}), region=Rect(-5000, -5000, 10_000, 10_000))
    assert tamed(group, IDENTITY, BOX) is group


def test_a_shrunken_region_looks_the_same() -> None:
    steps = ("feConvolveMatrix", {"order": "3", "kernelMatrix": "0 0 0 0 1 0 0 0 0"})
    blur = ("feGaussianBlur", {"stdDeviation": "9 2"})
    near, far = (
        lowered(filtered(steps, blur, region=region))[0]
        for region in (Rect(-60, -60, 320, 320), Rect(-900, -900, 2000, 2000))
    )
    (one,), (two,) = leaves(near), leaves(far)
    assert isinstance(one, Image) and isinstance(two, Image)
    assert abs(one.rect.x - two.rect.x) < 2


def test_what_takes_minutes_is_left_out() -> None:
    dilate = ("feMorphology", {"operator": "dilate", "radius": "90"})
    scene, remarks = lowered(filtered(*[dilate] * 60), slide=(2000, 2000))
    assert leaves(scene) == []
    assert [remark.code for remark in remarks] == ["filter-too-costly"]


def test_morphology_is_reckoned_by_its_window() -> None:
    small, large = (
        painting_cost(filtered(("feMorphology", {"radius": radius})), IDENTITY, BOX).at(1)
        for radius in ("1", "60")
    )
    assert large > 50 * small


def test_pictures_get_coarser_the_more_there_are() -> None:
    group = filtered(*[noise(4)] * 3)
    scene, _ = lowered(Group((group,) * 6), slide=(300, 300))
    sizes = [
        PIL.Image.open(io.BytesIO(leaf.data)).width
        for leaf in leaves(scene)
        if isinstance(leaf, Image)
    ]
    assert len(sizes) == 6
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 600 and 150 <= sizes[-1] < 450
