"""Path data: the `d` attribute to a path of absolute M, L, Q, C, Z.

One regular expression cuts the text into command letters and numbers, and each command's numbers
are read at once; a loop a number would cost three times as much.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

from svg2pptx_batch.graphics.arc import Arc, arc_to_cubics
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Point
from svg2pptx_batch.svg.values.number import NUMBER, bounded


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
_LETTER = re.compile(r"[MmZzLlHhVvCcSsQqTtAa]")
# An arc's arguments stay one piece: its flags need no space around them.
_TOKEN = re.compile(rf"[MmZzLlHhVvCcSsQqTt]|{NUMBER}|[Aa](?:{_WS}*+,?+{_WS}*+{NUMBER})*+")
_SHORT = 1000
_MANY_DIGITS = re.compile(r"[0-9]{16}")
_SEP = rf"{_WS}*+,?+{_WS}*+"
_WHOLE = rf"({NUMBER})"
_ARC = re.compile(
    rf"{_WS}*+{_WHOLE}{_SEP}{_WHOLE}{_SEP}{_WHOLE}{_SEP}([01]){_SEP}([01]){_SEP}"
    rf"{_WHOLE}{_SEP}{_WHOLE}{_SEP}"
)


def _arc_numbers(text: str) -> tuple[list[float], bool]:
    """Read arc arguments, whose flags may be written together; tell whether all was read."""
    numbers: list[float] = []
    at = 0
    while match := _ARC.match(text, at):
        numbers.extend(map(float, match.groups()))
        at = match.end()
    return numbers, not text[at:].strip()


class _Pen:
    """The state of drawing: verbs and coordinates so far, current point, last control point.

    The control point is a cubic's or a quadratic's as long as no coordinates follow that curve.
    """

    __slots__ = ("closed", "control", "coords", "cubic_end", "quad_end", "start", "verbs", "x", "y")

    def __init__(self) -> None:
        self.verbs: list[str] = []
        self.coords: list[float] = []
        self.x = self.y = 0.0
        self.start = (0.0, 0.0)
        self.control = (0.0, 0.0)
        self.cubic_end = self.quad_end = -1
        self.closed = True

    def reopen(self) -> None:
        """Open a subpath at the start of the one just closed."""
        self.verbs.append("M")
        self.coords += self.start
        self.closed = False

    def close(self) -> None:
        """Z; nothing where no subpath is open."""
        if not self.closed:
            self.verbs.append("Z")
            self.closed = True
            self.x, self.y = self.start

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
        x, y = self.x, self.y
        for number in numbers:
            x = x + number if relative else number
            self.coords += (x, y)
        self.x = x

    def vertical(self, numbers: list[float], relative: bool) -> None:
        """V."""
        self.verbs.append("L" * len(numbers))
        x, y = self.x, self.y
        for number in numbers:
            y = y + number if relative else number
            self.coords += (x, y)
        self.y = y

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
        cx, cy, self.x, self.y = coords[-4:]
        self.control, self.cubic_end = (cx, cy), len(coords)

    def smooth_cubic(self, numbers: list[float], relative: bool) -> None:
        """S."""
        self.verbs.append("C" * (len(numbers) // 4))
        x, y = self.x, self.y
        cx, cy = self.control if self.cubic_end == len(self.coords) else (x, y)
        for index in range(0, len(numbers), 4):
            x2, y2, x3, y3 = numbers[index : index + 4]
            if relative:
                x2, y2, x3, y3 = x2 + x, y2 + y, x3 + x, y3 + y
            self.coords += (2 * x - cx, 2 * y - cy, x2, y2, x3, y3)
            cx, cy, x, y = x2, y2, x3, y3
        self.control, self.cubic_end = (cx, cy), len(self.coords)
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
        self.control, self.quad_end = (x1, y1), len(self.coords)
        self.x, self.y = x, y

    def smooth_quadratic(self, numbers: list[float], relative: bool) -> None:
        """T."""
        x, y = self.x, self.y
        cx, cy = self.control if self.quad_end == len(self.coords) else (x, y)
        for index in range(0, len(numbers), 2):
            cx, cy = 2 * x - cx, 2 * y - cy
            dx, dy = numbers[index], numbers[index + 1]
            end = (x + dx, y + dy) if relative else (dx, dy)
            self.bend((x, y), (cx, cy), end)
            x, y = end
        self.control, self.quad_end = (cx, cy), len(self.coords)
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


_ARGUMENTS = {
    "M": (_Pen.move, 2),
    "L": (_Pen.line, 2),
    "H": (_Pen.horizontal, 1),
    "V": (_Pen.vertical, 1),
    "C": (_Pen.cubic, 6),
    "S": (_Pen.smooth_cubic, 4),
    "Q": (_Pen.quadratic, 4),
    "T": (_Pen.smooth_quadratic, 2),
    "A": (_Pen.arc, 7),
}
_COMMANDS = {letter: (*row, False) for letter, row in _ARGUMENTS.items()} | {
    letter.lower(): (*row, True) for letter, row in _ARGUMENTS.items()
}


def parse_path(d: str) -> ParsedPath:
    """Return the path of a `d` attribute, drawn up to the first error.

    Coordinates are clamped to ±1e15. Arcs become cubics. What `use` draws again and again comes as
    the same path each time, so that what is known of it is known.

    Source: SVG 2, 9.3 and 9.5.4.
    """
    return _parsed_short(d) if len(d) <= _SHORT else _parsed(d)


def _parsed(d: str) -> ParsedPath:
    error = None
    tokens = _TOKEN.findall(d)
    read = "".join(tokens)
    # Most texts are letters, numbers and spaces; in others something may be wrong or misplaced.
    if "," in d or len(read) - read.count(" ") + d.count(" ") != len(d):
        lexical = _LEXICAL.match(d)
        end = lexical.end() if lexical else 0
        if end < len(d):
            error = end
            tokens = _TOKEN.findall(d, 0, end)
    starts = [index for index, piece in enumerate(tokens) if piece > "@"]  # letters
    if not starts:
        return ParsedPath(Path("", ()), 0 if tokens else error)
    if starts[0] or tokens[0] not in "Mm":
        return ParsedPath(Path("", ()), _letter_at(d, 0))
    large = "e" in d or "E" in d or _MANY_DIGITS.search(d) is not None
    pen = _Pen()
    starts.append(len(tokens))
    for nth, (start, after) in enumerate(pairwise(starts)):
        letter = tokens[start]
        if letter in "Zz":
            pen.close()
            complete = after == start + 1
        else:
            draw, count, relative = _COMMANDS[letter[0]]
            if count == 7:
                numbers, complete = _arc_numbers(letter[1:])
            else:
                numbers, complete = list(map(float, tokens[start + 1 : after])), True
            extra = len(numbers) % count
            if extra:
                numbers, complete = numbers[:-extra], False
            if large:
                numbers = [bounded(number) for number in numbers]
            if numbers:
                if pen.closed and draw is not _Pen.move:
                    pen.reopen()
                draw(pen, numbers, relative)
            else:
                complete = False
        if not complete:
            error = _letter_at(d, nth) + 1
            break
    return ParsedPath(Path("".join(pen.verbs), tuple(pen.coords)), error)


_parsed_short = lru_cache(maxsize=256)(_parsed)


def _letter_at(d: str, nth: int) -> int:
    """Return where the command letter stands that `nth` others precede."""
    return next(islice(_LETTER.finditer(d), nth, None)).start()
