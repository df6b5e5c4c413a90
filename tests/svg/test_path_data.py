import pytest
from hypothesis import given
from hypothesis import strategies as st

from svg2pptx_batch.graphics.path import COORDS_OF, Path
from svg2pptx_batch.svg.values.number import LARGEST
from svg2pptx_batch.svg.values.path_data import parse_path


def drawn(d):
    path, error = parse_path(d)
    return path.verbs, path.coords, error is not None


@pytest.mark.parametrize(
    ("d", "verbs", "coords"),
    [
        ("M10 20L30 40", "ML", (10, 20, 30, 40)),
        ("m10 20 30 40", "ML", (10, 20, 40, 60)),
        ("M10-20.5.5.5-1e1-1.e-1", "MLL", (10, -20.5, 0.5, 0.5, -10, -0.1)),
        ("M0 0h10v10H5V5z", "MLLLLZ", (0, 0, 10, 0, 10, 10, 5, 10, 5, 5)),
        ("M0,0 C1,2 3,4 5,6 7,8 9,10 11,12", "MCC", (0, 0, *range(1, 13))),
        ("M0 0c1 2 3 4 5 6s3 3 4 4", "MCC", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 9, 10)),
        ("M0 0S3 3 4 4", "MC", (0, 0, 0, 0, 3, 3, 4, 4)),
        ("M0 0Q1 1 2 0T4 0t2 0", "MQQQ", (0, 0, 1, 1, 2, 0, 3, -1, 4, 0, 5, 1, 6, 0)),
        ("M0 0L1 1T4 0", "MLL", (0, 0, 1, 1, 4, 0)),
        ("M1 1Q1 1 4 0T9 0 3 3", "MLQQ", (1, 1, 4, 0, 7, -1, 9, 0, 11, 1, 3, 3)),
        ("M0 0q2 1 2 1T4 0", "MLL", (0, 0, 2, 1, 4, 0)),
        ("M0 0zl1 1", "MZML", (0, 0, 0, 0, 1, 1)),
        ("M5 5h1zm1 1h1", "MLZML", (5, 5, 6, 5, 6, 6, 7, 6)),
        ("M0 0zzz", "MZ", (0, 0)),
        ("", "", ()),
        ("  ", "", ()),
    ],
)
def test_grammar(d, verbs, coords):
    assert drawn(d) == (verbs, pytest.approx(coords), False)


def test_arc_flags_need_no_separator():
    spaced = parse_path("M0 0a5 5 0 0 1 10 10 5 5 0 1 1 .5 .5").path
    compact = parse_path("M0 0a5 5 0 0110 10 5 5 0 11.5.5").path
    assert spaced == compact
    assert set(spaced.verbs) == {"M", "C"}
    assert spaced.coords[-2:] == (10.5, 10.5)


@pytest.mark.parametrize("flag", ["-1", "2"])
def test_an_arc_flag_other_than_0_and_1_ends_the_path(flag):
    parsed = parse_path(f"M 0 0 h 10 a 25 25 0 1 {flag} 25 25 z")
    assert parsed.path == parse_path("M 0 0 h 10").path
    assert parsed.error_at is not None


def test_arc_without_a_radius_is_a_line():
    assert drawn("M0 0A0 5 0 0 1 9 9") == ("ML", (0, 0, 9, 9), False)


@pytest.mark.parametrize(
    ("d", "verbs"),
    [
        ("L10 10", ""),
        ("10 10", ""),
        ("x", ""),
        ("M", ""),
        ("M 10", ""),
        ("M10 20 30", "M"),
        ("M0 0 L NaN NaN L 50 50", "M"),
        ("M0 0 L10 10 20", "ML"),
        ("M0 0 C1 1 2 2", "M"),
        ("M0 0 L10 10 z 5 5 L 20 20", "MLZ"),
        ("M0 0 L10,,10", "M"),
        ("M0 0 L10 10 a5 5 0 2 1 10 10 L 1 1", "ML"),
        ("M0 0 L10 10 #", "ML"),
        ("M0 0 L10 10 undefined", "ML"),
    ],
)
def test_drawn_up_to_the_error(d, verbs):
    assert drawn(d)[0] == verbs
    assert drawn(d)[2]


def test_overflow_is_clamped():
    path = parse_path("M0 0 L1e308 -1e400 l1e308 0").path
    assert path.verbs == "MLL"
    assert max(map(abs, path.coords)) <= 2 * LARGEST


@given(st.text(alphabet="MmLlHhVvCcSsQqTtAaZz0123456789.-+eE, \n", max_size=60))
def test_any_text_gives_a_well_formed_path(d):
    path = parse_path(d).path
    assert len(path.coords) == sum(COORDS_OF[verb] for verb in path.verbs)
    assert not path.verbs or path.verbs[0] == "M"
    assert all(after == "M" for verb, after in zip(path.verbs, path.verbs[1:], strict=False)
               if verb == "Z")  # fmt: skip


def test_a_long_path_of_garbage_ends_soon():
    assert parse_path("M0 0" + " " * 200_000 + "x").error_at is not None
    assert parse_path("M0 0 " + "1 " * 100_000).path.verbs.count("L") == 50_000


def test_many_digits_are_clamped_and_long_texts_read_as_short_ones() -> None:
    steps = "l1 0 0 1-1 0 0-1" * 200
    long = parse_path(f"M12345678901234567890 0L0 0{steps}").path
    assert long.coords[:2] == (1e15, 0.0)
    assert long.coords[-2:] == (0.0, 0.0)
    assert len(long.verbs) == 2 + 4 * 200
    again = parse_path("M1 2h3"), parse_path("M1 2h3")
    assert again[0] == again[1] == (Path("ML", (1, 2, 4, 2)), None)
