"""How long a file may take, and when a run will be through."""

from __future__ import annotations

import pytest

from svg2pptx_batch.batch.pace import Pace, TimeLimit
from svg2pptx_batch.options import Percent


@pytest.mark.parametrize(("limit", "seconds"), [(60.0, 60.0), (0, None)])
def test_a_fixed_limit_stays(limit, seconds):
    time_limit = TimeLimit(limit)
    for _ in range(50):
        time_limit.note(9.0)
    assert time_limit.seconds == seconds


def test_a_percentage_counts_once_enough_files_are_done():
    limit = TimeLimit(Percent(500))
    for seconds in (9.0, *[1.0] * 18):
        limit.note(seconds)
        assert limit.seconds == 60.0
    limit.note(1.0)
    assert limit.seconds == 5.0
    for _ in range(40):
        limit.note(3.0)
    assert limit.seconds == 15.0


def test_no_file_has_less_than_a_second():
    limit = TimeLimit(Percent(200))
    for _ in range(20):
        limit.note(0.001)
    assert limit.seconds == 1.0


def test_nothing_is_said_of_a_pace_nobody_knows():
    pace = Pace()
    assert (pace.per_second(1.0), pace.seconds_for(5, 1.0)) == (0.0, None)
    pace.note(2.0, 1.0)
    pace.note(3.0, 1.0)
    assert pace.per_second(3.0) == 1.0
    assert pace.seconds_for(5, 3.0) == 5.0


def test_files_told_together_make_no_pace_of_thousands():
    pace = Pace()
    for _ in range(50):
        pace.note(5.0, 0.002)
    assert (pace.per_second(5.0), pace.seconds_for(5, 5.0)) == (0.0, None)
    assert pace.per_second(5.998) == pytest.approx(50)
