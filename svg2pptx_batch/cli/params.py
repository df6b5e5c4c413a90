"""Options that several commands share; the texts of `--help` are written for users."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from svg2pptx_batch.cli.console import Format, LogFormat, ProgressMode
from svg2pptx_batch.descriptions import flag_help
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import FailOn

INPUTS = "Inputs"
OUTPUT = "Output"
SLIDES = "Slides"
TITLES = "Titles, notes, sections, sheets"
CONVERSION = "Conversion"
RUNNING = "Running"
JUDGING = "Judging"
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
JobsOption = Annotated[
    str | None,
    typer.Option(
        "-j",
        "--jobs",
        metavar="N|auto",
        help=flag_help("jobs"),
        show_default=False,
        rich_help_panel=RUNNING,
    ),
]
TimeoutOption = Annotated[
    str | None,
    typer.Option(
        metavar="DURATION",
        help=flag_help("timeout"),
        show_default=False,
        rich_help_panel=RUNNING,
    ),
]
BatchTimeoutOption = Annotated[
    str | None,
    typer.Option(
        metavar="DURATION",
        help=flag_help("batch-timeout"),
        show_default=False,
        rich_help_panel=RUNNING,
    ),
]
ExecutorOption = Annotated[
    str | None,
    typer.Option(
        metavar="local|dask://HOST:PORT",
        help=flag_help("executor"),
        show_default=False,
        rich_help_panel=RUNNING,
    ),
]
MemoryPerFileOption = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help=flag_help("memory-per-file"),
        show_default=False,
        rich_help_panel=RUNNING,
    ),
]
RetriesOption = Annotated[
    str | None,
    typer.Option(
        metavar="0…2",
        help=flag_help("retries"),
        show_default=False,
        rich_help_panel=RUNNING,
    ),
]
VerbosityOption = Annotated[
    int,
    typer.Option(
        "-v",
        "--verbose",
        count=True,
        show_default=False,
        metavar="",
        help="Tell each failure at once, and all of them at the end; -vv tells what developers "
        "want to know as well.",
        rich_help_panel=TALKING,
    ),
]
LogFileOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Append a log of the run to this file, for developers; -vv makes it longer.",
        show_default=False,
        rich_help_panel=TALKING,
    ),
]
LogFormatOption = Annotated[
    LogFormat,
    typer.Option(
        help="How the log is written: lines for people, or a JSON object a line.",
        rich_help_panel=TALKING,
    ),
]
WaitLockOption = Annotated[
    bool | None,
    typer.Option(
        "--wait-lock/--no-wait-lock",
        help=flag_help("wait-lock"),
        show_default=False,
        rich_help_panel=RUNNING,
    ),
]
ExitZeroOption = Annotated[
    bool,
    typer.Option(
        "--exit-zero",
        help="End with 0 even if files failed or were objected to; other errors keep their status.",
        rich_help_panel=JUDGING,
    ),
]
FailOnOption = Annotated[
    FailOn | None,
    typer.Option(
        help=flag_help("fail-on"),
        show_default=False,
        rich_help_panel=JUDGING,
    ),
]
StrictOption = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="End with 1 unless every element ended native: --fail-on approximated.",
        rich_help_panel=JUDGING,
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Read settings from this TOML file, not from the project's or the user's.",
        show_default=False,
        rich_help_panel=SETTINGS,
    ),
]
IsolatedOption = Annotated[
    bool,
    typer.Option(
        "--isolated",
        help="Read no settings from files or SVG2PPTX_ variables.",
        rich_help_panel=SETTINGS,
    ),
]


def fail_on_of(fail_on: FailOn | None, *, strict: bool) -> FailOn | None:
    """Return what --fail-on and --strict come to together; None where neither is given.

    Raises:
        UsageError: They contradict each other.
    """
    if not strict:
        return fail_on
    if fail_on not in {None, FailOn.APPROXIMATED}:
        raise UsageError(
            f"--strict and --fail-on {fail_on} contradict each other.",
            remedy="--strict means --fail-on approximated; leave out one of them.",
        )
    return FailOn.APPROXIMATED
