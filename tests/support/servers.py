"""Servers in processes of their own, on loopback, to be asked, stopped and killed."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import psutil
import pytest

from tests.support.jobs import environment

for _library in ("fastapi", "uvicorn", "python_multipart", "limits", "prometheus_client"):
    pytest.importorskip(_library, reason="the extra server is not installed")
httpx = pytest.importorskip("httpx", reason="httpx is not installed")

LIMIT_S = 240
"""Longer than any step may take on a busy machine: only a hang gets there."""

ENDED = ("done", "partial", "failed", "cancelled")
GOOD = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">'
    b'<rect width="15" height="5" fill="#c00"/></svg>'
)
BROKEN = b'<svg xmlns="http://www.w3.org/2000/svg">\n<rect\n</svg>'


def drawing(number: int) -> bytes:
    """Return a small drawing, no two alike."""
    return GOOD.replace(b"#c00", b"#%06x" % (number % 0x1000000))


def slow_drawing(number: int) -> bytes:
    """Return a drawing that takes some tenths of a second."""
    words = "".join(f'<text x="{n}" y="{n}" rotate="9">w{n * number}</text>' for n in range(120))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">{words}</svg>'.encode()


def zipped(count: int, *, first: int = 0, make=drawing) -> bytes:
    """Return a ZIP of drawings."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(first, first + count):
            entry = zipfile.ZipInfo(f"icons/icon{number}.svg")  # its date is always the same
            archive.writestr(entry, make(number), zipfile.ZIP_DEFLATED)
    return out.getvalue()


class Server:
    """A running `serve`.

    Args:
        state: Its state folder; keys are made there.
        arguments: More of the command line.
        key: Sent with each request; empty for none.
    """

    def __init__(self, state: Path, *arguments: str, key: str = "") -> None:
        self.state = state
        self._told: list[str] = []
        self._listening = threading.Event()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "svg2pptx_batch", "serve", "--isolated", "--port", "0"),
                *("--rate", "1000000/minute", "-j", "2", *arguments),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(state),
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        assert self._listening.wait(LIMIT_S), self.told
        found = re.search(r"http://\S+:\d+", self.told)
        assert found, self.told
        self.url = found[0]
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.client = httpx.Client(base_url=self.url, headers=headers, timeout=LIMIT_S)

    @property
    def told(self) -> str:
        """What it has told on standard error."""
        return "".join(self._told)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._told.append(line.decode())
            if line.startswith(b"Listening"):
                self._listening.set()
        self._listening.set()

    def send_zip(self, content: bytes, **options) -> object:
        """Upload a ZIP as a form."""
        return self.client.post(
            "/batch/convert-zip", files={"file": ("icons.zip", content)}, **options
        )

    def accepted(self, content: bytes, **options) -> str:
        """Upload a ZIP that is accepted; return the job's id."""
        answer = self.send_zip(content, **options)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def status(self, job: str) -> dict:
        """Return a job's status."""
        answer = self.client.get(f"/batch/status/{job}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ended(self, job: str) -> dict:
        """Wait for a job's end; return its status."""
        return self.wait_for(job, lambda status: status["state"] in ENDED)

    def wait_for(self, job: str, wanted) -> dict:
        """Wait until a job's status is as wanted; return it."""
        end = time.monotonic() + LIMIT_S
        while not wanted(status := self.status(job)):
            assert time.monotonic() < end, status
            time.sleep(0.05)
        return status

    def kill(self) -> None:
        """Kill it at once, alone; its workers are to notice."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self._end()
        psutil.wait_procs(children, timeout=60)

    def stop(self) -> int:
        """Stop it in order; return the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM if os.name == "posix" else signal.SIGINT)
        return self._end()

    def _end(self) -> int:
        self.client.close()
        try:
            status = self.process.wait(LIMIT_S)
        finally:
            self.process.kill()
        self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return status
