"""Looks inside a slide, layout or master for what validators let pass and PowerPoint does not.

Each rule is a function from an element to sentences; `_RULES` says which element it is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from svg2pptx_batch.deck.lint_finding import Finding
from svg2pptx_batch.drawingml.xml import P

_DRAWING_NS: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
_A: Final = f"{{{_DRAWING_NS}}}"
_P: Final = f"{{{P}}}"

_INT32: Final = range(-(2**31), 2**31)
_NOT_NEGATIVE: Final = range(2**31)
_TURN: Final = range(21_600_000)
_SHARE: Final = range(100_001)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)")
_LOOKS_NUMERIC: Final = re.compile(
    r"-0+|[+-]?(?:\d+\.\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?\d+e[+-]?\d+|[+-]?nan|[+-]?inf(?:inity)?",
    re.IGNORECASE,
)
_TEXT_ATTRIBUTES: Final = frozenset({"name", "descr", "title", "tooltip", "typeface", "uri"})
_COLOR: Final = re.compile(r"[0-9A-Fa-f]{6}")

_RANGES: Final[dict[str, dict[str, range]]] = {
    f"{_A}off": {"x": _INT32, "y": _INT32},
    f"{_A}chOff": {"x": _INT32, "y": _INT32},
    f"{_A}ext": {"cx": _NOT_NEGATIVE, "cy": _NOT_NEGATIVE},
    f"{_A}chExt": {"cx": _NOT_NEGATIVE, "cy": _NOT_NEGATIVE},
    f"{_A}xfrm": {"rot": _INT32},
    f"{_A}path": {"w": _NOT_NEGATIVE, "h": _NOT_NEGATIVE},
    f"{_A}ln": {"w": range(20_116_801)},
    f"{_A}gs": {"pos": _SHARE},
    f"{_A}alpha": {"val": _SHARE},
    f"{_A}alphaModFix": {"amt": _SHARE},
    f"{_A}lin": {"ang": _TURN},
    f"{_A}miter": {"lim": _NOT_NEGATIVE},
    f"{_A}ds": {"d": range(1, 2**31), "sp": _NOT_NEGATIVE},
    f"{_A}outerShdw": {"blurRad": _NOT_NEGATIVE, "dist": _NOT_NEGATIVE, "dir": _TURN},
    f"{_A}innerShdw": {"blurRad": _NOT_NEGATIVE, "dist": _NOT_NEGATIVE, "dir": _TURN},
    f"{_A}glow": {"rad": _NOT_NEGATIVE},
    f"{_A}softEdge": {"rad": _NOT_NEGATIVE},
    f"{_A}blur": {"rad": _NOT_NEGATIVE},
    f"{_A}srcRect": dict.fromkeys("ltrb", _INT32),
    f"{_A}fillRect": dict.fromkeys("ltrb", _INT32),
    f"{_A}fillToRect": dict.fromkeys("ltrb", _INT32),
    f"{_A}tile": dict.fromkeys(("tx", "ty", "sx", "sy"), _INT32),
    f"{_A}spcPts": {"val": range(158_401)},
    f"{_P}cNvPr": {"id": range(1, 2**31)},
} | {
    f"{_A}{tag}": {"sz": range(100, 400_001), "spc": range(-400_000, 400_001)}
    for tag in ("rPr", "endParaRPr", "defRPr")
}

_FILLS: Final = ("noFill", "solidFill", "gradFill", "blipFill", "pattFill", "grpFill")
_EFFECTS: Final = ("effectLst", "effectDag")
_RUN_ORDER: Final = (
    ("ln",),
    _FILLS,
    _EFFECTS,
    ("highlight",),
    ("uLnTx", "uLn"),
    ("uFillTx", "uFill"),
    ("latin",),
    ("ea",),
    ("cs",),
    ("sym",),
    ("hlinkClick",),
    ("hlinkMouseOver",),
    ("rtl",),
    ("extLst",),
)
_ORDERS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    f"{_P}spPr": (
        ("xfrm",),
        ("custGeom", "prstGeom"),
        _FILLS,
        ("ln",),
        _EFFECTS,
        ("scene3d",),
        ("sp3d",),
        ("extLst",),
    ),
    f"{_A}ln": (
        _FILLS,
        ("prstDash", "custDash"),
        ("round", "bevel", "miter"),
        ("headEnd",),
        ("tailEnd",),
        ("extLst",),
    ),
    f"{_A}custGeom": (("avLst",), ("gdLst",), ("ahLst",), ("cxnLst",), ("rect",), ("pathLst",)),
    f"{_A}effectLst": (
        ("blur",),
        ("fillOverlay",),
        ("glow",),
        ("innerShdw",),
        ("outerShdw",),
        ("prstShdw",),
        ("reflection",),
        ("softEdge",),
    ),
    f"{_P}txBody": (("bodyPr",), ("lstStyle",), ("p",)),
    f"{_A}rPr": _RUN_ORDER,
    f"{_A}endParaRPr": _RUN_ORDER,
}
_POINTS: Final = {"moveTo": 1, "lnTo": 1, "quadBezTo": 2, "cubicBezTo": 3}


def lint_drawing(part: str, root: Any) -> Iterator[Finding]:
    """Examine the XML of one slide, layout or master.

    Args:
        part: Its name, for the findings.
        root: Its root element, of lxml.
    """
    seen: set[str] = set()
    for element in root.iter(f"{_A}*", f"{_P}*"):
        line = element.sourceline or 0
        for code, message in _faults(element):
            yield Finding(code, part, message, line)
        if element.tag == f"{_P}cNvPr":
            number = element.get("id", "")
            if number in seen:
                yield Finding("shape-id", part, f"shape id {number} is not unique", line)
            seen.add(number)


Fault = tuple[str, str]


def _faults(element: Any) -> Iterator[Fault]:
    if element.attrib and element.tag != f"{_A}srgbClr":  # 2E3436 is a colour and no number
        yield from _lint_numbers(element)
    order = _ORDERS.get(element.tag)
    if order is not None:
        yield from _lint_order(element, order)
    rule = _RULES.get(element.tag)
    if rule is not None:
        yield from rule(element)


def _local(element: Any) -> str:
    """Return an element's name without its namespace; empty for comments and the like."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _lint_numbers(element: Any) -> Iterator[Fault]:
    ranges = _RANGES.get(element.tag, {})
    for key, value in element.attrib.items():
        allowed = ranges.get(key)
        where = f"{key}={value!r} of {_local(element)}"
        if allowed is None:
            if key not in _TEXT_ATTRIBUTES and _LOOKS_NUMERIC.fullmatch(value):
                yield "number-form", f"{where} is no whole number"
        elif not _NUMBER.fullmatch(value) or value == "-0":
            yield "number-form", f"{where} is no whole number"
        elif int(value) not in allowed:
            yield "number-range", f"{where} is outside {allowed[0]}…{allowed[-1]}"


