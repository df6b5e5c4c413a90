"""Clips: outlines on the slide that cut what is painted, pushed down to the leaves."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.boolean import EMPTY, area, intersect, unite
from svg2pptx_batch.graphics.confine import confined
from svg2pptx_batch.graphics.path import Path, rect_path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.scene.effects import ClipPath
from svg2pptx_batch.scene.nodes import Crop, Group, Image, Node, Shape
from svg2pptx_batch.scene.paint import FillRule

# Antialiasing hides what sticks out less; curves that touch the edge do.
_SLACK = 0.1
_ALL = 1e7
# EMU must fit 32 bits; nothing that far off the slide is seen.
_FAR = 100_000.0


class Clip(NamedTuple):
    """What lets paint through, slide px.

    Attributes:
        rect: Box of the outline; nothing outside it is seen.
        path: The outline, filling alike under both rules; None where it is the box itself.
    """

    rect: Rect
    path: Path | None = None

    def misses(self, box: Rect) -> bool:
        """Whether nothing inside a box can be seen."""
        return not self.rect.touches(box)

    def spares(self, box: Rect) -> bool:
        """Whether everything inside a box is certainly seen."""
        if self.path is not None:
            return False
        left, top, across, down = self.rect
        x, y, width, height = box
        return (
            x >= left - _SLACK
            and y >= top - _SLACK
            and x + width <= left + across + _SLACK
            and y + height <= top + down + _SLACK
        )

    def near(self, box: Rect) -> Path:
        """Return the outline as far as it matters to something inside a box."""
        if self.path is not None:
            return self.path
        shared = self.rect.intersection(box.inflate(10.0))
        return EMPTY if shared is None else rect_path(shared)

    def within_reach(self, box: Rect, page: Rect) -> Clip | None:
        """Return this clip; narrowed to what lies around the page where a box goes far beyond.

        None where nothing is left.
        """
        return self if is_near(box) else self.cut(rect_path(reach_of(page)))

    def cut(self, outline: Path) -> Clip | None:
        """Return this clip narrowed by an outline; None where nothing is left."""
        bounds = outline.bounds()
        if bounds is None or bounds.is_empty:
            return None
        as_rect = rectangle_of(outline)
        if as_rect is not None and self.path is None:
            shared = self.rect.intersection(as_rect)
            return None if shared is None or shared.is_empty else Clip(shared)
        if not self.spares(bounds):
            outline = intersect(outline, self.near(bounds))
            bounds = outline.bounds()
            if bounds is None or bounds.is_empty:
                return None
        as_rect = rectangle_of(outline)
        return Clip(bounds) if as_rect is not None else Clip(bounds, outline)


def is_near(box: Rect) -> bool:
    """Whether a box lies so near the slide that its coordinates fit a deck."""
    return box.x > -_FAR and box.y > -_FAR and box.right < _FAR and box.bottom < _FAR


def reach_of(page: Rect) -> Rect:
    """Return how far around a page is kept of what goes far beyond it."""
    return page.inflate(max(page.width, page.height))


def page_clip(page: Rect, slide: Rect) -> Clip:
    """Return the clip of the drawing's viewport.

    Where the viewport reaches an edge of the slide, the slide itself cuts there.
    """
    left = page.x if page.x > slide.x + _SLACK else -_ALL
    top = page.y if page.y > slide.y + _SLACK else -_ALL
    right = page.right if page.right < slide.right - _SLACK else _ALL
    bottom = page.bottom if page.bottom < slide.bottom - _SLACK else _ALL
    return Clip(Rect(left, top, right - left, bottom - top))


def rectangle_of(path: Path) -> Rect | None:
    """Return the axis-aligned rectangle a path is, or None for any other outline."""
    if path.verbs not in ("MLLLZ", "MLLLLZ", "MLLL"):
        return None
    xs, ys = path.coords[::2], path.coords[1::2]
    if len(xs) == 5 and (xs[4] != xs[0] or ys[4] != ys[0]):
        return None
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    near = 1e-3 * max(right - left, bottom - top)
    for k in range(4):
        if min(abs(xs[k] - left), abs(xs[k] - right)) > near:
            return None
        if min(abs(ys[k] - top), abs(ys[k] - bottom)) > near:
            return None
        along_x = abs(ys[k] - ys[(k + 1) % 4]) <= near
        along_y = abs(xs[k] - xs[(k + 1) % 4]) <= near
        if along_x == along_y:
            return None
    return Rect(left, top, right - left, bottom - top)


def clip_outline(clip: ClipPath, to_slide: Affine, work: Lowering) -> Path:
    """Return the area a clip path lets through, slide px.

    Args:
        clip: In the space of the group that carries it.
        to_slide: That space to slide px.
        work: For texts, which are outlined.
    """
    parts: list[tuple[Path, bool]] = []
    for child in clip.children:
        _collect(child, to_slide @ clip.transform, work, parts)
    if len(parts) == 1 and rectangle_of(parts[0][0]) is not None:
        outline = parts[0][0]
    else:
        outline = unite(parts)
    if clip.clip is not None and outline:
        outline = intersect(outline, clip_outline(clip.clip, to_slide, work))
    return outline


def _collect(node: Node, to_slide: Affine, work: Lowering, parts: list[tuple[Path, bool]]) -> None:
    m = to_slide @ node.transform
    match node:
        case Shape():
            even_odd = node.fill is not None and node.fill.rule is FillRule.EVENODD
            outline = node.path.transform(m)
            box = outline.bounds()
            if box is not None and not is_near(box):
                outline = confined(outline, reach_of(work.page), filled=True)
            parts.append((outline, even_odd))
        case Group():
            inner: list[tuple[Path, bool]] = []
            for child in node.children:
                _collect(child, m, work, inner)
            if node.clip is not None:
                cut = intersect(unite(inner), clip_outline(node.clip, m, work))
                inner = [(cut, False)]
            parts.extend(inner)
        case Image():
            return
        case _:
            from svg2pptx_batch.lower.text_outline import outline_text

            _collect(outline_text(node), to_slide, work, parts)


def covers(clip: Clip, outline: Path, *, even_odd: bool) -> bool:
    """Whether a clip's outline lets all of an area through, within 0.05 %."""
    bounds = outline.bounds()
    if bounds is None or clip.path is None:
        return bounds is not None and clip.spares(bounds)
    whole = area(outline, even_odd=even_odd)
    seen = area(intersect(outline, clip.path, even_odd=(even_odd, False)))
    return seen >= whole * (1 - 5e-4)


