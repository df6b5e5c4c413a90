"""Known differences: `known.tsv` has a line for every file that is recorded as not faithful.

    python -m tests.fidelity.known           prints lines missing, not explained or stale
    python -m tests.fidelity.known OUT...    the same; OUT is what score.py was given as --out, and
                                             the renderer's own faults are found there and named
    python -m tests.fidelity.known --write [OUT...]   puts the printed changes into the file

A difference that nobody has looked at stands there as ours, not explained yet.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from tests.fidelity import corpora
from tests.fidelity.ratchet import BOUNDS
from tests.fidelity.record import Key, Result, read

KNOWN = Path(__file__).with_name("known.tsv")
UNEXPLAINED = "not explained yet"
_HEADER = "corpus\tfile\twho\tcause"
_SNAPPED_STROKES = "pdftoppm snaps strokes parallel to the axes to whole pixels (1.5 px become 1)"
_SNAPPED_EDGES = (
    "pdftoppm snaps edges to whole pixels; pdftocairo draws the same page as it should be"
)
_SNAPPED_MEAN = 0.12
"""Greatest difference of tone that thinner strokes explain."""


class Who(StrEnum):
    """Who is wrong."""

    RENDERER = "renderer"  # draws the page that LibreOffice wrote
    LIBREOFFICE = "libreoffice"
    SUITE = "suite"  # the reference is not what the standard says
    MEASURE = "measure"  # a person would call the two alike
    OURS = "ours"


class Cause(NamedTuple):
    """Why a file is not faithful.

    Attributes:
        who: Who is wrong.
        cause: What is.
    """

    who: Who
    cause: str


def read_known(path: Path = KNOWN) -> dict[Key, Cause]:
    """Return the known differences.

    Raises:
        ValueError: A line is not what a line should be, or comes twice.
    """
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    if header != _HEADER:
        raise ValueError(f"{path.name} begins with {header!r}")
    known: dict[Key, Cause] = {}
    for number, line in enumerate(lines, start=2):
        corpus, file, who, cause = line.split("\t")
        if (corpus, file) in known or not cause.strip():
            raise ValueError(f"{path.name}, line {number}: {line}")
        known[corpus, file] = Cause(Who(who), cause)
    return known


def write_known(known: Mapping[Key, Cause], path: Path = KNOWN) -> None:
    """Write the known differences, sorted."""
    lines = ["\t".join([*key, cause.who, cause.cause]) for key, cause in sorted(known.items())]
    path.write_text("\n".join([_HEADER, *lines]) + "\n", encoding="utf-8")


def missing(recorded: Mapping[Key, Result], known: Mapping[Key, Cause]) -> list[Key]:
    """Return the files that are not faithful and have no line."""
    return sorted(
        key for key, result in recorded.items() if not result.faithful and key not in known
    )


def stale(recorded: Mapping[Key, Result], known: Mapping[Key, Cause]) -> list[Key]:
    """Return the lines of files that are faithful, or not recorded."""
    return sorted(key for key in known if key not in recorded or recorded[key].faithful)


def renderers_fault(out: Path, files: Mapping[Key, Result]) -> dict[Key, Cause]:
    """Find files whose page is faithful as soon as another program draws it.

    Args:
        out: What score.py was given as --out, after both corpora or one.
        files: Files that are not faithful.
    """
    jobs = [
        (key, out / key[0] / "render")
        for key, result in files.items()
        if result.bad is not None and (out / key[0]).is_dir()
    ]
    with ProcessPoolExecutor(2) as pool:
        redrawn = dict(zip([key for key, _ in jobs], pool.map(_redrawn, jobs), strict=True))
    causes = {}
    for key, row in redrawn.items():
        if row.get("faithful"):
            bad, mean = files[key].bad or 0, files[key].mean or 0
            thin = bad <= BOUNDS["bad"] and mean <= _SNAPPED_MEAN
            causes[key] = Cause(Who.RENDERER, _SNAPPED_STROKES if thin else _SNAPPED_EDGES)
    return causes


def _redrawn(job: tuple[Key, Path]) -> dict[str, Any]:
    """Measure one file again, its page drawn by pdftocairo."""
    (corpus, file), folder = job
    measure = corpora.measure()
    measure.page = _page_by_cairo
    name = measure.deck_name(Path(file))
    deck, page = folder / "decks" / f"{name}.pptx", folder / f"{name}.pdf"
    fonts = str(corpora.CORPORA["resvg"] / "fonts") if corpus == "resvg" else None
    row: dict[str, Any] = measure.one(
        (corpora.CORPORA[corpus] / file, deck, page, fonts, "fit", True, None)
    )
    return row


def _page_by_cairo(page: Path, width: int, height: int, crop: tuple[int, ...]) -> Any:
    command = ["pdftocairo", "-png", "-f", "1", "-l", "1", "-singlefile"]
    command += ["-scale-to-x", str(width), "-scale-to-y", str(height)]
    for flag, value in zip(("-x", "-y", "-W", "-H"), crop, strict=True):
        command += [flag, str(value)]
    done = subprocess.run([*command, str(page), "-"], capture_output=True, check=True)
    return corpora.measure().on_white(done.stdout)


def main(arguments: list[str]) -> int:
    """Print, or write, the changes the file needs; 1 where it needs any or explains too little."""
    folders = [Path(argument) for argument in arguments if argument != "--write"]
    recorded, _ = read()
    known = read_known() if KNOWN.exists() else {}
    out_of_date = stale(recorded, known)
    for key in out_of_date:
        print("stale\t" + "\t".join(key))
        del known[key]
    new = {key: Cause(Who.OURS, UNEXPLAINED) for key in missing(recorded, known)}
    unexplained = new | {key: each for key, each in known.items() if each.cause == UNEXPLAINED}
    found = {key: each for folder in folders for key, each in _found(folder, unexplained).items()}
    for key, cause in sorted((unexplained | found).items()):
        print("\t".join([*key, cause.who, cause.cause, str(recorded[key][2:4])]))
    if "--write" in arguments:
        write_known(known | unexplained | found)
    return 1 if out_of_date or unexplained else 0


def _found(folder: Path, keys: Mapping[Key, Cause]) -> dict[Key, Cause]:
    recorded, _ = read()
    return renderers_fault(folder, {key: recorded[key] for key in keys})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
