import pytest

from svg2pptx_batch.svg.properties import GEOMETRY, INITIAL, PROPERTIES
from svg2pptx_batch.svg.shorthands import SHORTHANDS, expand


@pytest.mark.parametrize(
    ("name", "value", "normal"),
    [
        ("display", "NONE", "none"),
        ("display", "sideways", None),
        ("visibility", "collapse", "collapse"),
        ("fill-rule", "EvenOdd", "evenodd"),
        ("filter", "none", "none"),
        ("filter", "drop-shadow(1px 1px red)", "drop-shadow(1px 1px red)"),
        ("filter", "nonsense(1)", None),
        ("marker-end", "url(#m)", "url(#m)"),
        ("marker-end", "m", None),
        ("stroke-miterlimit", "2", "2"),
        ("stroke-miterlimit", "-1", None),
        ("stroke-dasharray", "1 2,3", "1 2,3"),
        ("stroke-dasharray", "1 x", None),
        ("font-stretch", "Condensed", "condensed"),
        ("font-stretch", "wide", None),
        ("font-style", "Oblique 10deg", "oblique 10deg"),
        ("font-style", "crooked", None),
        ("font-weight", "1001", None),
        ("transform-origin", "top left", "top left"),
        ("transform-origin", "middle", None),
        ("paint-order", "Stroke fill", "stroke fill"),
        ("d", 'path("M0 0")', "M0 0"),
        ("d", "M0 0", None),
        ("r", "-1", None),
        ("rx", "auto", "auto"),
        ("mask-image", "url(#m)", None),
        ("fill", "INHERIT", "inherit"),
        ("no-such-property", "1", None),
    ],
)
def test_grammars(name, value, normal):
    assert dict(expand(name, value)).get(name) == normal


def test_shorthands():
    assert expand("mask-image", "url(#m)") == (("mask", "url(#m)"),)
    assert expand("background", "none") == (("background-color", "transparent"),)
    assert expand("text-decoration", "none")[0] == ("text-decoration-line", "none")
    assert expand("text-decoration", "red blue junk") == ()
    assert expand("marker", "junk") == ()
    assert dict(expand("font", "inherit"))["font-size"] == "inherit"


def test_the_table_is_whole():
    assert set(PROPERTIES) >= GEOMETRY
    for longhands in SHORTHANDS.values():
        assert set(PROPERTIES) >= set(longhands)
    for name, row in PROPERTIES.items():
        if name not in ("d", "font-size"):
            assert row.grammar(row.initial) == row.initial == INITIAL[name]
