"""However a program with a pool ends, its workers end with it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.executors.at_start import function
from tests.executors.calls import HANG_S
from tests.executors.processes import is_alive, wait_until_gone, worker_pids

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

MARK = "SVG2PPTX_TEST_FAMILY"
"""In the environment of every process that a test's program has started, directly or not."""

ROOT = Path(__file__).resolve().parents[2]

BUSY = """
import signal
from svg2pptx_batch.executors.base import Call
from svg2pptx_batch.executors.pool import PoolExecutor

# Where the tests run in the background of a shell, SIGINT is ignored from the start.
signal.signal(signal.SIGINT, signal.default_int_handler)
with PoolExecutor("tests.executors.tasks:work", workers=4) as pool:
    pool.submit(Call("first", ("echo", 1)))
    print(pool.wait()[0].value, flush=True)
    for name in ("hang", "hang_in_native_code", "hang_without_sigterm"):
        pool.submit(Call(name, (name,)))
    pool.submit(Call("sleep", ("sleep", 600.0)))
    pool.wait(1.0)
    print("busy", flush=True)
    pool.wait()
"""

STARTING = """
import sys
from svg2pptx_batch.executors.base import Call
from svg2pptx_batch.executors.pool import PoolExecutor

with PoolExecutor(sys.argv[1], workers=4) as pool:
    for index in range(4):
        pool.submit(Call(str(index), ("echo", index)))
    pool.wait()
"""

RESTLESS = """
from itertools import count
from svg2pptx_batch.executors.base import Call
from svg2pptx_batch.executors.pool import PoolExecutor

with PoolExecutor("tests.executors.tasks:work", workers=4, recycle_after=1) as pool:
    print("begun", flush=True)
    for index in count():
        pool.submit(Call(str(index), ("hang_in_native_code",) if index % 50 == 0 else ("pid",)))
        while pool.pending > 8:
            pool.wait(0.1)
"""

FORKING = """
import os
import time
from svg2pptx_batch.executors.base import Call
from svg2pptx_batch.executors.pool import PoolExecutor

with PoolExecutor("tests.executors.tasks:work", workers=2) as pool:
    for index in range(2):
        pool.submit(Call(str(index), ("sleep", 600.0)))
    pool.wait(1.0)
    child = os.fork()
    if child == 0:
        time.sleep(600)
        os._exit(0)
    print(child, flush=True)
    pool.wait()
"""

FORGETFUL = """
from svg2pptx_batch.executors.base import Call
from svg2pptx_batch.executors.pool import PoolExecutor

pool = PoolExecutor("tests.executors.tasks:work", workers=2).__enter__()
pool.submit(Call("first", ("echo", 1)))
print(pool.wait()[0].value, flush=True)
"""

BREAKING_PRELOAD = """
from svg2pptx_batch.errors import ExecutorError
from svg2pptx_batch.executors.base import Call
from svg2pptx_batch.executors.pool import PoolExecutor

try:
    with PoolExecutor("tests.executors.breaks_everywhere:work", workers=2) as pool:
        pool.submit(Call("first", ("echo", 1)))
        pool.wait()
except ExecutorError as error:
    print("told:", error)
"""

Program = subprocess.Popen[str]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts programs from a file without a guard for its main module, each in its own group."""
    programs: list[Program] = []

    def start(text: str, *arguments: str) -> Program:
        script = tmp_path / "program.py"
        script.write_text(text)
        program = subprocess.Popen(
            [sys.executable, str(script), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), MARK: str(tmp_path)},
            start_new_session=True,
        )
        programs.append(program)
        return program

    yield start
    for program in programs:
        program.kill()
        program.communicate()


def _busy_workers(program: Program) -> list[int]:
    assert program.stdout is not None
    assert program.stdout.readline() == "1\n"
    assert program.stdout.readline() == "busy\n"
    pids = worker_pids(program.pid)
    assert len(pids) == 4
    return pids


def test_killed(begin: Callable[..., Program]) -> None:
    program = begin(BUSY)
    pids = _busy_workers(program)
    program.kill()
    program.wait()
    assert wait_until_gone(pids, 5) == []


def _family(mark: Path) -> list[int]:
    """All processes of a test's program that run, whoever their parents are by now."""
    pids = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(mark) and is_alive(process.pid):
                pids.append(process.pid)
        except psutil.Error:
            continue
    return pids


@pytest.mark.parametrize("action", ["sleep", "hang_in_native_code", "stop"])
def test_killed_while_workers_start(
    begin: Callable[..., Program], tmp_path: Path, action: str
) -> None:
    folder = tmp_path / "started"
    folder.mkdir()
    program = begin(STARTING, function(action, folder))
    end = time.monotonic() + HANG_S
    while len(list(folder.iterdir())) < 4 and time.monotonic() < end:
        time.sleep(0.01)
    assert len(_family(tmp_path)) >= 5
    program.kill()
    program.wait()
    assert wait_until_gone(_family(tmp_path), 5) == []


@pytest.mark.parametrize("seed", range(8))
def test_killed_at_any_time(begin: Callable[..., Program], tmp_path: Path, seed: int) -> None:
    program = begin(RESTLESS)
    assert program.stdout is not None
    assert program.stdout.readline() == "begun\n"
    time.sleep(random.Random(seed).uniform(0.0, 0.5))
    program.kill()
    program.wait()
    end = time.monotonic() + 5
    while (left := _family(tmp_path)) and time.monotonic() < end:
        time.sleep(0.02)
    assert left == []


def test_killed_while_its_child_holds_its_pipes(begin: Callable[..., Program]) -> None:
    program = begin(FORKING)
    assert program.stdout is not None
    child = int(program.stdout.readline())
    pids = [pid for pid in worker_pids(program.pid) if pid != child]
    assert len(pids) == 2
    try:
        program.kill()
        program.wait()
        assert wait_until_gone(pids, 5) == []
    finally:
        os.kill(child, signal.SIGKILL)


def test_interrupted_at_the_terminal(begin: Callable[..., Program]) -> None:
    program = begin(BUSY)
    pids = _busy_workers(program)
    os.killpg(program.pid, signal.SIGINT)
    _, stderr = program.communicate(timeout=180)
    assert program.returncode == -signal.SIGINT
    assert stderr.count("Traceback") == 1
    assert wait_until_gone(pids, 5) == []


def test_without_leaving_the_block(begin: Callable[..., Program]) -> None:
    program = begin(FORGETFUL)
    stdout, stderr = program.communicate(timeout=180)
    assert program.returncode == 0
    assert (stdout, stderr) == ("1\n", "")


def test_terminated(begin: Callable[..., Program]) -> None:
    program = begin(BUSY)
    pids = _busy_workers(program)
    program.terminate()
    program.wait()
    assert wait_until_gone(pids, 5) == []
    assert not any(map(is_alive, pids))


def test_a_module_that_breaks_the_fork_server_is_told(begin: Callable[..., Program]) -> None:
    program = begin(BREAKING_PRELOAD)
    stdout, _ = program.communicate(timeout=180)
    assert program.returncode == 0
    assert stdout.startswith("told: ")
