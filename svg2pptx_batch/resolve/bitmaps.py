"""Bitmap files: what PowerPoint can show is kept as it is, the rest is re-encoded."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import msgspec

from svg2pptx_batch.graphics.rect import Size
from svg2pptx_batch.scene.nodes import ImageFormat

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

MAX_PIXELS = 100_000_000
_JPEG_QUALITY = 95
_ORIENTATION = 0x0112
_KEPT = {"PNG": ImageFormat.PNG, "JPEG": ImageFormat.JPEG, "GIF": ImageFormat.GIF}
_READ = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "ICO")


class Bitmap(msgspec.Struct, frozen=True):
    """A picture as a slide can hold it.

    Attributes:
        data: File content.
        format: PNG, JPEG or GIF.
        size: Pixels, upright.
    """

    data: bytes
    format: ImageFormat
    size: Size


def is_svg(data: bytes, media_type: str) -> bool:
    """Return whether a file is an SVG, packed or not; its own bytes count more than its label."""
    start = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    return data[:2] == b"\x1f\x8b" or (media_type == "image/svg+xml" and not _is_bitmap(data))


def _is_bitmap(data: bytes) -> bool:
    return data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM"))


def read_bitmap(data: bytes) -> Bitmap | str:
    """Return a picture upright, in a format PowerPoint reads, or the reason why not.

    8-bit PNG, RGB and grey JPEG, and GIF files are kept byte for byte. 16-bit PNG, CMYK JPEG,
    pictures turned by EXIF, WebP, BMP, TIFF and AVIF are re-encoded.
    """
    plain = _plain_png(data)
    if plain is not None:
        return plain
    import warnings

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_READ) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    return f"it has more than {MAX_PIXELS:,} pixels"
                return _kept(data, picture) or _encoded(picture)
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError):
        return "it is broken, or in a format not known"


def _plain_png(data: bytes) -> Bitmap | None:
    """Return an 8-bit PNG whose chunks are whole, without loading an image library."""
    import zlib

    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR" or len(data) < 45:
        return None
    width, height, depth = struct.unpack(">IIB", data[16:25])
    if depth > 8 or not 0 < width * height <= MAX_PIXELS:
        return None
    at, seen_data = 8, False
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data) or kind == b"eXIf":
            return None
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            return None
        if kind == b"IEND":
            return Bitmap(data, ImageFormat.PNG, Size(width, height)) if seen_data else None
        seen_data = seen_data or kind == b"IDAT"
        at = end
    return None


def _kept(data: bytes, picture: PilImage) -> Bitmap | None:
    format_ = _KEPT.get(picture.format or "")
    if format_ is None or format_ is ImageFormat.PNG:
        return None
    if picture.mode not in {"RGB", "L", "P", "1", "RGBA"}:
        return None
    if picture.getexif().get(_ORIENTATION, 1) != 1:
        return None
    return Bitmap(data, format_, Size(*picture.size))


def _encoded(picture: PilImage) -> Bitmap:
    from PIL import ImageOps

    as_jpeg = picture.format == "JPEG"
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith(("I", "F")):
        # 16-bit grey: the upper byte.
        upright = upright.point(lambda value: value / 256.0).convert("L")
    clear = "A" in upright.getbands() or "transparency" in upright.info
    upright = upright.convert("RGBA" if clear else "RGB")
    out = io.BytesIO()
    if as_jpeg:
        upright.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    else:
        upright.save(out, "PNG")
    format_ = ImageFormat.JPEG if as_jpeg else ImageFormat.PNG
    return Bitmap(out.getvalue(), format_, Size(*upright.size))
