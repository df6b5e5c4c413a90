import pytest

from svg2pptx_batch.errors import LimitError
from svg2pptx_batch.svg import ParseLimits, parse
from svg2pptx_batch.svg.cascade import computed_style, style_of
from svg2pptx_batch.svg.resources import Resource, ResourceError


def document(body, css="", root="", **options):
    style = f"<style>{css}</style>" if css else ""
    return parse(
        f'<svg xmlns="http://www.w3.org/2000/svg" {root}>{style}{body}</svg>'.encode(), **options
    )


def style(body, css="", root="", name="t", **options):
    """Computed style of the element whose id is `t`."""
    return style_of(document(body, css, root, **options).ids[name])


RECT = '<rect id="t" class="a b" fill="red"/>'


@pytest.mark.parametrize(
    ("css", "fill"),
    [
        ("", "red"),
        ("rect{fill:green}", "green"),
        ("*{fill:green}", "green"),
        (".a{fill:green} rect{fill:blue}", "green"),
        ("#t{fill:green} .a.b{fill:blue}", "green"),
        (".a{fill:blue} .b{fill:green}", "green"),
        (".a.b{fill:green} .b{fill:blue}", "green"),
        ("rect{fill:green!important} #t{fill:blue}", "green"),
        ("svg > rect{fill:green}", "green"),
        ("svg rect{fill:green} rect{fill:blue}", "green"),
        ("g rect{fill:blue}", "red"),
        ("rect.c{fill:blue}", "red"),
        ("RECT{fill:blue}", "red"),
        ("[class~=a]{fill:green}", "green"),
        ("[fill=red]{fill:green}", "green"),
        ("rect:first-of-type{fill:green}", "green"),
        ("rect:not(.c){fill:green}", "green"),
        (":is(rect, g){fill:green}", "green"),
        ("svg:has(rect) > rect{fill:green}", "green"),
        (":root{fill:blue}", "red"),
        ("rect:hover{fill:blue}", "red"),
        ("rect::before{fill:blue}", "red"),
        ("rect, .x:foo(1){fill:blue}", "red"),
        ("rect{FILL: green ; }", "green"),
        ("rect{fill:/**/green/**/}", "green"),
        ("/* x */ rect /* y */{/*z*/fill:green}", "green"),
        ("rect{fill:green;fill:nosuchcolor}", "green"),
        ("rect{fill:;;:red;fill; fill:green; x}", "green"),
        ("} rect{fill:blue} rect{fill:green}", "green"),
        ("rect{fill:green", "green"),
        ("<!-- rect{fill:green} -->", "green"),
        ("rect{fill:gr\\65 en}", "green"),
        ("r\\65 ct{fill:green}", "green"),
        ("@charset 'x'; rect{fill:green}", "green"),
        ("@font-face{font-family:x;src:url(http://127.0.0.1:9/)} rect{fill:green}", "green"),
        ("@keyframes k{from{fill:blue}to{fill:blue}} rect{fill:green}", "green"),
        ("@media print{rect{fill:blue}}", "red"),
        ("@media screen{rect{fill:green}}", "green"),
        ("@media all and (min-width: 50px){rect{fill:green}}", "green"),
        ("@media (min-width: 500px){rect{fill:blue}}", "red"),
        ("@media (50px <= width < 101px){rect{fill:green}}", "green"),
        ("@media (prefers-color-scheme: dark){rect{fill:blue}}", "red"),
        ("@media (prefers-color-scheme: light){rect{fill:green}}", "green"),
        ("@media not print{rect{fill:green}}", "green"),
        ("@media print, screen and (orientation: landscape){rect{fill:green}}", "green"),
        ("@media (width: 100px) and (not (height: 1px)){rect{fill:green}}", "green"),
        ("@media (nonsense: 1){rect{fill:blue}}", "red"),
        ("@media screen{@media print{rect{fill:blue}} rect{fill:green}}", "green"),
        ("@supports (fill: red){rect{fill:green}}", "green"),
        ("@supports (fill: nosuchcolor){rect{fill:blue}}", "red"),
        ("@supports not (foo: bar){rect{fill:green}}", "green"),
        ("@supports (fill: red) and (display: none){rect{fill:green}}", "green"),
        ("@layer x{rect{fill:green}}", "green"),
        ("@namespace s url(http://www.w3.org/2000/svg); s|rect{fill:green}", "green"),
        ("@namespace url(http://www.w3.org/1999/xhtml); rect{fill:blue}", "red"),
        ("svg{ rect{fill:green} }", "green"),
        ("rect{ &.a{fill:green} fill:blue }", "green"),
        ("svg{ > rect{fill:green} }", "green"),
        ("rect{ @media screen{fill:green} @media print{fill:blue} }", "green"),
        ("rect{fill:var(--x, green)}", "green"),
        (":root{--x:green} rect{fill:var(--x)}", "green"),
        (":root{--x:var(--y);--y:green} rect{fill:var( --x )}", "green"),
        (":root{--x:var(--y);--y:var(--x)} rect{fill:var(--x, green)}", "green"),
        (":root{--X:blue;--x:green} rect{fill:VAR(--x)}", "green"),
        ("rect{fill:inherit} svg{fill:green}", "green"),
        ("rect{fill:initial}", "black"),
        ("rect{fill:unset} svg{fill:green}", "green"),
        ("rect{fill:revert} svg{fill:green}", "green"),
        ("rect{all:initial}", "black"),
        ("rect{fill:green} svg g rect{fill:blue}", "green"),
    ],
)
def test_which_fill_wins(css, fill):
    css = css.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert style(RECT, css, 'width="100" height="50"')["fill"] == fill


