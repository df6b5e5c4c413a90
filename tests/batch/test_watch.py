"""Watching, told moment by moment: what matters, and when it has come to rest."""

from pathlib import Path

import pytest

from svg2pptx_batch.batch.watch import GONE, Burst, Interest, Look

ROOT = Path("/w/icons")
A, B = ROOT / "a.svg", ROOT / "b.svg"
OLD, NEW = Look(10, 1, "old"), Look(20, 2, "new")


@pytest.mark.parametrize(
    ("name", "matters"),
    [
        ("a.svg", True),
        ("sub/b.SVGZ", True),
        ("sub", True),
        ("img/photo.png", True),
        ("styles.css", True),
        ("no suffix", True),
        (".a.svg.swp", False),
        (".git/index.svg", False),
        ("__MACOSX/a.svg", False),
        ("a.svg~", False),
        ("#a.svg#", False),
        ("a.svg.tmp", False),
        ("a.svg.crdownload", False),
        ("~$deck.pptx", False),
        ("other.pptx", False),
        ("out/a.svg", False),
        ("status.json", False),
    ],
)
def test_what_matters(name, matters):
    interest = Interest([ROOT], [ROOT / "out", ROOT / "status.json"])
    assert interest.has(ROOT / name) is matters


def test_what_is_not_watched_does_not_matter():
    interest = Interest([ROOT])
    assert interest.has(ROOT)
    for path in ("/w/a.svg", "/w/icons2/a.svg", "/a.svg"):
        assert not interest.has(Path(path))


def test_a_folder_below_hidden_ones_can_be_watched():
    assert Interest([Path("/home/.cache/icons")]).has(Path("/home/.cache/icons/a.svg"))
    assert Interest([A]).has(A)
    assert not Interest([A]).has(B)


@pytest.fixture
def burst():
    return Burst(settle_s=1.0, longest_s=10.0)


def look(burst, now, looks):
    """Look at what is due; return whether the burst is over."""
    for path in burst.to_look_at(now):
        burst.saw(path, looks[path], now)
    return burst.is_over(now)


def test_nothing_is_over_before_it_has_begun(burst):
    assert not burst.is_over(100.0)
    assert burst.take() == []


def test_a_file_is_taken_once_it_has_stayed_the_same(burst):
    burst.note(A, 100.0)
    assert not look(burst, 100.0, {A: NEW})
    assert not look(burst, 100.9, {A: NEW})
    assert look(burst, 101.0, {A: NEW})
    assert burst.take() == [A]
    assert not burst.is_over(200.0)


def test_a_file_that_is_being_written_is_waited_for(burst):
    burst.note(A, 100.0)
    for step in range(6):
        assert not look(burst, 100.0 + step, {A: Look(step, step, str(step))})
    assert not look(burst, 105.9, {A: Look(5, 5, "5")})
    assert look(burst, 106.0, {A: Look(5, 5, "5")})
    assert burst.take() == [A]


def test_the_same_size_and_time_do_not_make_it_the_same(burst):
    burst.note(A, 100.0)
    assert not look(burst, 100.0, {A: Look(10, 1, "half")})
    assert not look(burst, 101.0, {A: Look(10, 1, "whole")})
    assert look(burst, 102.0, {A: Look(10, 1, "whole")})


def test_one_look_is_never_enough_however_late_it_comes(burst):
    burst.note(A, 100.0)
    assert not look(burst, 105.0, {A: NEW})
    assert look(burst, 106.0, {A: NEW})


def test_news_of_a_file_begin_its_rest_anew(burst):
    burst.note(A, 100.0)
    assert not look(burst, 100.0, {A: NEW})
    burst.note(A, 100.8)
    assert not look(burst, 101.5, {A: NEW})
    assert look(burst, 101.8, {A: NEW})


def test_changes_that_come_together_are_taken_together(burst):
    looks = {A: NEW, B: GONE}
    burst.note(B, 100.0)
    assert not look(burst, 100.0, looks)
    burst.note(A, 100.5)
    assert not look(burst, 100.5, looks)
    assert not look(burst, 101.0, looks)
    assert not look(burst, 101.4, looks)
    assert look(burst, 101.5, looks)
    assert burst.take() == [A, B]


def test_what_never_rests_is_taken_in_the_end(burst):
    burst.note(A, 100.0)
    for tenth in range(100):
        now = 100.0 + tenth / 10
        burst.note(A, now)
        assert not look(burst, now, {A: NEW})
    assert burst.is_over(110.0)
    assert burst.take() == [A]


def test_nothing_is_looked_at_more_often_than_need_be(burst):
    burst.note(A, 100.0)
    looked = 0
    for hundredth in range(99):
        now = 100.0 + hundredth / 100
        looked += len(burst.to_look_at(now))
        look(burst, now, {A: NEW})
    assert looked == 1


def test_what_was_written_again_without_a_change_is_not_taken(burst):
    for moment, seen, taken in (
        (100.0, OLD, [A]),
        (200.0, Look(10, 999, "old"), []),
        (300.0, NEW, [A]),
        (400.0, GONE, [A]),
        (500.0, GONE, []),
        (600.0, NEW, [A]),
    ):
        burst.note(A, moment)
        look(burst, moment, {A: seen})
        assert look(burst, moment + 1, {A: seen})
        assert burst.take() == taken


def test_a_file_too_large_to_be_read_is_known_by_its_time(burst):
    for moment, seen, taken in ((100.0, 1, [A]), (200.0, 1, []), (300.0, 2, [A])):
        burst.note(A, moment)
        look(burst, moment, {A: Look(10**9, seen)})
        assert look(burst, moment + 1, {A: Look(10**9, seen)})
        assert burst.take() == taken


def test_without_a_time_to_settle_one_look_is_enough():
    burst = Burst(0.0, 10.0)
    burst.note(A, 100.0)
    assert look(burst, 100.0, {A: NEW})
