"""`config` as users meet it: what holds, where it comes from, a file to change it."""

import json

import pytest
from jsonschema import Draft202012Validator

from svg2pptx_batch.config import SETTINGS
from svg2pptx_batch.schemas import read_schema


def shown(invoke, *arguments):
    """Return the settings that `config show` lists, by name."""
    result = invoke("config", "show", "--format", "json", *arguments)
    assert result.exit_code == 0, result.stderr
    return {row["name"]: row for row in json.loads(result.stdout)}


def test_every_setting_is_shown_with_the_place_it_came_from(invoke, work, monkeypatch):
    file = work / "svg2pptx-batch.toml"
    file.write_text('fit = "cover"\nmargin = "1in"\nmax-files = 7')
    monkeypatch.setenv("SVG2PPTX_MARGIN", "2px")
    rows = shown(invoke, "--margin", "3px", "in.svg", "-j", "2", "--strict", "--font-dir", work)
    assert set(rows) == set(SETTINGS)
    told = {name: (row["value"], row["layer"], row["where"]) for name, row in rows.items()}
    assert told["fit"] == ("cover", "file", str(file))
    assert told["margin"] == ("3px", "flag", "--margin")
    assert told["jobs"] == (2, "flag", "--jobs")
    assert told["fail-on"] == ("approximated", "flag", "--fail-on")
    assert told["font-dir"] == ([str(work)], "flag", "--font-dir")
    assert told["timeout"] == ("60s", "default", "")
    assert shown(invoke)["margin"]["where"] == "SVG2PPTX_MARGIN"
    isolated = shown(invoke, "--isolated")
    assert {row["layer"] for row in isolated.values()} == {"default"}
    other = work / "other.toml"
    other.write_text("margin = 5")
    rows = shown(invoke, "--config", other, "--isolated")
    assert (rows["margin"]["where"], rows["fit"]["layer"]) == (str(other), "default")


def test_the_table_for_people(invoke, work):
    (work / "svg2pptx-batch.toml").write_text('languages = ["de", "en"]\noverwrite = false')
    lines = invoke("config", "show").stdout.splitlines()
    assert lines[0].split() == ["SETTING", "VALUE", "FROM"]
    table = {line.split("  ")[0]: " ".join(line.split()[1:]) for line in lines[1:]}
    assert table["fit"] == "contain default"
    assert table["languages"] == f"de, en {work / 'svg2pptx-batch.toml'}"
    assert table["overwrite"].startswith("false ")


@pytest.mark.parametrize(
    ("text", "variable", "arguments", "words"),
    [
        ("slidesize = 1", None, [], ["slidesize", "Did you mean slide-size?"]),
        ("", "SVG2PPTX_TIMEOUTS", [], ["SVG2PPTX_TIMEOUTS", "Did you mean timeout?"]),
        ("", None, ["--margin", "3em"], ["--margin", "3em"]),
        ("", None, ["--nonsense"], ["No such option", "--nonsense"]),
        ("", None, ["--strict", "--fail-on", "dropped"], ["contradict"]),
        ("", None, ["--config", "gone.toml"], ["gone.toml"]),
    ],
)
def test_what_is_wrong_is_named(invoke, work, monkeypatch, *, text, variable, arguments, words):
    (work / "svg2pptx-batch.toml").write_text(text)
    if variable:
        monkeypatch.setenv(variable, "1")
    result = invoke("config", "show", *arguments)
    assert result.exit_code == 2
    for word in words:
        assert word in result.stderr


def test_the_files_that_are_read(invoke, work, tmp_path):
    files = json.loads(invoke("config", "path", "--format", "json").stdout)
    assert [(file["role"], file["found"]) for file in files] == [
        ("user", False),
        ("project", False),
    ]
    (work / "svg2pptx-batch.toml").write_text("")
    lines = invoke("config", "path").stdout.splitlines()
    assert lines[0].startswith("user") and lines[0].endswith("config.toml (not there)")
    assert lines[1].split() == ["project", str(work / "svg2pptx-batch.toml")]
    result = invoke("config", "path", "--isolated")
    assert (result.stdout, result.stderr) == ("", "No file is read.\n")
    named = invoke("config", "path", "--config", "own.toml").stdout
    assert named == "config   own.toml (not there)\n"


def test_schemas_are_printed(invoke):
    for name in ("settings", "status", "events", "report", "inspection", "health"):
        printed = invoke("config", "schema", name).stdout
        assert printed == read_schema(name)
        Draft202012Validator.check_schema(json.loads(printed))
    assert invoke("config", "schema").stdout == read_schema("settings")
    assert invoke("config", "schema", "nonsense").exit_code == 2


def test_a_settings_file_is_begun_and_never_overwritten_unasked(invoke, work):
    file = work / "svg2pptx-batch.toml"
    assert invoke("config", "init").stdout == "svg2pptx-batch.toml\n"
    written = file.read_text("utf-8")
    assert "#max-file-size = " in written
    assert {row["layer"] for row in shown(invoke).values()} == {"default"}
    file.write_text(written.replace("#retries = 2", "retries = 0"), "utf-8")
    assert shown(invoke)["retries"]["where"] == str(file)
    result = invoke("config", "init")
    assert result.exit_code == 4
    assert "exists already" in result.stderr and "--overwrite" in result.stderr
    assert "\nretries = 0" in file.read_text("utf-8")
    assert invoke("config", "init", "--overwrite").exit_code == 0
    assert file.read_text("utf-8") == written
    assert invoke("config", "init", "gone/s.toml").exit_code == 4
