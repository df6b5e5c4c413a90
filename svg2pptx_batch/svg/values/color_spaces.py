"""Colour spaces of CSS Color 4 to sRGB. Components in, gamma-encoded sRGB (0…1, unclipped) out."""

from __future__ import annotations

import math

from svg2pptx_batch.graphics.color import Color

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

# XYZ (D65) to linear sRGB, and the spaces of color() to XYZ (D65 or D50): CSS Color 4, 18.
_XYZ_TO_SRGB: Matrix = (
    (3.2409699419045226, -1.537383177570094, -0.4986107602930034),
    (-0.9692436362808796, 1.8759675015077202, 0.04155505740717559),
    (0.05563007969699366, -0.20397695888897652, 1.0569715142428786),
)
_D50_TO_D65: Matrix = (
    (0.955473421488075, -0.02309845494876471, 0.06325924320057072),
    (-0.0283697093338637, 1.0099953980813041, 0.021041441191917323),
    (0.012314014864481998, -0.020507649298898964, 1.330365926242124),
)
_P3_TO_XYZ: Matrix = (
    (0.4865709486482162, 0.26566769316909306, 0.1982172852343625),
    (0.2289745640697488, 0.6917385218365064, 0.079286914093745),
    (0.0, 0.04511338185890264, 1.043944368900976),
)
_A98_TO_XYZ: Matrix = (
    (0.5766690429101305, 0.1855582379065463, 0.1882286462349947),
    (0.29734497525053605, 0.6273635662554661, 0.07529145849399788),
    (0.02703136138641234, 0.07068885253582723, 0.9913375368376388),
)
_REC2020_TO_XYZ: Matrix = (
    (0.6369580483012914, 0.14461690358620832, 0.1688809751641721),
    (0.2627002120112671, 0.6779980715188708, 0.05930171646986196),
    (0.0, 0.028072693049087428, 1.060985057710791),
)
_PROPHOTO_TO_XYZ50: Matrix = (
    (0.7977666449006423, 0.13518129740053308, 0.0313477341283922),
    (0.2880748288194013, 0.711835234241873, 0.00008993693872564),
    (0.0, 0.0, 0.8251046025104602),
)
_OKLAB_TO_LMS: Matrix = (
    (1.0, 0.3963377773761749, 0.2158037573099136),
    (1.0, -0.1055613458156586, -0.0638541728258133),
    (1.0, -0.0894841775298119, -1.2914855480194092),
)
_LMS_TO_XYZ: Matrix = (
    (1.2268798758459243, -0.5578149944602171, 0.2813910456659647),
    (-0.0405757452148008, 1.112286803280317, -0.0717110580655164),
    (-0.0763729366746601, -0.4214933324022432, 1.5869240198367816),
)
_D50 = (0.3457 / 0.3585, 1.0, (1.0 - 0.3457 - 0.3585) / 0.3585)


def _apply(matrix: Matrix, v: Triple) -> Triple:
    x, y, z = v
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return (a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z)


def _encode(light: float) -> float:
    """Return gamma-encoded sRGB of linear light; odd about zero."""
    size = abs(light)
    value = 12.92 * size if size <= 0.0031308 else 1.055 * size ** (1 / 2.4) - 0.055
    return math.copysign(value, light)


def _decode(value: float) -> float:
    """Return the linear light of gamma-encoded sRGB; odd about zero."""
    size = abs(value)
    light = size / 12.92 if size <= 0.04045 else ((size + 0.055) / 1.055) ** 2.4
    return math.copysign(light, value)


def _each(function: object, v: Triple) -> Triple:
    assert callable(function)
    return (function(v[0]), function(v[1]), function(v[2]))


def _from_xyz(xyz: Triple) -> Triple:
    return _each(_encode, _apply(_XYZ_TO_SRGB, xyz))


def to_color(rgb: Triple, alpha: float) -> Color:
    """Return the 8-bit colour nearest to clipped sRGB (0…1)."""
    # Halves round up, as browsers have it; Python's round would take them to even.
    red, green, blue = (math.floor(min(1.0, max(0.0, value)) * 255 + 0.5) for value in rgb)
    return Color(red, green, blue, alpha)


def hsl(hue: float, saturation: float, lightness: float) -> Triple:
    """Hue in degrees, the others 0…1."""
    reach = saturation * min(lightness, 1 - lightness)

    def channel(n: float) -> float:
        k = (n + hue / 30) % 12
        return lightness - reach * max(-1.0, min(k - 3, 9 - k, 1.0))

    return (channel(0), channel(8), channel(4))


def hwb(hue: float, white: float, black: float) -> Triple:
    """Hue in degrees, whiteness and blackness 0…1."""
    if white + black >= 1:
        gray = white / (white + black)
        return (gray, gray, gray)
    red, green, blue = hsl(hue, 1.0, 0.5)
    scale = 1 - white - black
    return (red * scale + white, green * scale + white, blue * scale + white)


def polar(chroma: float, hue: float) -> tuple[float, float]:
    """Return a and b of a chroma and a hue in degrees."""
    return chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))


def lab(lightness: float, a: float, b: float) -> Triple:
    """CIE L*a*b* (D50), lightness 0…100."""
    fy = (lightness + 16) / 116
    fx, fz = fy + a / 500, fy - b / 200
    kappa, epsilon = 24389 / 27, 216 / 24389
    x = fx**3 if fx**3 > epsilon else (116 * fx - 16) / kappa
    y = fy**3 if lightness > kappa * epsilon else lightness / kappa
    z = fz**3 if fz**3 > epsilon else (116 * fz - 16) / kappa
    return _from_xyz(_apply(_D50_TO_D65, (x * _D50[0], y * _D50[1], z * _D50[2])))


def oklab(lightness: float, a: float, b: float) -> Triple:
    """Oklab, lightness 0…1."""
    lms = _apply(_OKLAB_TO_LMS, (lightness, a, b))
    return _from_xyz(_apply(_LMS_TO_XYZ, (lms[0] ** 3, lms[1] ** 3, lms[2] ** 3)))


def _power(exponent: float, v: Triple) -> Triple:
    return _each(lambda value: math.copysign(abs(value) ** exponent, value), v)


def _rec2020(value: float) -> float:
    alpha, beta = 1.09929682680944, 0.018053968510807
    size = abs(value)
    light = size / 4.5 if size < beta * 4.5 else ((size + alpha - 1) / alpha) ** (1 / 0.45)
    return math.copysign(light, value)


def _prophoto(value: float) -> float:
    size = abs(value)
    return math.copysign(size / 16 if size <= 16 / 512 else size**1.8, value)


def from_space(space: str, v: Triple) -> Triple | None:
    """Return sRGB of a colour in a space of `color()`; None for a space unknown."""
    match space:
        case "srgb":
            return v
        case "srgb-linear":
            return _each(_encode, v)
        case "display-p3":
            return _from_xyz(_apply(_P3_TO_XYZ, _each(_decode, v)))
        case "a98-rgb":
            return _from_xyz(_apply(_A98_TO_XYZ, _power(563 / 256, v)))
        case "rec2020":
            return _from_xyz(_apply(_REC2020_TO_XYZ, _each(_rec2020, v)))
        case "prophoto-rgb":
            return _from_xyz(_apply(_D50_TO_D65, _apply(_PROPHOTO_TO_XYZ50, _each(_prophoto, v))))
        case "xyz" | "xyz-d65":
            return _from_xyz(v)
        case "xyz-d50":
            return _from_xyz(_apply(_D50_TO_D65, v))
    return None
