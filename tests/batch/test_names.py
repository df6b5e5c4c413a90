"""Order, uniqueness and patterns of names."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from svg2pptx_batch.batch.names import (
    NameFilter,
    UniqueNames,
    fold,
    has_magic,
    is_hidden,
    natural_key,
    translate,
)


def test_numbers_count_by_value_and_case_does_not():
    names = ["icon10.svg", "Icon2.svg", "icon1.svg", "icon02.svg", "b.svg"]
    assert sorted(names, key=natural_key) == [
        "b.svg",
        "icon1.svg",
        "Icon2.svg",
        "icon02.svg",
        "icon10.svg",
    ]


def test_a_folder_stays_together_after_the_files_beside_it():
    names = ["b/x.svg", "c.svg", "a10/x.svg", "b/a/z.svg", "a2/x.svg", "b/y.svg"]
    assert sorted(names, key=natural_key) == [
        "c.svg",
        "a2/x.svg",
        "a10/x.svg",
        "b/x.svg",
        "b/y.svg",
        "b/a/z.svg",
    ]


def test_digits_beyond_what_python_turns_into_a_number_are_compared():
    assert natural_key("1" * 9000 + ".svg") < natural_key("2" * 9000 + ".svg")


@given(st.lists(st.text(alphabet="aB1９é/0. ", min_size=1, max_size=8)))
@example(["0", "/0", "a/0", "a//0"])
def test_every_two_names_compare(names):
    ordered = sorted(names, key=natural_key)
    shuffled = ordered[1::2] + ordered[::2]
    assert sorted(shuffled, key=natural_key) == ordered


@given(st.lists(st.sampled_from(["a.svg", "A.svg", "a (2).svg", "é.svg", "e\u0301.svg", "b", "B"])))
def test_claimed_names_never_collide(wishes):
    unique = UniqueNames()
    claimed = [unique.claim(wish) for wish in wishes]
    assert len({fold(name) for name in claimed}) == len(wishes)


def test_the_number_of_a_twin_stands_before_the_extension():
    unique = UniqueNames()
    wishes = ["x/a.svg", "x/A.svg", "x/a.svg", "noext", "NOEXT", ".svg", ".svg"]
    assert [unique.claim(wish) for wish in wishes] == [
        "x/a.svg",
        "x/A (2).svg",
        "x/a (3).svg",
        "noext",
        "NOEXT (2)",
        ".svg",
        ".svg (2)",
    ]


def test_composed_and_decomposed_letters_are_one_name():
    assert fold(unicodedata.normalize("NFD", "Größe")) == fold("GRÖSSE")


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("*.svg", "a.svg", True),
        ("*.svg", "sub/a.svg", False),
        ("**/*.svg", "a.svg", True),
        ("**/*.svg", "x/y/a.svg", True),
        ("x/**", "x/y/a.svg", True),
        ("x/**/a.svg", "x/a.svg", True),
        ("icon?.svg", "icon1.svg", True),
        ("icon?.svg", "icon/.svg", False),
        ("[ab].svg", "b.svg", True),
        ("[!ab].svg", "b.svg", False),
        ("[!ab].svg", "/.svg", False),
        ("[a-c]1.SVG", "b1.svg", True),
        ("[", "[", True),
        ("[^a].svg", "^.svg", True),
        ("[]].svg", "].svg", True),
        ("a.svg", "axsvg", False),
    ],
)
def test_patterns(pattern, name, matches):
    assert (translate(pattern).fullmatch(name) is not None) is matches


@pytest.mark.parametrize(
    ("include", "exclude", "name", "taken"),
    [
        ((), (), "any/thing.svg", True),
        (("*.svg",), (), "deep/down/a.svg", True),
        (("b*",), (), "deep/a.svg", False),
        (("icons",), (), "icons/sub/a.svg", True),
        (("icons",), (), "my-icons/a.svg", False),
        (("icons/*.svg",), (), "icons/a.svg", True),
        (("icons/*.svg",), (), "x/icons/a.svg", False),
        (("./icons/",), (), "icons/a.svg", True),
        ((), ("drafts",), "x/drafts/a.svg", False),
        ((), ("x/drafts",), "x/drafts/y/a.svg", False),
        ((), ("*-OLD.svg",), "logo-old.svg", False),
        (("*.svg",), ("a*",), "a.svg", False),
    ],
)
def test_include_and_exclude(include, exclude, name, taken):
    assert NameFilter(include, exclude).takes(name) is taken


def test_what_is_hidden_and_what_is_a_pattern():
    assert is_hidden("a/.git/x.svg")
    assert is_hidden("__MACOSX/a.svg")
    assert not is_hidden("./a/../b.svg")
    assert has_magic("a*.svg")
    assert not has_magic("a(1).svg")
