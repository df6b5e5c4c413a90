"""What browsers know of HTML elements before any author speaks: the part labels make use of.

An element enters; declarations weaker than any the author makes leave. Links look as their
surroundings do, as they do wherever a drawing is shown as a picture.

Source: HTML, 15.3 "Non-replaced elements", and 15.4.3 for presentational attributes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from svg2pptx_batch.svg.names import XHTML, split_tag

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Element

DROPPED = frozenset(
    {
        "audio", "button", "canvas", "embed", "iframe", "image", "input", "math", "meter", "object",
        "progress", "select", "textarea", "video",
    }
)  # fmt: skip
"""Elements that show something no label can hold."""

_BLOCK = {"display": "block"}
_BOLD = {"font-weight": "bolder"}
_ITALIC = {"font-style": "italic"}
_MONO = {"font-family": "monospace"}
_UNDERLINE = {"text-decoration-line": "underline"}
_THROUGH = {"text-decoration-line": "line-through"}
_NOTHING = {"display": "none"}


def _heading(size: str, margin: str) -> dict[str, str]:
    return _BLOCK | _BOLD | {"font-size": size, "margin-top": margin, "margin-bottom": margin}


def _spaced(margin: str = "1em", indent: str = "0") -> dict[str, str]:
    sides = {"margin-top": margin, "margin-bottom": margin}
    return _BLOCK | sides | {"margin-left": indent, "margin-right": indent}


def _list(marker: str) -> dict[str, str]:
    return _spaced() | {"padding-left": "40px", "list-style-type": marker}


_SIDES = ("top", "right", "bottom", "left")
_GRAY = {f"border-{side}-color": "gray" for side in _SIDES}
_SAME_COLORS = {f"border-{side}-color": "inherit" for side in _SIDES}
_LINED = {f"border-{side}-width": "1px" for side in _SIDES} | {
    f"border-{side}-style": "solid" for side in _SIDES
}
_RULE = (
    _BLOCK
    | _GRAY
    | _LINED
    | {
        "margin-top": "0.5em",
        "border-right-color": "#eee",  # sunken, as browsers draw it
        "border-bottom-color": "#eee",
        "margin-right": "auto",
        "margin-bottom": "0.5em",
        "margin-left": "auto",
    }
)
_ROWS = _SAME_COLORS | {"display": "table-row-group"}
_CELL = _SAME_COLORS | {
    "display": "table-cell",
    "vertical-align": "middle",
    "padding-top": "1px",
    "padding-right": "1px",
    "padding-bottom": "1px",
    "padding-left": "1px",
}

_DEFAULTS: dict[str, dict[str, str]] = {
    **dict.fromkeys(
        [
            "address", "article", "aside", "body", "details", "dialog", "div", "dl", "dt",
            "fieldset", "figcaption", "footer", "form", "header", "hgroup", "html", "legend",
            "main", "nav", "search", "section", "summary",
        ],
        _BLOCK,
    ),
    **dict.fromkeys(["b", "strong"], _BOLD),
    **dict.fromkeys(["cite", "dfn", "em", "i", "var"], _ITALIC),
    **dict.fromkeys(["code", "kbd", "samp", "tt"], _MONO),
    **dict.fromkeys(["ins", "u"], _UNDERLINE),
    **dict.fromkeys(["del", "s", "strike"], _THROUGH),
    **dict.fromkeys(
        ["area", "base", "datalist", "head", "link", "meta", "noframes", "noscript", "param", "rp",
         "script", "source", "style", "template", "title", "track", "colgroup", "col"],
        _NOTHING,
    ),
    "big": {"font-size": "larger"},
    "blockquote": _spaced(indent="40px"),
    "caption": {"display": "block", "text-align": "center"},
    "center": _BLOCK | {"text-align": "center"},
    "dd": _BLOCK | {"margin-left": "40px"},
    "figure": _spaced(indent="40px"),
    "h1": _heading("2em", "0.67em"),
    "h2": _heading("1.5em", "0.83em"),
    "h3": _heading("1.17em", "1em"),
    "h4": _heading("1em", "1.33em"),
    "h5": _heading("0.83em", "1.67em"),
    "h6": _heading("0.67em", "2.33em"),
    "hr": _RULE,
    "li": {"display": "list-item"},
    "mark": {"background-color": "yellow", "color": "black"},
    "menu": _list("disc"),
    "nobr": {"white-space": "nowrap"},
    "ol": _list("decimal"),
    "p": _spaced(),
    "pre": _spaced() | _MONO | {"white-space": "pre"},
    "small": {"font-size": "smaller"},
    "sub": {"vertical-align": "sub", "font-size": "smaller"},
    "sup": {"vertical-align": "super", "font-size": "smaller"},
    "table": _GRAY | {
        "display": "table", "border-spacing": "2px", "box-sizing": "border-box",
        "text-align": "start",
    },
    "tbody": _ROWS,
    "td": _CELL,
    "tfoot": _ROWS,
    "th": _CELL | _BOLD | {"text-align": "center"},
    "thead": _ROWS,
    "tr": _SAME_COLORS | {"display": "table-row"},
    "ul": _list("disc"),
}  # fmt: skip

_FONT_SIZES = ("10px", "13px", "16px", "18px", "24px", "32px", "48px")
_NESTED_MARKERS = ("disc", "circle", "square")
_LISTS = frozenset({"ul", "ol", "menu"})
_SIZED = frozenset({"table", "td", "th", "img"})
_CELLS = frozenset({"td", "th"})


def local_name(element: Element) -> str:
    """Return an element's name, lower case, where it is HTML's or of no namespace; else nothing."""
    namespace, name = split_tag(element.tag)
    return name.lower() if namespace in ("", XHTML) else ""


def defaults_of(element: Element) -> dict[str, str]:
    """Return what an element's name and its presentational attributes declare."""
    name = local_name(element)
    found = dict(_DEFAULTS.get(name, ()))
    if name in _LISTS:
        _nest(element, name, found)
    if name in _CELLS:
        _read_table(element, found)
    attributes = element.attributes
    if not attributes:
        return found
    if name == "font":
        _read_font(element, found)
    elif name == "hr":
        _read_rule(element, found)
    elif name == "table":
        if attributes.get("border", "0") != "0":
            width = _pixels(element, "border") or "1px"
            found |= _LINED | {f"border-{side}-width": width for side in _SIDES}
        spacing = _pixels(element, "cellspacing")
        if spacing:
            found["border-spacing"] = spacing
    if attributes.get("align") and name != "table":
        found["text-align"] = element.get("align").lower()
    if attributes.get("dir", "").lower() in ("ltr", "rtl"):
        found["direction"] = attributes["dir"].lower()
    if attributes.get("valign"):
        found["vertical-align"] = element.get("valign").lower()
    if attributes.get("bgcolor"):
        found["background-color"] = element.get("bgcolor")
    if "nowrap" in attributes and name in _CELLS:
        found["white-space"] = "nowrap"
    if name in _SIZED:
        found |= {each: element.get(each) for each in ("width", "height") if element.get(each)}
    if "hidden" in attributes:
        found["display"] = "none"
    return found


