"""Templates, titles, sections and sheets as users ask for them: flags, variables, files, doors."""

import json
import shutil

import pytest
from pptx import Presentation
from typer.testing import CliRunner

from svg2pptx_batch.errors import ExitCode
from tests.cli.conftest import BROKEN
from tests.support.decks import assert_opens, read_part, read_slides

SETTINGS = {
    "template": "brand.pptx",
    "layout": "Title and Content",
    "titles": "name",
    "notes": "true",
    "theme-colors": "exact",
    "sections": "folder",
}


@pytest.fixture
def brand(work):
    """A template in a folder of its own, to be named from elsewhere."""
    path = work / "brand.pptx"
    Presentation().save(str(path))
    return path


def as_flags(settings):
    flags = []
    for name, value in settings.items():
        flags += [f"--{name}"] if value == "true" else [f"--{name}", value]
    return flags


def as_variables(settings):
    return {f"SVG2PPTX_{name.upper().replace('-', '_')}": v for name, v in settings.items()}


def as_toml(settings):
    return "".join(
        f"{name} = {value if value == 'true' else json.dumps(value)}\n"
        for name, value in settings.items()
    )


@pytest.mark.parametrize("settings", [SETTINGS, {"grid": "2x2", "slide-size": "4:3"}])
def test_flags_variables_and_files_say_the_same(work, make, brand, monkeypatch, settings):
    from svg2pptx_batch.cli.app import app

    make("in/a.svg", "in/sub/b.svg")

    def convert(output, *arguments):
        result = CliRunner().invoke(app, ["convert", "-r", "in", "-o", output, *arguments])
        assert result.exit_code == 0, result.stderr
        return (work / output).read_bytes()

    (work / "decks").mkdir()
    by_flag = convert("1/deck.pptx", *as_flags(settings))
    with monkeypatch.context() as patch:
        for name, value in as_variables(settings).items():
            patch.setenv(name, value)
        by_variable = convert("2/deck.pptx")
    (work / "settings.toml").write_text(as_toml(settings))
    by_file = convert("3/deck.pptx", "--config", "settings.toml")
    assert by_flag == by_variable == by_file
    assert_opens(work / "1" / "deck.pptx")
    assert convert("4/deck.pptx", "--isolated") != by_flag


def test_paths_in_a_file_are_relative_to_it(work, make, invoke, brand):
    make("in/a.svg")
    folder = work / "conf"
    folder.mkdir()
    shutil.move(brand, folder / "brand.pptx")
    (folder / "settings.toml").write_text('append-to = "brand.pptx"\n')
    result = invoke("convert", "in", "--config", "conf/settings.toml")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.strip() == str(folder / "brand.pptx")
    assert len(read_slides(folder / "brand.pptx")) == 1
    (folder / "settings.toml").write_text('template = "brand.pptx"\n')
    result = invoke("config", "show", "--format", "json", "--config", "conf/settings.toml")
    (row,) = [row for row in json.loads(result.stdout) if row["name"] == "template"]
    assert row["layer"] == "file"
    assert invoke("convert", "in", "--config", "conf/settings.toml").exit_code == 0


