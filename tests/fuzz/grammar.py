"""The grammars of attribute values and of style sheets: every text goes to every grammar."""

from __future__ import annotations

import dataclasses
import math
import random
import re
from collections.abc import Callable, Mapping

from svg2pptx_batch.graphics.path import COORDS_OF, Path
from svg2pptx_batch.graphics.rect import Size
from svg2pptx_batch.scene.svg_notation import path_data
from svg2pptx_batch.svg.declarations import parse_style
from svg2pptx_batch.svg.media import media_matches, supports
from svg2pptx_batch.svg.selectors import compile_selectors
from svg2pptx_batch.svg.shorthands import expand
from svg2pptx_batch.svg.values import (
    calc,
    color,
    filter_functions,
    font,
    length,
    number,
    paint,
    transform,
    view_box,
)
from svg2pptx_batch.svg.values import path_data as path_grammar
from tests.fuzz.target import Target

_MAX_BYTES = 6_000
_MEASURES = transform.Measures(200.0, 100.0, 16.0, 16.0)
_GRAMMARS: Mapping[str, Callable[[str], object]] = {
    "transform": transform.parse_transform,
    "transform with measures": lambda text: transform.parse_transform(text, _MEASURES),
    "transform-origin": transform.parse_transform_origin,
    "rotate": lambda text: transform.individual_transform("1px 2%", text, "2 -1", _MEASURES),
    "angle": transform.parse_angle,
    "calc": calc.parse_calc,
    "color": color.parse_color,
    "arguments": color.split_arguments,
    "filter": filter_functions.parse_filter,
    "font": font.parse_font,
    "font-family": font.parse_font_family,
    "font-style": font.parse_font_style,
    "font-stretch": font.parse_font_stretch,
    "font-size": font.is_font_size,
    "font-weight": font.is_weight,
    "font-variation-settings": font.parse_variations,
    "font-feature-settings": font.parse_features,
    "escapes": font.unescape,
    "length": length.parse_length,
    "lengths": length.parse_length_list,
    "number": number.parse_number,
    "number or percentage": number.parse_number_or_percentage,
    "numbers": number.parse_number_list,
    "url": paint.parse_url,
    "paint": paint.parse_paint,
    "id": paint.local_id,
    "viewBox": view_box.parse_view_box,
    "preserveAspectRatio": view_box.parse_preserve_aspect_ratio,
}
_CSS: Mapping[str, Callable[[str], object]] = {
    "media": lambda text: media_matches(text, Size(200.0, 100.0)),
    "supports": supports,
    "selectors": lambda text: compile_selectors(text, {"svg": "http://www.w3.org/2000/svg"}),
    "style": parse_style,
}
_SHORTHANDS = (
    *("font", "marker", "text-decoration", "background", "mask", "margin", "padding", "border"),
    *("border-left", "border-radius", "flex", "gap", "list-style", "word-wrap", "overflow"),
)


def run(data: bytes) -> None:
    """Read a text by every grammar; each gives a value or says that it is none."""
    text = data.decode("utf-8", "replace")
    _check_path(text)
    for name, grammar in _GRAMMARS.items():
        assert _finite(grammar(text)), f"{name}: not finite"


def run_css(data: bytes) -> None:
    """Read a text as every part of a style sheet."""
    text = data.decode("utf-8", "replace")
    for grammar in _CSS.values():
        grammar(text)
    for name in _SHORTHANDS:
        assert all(isinstance(value, str) for _, value in _pairs(expand(name, text))), name


def _pairs(declarations: object) -> list[tuple[str, str]]:
    return list(dict(declarations).items())  # type: ignore[call-overload]


def _check_path(text: str) -> None:
    """Read path data: a path as `Path` promises it, and as good when written and read again."""
    parsed = path_grammar.parse_path(text)
    assert parsed.error_at is None or 0 <= parsed.error_at <= len(text)
    path = parsed.path
    _check_verbs(path)
    once = path_grammar.parse_path(path_data(path))
    assert once.error_at is None
    _check_verbs(once.path)
    assert len(once.path.verbs) == len(path.verbs)
    again = path_grammar.parse_path(path_data(once.path))
    assert again == once, "written and read again, it is another path"


def _check_verbs(path: Path) -> None:
    assert re.fullmatch("(?:M[LQC]*Z?)*", path.verbs), path.verbs
    assert len(path.coords) == sum(COORDS_OF[verb] for verb in path.verbs)
    assert _finite(path.coords), "path: not finite"
    assert _finite(path.bounds()), "bounds: not finite"


