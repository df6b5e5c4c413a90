"""`keys` as operators meet it: made once, told never again, revoked."""

import json
import os
import stat

import pytest

from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.server.keys import KeyFile


@pytest.fixture
def file(tmp_path):
    return KeyFile(tmp_path / "keys.json")


def test_a_key_is_found_until_it_is_revoked(file):
    text, key = file.create("portal")
    other, _ = file.create("intern")
    assert file.find(text) == key
    assert file.find(other).name == "intern"
    assert file.find(text[:-1]) is None
    assert file.find(key.sha256) is None
    assert file.find("\udcff") is None
    assert file.revoke(key.prefix) == key
    assert file.find(text) is None
    assert [kept.name for kept in file.all()] == ["intern"]


def test_only_a_hash_is_kept_and_others_cannot_read_it(file, tmp_path):
    text, _ = file.create("portal")
    path = tmp_path / "keys.json"
    assert text not in path.read_text()
    assert len(text) > 40
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_process_is_heard_of(file, tmp_path):
    assert file.all() == ()
    text, _ = KeyFile(tmp_path / "keys.json").create("portal")
    assert file.find(text)
    KeyFile(tmp_path / "keys.json").revoke("portal")
    assert file.find(text) is None


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_names_that_are_none(file, name):
    with pytest.raises(UsageError):
        file.create(name)


def test_a_broken_file_lets_nobody_in(file, tmp_path):
    (tmp_path / "keys.json").write_text("[{]")
    with pytest.raises(UsageError, match="cannot be read"):
        file.find("x")


def test_the_commands(invoke):
    made = invoke("keys", "create", "portal")
    assert made.exit_code == 0
    text = made.stdout.strip()
    assert KeyFile().find(text).name == "portal"
    listed = invoke("keys", "list").stdout
    assert "portal" in listed
    assert text not in listed
    (told,) = json.loads(invoke("keys", "list", "--format", "json").stdout)
    assert sorted(told) == ["created", "name", "prefix"]
    assert invoke("keys", "create", "portal").exit_code == 2
    assert invoke("keys", "revoke", "nobody").exit_code == 2
    assert invoke("keys", "revoke", told["prefix"]).exit_code == 0
    assert invoke("keys", "list").stdout == ""
