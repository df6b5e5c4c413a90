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


@pytest.mark.parametrize(
    ("name", "value", "some"),
    [
        ("border", "red 2px solid", {"border-left-width": "2px", "border-top-style": "solid"}),
        ("border", "rgb(1, 2, 3) dashed", {"border-top-color": "rgb(1, 2, 3)"}),
        ("border-left", "thick solid", {"border-left-width": "thick"}),
        ("border-left", "solid", {"border-left-color": "currentColor"}),
        ("border-width", "1px 2px", {"border-left-width": "2px", "border-bottom-width": "1px"}),
        ("border-color", "red rgb(1, 2, 3)", {"border-right-color": "rgb(1, 2, 3)"}),
        ("flex", "1", {"flex-grow": "1", "flex-shrink": "1", "flex-basis": "0px"}),
        ("flex", "none", {"flex-grow": "0", "flex-shrink": "0", "flex-basis": "auto"}),
        ("flex", "2 10px", {"flex-grow": "2", "flex-shrink": "1", "flex-basis": "10px"}),
        ("gap", "1px", {"row-gap": "1px", "column-gap": "1px"}),
        ("gap", "1px 2px", {"row-gap": "1px", "column-gap": "2px"}),
    ],
)
def test_shorthands_of_boxes(name, value, some):
    assert dict(expand(name, value)).items() >= some.items()


@pytest.mark.parametrize(
    ("name", "value"),
    [("border", "2px junk"), ("border-width", "1px 2px 3px 4px 5px"), ("flex", "1 2 3px 4px"),
     ("flex", "-1"), ("gap", "1px 2px 3px"), ("gap", "junk")],
)  # fmt: skip
def test_wrong_shorthands_count_for_nothing(name, value):
    assert expand(name, value) == ()


def test_the_table_is_whole():
    assert set(PROPERTIES) >= GEOMETRY
    for longhands in SHORTHANDS.values():
        assert set(PROPERTIES) >= set(longhands)
    for name, row in PROPERTIES.items():
        if name not in ("d", "font-size"):
            assert row.grammar(row.initial) == row.initial == INITIAL[name]
