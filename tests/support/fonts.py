"""Fonts made on the spot: every glyph is a box, so that a test's numbers are told by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fontTools.colorLib.builder import buildCOLR, buildCPAL
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables.sbixGlyph import Glyph as SbixGlyph
from fontTools.ttLib.tables.sbixStrike import Strike as SbixStrike

from svg2pptx_batch.fonts import FontCatalog

UNITS_PER_EM = 1000
LATIN = " " + "".join(map(chr, range(0x21, 0x7F)))
HEBREW = "".join(map(chr, range(0x5D0, 0x5EB)))


def build_font(
    folder: Path,
    family: str = "Box Sans",
    *,
    style: str = "Regular",
    weight: int = 400,
    italic: bool = False,
    bold: bool = False,
    width_class: int = 5,
    typographic: tuple[str, str] | None = None,
    characters: Iterable[str] = LATIN,
    advances: Mapping[str, int] | None = None,
    features: str = "",
    axes: Iterable[tuple[str, float, float, float, str]] = (),
    panose_serif: int = 11,
) -> Path:
    """Write a font whose glyphs are 400 × 700 boxes standing on the baseline, 500 wide.

    Ascent 800, descent −200, usWinAscent 900, usWinDescent 300, x-height 500, underline at −100,
    50 thick, strikeout at 250. Glyphs are named `uXXXX`; `features` is OpenType feature syntax.
    """
    characters = sorted(set(characters))
    order = [".notdef", *(f"u{ord(character):04X}" for character in characters)]
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for corner in ((450, 0), (450, 700), (50, 700)):
        pen.lineTo(corner)
    pen.closePath()
    box, blank = pen.glyph(), TTGlyphPen(None).glyph()
    widths = {f"u{ord(character):04X}": value for character, value in (advances or {}).items()}
    builder = FontBuilder(UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(
        {ord(character): f"u{ord(character):04X}" for character in characters}
    )
    builder.setupGlyf({name: blank if name == "u0020" else box for name in order})
    builder.setupHorizontalMetrics(
        {name: (widths.get(name, 500), 0 if name == "u0020" else 50) for name in order}
    )
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    names = {"familyName": family, "styleName": style}
    names["fullName"] = f"{family} {style}"
    names["psName"] = f"{family.replace(' ', '')}-{style.replace(' ', '')}"
    if typographic is not None:
        names["typographicFamily"], names["typographicSubfamily"] = typographic
    builder.setupNameTable(names)
    builder.setupOS2(
        usWeightClass=weight,
        usWidthClass=width_class,
        fsSelection=(0x1 if italic else 0)
        | (0x20 if bold else 0)
        | (0 if italic or bold else 0x40),
        sTypoAscender=800,
        sTypoDescender=-200,
        usWinAscent=900,
        usWinDescent=300,
        sxHeight=500,
        yStrikeoutPosition=250,
        yStrikeoutSize=50,
        ySubscriptYOffset=140,
        ySuperscriptYOffset=480,
    )
    builder.font["OS/2"].panose.bFamilyType = 2
    builder.font["OS/2"].panose.bSerifStyle = panose_serif
    builder.setupPost(underlinePosition=-100, underlineThickness=50)
    axes = list(axes)
    if axes:
        builder.setupFvar(axes, [])
    if features:
        addOpenTypeFeaturesFromString(builder.font, features)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{names['psName']}.ttf"
    builder.save(path)
    return path


def add_colors(
    path: Path,
    *,
    layers: Mapping[str, Any] | None = None,
    drawings: Mapping[str, str] | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> None:
    """Give glyphs of a font colours of their own.

    Args:
        path: As `build_font` wrote it.
        layers: What `COLR` says of a character: (glyph name, colour) pairs, or a paint of
            version 1. Colour 0 is red, 1 half transparent blue.
        drawings: Content of an SVG document for a character; `ID` stands for the glyph's id.
        pictures: A PNG for a character, 100 units to one pixel.
    """
    font = TTFont(path)
    order = font.getGlyphOrder()
    if layers:
        glyphs = {f"u{ord(character):04X}": value for character, value in layers.items()}
        font["COLR"] = buildCOLR(glyphs)
        font["CPAL"] = buildCPAL([[(1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 0.5)]])
    if drawings:
        font["SVG "] = table = newTable("SVG ")
        table.docList = []
        for character, text in drawings.items():
            gid = order.index(f"u{ord(character):04X}")
            table.docList.append((text.replace("ID", f"glyph{gid}"), gid, gid))
    if pictures:
        font["sbix"] = sbix = newTable("sbix")
        sbix.strikes[10] = strike = SbixStrike(ppem=10)
        for character, data in pictures.items():
            name = f"u{ord(character):04X}"
            strike.glyphs[name] = SbixGlyph(glyphName=name, graphicType="png ", imageData=data)
    font.save(path)


def catalog(folder: Path) -> FontCatalog:
    """Return a catalogue of one folder's fonts alone, its cache beside it."""
    return FontCatalog([str(folder)], system=False, cache_file=folder.parent / "fonts.msgpack")
