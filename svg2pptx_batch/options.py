"""What can be chosen: ConvertOptions change the slide and are fingerprinted, JobOptions do not.

Both take the texts of keywords as well, `fit="cover"`, and refuse what is out of range.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec

from svg2pptx_batch.errors import UsageError

EMU_PER_PX = 9525
EMU_PER_INCH = 914400


class SlideSize(NamedTuple):
    """Slide size in EMU, each side within 914400…51206400 (ECMA-376, ST_SlideSizeCoordinate)."""

    width_emu: int
    height_emu: int


class TextMode(StrEnum):
    """What text becomes."""

    EDITABLE = "editable"
    OUTLINE = "outline"


class Target(StrEnum):
    """The program the deck is for, where programs are known to draw differently."""

    POWERPOINT = "powerpoint"
    LIBREOFFICE = "libreoffice"


class FitMode(StrEnum):
    """How a drawing is placed on its slide."""

    CONTAIN = "contain"
    COVER = "cover"
    STRETCH = "stretch"
    ACTUAL = "actual"


class OutputMode(StrEnum):
    """What a job makes."""

    MERGED = "merged"
    ZIP = "zip"
    FOLDER = "folder"


class Titles(StrEnum):
    """What slides are titled with; `auto` is `title` where a template has a place for it."""

    AUTO = "auto"
    NONE = "none"
    NAME = "name"
    TITLE = "title"


class Sections(StrEnum):
    """What the slides of a merged deck are divided by."""

    NONE = "none"
    FOLDER = "folder"


class SortOrder(StrEnum):
    """Order of the inputs, hence of the slides."""

    NATURAL = "natural"
    NAME = "name"
    MTIME = "mtime"
    NONE = "none"


class FailOn(StrEnum):
    """From which end of an element on a file is objected to; `approximated` wants all native."""

    NONE = "none"
    DROPPED = "dropped"
    RASTERISED = "rasterised"
    OUTLINED = "outlined"
    APPROXIMATED = "approximated"


RANGES: Mapping[str, tuple[float, float]] = {
    "margin": (0, math.inf),
    "fallback_dpi": (24, 1200),
    "theme_colors": (-1, 100),
    "jobs": (0, 1024),
    "timeout_s": (0, math.inf),
    "retries": (0, 2),
    "memory_bytes": (0, math.inf),
    "max_files": (1, math.inf),
    "max_file_bytes": (1, math.inf),
    "max_total_bytes": (1, math.inf),
    "max_archive_ratio": (1, math.inf),
    "batch_timeout_s": (0, math.inf),
    "memory_free_bytes": (0, math.inf),
    "disk_free_bytes": (0, math.inf),
    "max_failures": (-1, math.inf),
    "cache_bytes": (0, math.inf),
    "keep_s": (0, math.inf),
    "percent": (0, math.inf),
}
"""Least and greatest value of each option that is a number."""


def _check(options: msgspec.Struct, keywords: Mapping[str, type[StrEnum]]) -> None:
    """Make keywords of texts in place, and refuse what no option can be.

    Raises:
        UsageError: A keyword does not exist, or a number is out of range.
    """
    for name in options.__struct_fields__:
        value = getattr(options, name)
        if name in keywords and not isinstance(value, keywords[name]):
            try:
                msgspec.structs.force_setattr(options, name, keywords[name](value))
            except ValueError as error:
                raise UsageError(
                    f"{name} is {value!r}, which is none of its keywords.",
                    remedy=f"Choose one of {', '.join(keywords[name])}.",
                ) from error
        elif name in RANGES and not isinstance(value, Percent):
            least, most = RANGES[name]
            if not least <= value <= most:
                raise UsageError(
                    f"{name} is {value!r}, which is out of range.",
                    remedy=f"Choose {least:g} to {most:g}."
                    if most < math.inf
                    else f"Choose {least:g} or more.",
                )


class Percent(msgspec.Struct, frozen=True):
    """A percentage, where an option may be one; at least 0.

    Raises:
        UsageError: It is less.
    """

    percent: float

    def __post_init__(self) -> None:
        _check(self, {})


class ConvertOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options that change what a slide holds.

    Raises:
        UsageError: A keyword does not exist, or a number is out of range.

    Attributes:
        slide_size: `auto` (the template's, else 16:9), `16:9`, `4:3`, `a4`, `letter`, `svg` (each
            drawing's own; the first one's in a merged deck), `first` (the first drawing's),
            `largest` (as wide as the widest drawing and as high as the highest) or `WxHunit` such
            as `1280x720px`, `10x7.5in`.
        fit: How the drawing is placed.
        margin: Kept free on every side of the slide, px (1/96 inch), ≥ 0.
        background: Slide background as a CSS colour; empty for the theme's.
        template: A deck whose masters, layouts and theme are taken; empty for our own.
        layout: Layout of the template that slides use, `NAME` or `THEME/NAME`; empty for a blank
            one, or one for titles where they are asked for.
        titles: What slides are titled with.
        notes: Whether slides get notes: the drawing's description, its source, and what became of
            what is not native.
        theme_colors: Colours at most this far (CIE 1976 ΔE, 0…100) from one of the theme's become
            the theme's; -1 for none.
        text: Editable text boxes or outlines.
        text_in_shapes: Whether a text in the middle of a shape becomes the shape's own.
        target: Whose faults and habits to allow for.
        fallback_dpi: Resolution of pictures for what DrawingML cannot hold, 24…1200.
        font_dirs: Folders searched for fonts before the system's.
        system_fonts: Whether the system's fonts are used at all.
        resource_root: Folder below which files may be referenced; empty for the input's own.
        languages: For `systemLanguage`, preferred first.
    """

    slide_size: str = "auto"
    fit: FitMode = FitMode.CONTAIN
    margin: float = 0.0
    background: str = ""
    template: str = ""
    layout: str = ""
    titles: Titles = Titles.AUTO
    notes: bool = False
    theme_colors: float = -1.0
    text: TextMode = TextMode.EDITABLE
    text_in_shapes: bool = False
    target: Target = Target.POWERPOINT
    fallback_dpi: int = 192
    font_dirs: tuple[str, ...] = ()
    system_fonts: bool = True
    resource_root: str = ""
    languages: tuple[str, ...] = ("en",)

    def __post_init__(self) -> None:
        keywords = {"fit": FitMode, "text": TextMode, "target": Target, "titles": Titles}
        _check(self, keywords)

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hex, of every option: equal options give equal slides."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on what is read.

    Raises:
        UsageError: One is out of range.

    Attributes:
        max_files: Inputs of one job.
        max_file_bytes: One SVG, unpacked.
        max_total_bytes: All SVGs of one job, unpacked.
        max_archive_ratio: Unpacked to packed size of an archive entry.
    """

    max_files: int = 50_000
    max_file_bytes: int = 64 * 2**20
    max_total_bytes: int = 4 * 2**30
    max_archive_ratio: float = 200.0

    def __post_init__(self) -> None:
        _check(self, {})


class JobOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options that change how a job runs and where its output goes, never a slide.

    Raises:
        UsageError: The mode does not exist, or a number is out of range.

    Attributes:
        mode: One merged deck, a ZIP of decks, or a folder of decks.
        jobs: Worker processes, up to 1024; 0 for as many as there are processors and memory for.
        timeout_s: Time limit of one file, 0 for no limit; or a percentage of the median of those
            done, which counts once enough are.
        batch_timeout_s: Time limit of a run; 0 for no limit.
        retries: How often a crash is tried again, 0…2.
        memory_bytes: Resident size one worker may reach; 0 for no limit.
        memory_free_bytes: With less memory than this to be had a run pauses, and ends if it stays
            so; 0 for no such guard.
        disk_free_bytes: The same for the disks of job and output.
        max_failures: How many files may fail before a run is stopped, also in percent of all; -1
            for any number.
        cache: Whether slides are taken from the cache and given to it.
        cache_bytes: How large the cache may grow.
        keep_s: How long what is kept of a job stays after its last run; 0 for ever.
        executor: Where files are converted: `local`, or `dask://HOST:PORT` for the workers of a
            Dask scheduler.
        shard: Which share of the files is converted, into a part of the result, `I/N`; empty for
            all of them.
        wait_lock: Whether to wait for a living run of the same job, not to refuse.
        overwrite: Whether an existing output may be replaced.
        sections: What the slides of a merged deck are divided by.
        append_to: A deck that slides are appended to; those of the same drawings are replaced.
            Empty for a deck of its own.
        grid: Rows and columns of contact sheets, `RxC`; empty for a slide a drawing.
        name_template: Name of a deck in `zip` and `folder` mode; `{index}`, `{stem}`,
            `{folder}`, `{title}`, `{hash}`.
        fail_on: From which end of an element on a file is objected to: the deck is written all the
            same, and the exit code is 1.
        limits: Bounds on what is read.
    """

    mode: OutputMode = OutputMode.MERGED
    jobs: int = 0
    timeout_s: float | Percent = 60.0
    batch_timeout_s: float = 0.0
    retries: int = 2
    memory_bytes: int = 2 * 2**30
    memory_free_bytes: int = 64 * 2**20
    disk_free_bytes: int = 64 * 2**20
    max_failures: int | Percent = -1
    cache: bool = True
    cache_bytes: int = 2 * 2**30
    keep_s: float = 30 * 86_400.0
    executor: str = "local"
    shard: str = ""
    wait_lock: bool = False
    overwrite: bool = True
    sections: Sections = Sections.NONE
    append_to: str = ""
    grid: str = ""
    name_template: str = "{stem}"
    fail_on: FailOn = FailOn.NONE
    limits: Limits = msgspec.field(default_factory=Limits)

    def __post_init__(self) -> None:
        _check(self, {"mode": OutputMode, "fail_on": FailOn, "sections": Sections})