def test_a_deck_is_appended_to_in_place_or_copied(work, make, invoke, brand):
    make("in/a.svg", "in/b.svg")
    before = brand.read_bytes()
    result = invoke("convert", "in", "--append-to", "brand.pptx", "-o", "new.pptx")
    assert result.exit_code == 0, result.stderr
    assert brand.read_bytes() == before
    assert result.stdout.strip() == str(work / "new.pptx")
    for _ in range(2):
        result = invoke("convert", "in", "--append-to", "brand.pptx")
        assert result.exit_code == 0, result.stderr
        assert result.stdout.strip() == str(brand)
        assert brand.read_bytes() == (work / "new.pptx").read_bytes()
    assert "2 from the cache" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--template", "brand.pptx", "--slide-size", "4:3"], "--slide-size"),
        (["--layout", "Blank"], "--template"),
        (["--grid", "2x2", "--mode", "zip"], "--mode"),
        (["--grid", "2x2", "--mode", "folder"], "--mode"),
        (["--grid", "2x2", "-o", "decks.zip"], "--mode"),
        (["--grid", "2x2", "--slide-size", "svg"], "--slide-size"),
        (["--grid", "2x2", "--slide-size", "first"], "--slide-size"),
        (["--grid", "2x2", "--slide-size", "largest"], "--slide-size"),
        (["--grid", "51x1"], "50 rows"),
        (["--append-to", "brand.pptx", "--mode", "zip"], "--append-to"),
        (["--append-to", "brand.pptx", "--mode", "folder"], "--append-to"),
        (["--append-to", "brand.pptx", "--template", "brand.pptx"], "--append-to"),
        (["--append-to", "brand.pptx", "--grid", "2x2"], "--append-to"),
        (["--append-to", "brand.pptx", "--no-overwrite"], "-o"),
        (["--append-to", "brand.pptx", "-o", "brand.pptx", "--no-overwrite"], "-o"),
        (["--append-to", "brand.pptx", "--slide-size", "svg"], "--slide-size"),
        (["--theme-colors", "101"], "0 to 100"),
        (["--template", "gone.pptx"], "gone.pptx"),
        (["--template", "brand.pptx", "--layout", "Poster"], "Title Only"),
        (["--log-file", "brand.pptx"], "--log-file"),
    ],
)
@pytest.mark.parametrize("command", ["convert", "plan"])
def test_contradictions_end_with_2_before_any_work(
    work, make, invoke, brand, command, arguments, words
):
    make("in/a.svg")
    before = brand.read_bytes()
    result = invoke(command, "in", *arguments)
    assert result.exit_code == ExitCode.USAGE, result.output
    assert words in result.stderr
    assert brand.read_bytes() == before
    assert sorted(path.name for path in work.iterdir()) == ["brand.pptx", "in"]


def test_a_plan_knows_what_is_made_already(work, make, invoke, brand):
    make("in/a.svg")
    arguments = ["in", "-o", "deck.pptx", "--template", "brand.pptx", "--layout", "title only"]
    assert "pending" in invoke("plan", *arguments).stdout
    assert invoke("convert", *arguments).exit_code == 0
    assert "cached" in invoke("plan", *arguments).stdout
    assert "pending" in invoke("plan", "in", "--grid", "2x2").stdout


def test_inspect_looks_through_the_same_template(work, make, invoke, brand):
    make(
        "a.svg",
        data=b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9" fill="#4f81be"/></svg>',
    )
    arguments = ["--template", "brand.pptx", "--layout", "title only", "--theme-colors", "2"]
    result = invoke("inspect", "a.svg", "-v", *arguments)
    assert result.exit_code == 0, result.stderr
    assert "theme-color-taken" in result.stdout
    assert "theme-color-taken" not in invoke("inspect", "a.svg", "-v").stdout
    result = invoke("inspect", "a.svg", "--template", "brand.pptx", "--layout", "Poster")
    assert result.exit_code == ExitCode.USAGE


def test_what_failed_is_tried_again_on_the_same_template(work, make, invoke, brand):
    make("in/a.svg")
    make("in/b.svg", data=BROKEN)
    arguments = ["--template", "brand.pptx", "--layout", "title only", "--notes"]
    result = invoke("convert", "in", "-o", "deck.pptx", "--format", "json", *arguments)
    assert result.exit_code == ExitCode.SOME_FAILED
    make("in/b.svg")
    result = invoke("retry", json.loads(result.stdout)["job"])
    assert result.exit_code == 0, result.stderr
    slides = Presentation(work / "deck.pptx").slides
    assert [slide.shapes.title.text for slide in slides] == ["a", "b"]
    assert all(slide.has_notes_slide for slide in slides)
    assert_opens(work / "deck.pptx")


def test_sections_of_a_sheet(work, make, invoke):
    make("in/a/1.svg", "in/b/1.svg", "in/b/2.svg")
    result = invoke("convert", "-r", "in", "--grid", "3x3", "--sections", "folder")
    assert result.exit_code == 0, result.stderr
    assert_opens(work / "in.pptx")
    assert len(read_slides(work / "in.pptx")) == 2
    xml = read_part(work / "in.pptx", "ppt/presentation.xml")
    assert [name in xml for name in (b'name="a"', b'name="b"')] == [True, True]


@pytest.mark.parametrize("name", ["drawing.svg", "icons.zip", "brand.potx", "DECK.PPTX"])
def test_a_log_is_never_appended_to_a_deck_or_drawing(work, make, invoke, name):
    make("in/a.svg")
    (work / name).write_bytes(b"precious")
    result = invoke("convert", "in", "--log-file", name)
    assert result.exit_code == ExitCode.USAGE
    assert (work / name).read_bytes() == b"precious"
