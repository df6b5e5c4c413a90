"""Colour functions of filters: read, applied to colours, and to whatever is painted in them."""

from __future__ import annotations

import math

import msgspec

from svg2pptx_batch.graphics.color import Color, from_linear, to_linear
from svg2pptx_batch.lower.effects.chain import Result
from svg2pptx_batch.scene.effects import FilterPrimitive
from svg2pptx_batch.svg.values.number import parse_number, parse_number_list

_ALPHA_ROW = 3
_IDENTITY_ROW = (0.0, 0.0, 0.0, 1.0, 0.0)
_LUMINANCE = (0.2125, 0.7154, 0.0721)
_TINY = 1e-6


class Transfer(msgspec.Struct, frozen=True):
    """A transfer function of one channel.

    Attributes:
        kind: identity, table, discrete, linear or gamma.
        values: Of tables; slope and intercept; amplitude, exponent and offset.
    """

    kind: str = "identity"
    values: tuple[float, ...] = ()

    def __call__(self, value: float) -> float:
        """Return what becomes of a value; both 0…1."""
        match self.kind:
            case "table":
                last = len(self.values) - 1
                at = min(int(value * last), max(0, last - 1))
                low, high = self.values[at], self.values[min(at + 1, last)]
                out = low + (value * last - at) * (high - low)
            case "discrete":
                out = self.values[min(int(value * len(self.values)), len(self.values) - 1)]
            case "linear":
                out = self.values[0] * value + self.values[1]
            case "gamma":
                out = self.values[0] * value ** self.values[1] + self.values[2]
            case _:
                out = value
        return min(1.0, max(0.0, out))

    @property
    def is_identity(self) -> bool:
        """Whether nothing changes."""
        return all(abs(self(k / 16) - k / 16) < _TINY for k in range(17))

    @property
    def gain(self) -> float | None:
        """The factor (0…1) a function is, None for any other."""
        factor = self(1.0)
        same = all(abs(self(k / 16) - k / 16 * factor) < _TINY for k in range(17))
        return factor if same else None


_SAME = Transfer()


class Recolour(msgspec.Struct, frozen=True):
    """A function of a pixel's colour: a matrix, then a transfer function a channel.

    Attributes:
        rows: Four rows of five: red, green, blue, alpha and 1, unpremultiplied, 0…1.
        transfers: Of red, green, blue and alpha.
        linear: Whether red, green and blue are in linear light.
    """

    rows: tuple[tuple[float, ...], ...] = ()
    transfers: tuple[Transfer, ...] = (_SAME, _SAME, _SAME, _SAME)
    linear: bool = False

    def __call__(self, color: Color) -> Color:
        """Return what becomes of a colour."""
        channels = [to_linear(each) if self.linear else each / 255 for each in color[:3]]
        values = [*channels, color.alpha]
        if self.rows:
            terms = [*values, 1.0]
            values = [
                min(1.0, max(0.0, sum(a * b for a, b in zip(row, terms, strict=True))))
                for row in self.rows
            ]
        values = [function(value) for function, value in zip(self.transfers, values, strict=True)]
        red, green, blue = (
            from_linear(each) if self.linear else round(each * 255) for each in values[:3]
        )
        return Color(red, green, blue, values[3])

    @property
    def is_identity(self) -> bool:
        """Whether nothing changes."""
        same = all(function.is_identity for function in self.transfers)
        return same and (not self.rows or _is_unit(self.rows))

    @property
    def gain(self) -> float | None:
        """The factor (0…1) alpha is multiplied by, None where more happens to it."""
        factor = 1.0
        if self.rows:
            *others, factor, bias = self.rows[_ALPHA_ROW]
            if any(abs(each) > _TINY for each in (*others, bias)) or not 0 <= factor <= 1:
                return None
        more = self.transfers[_ALPHA_ROW].gain
        return None if more is None else factor * more

    @property
    def hardens(self) -> bool:
        """Whether all but the faintest alpha becomes 1."""
        if not self.rows or not self.transfers[_ALPHA_ROW].is_identity:
            return False
        *others, factor, bias = self.rows[_ALPHA_ROW]
        return not any(others) and not bias and factor >= 20

    @property
    def sees_color(self) -> bool:
        """Whether red, green and blue depend on what they were."""
        if not self.rows:
            return True
        return any(abs(each) > _TINY for row in self.rows[:3] for each in row[:3])

    @property
    def sees_alpha(self) -> bool:
        """Whether red, green and blue depend on alpha."""
        return bool(self.rows) and any(abs(row[3]) > _TINY for row in self.rows[:3])

    @property
    def is_affine(self) -> bool:
        """Whether mixing two colours of the sRGB space and recolouring are exchangeable."""
        if self.linear or any(t.kind not in {"identity", "linear"} for t in self.transfers):
            return False
        corners = [(r, g, b) for r in (0.0, 1.0) for g in (0.0, 1.0) for b in (0.0, 1.0)]
        for corner in corners:
            values: tuple[float, ...] = corner
            if self.rows:
                terms = (*corner, 1.0, 1.0)
                values = tuple(
                    sum(a * b for a, b in zip(row, terms, strict=True)) for row in self.rows[:3]
                )
            for function, value in zip(self.transfers, values, strict=False):
                out = value
                if function.kind == "linear":
                    out = function.values[0] * value + function.values[1]
                if not (-0.02 <= value <= 1.02 and -0.02 <= out <= 1.02):
                    return False
        return True

    @property
    def keeps_nothing(self) -> bool:
        """Whether what is transparent stays so."""
        return self(Color(0, 0, 0, 0.0)).alpha <= _TINY


