"""The benchmark of the whole command says what it is asked for; what its figures are is no test."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.bench import throughput

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_it_prints_all_figures_of_a_folder(tmp_path, capsys):
    folder = tmp_path / "icons"
    folder.mkdir()
    for name in ("a", "b", "c"):
        shutil.copyfile(EXAMPLES / "icon-settings.svg", folder / f"{name}.svg")
    throughput.main([str(folder), "--jobs", "1,2", "--growth", "2,4", "--repeat", "1"])
    title, *rows = capsys.readouterr().out.splitlines()
    assert title == str(folder)
    assert [row[2:26].strip() for row in rows] == [
        "files", "-j 1", "-j 2", "floor", "-j 1 to floor", "speed-up at -j 2",
        "memory of the parent", "memory of all", "a slide of 2", "a slide of 4",
        "parent, 4 slides", "second run of 4",
        "growth, 4 to 2", "assembly of 4",
    ]  # fmt: skip
    assert all(any(letter.isdigit() for letter in row[26:]) for row in rows)
