"""What leads farther off the slide than a deck's coordinates: what is seen of it stays."""

from __future__ import annotations

import pytest

from svg2pptx_batch.scene.nodes import Shape
from svg2pptx_batch.scene.walk import visit
from tests.support.effects import difference, lowered
from tests.support.resolving import scene_of


def shapes(scene) -> list[Shape]:
    return [node for node in visit(scene.root) if isinstance(node, Shape)]


@pytest.mark.parametrize("far", ["2e5", "1e6"])
@pytest.mark.parametrize(
    ("drawing", "kinds"),
    [
        ('<path d="M40 40L-{0} 100L40 160L160 100" fill="#06c"/>', [(True, False)]),
        ('<path d="M-{0} 100H{0}" stroke="#06c" stroke-width="20"/>', [(False, True)]),
        (
            '<path d="M60 {0}L60 60L140 60L140 {0}" fill="#fc3" stroke="#06c" stroke-width="12"/>',
            [(True, False), (False, True)],
        ),
        (
            '<path d="M60 60C60 -{0} 140 -{0} 140 60Z" fill="#fc3" stroke="#06c"'
            ' stroke-width="12"/>',
            [(True, True)],
        ),
        (
            '<path d="M0 100H{0}" stroke="#06c" stroke-width="20" stroke-dasharray="20 10"/>',
            [(False, True)],
        ),
        ('<rect x="-{0}" y="50" width="4e6" height="90" fill="#06c"/>', [(True, False)]),
        (
            '<clipPath id="c"><path d="M40 40L-{0} 100L40 160L160 100"/></clipPath>'
            '<rect x="20" y="20" width="160" height="160" clip-path="url(#c)" fill="#06c"/>',
            [(True, False)],
        ),
    ],
)
def test_it_stays_a_native_shape_that_looks_the_same(drawing, kinds, far):
    scene = scene_of(drawing.format(far))
    legal, said = lowered(scene)
    found = shapes(legal)
    assert [(s.fill is not None, s.stroke is not None) for s in found] == kinds
    assert all(abs(value) < 2000 for shape in found for value in shape.path.coords)
    assert {item.fidelity for item in said} == set()
    assert difference(scene, legal) < 0.002


def test_numbers_beyond_every_use_are_no_error():
    scene = scene_of(
        '<path d="M50 50L-1e308 100L50 150L150 100" fill="#06c"/>'
        '<path d="M0 20L1e38 20M1e30 1e30L2e30 1e30" stroke="red" stroke-width="9"/>'
    )
    legal, _ = lowered(scene)
    left = shapes(legal)[0].path.bounds()
    assert left is not None
    assert (left.y, left.bottom) == (50, 150)
