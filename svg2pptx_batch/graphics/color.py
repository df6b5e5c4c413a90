"""Colours: sRGB with alpha, and the linear light they stand for."""

from __future__ import annotations

from typing import NamedTuple


class Color(NamedTuple):
    """An sRGB colour.

    Attributes:
        red: 0…255.
        green: 0…255.
        blue: 0…255.
        alpha: 0…1, not premultiplied.
    """

    red: int
    green: int
    blue: int
    alpha: float = 1.0

    @property
    def hex(self) -> str:
        """`RRGGBB`, upper case, without alpha: DrawingML's notation."""
        return f"{self.red:02X}{self.green:02X}{self.blue:02X}"

    def with_alpha(self, factor: float) -> Color:
        """Return the colour with its alpha multiplied by `factor` (0…1)."""
        return self._replace(alpha=self.alpha * factor)

    def mix(self, other: Color, t: float) -> Color:
        """Return the colour at t (0…1) between this and another, in sRGB, not premultiplied."""
        return Color(
            round(self.red + (other.red - self.red) * t),
            round(self.green + (other.green - self.green) * t),
            round(self.blue + (other.blue - self.blue) * t),
            self.alpha + (other.alpha - self.alpha) * t,
        )


def to_linear(channel: int) -> float:
    """Return the linear light (0…1) of an sRGB channel (0…255)."""
    value = channel / 255
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)


def from_linear(light: float) -> int:
    """Return the sRGB channel (0…255) of a linear light, clamped to 0…1."""
    light = min(1.0, max(0.0, light))
    value = light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return round(value * 255)


BLACK = Color(0, 0, 0)
WHITE = Color(255, 255, 255)
TRANSPARENT = Color(0, 0, 0, 0.0)
