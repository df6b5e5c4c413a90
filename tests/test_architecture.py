"""The plan of the house, held by tools: who imports whom, and what importing costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = (
    "PIL",
    "cssselect2",
    "fontTools",
    "lxml",
    "multiprocessing",
    "msgspec",
    "numpy",
    "pathops",
    "pptx",
    "psutil",
    "resvg_py",
    "rich",
    "tinycss2",
    "tqdm",
    "typer",
    "uharfbuzz",
)


def loaded(code: str) -> set[str]:
    """Return the modules a fresh interpreter has loaded after running some code."""
    out = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
    )
    return set(out.stdout.split())


def test_rooms_import_only_from_rooms_below():
    code = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_package_loads_nothing_heavy():
    modules = loaded("import svg2pptx_batch")
    assert not modules.intersection(HEAVY)
    assert {m for m in modules if m.startswith("svg2pptx_batch")} == {
        "svg2pptx_batch",
        "svg2pptx_batch.version",
    }


def test_who_plans_a_job_does_not_load_the_converter():
    modules = loaded("import svg2pptx_batch.batch.manager")
    converter = {f"svg2pptx_batch.{room}" for room in ("svg", "resolve", "lower", "fonts")}
    assert not modules & converter


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("from svg2pptx_batch import convert, convert_many, Job", {"msgspec"}),
        ("import svg2pptx_batch.batch.runner", {"msgspec"}),
        ("import svg2pptx_batch.conversion", {"msgspec", "lxml"}),
    ],
)
def test_what_is_heavy_is_loaded_by_the_functions_that_need_it(code, allowed):
    assert loaded(code).intersection(HEAVY) <= allowed
