"""Slides to a deck.

For tool makers: `DeckWriter(target, size, properties=…)` is a context manager; `add` takes slides
one by one, as `drawingml.write_slide` gives them or compressed before by `pack` and `unpack`, and
never parses them. Sizes are EMU; `parse_slide_size` and `size_for_drawing` make them.

    with DeckWriter(Path("deck.pptx"), size) as deck:
        deck.add(slide)
"""

from svg2pptx_batch.deck.loading import load_template
from svg2pptx_batch.deck.packed import PackedSlide, pack, unpack
from svg2pptx_batch.deck.properties import Properties, source_properties
from svg2pptx_batch.deck.size import parse_slide_size, size_for_drawing
from svg2pptx_batch.deck.template import Template
from svg2pptx_batch.deck.writer import MAX_SLIDES, DeckWriter, check_slide_count

__all__ = [
    "MAX_SLIDES",
    "DeckWriter",
    "PackedSlide",
    "Properties",
    "Template",
    "check_slide_count",
    "load_template",
    "pack",
    "parse_slide_size",
    "size_for_drawing",
    "source_properties",
    "unpack",
]
