"""The layouts of a presentation: which one slides use, and what it leaves to a drawing.

A presentation lists masters, a master lists layouts; placeholders without a box of their own have
that of their master's.
"""

from __future__ import annotations

import itertools
import pathlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from svg2pptx_batch.deck import package
from svg2pptx_batch.deck.boxes import Box, box_of
from svg2pptx_batch.deck.package_reader import PackageReader
from svg2pptx_batch.drawingml.xml import A, P, R
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.frame import WHOLE, Frame
from svg2pptx_batch.options import SlideSize

TITLES: Final = ("title", "ctrTitle")
_PICTURE: Final = frozenset({"pic"})
_BODY: Final = frozenset({"body", "obj", "tbl", "chart", "media", "clipArt", "dgm"})
_OF_MASTER: Final = {"ctrTitle": "title", "subTitle": "body", "pic": "body"} | dict.fromkeys(
    _BODY, "body"
)
"""Type of the master's placeholder that one of a layout inherits from, where it is another."""
_ROOMY: Final = 0.15
"""Share of the slide from which on a placeholder holds a drawing and a shape is a background."""
_LEAST: Final = 0.05
"""Share of the slide below which a free rectangle is of no use, and the whole slide is taken."""
_MOST_OBSTACLES: Final = 50
_SLOTS: Final = ("dk1", "lt1", "dk2", "lt2", *(f"accent{number}" for number in range(1, 7)))
_SYSTEM_COLORS: Final = {"windowText": "000000", "window": "FFFFFF"}
_COLOR: Final = re.compile(r"[0-9A-Fa-f]{6}")
_A: Final = f"{{{A}}}"
_P: Final = f"{{{P}}}"
_R: Final = f"{{{R}}}"


class _Master(NamedTuple):
    """A slide master.

    Attributes:
        root: Its root element.
        theme: That of its theme.
    """

    root: Any
    theme: Any

    @property
    def theme_name(self) -> str:
        return str(self.theme.get("name", ""))


class Layout(NamedTuple):
    """A slide layout.

    Attributes:
        part: Name of its part.
        root: Its root element.
        master: What it belongs to.
    """

    part: str
    root: Any
    master: _Master

    @property
    def name(self) -> str:
        """What people call it."""
        slide = self.root.find(f"{_P}cSld")
        return "" if slide is None else str(slide.get("name", ""))


def read_layouts(reader: PackageReader, presentation: str) -> list[Layout]:
    """Return all layouts, in the order that people see them.

    Args:
        reader: Of the presentation.
        presentation: Name of the presentation part.

    Raises:
        UsageError: There are none, one cannot be read, or a master is without theme.
    """
    layouts: list[Layout] = []
    lists = f"{_P}sldMasterIdLst/{_P}sldMasterId"
    for part in _listed(reader, presentation, reader.parse(presentation), lists):
        root = reader.parse(part, package.TYPE_SLIDE_MASTER)
        themes = [link.target for link in reader.links(part) if link.type == package.REL_THEME]
        if not any(themes):
            raise reader.refuse(f"{part} has no theme")
        master = _Master(root, reader.parse(themes[0], package.TYPE_THEME))
        names = _listed(reader, part, root, f"{_P}sldLayoutIdLst/{_P}sldLayoutId")
        for name in names:
            if not any(link.type == package.REL_SLIDE_MASTER for link in reader.links(name)):
                raise reader.refuse(f"{name} has no master")
            root = reader.parse(name, package.TYPE_SLIDE_LAYOUT)
            layouts.append(Layout(name, root, master))
    if not layouts:
        raise reader.refuse("it has no slide layouts")
    return layouts


def _listed(reader: PackageReader, part: str, root: Any, path: str) -> Iterator[str]:
    """Yield the parts that a list in a part names.

    Raises:
        UsageError: One is not there.
    """
    links = {link.id: link for link in reader.links(part) if not link.external}
    for each in root.iterfind(path):
        link = links.get(each.get(f"{_R}id", ""))
        if link is None or not link.target:
            raise reader.refuse(f"{part} lists a part that is not there")
        yield link.target


