"""What events say of time: when they came, how fast the run goes, when it will be through."""

from datetime import UTC, datetime, timedelta

from svg2pptx_batch.batch.events import Emitter, Retry
from svg2pptx_batch.batch.pace import Pace


def test_events_are_numbered_and_dated():
    heard = []
    emitter = Emitter(heard.append)
    before = datetime.now(UTC)
    for number in range(3):
        emitter.emit(Retry, index=number, name="a.svg", attempt=2, reason="It crashed.")
    assert [event.seq for event in heard] == [1, 2, 3]
    dates = [datetime.fromisoformat(event.ts) for event in heard]
    assert dates == sorted(dates)
    assert before - timedelta(milliseconds=1) <= dates[0] <= dates[-1] <= datetime.now(UTC)
    assert all(event.ts.endswith("Z") and len(event.ts) == 24 for event in heard)


def test_the_pace_is_told_from_where_work_began():
    pace = Pace()
    assert pace.per_second(100.0) == 0.0
    assert pace.seconds_for(10, 100.0) is None
    for number in range(1, 11):
        pace.note(100.0 + number * 0.5, 0.5)
    assert pace.per_second(105.0) == 2.0
    assert pace.seconds_for(10, 105.0) == 5.0


def test_a_slow_beginning_is_forgotten():
    pace = Pace()
    for number in range(300):
        pace.note(100.0 + number, 1.0)
    for number in range(1, 301):
        pace.note(399.0 + number * 0.125, 0.125)
    assert pace.per_second(399.0 + 300 * 0.125) == 8.0


def test_nothing_can_be_said_of_files_that_took_no_time():
    pace = Pace()
    pace.note(100.0, 0.0)
    assert pace.per_second(100.0) == 0.0
    assert pace.seconds_for(10, 100.0) is None