def clip_image(image: Image, clip: Clip) -> Image | None:
    """Cut a picture.

    Args:
        image: Placed: its transform leads to slide px and is invertible.
        clip: What to leave.

    Returns:
        The picture cropped to the smallest rectangle, with an outline where that is not all; None
        where nothing is seen.
    """
    box = image.transform.apply_rect(image.rect)
    if clip.misses(box):
        return None
    if clip.spares(box):
        return image
    corners = rect_path(image.rect)
    seen = intersect(corners.transform(image.transform), clip.near(box))
    outline = seen.transform(image.transform.inverse())
    if image.clip is not None:
        outline = intersect(outline, image.clip)
    bounds = outline.bounds()
    whole = image.rect
    kept = None if bounds is None else bounds.intersection(whole)
    if kept is None or kept.is_empty:
        return None
    old = image.crop
    across, down = 1 - old.left - old.right, 1 - old.top - old.bottom
    crop = Crop(
        old.left + across * (kept.x - whole.x) / whole.width,
        old.top + down * (kept.y - whole.y) / whole.height,
        old.right + across * (whole.right - kept.right) / whole.width,
        old.bottom + down * (whole.bottom - kept.bottom) / whole.height,
    )
    cut = None if rectangle_of(outline) is not None else outline
    return replace(image, rect=kept, crop=crop, clip=cut)
