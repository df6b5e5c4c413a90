"""The layouts of a presentation: which one slides use, and what it leaves to a drawing.

python-pptx is used here alone: it knows what placeholders inherit from their master.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from svg2pptx_batch.drawingml.xml import A, P
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.frame import WHOLE, Frame
from svg2pptx_batch.options import SlideSize

TITLES: Final = ("title", "ctrTitle")
_PICTURE: Final = frozenset({"pic"})
_BODY: Final = frozenset({"body", "obj", "tbl", "chart", "media", "clipArt", "dgm"})
_ROOMY: Final = 0.15
"""Share of the slide from which on a placeholder holds a drawing and a shape is a background."""
_MOST_OBSTACLES: Final = 8
_SLOTS: Final = ("dk1", "lt1", "dk2", "lt2", *(f"accent{number}" for number in range(1, 7)))
_A: Final = f"{{{A}}}"
_P: Final = f"{{{P}}}"


class _Box(NamedTuple):
    """A box on the slide, as fractions of it."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def share(self) -> float:
        """Share of the slide it covers."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def meets(self, other: _Box) -> bool:
        """Whether both have some area in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def find_layout(presentation: Any, wanted: str, *, titled: bool) -> Any:
    """Return the layout for the slides.

    Args:
        presentation: As python-pptx opens it.
        wanted: Its name, whatever the case, or `THEME/NAME` where masters have layouts of the same
            name; empty for the first that is meant for titles alone, or for nothing.
        titled: Whether slides have titles.

    Raises:
        UsageError: There is none.
    """
    layouts = [layout for master in presentation.slide_masters for layout in master.slide_layouts]
    if not layouts:
        raise UsageError(
            "The template has no layouts.", remedy="Give a presentation with a blank layout."
        )
    if wanted:
        for layout in layouts:
            if wanted.casefold() in _names(layout):
                return layout
        raise UsageError(
            f"The template has no layout {wanted!r}.",
            remedy=f"Choose one of: {', '.join(_choices(presentation))}.",
        )
    if not titled:
        for layout in layouts:
            if layout.element.get("type") == "blank":
                return layout
        return min(layouts, key=lambda layout: len(layout.placeholders))
    for layout in layouts:
        if layout.element.get("type") == "titleOnly":
            return layout
    with_title = [layout for layout in layouts if title_type(layout)]
    if not with_title:
        raise UsageError(
            "The template has no layout with a title.", remedy="Leave --titles out, or choose none."
        )
    return min(with_title, key=lambda layout: len(layout.placeholders))


def title_type(layout: Any) -> str:
    """Return the type of a layout's title placeholder; empty where it has none."""
    return next((kind for kind, _ in _placeholders(layout) if kind in TITLES), "")


def frame_of(layout: Any, slide: SlideSize, *, titled: bool) -> Frame:
    """Return what a layout leaves to a drawing.

    The drawing goes into its picture placeholder or its body, if they are of some size, else into
    the largest free rectangle: beside title, footers and what else is drawn there, but over what
    is large enough to be a background.

    Args:
        layout: As python-pptx has it.
        slide: Size of the slides.
        titled: Whether slides have titles.
    """
    placeholders = [(kind, _scaled(box, slide)) for kind, box in _placeholders(layout)]
    area = _seat(placeholders, _PICTURE) or _seat(placeholders, _BODY)
    if area is None:
        drawn = [_scaled(box, slide) for box in _drawn(layout)]
        area = _free(placeholders, [box for box in drawn if box.share < _ROOMY])
    return Frame(
        (area.left, area.top, area.right, area.bottom),
        title_type(layout) if titled else "",
        theme_colors(layout),
    )


