"""Messages between the two ends of a channel, over pipes of either kind."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Iterator

import pytest

from svg2pptx_batch.executors import channel as channel_module
from svg2pptx_batch.executors.channel import Channel

BIG = bytes(range(256)) * 4096


@pytest.fixture(
    params=[
        pytest.param(
            False,
            id="stream",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="handles are no descriptors"),
        ),
        pytest.param(True, id="messages"),
    ]
)
def ends(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Channel, Channel]]:
    """The parent's and the worker's end; Windows' way of using pipes works everywhere."""
    monkeypatch.setattr(channel_module, "_MESSAGE_PIPES", request.param)
    from_parent, to_worker = multiprocessing.Pipe(duplex=False)
    from_worker, to_parent = multiprocessing.Pipe(duplex=False)
    parent = Channel(from_worker, to_worker, blocking=False)
    child = Channel(from_parent, to_parent, blocking=True)
    yield parent, child
    parent.close()
    child.close()


def test_messages_arrive_in_order(ends: tuple[Channel, Channel]) -> None:
    parent, child = ends
    for text in (b"one", b"", b"three"):
        parent.post(text)
    assert [child.receive() for _ in range(3)] == [b"one", b"", b"three"]
    for text in (b"four", b"", b"six"):
        child.send(text)
    arrived: list[bytes] = []
    while len(arrived) < 3:
        arrived += parent.collect()
    assert arrived == [b"four", b"", b"six"]
    assert parent.collect() == []
    assert not parent.at_end


def test_large_messages_arrive_whole(ends: tuple[Channel, Channel]) -> None:
    parent, child = ends
    answers: list[bytes] = []

    def echo() -> None:
        answers.append(child.receive())
        child.send(answers[0])

    thread = threading.Thread(target=echo)
    thread.start()
    parent.post(BIG)
    arrived: list[bytes] = []
    while not arrived:
        parent.flush()
        arrived += parent.collect()
    thread.join()
    assert answers == arrived == [BIG]
    assert not parent.clogged


def test_what_was_sent_outlives_its_sender(ends: tuple[Channel, Channel]) -> None:
    parent, child = ends
    for text in (b"one", b"two"):
        child.send(text)
    child.close()
    assert parent.drain() == [b"one", b"two"]
    assert parent.at_end
    assert parent.drain() == []


def test_an_end_that_is_gone_is_told(ends: tuple[Channel, Channel]) -> None:
    parent, child = ends
    child.close()
    parent.post(b"to nobody")
    assert not parent.clogged
    assert parent.collect() == []
    assert parent.at_end


def test_the_worker_learns_of_the_parents_end(ends: tuple[Channel, Channel]) -> None:
    parent, child = ends
    parent.post(b"last")
    parent.close()
    assert child.receive() == b"last"
    with pytest.raises(EOFError):
        child.receive()
    with pytest.raises(OSError):
        child.send(b"to nobody")


def test_a_closed_channel_says_nothing(ends: tuple[Channel, Channel]) -> None:
    parent, _ = ends
    parent.close()
    assert parent.drain() == []
    assert parent.at_end
