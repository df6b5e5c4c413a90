"""Patterns as native shapes: clones of the tile, cut to what they fill.

The same leaf of all tiles makes one shape: a hatch is one shape of many strips, whose colour is
changed at once. Tiles do not overlap, so painting leaf by leaf looks the same as tile by tile.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

import msgspec
from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.boolean import area, intersect, unite
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.effort import TooComplexError
from svg2pptx_batch.graphics.path import Path, rect_path
from svg2pptx_batch.graphics.rect import Point, Rect
from svg2pptx_batch.lower.clip import Clip, rectangle_of
from svg2pptx_batch.lower.context import Lowering
from svg2pptx_batch.lower.strokes import stroke_area
from svg2pptx_batch.scene.nodes import Group, Image, Node, Shape
from svg2pptx_batch.scene.paint import Fill, Paint, Pattern, PatternFill, PictureFill
from svg2pptx_batch.scene.walk import visit

_MAX_TILES = 1000
_MAX_LEAVES = 300
_MAX_VERBS = 8000
_MAX_TONES = 24
# Neighbouring tiles overlap by this much, slide px, so that what they share grows together.
_BLEED = 0.01
_DENSE = 1.5
_DISJOINT = 0.999
MIN_PERIODS = 4
"""Periods in a shape below which a pattern is rather drawn whole than repeated."""

_EVERYWHERE = Rect(-1e7, -1e7, 2e7, 2e7)


def weave(pattern: Pattern, outline: Path, to_slide: Affine, work: Lowering) -> list[Shape] | None:
    """Return what a pattern paints inside an outline as native shapes.

    Args:
        pattern: In the shape's own space.
        outline: Slide px, filling alike under both rules.
        to_slide: The shape's own space to slide px.
        work: State of this scene.

    Returns:
        Legal shapes, bottom first; None where there are too many, or the tile holds what no shape
        can show.
    """
    try:
        return _woven(pattern, outline, to_slide, work)
    except TooComplexError:
        return None


def _woven(pattern: Pattern, outline: Path, to_slide: Affine, work: Lowering) -> list[Shape] | None:
    m = to_slide @ pattern.transform
    box = outline.bounds()
    seen = None if box is None else box.intersection(work.page)
    if seen is None:
        return []
    if pattern.overflow_visible or not m.is_invertible:
        return None
    grid = _Grid.over(seen, pattern.tile, m)
    if grid is None:
        return None
    key = (pattern, m)
    if key not in work.tiles:
        work.tiles[key] = _tile_leaves(pattern, m, work)
    lowered = work.tiles[key]
    if lowered is None:
        return None
    grid, leaves = _stretched(grid, lowered)
    shifts = list(grid.shifts(seen))
    solid = sum(_is_solid(leaf) for leaf in leaves)
    clones = solid + (len(leaves) - solid) * len(shifts)
    if len(shifts) > _MAX_TILES or clones > _MAX_LEAVES:
        return None
    if len(shifts) > MIN_PERIODS and grid.finest < _DENSE:
        return None
    limit = rectangle_of(outline)
    found: list[Shape] = []
    verbs = 0
    for leaf in leaves:
        for part in _repeated(leaf, shifts, grid, seen):
            verbs += len(part.path.verbs)
            if verbs > _MAX_VERBS:
                return None
            found += _cut(part, outline, limit, seen)
    return found


class _Grid(msgspec.Struct, frozen=True):
    """The tiles that matter.

    Attributes:
        tile: One tile, in pattern space.
        m: Pattern space to slide px.
        first: Column and row of the first tile.
        columns: How many.
        rows: How many.
    """

    tile: Rect
    m: Affine
    first: tuple[int, int]
    columns: int
    rows: int

    @classmethod
    def over(cls, seen: Rect, tile: Rect, m: Affine) -> _Grid | None:
        """Return the tiles over a box of the slide; None where they are beyond counting."""
        area = m.inverse().apply_rect(seen)
        spans = (
            (area.x - tile.x) / tile.width,
            (area.right - tile.x) / tile.width,
            (area.y - tile.y) / tile.height,
            (area.bottom - tile.y) / tile.height,
        )
        if not all(map(math.isfinite, spans)) or max(map(abs, spans)) > 1e9:
            return None
        # A tile that is but touched does not matter.
        slack = 1e-6
        left, top = math.floor(spans[0] + slack), math.floor(spans[2] + slack)
        columns = max(1, math.ceil(spans[1] - slack) - left)
        rows = max(1, math.ceil(spans[3] - slack) - top)
        return cls(tile, m, (left, top), columns, rows)

    @property
    def near(self) -> float:
        """What counts as no distance, in pattern space."""
        return _bleed(self.m)

    @property
    def finest(self) -> float:
        """The shorter side of a tile, slide px."""
        across = math.hypot(self.m.a, self.m.b) * self.tile.width
        return min(across, math.hypot(self.m.c, self.m.d) * self.tile.height)

    def shifts(self, seen: Rect) -> Iterator[Point]:
        """Yield the way, slide px, from tile (0, 0) to each that a box of the slide meets."""
        first = self.m.apply_rect(self.tile)
        for row in range(self.first[1], self.first[1] + self.rows):
            for column in range(self.first[0], self.first[0] + self.columns):
                dx, dy = self.m.apply_vector(column * self.tile.width, row * self.tile.height)
                if Rect(first.x + dx, first.y + dy, first.width, first.height).intersection(seen):
                    yield dx, dy


def _bleed(m: Affine) -> float:
    """Return the overlap of tiles, in pattern space."""
    return _BLEED / max(m.singular_values()[1], 1e-9)


def _tile_leaves(pattern: Pattern, m: Affine, work: Lowering) -> list[Shape] | None:
    """Lower tile (0, 0); None where not all of it is plain shapes, or it is too much to repeat."""
    from svg2pptx_batch.lower.fallback import outlined
    from svg2pptx_batch.lower.passes import lower_part

    if not all(map(_may_be_plain, pattern.children)):
        return None
    shapes = (leaf for child in pattern.children for leaf in visit(child))
    if sum(len(leaf.path.verbs) for leaf in shapes if isinstance(leaf, Shape)) > _MAX_VERBS:
        return None
    content = Group(
        tuple(outlined(child) for child in pattern.children),
        transform=pattern.content_transform,
    )
    clip = Clip(_EVERYWHERE).cut(rect_path(pattern.tile.inflate(_bleed(m))).transform(m))
    if clip is None:
        return []
    apart = Lowering(_EVERYWHERE, work.placement, work.options, work.fonts)
    leaves: list[Shape] = []
    for node in lower_part(content, m, clip, apart):
        for leaf in visit(node):
            if isinstance(leaf, Group):
                continue
            if not isinstance(leaf, Shape) or not _is_plain(leaf):
                return None
            leaves.append(_baked(leaf))
    leaves = _merged([leaf for leaf in leaves if _is_inside(leaf, pattern.tile, m)])
    return leaves if len(leaves) <= _MAX_TONES else None


def _is_inside(shape: Shape, tile: Rect, m: Affine) -> bool:
    """Whether any of a shape lies in the tile itself, not just where it overlaps the next."""
    box = shape.path.transform(m.inverse()).bounds()
    if box is not None and shape.stroke is not None:
        box = box.inflate(shape.stroke.width / max(m.singular_values()[1], 1e-9))
    return box is not None and box.touches(tile.inflate(-2 * _bleed(m)))


def _merged(leaves: list[Shape]) -> list[Shape]:
    """Make one shape of neighbours in painting order that have the same colour."""
    merged: list[Shape] = []
    for key, run in groupby(leaves, key=lambda leaf: (leaf.fill, leaf.stroke)):
        parts = list(run)
        fill, stroke = key
        if fill is None or stroke is not None or not isinstance(fill.paint, Color):
            merged += parts
            continue
        outlines = [part.fill_path or part.path for part in parts]
        whole = outlines[0] if len(parts) == 1 else unite((each, False) for each in outlines)
        faint = fill.opacity * fill.paint.alpha < 1.0
        if faint and area(whole) < _DISJOINT * sum(map(area, outlines)):
            merged += parts
            continue
        merged.append(replace(parts[0], path=whole, fill_path=None, primitive=None))
    return merged


def _may_be_plain(node: Node) -> bool:
    """Whether a look at the content does not yet tell that pictures would come of it."""
    return not any(
        isinstance(each, Image)
        or (isinstance(each, Group) and (each.filters or each.blend_mode != "normal"))
        for each in visit(node)
    )


def _is_plain(shape: Shape) -> bool:
    paints: list[Paint] = []
    if shape.fill is not None:
        paints.append(shape.fill.paint)
    if shape.stroke is not None:
        paints.append(shape.stroke.paint)
    return not any(isinstance(paint, PictureFill | PatternFill) for paint in paints)


def _is_solid(shape: Shape) -> bool:
    return shape.fill is None or isinstance(shape.fill.paint, Color)


def _baked(shape: Shape) -> Shape:
    """Return a shape without a transform."""
    if shape.transform.is_identity:
        return shape
    path = shape.path.transform(shape.transform)
    return replace(shape, path=path, transform=Affine(), primitive=None)


def _stretched(grid: _Grid, leaves: list[Shape]) -> tuple[_Grid, list[Shape]]:
    """Where every leaf is a bar from edge to edge of the tile, make one bar of a row or column."""
    back = grid.m.inverse()
    bars: list[Rect] = []
    for leaf in leaves:
        plain = leaf.stroke is None and _is_solid(leaf)
        bar = rectangle_of(leaf.path.transform(back)) if plain else None
        if bar is None:
            return grid, leaves
        bars.append(bar)
    tile, near = grid.tile, grid.near
    columns, rows = grid.columns, grid.rows
    left, top = tile.x + grid.first[0] * tile.width, tile.y + grid.first[1] * tile.height
    whole = tile
    if all(bar.x <= tile.x + near and bar.right >= tile.right - near for bar in bars):
        whole = whole._replace(x=left, width=tile.width * columns)
        bars = [bar._replace(x=left, width=whole.width) for bar in bars]
        columns = 1
    if all(bar.y <= tile.y + near and bar.bottom >= tile.bottom - near for bar in bars):
        whole = whole._replace(y=top, height=tile.height * rows)
        bars = [bar._replace(y=top, height=whole.height) for bar in bars]
        rows = 1
    if whole == tile:
        return grid, leaves
    long = [
        replace(leaf, path=rect_path(bar).transform(grid.m), primitive=None, fill_path=None)
        for leaf, bar in zip(leaves, bars, strict=True)
    ]
    first = (0 if columns == 1 else grid.first[0], 0 if rows == 1 else grid.first[1])
    return _Grid(whole, grid.m, first, columns, rows), long


def _repeated(leaf: Shape, shifts: list[Point], grid: _Grid, seen: Rect) -> Iterator[Shape]:
    """Yield a leaf in all tiles: as one shape where its colours are solid, else as clones."""
    filled = leaf.fill_path or leaf.path
    if not _is_solid(leaf):
        for shift in shifts:
            move = Affine.translation(*shift)
            yield replace(
                leaf,
                path=leaf.path.transform(move),
                fill_path=None if leaf.fill_path is None else leaf.fill_path.transform(move),
                primitive=None,
            )
        return
    bare = replace(leaf, primitive=None, fill_path=None)
    if leaf.stroke is not None:
        seen = seen.inflate(2 * leaf.stroke.width)
        line = _joined(_copies(leaf.path, shifts, seen))
        fill_path = None
        if leaf.fill_path is not None:
            fill_path = _joined(_copies(leaf.fill_path, shifts, seen)) or None
        if line:
            yield replace(bare, path=line, fill_path=fill_path)
        return
    copies = _copies(filled, shifts, seen)
    grown = len(copies) > 1 and _meets_edge(filled, grid)
    whole = unite((copy, False) for copy in copies) if grown else _joined(copies)
    if whole:
        yield replace(bare, path=whole)


def _copies(path: Path, shifts: list[Point], seen: Rect) -> list[Path]:
    """Return a path at many places, without the subpaths that lie outside a box."""
    subs = [(sub, box) for sub in path.subpaths() if (box := sub.bounds()) is not None]
    found: list[Path] = []
    for dx, dy in shifts:
        verbs: list[str] = []
        coords: list[float] = []
        for sub, box in subs:
            if not Rect(box.x + dx, box.y + dy, box.width, box.height).touches(seen):
                continue
            verbs.append(sub.verbs)
            moved = list(sub.coords)
            moved[::2] = [x + dx for x in sub.coords[::2]]
            moved[1::2] = [y + dy for y in sub.coords[1::2]]
            coords += moved
        if verbs:
            found.append(Path("".join(verbs), tuple(coords)))
    return found


def _joined(paths: list[Path]) -> Path:
    return Path(
        "".join([path.verbs for path in paths]),
        tuple([value for path in paths for value in path.coords]),
    )


def _meets_edge(path: Path, grid: _Grid) -> bool:
    """Whether a path reaches the edge of its tile, where its next copy may begin."""
    box = path.transform(grid.m.inverse()).bounds()
    tile, near = grid.tile, grid.near
    return box is not None and (
        box.x <= tile.x + near
        or box.y <= tile.y + near
        or box.right >= tile.right - near
        or box.bottom >= tile.bottom - near
    )


def _cut(shape: Shape, outline: Path, limit: Rect | None, seen: Rect) -> Iterator[Shape]:
    """Yield what of a shape lies inside an outline; a stroke that is cut becomes an outline."""
    box = shape.path.bounds()
    if box is None:
        return
    reach = 0.0 if shape.stroke is None else shape.stroke.width
    ink = box.inflate(reach)
    if limit is not None and (
        ink.x >= limit.x and ink.y >= limit.y and ink.right <= limit.right
        and ink.bottom <= limit.bottom
    ):  # fmt: skip
        yield shape
        return
    if not ink.touches(seen):
        return
    if shape.fill is not None:
        inside = intersect(shape.fill_path or shape.path, outline)
        if inside:
            # A gradient's frame is the box of the path: only what is filled is cut.
            if _is_solid(shape):
                yield replace(shape, path=inside, fill_path=None, stroke=None)
            else:
                yield replace(shape, fill_path=inside, stroke=None)
    if shape.stroke is not None:
        inside = intersect(stroke_area(shape.path, shape.stroke), outline)
        if inside:
            fill = Fill(shape.stroke.paint, shape.stroke.opacity)
            yield Shape(inside, fill, source=shape.source)
