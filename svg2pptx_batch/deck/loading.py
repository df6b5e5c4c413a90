"""A user's template, opened and its layout chosen."""

from __future__ import annotations

import dataclasses
import pathlib

from svg2pptx_batch.deck.base import read_template
from svg2pptx_batch.deck.layouts import find_layout, frame_of, read_layouts, title_type
from svg2pptx_batch.deck.package_reader import PackageReader
from svg2pptx_batch.deck.template import Template, with_program_properties
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import Titles


def load_template(
    path: pathlib.Path, layout: str = "", *, titles: Titles = Titles.AUTO, append: bool = False
) -> Template:
    """Open a user's deck to make decks like it, or to append slides to it.

    Args:
        path: A .pptx, .potx or .ppsx file.
        layout: Layout for the slides, `NAME` or `THEME/NAME`, whatever the case; empty for a blank
            one, or one for titles where they are asked for.
        titles: Whether slides get titles; `auto` if the layout has a place for them.
        append: Whether its slides and document properties stay. Then parts are read while the deck
            is written, and whoever does not write it closes the template.

    Raises:
        UsageError: It cannot be read as a presentation, or has no such layout.
    """
    reader = PackageReader(path)
    try:
        template = with_program_properties(read_template(reader, slides=append))
        titled = titles in (Titles.NAME, Titles.TITLE)
        layouts = read_layouts(reader, template.presentation)
        chosen = find_layout(path, layouts, layout, titled=titled)
        if titled and not title_type(chosen):
            raise UsageError(
                f"Layout {chosen.name!r} of {path} has no title.",
                remedy="Choose another --layout, or leave --titles out.",
            )
        frame = frame_of(chosen, template.size, titled=titles is not Titles.NONE)
    except BaseException:
        reader.close()
        raise
    if not append:
        reader.close()
    return dataclasses.replace(template, layout=chosen.part, frame=frame)
