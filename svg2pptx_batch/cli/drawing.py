"""Options that change what a slide holds, for every command that converts."""

from __future__ import annotations

from typing import Annotated

import typer

from svg2pptx_batch.cli import params
from svg2pptx_batch.descriptions import flag_help
from svg2pptx_batch.options import FitMode, Target, TextMode, Titles

SlideSizeOption = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help=flag_help("slide-size"),
        show_default=False,
        rich_help_panel=params.SLIDES,
    ),
]
FitOption = Annotated[
    FitMode | None,
    typer.Option(
        metavar="HOW",
        help=flag_help("fit"),
        show_default=False,
        rich_help_panel=params.SLIDES,
    ),
]
MarginOption = Annotated[
    str | None,
    typer.Option(
        metavar="LENGTH",
        help=flag_help("margin"),
        show_default=False,
        rich_help_panel=params.SLIDES,
    ),
]
BackgroundOption = Annotated[
    str | None,
    typer.Option(
        metavar="COLOUR",
        help=flag_help("background"),
        show_default=False,
        rich_help_panel=params.SLIDES,
    ),
]
TemplateOption = Annotated[
    str | None,
    typer.Option(
        metavar="DECK",
        help=flag_help("template"),
        show_default=False,
        rich_help_panel=params.SLIDES,
    ),
]
LayoutOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help=flag_help("layout"),
        show_default=False,
        rich_help_panel=params.SLIDES,
    ),
]
ThemeColorsOption = Annotated[
    str | None,
    typer.Option(
        metavar="off|exact|ΔE",
        help=flag_help("theme-colors"),
        show_default=False,
        rich_help_panel=params.SLIDES,
    ),
]
TitlesOption = Annotated[
    Titles | None,
    typer.Option(
        help=flag_help("titles"),
        show_default=False,
        rich_help_panel=params.TITLES,
    ),
]
NotesOption = Annotated[
    bool | None,
    typer.Option(
        "--notes/--no-notes",
        help=flag_help("notes"),
        show_default=False,
        rich_help_panel=params.TITLES,
    ),
]
TextOption = Annotated[
    TextMode | None,
    typer.Option(
        help=flag_help("text"),
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
TextInShapesOption = Annotated[
    bool | None,
    typer.Option(
        "--text-in-shapes/--no-text-in-shapes",
        help=flag_help("text-in-shapes"),
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
FallbackDpiOption = Annotated[
    str | None,
    typer.Option(
        metavar="24…1200",
        help=flag_help("fallback-dpi"),
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
FontDirOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FOLDER",
        help=flag_help("font-dir") + " Repeatable.",
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
SystemFontsOption = Annotated[
    bool | None,
    typer.Option(
        "--system-fonts/--no-system-fonts",
        help=flag_help("system-fonts"),
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
LanguagesOption = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help=flag_help("languages"),
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
ResourceRootOption = Annotated[
    str | None,
    typer.Option(
        metavar="FOLDER",
        help=flag_help("resource-root"),
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
TargetOption = Annotated[
    Target | None,
    typer.Option(
        help=flag_help("target"),
        show_default=False,
        rich_help_panel=params.CONVERSION,
    ),
]
