"""Path data: the `d` attribute to a path of absolute M, L, Q, C, Z.

The text is cut into commands by one regular expression and each command's numbers are read at
once; a loop a number would cost three times as much.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from svg2pptx_batch.graphics.arc import Arc, arc_to_cubics
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Point
from svg2pptx_batch.svg.values.number import LARGEST, NUMBER, bounded


class ParsedPath(NamedTuple):
    """What path data gave.

    Attributes:
        path: Everything up to the first error.
        error_at: Index into the text near the error, or None.
    """

    path: Path
    error_at: int | None


_WS = r"[ \t\r\n\f]"
_LEXICAL = re.compile(
    rf"{_WS}*+(?:[MmZzLlHhVvCcSsQqTtAa]{_WS}*+|{NUMBER}{_WS}*+(?:,{_WS}*+(?=[-+.\d]))?+)*+"
)
_COMMAND = re.compile(r"([MmZzLlHhVvCcSsQqTtAa])([^MmZzLlHhVvCcSsQqTtAa]*)")
_NUMBERS = re.compile(NUMBER)
_SEP = rf"{_WS}*+,?+{_WS}*+"
_WHOLE = rf"({NUMBER})"
_ARC = re.compile(
    rf"{_WS}*+{_WHOLE}{_SEP}{_WHOLE}{_SEP}{_WHOLE}{_SEP}([01]){_SEP}([01]){_SEP}"
    rf"{_WHOLE}{_SEP}{_WHOLE}{_SEP}"
)
_ARGUMENTS = {
    "M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0,
}  # fmt: skip


def _arc_numbers(text: str) -> tuple[list[float], bool]:
    """Read arc arguments, whose flags may be written together; tell whether all was read."""
    numbers: list[float] = []
    at = 0
    while match := _ARC.match(text, at):
        numbers.extend(map(float, match.groups()))
        at = match.end()
    return numbers, not text[at:].strip()


class _Pen:
    """The state of drawing: verbs and coordinates so far, current point, last control point."""

    __slots__ = ("closed", "control", "control_kind", "coords", "start", "verbs", "x", "y")

    def __init__(self) -> None:
        self.verbs: list[str] = []
        self.coords: list[float] = []
        self.x = self.y = 0.0
        self.start = (0.0, 0.0)
        self.control = (0.0, 0.0)
        self.control_kind = ""
        self.closed = True

    def reopen(self) -> None:
        """Open a subpath at the start of the one just closed."""
        self.verbs.append("M")
        self.coords += self.start
        self.closed = False

    def move(self, numbers: list[float], relative: bool) -> None:
        """M, and the implicit lines after it."""
        x, y = numbers[0], numbers[1]
        if relative:
            x, y = x + self.x, y + self.y
        self.verbs.append("M")
        self.coords += (x, y)
        self.x, self.y = self.start = (x, y)
        self.closed = False
        if len(numbers) > 2:
            self.line(numbers[2:], relative)

    def line(self, numbers: list[float], relative: bool) -> None:
        """L."""
        self.verbs.append("L" * (len(numbers) // 2))
        if relative:
            x, y = self.x, self.y
            coords = self.coords
            for index in range(0, len(numbers), 2):
                x += numbers[index]
                y += numbers[index + 1]
                coords.append(x)
                coords.append(y)
        else:
            self.coords += numbers
        self.x, self.y = self.coords[-2], self.coords[-1]

    def horizontal(self, numbers: list[float], relative: bool) -> None:
        """H."""
        self.verbs.append("L" * len(numbers))
        for number in numbers:
            self.x = self.x + number if relative else number
            self.coords += (self.x, self.y)

    def vertical(self, numbers: list[float], relative: bool) -> None:
        """V."""
        self.verbs.append("L" * len(numbers))
        for number in numbers:
            self.y = self.y + number if relative else number
            self.coords += (self.x, self.y)

    def cubic(self, numbers: list[float], relative: bool) -> None:
        """C."""
        self.verbs.append("C" * (len(numbers) // 6))
        coords = self.coords
        if relative:
            x, y = self.x, self.y
            for index in range(0, len(numbers), 6):
                x1, y1, x2, y2, dx, dy = numbers[index : index + 6]
                coords += (x + x1, y + y1, x + x2, y + y2, x + dx, y + dy)
                x += dx
                y += dy
        else:
            coords += numbers
        self.control, self.control_kind = (coords[-4], coords[-3]), "C"
        self.x, self.y = coords[-2], coords[-1]

    def smooth_cubic(self, numbers: list[float], relative: bool) -> None:
        """S."""
        self.verbs.append("C" * (len(numbers) // 4))
        x, y = self.x, self.y
        cx, cy = self.control if self.control_kind == "C" else (x, y)
        for index in range(0, len(numbers), 4):
            x2, y2, x3, y3 = numbers[index : index + 4]
            if relative:
                x2, y2, x3, y3 = x2 + x, y2 + y, x3 + x, y3 + y
            self.coords += (2 * x - cx, 2 * y - cy, x2, y2, x3, y3)
            cx, cy, x, y = x2, y2, x3, y3
        self.control, self.control_kind = (cx, cy), "C"
        self.x, self.y = x, y

    def quadratic(self, numbers: list[float], relative: bool) -> None:
        """Q."""
        x, y = self.x, self.y
        for index in range(0, len(numbers), 4):
            x1, y1, x2, y2 = numbers[index : index + 4]
            if relative:
                x1, y1, x2, y2 = x1 + x, y1 + y, x2 + x, y2 + y
            self.bend((x, y), (x1, y1), (x2, y2))
            x, y = x2, y2
        self.control, self.control_kind = (x1, y1), "Q"
        self.x, self.y = x, y

    def smooth_quadratic(self, numbers: list[float], relative: bool) -> None:
        """T."""
        x, y = self.x, self.y
        cx, cy = self.control if self.control_kind == "Q" else (x, y)
        for index in range(0, len(numbers), 2):
            cx, cy = 2 * x - cx, 2 * y - cy
            dx, dy = numbers[index], numbers[index + 1]
            end = (x + dx, y + dy) if relative else (dx, dy)
            self.bend((x, y), (cx, cy), end)
            x, y = end
        self.control, self.control_kind = (cx, cy), "Q"
        self.x, self.y = x, y

    def bend(self, start: Point, control: Point, end: Point) -> None:
        """Draw a quadratic; one whose control point is an end of it is a line, and drawn as one."""
        if control in (start, end):
            self.verbs.append("L")
            self.coords += end
        else:
            self.verbs.append("Q")
            self.coords += (*control, *end)

    def arc(self, numbers: list[float], relative: bool) -> None:
        """A."""
        for index in range(0, len(numbers), 7):
            rx, ry, rotation, large, sweep, x, y = numbers[index : index + 7]
            if relative:
                x, y = x + self.x, y + self.y
            if rx == 0 or ry == 0:
                self.verbs.append("L")
                self.coords += (x, y)
            else:
                arc = Arc(rx, ry, rotation, large != 0, sweep != 0, (x, y))
                for cubic in arc_to_cubics((self.x, self.y), arc):
                    self.verbs.append("C")
                    self.coords += cubic
            self.x, self.y = x, y


_DRAW = {
    "L": _Pen.line,
    "H": _Pen.horizontal,
    "V": _Pen.vertical,
    "C": _Pen.cubic,
    "S": _Pen.smooth_cubic,
    "Q": _Pen.quadratic,
    "T": _Pen.smooth_quadratic,
    "A": _Pen.arc,
    "M": _Pen.move,
}


def parse_path(d: str) -> ParsedPath:
    """Return the path of a `d` attribute, drawn up to the first error.

    Coordinates are clamped to ±1e15. Arcs become cubics.

    Source: SVG 2, 9.3 and 9.5.4.
    """
    lexical = _LEXICAL.match(d)
    end = lexical.end() if lexical else 0
    error = end if end < len(d) else None
    pen = _Pen()
    first = True
    for match in _COMMAND.finditer(d, 0, end):
        letter, text = match.groups()
        upper = letter.upper()
        if first:
            if upper != "M" or d[: match.start()].strip():
                return ParsedPath(Path("", ()), match.start())
            first = False
        if upper == "Z":
            if not pen.closed:
                pen.verbs.append("Z")
                pen.closed = True
                pen.x, pen.y = pen.start
            pen.control_kind = ""
            if text.strip():
                error = match.start(2)
                break
            continue
        if upper == "A":
            numbers, complete = _arc_numbers(text)
        else:
            numbers = list(map(float, _NUMBERS.findall(text)))
            count = _ARGUMENTS[upper]
            extra = len(numbers) % count
            complete = not extra and len(numbers) >= count
            if extra:
                numbers = numbers[:-extra]
        if numbers:
            if max(numbers) > LARGEST or min(numbers) < -LARGEST:
                numbers = [bounded(number) for number in numbers]
            if pen.closed and upper != "M":
                pen.reopen()
            if upper not in "CSQT":
                pen.control_kind = ""
            _DRAW[upper](pen, numbers, letter != upper)
        else:
            complete = False
        if not complete:
            error = match.start(2)
            break
    if first and end and d[:end].strip():
        error = 0
    return ParsedPath(Path("".join(pen.verbs), tuple(pen.coords)), error)
