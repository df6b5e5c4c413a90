"""Options as told: in --help, README and messages they are those that the commands take."""

import ast
import re
from pathlib import Path

import msgspec
import pytest
import typer

from svg2pptx_batch.cli.app import app
from svg2pptx_batch.config import SETTINGS
from svg2pptx_batch.descriptions import DESCRIPTIONS, flag_help
from svg2pptx_batch.options import ConvertOptions, JobOptions, Limits

ROOT = Path(__file__).parents[2]
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
OF_OTHER_PROGRAMS = {
    "--benchmark-enable",  # pytest
    "--update-golden",  # pytest, our own
    "--update-schemas",  # the same
    "--out",  # tests.fidelity.record
    "--seconds",  # tests.fuzz
    "--write",  # tests.fidelity.known
    "--strict",  # mypy
    "--nthreads",  # dask
}
COMMANDS = typer.main.get_command(app).commands
OPTIONS = {"--help": None} | {
    flag: option
    for command in (typer.main.get_command(app), *COMMANDS.values())
    for option in command.params
    for flag in (*option.opts, *option.secondary_opts)
}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_a_flag_whose_help_tells_its_default(name):
    option = next(o for o in COMMANDS["convert"].params if f"--{name}" in o.opts)
    told = re.search(r"Default: (.*)\.", option.help)
    if name in {"mode", "font-dir", "resource-root", "background", "append-to", "template"}:
        return  # none, or one that words tell: the input's own folder, the theme's
    setting = SETTINGS[name]
    default = msgspec.structs.asdict(setting.owner())[setting.field]
    words = {
        "it is": "true",
        "it does not": "false",
        "they are": "true",
        "they do not": "false",
        "the template's, else 16:9": "auto",
        "a blank one": "",
        "a slide a drawing": "",
        "all files": "",
        "auto, a worker a processor, fewer where memory is short": "auto",
    }
    assert setting.parse(words.get(told[1], told[1]), ROOT) == default


@pytest.mark.parametrize("name", SETTINGS)
def test_what_a_setting_does_is_told_in_one_place(name):
    for command in ("convert", "inspect"):
        for option in COMMANDS[command].params:
            if f"--{name}" in option.opts:
                assert option.help.removesuffix(" Repeatable.") == flag_help(name)
    assert set(DESCRIPTIONS) == set(SETTINGS)


def test_every_field_of_the_options_is_a_setting():
    told = {(setting.owner, setting.field) for setting in SETTINGS.values()}
    fields = {
        (owner, field)
        for owner in (ConvertOptions, JobOptions, Limits)
        for field in owner.__struct_fields__
    }
    assert fields - told == {(JobOptions, "limits")}
    assert told <= fields


@pytest.mark.parametrize("page", ["README.md", "examples/convert.sh"])
def test_pages_tell_of_flags_that_exist(page):
    told = set(FLAG.findall((ROOT / page).read_text()))
    assert told
    assert told - OF_OTHER_PROGRAMS <= set(OPTIONS)


def test_messages_and_docstrings_tell_of_flags_that_exist():
    unknown = []
    for path in (ROOT / "svg2pptx_batch").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                unknown += [
                    f"{path}:{node.lineno}: {flag}"
                    for flag in FLAG.findall(node.value)
                    if flag not in OPTIONS
                ]
    assert unknown == []