def _nest(element: Element, name: str, found: dict[str, str]) -> None:
    """Lists inside lists have no margins, and bullets of their own."""
    depth = 0
    above = element.parent
    while above is not None:
        depth += local_name(above) in _LISTS
        above = above.parent
    if depth:
        found |= {"margin-top": "0", "margin-bottom": "0"}
    if name != "ol":
        found["list-style-type"] = _NESTED_MARKERS[min(depth, 2)]


def _read_table(cell: Element, found: dict[str, str]) -> None:
    """Give a cell what the table around it says of all its cells."""
    table = cell.parent
    while table is not None and local_name(table) != "table":
        table = table.parent
    if table is None or not table.attributes:
        return
    if table.get("border", "0") != "0":
        found |= _LINED
    padding = _pixels(table, "cellpadding")
    if padding:
        found |= {f"padding-{side}": padding for side in _SIDES}


def _read_rule(rule: Element, found: dict[str, str]) -> None:
    """Give a horizontal rule its thickness, its width and its colour."""
    size = rule.get("size")
    if size == "1":
        found["border-bottom-width"] = "0"
    elif size.isascii() and size.isdecimal():
        found["height"] = f"{max(0, int(size[:4]) - 2)}px"
    if rule.get("width"):
        found["width"] = rule.get("width")
    if rule.get("color"):
        found |= {f"border-{side}-color": rule.get("color") for side in _SIDES}


def _pixels(element: Element, name: str) -> str:
    """Return an attribute's number as a length; nothing where it is none."""
    text = element.get(name)
    return f"{int(text[:4])}px" if text.isascii() and text.isdecimal() else ""


def _read_font(element: Element, found: dict[str, str]) -> None:
    color, face, size = (element.get(name) for name in ("color", "face", "size"))
    if color:
        found["color"] = color
    if face:
        found["font-family"] = face
    digits = size.lstrip("+-")
    if digits.isascii() and digits.isdecimal():
        number = int(digits[:3])
        if size[0] in "+-":
            number = 3 + number if size[0] == "+" else 3 - number
        found["font-size"] = _FONT_SIZES[min(7, max(1, number)) - 1]
