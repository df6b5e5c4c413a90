import io

import pytest
from PIL import Image

from svg2pptx_batch.raster.resvg import UnpaintableError, render

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="10" viewBox="0 0 10 10" '
    'preserveAspectRatio="none"><path d="M0 0H5V10H0Z" fill="#ff0000"/></svg>'
)


def test_picture_has_the_size_asked_for_and_is_clear_where_nothing_is():
    picture = Image.open(io.BytesIO(render(SQUARE.format(20), 60, 30)))
    assert (picture.size, picture.mode) == ((60, 30), "RGBA")
    assert picture.getpixel((10, 15)) == (255, 0, 0, 255)
    assert picture.getpixel((50, 15))[3] == 0


def test_too_large_and_broken():
    with pytest.raises(UnpaintableError):
        render(SQUARE.format(10), 20_000, 10)
    with pytest.raises(UnpaintableError):
        render(SQUARE.format(10), 0, 10)
    with pytest.raises(UnpaintableError):
        render("<svg", 10, 10)


def test_files_and_texts_are_not_looked_at(tmp_path):
    (tmp_path / "a.png").write_bytes(render(SQUARE.format(10), 10, 10))
    body = SQUARE.format(10).replace(
        "<path", f'<image width="10" height="10" href="{tmp_path}/a.png"/><text y="9">X</text><path'
    )
    picture = Image.open(io.BytesIO(render(body, 10, 10)))
    assert picture.getpixel((8, 5))[3] == 0
