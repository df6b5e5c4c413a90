"""Slides as LibreOffice draws them, SVGs as resvg draws them, and how alike they are."""

from __future__ import annotations

import functools
import io
import pathlib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
"""Height × width × 3, sRGB."""

_TIMEOUT_S = 240
_PROGRAMS = ("soffice", "pdftoppm")
_MISSING = [name for name in _PROGRAMS if shutil.which(name) is None]

requires_libreoffice: list[Any] = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(bool(_MISSING), reason=f"not installed: {', '.join(_MISSING)}"),
]
"""Marks for tests that call `render`: `pytestmark = requires_libreoffice`."""


def render(deck: pathlib.Path, width_px: int, height_px: int) -> list[Picture]:
    """Return each slide of a deck as LibreOffice draws it.

    Args:
        deck: Path of a .pptx file.
        width_px: Width of the pictures.
        height_px: Their height.
    """
    with tempfile.TemporaryDirectory(prefix="render-") as name:
        folder = pathlib.Path(name)
        _run(
            "soffice",
            f"-env:UserInstallation={_profile().as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            name,
            str(deck),
        )
        document = folder / f"{deck.stem}.pdf"
        assert document.exists(), f"LibreOffice did not convert {deck}"
        _run(
            "pdftoppm",
            "-png",
            "-scale-to-x",
            str(width_px),
            "-scale-to-y",
            str(height_px),
            str(document),
            str(folder / "slide"),
        )
        pages = sorted(folder.glob("slide-*.png"), key=lambda p: int(p.stem.rpartition("-")[2]))
        return [_pixels(page.read_bytes()) for page in pages]


@functools.cache
def _profile() -> pathlib.Path:
    """Return a user profile of our own, made once a run and removed with it."""
    import atexit

    folder = tempfile.mkdtemp(prefix="libreoffice-profile-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return pathlib.Path(folder)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False, text=True)
    assert done.returncode == 0, f"{command[0]}: {done.stderr[-2000:]}"


def _pixels(png: bytes) -> Picture:
    with Image.open(io.BytesIO(png)) as image:
        flat = Image.new("RGB", image.size, "white")
        if image.mode in ("RGBA", "LA", "P"):
            rgba = image.convert("RGBA")
            flat.paste(rgba, mask=rgba)
        else:
            flat.paste(image.convert("RGB"))
        return np.asarray(flat, dtype=np.uint8)


def draw(svg: pathlib.Path, width_px: int, height_px: int) -> Picture:
    """Return an SVG as resvg draws it, contained in a white picture and centred, as on a slide."""
    import resvg_py

    natural_width, natural_height = _size(_png(resvg_py, svg))
    if natural_width * height_px > natural_height * width_px:
        drawn = _pixels(_png(resvg_py, svg, width=width_px))
    else:
        drawn = _pixels(_png(resvg_py, svg, height=height_px))
    drawn = drawn[:height_px, :width_px]
    picture = np.full((height_px, width_px, 3), 255, dtype=np.uint8)
    height, width = drawn.shape[:2]
    top, left = (height_px - height) // 2, (width_px - width) // 2
    picture[top : top + height, left : left + width] = drawn
    return picture


def _png(resvg_py: Any, svg: pathlib.Path, **options: Any) -> bytes:
    return bytes(
        resvg_py.svg_to_bytes(svg_path=str(svg), dpi=96, resources_dir=str(svg.parent), **options)
    )


def _size(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png)) as image:
        return image.size


@dataclass(frozen=True)
class Likeness:
    """How far two pictures differ; 0 is alike.

    Attributes:
        tone: Mean difference of colour, 0…1, where each pixel may look for its like among its
            neighbours.
        edges: Share of the outlines of either picture, 0…1, that the other does not have nearby.
    """

    tone: float
    edges: float


_EDGE_CONTRAST = 40


def compare(one: Picture, other: Picture, tolerance_px: int = 1) -> Likeness:
    """Compare two pictures of one size.

    Args:
        one: A picture.
        other: Another.
        tolerance_px: How far an outline may be shifted unpunished.
    """
    assert one.shape == other.shape, f"{one.shape} against {other.shape}"
    tone = np.maximum(
        _distance_to_range(one, other, tolerance_px), _distance_to_range(other, one, tolerance_px)
    )
    outlines, other_outlines = _outlines(one), _outlines(other)
    edges = max(
        _share_missing(outlines, other_outlines, tolerance_px),
        _share_missing(other_outlines, outlines, tolerance_px),
    )
    return Likeness(float(tone.mean()) / 255, edges)


def _distance_to_range(one: Picture, other: Picture, reach: int) -> NDArray[np.int16]:
    """Return by how much each pixel leaves the range of colours around it in the other picture."""
    low = _neighbourhood(other, reach, np.minimum).astype(np.int16)
    high = _neighbourhood(other, reach, np.maximum).astype(np.int16)
    value = one.astype(np.int16)
    return np.maximum(np.maximum(low - value, value - high), 0)


def _neighbourhood(picture: NDArray[Any], reach: int, choose: np.ufunc) -> NDArray[Any]:
    """Return the least or greatest value within `reach` pixels of each."""
    for axis in (0, 1):
        pad = [(0, 0)] * picture.ndim
        pad[axis] = (reach, reach)
        padded = np.pad(picture, pad, mode="edge")
        length = picture.shape[axis]
        windows = [
            np.take(padded, np.arange(shift, shift + length), axis=axis)
            for shift in range(2 * reach + 1)
        ]
        picture = choose.reduce(windows)
    return picture


def _outlines(picture: Picture) -> NDArray[np.bool_]:
    """Return where neighbouring pixels differ much in any channel."""
    value = picture.astype(np.int16)
    found = np.zeros(picture.shape[:2], dtype=bool)
    found[:, 1:] |= (np.abs(np.diff(value, axis=1)) > _EDGE_CONTRAST).any(axis=2)
    found[1:, :] |= (np.abs(np.diff(value, axis=0)) > _EDGE_CONTRAST).any(axis=2)
    return found


def _share_missing(edges: NDArray[np.bool_], other: NDArray[np.bool_], reach: int) -> float:
    total = int(edges.sum())
    if not total:
        return 0.0
    near = _neighbourhood(other, reach, np.logical_or)
    return float((edges & ~near).sum()) / total


def resaved(deck: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """Return a deck as LibreOffice saves it, in another folder."""
    profile = f"-env:UserInstallation={_profile().as_uri()}"
    command = ("--headless", "--convert-to", "pptx", "--outdir", str(folder), str(deck))
    _run("soffice", profile, *command)
    saved = folder / f"{deck.stem}.pptx"
    assert saved.exists(), f"LibreOffice did not save {deck}"
    return saved
