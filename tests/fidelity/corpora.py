"""The corpora beside the repository, and the programs that measure decks of them.

They lie in a folder `shared` beside the repository and never in it; where they or the programs that
draw decks are missing, `lacking` says so.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
CORPORA = {"resvg": SHARED / "corpora" / "resvg-dev", "real": SHARED / "corpora" / "real-dev"}
_FONTS = CORPORA["resvg"] / "fonts"
_FONT_OF_THE_SUITE = "Sedgwick Ave Display"
_PROGRAMS = ("soffice", "pdftoppm", "pdftocairo", "fc-list")


def lacking() -> str:
    """Return why nothing can be measured here; empty where it can."""
    missing = [name for name in ("score.py", "fidelity.py") if not (_measures() / name).is_file()]
    if missing or not all(folder.is_dir() for folder in CORPORA.values()):
        return f"{SHARED} with the corpora and their measure is not there"
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


def drawings(corpus: str) -> list[Path]:
    """Return the SVG files of a corpus, as the measure finds them; none where it is not there."""
    files = (file for file in CORPORA[corpus].rglob("*") if file.suffix in (".svg", ".svgz"))
    return sorted(file for file in files if "resources" not in file.parts)


def score(corpus: str, out: Path, *, sample: int = 0) -> Path:
    """Convert a corpus with the package of this interpreter, and hold the decks against it.

    Args:
        corpus: `resvg` or `real`.
        out: Folder for decks, pictures and report.
        sample: How many files, the same ones each time; 0 for all.

    Returns:
        Path of the report.

    Raises:
        subprocess.CalledProcessError: The measure failed.
    """
    program = shlex.join([sys.executable, "-m", "svg2pptx_batch"])
    command = [sys.executable, str(_measures() / "score.py"), "--corpus", corpus]
    command += ["--out", str(out.resolve()), "--exe", program]
    if sample:
        command += ["--sample", str(sample)]
    subprocess.run(command, check=True, cwd=ROOT, env=_environment(out))
    return out / corpus / "report.json"


def measured(report: Path) -> dict[str, dict[str, Any]]:
    """Return the rows of a report by file."""
    return {row["file"]: row for row in json.loads(report.read_text(encoding="utf-8"))}


@functools.cache
def measure(name: str = "fidelity") -> ModuleType:
    """Return a module of the measures: `fidelity` judges likeness, `validity` decks."""
    path = _measures() / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def renderer() -> str:
    """Tell what draws the decks, programs and fonts: equal texts promise equal pictures."""
    suite = {file.name for file in _FONTS.glob("*")} if _FONTS.is_dir() else set()
    files = {line.strip().rstrip(":") for line in _said("fc-list", ":", "file").splitlines()}
    fonts = sorted({Path(file).name for file in files if file} - suite)
    digest = hashlib.sha256("\n".join(fonts).encode()).hexdigest()[:12]
    office = re.search(r"[\d.]+", _said("soffice", "--version"))
    poppler = re.search(r"[\d.]+", _said("pdftoppm", "-v"))
    return f"LibreOffice {office and office[0]}, poppler {poppler and poppler[0]}, fonts {digest}"


def _measures() -> Path:
    return SHARED / "fidelity"


def _environment(out: Path) -> dict[str, str]:
    """Return the environment for scoring; the suite's fonts are made known where they are not."""
    environment = dict(os.environ)
    if _FONT_OF_THE_SUITE not in _said("fc-list", ":", "family"):
        home = out / "share"
        home.mkdir(parents=True, exist_ok=True)
        (home / "fonts").unlink(missing_ok=True)
        (home / "fonts").symlink_to(_FONTS, target_is_directory=True)
        environment["XDG_DATA_HOME"] = str(home)
    return environment


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
