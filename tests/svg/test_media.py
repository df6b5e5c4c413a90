import pytest

from svg2pptx_batch.graphics.rect import Size
from svg2pptx_batch.svg.media import media_matches, supports

SIZE = Size(400, 200)


@pytest.mark.parametrize(
    "query",
    ["", "all", "screen", "ONLY screen", "not print", "print, screen", "(width)", "(color)",
     "(width: 400px)", "(min-width: 25em)", "(400px >= width)", "(width > 300px)",
     "(aspect-ratio: 2/1)", "(min-aspect-ratio: 1)", "(max-height: 200px)",
     "(orientation: landscape)", "(min-resolution: 96dpi)", "(resolution: 1dppx)",
     "(prefers-reduced-motion: no-preference)", "not (width: 1px)", "(width: 1px) or (hover: none)",
     "screen and (min-width: 1px) and (max-width: 999px)", "((width: 1px) or (color: 8))",
     "only screen and (not (height < 100px))"],
)  # fmt: skip
def test_queries_that_apply(query):
    assert media_matches(query, SIZE)


@pytest.mark.parametrize(
    "query",
    ["print", "tty", "not all", "only print", "(monochrome)", "(hover)", "(width: 1px)",
     "(min-width: 401px)", "(400px > width)", "(aspect-ratio: 1/0)", "(min-aspect-ratio: 3/1)",
     "(min-resolution: 2dppx)", "(resolution: 1.1.1x)", "(prefers-color-scheme: dark)",
     "(orientation: portrait)", "(nonsense)", "(nonsense: 1)", "screen and", "screen and (",
     "(width: 1px) and (color) or (color)", "not", "((((", ")", "screen print", "(width: x)",
     "(" * 100 + "color" + ")" * 100],
)  # fmt: skip
def test_queries_that_do_not(query):
    assert not media_matches(query, SIZE)


def test_supports():
    assert supports("(fill: red)")
    assert supports("(--x: 1) and (not (fill: nosuchcolor))")
    assert supports("(font: 12px x) or (foo: bar)")
    assert supports("selector(a > b)")
    assert not supports("(foo: bar)")
    assert not supports("(fill)")
    assert not supports("")
