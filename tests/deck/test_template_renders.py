"""Decks made with templates, as LibreOffice draws them, and decks that it saved."""

import numpy as np
import pytest

from svg2pptx_batch.deck import DeckWriter, load_template
from tests.support.libreoffice import render, requires_libreoffice, resaved
from tests.support.templates import (
    LIBREOFFICE,
    append,
    assert_no_worse,
    drawing,
    plain,
    rich,
    two_masters,
)

pytestmark = requires_libreoffice

BLUE = (0x2F, 0x6D, 0xB5)


def near(pixel, color):
    return np.abs(pixel.astype(int) - color).max() < 12


@pytest.mark.parametrize(
    ("make", "layout", "ground"),
    [
        (plain, "Picture with Caption", (255, 255, 255)),
        (two_masters, "Night/Blank", (0, 0, 0)),
        (two_masters, "Light/Blank", (255, 255, 255)),
        (lambda path: path.write_bytes(LIBREOFFICE.read_bytes()), "", (255, 255, 255)),
    ],
)
def test_slides_stand_on_their_layout(tmp_path, make, layout, ground):
    make(tmp_path / "brand.pptx")
    template = load_template(tmp_path / "brand.pptx", layout)
    deck = tmp_path / "deck.pptx"
    with DeckWriter(deck, template.size, template=template) as writer:
        for name in ("a", "b"):
            writer.add(drawing(name))
    width, height = (side // 9525 for side in template.size)
    pictures = render(deck, width, height)
    assert len(pictures) == 2
    for picture in pictures:
        assert near(picture[140, 190], BLUE)
        assert near(picture[5, width - 5], ground)
        assert near(picture[height // 2, width // 2], ground)


def test_what_libreoffice_saves_can_be_appended_to(tmp_path):
    """It does not keep the names of slides, so those it has are not replaced."""
    ours = append(rich(tmp_path / "deck.pptx"), [drawing("a", "Notes")], section="one")
    (tmp_path / "saved").mkdir()
    source = resaved(ours, tmp_path / "saved")
    deck = tmp_path / "target.pptx"
    append(source, [drawing("b", "Notes")], deck, section="two")
    assert_no_worse(deck, source)
    first = deck.read_bytes()
    append(deck, [drawing("b", "Notes")], section="two")
    assert deck.read_bytes() == first
    assert len(render(deck, 320, 240)) == 6
