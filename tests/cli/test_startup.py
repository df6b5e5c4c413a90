"""What is loaded before anything is asked for, and what --help and --version say."""

import subprocess
import sys

import pytest

from svg2pptx_batch import __version__

HEAVY = {
    "typer",
    "rich",
    "pptx",
    "lxml",
    "numpy",
    "PIL",
    "fontTools",
    "tinycss2",
    "resvg_py",
    "watchfiles",
}


def loaded_by(code):
    """Return the names of the top-level modules some code loads in a fresh interpreter."""
    script = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_version_is_answered_before_anything_heavy_is_loaded():
    code = (
        "import sys; sys.argv[1:] = ['--version']\n"
        "from svg2pptx_batch.__main__ import main; assert main() == 0"
    )
    assert loaded_by(code) & (HEAVY | {"msgspec"}) == set()


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_by("import svg2pptx_batch") & HEAVY == set()


def test_loading_the_commands_leaves_the_converter_alone():
    assert loaded_by("import svg2pptx_batch.cli.app") & (HEAVY - {"typer"}) == set()


def test_version_as_a_process_and_among_other_options(invoke, start):
    process = start("--version")
    out, err = process.communicate()
    assert (process.returncode, out.decode().strip(), err) == (
        0,
        f"svg2pptx-batch {__version__}",
        b"",
    )
    result = invoke("--version", "list")
    assert (result.exit_code, result.stdout) == (0, f"svg2pptx-batch {__version__}\n")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((), ["convert", "resume", "status", "list", "Exit status"]),
        (
            ("convert",),
            ["--slide-size", "--files-from", "Examples", "convert icons/ -o icons.pptx"],
        ),
        (("resume",), ["JOB|STATUS_FILE"]),
        (("status",), ["--format"]),
        (("list",), ["--format"]),
        (("watch",), ["FOLDER... -o OUT", "--settle", "Exit status"]),
        (("doctor",), ["--format", "--isolated"]),
        (("config",), ["show", "path", "schema", "init"]),
        (("serve",), ["--host", "--data-dir", "--max-upload", "Exit status"]),
        (("keys",), ["create", "list", "revoke"]),
        (("config", "show"), ["--format", "--isolated"]),
    ],
)
def test_help(invoke, command, words):
    result = invoke(*command, "--help")
    assert result.exit_code == 0
    for word in words:
        assert word in result.stdout