def theme_colors(layout: Any) -> tuple[tuple[str, str], ...]:
    """Return the colours of the layout's theme: `RRGGBB`, and the name slides call it by.

    Source: ECMA-376 part 1, 20.1.6.2 "clrScheme", 19.3.1.6 "clrMap".
    """
    from lxml import etree
    from pptx.opc.constants import RELATIONSHIP_TYPE

    master = layout.slide_master
    theme = etree.fromstring(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)
    slots = {str(each.tag).removeprefix(_A): each for each in theme.iterfind(f".//{_A}clrScheme/*")}
    mapping = master.element.find(f"{_P}clrMap")
    names = {} if mapping is None else {slot: str(name) for name, slot in mapping.attrib.items()}
    found: dict[str, str] = {}
    for slot in _SLOTS:
        color = next(iter(slots.get(slot, ())), None)
        value = "" if color is None else color.get("lastClr") or color.get("val") or ""
        if len(value) == 6:
            found.setdefault(value.upper(), names.get(slot, slot))
    return tuple(found.items())


def _names(layout: Any) -> tuple[str, str]:
    """Return the names a layout answers to, folded."""
    name = str(layout.name).casefold()
    return name, f"{_theme_name(layout.slide_master).casefold()}/{name}"


def _choices(presentation: Any) -> Iterable[str]:
    masters = list(presentation.slide_masters)
    for master in masters:
        prefix = f"{_theme_name(master)}/" if len(masters) > 1 else ""
        for layout in master.slide_layouts:
            yield f"{prefix}{layout.name}"


def _theme_name(master: Any) -> str:
    from lxml import etree
    from pptx.opc.constants import RELATIONSHIP_TYPE

    theme = etree.fromstring(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)
    return str(theme.get("name", ""))


def _placeholders(layout: Any) -> list[tuple[str, tuple[int, int, int, int]]]:
    """Return type and box (EMU; left, top, width, height) of each placeholder that has one."""
    found = []
    for shape in layout.placeholders:
        box = shape.left, shape.top, shape.width, shape.height
        if None not in box:
            found.append((shape.element.ph.get("type", "obj"), box))
    return found


def _drawn(layout: Any) -> list[tuple[int, int, int, int]]:
    """Return the boxes of what layout and master draw themselves."""
    shapes = list(layout.shapes)
    if layout.element.get("showMasterSp") not in ("0", "false"):
        shapes += layout.slide_master.shapes
    boxes = [
        (shape.left, shape.top, shape.width, shape.height)
        for shape in shapes
        if not shape.is_placeholder
    ]
    return [box for box in boxes if None not in box]


def _scaled(box: tuple[int, int, int, int], slide: SlideSize) -> _Box:
    """Return a box as fractions of the slide, cut to it."""
    left, top, width, height = box
    edges = (
        left / slide.width_emu,
        top / slide.height_emu,
        (left + width) / slide.width_emu,
        (top + height) / slide.height_emu,
    )
    return _Box(*(min(1.0, max(0.0, edge)) for edge in edges))


def _seat(placeholders: list[tuple[str, _Box]], kinds: frozenset[str]) -> _Box | None:
    """Return the largest placeholder of some kinds, None where all are small."""
    fit = [box for kind, box in placeholders if kind in kinds and box.share >= _ROOMY]
    return max(fit, key=lambda box: box.share, default=None)


def _free(placeholders: list[tuple[str, _Box]], drawn: list[_Box]) -> _Box:
    """Return the largest rectangle free of small placeholders and of what is drawn."""
    small = [box for _, box in placeholders if box.share < 2 * _ROOMY]
    title = next((box for kind, box in placeholders if kind in TITLES), None)
    left, right = 0.0, 1.0
    if title is not None and title.right - title.left >= 0.5:
        left, right = title.left, title.right
        small.append(title)
    obstacles = sorted(small + drawn, key=lambda box: -box.share)
    obstacles = [box for box in obstacles if box.share > 0][:_MOST_OBSTACLES]
    xs = {left, right, *(x for b in obstacles for x in (b.left, b.right) if left < x < right)}
    ys = {0.0, 1.0, *(y for b in obstacles for y in (b.top, b.bottom))}
    boxes = (
        _Box(x0, y0, x1, y1)
        for x0, x1 in itertools.combinations(sorted(xs), 2)
        for y0, y1 in itertools.combinations(sorted(ys), 2)
    )
    free = (box for box in boxes if not any(box.meets(obstacle) for obstacle in obstacles))
    return max(free, key=lambda box: box.share, default=_Box(*WHOLE))
