"""A deck whose colours are the theme's takes the colours of another theme: in LibreOffice."""

from __future__ import annotations

import zipfile

import numpy as np

from svg2pptx_batch import ConvertOptions, convert
from tests.support.libreoffice import render, requires_libreoffice

pytestmark = requires_libreoffice

DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90">'
    b'<rect width="80" height="90" fill="#2F6DB5"/>'
    b'<rect x="80" width="80" height="90" fill="#2F6DB6"/></svg>'
)


def retheme(deck, target):
    """Write a deck whose first accent is another colour."""
    with zipfile.ZipFile(deck) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            if name == "ppt/theme/theme1.xml":
                assert data.count(b"2F6DB5") == 1
                data = data.replace(b"2F6DB5", b"C00000")
            copy.writestr(name, data)
    return target


def test_colours_follow_the_theme(tmp_path):
    deck = tmp_path / "deck.pptx"
    convert(DRAWING, deck, options=ConvertOptions(theme_colors=0))
    (picture,) = render(retheme(deck, tmp_path / "other.pptx"), 160, 90)
    np.testing.assert_allclose(picture[45, 40], (0xC0, 0, 0), atol=4)
    np.testing.assert_allclose(picture[45, 120], (0x2F, 0x6D, 0xB6), atol=4)
