"""An open font face: metrics, coverage, glyph outlines. One a face and process.

Lengths are in em (1 em = the font size) unless they say otherwise; y points down in outlines.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any

import msgspec

from svg2pptx_batch.graphics.path import Path, PathBuilder
from svg2pptx_batch.scene.text import FaceId

_COLOR_TABLES = frozenset({"COLR", "CBDT", "sbix", "SVG "})

Variations = tuple[tuple[str, float], ...]


class Metrics(msgspec.Struct, frozen=True):
    """Vertical measures of a face, in em, positive upwards from the baseline.

    Attributes:
        ascent: Of the line, as browsers take it: `hhea`, or the typographic values where the font
            asks for them.
        descent: Negative.
        x_height: Of lower case letters.
        win_ascent: `usWinAscent`; positive.
        win_descent: `usWinDescent`; positive downwards.
        underline: Middle of the underline.
        strikeout: Middle of the line through.
        thickness: Of both.
        subscript: How far subscripts are lowered; positive.
        superscript: How far superscripts are raised; positive.
        line_gap: What a line of normal height has beyond ascent and descent.
    """

    ascent: float = 0.905
    descent: float = -0.212
    x_height: float = 0.519
    win_ascent: float = 0.905
    win_descent: float = 0.212
    underline: float = -0.1
    strikeout: float = 0.26
    thickness: float = 0.073
    subscript: float = 0.2
    superscript: float = 0.4
    line_gap: float = 0.033


TYPICAL = Metrics()
"""For text whose font nobody has."""


class OpenFace:
    """A face held open by HarfBuzz.

    Attributes:
        id: Which face.
        variations: Axis settings.
        metrics: Vertical measures.
        has_pictures: Whether glyphs may be pictures or layers of colour instead of outlines.
        hb_font: For shaping; its scale is the units per em.
        units_per_em: As the font has it.
    """

    __slots__ = (
        "_draw",
        "_paths",
        "has_pictures",
        "hb_font",
        "id",
        "metrics",
        "units_per_em",
        "variations",
    )

    def __init__(self, face: FaceId, variations: Variations) -> None:
        import uharfbuzz

        self.id = face
        self.variations = variations
        hb_face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(face.path), face.number)
        self.hb_font = uharfbuzz.Font(hb_face)
        self.units_per_em = float(hb_face.upem or 1000)
        if variations:
            self.hb_font.set_variations(dict(variations))
        self.has_pictures = not _COLOR_TABLES.isdisjoint(hb_face.table_tags)
        self.metrics = _read_metrics(hb_face, self.units_per_em)
        self._paths: dict[int, Path] = {}
        self._draw: Any = None

    def covers(self, character: str) -> bool:
        """Tell whether the face has a glyph for a character."""
        return bool(self.hb_font.get_nominal_glyph(ord(character)))

    @property
    def is_layered(self) -> bool:
        """Whether coloured glyphs are layers of plain colours, which programs show as text.

        Source: OpenType 1.9, `COLR` version 0.
        """
        face = self.hb_font.face
        return bool(face.has_color_layers and not face.has_color_paint)

    def glyph_path(self, gid: int) -> Path:
        """Return a glyph's outline in em, y down, origin on the baseline; empty for blank ones."""
        path = self._paths.get(gid)
        if path is None:
            path = self._paths[gid] = self._draw_glyph(gid)
        return path

    def _draw_glyph(self, gid: int) -> Path:
        if self._draw is None:
            self._draw = _draw_functions(1.0 / self.units_per_em)
        pen = PathBuilder()
        self.hb_font.draw_glyph(gid, self._draw, pen)
        pen.close()
        return pen.build()


def _draw_functions(scale: float) -> Any:
    import uharfbuzz

    def move(x: float, y: float, pen: PathBuilder) -> None:
        pen.move_to(x * scale, -y * scale)

    def line(x: float, y: float, pen: PathBuilder) -> None:
        pen.line_to(x * scale, -y * scale)

    def quad(x1: float, y1: float, x: float, y: float, pen: PathBuilder) -> None:
        pen.quad_to(x1 * scale, -y1 * scale, x * scale, -y * scale)

    def cubic(
        x1: float, y1: float, x2: float, y2: float, x: float, y: float, pen: PathBuilder
    ) -> None:
        pen.cubic_to(x1 * scale, -y1 * scale, x2 * scale, -y2 * scale, x * scale, -y * scale)

    def close(pen: PathBuilder) -> None:
        pen.close()

    functions = uharfbuzz.DrawFuncs()
    functions.set_move_to_func(move)
    functions.set_line_to_func(line)
    functions.set_quadratic_to_func(quad)
    functions.set_cubic_to_func(cubic)
    functions.set_close_path_func(close)
    return functions


@lru_cache(maxsize=128)
def open_face(face: FaceId, variations: Variations = ()) -> OpenFace:
    """Open a face, or return the one this process has open."""
    return OpenFace(face, variations)


def _read_metrics(hb_face: Any, units_per_em: float) -> Metrics:
    """Read the vertical measures, each with the substitute browsers use where it is missing.

    Source: OpenType 1.9, `hhea`, `OS/2` (USE_TYPO_METRICS), `post`.
    """

    def shorts(tag: str, at: int, count: int) -> tuple[int, ...]:
        data = hb_face.reference_table(tag).data or b""
        end = at + 2 * count
        return struct.unpack(f">{count}h", data[at:end]) if len(data) >= end else (0,) * count

    em = units_per_em
    ascent, descent, gap = shorts("hhea", 4, 3)
    typo_ascent, typo_descent, typo_gap = shorts("OS/2", 68, 3)
    win_ascent, win_descent = (value & 0xFFFF for value in shorts("OS/2", 74, 2))
    (selection,) = shorts("OS/2", 62, 1)
    if selection & 0x80 or (ascent == 0 and descent == 0):
        ascent, descent, gap = typo_ascent, typo_descent, typo_gap
    if ascent == 0 and descent == 0:
        ascent, descent = win_ascent, -win_descent
    (x_height,) = shorts("OS/2", 86, 1) if shorts("OS/2", 0, 1)[0] >= 2 else (0,)
    if x_height <= 0:
        x_height = round((ascent - descent) * 0.45)
    underline, thickness = shorts("post", 8, 2)
    if thickness <= 0:
        thickness = round(em / 12)
        underline = -round(em / 9)
    (subscript,) = shorts("OS/2", 16, 1)
    (superscript,) = shorts("OS/2", 24, 1)
    _, strikeout = shorts("OS/2", 26, 2)
    return Metrics(
        ascent=ascent / em,
        descent=descent / em,
        x_height=x_height / em,
        win_ascent=(win_ascent or ascent) / em,
        win_descent=(win_descent or -descent) / em,
        underline=underline / em,
        strikeout=(strikeout or x_height / 2) / em,
        thickness=thickness / em,
        subscript=subscript / em or TYPICAL.subscript,
        superscript=superscript / em or TYPICAL.superscript,
        line_gap=max(gap, 0) / em,
    )