def test_var_without_value_inherits():
    assert style(RECT, "svg{fill:lime} rect{fill:var(--none)}")["fill"] == "lime"


def test_style_attribute_against_rules():
    body = '<rect id="t" fill="red" style="fill:green;stroke:blue"/>'
    assert style(body, "#t{fill:blue}")["fill"] == "green"
    assert style(body, "#t{fill:blue!important}")["fill"] == "blue"
    important = body.replace("green", "green ! important")
    assert style(important, "#t{fill:blue!important}")["fill"] == "green"
    assert style(body)["stroke"] == "blue"


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("fill:url(#a);stroke:rgb(1, 2, 3)", {"fill": "url(#a)", "stroke": "rgb(1, 2, 3)"}),
        ("font-family:'A;B'; fill:red", {"font-family": '"A;B"', "fill": "red"}),
        ("fill:url('data:a;b')", {"fill": 'url("data:a;b")'}),
        ("fill:;;:red;fill", {}),
        ("/* fill:red; */stroke:red/**/", {"stroke": "red"}),
        ("fill:red;fill:bogus", {"fill": "red"}),
        ("Fill : RED ;", {"fill": "RED"}),
        ("f\\69 ll:red", {"fill": "red"}),
        ("fill:red}stroke:blue", {"fill": "red"}),
        ("-inkscape-stroke:none;foo:bar;fill:red", {"fill": "red"}),
        ("stroke-linecap:ROUND", {"stroke-linecap": "round"}),
        ("color-interpolation:linearrgb", {"color-interpolation": "linearRGB"}),
        ("marker:url(#m)", dict.fromkeys(("marker-start", "marker-mid", "marker-end"), "url(#m)")),
        ("--x: 1 ", {"--x": "1"}),
        ("stroke-width:-1;stroke-dasharray:1 -1;opacity:x;stroke-width:2", {"stroke-width": "2"}),
        ("fill:red !wrong", {}),
    ],
)
def test_style_attributes(text, declared):
    [rect] = document(f'<rect style="{text}"/>').root.elements
    if text.startswith("fill:red}"):
        assert rect.declared.get("stroke") is None
    else:
        assert rect.declared == declared


def test_presentation_attributes():
    body = (
        '<rect id="t" fill=" blue " stroke="junk" mix-blend-mode="multiply" isolation="isolate" '
        'marker="url(#m)" font="12px x" opacity="50%" x="1" foo="bar"/>'
    )
    [rect] = document(body).root.elements
    assert rect.declared == {"fill": "blue", "opacity": "50%"}
    assert style(body, "#t{mix-blend-mode:multiply}")["mix-blend-mode"] == "multiply"


def test_geometry_of_style_sheets_stands_over_the_attribute():
    body = (
        '<rect id="t" x="1" width="5" style="height:7px;transform:rotate(5deg)"/>'
        '<path id="p" d="M0 0"/>'
    )
    found = document(body, "#t{width:50%;rx:var(--r)} #p{d:path('M1 1H2')} svg{--r:3px}").ids
    rect = found["t"].attributes
    assert (rect["x"], rect["width"], rect["height"], rect["rx"]) == ("1", "50%", "7px", "3px")
    assert rect["transform"] == "rotate(5deg)"
    assert style_of(found["t"])["transform"] == "rotate(5deg)"
    assert found["p"].attributes["d"] == "M1 1H2"


