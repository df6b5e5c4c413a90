"""Trials: the settings are read, and a drawing becomes a deck as it would for a user."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from svg2pptx_batch.config_files import settings_files
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.health.findings import Finding, fine, problem

if TYPE_CHECKING:
    from svg2pptx_batch.config import Settings

_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="48">'
    '<clipPath id="half"><path d="M0 0h48v48z"/></clipPath>'
    '<filter id="grain"><feTurbulence baseFrequency=".1"/></filter>'
    '<rect width="96" height="48" fill="#369"/><text x="8" y="32">ok</text>'
    '<circle cx="48" cy="24" r="20" clip-path="url(#half)"/>'
    '<rect x="60" width="9" height="9" filter="url(#grain)"/></svg>'
)
"""A shape, a text, a cut and a picture: what needs each of the libraries."""

_DRAWN = 4
_LIMIT_S = 120
_TOLD_CHARACTERS = 600
_REMEDY = "See the other problems told here; if there are none, please report this one."


def load_settings(config_file: Path | None, *, isolated: bool) -> tuple[Settings | None, Finding]:
    """Read the settings.

    Returns:
        Them, None where they are wrong, and what is to be said of them.
    """
    from svg2pptx_batch.config import load

    try:
        settings = load(config_file=config_file, isolated=isolated)
        files = settings_files(config_file, isolated=isolated)
    except UsageError as error:
        return None, problem("settings", error.message, error.remedy or "")
    read = [str(file.path) for file in files if file.found]
    return settings, fine(
        "settings", f"{len(settings.origins)} chosen; files read: {', '.join(read) or 'none'}"
    )


def check_worker() -> Iterator[Finding]:
    """Convert a drawing by a worker process, and open the deck; nothing of it is kept.

    A process of its own runs the command, so that its jobs lie apart from the user's.
    """
    with tempfile.TemporaryDirectory(prefix="svg2pptx-batch-doctor-") as name:
        folder = Path(name)
        (folder / "trial.svg").write_text(_DRAWING, "ascii")
        began = time.monotonic()
        try:
            done = subprocess.run(  # noqa: S603  our own program
                [
                    *(sys.executable, "-m", __name__.partition(".")[0], "convert"),
                    *(str(folder / "trial.svg"), "-o", str(folder / "trial.pptx")),
                    *("-j", "1", "--isolated", "--format", "json", "--progress", "none"),
                ],
                env={
                    **os.environ,
                    "SVG2PPTX_STATE_DIR": str(folder / "state"),
                    "SVG2PPTX_CACHE_DIR": str(folder / "cache"),
                },
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            yield problem("worker", f"No deck was made within {_LIMIT_S} s.", _REMEDY)
            return
        if done.returncode:
            yield problem("worker", f"No deck was made: {_reason(done)}", _REMEDY)
            return
        seconds = time.monotonic() - began
        fault = _fault_of(folder / "trial.pptx")
    if fault:
        yield problem("worker", fault, _REMEDY)
    else:
        yield fine("worker", f"a drawing became a deck in {seconds:.1f} s, and the deck opens")


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return why a run failed: what its record says, else the end of what it told."""
    try:
        record = json.loads(done.stdout)
        failed = [file["message"] for file in record.get("files", ()) if file.get("message")]
        reason = record.get("message") or "; ".join(failed)
    except ValueError:
        reason = ""
    told = done.stderr.decode("utf-8", "replace").strip()
    return reason or told[-_TOLD_CHARACTERS:] or f"exit status {done.returncode}"


def _fault_of(deck: Path) -> str:
    """Return what is wrong with the deck, empty for nothing."""
    from pptx import Presentation

    try:
        slides = list(Presentation(str(deck)).slides)
    except Exception as error:  # noqa: BLE001  reading a broken deck raises errors of any kind
        return f"The deck cannot be opened: {type(error).__name__}: {error}"
    shapes = [len(slide.shapes) for slide in slides]
    return "" if shapes == [_DRAWN] else f"The deck holds {shapes} shapes, not {[_DRAWN]}."
