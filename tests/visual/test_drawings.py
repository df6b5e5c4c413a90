"""Small drawings, one feature each, and the examples: LibreOffice's slide against resvg's picture.

The drawings are those of `tests/golden`. They keep to what resvg knows, so that its picture is the
truth; the few that do not have another beside them that says the same in words it knows.
"""

import pathlib

import pytest

from svg2pptx_batch.options import EMU_PER_PX, ConvertOptions, SlideSize, Target
from tests.support.conversion import convert_files
from tests.support.decks import assert_opens
from tests.support.golden import DRAWINGS, expected
from tests.support.libreoffice import Likeness, compare, draw, render, requires_libreoffice

ROOT = pathlib.Path(__file__).parents[2]
OPTIONS = ConvertOptions(target=Target.LIBREOFFICE)
USUAL = Likeness(tone=0.004, edges=0.08)

SQUARE = SlideSize(200 * EMU_PER_PX, 200 * EMU_PER_PX)
SQUARE_PX = (400, 400)

WIDE = SlideSize(1280 * EMU_PER_PX, 720 * EMU_PER_PX)
WIDE_PX = (1280, 720)
EXAMPLES = sorted((ROOT / "examples").glob("*.svg"))
DIFFERENT = {
    # A picture of 48 by 32 pixels, enlarged and turned: the two programs smooth it differently.
    "photo-card": Likeness(tone=0.008, edges=0.16),
    # Pale shapes, their contrast at the measure's threshold: half of their outlines count.
    "group-opacity-picture": Likeness(tone=0.004, edges=0.2),
    # LibreOffice draws its own lines under and through text, a pixel lower and thinner.
    "text-decoration": Likeness(tone=0.009, edges=0.08),
}


class Gallery:
    """Slides and what they should look like, by name."""

    def __init__(self, files, deck, slide, size_px):
        self.files = {file.stem: file for file in files}
        self.conversions = dict(
            zip(self.files, convert_files(files, deck, slide, OPTIONS), strict=True)
        )
        self.deck = deck
        self.size_px = size_px
        self._slides = None

    def likeness(self, name):
        if self._slides is None:
            pictures = render(self.deck, *self.size_px)
            self._slides = dict(zip(self.files, pictures, strict=True))
        return compare(self._slides[name], draw(expected(self.files[name]), *self.size_px))


@pytest.fixture(scope="module")
def drawings(tmp_path_factory):
    deck = tmp_path_factory.mktemp("drawings") / "drawings.pptx"
    return Gallery(DRAWINGS, deck, SQUARE, SQUARE_PX)


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    deck = tmp_path_factory.mktemp("examples") / "examples.pptx"
    return Gallery(EXAMPLES, deck, WIDE, WIDE_PX)


def test_there_are_enough_examples():
    assert len(EXAMPLES) >= 12


def test_the_deck_of_drawings_opens(drawings):
    assert_opens(drawings.deck)


def test_the_deck_of_examples_opens(examples):
    assert_opens(examples.deck)


def hold(likeness, limit):
    assert likeness.tone <= limit.tone, likeness
    assert likeness.edges <= limit.edges, likeness


@pytest.mark.parametrize(
    "name", [pytest.param(file.stem, marks=requires_libreoffice) for file in DRAWINGS]
)
def test_a_drawing_looks_as_it_should(drawings, name):
    hold(drawings.likeness(name), DIFFERENT.get(name, USUAL))


@pytest.mark.parametrize(
    "name", [pytest.param(file.stem, marks=requires_libreoffice) for file in EXAMPLES]
)
def test_an_example_looks_as_it_should(examples, name):
    hold(examples.likeness(name), DIFFERENT.get(name, USUAL))
