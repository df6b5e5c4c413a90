"""Families by other names: generic families, metric twins, look-alikes, PostScript names.

Tables only; `catalog.py` looks things up in what is installed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

GENERIC_FAMILIES: dict[str, tuple[str, ...]] = {
    "serif": (
        "Times New Roman",
        "Liberation Serif",
        "Tinos",
        "Noto Serif",
        "DejaVu Serif",
        "Georgia",
        "Times",
        "FreeSerif",
    ),
    "sans-serif": (
        "Arial",
        "Liberation Sans",
        "Arimo",
        "Helvetica",
        "Noto Sans",
        "DejaVu Sans",
        "Open Sans",
        "Roboto",
        "FreeSans",
    ),
    "monospace": (
        "Courier New",
        "Liberation Mono",
        "Cousine",
        "Noto Sans Mono",
        "Noto Mono",
        "DejaVu Sans Mono",
        "Menlo",
        "Consolas",
        "FreeMono",
    ),
    "cursive": (
        "Comic Sans MS",
        "Comic Neue",
        "Apple Chancery",
        "Z003",
        "URW Chancery L",
        "Dancing Script",
        "Caveat",
        "Yellowtail",
        "Pacifico",
    ),
    "fantasy": ("Impact", "Anton", "Papyrus", "Copperplate"),
    "sans": ("Noto Sans", "DejaVu Sans", "Bitstream Vera Sans", "Arial", "Liberation Sans"),
    "mono": ("DejaVu Sans Mono", "Noto Sans Mono", "Noto Mono", "Courier New", "Liberation Mono"),
}
"""What browsers take for each generic family, in order of preference; `sans` and `mono` are names
fontconfig gave to free desktops, whose drawings carry them everywhere."""

GENRES = {"sans": "sans-serif", "mono": "monospace"}
"""Genre of generic families whose name is not its own."""

_GENERIC_ALIASES = {
    "system-ui": "sans-serif",
    "-apple-system": "sans-serif",
    "blinkmacsystemfont": "sans-serif",
    "ui-sans-serif": "sans-serif",
    "ui-rounded": "sans-serif",
    "ui-serif": "serif",
    "ui-monospace": "monospace",
    "math": "serif",
    "emoji": "sans-serif",
    "fangsong": "serif",
    "monospaced": "monospace",
    "sansserif": "sans-serif",
}

THEME_SAFE = {
    "serif": "Times New Roman",
    "sans-serif": "Arial",
    "monospace": "Courier New",
    "cursive": "Comic Sans MS",
    "fantasy": "Impact",
    "sans": "Arial",
    "mono": "Courier New",
}
"""Names that every Office installation can show, for generic families."""

DEFAULT_GENERIC = "serif"
"""What text is set in when nothing was asked for, as in browsers."""

_TWINS: tuple[tuple[str, ...], ...] = (
    ("Arial", "Liberation Sans", "Arimo", "Helvetica", "Nimbus Sans", "Nimbus Sans L"),
    ("Times New Roman", "Liberation Serif", "Tinos", "Times", "Nimbus Roman", "Nimbus Roman No9 L"),
    ("Courier New", "Liberation Mono", "Cousine", "Courier", "Nimbus Mono PS", "Nimbus Mono L"),
    ("Arial Narrow", "Liberation Sans Narrow", "Helvetica Narrow"),
    ("Calibri", "Carlito"),
    ("Cambria", "Caladea"),
    ("Georgia", "Gelasio"),
    ("DejaVu Sans", "Bitstream Vera Sans", "Bitstream Vera"),
    ("DejaVu Serif", "Bitstream Vera Serif"),
    ("DejaVu Sans Mono", "Bitstream Vera Sans Mono"),
    ("Palatino Linotype", "Palatino", "Book Antiqua", "TeX Gyre Pagella", "P052"),
    ("Century Schoolbook", "New Century Schoolbook", "TeX Gyre Schola", "C059"),
    ("Bookman Old Style", "Bookman", "TeX Gyre Bonum", "URW Bookman"),
    ("Century Gothic", "Avant Garde", "ITC Avant Garde Gothic", "TeX Gyre Adventor", "URW Gothic"),
    ("Segoe UI", "Selawik"),
)

_LOOK_ALIKES: dict[str, tuple[str, ...]] = {
    "verdana": ("DejaVu Sans", "Bitstream Vera Sans", "Noto Sans"),
    "tahoma": ("DejaVu Sans Condensed", "DejaVu Sans", "Noto Sans"),
    "lucida grande": ("DejaVu Sans", "Noto Sans"),
    "lucida sans unicode": ("DejaVu Sans", "Noto Sans"),
    "lucida sans": ("DejaVu Sans", "Noto Sans"),
    "helvetica neue": ("Arial", "Liberation Sans"),
    "san francisco": ("Arial", "Liberation Sans"),
    "sf pro text": ("Arial", "Liberation Sans"),
    "sf pro display": ("Arial", "Liberation Sans"),
    "inter": ("Arial", "Liberation Sans"),
    "roboto": ("Arial", "Liberation Sans"),
    "open sans": ("Noto Sans", "Arial"),
    "segoe ui": ("Open Sans", "Noto Sans", "Arial"),
    "trebuchet ms": ("Fira Sans", "Noto Sans", "Arial"),
    "myriad pro": ("Source Sans Pro", "Source Sans 3", "Noto Sans", "Arial"),
    "minion pro": ("Source Serif Pro", "Times New Roman"),
    "calibri": ("Arial", "Liberation Sans"),
    "georgia": ("DejaVu Serif", "Noto Serif", "Times New Roman"),
    "cambria": ("Noto Serif", "Times New Roman"),
    "consolas": ("Inconsolata", "DejaVu Sans Mono", "Noto Sans Mono", "Courier New"),
    "menlo": ("DejaVu Sans Mono", "Noto Sans Mono", "Courier New"),
    "monaco": ("DejaVu Sans Mono", "Noto Sans Mono", "Courier New"),
    "lucida console": ("DejaVu Sans Mono", "Noto Sans Mono", "Courier New"),
    "ms sans serif": ("Arial", "Liberation Sans"),
}


_EMOJI_FAMILIES = frozenset(
    {"apple color emoji", "segoe ui emoji", "segoe ui symbol", "noto color emoji", "android emoji"}
)


def _twin_table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for group in _TWINS:
        for name in group:
            table[name.casefold()] = tuple(other for other in group if other != name)
    return table


_TWIN_OF = _twin_table()


def generic_of(family: str) -> str:
    """Return the key of `GENERIC_FAMILIES` a name means, or an empty string for none."""
    folded = family.casefold()
    return folded if folded in GENERIC_FAMILIES else _GENERIC_ALIASES.get(folded, "")


def metric_twins(family: str) -> tuple[str, ...]:
    """Return families whose glyphs are as wide, best first: `Liberation Sans` for `Arial`."""
    return _TWIN_OF.get(family.casefold(), ())


def look_alikes(family: str) -> tuple[str, ...]:
    """Return families that look alike but run wider or narrower, best first."""
    folded = family.casefold()
    known = _LOOK_ALIKES.get(folded)
    if known is not None:
        return known
    if is_emoji_family(family):
        return ()
    if re.search(r"\b(mono|code|courier|typewriter|console)\b", folded):
        return GENERIC_FAMILIES["monospace"]
    if re.search(r"\b(sans|gothic|grotesk|grotesque|ui)\b", folded):
        return GENERIC_FAMILIES["sans-serif"]
    return ()


def is_emoji_family(family: str) -> bool:
    """Tell whether a name stands for the emoji of whatever machine shows them."""
    return family.casefold() in _EMOJI_FAMILIES


class PostScriptName(NamedTuple):
    """What a PostScript font name such as `MyriadPro-BoldIt` says.

    Attributes:
        family: `Myriad Pro`.
        weight: 100…900, or None where the name does not tell.
        italic: Whether the name says so.
    """

    family: str
    weight: int | None
    italic: bool


_PS_WEIGHTS = (
    ("extralight", 200),
    ("ultralight", 200),
    ("semibold", 600),
    ("demibold", 600),
    ("extrabold", 800),
    ("ultrabold", 800),
    ("regular", 400),
    ("medium", 500),
    ("light", 300),
    ("black", 900),
    ("heavy", 900),
    ("roman", 400),
    ("bold", 700),
    ("demi", 600),
    ("book", 400),
    ("thin", 100),
)
_PS_NAME = re.compile(r"([A-Z][A-Za-z0-9]*?)(?:PS)?(MT)?(?:-([A-Za-z]+?)(MT)?)?")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def parse_postscript_name(name: str) -> PostScriptName | None:
    """Take a PostScript font name apart; Illustrator writes these as font families.

    Returns:
        None for names that are no PostScript name: with spaces, or without any sign of a style.
    """
    match = _PS_NAME.fullmatch(name)
    if match is None or not (match[2] or match[3]):
        return None
    style = (match[3] or "").lower()
    weight = next((value for word, value in _PS_WEIGHTS if word in style), None)
    italic = style.endswith("it") or "italic" in style or "oblique" in style
    if style and weight is None and not italic:
        return None
    return PostScriptName(_CAMEL.sub(" ", match[1]), weight, italic)
