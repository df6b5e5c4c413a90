"""SVG's notation: numbers, path data, matrices, and the small elements that need nothing else."""

from __future__ import annotations

from base64 import b64encode

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.path import COORDS_OF, Path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.paint import Stop

# What lies farther off is not seen, and ends the process of some painters.
_FARTHEST = 1e8


def number(value: float) -> str:
    """Return a number in SVG's notation, to eight significant digits and within ±1e8."""
    return f"{max(-_FARTHEST, min(_FARTHEST, value)) + 0.0:.8g}"


def path_data(path: Path) -> str:
    """Return a path in the notation of the `d` attribute."""
    parts: list[str] = []
    coords, at = path.coords, 0
    if coords and (max(coords) > _FARTHEST or min(coords) < -_FARTHEST):
        coords = tuple(max(-_FARTHEST, min(_FARTHEST, value)) for value in coords)
    for verb in path.verbs:
        end = at + COORDS_OF[verb]
        parts.append(verb + " ".join([f"{value + 0.0:.8g}" for value in coords[at:end]]))
        at = end
    return "".join(parts)


def matrix(transform: Affine) -> str:
    """Return a transform attribute with a space before it; nothing for the identity."""
    if transform.is_identity:
        return ""
    return f' transform="matrix({" ".join(map(number, transform))})"'


def opacity(name: str, value: float) -> str:
    """Return an attribute of opacity with a space before it; nothing for an opaque one."""
    return "" if value >= 1.0 else f' {name}="{number(max(0.0, value))}"'


def rectangle(rect: Rect) -> str:
    """Return the attributes of a rectangle's place and size, a space before each."""
    x, y, width, height = map(number, rect)
    return f' x="{x}" y="{y}" width="{width}" height="{height}"'


def image_element(data: bytes, kind: str, rect: Rect, hints: str) -> str:
    """Return an `image` element.

    Args:
        data: The picture's file.
        kind: Its format as media types have it: `png`.
        rect: Where it is stretched to.
        hints: More attributes, a space before each.
    """
    content = b64encode(data).decode("ascii")
    return (
        f'<image{rectangle(rect)} preserveAspectRatio="none"{hints} '
        f'xlink:href="data:image/{kind};base64,{content}"/>'
    )


def stop_element(stop: Stop) -> str:
    """Return a `stop` element."""
    color = stop.color
    alpha = opacity("stop-opacity", color.alpha)
    return f'<stop offset="{number(stop.offset)}" stop-color="#{color.hex.lower()}"{alpha}/>'
