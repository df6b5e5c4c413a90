"""Where the result goes and what decks are called."""

from __future__ import annotations

import hashlib
import re

import pytest

from svg2pptx_batch.batch.outputs import (
    Origin,
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


def names_of(names, template, titles=()):
    """Name decks as their drawings come; of titles the first belong to the first drawings."""
    titles = dict(enumerate(titles))
    origins = [
        Origin(place, name, hashlib.sha256(name.encode()).hexdigest(), titles.get(place, ""))
        for place, name in enumerate(names)
    ]
    decks = deck_names(origins, template, len(names))
    assert [deck.renamed for deck in decks.values()] == [
        bool(re.search(r" \(\d+\)\.pptx$", deck.name)) for deck in decks.values()
    ]
    return [decks[place].name for place in range(len(names))]


def test_deck_names_keep_the_tree_and_never_collide():
    names = names_of(["a/x.svg", "a/x.svgz", "A/X.svg", "b/x.svg"], "{stem}")
    assert names == ["a/x.pptx", "a/x (2).pptx", "A/X (3).pptx", "b/x.pptx"]


def test_template_fields():
    names = names_of(["ui/arrow.svg", "ui/bell.svg"], "{index}-{folder}-{stem}")
    assert names == ["ui/1-ui-arrow.pptx", "ui/2-ui-bell.pptx"]


def test_a_title_stands_in_for_the_stem():
    names = names_of(["ui/a.svg", "ui/b.svg", "c.svg"], "{title}", ["Go back", "Go back"])
    assert names == ["ui/Go back.pptx", "ui/Go back (2).pptx", "c.pptx"]


def test_the_hash_tells_versions_apart():
    first, second = names_of(["a.svg", "b.svg"], "icon-{hash}")
    digest = hashlib.sha256(b"a.svg").hexdigest()
    assert first == f"icon-{digest[:12]}.pptx" != second


@pytest.mark.parametrize(
    ("title", "deck"),
    [
        ("../../etc/passwd", ".._.._etc_passwd.pptx"),
        ("a/b\\c:d", "a_b_c_d.pptx"),
        ("{hash} {index} {", "{hash} {index} {.pptx"),
        ("..", "_.pptx"),
        ("AUX", "_AUX.pptx"),
        ("tab\tline\nend\u202egnp", "tab_line_end_gnp.pptx"),
        ("x" * 5000, f"{'x' * 200}.pptx"),
    ],
)
def test_a_title_is_never_a_folder_nor_a_field(title, deck):
    assert names_of(["a.svg"], "{title}", [title]) == [deck]


def test_the_number_of_digits_is_that_of_the_whole_plan():
    decks = deck_names([Origin(4, "a.svg")], "{index}", 1000)
    assert decks[4].name == "0005.pptx"


def test_a_deck_never_has_the_name_of_a_folder():
    names = names_of(["a.pptx/b.svg", "a.svg", "A.svg"], "{stem}")
    assert names == ["a.pptx/b.pptx", "a (2).pptx", "A (3).pptx"]


def test_the_old_name_of_a_field_is_answered_with_the_new_one():
    with pytest.raises(UsageError) as caught:
        check_template("{parent}-{stem}")
    assert "{folder}" in caught.value.remedy


def test_a_template_without_the_stem_still_gives_different_names():
    assert names_of(["a.svg", "b.svg"], "icon") == ["icon.pptx", "icon (2).pptx"]


def test_names_no_system_takes_are_made_safe():
    names = names_of(["aux/a:b?.svg", "con.svg", "dots. .svg"], "{stem}")
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
    assert names_of([name], "{stem}") == [deck]


def test_long_names_that_are_cut_alike_are_told_apart():
    names = names_of([f"{'é' * 130}{end}.svg" for end in "abc"], "{stem}")
    assert len(set(names)) == 3
    assert all(len(name.encode()) <= 255 for name in names)


@pytest.mark.parametrize("template", ["", "{name}", "{Stem}", "x/{stem}", "..\\{stem}"])
def test_templates_that_are_refused(template):
    with pytest.raises(UsageError):
        check_template(template)


def test_folders_above_the_output_are_made(tmp_path):
    check_output(str(tmp_path / "a" / "b" / "deck.pptx"), OutputMode.MERGED, overwrite=True)
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_file_in_the_way_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError):
        check_output(str(tmp_path / "file" / "deck.pptx"), OutputMode.MERGED, overwrite=True)


def test_a_folder_in_place_of_the_deck(tmp_path):
    with pytest.raises(OutputError, match="folder"):
        check_output(str(tmp_path), OutputMode.MERGED, overwrite=True)


def test_overwriting_has_to_be_allowed(tmp_path):
    (tmp_path / "deck.pptx").write_text("x")
    check_output(str(tmp_path / "deck.pptx"), OutputMode.MERGED, overwrite=True)
    with pytest.raises(OutputError, match="exists"):
        check_output(str(tmp_path / "deck.pptx"), OutputMode.MERGED, overwrite=False)
    with pytest.raises(OutputError, match="exists"):
        check_decks(str(tmp_path), ["new.pptx", "deck.pptx"])
