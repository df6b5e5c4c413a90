"""The machine: fonts, folders and the room on their disks, memory, processors, other programs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from svg2pptx_batch.health.findings import Finding, fine, note, problem, warning
from svg2pptx_batch.places import CACHE_DIR_VARIABLE, STATE_DIR_VARIABLE, cache_dir, state_dir

if TYPE_CHECKING:
    from svg2pptx_batch.options import ConvertOptions

_GENERICS = ("sans-serif", "serif", "monospace")
_LEAST_FREE_BYTES = 100 * 2**20
_LITTLE_FREE_BYTES = 2**30
_LITTLE_MEMORY_BYTES = 512 * 2**20
_ANSWER_S = 30
_OFFICE = {
    "darwin": ("/Applications/LibreOffice.app/Contents/MacOS/soffice",),
    "win32": ("C:/Program Files/LibreOffice/program/soffice.exe",),
}
"""Where LibreOffice is on systems that do not put it into PATH."""


def check_fonts(options: ConvertOptions) -> Iterator[Finding]:
    """Check what fonts text is measured with.

    Args:
        options: Which folders are looked into.
    """
    from svg2pptx_batch.fonts import FontCatalog
    from svg2pptx_batch.scene.text import Font

    catalog = FontCatalog(options.font_dirs, options.system_fonts)
    families = {face.family for face in catalog.faces}
    if not families:
        yield warning(
            "fonts",
            "There is no font: the width of text can only be guessed.",
            "Install some, such as DejaVu, Liberation or Noto, or name a folder by --font-dir.",
        )
        return
    found = {name: catalog.match(Font((name,), 16)).installed.name for name in _GENERICS}
    generics = ", ".join(f"{name} is {family}" for name, family in found.items())
    told = f"{len(catalog.faces):,} faces of {len(families):,} families; {generics}"
    if len(set(found.values())) < len(found):
        yield note(
            "fonts",
            f"{told}. One font stands for several kinds.",
            "Install more fonts, such as DejaVu, Liberation or Noto.",
        )
    else:
        yield fine("fonts", told)


def check_folders() -> Iterator[Finding]:
    """Check the folders of jobs, caches and temporary files: can they be written, is there room."""
    yield _folder(
        "state folder", state_dir(), f"Set {STATE_DIR_VARIABLE} to a folder you may write to."
    )
    yield _folder(
        "cache folder", cache_dir(), f"Set {CACHE_DIR_VARIABLE} to a folder you may write to."
    )
    try:
        temporary = Path(tempfile.gettempdir())
    except OSError as error:
        yield problem("temporary folder", str(error), "Set TMPDIR to a folder you may write to.")
        return
    yield _folder("temporary folder", temporary, "Set TMPDIR to a folder you may write to.")


def _folder(name: str, folder: Path, remedy: str) -> Finding:
    """Check a folder, or the nearest one above it where it is yet to be made."""
    try:
        there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
        with tempfile.TemporaryFile(dir=there) as stream:
            stream.write(b"written")
            stream.flush()
        free = shutil.disk_usage(there).free
    except OSError as error:
        return problem(name, f"{folder} cannot be written: {error.strerror or error}.", remedy)
    told = f"{folder}, {_size(free)} free"
    if free < _LEAST_FREE_BYTES:
        return problem(name, f"{told}: the disk is full.", f"Make room on that disk. {remedy}")
    if free < _LITTLE_FREE_BYTES:
        return warning(name, f"{told}: too little for large jobs.", "Make room on that disk.")
    return fine(name, told)


def check_memory() -> Iterator[Finding]:
    """Check memory and processors, as far as they are ours."""
    from svg2pptx_batch.executors.limits import cpu_count, memory_available

    processors, free = cpu_count(), memory_available()
    told = f"{processors} processor{'s' * (processors > 1)}, {_size(free)} of memory free"
    if free < _LITTLE_MEMORY_BYTES:
        yield warning(
            "memory", f"{told}: few workers find room.", "End other programs, or raise the limit."
        )
    else:
        yield fine("memory", told)


def check_programs() -> Iterator[Finding]:
    """Check for programs that only developers and the careful need."""
    yield _program("LibreOffice", ("soffice", "libreoffice", *_OFFICE.get(sys.platform, ())))
    yield _program("pdftoppm", ("pdftoppm",), "-v")


def _program(name: str, commands: tuple[str, ...], flag: str = "--version") -> Finding:
    path = next(filter(None, map(shutil.which, commands)), None)
    if path is None:
        return note(name, "Not found; it is needed only to look at decks in tests.")
    try:
        done = subprocess.run(  # noqa: S603  a program of the user's own
            [path, flag],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_ANSWER_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return note(name, f"{path} does not answer: {error}.")
    version = done.stdout.decode("utf-8", "replace").strip().partition("\n")[0]
    return fine(name, f"{version or 'unknown version'}, {path}")


def _size(count: float) -> str:
    """Return a number of bytes as people say it: `312 MiB`, `41.5 GiB`."""
    return f"{count / 2**20:,.0f} MiB" if count < 2**30 else f"{count / 2**30:,.1f} GiB"
