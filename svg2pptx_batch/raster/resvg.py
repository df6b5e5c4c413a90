"""SVG to PNG by resvg."""

from __future__ import annotations

MAX_SIDE_PX = 16_384


class UnpaintableError(Exception):
    """A picture cannot be painted; who asked for it does without. Never leaves the conversion."""


def render(svg: str, width_px: int, height_px: int) -> bytes:
    """Paint an SVG on a transparent canvas.

    Args:
        svg: Plain SVG 1.1 without text, remote pictures and files, as `scene.svg_writer` makes it.
            Its root's width and height must stand to each other as those asked for; otherwise the
            picture is the largest of its proportions that fits.
        width_px: Width of the picture, 1…16384.
        height_px: Height, the same.

    Returns:
        A PNG file, 8-bit RGBA.

    Raises:
        UnpaintableError: It would be empty or too large, or the drawing is nothing resvg can paint.
    """
    import resvg_py

    if not (1 <= width_px <= MAX_SIDE_PX and 1 <= height_px <= MAX_SIDE_PX):
        raise UnpaintableError(f"a picture of {width_px} × {height_px} px is out of range")
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=svg, width=width_px, height=height_px, skip_system_fonts=True
        )
    except ValueError as error:
        raise UnpaintableError(str(error)) from error
    except BaseException as error:
        # A panic of the Rust library is no Exception, yet it concerns this drawing alone.
        if type(error).__name__ != "PanicException":
            raise
        raise UnpaintableError(str(error)) from error
    return bytes(png)
