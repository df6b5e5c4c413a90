"""`watch` as users meet it: a real folder, a real process, a deck that follows."""

import json
import os
import signal
import sys
import threading

import pytest
from pptx import Presentation

from svg2pptx_batch.cli.watching import look_at
from tests.cli.conftest import BROKEN, GOOD

LIMIT_S = 300
"""Longer than any step may take on a busy machine: only a hang gets there."""


class Watch:
    """A running `watch`, whose events are read run by run."""

    def __init__(self, process):
        self._process = process
        self._timer = threading.Timer(LIMIT_S, process.kill)
        self._timer.start()
        self._runs = 0
        self._told = []
        self._waiting = threading.Semaphore(0)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self._process.stderr:
            self._told.append(line.decode())
            if line.startswith(b"Waiting for changes"):
                self._waiting.release()

    def next_run(self):
        """Return the events of the next run, up to its last."""
        events = []
        for line in self._process.stdout:
            events.append(json.loads(line))
            if events[-1]["event"] in ("summary", "error"):
                self._runs += 1
                return events
        raise AssertionError(f"the watch ended: {self.end()[1]}")

    def next_deck(self, path):
        """Return how many slides the deck has after the next run."""
        assert self.next_run()[-1]["event"] == "summary"
        return len(Presentation(path).slides)

    def first_task(self):
        """Wait until a file is converted."""
        while json.loads(self._process.stdout.readline())["event"] != "task":
            pass

    def interrupt(self, number=signal.SIGINT):
        self._process.send_signal(number)

    def stop(self, number=signal.SIGINT):
        """Send a signal once nothing is converted; return the exit status and what was told."""
        for _ in range(self._runs):
            assert self._waiting.acquire(timeout=LIMIT_S)
        self.interrupt(number)
        return self.end()

    def end(self):
        """Wait for the end; return the exit status and what was told."""
        status = self._process.wait()
        self._timer.cancel()
        self._reader.join()
        return status, "".join(self._told)

    def abandon(self):
        self._process.kill()
        self.end()
        self._process.stdout.close()
        self._process.stderr.close()


@pytest.fixture
def watching(start):
    """Start `watch`; it is ended with the test."""
    began = []

    def run(*arguments):
        watch = Watch(
            start("watch", *arguments, "-j", "1", "--format", "jsonl", "--settle", "50ms")
        )
        began.append(watch)
        return watch

    yield run
    for watch in began:
        watch.abandon()


@pytest.fixture
def put(work):
    """Put whole files into their places, in one step each."""

    def run(*names, data=GOOD):
        for name in names:
            (work / "draft").write_bytes(data)
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / "draft").replace(work / name)

    return run


posix_signals = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@posix_signals
def test_the_deck_follows_the_folder(watching, invoke, put, work):
    put("i/a.svg", "i/b.svg")
    watch = watching("i", "-r", "-o", "i/deck.pptx")
    deck = work / "i/deck.pptx"
    assert watch.next_deck(deck) == 2
    put("i/c.svg", "i/sub/d.svg")
    slides = watch.next_deck(deck)
    while slides < 4:  # the two may come apart on a busy machine
        slides = watch.next_deck(deck)
    (work / "i/b.svg").unlink()
    assert watch.next_deck(deck) == 3
    put("i/a.svg", data=BROKEN)
    summary = watch.next_run()[-1]["report"]
    assert [file["name"] for file in summary["files"] if file["state"] == "invalid"] == ["a.svg"]
    put("i/a.svg")
    assert watch.next_deck(deck) == 3
    status, told = watch.stop()
    assert status == 0, told
    assert "Changed: b.svg" in told
    assert told.count("Waiting for changes; Ctrl-C ends.") >= 5
    (job,) = json.loads(invoke("list", "--format", "json").stdout)
    assert job["state"] == "done"


