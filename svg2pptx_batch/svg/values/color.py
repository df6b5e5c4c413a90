"""Colours: every notation of CSS Color 4, to sRGB.

Colours outside sRGB are clipped. `none` components are 0. ICC colours are ignored in favour of
the sRGB colour before them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from svg2pptx_batch.graphics.color import BLACK, Color
from svg2pptx_batch.svg.values import color_spaces
from svg2pptx_batch.svg.values.color_names import COLOR_NAMES
from svg2pptx_batch.svg.values.number import NUMBER, bounded

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_ICC = re.compile(r"(?:\s+(?:icc-color|device-\w+)\s*\([^()]*\))+\s*$", re.IGNORECASE)
_FUNCTION = re.compile(r"([a-zA-Z-]+)\((.*)\)", re.DOTALL)
_COMPONENT = re.compile(rf"({NUMBER})(%|deg|grad|rad|turn|)", re.IGNORECASE)
_MODERN = re.compile(r"\s*/\s*")
_COMMA = re.compile(r"\s*,\s*")
_LONGEST = 1_000
"""Characters of a colour; none comes near, and the time to read one grows with their square."""
_HUE = {"": 1.0, "deg": 1.0, "grad": 0.9, "rad": 57.29577951308232, "turn": 360.0}

Component = tuple[float, str]
"""A number and its unit: empty, `%` or an angle's."""


def parse_color(text: str, current: Color = BLACK) -> Color | None:
    """Return the colour a text stands for.

    Args:
        text: Any CSS colour, in any case; white space around is ignored.
        current: What `currentColor` stands for.

    Returns:
        The colour, or None where the text is none.

    Source: CSS Color 4; light-dark() and color-mix() of CSS Color 5 (light scheme).
    """
    if len(text) > _LONGEST:
        return None
    color = _parse(text)
    if color is CURRENT:
        return current
    if color is None and "(" in text:
        return _nested(text.strip(), current)
    return color


def is_hex_color(text: str) -> bool:
    """Whether a text is `#` and three, four, six or eight hexadecimal digits."""
    return _HEX.fullmatch(text) is not None


def hex_color(text: str) -> Color:
    """Return the colour of such a text."""
    digits = text[1:]
    if len(digits) == 6:
        value = int(digits, 16)
        return Color(value >> 16, value >> 8 & 255, value & 255)
    if len(digits) < 6:
        digits = "".join(digit * 2 for digit in digits)
    channels = bytes.fromhex(digits)
    red, green, blue = channels[:3]
    return Color(red, green, blue, channels[3] / 255 if len(channels) == 4 else 1.0)


CURRENT = Color(-1, -1, -1)
"""Stands for `currentColor` inside this room; told apart by identity."""


@lru_cache(maxsize=4096)
def _parse(text: str) -> Color | None:
    """Return a colour that needs no other, CURRENT for currentColor, else None."""
    text = text.strip()
    if text[:1] == "#" and is_hex_color(text):
        return hex_color(text)
    lower = text.lower()
    if named := COLOR_NAMES.get(lower):
        return named
    if lower == "currentcolor":
        return CURRENT
    if match := _FUNCTION.fullmatch(lower):
        return _function(match[1], match[2].strip())
    plain = _ICC.sub("", text)
    return _parse(plain) if plain != text else None


def _components(text: str) -> tuple[list[Component], float, bool] | None:
    """Split arguments into components and alpha; tell whether commas parted them."""
    legacy = "," in text
    alpha_text = ""
    if legacy:
        words = _COMMA.split(text)
        if len(words) == 4:
            alpha_text = words.pop()
    else:
        halves = _MODERN.split(text)
        if len(halves) > 2:
            return None
        words = halves[0].split()
        alpha_text = halves[1] if len(halves) == 2 else ""
        if len(halves) == 1 and len(words) == 4:
            alpha_text = words.pop()
    components: list[Component] = []
    for word in words:
        component = _component(word)
        if component is None:
            return None
        components.append(component)
    alpha = 1.0
    if alpha_text:
        component = _component(alpha_text)
        if component is None or component[1] not in ("", "%"):
            return None
        alpha = component[0] / 100 if component[1] else component[0]
    return components, min(1.0, max(0.0, alpha)), legacy


def _component(word: str) -> Component | None:
    if word == "none":
        return (0.0, "")
    match = _COMPONENT.fullmatch(word)
    return (bounded(float(match[1])), match[2]) if match else None


