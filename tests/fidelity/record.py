"""The recorded result of every file of both corpora: `recorded.tsv`.

    python -m tests.fidelity.record [--out OUT]   scores both corpora and writes the record anew;
                                                  OUT keeps decks and pictures, for known.py
    python -m tests.fidelity.record REPORT...     takes reports of score.py, OUT/CORPUS/report.json

A corpus without a report keeps its lines. After either, known.py tells what has to be explained.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from tests.fidelity import corpora

RECORD = Path(__file__).with_name("recorded.tsv")
_HEADER = "corpus\tfile\tfaithful\tnative\tbad\tmean\ttext"


class Result(NamedTuple):
    """What a deck came to.

    Attributes:
        faithful: Whether it looks like its drawing.
        native: Whether it holds no picture that the drawing does not ask for.
        bad: Share of inked pixels that differ visibly, 0…1; None where nothing was drawn.
        mean: Mean difference of tone over the ink, 0…1; None likewise.
        text: Share of the drawing's characters kept as text, 0…1; None where it has none.
    """

    faithful: bool
    native: bool
    bad: float | None = None
    mean: float | None = None
    text: float | None = None


Key = tuple[str, str]
"""Corpus and file."""


def result_of(row: dict[str, Any]) -> Result:
    """Return what a row of a report comes to."""
    text = corpora.measure().kept(row) if row.get("svg_text") else None
    return Result(
        bool(row.get("faithful")), bool(row["native"]), row.get("bad"), row.get("mean"), text
    )


def write(results: dict[Key, Result], renderer: str, path: Path = RECORD) -> None:
    """Write results, sorted."""

    def cell(value: bool | float | None) -> str:
        if value is None:
            return "-"
        return str(int(value)) if isinstance(value, bool) else f"{value:.4f}"

    lines = [f"# {renderer}", _HEADER]
    for key, result in sorted(results.items()):
        lines.append("\t".join([*key, *map(cell, result)]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read(path: Path = RECORD) -> tuple[dict[Key, Result], str]:
    """Return the recorded results, and what drew the decks."""
    first, header, *lines = path.read_text(encoding="utf-8").splitlines()
    assert header == _HEADER, header
    results: dict[Key, Result] = {}
    for line in lines:
        corpus, file, faithful, native, *numbers = line.split("\t")
        bad, mean, text = (None if number == "-" else float(number) for number in numbers)
        results[corpus, file] = Result(faithful == "1", native == "1", bad, mean, text)
    return results, first.removeprefix("# ")


def shares(results: Iterable[Result]) -> str:
    """Return how many results are faithful, faithful and native, and how much text was kept."""
    rows = list(results)
    texts = [row.text for row in rows if row.text is not None]
    faithful = sum(row.faithful for row in rows) / max(1, len(rows))
    native = sum(row.faithful and row.native for row in rows) / max(1, len(rows))
    text = sum(texts) / max(1, len(texts))
    return (
        f"{len(rows)} files, faithful {faithful:.1%}, and native {native:.1%}, text kept {text:.1%}"
    )


def main(arguments: list[str]) -> int:
    """Write the record."""
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity.record")
    parser.add_argument("--out", type=Path)
    parser.add_argument("reports", type=Path, nargs="*")
    given = parser.parse_args(arguments)
    why = corpora.lacking()
    if why:
        print(f"nothing is recorded: {why}")
        return 1
    results = read()[0] if RECORD.exists() else {}
    with tempfile.TemporaryDirectory(prefix="record-") as folder:
        out = given.out or Path(folder)
        for path in given.reports or [corpora.score(corpus, out) for corpus in corpora.CORPORA]:
            corpus = path.resolve().parent.name
            assert corpus in corpora.CORPORA, f"{path} is not in a folder named after its corpus"
            results = {key: result for key, result in results.items() if key[0] != corpus}
            new = {(corpus, file): result_of(row) for file, row in corpora.measured(path).items()}
            results |= new
            print(f"{corpus}: {shares(new.values())}")
    write(results, corpora.renderer())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
