"""Where fonts lie: the system's folders, and the list of font files below any folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from svg2pptx_batch.fonts.sfnt import SUFFIXES

_MAX_FILES = 20_000


class FontFile(NamedTuple):
    """A font file as the folder lists it; equal listings mean equal contents."""

    path: str
    size_bytes: int
    mtime_ns: int


def system_folders() -> tuple[Path, ...]:
    """Return the folders where this system, and its user, keep fonts; some may not exist."""
    home = Path.home()
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
        local = os.environ.get("LOCALAPPDATA", "")
        return (windows, *([Path(local, "Microsoft/Windows/Fonts")] if local else []))
    if sys.platform == "darwin":
        return (
            home / "Library/Fonts",
            Path("/Library/Fonts"),
            Path("/System/Library/Fonts"),
            Path("/Network/Library/Fonts"),
        )
    data_home = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    data_dirs = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return (
        home / ".fonts",
        data_home / "fonts",
        *(Path(part) / "fonts" for part in data_dirs.split(":") if part),
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
    )


def list_fonts(folders: Iterable[Path]) -> list[FontFile]:
    """List the font files below folders, each file once, in an order that does not depend on disk.

    Folders keep their order; within one, files are sorted by path. Links are followed, loops cut,
    what cannot be read is passed over.
    """
    seen: set[str] = set()
    found: list[FontFile] = []
    for folder in folders:
        found.extend(sorted(_below(os.path.realpath(folder), seen)))
    return found


def _below(folder: str, seen: set[str]) -> Iterator[FontFile]:
    pending = [folder]
    count = 0
    while pending and count < _MAX_FILES:
        folder = pending.pop()
        if folder in seen:
            continue
        seen.add(folder)
        try:
            with os.scandir(folder) as entries:
                listing = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in listing:
            try:
                if entry.is_dir():
                    pending.append(os.path.realpath(entry.path))
                elif os.path.splitext(entry.name)[1].lower() in SUFFIXES:  # noqa: PTH122  no Path for each file
                    facts = entry.stat()
                    count += 1
                    yield FontFile(entry.path, facts.st_size, facts.st_mtime_ns)
            except OSError:
                continue
