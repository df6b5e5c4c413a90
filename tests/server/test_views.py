"""What clients are told holds no path of this machine; what they missed is told again."""

import asyncio
import tempfile

import pytest

from svg2pptx_batch.batch.events import Error, Start, Summary, Task, Warning
from svg2pptx_batch.batch.report import Counts, FileReport, JobState, Report, TaskState
from svg2pptx_batch.errors import ExitCode
from svg2pptx_batch.places import state_dir
from svg2pptx_batch.server.channel import Channel
from svg2pptx_batch.server.store import Record, Store
from svg2pptx_batch.server.views import Scrubber, event_of

RECORD = Record(id="j1", owner="", created=0.0, name="icons", zips=True, choices={})


@pytest.fixture
def store(tmp_path):
    found = Store(tmp_path / "data")
    yield found
    found.close()


def test_paths_are_taken_out_and_names_of_uploads_are_kept(store):
    scrubber = Scrubber(store, ("/srv/house.potx",))
    own = store.input(RECORD)
    told = {
        "a": f"{own}/icons.zip is refused.",
        "b": f"{state_dir()}/jobs/x and {tempfile.gettempdir()}/y",
        "c": [f"not {own}", "/srv/house.potx is the template", "image/svg+xml", 7, None],
    }
    data = scrubber.encode(told, RECORD).decode()
    assert '"icons.zip is refused."' in data
    assert "…/jobs/x and …/y" in data.replace("…/state/jobs", "…/jobs")
    assert "not the upload" in data
    assert '"… is the template","image/svg+xml",7,null' in data
    assert str(store.folder) not in data


def events_with_paths(folder):
    counts = Counts(total=1, done=1, cached=1)
    row = FileReport(0, "a.svg", TaskState.CRASHED, message=f"{folder}/a", quarantine=f"{folder}/q")
    report = Report(
        job="engine",
        folder=folder,
        state=JobState.DONE,
        exit_code=ExitCode.OK,
        counts=counts,
        outputs=(f"{folder}/deck.pptx",),
        files=(row,),
    )
    yield Start(
        seq=1, ts="", job="engine", folder=folder, output=f"{folder}/o", mode="zip", workers=1
    )
    yield Task(seq=2, ts="", file=row, counts=counts)
    yield Warning(seq=3, ts="", code="x", message=f"{folder} is short of room")
    yield Summary(seq=4, ts="", report=report)
    yield Error(seq=5, ts="", code="output", message=f"Cannot write to {folder}.", exit_code=4)


def test_events_tell_no_paths_and_nothing_of_the_cache(store):
    scrubber = Scrubber(store)
    told = [event_of(e, RECORD, scrubber) for e in events_with_paths(str(store.folder / "x"))]
    assert [name for name, _ in told] == ["start", "task", "warning", "summary", "error"]
    for _, data in told:
        for hidden in (str(store.folder).encode(), b"engine", b"cached", b"quarantine", b"outputs"):
            assert hidden not in data
    assert b'"job":"j1"' in told[0][1]


def test_a_late_listener_skips_and_a_returning_one_misses_nothing():
    async def listen(place):
        return [heard async for heard in channel.listen(place, 60)]

    channel = Channel()
    warnings = [Warning(seq=n, ts="", code="x", message="") for n in range(1, 701)]
    for event in warnings:
        channel.hear(event)
    channel.end()
    heard = asyncio.run(listen(0))
    assert [event.seq for _, event in heard] == list(range(201, 701))
    place = channel.place_of(heard[-3][0])
    assert [event.seq for _, event in asyncio.run(listen(place))] == [699, 700]
    assert asyncio.run(listen(channel.place_of(heard[-1][0]))) == []
    for strange in (
        "",
        "x",
        "other-5",
        heard[0][0].replace("-", "-x"),
        "-1",
        heard[0][0] + "9" * 20,
    ):
        assert channel.place_of(strange) == 0


def test_while_nothing_happens_a_listener_hears_so():
    async def listen():
        heard = []
        async for each in channel.listen(0, 0.01):
            heard.append(each)
            if len(heard) == 2:
                channel.hear(Warning(seq=1, ts="", code="x", message=""))
            elif each is not None:
                channel.end()
        return heard

    channel = Channel()
    heard = asyncio.run(listen())
    assert heard[:2] == [None, None]
    assert heard[-1][1].code == "x"
