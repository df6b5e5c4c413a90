"""Whatever bytes enter, the promises hold: seeds, what once broke one, and new inputs for a while.

`FUZZ_SECONDS` says how long new inputs are tried, all targets together: a minute in CI, some
seconds elsewhere. By hand, for an hour: `python -m tests.fuzz svg --seconds 3600`.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import engines
from tests.fuzz.__main__ import NAMES
from tests.fuzz.target import REGRESSIONS
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
SECONDS = float(os.environ.get("FUZZ_SECONDS") or ("60" if os.environ.get("CI") else "12"))
PATIENCE_S = 900
ENGINES = [
    "chance",
    pytest.param(
        "atheris",
        marks=pytest.mark.skipif(not engines.has_atheris(), reason="atheris is not installed"),
    ),
]


def fuzz(target: str, seconds: float, engine: str, findings: Path) -> subprocess.CompletedProcess:
    options = ["--seconds", str(seconds), "--engine", engine, "--findings", str(findings)]
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", target, "--seed", "1", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=seconds + PATIENCE_S,
        check=False,
    )


def test_the_command_line_knows_every_target():
    assert set(NAMES) == set(TARGETS)
    assert {path.name for path in REGRESSIONS.iterdir()} <= set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_keep_every_promise(name):
    for seed in TARGETS[name].seeds():
        engines.guarded(TARGETS[name], seed)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        pytest.param(name, path, id=f"{name}-{path.name}")
        for name, target in TARGETS.items()
        for path in target.regressions()
    ],
)
def test_what_once_broke_a_promise_does_so_no_more(name, path):
    engines.guarded(TARGETS[name], path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_new_inputs_keep_every_promise(name, tmp_path):
    engine = "atheris" if engines.has_atheris() else "chance"
    ended = fuzz(name, SECONDS / len(TARGETS), engine, tmp_path)
    found = [path.name for path in tmp_path.iterdir()]
    assert (ended.returncode, found) == (0, []), ended.stdout[-4000:]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_finds_what_is_there_and_keeps_the_input(engine, tmp_path):
    ended = fuzz("planted", 60, engine, tmp_path)
    assert ended.returncode != 0
    assert "the planted fault" in ended.stdout
    [found] = tmp_path.iterdir()
    assert b"[[" in found.read_bytes()


def test_equal_seeds_give_equal_inputs():
    for target in TARGETS.values():
        for seed in target.seeds()[:3]:
            one, two = (target.mutated(seed, random.Random(5)) for _ in range(2))
            assert one == two
            assert target.mutated(seed, random.Random(6)) != one
