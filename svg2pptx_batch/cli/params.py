"""Options that several commands share; the texts of `--help` are written for users."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from svg2pptx_batch.cli.console import Format, ProgressMode

INPUTS = "Inputs"
OUTPUT = "Output"
SLIDES = "Slides"
CONVERSION = "Conversion"
RUNNING = "Running"
LIMITS = "Limits"
TALKING = "Messages"
SETTINGS = "Settings"


class TextOrJson(StrEnum):
    """What the standard output of a command without events carries."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[
    Format,
    typer.Option(
        "--format",
        help="What standard output carries: the paths written, one JSON report, or a JSON line an "
        "event.",
        rich_help_panel=TALKING,
    ),
]
TextOrJsonOption = Annotated[
    TextOrJson,
    typer.Option(
        "--format",
        help="What standard output carries: lines for people, or one JSON record.",
        rich_help_panel=TALKING,
    ),
]
ProgressOption = Annotated[
    ProgressMode,
    typer.Option(
        "--progress",
        help="How progress is shown; auto is live on a terminal, else a line every 5 % or 10 s.",
        rich_help_panel=TALKING,
    ),
]
QuietOption = Annotated[
    bool,
    typer.Option("-q", "--quiet", help="Tell nothing but errors.", rich_help_panel=TALKING),
]
VerboseOption = Annotated[
    bool,
    typer.Option(
        "-v",
        "--verbose",
        help="Tell each failure at once, and all of them at the end.",
        rich_help_panel=TALKING,
    ),
]
ExitZeroOption = Annotated[
    bool,
    typer.Option(
        "--exit-zero",
        help="End with 0 even if some files failed; other errors keep their status.",
        rich_help_panel=RUNNING,
    ),
]
