"""Whatever a drawing says, its deck opens: decks of drawings mutated at random.

The short form makes decks of our own drawings, and of the corpora where they are at hand. The long
form, `python -m pytest -m slow tests/fidelity`, makes two thousand of the corpora's.
"""

from __future__ import annotations

import functools
import random
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from svg2pptx_batch import ConvertOptions, JobOptions, convert_many
from svg2pptx_batch.batch.report import FileReport, TaskState
from tests.fidelity import corpora
from tests.support.decks import assert_opens
from tests.support.golden import DRAWINGS
from tests.support.mutation import mutated, readable

OWN = (*sorted((corpora.ROOT / "examples").glob("*.svg")), *DRAWINGS)
_LARGEST_BYTES = 300_000


def make(files: list[Path], folder: Path, count: int, seed: int) -> None:
    """Write so many mutated drawings, the same ones for the same seed."""
    chance = random.Random(seed)
    folder.mkdir()
    for number in range(count):
        file = chance.choice(files)
        drawing = mutated(file.read_bytes(), chance)
        (folder / f"{number:04}-{file.stem}.svg").write_bytes(drawing)


def faults(files: list[Path], folder: Path, count: int, seed: int) -> list[str]:
    """Make decks of mutated drawings, and return what is wrong, a line each."""
    sources, decks = folder / "svg", folder / "decks"
    make(files, sources, count, seed)
    report = convert_many(
        sources,
        decks,
        options=ConvertOptions(slide_size="svg"),
        job_options=JobOptions(jobs=2, mode="folder", cache=False),
    )
    assert len(report.files) == count
    found = [f"{row.name}: {row.code} {row.message}" for row in report.files if not _fair(row)]
    made = sorted(decks.glob("*.pptx"))
    assert len(made) > count / 2, "most mutations leave something to convert"
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found += [each for each in pool.map(_fault, made, chunksize=8) if each]
    return found


def _fair(row: FileReport) -> bool:
    """Tell whether a file was converted, or refused for what it is."""
    return row.state in (TaskState.DONE, TaskState.INVALID)


def _fault(deck: Path) -> str:
    """Return what is wrong with a deck; nothing where it opens."""
    try:
        assert_opens(deck)
    except Exception as error:  # noqa: BLE001  a program that breaks on a deck is a finding
        return f"{deck.name}: {type(error).__name__} {error}"
    found = _validity()(deck) if corpora.SHARED.is_dir() else ()
    return f"{deck.name}: {found[:3]}" if found else ""


@functools.cache
def _validity():
    module = corpora.measure("validity")
    module.QUICK = True
    return module.check


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("SVG2PPTX_STATE_DIR", str(tmp_path / "state"))


def corpus_files() -> list[Path]:
    """Return the drawings of both corpora that can be mutated."""
    files = [file for corpus in corpora.CORPORA for file in corpora.drawings(corpus)]
    if not files:
        pytest.skip(f"{corpora.SHARED} is not there")
    return [f for f in files if f.stat().st_size < _LARGEST_BYTES and readable(f.read_bytes())]


def test_decks_of_our_own_drawings_open(tmp_path):
    assert not faults(list(OWN), tmp_path, 40, seed=3)


def test_decks_of_the_corpora_open(tmp_path):
    assert not faults(corpus_files(), tmp_path, 20, seed=3)


@pytest.mark.slow
def test_two_thousand_decks_of_the_corpora_open(tmp_path):
    assert not faults(corpus_files(), tmp_path, 2000, seed=29500)


def test_the_same_seed_makes_the_same_drawings(tmp_path):
    for name in ("one", "two"):
        make(list(OWN), tmp_path / name, 10, seed=7)
    drawings = [[f.read_bytes() for f in sorted((tmp_path / n).iterdir())] for n in ("one", "two")]
    assert drawings[0] == drawings[1]
    assert len(set(drawings[0])) == 10


def test_a_deck_that_does_not_open_is_found(tmp_path):
    deck = tmp_path / "broken.pptx"
    deck.write_bytes(b"PK\x05\x06" + bytes(18))
    assert "broken.pptx" in _fault(deck)