def _function(name: str, inner: str) -> Color | None:
    """Return the colour of a function whose arguments are numbers; both in lower case."""
    if name == "color":
        return _color_function(inner)
    parsed = _components(inner)
    if parsed is None or len(parsed[0]) != 3:
        return None
    components, alpha, legacy = parsed
    units = [unit for _, unit in components]
    values = [value for value, _ in components]
    match name:
        case "rgb" | "rgba":
            if any(unit not in ("", "%") for unit in units) or (legacy and len(set(units)) > 1):
                return None
            red, green, blue = (value / (100 if unit else 255) for value, unit in components)
            return color_spaces.to_color((red, green, blue), alpha)
        case "hsl" | "hsla" | "hwb":
            hue = _hue(components[0])
            if hue is None or any(unit not in ("", "%") for unit in units[1:]):
                return None
            second = min(1.0, max(0.0, values[1] / 100))
            third = min(1.0, max(0.0, values[2] / 100))
            convert = color_spaces.hwb if name == "hwb" else color_spaces.hsl
            return color_spaces.to_color(convert(hue, second, third), alpha)
        case "lab" | "oklab":
            if any(unit not in ("", "%") for unit in units):
                return None
            full, half = (100.0, 125.0) if name == "lab" else (1.0, 0.4)
            lightness = _scaled(components[0], full)
            a, b = _scaled(components[1], half), _scaled(components[2], half)
        case "lch" | "oklch":
            hue = _hue(components[2])
            if hue is None or any(unit not in ("", "%") for unit in units[:2]):
                return None
            full, half = (100.0, 150.0) if name == "lch" else (1.0, 0.4)
            lightness = _scaled(components[0], full)
            a, b = color_spaces.polar(max(0.0, _scaled(components[1], half)), hue)
        case _:
            return None
    lightness = min(full, max(0.0, lightness))
    to_rgb = color_spaces.oklab if name.startswith("ok") else color_spaces.lab
    return color_spaces.to_color(to_rgb(lightness, a, b), alpha)


def _scaled(component: Component, full: float) -> float:
    """Return a number, percentages counted of `full`."""
    value, unit = component
    return value / 100 * full if unit else value


def _hue(component: Component) -> float | None:
    """Return degrees, or None for a unit that is no angle."""
    value, unit = component
    factor = _HUE.get(unit)
    return None if factor is None else (value * factor) % 360.0


def _color_function(inner: str) -> Color | None:
    space, _, rest = inner.partition(" ")
    parsed = _components(rest)
    if parsed is None or parsed[2] or len(parsed[0]) != 3:
        return None
    components, alpha, _ = parsed
    if any(unit not in ("", "%") for _, unit in components):
        return None
    values = tuple(_scaled(component, 1.0) for component in components)
    rgb = color_spaces.from_space(space, (values[0], values[1], values[2]))
    return None if rgb is None else color_spaces.to_color(rgb, alpha)


def split_arguments(text: str) -> list[str]:
    """Split at commas that stand in no parentheses."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    parts.append(text[start:].strip())
    return parts


_MIX_PART = re.compile(rf"(?:({NUMBER})%\s+)?(.*?)(?:\s+({NUMBER})%)?", re.DOTALL)
_DEEPEST = 16


def _nested(text: str, current: Color, depth: int = 0) -> Color | None:
    """Return the colour of light-dark() and color-mix(), whose arguments are colours."""
    name, _, rest = text.partition("(")
    if depth > _DEEPEST or not rest.endswith(")"):
        return None
    arguments = split_arguments(rest[:-1])
    match name.lower():
        case "light-dark" if len(arguments) == 2:
            return (
                parse_color(arguments[0], current)
                if "(" not in arguments[0]
                else (_parse(arguments[0]) or _nested(arguments[0], current, depth + 1))
            )
        case "color-mix" if len(arguments) == 3 and arguments[0].lower().startswith("in "):
            return _mix(arguments[1], arguments[2], current, depth)
    return None


def _mix(first: str, second: str, current: Color, depth: int) -> Color | None:
    """Mix two colours in sRGB, premultiplied, whatever space was asked for."""
    colors: list[Color] = []
    shares: list[float | None] = []
    for part in (first, second):
        match = _MIX_PART.fullmatch(part)
        if match is None:
            return None
        color = _parse(match[2])
        if color is CURRENT:
            color = current
        color = color or _nested(match[2], current, depth + 1)
        if color is None:
            return None
        share = match[1] or match[3]
        colors.append(color)
        shares.append(None if share is None else bounded(float(share)) / 100)
    p, q = shares
    if p is None:
        p = 0.5 if q is None else 1 - q
    if q is None:
        q = 1 - p
    total = p + q
    if total <= 0 or p < 0 or q < 0:
        return None
    fade = min(1.0, total)
    t = q / total
    one, two = colors
    alpha = one.alpha * (1 - t) + two.alpha * t
    if alpha == 0:
        return Color(0, 0, 0, 0.0)
    p, q = one.alpha * (1 - t) / alpha, two.alpha * t / alpha
    return Color(
        round(one.red * p + two.red * q),
        round(one.green * p + two.green * q),
        round(one.blue * p + two.blue * q),
        alpha * fade,
    )
