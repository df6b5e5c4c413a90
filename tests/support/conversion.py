"""Drawings through the whole converter, in this process, to one deck."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Sequence

from svg2pptx_batch.conversion import Conversion, convert_svg
from svg2pptx_batch.deck import DeckWriter, pack, unpack
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.svg.resources import FolderLoader


@functools.cache
def system_fonts() -> FontCatalog:
    """Return the fonts of this machine, scanned once a run."""
    return FontCatalog(())


def convert_files(
    files: Sequence[pathlib.Path], deck: pathlib.Path, slide: SlideSize, options: ConvertOptions
) -> list[Conversion]:
    """Convert SVG files to a deck, a slide each; packed and unpacked as a batch does it."""
    conversions = []
    with DeckWriter(deck, slide) as writer:
        for file in files:
            conversion = convert_svg(
                file.read_bytes(),
                options=options,
                slide=slide,
                fonts=system_fonts(),
                loader=FolderLoader(file.parent, file.parent),
                name=file.name,
            )
            writer.add(unpack(pack(conversion.slide)))
            conversions.append(conversion)
    return conversions
