"""Growth with the number of slides: a ratio within one run, so that a slow machine cancels out."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from svg2pptx_batch.conversion import convert_svg
from svg2pptx_batch.deck import DeckWriter, pack, unpack
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.svg.resources import DataLoader
from tests.support.conversion import system_fonts

EXAMPLES = Path(__file__).parents[2] / "examples"
SLIDE = SlideSize(12192000, 6858000)


def _assemble(packed: list[bytes], deck: Path) -> float:
    start = time.process_time()
    with DeckWriter(deck, SLIDE) as writer:
        for each in packed:
            writer.add(unpack(each))
    return time.process_time() - start


@pytest.mark.parametrize("slides", [200, 2000])
def test_assembly(benchmark, tmp_path, slides):
    data = (EXAMPLES / "icon-settings.svg").read_bytes()
    conversion = convert_svg(
        data, options=ConvertOptions(), slide=SLIDE, fonts=system_fonts(), loader=DataLoader()
    )
    packed = [pack(conversion.slide)] * slides
    benchmark.extra_info["slides"] = slides
    benchmark(_assemble, packed, tmp_path / "deck.pptx")
    assert (tmp_path / "deck.pptx").stat().st_size > slides * 500


def test_a_slide_costs_the_same_in_a_long_deck(benchmark, tmp_path):
    data = (EXAMPLES / "icon-settings.svg").read_bytes()
    conversion = convert_svg(
        data, options=ConvertOptions(), slide=SLIDE, fonts=system_fonts(), loader=DataLoader()
    )
    packed = pack(conversion.slide)
    deck = tmp_path / "deck.pptx"

    def ratio() -> float:
        short = min(_assemble([packed] * 500, deck) for _ in range(3)) / 500
        long = min(_assemble([packed] * 5000, deck) for _ in range(3)) / 5000
        return long / short

    growth = benchmark.pedantic(ratio, rounds=1)
    benchmark.extra_info["cost of a slide, 5,000 against 500"] = round(growth, 2)
    assert growth < 3
