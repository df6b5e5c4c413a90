"""Titles stay above their drawings, however long they are: in LibreOffice."""

from __future__ import annotations

from svg2pptx_batch import ConvertOptions, convert
from tests.support.libreoffice import render, requires_libreoffice

pytestmark = requires_libreoffice


def test_a_long_title_gets_smaller_letters(tmp_path):
    title = "A drawing of which much can be said " * 7
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40"><title>{title}</title>'
        '<rect width="90" height="40" fill="#2f6db5"/></svg>'
    )
    deck = tmp_path / "deck.pptx"
    convert(svg.encode(), deck, options=ConvertOptions(titles="title"))
    (picture,) = render(deck, 640, 360)
    dark = picture.max(axis=2) < 128
    assert dark[:50].any(), "the title is seen"
    assert not dark[:4].any(), "it does not reach the upper edge"
