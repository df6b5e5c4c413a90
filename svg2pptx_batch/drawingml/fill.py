"""Fills: solid colours, gradients and pictures as DrawingML writes them."""

from __future__ import annotations

from typing import assert_never

from svg2pptx_batch.drawingml.emu import FULL_TURN, angle, emu, percent
from svg2pptx_batch.drawingml.ids import SlideParts
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    CircularGradient,
    Fill,
    LinearGradient,
    Paint,
    Pattern,
    PatternFill,
    PictureFill,
    RadialGradient,
    Stop,
)

NO_FILL = "<a:noFill/>"


def color_xml(color: Color, opacity: float = 1.0) -> str:
    """Return `a:srgbClr`; the alpha is left out where the colour is opaque."""
    alpha = min(100_000, max(0, percent(color.alpha * opacity)))
    if alpha == 100_000:
        return f'<a:srgbClr val="{color.hex}"/>'
    return f'<a:srgbClr val="{color.hex}"><a:alpha val="{alpha}"/></a:srgbClr>'


def solid_xml(color: Color, opacity: float = 1.0) -> str:
    """Return `a:solidFill`, or `a:noFill` for what is not seen at all."""
    red, green, blue, alpha = color
    if alpha == 1.0 and opacity == 1.0:  # most are
        return f'<a:solidFill><a:srgbClr val="{red:02X}{green:02X}{blue:02X}"/></a:solidFill>'
    if percent(alpha * opacity) <= 0:
        return NO_FILL
    return f"<a:solidFill>{color_xml(color, opacity)}</a:solidFill>"


def _stops_xml(stops: tuple[Stop, ...], opacity: float) -> str:
    parts = []
    least = 0
    for offset, color in stops:
        least = min(100_000, max(least, percent(offset)))
        parts.append(f'<a:gs pos="{least}">{color_xml(color, opacity)}</a:gs>')
    return f"<a:gsLst>{''.join(parts)}</a:gsLst>"


def paint_xml(paint: Paint, opacity: float, parts: SlideParts) -> str:
    """Return the fill element of a legal paint.

    Args:
        paint: A colour, or one of the paints made for DrawingML.
        opacity: 0…1.
        parts: Where a picture is registered.

    Raises:
        TypeError: The paint is SVG's own; `lower` should have turned it into something else.
    """
    match paint:
        case Color():
            return solid_xml(paint, opacity)
        case AxialGradient():
            turn = angle(paint.angle_deg) % FULL_TURN
            return (
                f'<a:gradFill rotWithShape="1">{_stops_xml(paint.stops, opacity)}'
                f'<a:lin ang="{turn}" scaled="0"/></a:gradFill>'
            )
        case CircularGradient():
            return (
                f'<a:gradFill rotWithShape="1">{_stops_xml(paint.stops, opacity)}'
                '<a:path path="circle"><a:fillToRect l="50000" t="50000" r="50000" b="50000"/>'
                "</a:path></a:gradFill>"
            )
        case PictureFill():
            return (
                f'<a:blipFill rotWithShape="1">{blip_xml(paint.png, "png", opacity, parts)}'
                "<a:srcRect/><a:stretch><a:fillRect/></a:stretch></a:blipFill>"
            )
        case PatternFill():
            period, (width, height) = paint.period, paint.pixels
            blip = blip_xml(paint.png, "png", opacity, parts)
            scale = f'sx="{percent(period.width / width)}" sy="{percent(period.height / height)}"'
            return (
                f'<a:blipFill rotWithShape="1">{blip}<a:srcRect/>'
                f'<a:tile tx="{emu(period.x)}" ty="{emu(period.y)}" {scale}'
                ' flip="none" algn="tl"/></a:blipFill>'
            )
        case LinearGradient() | RadialGradient() | Pattern():
            raise TypeError(f"{type(paint).__name__} is no paint of a legal scene")
        case _:
            assert_never(paint)


def fill_xml(fill: Fill | None, parts: SlideParts) -> str:
    """Return the fill element of a shape; `a:noFill` for none."""
    if fill is None:
        return NO_FILL
    paint = fill.paint
    if type(paint) is Color:
        return solid_xml(paint, fill.opacity)
    return paint_xml(paint, fill.opacity, parts)


def blip_xml(data: bytes, extension: str, opacity: float, parts: SlideParts) -> str:
    """Return `a:blip` for a picture.

    Args:
        data: File content.
        extension: `png`, `jpeg` or `gif`.
        opacity: 0…1.
        parts: Where the picture is registered.
    """
    name = parts.picture(data, extension)
    amount = min(100_000, max(0, percent(opacity)))
    if amount == 100_000:
        return f'<a:blip r:embed="{name}"/>'
    return f'<a:blip r:embed="{name}"><a:alphaModFix amt="{amount}"/></a:blip>'