def _lint_order(element: Any, order: tuple[tuple[str, ...], ...]) -> Iterator[Fault]:
    ranks = {name: rank for rank, names in enumerate(order) for name in names}
    highest = -1
    for child in element:
        name = _local(child)
        if not name:
            continue
        rank = ranks.get(name, -1)
        repeats = rank == highest and name != "p"
        if rank < highest or repeats:
            yield "child-order", f"{name} stands in the wrong place in {_local(element)}"
        highest = max(highest, rank)


def _lint_identity(element: Any) -> Iterator[Fault]:
    if element.get("id") is None:
        yield "shape-id", "shape has no id"
    if element.get("name") is None:
        yield "shape-name", "shape has no name attribute"


def _lint_color(element: Any) -> Iterator[Fault]:
    value = element.get("val", "")
    if not _COLOR.fullmatch(value):
        yield "color-form", f"colour {value!r} does not have six hexadecimal digits"


def _lint_stops(element: Any) -> Iterator[Fault]:
    if len(element.findall(f"{_A}gs")) < 2:
        yield "gradient-stops", "gradient has fewer than two stops"


def _lint_dash(element: Any) -> Iterator[Fault]:
    if element.find(f"{_A}ds") is None:
        yield "dash-empty", "custom dash has no dashes"


def _lint_geometry(element: Any) -> Iterator[Fault]:
    if element.find(f"{_A}pathLst") is None:
        yield "path-missing", "custom geometry has no pathLst"


