"""Paths: absolute moves, lines, quadratic and cubic Béziers, and closes.

Verbs are one character each and coordinates lie flat beside them, because a tuple a segment costs
an order of magnitude more time than the segment's mathematics.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress

import msgspec

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.bezier import cubic_extrema, quadratic_extrema
from svg2pptx_batch.graphics.rect import Point, Rect

COORDS_OF = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}

Segment = tuple[str, tuple[float, ...]]


class Path(msgspec.Struct, frozen=True, dict=True):
    """An immutable path.

    Every subpath opens with M; a Z is followed by M or by nothing.

    Attributes:
        verbs: A string over M, L, Q, C, Z.
        coords: Absolute coordinates in user units: 2 for M and L, 4 for Q, 6 for C, none for Z.
    """

    verbs: str
    coords: tuple[float, ...]

    def __bool__(self) -> bool:
        """Whether there is any segment at all."""
        return bool(self.verbs)

    def segments(self) -> Iterator[Segment]:
        """Yield (verb, coordinates) in order."""
        coords, at = self.coords, 0
        for verb in self.verbs:
            end = at + COORDS_OF[verb]
            yield verb, coords[at:end]
            at = end

    def subpaths(self) -> Iterator[Path]:
        """Yield each subpath as a path of its own."""
        if self.verbs.count("M") == 1:
            yield self
            return
        at = 0
        for rest in self.verbs.split("M")[1:]:
            count = rest.count
            end = at + 2 + 2 * count("L") + 4 * count("Q") + 6 * count("C")
            yield Path(f"M{rest}", self.coords[at:end])
            at = end

    def starts(self) -> list[int]:
        """Return which points open a subpath, counted from 0, and the number of points."""
        points = _by_point(self.verbs)
        found = [at for at, verb in enumerate(points) if verb == "M"]
        found.append(len(points))
        return found

    def on_outline(self) -> bytes:
        """Return a byte for each point: 0 for control points."""
        return _by_point(self.verbs).encode()

    def transform(self, m: Affine) -> Path:
        """Return the image of the path under `m`."""
        a, b, c, d, e, f = m
        xs, ys = self.coords[::2], self.coords[1::2]
        out = [0.0] * len(self.coords)
        if b == 0.0 and c == 0.0:
            out[::2] = [a * x + e for x in xs]
            out[1::2] = [d * y + f for y in ys]
        else:
            out[::2] = [a * x + c * y + e for x, y in zip(xs, ys, strict=True)]
            out[1::2] = [b * x + d * y + f for x, y in zip(xs, ys, strict=True)]
        return Path(self.verbs, tuple(out))

    def bounds(self) -> Rect | None:
        """Return the tight box of the outline, or None if there is none; reckoned once.

        Curve extrema bound it, not control points. Subpaths of a lone M count, as in SVG's
        bounding box.
        """
        if not self.coords:
            return None
        kept: Rect | None = self.__dict__.get("box")
        if kept is None:
            kept = self.__dict__["box"] = self._bounds()
        return kept

    def _bounds(self) -> Rect:
        xs, ys = self.coords[::2], self.coords[1::2]
        verbs = self.verbs
        if "C" not in verbs and "Q" not in verbs:
            left, top = min(xs), min(ys)
            return Rect(left, top, max(xs) - left, max(ys) - top)
        on = self.on_outline()
        left, right = _extent(xs, on)
        top, bottom = _extent(ys, on)
        return Rect(left, top, right - left, bottom - top)


def _by_point(verbs: str) -> str:
    """Return a character for each point: its verb, or NUL for a control point."""
    return verbs.replace("C", "\0\0C").replace("Q", "\0Q").replace("Z", "")


def _extent(values: tuple[float, ...], on: bytes) -> tuple[float, float]:
    """Return the least and the largest value of one coordinate along curves.

    Args:
        values: Of all points.
        on: A byte for each of them, 0 for control points.
    """
    ends = tuple(compress(values, on))
    low, high = min(ends), max(ends)
    if min(values) >= low and max(values) <= high:
        return low, high
    # Most control points lie between the others: look for extrema only where they do not.
    for at in [at for at, value in enumerate(values) if value < low or value > high]:
        if on[at + 1] and on[at - 1]:
            extrema = quadratic_extrema(*values[at - 1 : at + 2])
        else:
            first = at - 2 if on[at + 1] else at - 1
            extrema = cubic_extrema(*values[first : first + 4])
        for extremum in extrema:
            if extremum < low:
                low = extremum
            elif extremum > high:
                high = extremum
    return low, high


class PathBuilder:
    """A pen: collects drawing verbs, then gives a `Path`.

    A drawing verb after `close` opens a new subpath at the closed one's start, as SVG has it.
    """

    __slots__ = ("_closed", "_coords", "_start", "_verbs")

    def __init__(self) -> None:
        self._verbs: list[str] = []
        self._coords: list[float] = []
        self._start: Point = (0.0, 0.0)
        self._closed = True

    def _open(self) -> None:
        if self._closed:
            self.move_to(*self._start)

    def move_to(self, x: float, y: float) -> None:
        """Open a subpath at (x, y)."""
        self._verbs.append("M")
        self._coords += (x, y)
        self._start = (x, y)
        self._closed = False

    def line_to(self, x: float, y: float) -> None:
        """Draw a straight line to (x, y)."""
        self._open()
        self._verbs.append("L")
        self._coords += (x, y)

    def quad_to(self, x1: float, y1: float, x: float, y: float) -> None:
        """Draw a quadratic Bézier with control point (x1, y1)."""
        self._open()
        self._verbs.append("Q")
        self._coords += (x1, y1, x, y)

    def cubic_to(self, x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> None:
        """Draw a cubic Bézier with control points (x1, y1) and (x2, y2)."""
        self._open()
        self._verbs.append("C")
        self._coords += (x1, y1, x2, y2, x, y)

    def close(self) -> None:
        """Close the open subpath; nothing if none is open."""
        if not self._closed:
            self._verbs.append("Z")
            self._closed = True

    def build(self) -> Path:
        """Return the path drawn so far."""
        return Path("".join(self._verbs), tuple(self._coords))


def rect_path(rect: Rect) -> Path:
    """Return a rectangle as SVG draws it: clockwise from its top left corner."""
    x, y, r, b = rect.x, rect.y, rect.right, rect.bottom
    return Path("MLLLZ", (x, y, r, y, r, b, x, b))


_KAPPA = 0.5522847498


def rounded_rect_path(rect: Rect, rx: float, ry: float) -> Path:
    """Return a rectangle with elliptical corners; radii are clamped to half the sides."""
    rx, ry = min(rx, rect.width / 2), min(ry, rect.height / 2)
    if rx <= 0 or ry <= 0:
        return rect_path(rect)
    x, y, r, b = rect.x, rect.y, rect.right, rect.bottom
    kx, ky = rx * (1 - _KAPPA), ry * (1 - _KAPPA)
    pen = PathBuilder()
    pen.move_to(x + rx, y)
    pen.line_to(r - rx, y)
    pen.cubic_to(r - kx, y, r, y + ky, r, y + ry)
    pen.line_to(r, b - ry)
    pen.cubic_to(r, b - ky, r - kx, b, r - rx, b)
    pen.line_to(x + rx, b)
    pen.cubic_to(x + kx, b, x, b - ky, x, b - ry)
    pen.line_to(x, y + ry)
    pen.cubic_to(x, y + ky, x + kx, y, x + rx, y)
    pen.close()
    return pen.build()


def ellipse_path(cx: float, cy: float, rx: float, ry: float) -> Path:
    """Return an ellipse as SVG draws it: clockwise from its rightmost point."""
    kx, ky = rx * _KAPPA, ry * _KAPPA
    pen = PathBuilder()
    pen.move_to(cx + rx, cy)
    pen.cubic_to(cx + rx, cy + ky, cx + kx, cy + ry, cx, cy + ry)
    pen.cubic_to(cx - kx, cy + ry, cx - rx, cy + ky, cx - rx, cy)
    pen.cubic_to(cx - rx, cy - ky, cx - kx, cy - ry, cx, cy - ry)
    pen.cubic_to(cx + kx, cy - ry, cx + rx, cy - ky, cx + rx, cy)
    pen.close()
    return pen.build()
