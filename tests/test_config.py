"""Settings: precedence, the grammar of values, and messages that name the mistake."""

import os
from types import SimpleNamespace

import pytest

from svg2pptx_batch.config import SETTINGS, Layer, Origin, load
from svg2pptx_batch.config_files import settings_files
from svg2pptx_batch.config_view import rows
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import ConvertOptions, FitMode, JobOptions, OutputMode, TextMode


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A project folder and a user's folder for settings; the project's sub-folder is current."""
    user = tmp_path / "user"
    project = tmp_path / "project"
    (project / "sub").mkdir(parents=True)
    monkeypatch.setattr("platformdirs.user_config_path", lambda *args, **kwargs: user)
    monkeypatch.chdir(project / "sub")

    def write_user(text):
        user.mkdir(exist_ok=True)
        (user / "config.toml").write_text(text)

    def write_project(text, name="svg2pptx-batch.toml"):
        (project / name).write_text(text)

    return SimpleNamespace(folder=project, user=write_user, project=write_project)


def test_without_settings_the_defaults_hold(files):
    settings = load(environ={})
    assert settings.convert == ConvertOptions()
    assert settings.job == JobOptions()
    assert settings.origins == {}


def test_each_layer_goes_before_the_next(files):
    files.user('fit = "cover"\nmargin = 4\ntext = "outline"\ntimeout = "5s"')
    files.project('fit = "stretch"\nmargin = "1in"\ntext = "editable"')
    environ = {"SVG2PPTX_FIT": "actual", "SVG2PPTX_MARGIN": "2px", "PATH": "/"}
    settings = load({"fit": FitMode.CONTAIN, "text": None}, environ=environ)
    assert settings.convert.fit is FitMode.CONTAIN
    assert settings.convert.margin == 2
    assert settings.convert.text is TextMode.EDITABLE
    assert settings.job.timeout_s == 5
    assert settings.origins == {
        "fit": Origin(Layer.FLAG, "--fit"),
        "margin": Origin(Layer.VARIABLE, "SVG2PPTX_MARGIN"),
        "text": Origin(Layer.FILE, str(files.folder / "svg2pptx-batch.toml")),
        "timeout": Origin(Layer.FILE, str(files.folder.parent / "user/config.toml")),
    }


def test_isolated_leaves_only_the_flags(files):
    files.project('fit = "stretch"')
    settings = load({"margin": "3"}, isolated=True, environ={"SVG2PPTX_TEXT": "outline"})
    assert settings.convert == ConvertOptions(margin=3)


def test_a_file_named_replaces_project_and_user(files):
    files.user("margin = 4")
    files.project('fit = "stretch"')
    (files.folder / "own.toml").write_text('text = "outline"')
    settings = load(config_file=files.folder / "own.toml", environ={})
    assert settings.convert == ConvertOptions(text=TextMode.OUTLINE)


def test_a_table_in_pyproject_counts_and_other_pyprojects_do_not(files):
    files.project('[tool.svg2pptx-batch]\nmode = "zip"\nmax-files = 7', "pyproject.toml")
    (files.folder / "sub/pyproject.toml").write_text("[tool.ruff]\n")
    settings = load(environ={})
    assert settings.job.mode is OutputMode.ZIP
    assert settings.job.limits.max_files == 7


def test_its_own_file_goes_before_pyproject(files):
    files.project("[tool.svg2pptx-batch]\nmargin = 1", "pyproject.toml")
    files.project("margin = 2")
    assert load(environ={}).convert.margin == 2


def test_folders_start_where_the_file_is(files):
    (files.folder / "fonts").mkdir()
    files.project('font-dir = ["fonts"]\nresource-root = "."')
    settings = load(environ={})
    assert settings.convert.font_dirs == (str(files.folder / "fonts"),)
    assert settings.convert.resource_root == str(files.folder)


def test_folders_of_the_command_line_start_at_the_current_one(files):
    (files.folder / "sub/fonts").mkdir()
    expected = (str(files.folder / "sub/fonts"), str(files.folder))
    assert load({"font-dir": ["fonts", ".."]}, environ={}).convert.font_dirs == expected
    environ = {"SVG2PPTX_FONT_DIR": os.pathsep.join(["fonts", ".."])}
    assert load(environ=environ).convert.font_dirs == expected


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("margin", "1in", 96),
        ("margin", "25.4mm", pytest.approx(96)),
        ("margin", "72pt", pytest.approx(96)),
        ("margin", " .5 in ", 48),
        ("timeout", "90", 90),
        ("timeout", "0", 0),
        ("timeout", "1.5m", 90),
        ("timeout", "500ms", 0.5),
        ("max-file-size", "64MiB", 64 * 2**20),
        ("max-file-size", "1kB", 1000),
        ("max-total-size", "2g", 2 * 2**30),
        ("max-file-size", "1.5k", 1536),
        ("memory-per-file", "0", 0),
        ("jobs", "auto", 0),
        ("jobs", "3", 3),
        ("jobs", 3, 3),
        ("retries", "0", 0),
        ("overwrite", "no", False),
        ("overwrite", True, True),
        ("system-fonts", "off", False),
        ("languages", "de, en", ("de", "en")),
        ("languages", ["de"], ("de",)),
        ("max-archive-ratio", "99.5", 99.5),
        ("fallback-dpi", "300", 300),
        ("name-template", "{index}-{stem}", "{index}-{stem}"),
    ],
)
def test_values(name, text, value):
    settings = load({name: text}, isolated=True)
    owner = settings.convert if hasattr(settings.convert, SETTINGS[name].field) else settings.job
    if not hasattr(owner, SETTINGS[name].field):
        owner = settings.job.limits
    assert getattr(owner, SETTINGS[name].field) == value


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("fit", "contian", "did you mean contain?"),
        ("fit", "zzz", "none of contain, cover, stretch, actual"),
        ("margin", "-1", "out of range: 0 or more"),
        ("margin", "2em", "units px"),
        ("margin", "wide", "not a number"),
        ("margin", True, "not a number"),
        ("timeout", "-1s", "out of range"),
        ("retries", "3", "out of range: 0 to 2"),
        ("retries", "1.5", "not a whole number"),
        ("jobs", "0", "out of range"),
        ("max-failures", "9" * 400, "out of range"),
        ("jobs", "many", "not a number"),
        ("fallback-dpi", "5000", "24 to 1200"),
        ("max-file-size", "lots", "not a number"),
        ("overwrite", "perhaps", "neither true nor false"),
        ("slide-size", 5, "not a text"),
        ("font-dir", ["nowhere"], "nowhere is not a folder"),
        ("languages", 5, "not a list"),
    ],
)
def test_wrong_values_name_the_setting_and_the_value(files, name, text, message):
    with pytest.raises(UsageError, match=message) as caught:
        load({name: text}, environ={})
    assert caught.value.message.startswith(f"--{name}: ")
    assert caught.value.exit_code == 2


def test_a_wrong_key_names_the_nearest_right_one(files):
    files.project('slidesize = "4:3"')
    with pytest.raises(UsageError, match="slidesize") as caught:
        load(environ={})
    assert caught.value.remedy == "Did you mean slide-size?"
    with pytest.raises(UsageError, match="SVG2PPTX_TIMEOUTS") as caught:
        load(environ={"SVG2PPTX_TIMEOUTS": "1"}, config_file=None, folder=files.folder.parent)
    assert caught.value.remedy == "Did you mean timeout?"
    files.project("qqqq = 1")
    with pytest.raises(UsageError) as caught:
        load(environ={})
    assert "slide-size" in caught.value.remedy


def test_a_wrong_value_in_a_file_is_told_with_file_and_key(files):
    files.project("slide_size = 5")
    with pytest.raises(UsageError, match=r"svg2pptx-batch\.toml: slide_size: 5 is not a text"):
        load(environ={})


def test_the_files_are_told_whether_they_are_there_or_not(files):
    user = files.folder.parent / "user/config.toml"
    here = files.folder / "sub/svg2pptx-batch.toml"
    assert settings_files() == (("user", user, False), ("project", here, False))
    files.user("margin = 4")
    files.project("[tool.svg2pptx-batch]", "pyproject.toml")
    project = files.folder / "pyproject.toml"
    assert settings_files() == (("user", user, True), ("project", project, True))
    assert settings_files(isolated=True) == ()
    assert settings_files(here, isolated=True) == (("config", here, False),)


def test_values_are_told_as_a_file_would_say_them():
    flags = {
        "margin": "0.1in",
        "jobs": "auto",
        "timeout": "1m",
        "max-file-size": 1000,
        "max-total-size": "3072k",
        "memory-per-file": 0,
        "languages": "de,en",
        "overwrite": "no",
        "max-archive-ratio": 99.5,
    }
    settings = load(flags, isolated=True)
    told = {row.name: row.value for row in rows(settings)}
    assert {name: told[name] for name in flags} == {
        "margin": "9.600000000000001px",
        "jobs": "auto",
        "timeout": "60s",
        "max-file-size": 1000,
        "max-total-size": "3MiB",
        "memory-per-file": 0,
        "languages": ["de", "en"],
        "overwrite": False,
        "max-archive-ratio": 99.5,
    }
    assert load(told, isolated=True)[:2] == settings[:2]


def test_variables_that_place_folders_are_no_settings(files):
    environ = {"SVG2PPTX_STATE_DIR": "/x", "SVG2PPTX_CACHE_DIR": "/y"}
    assert load(environ=environ).origins == {}


@pytest.mark.parametrize(
    "text", ["fit = ", 'fit = "\xff', "[tool]\nsvg2pptx-batch = 5", "tool = 5"]
)
def test_files_that_cannot_be_understood(files, text):
    path = files.folder / "pyproject.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match="pyproject"):
        load(environ={})


def test_a_file_named_that_is_not_there(files):
    with pytest.raises(UsageError, match=r"gone\.toml"):
        load(config_file=files.folder / "gone.toml")


def test_an_underscore_in_a_key_is_a_hyphen(files):
    files.project('slide_size = "4:3"')
    assert load(environ={}).convert.slide_size == "4:3"


def test_every_setting_fills_a_field_of_its_struct():
    for setting in SETTINGS.values():
        assert setting.field in setting.owner.__struct_fields__
