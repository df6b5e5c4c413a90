import os
import pathlib
import signal
import subprocess
import sys

import pytest

from svg2pptx_batch.deck import DeckWriter, parse_slide_size
from svg2pptx_batch.deck.target import TargetFile
from svg2pptx_batch.errors import ExitCode, OutputError
from tests.support.decks import assert_opens
from tests.support.slides import shape_slide

WIDE = parse_slide_size("16:9")


def test_nothing_stands_under_the_name_before_the_end(tmp_path):
    path = tmp_path / "deck.pptx"
    path.write_bytes(b"old")
    with DeckWriter(path, WIDE) as deck:
        deck.add(shape_slide())
        assert path.read_bytes() == b"old"
    assert path.read_bytes().startswith(b"PK")
    assert [p.name for p in tmp_path.iterdir()] == ["deck.pptx"]


def test_a_failure_leaves_the_old_file(tmp_path):
    path = tmp_path / "deck.pptx"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), DeckWriter(path, WIDE) as deck:
        deck.add(shape_slide())
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["deck.pptx"]


def test_closing_twice_and_discarding_after_is_harmless(tmp_path):
    path = tmp_path / "deck.pptx"
    deck = DeckWriter(path, WIDE)
    deck.close()
    deck.close()
    deck.discard()
    assert path.exists()


def test_the_file_has_usual_rights(tmp_path):
    path = tmp_path / "deck.pptx"
    before = os.umask(0o027)
    try:
        DeckWriter(path, WIDE).close()
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640


def test_the_longest_name_there_is_can_be_written(tmp_path):
    path = tmp_path / ("x" * 250 + ".pptx")
    DeckWriter(path, WIDE).close()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "make",
    [
        lambda tmp: tmp / "no" / "such" / "folder.pptx",
        lambda tmp: tmp / "file" / "deck.pptx",
        lambda tmp: tmp / "folder",
        lambda tmp: tmp / ("x" * 300),
    ],
)
def test_unwritable_targets_are_told_with_a_remedy(tmp_path, make):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError) as caught:
        DeckWriter(make(tmp_path), WIDE)
    assert caught.value.exit_code is ExitCode.OUTPUT
    assert caught.value.remedy
    assert str(make(tmp_path)) in caught.value.message


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path):
    path = tmp_path / "deck.pptx"
    target = TargetFile(path)
    os.dup2(os.open("/dev/full", os.O_WRONLY), target.file.fileno())
    with pytest.raises(OutputError, match="No space") as caught:
        target.write(b"x" * 2**20)
    assert "space" in caught.value.remedy
    target.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_fills_at_the_very_end_leaves_nothing(tmp_path):
    path = tmp_path / "deck.pptx"
    path.write_bytes(b"old")
    target = TargetFile(path)
    os.dup2(os.open("/dev/full", os.O_WRONLY), target.file.fileno())
    target.write(b"small enough for the buffer")
    with pytest.raises(OutputError, match="No space"):
        target.commit()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["deck.pptx"]


def test_two_runs_to_one_name_do_not_mix(tmp_path):
    path = tmp_path / "deck.pptx"
    first = TargetFile(path)
    first.write(b"first")
    with pytest.raises(OutputError, match="another run"):
        TargetFile(path)
    first.commit()
    assert path.read_bytes() == b"first"
    second = TargetFile(path)
    second.write(b"second")
    second.commit()
    assert path.read_bytes() == b"second"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_what_a_killed_run_left_is_taken_over(tmp_path):
    path = tmp_path / "deck.pptx"
    program = (
        "import pathlib, sys, time\n"
        "from svg2pptx_batch.deck.target import TargetFile\n"
        "t = TargetFile(pathlib.Path(sys.argv[1])); t.write(b'long and torn' * 100000)\n"
        "print('ready', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not path.exists()
    assert len(list(tmp_path.iterdir())) == 1
    target = TargetFile(path)
    target.write(b"whole")
    target.commit()
    assert path.read_bytes() == b"whole"
    assert [p.name for p in tmp_path.iterdir()] == ["deck.pptx"]


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes are POSIX's")
def test_a_link_is_followed_and_the_mode_of_what_is_replaced_stays(tmp_path):
    path = tmp_path / "real.pptx"
    path.write_text("old")
    path.chmod(0o640)
    link = tmp_path / "link.pptx"
    link.symlink_to(path)
    with DeckWriter(link, WIDE) as deck:
        deck.add(shape_slide())
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert_opens(path)
