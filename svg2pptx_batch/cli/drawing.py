"""Options that change what a slide holds, for every command that converts."""

from __future__ import annotations

from typing import Annotated

import typer

from svg2pptx_batch.cli import params
from svg2pptx_batch.options import FitMode, Target, TextMode

SlideSizeOption = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="16:9, 4:3, a4, letter, svg (the drawing's own), first (the first drawing's) or "
        "such as 1280x720px, 10x7.5in. Default: 16:9.",
        show_default=False,
        rich_help_panel=params.SLIDES,
    ),
]
FitOption = Annotated[
    FitMode | None,
    typer.Option(
        help="How a drawing is placed on its slide. Default: contain.",
        show_default=False,
        rich_help_panel=params.SLIDES,
    ),
]
MarginOption = Annotated[
    str | None,
    typer.Option(
        metavar="LENGTH",
        help="Kept free on every side: 20px, 0.5in, 10mm. Default: 0.",
        show_default=False,
        rich_help_panel=params.SLIDES,
    ),
]
BackgroundOption = Annotated[
    str | None,
    typer.Option(
        metavar="COLOUR",
        help="Slide background, any CSS colour. Default: the theme's.",
        show_default=False,
        rich_help_panel=params.SLIDES,
    ),
]
TextOption = Annotated[
    TextMode | None,
    typer.Option(
        help="What text becomes: text boxes, or shapes that look the same everywhere. "
        "Default: editable.",
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
TextInShapesOption = Annotated[
    bool | None,
    typer.Option(
        "--text-in-shapes/--no-text-in-shapes",
        help="Whether a text in the middle of a shape becomes the shape's own, and moves with "
        "it. Default: it does not.",
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
FallbackDpiOption = Annotated[
    str | None,
    typer.Option(
        metavar="24…1200",
        help="Resolution of pictures that stand for what shapes cannot show. Default: 192.",
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
FontDirOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FOLDER",
        help="Look for fonts here before the system's. Repeatable.",
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
SystemFontsOption = Annotated[
    bool | None,
    typer.Option(
        "--system-fonts/--no-system-fonts",
        help="Whether the system's fonts are used beside those of --font-dir. Default: they are.",
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
LanguagesOption = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Languages that systemLanguage is held against, preferred first: de,en. Default: en.",
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
ResourceRootOption = Annotated[
    str | None,
    typer.Option(
        metavar="FOLDER",
        help="Drawings may use pictures below this folder. Default: the input's own folder.",
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
TargetOption = Annotated[
    Target | None,
    typer.Option(
        help="The program the deck is for. Default: powerpoint.",
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
