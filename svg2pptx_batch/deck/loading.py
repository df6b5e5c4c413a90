"""A user's template, opened and its layout chosen."""

from __future__ import annotations

import dataclasses
import io
import pathlib
import zipfile
from typing import Any

from svg2pptx_batch.deck.base import read_template
from svg2pptx_batch.deck.layouts import find_layout, frame_of, title_type
from svg2pptx_batch.deck.template import Template
from svg2pptx_batch.deck.writer import DeckWriter
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import Titles


def load_template(
    path: pathlib.Path, layout: str = "", *, titles: Titles = Titles.AUTO, append: bool = False
) -> Template:
    """Open a user's deck to make decks like it, or to append slides to it.

    Args:
        path: A .pptx or .potx file.
        layout: Layout for the slides, `NAME` or `THEME/NAME`, whatever the case; empty for a blank
            one, or one for titles where they are asked for.
        titles: Whether slides get titles; `auto` if the layout has a place for them.
        append: Whether its slides and document properties stay. Then parts are read while the deck
            is written, and whoever does not write it closes the template.

    Raises:
        UsageError: It cannot be read as a presentation, or has no such layout.
    """
    template = read_template(path, slides=append)
    try:
        titled = titles in (Titles.NAME, Titles.TITLE)
        chosen = find_layout(_presentation(path, template), layout, titled=titled)
        if titled and not title_type(chosen):
            raise UsageError(
                f"Layout {chosen.name!r} of {path} has no title.",
                remedy="Choose another --layout, or leave --titles out.",
            )
        frame = frame_of(chosen, template.size, titled=titles is not Titles.NONE)
    except BaseException:
        template.close()
        raise
    name = str(chosen.part.partname).removeprefix("/")
    return dataclasses.replace(template, layout=name, frame=frame)


def _presentation(path: pathlib.Path, template: Template) -> Any:
    """Return the template without its slides, as python-pptx sees it.

    Raises:
        UsageError: It does not open.
    """
    import pptx
    from lxml import etree
    from pptx.exc import PythonPptxError

    stream = io.BytesIO()
    bare = dataclasses.replace(template, slides=(), sections=(), reader=None)
    DeckWriter(stream, template.size, template=bare).close()
    stream.seek(0)
    try:
        return pptx.Presentation(stream)
    except (
        PythonPptxError,
        ValueError,
        KeyError,
        AttributeError,
        zipfile.BadZipFile,
        etree.LxmlError,
    ) as error:
        raise UsageError(
            f"{path} is no presentation: {error}.",
            remedy="Give a presentation that PowerPoint opens, saved as .pptx or .potx.",
        ) from error
