from __future__ import annotations

import pytest

from svg2pptx_batch.fonts.bidi import levels, visual_runs

A, B = "\u05d0", "\u05d1"


@pytest.mark.parametrize(
    ("text", "rtl", "expected"),
    [
        ("abc", False, "000"),
        ("abc", True, "222"),
        (A + B, False, "11"),
        (f"a {A}{B} b", False, "001100"),
        (f"{A} {B}", False, "111"),
        (f"{A} 12", False, "1122"),
        (f"{A}-", False, "10"),
        (f"{A} ", True, "11"),
        (f"{A} a", True, "112"),
        (f"{A}\u0301", False, "11"),
        ("\u0627 12", False, "1122"),
        (f"{A} 1.5", False, "11222"),
        ("é1,5", False, "0000"),
    ],
)
def test_levels(text: str, rtl: bool, expected: str) -> None:
    assert "".join(map(str, levels(text, rtl=rtl))) == expected


def test_runs_are_painted_from_left_to_right() -> None:
    text = f"a {A}{B} 12 c"
    runs = visual_runs(levels(text))
    assert [text[start:end] for start, end, _ in runs] == ["a ", "12", f"{A}{B} ", " c"]