def find_layout(
    path: pathlib.Path, layouts: Sequence[Layout], wanted: str, *, titled: bool
) -> Layout:
    """Return the layout for the slides.

    Args:
        path: Of the deck, for messages.
        layouts: As `read_layouts` gives them.
        wanted: Its name, whatever the case, or `THEME/NAME` where masters have layouts of the same
            name; empty for the first that is meant for titles alone, or for nothing.
        titled: Whether slides have titles.

    Raises:
        UsageError: There is none.
    """
    if wanted:
        for layout in layouts:
            if wanted.strip().casefold() in _names(layout):
                return layout
        raise UsageError(
            f"{path} has no layout {wanted!r}.",
            remedy=f"Choose one of: {', '.join(_choices(layouts))}.",
        )
    fit = [layout for layout in layouts if not titled or title_type(layout)]
    if not fit:
        raise UsageError(
            f"{path} has no layout with a title.", remedy="Leave --titles out, or choose none."
        )
    kind, usual = ("titleOnly", "title only") if titled else ("blank", "blank")

    def rank(layout: Layout) -> tuple[bool, bool, int]:
        """LibreOffice calls whatever it has no type for blank, so the name counts too."""
        places = sum(1 for _ in _placeholders(layout.root))
        return layout.root.get("type") != kind, layout.name.casefold() != usual, places

    return min(fit, key=rank)


def title_type(layout: Layout) -> str:
    """Return the type of a layout's title placeholder; empty where it has none."""
    return next((kind for kind, _ in _seats(layout) if kind in TITLES), "")


def frame_of(layout: Layout, slide: SlideSize, *, titled: bool) -> Frame:
    """Return what a layout leaves to a drawing.

    The drawing goes into its picture placeholder or its body, if they are of some size, else into
    the largest free rectangle: beside title, footers and what else is drawn there, but over what
    is large enough to be a background.

    Args:
        layout: As `read_layouts` gives it.
        slide: Size of the slides.
        titled: Whether slides have titles.
    """
    placeholders = [(kind, box.within(slide)) for kind, box in _seats(layout)]
    area = _seat(placeholders, _PICTURE) or _seat(placeholders, _BODY)
    if area is None:
        drawn = [box.within(slide) for box in _drawn(layout)]
        area = _free(placeholders, [box for box in drawn if box.share < _ROOMY])
    return Frame(
        (area.left, area.top, area.right, area.bottom),
        title_type(layout) if titled else "",
        theme_colors(layout),
    )


def theme_colors(layout: Layout) -> tuple[tuple[str, str], ...]:
    """Return the colours of the layout's theme: `RRGGBB`, and the name slides call it by.

    Source: ECMA-376 part 1, 20.1.6.2 "clrScheme", 19.3.1.6 "clrMap".
    """
    theme = layout.master.theme
    slots = {str(each.tag).removeprefix(_A): each for each in theme.iterfind(f".//{_A}clrScheme/*")}
    mapping = layout.master.root.find(f"{_P}clrMap")
    attributes = {} if mapping is None else mapping.attrib
    names: dict[str, str] = {}
    for name, slot in attributes.items():
        names.setdefault(str(slot), str(name))
    found: dict[str, str] = {}
    for slot in _SLOTS:
        color = next(iter(slots.get(slot, ())), None)
        value = "" if color is None else color.get("lastClr") or color.get("val", "")
        value = _SYSTEM_COLORS.get(value, value)
        # a slot that the master maps no name to cannot be meant by its own: that is another's
        name = names.get(slot, "" if slot in attributes else slot)
        if name and _COLOR.fullmatch(value):
            found.setdefault(value.upper(), name)
    return tuple(found.items())


def _names(layout: Layout) -> tuple[str, str]:
    """Return the names a layout answers to, folded."""
    name = layout.name.strip().casefold()
    return name, f"{layout.master.theme_name.strip().casefold()}/{name}"


def _choices(layouts: Sequence[Layout]) -> Iterable[str]:
    several = any(layout.master is not layouts[0].master for layout in layouts)
    for layout in layouts:
        prefix = f"{layout.master.theme_name}/" if several else ""
        yield f"{prefix}{layout.name}"


