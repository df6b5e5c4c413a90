"""Slides to a deck."""

from svg2pptx_batch.deck.packed import PackedSlide, pack, unpack
from svg2pptx_batch.deck.properties import Properties
from svg2pptx_batch.deck.size import parse_slide_size, size_for_drawing
from svg2pptx_batch.deck.template import Template, load_template, template_size
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
    "template_size",
    "unpack",
]
