"""A folder to work in, and the command run in this process or in one of its own."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

GOOD = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">'
    b'<rect width="15" height="5" fill="#c00"/></svg>'
)
BROKEN = b'<svg xmlns="http://www.w3.org/2000/svg">\n<rect\n</svg>'


@pytest.fixture
def work(tmp_path, monkeypatch):
    """The current folder; jobs, settings and terminal are the test's own."""
    for name in [name for name in os.environ if name.startswith("SVG2PPTX_")]:
        monkeypatch.delenv(name)
    for name in ("CI", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SVG2PPTX_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("SVG2PPTX_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "200")
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def make(work):
    """Write inputs into the current folder."""

    def run(*names, data=GOOD):
        for name in names:
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    return run


@pytest.fixture
def invoke(work):
    """Run a command in this process."""
    from svg2pptx_batch.cli.app import app

    def run(*arguments, input=None):
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)

    return run


@pytest.fixture
def start(work):
    """Start a command in a process of its own."""

    def run(*arguments, **options):
        return subprocess.Popen(
            [sys.executable, "-m", "svg2pptx_batch", *map(str, arguments)],
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )

    return run
