"""SVG to PNG by resvg."""

from __future__ import annotations

import threading
from collections.abc import Callable

MAX_SIDE_PX = 16_384

# resvg walks trees by recursion: about 35 KB a level, and no end but a crash where the stack ends.
_LEAST_BYTES = 2 * 2**20
_LEVEL_BYTES = 64 * 1024
_USUAL_LEVELS = 12
_MOST_LEVELS = 5_000
_NESTING = ("<g", "<mask", "<pattern", "<clipPath", "<filter", "<svg", "image/svg+xml")

_guard = threading.Lock()


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

    def paint() -> bytes:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg, width=width_px, height=height_px, skip_system_fonts=True
            )
        )

    # No deeper than there are elements that can hold others.
    levels = sum(map(svg.count, _NESTING))
    try:
        return paint() if levels <= _USUAL_LEVELS else _with_room(paint, levels)
    except ValueError as error:
        raise UnpaintableError(str(error)) from error
    except BaseException as error:
        # A panic of the Rust library is no Exception, yet it concerns this drawing alone.
        if type(error).__name__ != "PanicException":
            raise
        raise UnpaintableError(str(error)) from error


def _with_room(task: Callable[[], bytes], levels: int) -> bytes:
    """Do a task on a stack large enough for so many levels.

    Raises:
        UnpaintableError: There is no memory for such a stack.
        BaseException: What the task raised.
    """
    results: list[bytes] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(task())
        except BaseException as error:  # noqa: BLE001  raised again where the task was given
            errors.append(error)

    thread = threading.Thread(target=run, name="resvg")
    with _guard:
        usual = threading.stack_size(_LEAST_BYTES + _LEVEL_BYTES * min(levels, _MOST_LEVELS))
        try:
            thread.start()
        except RuntimeError as error:
            raise UnpaintableError(str(error)) from error
        finally:
            threading.stack_size(usual)
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