def test_shorthands():
    font = style(
        '<text id="t" font-size="5" font-style="italic"/>', "text{font:bold 20px/2 'A B', serif}"
    )
    assert (font.font_size, font.font_weight) == (20, 700)
    assert (font["font-style"], font["font-family"]) == ("normal", "'A B', serif")
    lines = style('<text id="t"/>', "text{text-decoration:red underline wavy overline}")
    assert lines["text-decoration"] == lines["text-decoration-line"] == "underline overline"
    assert (lines["text-decoration-color"], lines["text-decoration-style"]) == ("red", "wavy")
    assert (
        style('<text id="t" text-decoration="line-through"/>')["text-decoration"] == "line-through"
    )
    pending = style('<text id="t"/>', "text{--s:20px;font:var(--s) x}")
    assert (pending.font_size, pending["font-family"]) == (20, "x")
    assert style('<g id="t"/>', "g{background:#fff url(x.png)}")["background-color"] == "#fff"
    assert style('<g id="t"/>', "g{overflow:HIDDEN}")["overflow"] == "hidden"


def test_inheritance():
    body = (
        '<g fill="red" opacity="0.5" style="--x:lime"><g><rect id="t" stroke="var(--x)"/></g></g>'
    )
    rect = style(body)
    assert (rect["fill"], rect["opacity"], rect["stroke"]) == ("red", "1", "lime")
    assert not rect.has("fill")
    assert rect.has("stroke")
    assert style('<g opacity="0.5"><rect id="t" opacity="inherit"/></g>')["opacity"] == "0.5"
    assert style('<g fill="red"><rect id="t" fill="bogus"/></g>')["fill"] == "red"
    with pytest.raises(KeyError):
        rect["no-such-property"]


def test_custom_properties_are_fixed_where_they_are_said():
    body = '<g style="--a:red;--b:var(--a)"><rect id="t" style="--a:blue;fill:var(--b)"/></g>'
    assert style(body)["fill"] == "red"


def test_floods_of_variables_end():
    chain = ";".join(f"--v{i}:var(--v{i + 1})var(--v{i + 1})" for i in range(40))
    flood = f"svg{{{chain};--v40:xxxxxxxxxx}} rect{{fill:var(--v0, green)}}"
    assert style(RECT, flood)["fill"] in ("green", "black")


def test_styles_share_what_they_inherit():
    found = document('<g fill="red"><g id="a"><rect id="b"/></g></g>').ids
    parent = style_of(found["a"])
    assert computed_style(found["b"], parent)._inherited is parent._inherited
    assert style_of(found["a"]) is parent


@pytest.mark.parametrize(
    ("inside", "size"),
    [("2em", 40), ("2ex", 20), ("50%", 10), ("2rem", 20), ("larger", 24), ("smaller", 20 / 1.2),
     ("xx-small", 9), ("MEDIUM", 16), ("xx-large", 32), ("12pt", 16), ("3", 3), ("0", 0),
     ("-5", 20), ("junk", 20), ("1e400", 1e15)],
)  # fmt: skip
def test_font_sizes(inside, size):
    body = f'<g font-size="20"><text id="t" font-size="{inside}"/></g>'
    found = style(body, root='font-size="10px"')
    assert found.font_size == pytest.approx(size)
    assert found.root_font_size == 10
    assert style("<g id='t'/>").font_size == 16


@pytest.mark.parametrize(
    ("outer", "inside", "weight"),
    [("normal", "bolder", 700), ("bold", "bolder", 900), ("100", "bolder", 400),
     ("950", "bolder", 950), ("bold", "lighter", 400), ("400", "lighter", 100),
     ("900", "lighter", 700), ("bold", "inherit", 700), ("bold", "350", 350), ("bold", "0", 700)],
)  # fmt: skip
def test_font_weights(outer, inside, weight):
    body = f'<g font-weight="{outer}"><text id="t" font-weight="{inside}"/></g>'
    assert style(body).font_weight == weight


def test_ems_are_inherited_as_px():
    body = (
        '<g font-size="20" stroke-width="0.5em" letter-spacing="2EX">'
        '<text id="t" font-size="5"/></g>'
    )
    found = style(body)
    assert found["stroke-width"] == "10px"
    assert found["letter-spacing"] == "20px"
    assert style('<g stroke-width="1e1"><g id="t"/></g>')["stroke-width"] == "1e1"


def test_color_current_color_is_the_parents():
    assert style('<g color="red"><g id="t" color="currentColor"/></g>')["color"] == "red"