def _finite(value: object) -> bool:
    """Tell whether every number within a value is finite."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, (tuple, list)):
        return all(map(_finite, value))
    if dataclasses.is_dataclass(value):
        return all(_finite(getattr(value, field.name)) for field in dataclasses.fields(value))
    return True


_SEEDS = (
    "M10 20L30,40H5V-6C1 2 3 4 5 6S7 8 9 10Q1 2 3 4T5 6A7 8 30 0 1 9 10Z",
    "m10-20l.5.5h5v-6c1 2 3 4 5 6s7 8 9 10q1 2 3 4t5 6a7 8 30 0110 10zm1 1",
    "M0 0a25,25 -30 0,1 50,-25l 50,-25 M1e3-2E-2 T1 1 2 2 3 3zl5 5Z",
    "translate(10 20) rotate(30 5 5) scale(2,-1) skewX(10) matrix(1 0 0 1 2 3)",
    "translate(2px, 10%) rotate(0.1turn) scale3d(1,2,3) skew(3deg) perspective(3em)",
    "12.5px", "1e3%", "-.5em", "2in 3cm, 4mm 5q", "calc(100% - (2px + 3em) * 2 / 4)",
    "calc(1px + calc(2px * 3) - 4%)", "min(1px, 2px)",
    "#abc", "#a1b2c3d4", "rgb(255 0 10% / 50%)", "hsl(120deg, 100%, 50%)", "hwb(90 10% 20%)",
    "lab(50% 40 -20 / .5)", "oklch(70% 0.1 200)", "color(display-p3 1 0 0.5)",
    "color-mix(in srgb, red 30%, color-mix(in srgb, lime, currentColor))", "currentColor",
    "light-dark(red, rgba(1,2,3,.4))", "device-cmyk(1 0 0 0)",
    "url(#a) red", "url( 'x.svg#b' ) none", "context-fill", "url(data:image/png;base64,AAAA)",
    "blur(3px) drop-shadow(1px 2px 3px rgb(0 0 0 / .5)) hue-rotate(90deg) url(#f) sepia()",
    "italic small-caps bold condensed 16px/1.5 'Noto Sans', \"A b\", serif", "caption",
    "2em a\\62 c",
    "'wght' 350, \"wdth\" 75", "'liga' off, 'ss01' 2", "oblique 10deg", "1000", "110%",
    "0 0 100 200", "-1,-2,3e2,4", "defer xMidYMax slice", "none",
    "screen and (min-width: 100px) and (max-aspect-ratio: 16/9), not print",
    "(100px <= width < 40em) or (orientation: landscape)", "(display: grid) and (not (x: y))",
    "svg|g > .a:not(.b, #c)::before ~ rect[x^='1' i]:nth-child(2n+1 of .d), a:hover",
    "fill: red !important; stroke: var(--x, url(#a)); /* c */ font: 12px x; --x: {a;b}",
    "1px solid rgb(1,2,3)", "0 auto 3%", "1 1 10px", "underline wavy red 2px",
)  # fmt: skip
_WORDS = tuple(
    sorted(
        {
            *(word.encode() for seed in _SEEDS for word in re.findall(r"[\w-]+|[^\w\s]", seed)),
            *(b"1e400", b"-1e-400", b"9" * 30, b".", b"0", b"-0", b"1e15", b"-1e15", b"e5", b"%"),
            *(b"NaN", b"inf", b"M", b"T", b"s", b"A1 1 0 11", b"00", b"calc(", b"((((", b"))))"),
            *(b"/*", b"*/", b"\\", b"\\0", b"\\110000 ", b"\n", b"\t", b"\0", b"\xc2\xa0"),
            *(b"\xd9\xa3", b"\xc2\xb2", b"\xe2\x84\xaa", b"!important", b"{}", b"[", b"]"),
        }
    )
)
_PIECE = re.compile(rb"[A-Za-z-]+|[-+]?[\d.]+(?:[eE][-+]?\d+)?|\s+|.", re.DOTALL)


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Change a text piece by piece: names and numbers, not letters and digits."""
    pieces = _PIECE.findall(data) or [b""]
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(pieces))
        match chance.randrange(6):
            case 0:
                pieces[at] = chance.choice(_WORDS)
            case 1:
                pieces.insert(at, chance.choice(_WORDS))
            case 2:
                pieces.insert(at, pieces[chance.randrange(len(pieces))])
            case 3:
                other = chance.randrange(len(pieces))
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case 4 if chance.random() < 0.05:
                # What costs more than its length is seen at length only.
                end = at + chance.choice((1, 1, 2, 3, 8))
                pieces[at:end] *= _MAX_BYTES // max(1, len(b"".join(pieces[at:end])))
            case _:
                end = at + chance.choice((1, 2, 5, 20))
                pieces[at:at] = pieces[at:end] * chance.choice((1, 3, 40))
    return b"".join(pieces)


GRAMMAR = Target(
    name="grammar",
    run=run,
    seeds=lambda: [seed.encode() for seed in _SEEDS],
    mutate=mutate,
    words=_WORDS,
    cpu_s=5.0,
    max_bytes=_MAX_BYTES,
)
CSS = Target(
    name="css",
    run=run_css,
    seeds=lambda: [seed.encode() for seed in _SEEDS],
    mutate=mutate,
    words=_WORDS,
    cpu_s=5.0,
    max_bytes=_MAX_BYTES,
)
