"""Every file that is recorded as not faithful has its reason, and nothing else has one."""

import pytest

from tests.fidelity.known import Cause, Who, missing, read_known, stale, write_known
from tests.fidelity.record import Result, read

RIGHT, WRONG = Result(True, True, 0.0, 0.0), Result(False, True, 0.5, 0.5)
KEYS = [("real", "a.svg"), ("real", "b.svg"), ("resvg", "a.svg")]
CAUSE = Cause(Who.LIBREOFFICE, "draws it upside down")


def test_every_difference_has_its_line():
    lines = missing(read()[0], read_known())
    assert not lines, f"python -m tests.fidelity.known tells more: {lines[:5]}"


def test_no_line_is_stale():
    lines = stale(read()[0], read_known())
    assert not lines, f"python -m tests.fidelity.known tells more: {lines[:5]}"


def test_missing_and_stale_lines_are_found():
    recorded = {KEYS[0]: WRONG, KEYS[1]: RIGHT}
    assert missing(recorded, {}) == [KEYS[0]]
    assert missing(recorded, {KEYS[0]: CAUSE}) == []
    assert stale(recorded, dict.fromkeys(KEYS, CAUSE)) == [KEYS[1], KEYS[2]]


def test_a_list_is_read_as_it_was_written(tmp_path):
    known = {KEYS[0]: CAUSE, KEYS[2]: Cause(Who.MEASURE, "a hairline's tone")}
    write_known(known, tmp_path / "known.tsv")
    assert read_known(tmp_path / "known.tsv") == known


@pytest.mark.parametrize(
    "line",
    ["real\ta.svg\tnobody\tno reason", "real\ta.svg\tours\t ", "real\ta.svg\tours", "real a.svg"],
)
def test_a_line_must_say_who_and_why(tmp_path, line):
    path = tmp_path / "known.tsv"
    write_known({}, path)
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(ValueError, match=r"."):
        read_known(path)


def test_a_file_has_one_line(tmp_path):
    path = tmp_path / "known.tsv"
    write_known({KEYS[0]: CAUSE}, path)
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    with pytest.raises(ValueError, match=r"line 3"):
        read_known(path)