def test_siblings_and_structure():
    body = "<g>" + "<rect/>" * 3 + '<rect id="t"/></g>'
    assert style(body, "rect ~ rect{fill:lime}")["fill"] == "lime"
    assert style(body, "rect + rect{fill:lime}")["fill"] == "lime"
    assert style(body, "rect:nth-child(2n){fill:lime}")["fill"] == "lime"
    assert style(body, "rect:last-child{fill:lime}")["fill"] == "lime"
    assert style(body, "g:only-of-type rect:nth-last-of-type(1){fill:lime}")["fill"] == "lime"
    assert style('<g xml:lang="de-CH"><text id="t"/></g>', ":lang(de){fill:lime}")["fill"] == "lime"
    assert style('<g id="t"/>', "g:empty{fill:lime}")["fill"] == "lime"


def test_chains_need_their_ancestors_in_order():
    body = '<g class="a"><g class="b"><g class="a"><rect id="t"/></g></g></g>'
    assert style(body, ".a .b rect{fill:lime}")["fill"] == "lime"
    assert style(body, ".b .b rect{fill:lime}")["fill"] == "black"
    assert style(body, "svg .a .b .a rect{fill:lime}")["fill"] == "lime"
    assert style(body, "g.a g.b.a rect{fill:lime}")["fill"] == "black"


def test_only_css_style_elements_count():
    lime = "rect{fill:lime}</style>"
    body = f'<style type="text/less">{lime}<style media="print">{lime}'
    assert style(body + RECT)["fill"] == "red"
    cdata = '<style type="text/css"><![CDATA[ svg > rect{fill:lime} ]]></style>'
    assert style(RECT + cdata)["fill"] == "lime"


class Shelf:
    def __init__(self, **sheets):
        self.sheets = sheets

    def load(self, href):
        if href not in self.sheets:
            raise ResourceError(f"“{href}” is not here.", "Put it there.")
        return Resource(self.sheets[href].encode(), "", href)


@pytest.mark.parametrize(
    "rule",
    ['@import "a";', "@import url(a);", "@import url('a') screen;", "@import 'a' layer(x);",
     "@import 'a' supports(fill: red);", "@import 'b';"],
)  # fmt: skip
def test_local_imports(rule):
    shelf = Shelf(a="rect{fill:lime}", b="@import 'b'; @import 'a';")
    assert style(RECT, rule, loader=shelf)["fill"] == "lime"


def test_imports_that_do_not_apply_or_fail():
    shelf = Shelf(a="rect{fill:lime}")
    assert style(RECT, "@import 'a' print;", loader=shelf)["fill"] == "red"
    found = document(RECT, "@import 'http://127.0.0.1:9/x.css'; rect{stroke:blue}")
    assert found.ids["t"].declared["stroke"] == "blue"
    [problem] = found.problems
    assert (problem.code, problem.line) == ("style-unread", 1)


def test_style_sheet_instructions():
    source = (
        b'<?xml-stylesheet href="a" type="text/css"?><?xml-stylesheet href="b" media="print"?>'
        b'<svg xmlns="http://www.w3.org/2000/svg"><rect id="t" fill="red"/></svg>'
    )
    found = parse(source, loader=Shelf(a="rect{fill:lime}", b="rect{fill:blue}"))
    assert found.ids["t"].declared == {"fill": "lime"}


def test_large_sheets():
    rules = "".join(f".c{i}{{fill:#{i:06x}}}" for i in range(20_000))
    shapes = "".join(f'<rect class="c{i}" id="r{i}"/>' for i in range(2_000))
    found = document(shapes, rules)
    assert found.ids["r1999"].declared == {"fill": "#0007cf"}
    with pytest.raises(LimitError):
        document(shapes, rules, limits=ParseLimits(max_css_bytes=10_000))


def test_hostile_sheets_cost_only_themselves():
    for css in (
        "(" * 20_000,
        "rect{" * 5_000,
        ":not(" * 3_000 + "a" + ")" * 3_000 + "{fill:blue}",
        "a " * 50_000 + "{fill:blue}",
        "@media " + "(" * 5_000 + ")" * 5_000 + "{rect{fill:blue}}",
        "rect{fill:" + "var(--x," * 5_000 + "red" + ")" * 5_000 + "}",
    ):
        assert style(RECT, css)["fill"] in ("red", "black")


def test_font_size_by_calc():
    assert style(
        '<g font-size="10"><text id="t" style="font-size: calc(150% + 1rem)"/></g>'
    ).font_size == pytest.approx(31)