def _shapes(parent: Any) -> Iterator[Any]:
    """Yield the shapes of a tree, bottom first; a group that says its box counts as one."""
    for element in parent.iterchildren("{*}*"):
        name = element.tag.rpartition("}")[2]
        if name == "AlternateContent":
            yield from itertools.chain.from_iterable(map(_shapes, element[:1]))
        elif name == "grpSp" and box_of(element) is None:
            yield from _shapes(element)
        elif name in ("sp", "pic", "grpSp", "graphicFrame", "cxnSp"):
            yield element


def _tree(root: Any) -> Iterator[Any]:
    tree = root.find(f"{_P}cSld/{_P}spTree")
    return iter(()) if tree is None else _shapes(tree)


def _placeholders(root: Any) -> Iterator[tuple[str, Any]]:
    """Yield type and element of each placeholder of a layout or master."""
    for shape in _tree(root):
        place = shape.find(f"./*/{_P}nvPr/{_P}ph")
        if place is not None:
            yield place.get("type", "obj"), shape


def _seats(layout: Layout) -> list[tuple[str, Box]]:
    """Return type and box of each placeholder of a layout that has one, if from its master."""
    of_master: dict[str, Box] = {}
    for kind, shape in _placeholders(layout.master.root):
        box = box_of(shape)
        if box is not None:
            of_master.setdefault(kind, box)
    found = []
    for kind, shape in _placeholders(layout.root):
        box = box_of(shape) or of_master.get(_OF_MASTER.get(kind, kind))
        if box is not None:
            found.append((kind, box))
    return found


def _drawn(layout: Layout) -> list[Box]:
    """Return the boxes of what layout and master draw themselves."""
    roots = [layout.root]
    if layout.root.get("showMasterSp") not in ("0", "false"):
        roots.append(layout.master.root)
    shapes = itertools.chain.from_iterable(map(_tree, roots))
    boxes = (box_of(shape) for shape in shapes if _is_drawn(shape))
    return [box for box in boxes if box is not None]


def _is_drawn(shape: Any) -> bool:
    if shape.find(f"./*/{_P}nvPr/{_P}ph") is not None:
        return False
    named = shape.find(f"./*/{_P}cNvPr")
    return named is None or named.get("hidden") not in ("1", "true")


def _seat(placeholders: list[tuple[str, Box]], kinds: frozenset[str]) -> Box | None:
    """Return the largest placeholder of some kinds, None where all are small."""
    fit = [box for kind, box in placeholders if kind in kinds and box.share >= _ROOMY]
    return max(fit, key=lambda box: box.share, default=None)


def _free(placeholders: list[tuple[str, Box]], drawn: list[Box]) -> Box:
    """Return the largest rectangle free of small placeholders and of what is drawn."""
    small = [box for _, box in placeholders if box.share < 2 * _ROOMY]
    title = next((box for kind, box in placeholders if kind in TITLES), None)
    left, right = 0.0, 1.0
    if title is not None and title.right - title.left >= 0.5:
        left, right = title.left, title.right
        small.append(title)
    obstacles = sorted(small + drawn, key=lambda box: -box.share)
    obstacles = [box for box in obstacles if box.share > 0][:_MOST_OBSTACLES]
    obstacles.sort(key=lambda box: box.top)
    xs = {left, right, *(x for b in obstacles for x in (b.left, b.right) if left < x < right)}
    free = (
        Box(x0, y0, x1, y1)
        for x0, x1 in itertools.combinations(sorted(xs), 2)
        for y0, y1 in _gaps([b for b in obstacles if b.left < x1 and x0 < b.right])
    )
    best = max(free, key=lambda box: box.share)
    return best if best.share >= _LEAST else Box(*WHOLE)


def _gaps(obstacles: list[Box]) -> Iterator[tuple[float, float]]:
    """Yield top and bottom of what obstacles leave of a strip; they come by their tops."""
    top = 0.0
    for box in obstacles:
        yield top, max(top, box.top)
        top = max(top, box.bottom)
    yield top, 1.0
