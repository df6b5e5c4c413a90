"""The published schemas: they follow from the code, and what is written conforms to them.

`python -m pytest --update-schemas tests/schemas` writes them anew; then read the difference.
"""

import json
import math
import tomllib
from importlib import resources

import pytest
from jsonschema import Draft202012Validator

from svg2pptx_batch.config import SETTINGS, Number, load
from svg2pptx_batch.config_view import default_file
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.schemas import read_schema
from tests.support.schemas import RECORDS, generated

FOLDER = resources.files("svg2pptx_batch.schemas")
NAMES = ["settings", *RECORDS]


@pytest.fixture
def settings():
    return Draft202012Validator(json.loads(read_schema("settings")))


@pytest.mark.parametrize("name", NAMES)
def test_the_published_schema_is_that_of_the_code(name, update_schemas):
    if update_schemas:
        FOLDER.joinpath(f"{name}.json").write_text(generated(name), "utf-8")
    assert read_schema(name) == generated(name)
    Draft202012Validator.check_schema(json.loads(read_schema(name)))


def test_there_is_no_other_schema():
    assert {file.name for file in FOLDER.iterdir() if file.name.endswith(".json")} == {
        f"{name}.json" for name in NAMES
    }


@pytest.mark.parametrize("name", RECORDS)
def test_every_field_is_described_and_more_may_come(name):
    for title, record in json.loads(read_schema(name))["$defs"].items():
        assert record["description"], title
        assert record.get("additionalProperties", True) is True
        for field, schema in record.get("properties", {}).items():
            told = schema.get("description") or f"`{field}`" in record["description"]
            assert told, f"{title}.{field}"


def test_the_file_of_defaults_conforms_and_changes_nothing(settings, tmp_path):
    text = default_file()
    assert tomllib.loads(text) == {}
    everything = "\n".join(
        line.removeprefix("#") if line.startswith("#") and line[1] != " " else line
        for line in text.splitlines()
    )
    values = tomllib.loads(everything)
    assert set(values) == set(SETTINGS)
    settings.validate(values)
    file = tmp_path / "all.toml"
    file.write_text(everything, "utf-8")
    loaded, defaults = load(config_file=file, environ={}), load(isolated=True)
    assert (loaded.convert, loaded.job) == (defaults.convert, defaults.job)


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("fit", "cover", True),
        ("fit", "contian", False),
        ("margin", "0.5in", True),
        ("margin", 4.5, True),
        ("margin", "4em", False),
        ("margin", -1, False),
        ("timeout", "1.5m", True),
        ("timeout", "soon", False),
        ("memory-per-file", "2gIb", True),
        ("memory-per-file", "lots", False),
        ("jobs", "auto", True),
        ("jobs", 4, True),
        ("jobs", 0, False),
        ("jobs", "many", False),
        ("retries", 3, False),
        ("fallback-dpi", 23, False),
        ("overwrite", True, True),
        ("overwrite", "perhaps", False),
        ("languages", ["de", "en"], True),
        ("languages", 5, False),
        ("slide-size", 5, False),
        ("slidesize", "4:3", False),
    ],
)
def test_schema_and_program_agree(settings, name, value, right):
    assert settings.is_valid({name: value}) is right
    if right:
        load({name: value}, isolated=True)
    else:
        with pytest.raises(UsageError):
            load({name: value}, isolated=True)


@pytest.mark.parametrize(
    "name", [name for name, setting in SETTINGS.items() if isinstance(setting.parse, Number)]
)
def test_ranges_are_those_of_the_program(settings, name):
    least, most = SETTINGS[name].parse.range
    cases = [(least, True), (least - 1, False), (most, True), (most + 1, False)]
    for value, right in cases if most < math.inf else cases[:2]:
        assert settings.is_valid({name: value}) is right
        try:
            load({name: value}, isolated=True)
        except UsageError:
            assert not right
        else:
            assert right
