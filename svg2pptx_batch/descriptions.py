"""What each setting does, in one place: for `--help`, `config` and the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Description(NamedTuple):
    """One setting, told to users.

    Attributes:
        text: What it does, and what can be chosen where no list of keywords says so.
        default: What holds when nothing is chosen, as people say it; empty where `text` tells.
    """

    text: str
    default: str = ""


DESCRIPTIONS: Mapping[str, Description] = {
    "slide-size": Description(
        "Size of the slides: 16:9, 4:3, a4, letter, svg (the drawing's own), first (the first "
        "drawing's), largest (of all drawings), such as 1280x720px, 10x7.5in, or auto (the "
        "template's, else 16:9).",
        "auto",
    ),
    "fit": Description(
        "How a drawing is placed on its slide: contain, cover, stretch, or actual for its own "
        "size.",
        "contain",
    ),
    "margin": Description("Kept free on every side: 20px, 0.5in, 10mm.", "0"),
    "background": Description("Slide background, any CSS colour.", "the theme's"),
    "template": Description(
        "Deck (.pptx, .potx) whose masters, layouts, theme and slide size are used.", "our own"
    ),
    "layout": Description(
        "Layout of the template for the slides, NAME or THEME/NAME. The drawing goes into its "
        "picture or body placeholder, else where it leaves room.",
        "a blank one",
    ),
    "titles": Description(
        "What slides are titled with: the file's name, or the drawing's title; auto is the title "
        "where the template's layout has a place for one.",
        "auto",
    ),
    "notes": Description(
        "Whether slides get notes: description, source, and what could not stay native.",
        "they do not",
    ),
    "theme-colors": Description(
        "Colours that become the theme's, so that the deck can be re-themed: exact for equal ones, "
        "or how far they may be from it (ΔE, 2 is just seen); off for none.",
        "off",
    ),
    "text": Description(
        "What text becomes: text boxes, or shapes that look the same everywhere.", "editable"
    ),
    "text-in-shapes": Description(
        "Whether a text in the middle of a shape becomes the shape's own, and moves with it.",
        "it does not",
    ),
    "target": Description("The program the deck is for.", "powerpoint"),
    "fallback-dpi": Description(
        "Resolution of pictures that stand for what shapes cannot show.", "192"
    ),
    "font-dir": Description("Folders where fonts are looked for before the system's."),
    "system-fonts": Description(
        "Whether the system's fonts are used beside those of --font-dir.", "they are"
    ),
    "resource-root": Description(
        "Drawings may use pictures below this folder.", "the input's own folder"
    ),
    "languages": Description(
        "Languages that systemLanguage is held against, preferred first: de,en.", "en"
    ),
    "mode": Description(
        "What is made: merged for one deck, zip or folder for a deck a drawing; told from --output "
        "where not given."
    ),
    "jobs": Description(
        "How many files are converted at once.",
        "auto, a worker a processor, fewer where memory is short",
    ),
    "timeout": Description(
        "Time limit of one file: 90s, 5m, or 500% of the median of those done; 0 for no limit.",
        "60s",
    ),
    "batch-timeout": Description(
        "Time limit of the whole run: 30m, 8h; 0 for no limit. What is done by then is kept.", "0"
    ),
    "retries": Description("How often a file that broke its worker is tried again.", "2"),
    "memory-per-file": Description(
        "Most memory the worker of one file may take: 2GiB, 500M; 0 for no limit.", "2GiB"
    ),
    "memory-free": Description(
        "Pause while less memory than this is to be had, and stop if it stays so; 0 to go on.",
        "64MiB",
    ),
    "disk-free": Description(
        "Pause while the disk of job or output has less room than this, and stop if it stays so; "
        "0 to go on.",
        "64MiB",
    ),
    "max-failures": Description(
        "Stop once more files than this have failed, or more than such a percentage: 10, 5%.",
        "any",
    ),
    "cache": Description(
        "Whether slides that an earlier run has made are used again, and new ones kept.", "they are"
    ),
    "cache-size": Description("How large the cache of slides may grow.", "2GiB"),
    "keep": Description(
        "How long what is kept of a job stays after its last run: 7d; 0 for ever.", "30d"
    ),
    "executor": Description(
        "Where files are converted: local, or dask://HOST:PORT for the workers of a Dask "
        "scheduler.",
        "local",
    ),
    "shard": Description(
        "Convert only the I-th of N shares of the files, and write a part of the result, for "
        "`merge` to put together: a machine a share.",
        "all files",
    ),
    "wait-lock": Description(
        "Whether to wait while another process runs the same job, not to end with 5.",
        "it does not",
    ),
    "overwrite": Description("Whether an existing output is replaced.", "it is"),
    "sections": Description(
        "What a merged deck is divided by: one section a folder, whose slides stand together.",
        "none",
    ),
    "append-to": Description(
        "Deck that the slides are appended to, in place where there is no --output; slides of "
        "drawings of the same name are replaced."
    ),
    "grid": Description(
        "Contact sheets of so many rows and columns of drawings, 4x6, each with its name, or its "
        "title with --titles title.",
        "a slide a drawing",
    ),
    "name-template": Description(
        "Names of decks in a ZIP or folder, from {index}, {stem}, {folder}, {title} and {hash}.",
        "{stem}",
    ),
    "fail-on": Description(
        "End with 1 if an element ended so, or worse: approximated, outlined, rasterised, dropped "
        "is the order. What can be written is written all the same.",
        "none",
    ),
    "max-files": Description("Most files of one run, and entries of one archive.", "50000"),
    "max-file-size": Description("Largest SVG, unpacked: 64MiB, 500k.", "64MiB"),
    "max-total-size": Description("Most bytes of all SVGs together.", "4GiB"),
    "max-archive-ratio": Description(
        "Most bytes an archive's entry may unpack to for each packed.", "200"
    ),
}
"""By the setting's name, as in `config.SETTINGS`."""


def flag_help(name: str) -> str:
    """Return the text of `--help` on a setting's flag: what it does, and the default."""
    text, default = DESCRIPTIONS[name]
    return f"{text} Default: {default}." if default else text
