"""What the record says, and what the ratchet makes of new results."""

import pytest

from tests.fidelity.ratchet import BOUNDS, losses
from tests.fidelity.record import Result, read, shares, write

KEY = ("resvg", "tests/shapes/rect/simple-case.svg")
CLEAR = Result(True, True, 0.004, 0.031)
EDGE = Result(True, True, 0.0, 0.0795)


def lost(old, new, **more):
    return list(losses({KEY: old}, {KEY: new}, **more))


def test_a_record_is_read_as_it_was_written(tmp_path):
    results = {
        KEY: Result(True, False, 0.0123, 0.0456, 0.75),
        ("real", "a b.svg"): Result(False, True),
    }
    write(results, "LibreOffice 1, poppler 2", tmp_path / "recorded.tsv")
    assert read(tmp_path / "recorded.tsv") == (results, "LibreOffice 1, poppler 2")


def test_the_record_holds_both_corpora_and_agrees_with_the_bounds():
    results, renderer = read()
    assert {corpus for corpus, _ in results} == {"resvg", "real"}
    assert renderer.startswith("LibreOffice ")
    for key, result in results.items():
        if result.bad is not None:
            excess = max(result.bad - BOUNDS["bad"], result.mean - BOUNDS["mean"])
            assert excess <= 0 if result.faithful else excess >= 0, key


def test_equal_results_lose_nothing():
    assert not lost(CLEAR, CLEAR)
    assert not lost(Result(False, False, 0.3, 0.2), Result(False, False, 0.5, 0.3))


def test_getting_better_is_no_loss():
    assert not lost(Result(False, False, 0.3, 0.2), CLEAR)


@pytest.mark.parametrize(
    ("new", "word"),
    [
        (Result(True, False, 0.004, 0.031), "native"),
        (Result(False, True, 0.0201, 0.031), "faithful"),
        (Result(False, True, 0.004, 0.0801), "faithful"),
        (Result(False, True), "faithful"),
    ],
)
def test_what_was_clear_is_allowed_nothing(new, word):
    (line,) = lost(CLEAR, new)
    assert line.startswith("/".join(KEY)) and f"was {word}" in line


def test_a_file_can_lose_both():
    assert len(lost(CLEAR, Result(False, False, 0.5, 0.5))) == 2


def test_what_was_at_the_edge_may_fall_over_it_and_no_further():
    assert not lost(EDGE, Result(False, True, 0.0, 0.0805))
    assert lost(EDGE, Result(False, True, 0.0, 0.0845))
    assert lost(EDGE, Result(False, True, 0.03, 0.0805))
    assert lost(EDGE, Result(False, True))


def test_another_renderer_holds_only_what_it_does_not_draw():
    assert not lost(CLEAR, Result(False, True, 0.5, 0.5), same_renderer=False)
    assert lost(CLEAR, Result(False, False, 0.5, 0.5), same_renderer=False)


def test_files_that_are_not_recorded_are_passed_over():
    assert not list(losses({}, {KEY: Result(False, False)}))


def test_shares_count_what_is_right():
    results = [Result(True, True, 0, 0, 1.0), Result(True, False, 0, 0, 0.5), Result(False, True)]
    assert shares(results) == "3 files, faithful 66.7%, and native 33.3%, text kept 75.0%"