@posix_signals
def test_what_a_run_writes_and_what_programs_leave_starts_no_run(watching, put):
    put("i/a.svg")
    watch = watching("i", "-o", "i/decks", "--mode", "folder", "--status-file", "i/status.json")
    assert watch.next_run()[-1]["event"] == "summary"
    put("i/.a.svg.swp", "i/a.svg~", "i/decks/own.svg", "i/~$a.pptx")
    put("i/last.svg")
    assert watch.next_run()[1]["files"] == 2
    status, told = watch.stop(signal.SIGTERM)
    assert status == 0, told
    assert told.count("Changed: ") == told.count("Changed: last.svg\n") == 1


@posix_signals
def test_an_empty_folder_is_waited_for(watching, put, work):
    (work / "i").mkdir()
    watch = watching("i", "-o", "o.pptx")
    assert watch.next_run()[-1]["code"] == "no-input"
    put("i/a.svg")
    assert watch.next_deck(work / "o.pptx") == 1
    (work / "i/a.svg").unlink()
    assert watch.next_run()[-1]["code"] == "no-input"
    assert len(Presentation(work / "o.pptx").slides) == 1
    assert watch.stop()[0] == 0


@posix_signals
def test_a_signal_in_the_middle_of_a_run_interrupts_it(watching, make, work):
    make(*(f"i/{index}.svg" for index in range(200)))
    watch = watching("i", "-o", "o.pptx")
    watch.first_task()
    watch.interrupt()
    report = watch.next_run()[-1]["report"]
    if report["state"] != "interrupted":
        pytest.skip("the run was over before the signal came")
    assert watch.end()[0] == 130
    assert not (work / "o.pptx").exists()


@posix_signals
def test_a_folder_that_goes_away_ends_the_watch(watching, make, work):
    make("i/a.svg")
    watch = watching("i", "-o", "o.pptx")
    assert watch.next_deck(work / "o.pptx") == 1
    (work / "i/a.svg").unlink()
    (work / "i").rmdir()
    status, told = watch.end()
    assert status == 3
    assert f"{work / 'i'} is gone" in told


def test_one_line_says_what_to_install(invoke, make, monkeypatch):
    make("i/a.svg")
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    result = invoke("watch", "i", "-o", "o.pptx")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: Watching folders needs the extra watch, which is not installed.\n"
        "  pip install 'svg2pptx-batch[watch]'\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((), 2, "No folder to watch"),
        (("gone",), 2, "gone cannot be watched"),
        (("-",), 2, "- cannot be watched"),
        (("i", "--files-from", "list.txt"), 2, "A list cannot be watched"),
        (("s3://bucket/i",), 2, "s3://bucket/i cannot be watched: it is elsewhere"),
        (("i", "-o", "s3://bucket/d.pptx"), 2, "cannot be written to s3://bucket/d.pptx"),
        (("i", "--settle", "soon"), 2, "--settle: 'soon' is not a number"),
        (("i", "--nonsense"), 2, "No such option"),
        (("i", "--margin", "3em"), 2, "--margin"),
        (("i", "-o", "x.pptx", "--mode", "zip"), 2, "contradict"),
        (("i", "-o", "i/a.svg/x.pptx"), 4, "a.svg"),
    ],
)
def test_what_can_never_work_ends_at_once(invoke, make, *, arguments, status, words):
    make("i/a.svg")
    result = invoke("watch", *arguments)
    assert result.exit_code == status, result.stderr
    assert words in result.stderr


def test_files_are_looked_at_by_their_content(tmp_path):
    file = tmp_path / "a.svg"
    assert look_at(file).size_bytes == -1
    file.write_bytes(GOOD)
    first = look_at(file)
    os.utime(file, ns=(1, 1))
    assert look_at(file).content == first.content
    file.write_bytes(GOOD.replace(b"#c00", b"#00c"))
    os.utime(file, ns=(1, 1))
    assert look_at(file).content != first.content
    assert look_at(tmp_path) == look_at(tmp_path.parent)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.svg")
    assert look_at(tmp_path / "a.svg") == look_at(tmp_path / "none.svg")