def _is_unit(rows: tuple[tuple[float, ...], ...]) -> bool:
    return all(
        abs(value - (column == number)) < _TINY
        for number, row in enumerate(rows)
        for column, value in enumerate(row)
    )


def read_recolour(result: Result) -> Recolour | None:
    """Return the function of feColorMatrix or feComponentTransfer, None where it is in error."""
    if result.primitive is None:
        return None
    if result.tag == "feColorMatrix":
        rows = _matrix(result.get("type", "matrix") or "matrix", result.get("values"))
        return None if rows is None else Recolour(rows, linear=result.is_linear)
    transfers = [_SAME] * 4
    for child in result.primitive.children:
        at = "RGBA".find(child.tag.removeprefix("feFunc"))
        if at < 0:
            continue
        function = _transfer(child)
        if function is None:
            return None
        transfers[at] = function
    return Recolour(transfers=tuple(transfers), linear=result.is_linear)


def _transfer(primitive: FilterPrimitive) -> Transfer | None:
    values = dict(primitive.attributes)
    kind = values.get("type", "")

    def number(name: str, default: float) -> float | None:
        return parse_number(values[name]) if name in values else default

    numbers: list[float | None] = []
    match kind:
        case "identity":
            return _SAME
        case "table" | "discrete":
            text = values.get("tableValues", "").replace(",", " ")
            if not text.strip():
                return _SAME
            numbers = [parse_number(item) for item in text.split()]
        case "linear":
            numbers = [number("slope", 1.0), number("intercept", 0.0)]
        case "gamma":
            numbers = [number("amplitude", 1.0), number("exponent", 1.0), number("offset", 0.0)]
        case _:
            return None
    known = tuple(each for each in numbers if each is not None)
    if len(known) != len(numbers) or (kind == "gamma" and known[1] < 0):
        return None
    return Transfer(kind, known)


def _matrix(kind: str, text: str) -> tuple[tuple[float, ...], ...] | None:
    """Return the rows of a colour matrix (Filter Effects 1, 9.6)."""
    numbers = parse_number_list(text)
    if not text.strip():
        numbers = {"saturate": (1.0,), "hueRotate": (0.0,)}.get(kind, ())
    match kind:
        case "matrix" if not text.strip():
            numbers = (1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, *_IDENTITY_ROW)
        case "matrix" if len(numbers) == 20:
            pass
        case "saturate" if len(numbers) == 1 and 0 <= numbers[0] <= 1:
            s = numbers[0]
            return _of_rgb(
                (0.213 + 0.787 * s, 0.715 - 0.715 * s, 0.072 - 0.072 * s),
                (0.213 - 0.213 * s, 0.715 + 0.285 * s, 0.072 - 0.072 * s),
                (0.213 - 0.213 * s, 0.715 - 0.715 * s, 0.072 + 0.928 * s),
            )
        case "hueRotate" if len(numbers) == 1:
            c, s = math.cos(math.radians(numbers[0])), math.sin(math.radians(numbers[0]))
            return _of_rgb(
                (0.213 + 0.787 * c - 0.213 * s, 0.715 * (1 - c - s), 0.072 - 0.072 * c + 0.928 * s),
                (
                    0.213 - 0.213 * c + 0.143 * s,
                    0.715 + 0.285 * c + 0.14 * s,
                    0.072 - 0.072 * c - 0.283 * s,
                ),
                (
                    0.213 - 0.213 * c - 0.787 * s,
                    0.715 - 0.715 * c + 0.715 * s,
                    0.072 + 0.928 * c + 0.072 * s,
                ),
            )
        case "luminanceToAlpha":
            nothing = (0.0,) * 5
            return (nothing, nothing, nothing, (*_LUMINANCE, 0.0, 0.0))
        case _:
            return None
    rows = [tuple(map(float, numbers[at : at + 5])) for at in range(0, 20, 5)]
    return tuple(rows)


def _of_rgb(*rows: tuple[float, float, float]) -> tuple[tuple[float, ...], ...]:
    return (*((*row, 0.0, 0.0) for row in rows), _IDENTITY_ROW)


def applied(steps: tuple[Recolour, ...], color: Color) -> Color:
    """Return what becomes of a colour through several functions."""
    for step in steps:
        color = step(color)
    return color
