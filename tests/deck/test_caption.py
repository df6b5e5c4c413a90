import pytest
from hypothesis import given
from hypothesis import strategies as st

from svg2pptx_batch.deck.caption import fit_caption
from svg2pptx_batch.deck.grid import CaptionBox

PT = 12700


def box(width_em, lines=1, size_pt=10):
    return CaptionBox(0, round(width_em * size_pt * PT), 0, size_pt, lines)


def test_a_name_that_fits_stays():
    assert fit_caption("account-box", box(7)) == "account-box"


def test_white_space_is_collapsed():
    assert fit_caption(" a\tb\n  c\r\n", box(7)) == "a b c"


def test_a_long_name_keeps_both_ends():
    name = "account-arrow-down-left-outline"
    cut = fit_caption(name, box(8))
    head, tail = cut.split("…")
    assert name.startswith(head)
    assert name.endswith(tail)
    assert abs(len(head) - len(tail)) <= 1
    assert len(name) > len(cut) > 10


def test_two_lines_hold_more_than_one():
    name = "account-arrow-down-left-outline-variant-of-many-words"
    one, two = (fit_caption(name, box(8, lines)) for lines in (1, 2))
    assert len(one) < len(two) < len(name)


def test_wide_letters_count_more():
    narrow, wide = (fit_caption(letter * 40, box(8)) for letter in "iW")
    assert len(narrow) > 2 * len(wide)
    assert len(fit_caption("図" * 40, box(8))) <= 8


def test_a_word_longer_than_a_line_breaks_in_it():
    assert fit_caption("n" * 20, box(8, 2)) == "n" * 20
    assert "…" in fit_caption("n" * 20, box(8, 1))


@pytest.mark.parametrize("joined", ["e\u0301", "👍🏽", "👩\u200d"])
def test_a_letter_keeps_what_is_joined_to_it(joined):
    name = joined * 40
    head, tail = fit_caption(name, box(8)).split("…")
    assert head == joined * (len(head) // len(joined))
    assert tail == joined * (len(tail) // len(joined))


def test_next_to_no_room_leaves_an_ellipsis():
    assert fit_caption("account-box", box(0.5)) == "…"


@given(st.text(max_size=80), st.floats(0.5, 30), st.integers(1, 2))
def test_a_fitted_name_fits(text, width_em, lines):
    fitted = fit_caption(text, box(width_em, lines))
    assert fit_caption(fitted, box(width_em, lines)) == fitted
    assert len(fitted) <= max(1, len(text))
