"""Where the result goes and what decks are called."""

from __future__ import annotations

import pytest

from svg2pptx_batch.batch.outputs import (
    check_decks,
    check_output,
    check_template,
    deck_names,
    mode_for,
)
from svg2pptx_batch.errors import OutputError, UsageError
from svg2pptx_batch.options import OutputMode


@pytest.mark.parametrize(
    ("output", "mode"),
    [
        ("a/deck.pptx", OutputMode.MERGED),
        ("DECK.PPTX", OutputMode.MERGED),
        ("out.zip", OutputMode.ZIP),
        ("out/", OutputMode.FOLDER),
        ("out", OutputMode.FOLDER),
    ],
)
def test_the_name_tells_the_mode(output, mode):
    assert mode_for(output) is mode


def test_an_existing_folder_is_one_even_with_a_suffix(tmp_path):
    (tmp_path / "v1.2").mkdir()
    assert mode_for(str(tmp_path / "v1.2")) is OutputMode.FOLDER


def test_what_was_asked_for_stands():
    assert mode_for("x.bundle", OutputMode.ZIP) is OutputMode.ZIP


def test_a_name_that_tells_nothing_is_refused():
    with pytest.raises(UsageError):
        mode_for("deck.odp")


def test_deck_names_keep_the_tree_and_never_collide():
    names = deck_names(["a/x.svg", "a/x.svgz", "A/X.svg", "b/x.svg"], "{stem}")
    assert names == ["a/x.pptx", "a/x (2).pptx", "A/X (3).pptx", "b/x.pptx"]


def test_template_fields():
    names = deck_names(["ui/arrow.svg", "ui/bell.svg"], "{index}-{parent}-{stem}")
    assert names == ["ui/1-ui-arrow.pptx", "ui/2-ui-bell.pptx"]


def test_a_template_without_the_stem_still_gives_different_names():
    assert deck_names(["a.svg", "b.svg"], "icon") == ["icon.pptx", "icon (2).pptx"]


def test_names_no_system_takes_are_made_safe():
    names = deck_names(["aux/a:b?.svg", "con.svg", "dots. .svg"], "{stem}")
    assert names == ["_aux/a_b_.pptx", "_con.pptx", "dots.pptx"]


@pytest.mark.parametrize(
    ("name", "deck"),
    [
        ("nul .x.svg", "_nul .x.pptx"),
        ("COM¹.svg", "_COM¹.pptx"),
        ("conin$.svg", "_conin$.pptx"),
        ("console.svg", "console.pptx"),
        ("a\x9bb\x7fc\u202ed.svg", "a_b_c_d.pptx"),
        (f"{'x' * 199} y.svg", f"{'x' * 199}.pptx"),
        (f"{'😀' * 62}.svg", f"{'😀' * 60}.pptx"),
        (f"{'😀' * 62}/a.svg", f"{'😀' * 60}/a.pptx"),
    ],
)
def test_names_of_decks_fit_every_system(name, deck):
    assert deck_names([name], "{stem}") == [deck]


def test_long_names_that_are_cut_alike_are_told_apart():
    names = deck_names([f"{'é' * 130}{end}.svg" for end in "abc"], "{stem}")
    assert len(set(names)) == 3
    assert all(len(name.encode()) <= 255 for name in names)


@pytest.mark.parametrize("template", ["", "{name}", "x/{stem}", "..\\{stem}"])
def test_templates_that_are_refused(template):
    with pytest.raises(UsageError):
        check_template(template)


def test_folders_above_the_output_are_made(tmp_path):
    check_output(tmp_path / "a" / "b" / "deck.pptx", OutputMode.MERGED, overwrite=True)
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_file_in_the_way_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError):
        check_output(tmp_path / "file" / "deck.pptx", OutputMode.MERGED, overwrite=True)


def test_a_folder_in_place_of_the_deck(tmp_path):
    with pytest.raises(OutputError, match="folder"):
        check_output(tmp_path, OutputMode.MERGED, overwrite=True)


def test_overwriting_has_to_be_allowed(tmp_path):
    (tmp_path / "deck.pptx").write_text("x")
    check_output(tmp_path / "deck.pptx", OutputMode.MERGED, overwrite=True)
    with pytest.raises(OutputError, match="exists"):
        check_output(tmp_path / "deck.pptx", OutputMode.MERGED, overwrite=False)
    with pytest.raises(OutputError, match="exists"):
        check_decks(tmp_path, ["new.pptx", "deck.pptx"], overwrite=False)