def _lint_path(element: Any) -> Iterator[Fault]:
    if _local(element.getparent()) != "pathLst":
        return
    open_subpath = False
    for segment in element:
        name = _local(segment)
        if name == "moveTo":
            open_subpath = True
        elif not open_subpath and name:
            yield "path-start", f"{name} of a path does not follow a moveTo"
            open_subpath = True
        if name == "close":
            open_subpath = False
        expected = _POINTS.get(name)
        if expected is not None and len(segment) != expected:
            yield "path-points", f"{name} has {len(segment)} points, not {expected}"
    if not len(element):
        yield "path-start", "path is empty"


def _lint_point(element: Any) -> Iterator[Fault]:
    for key in ("x", "y"):
        value = element.get(key, "")
        if not _NUMBER.fullmatch(value) or value == "-0":
            if not _is_guide(element, value):
                yield "number-form", f"{key}={value!r} of a point is no whole number"
        elif int(value) not in _INT32:
            yield "number-range", f"{key}={value!r} of a point is beyond 32 bits"


_BUILT_IN_GUIDES: Final = re.compile(
    r"[ltrbwh]|hc|vc|ls|ss|[hw]d\d{1,2}|ssd\d{1,2}|(?:3|5|7)?cd(?:2|4|8)"
)


def _is_guide(point: Any, name: str) -> bool:
    """Tell whether a point's coordinate names a guide of its geometry."""
    if _BUILT_IN_GUIDES.fullmatch(name):
        return True
    geometry = next(point.iterancestors(f"{_A}custGeom"), None)
    return geometry is not None and any(
        guide.get("name") == name for guide in geometry.iter(f"{_A}gd")
    )


def _lint_text(element: Any) -> Iterator[Fault]:
    if element.find(f"{_A}p") is None:
        yield "paragraph-missing", "text has no paragraph"


def _lint_paragraph(element: Any) -> Iterator[Fault]:
    end = element.find(f"{_A}endParaRPr")
    if end is not None and end.getnext() is not None:
        yield "child-order", "something follows endParaRPr in a paragraph"


def _lint_characters(element: Any) -> Iterator[Fault]:
    if re.search("[\t\n\r]", element.text or ""):
        yield "text-control", "text run holds a tab or a line break"


def _lint_picture(element: Any) -> Iterator[Fault]:
    extent = element.find(f"{_P}spPr/{_A}xfrm/{_A}ext")
    if extent is not None and "0" in (extent.get("cx"), extent.get("cy")):
        yield "picture-empty", "picture has no area"


def _lint_group(element: Any) -> Iterator[Fault]:
    frame = element.find(f"{_P}grpSpPr/{_A}xfrm")
    if frame is None:
        return
    outer, inner = frame.find(f"{_A}ext"), frame.find(f"{_A}chExt")
    if outer is None or inner is None:
        return
    for key in ("cx", "cy"):
        if inner.get(key) == "0" and outer.get(key) != "0":
            yield "group-extent", f"group scales a child extent {key} of 0"


_RULES: Final[dict[str, Callable[[Any], Iterable[Fault]]]] = {
    f"{_P}cNvPr": _lint_identity,
    f"{_A}srgbClr": _lint_color,
    f"{_A}gsLst": _lint_stops,
    f"{_A}custDash": _lint_dash,
    f"{_A}custGeom": _lint_geometry,
    f"{_A}path": _lint_path,
    f"{_A}pt": _lint_point,
    f"{_P}txBody": _lint_text,
    f"{_A}p": _lint_paragraph,
    f"{_A}t": _lint_characters,
    f"{_P}pic": _lint_picture,
    f"{_P}grpSp": _lint_group,
}
