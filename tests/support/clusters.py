"""A Dask cluster on loopback: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.support.jobs import ROOT

START_S = 120.0
"""Longer than any process may need to start on a busy machine."""


class Cluster:
    """The processes of a cluster.

    Args:
        folder: For what they write.
        env: More of their environment.

    Attributes:
        address: As `--executor` takes it.
        workers: Their processes.
    """

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self._folder = folder
        self._env = {**os.environ, "PYTHONPATH": str(ROOT), **env}
        self._file = folder / "scheduler.json"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start(
            "scheduler", "--port", "0", "--scheduler-file", str(self._file)
        )
        end = time.monotonic() + START_S
        while not self._file.exists() or not self._file.read_text().endswith("}"):
            assert self.scheduler.poll() is None, self.log("scheduler")
            assert time.monotonic() < end, "no scheduler"
            time.sleep(0.02)
        address = json.loads(self._file.read_text())["address"]
        self.address = address.replace("tcp://", "dask://")

    def add_worker(self, *, nanny: bool = False, threads: int = 1, **env: str) -> None:
        """Start a worker."""
        name = f"worker{len(self.workers)}"
        self.workers.append(
            self._start(
                "worker",
                *("--scheduler-file", str(self._file), "--nthreads", str(threads)),
                *("--name", name, "--local-directory", str(self._folder / name)),
                "--nanny" if nanny else "--no-nanny",
                log=name,
                env=env,
            )
        )

    def await_workers(self, count: int) -> None:
        """Wait until so many workers have come."""
        from distributed import Client

        address = self.address.replace("dask://", "tcp://")
        with Client(address, timeout=START_S, set_as_default=False) as client:
            if count:
                client.wait_for_workers(count, timeout=START_S)

    def log(self, name: str) -> str:
        """Return what a process has said."""
        return (self._folder / f"{name}.log").read_text(errors="replace")

    def close(self) -> None:
        """Kill what is left of all processes and their children."""
        for process in (*self.workers, self.scheduler):
            try:
                each = psutil.Process(process.pid)
                family = [each, *each.children(recursive=True)]
            except psutil.NoSuchProcess:
                continue
            for member in family:
                with_pid = psutil.pid_exists(member.pid)
                if with_pid and member.is_running():
                    member.send_signal(signal.SIGKILL)
            process.wait()

    def _start(
        self, command: str, *arguments: str, log: str = "", env: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        with (self._folder / f"{log or command}.log").open("wb") as stream:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", "dask", command, *arguments),
                    *("--host", "127.0.0.1", "--no-dashboard"),
                ],
                stdout=stream,
                stderr=subprocess.STDOUT,
                env={**self._env, **(env or {})},
                cwd=self._folder,
            )


@contextmanager
def cluster(folder: Path, *, workers: int = 2, threads: int = 1, **env: str) -> Iterator[Cluster]:
    """Have a cluster, the first worker of which has a nanny; skips where there is no Dask."""
    pytest.importorskip("distributed", reason="needs the extra distributed")
    folder.mkdir(parents=True, exist_ok=True)
    made = Cluster(folder, env)
    try:
        for number in range(workers):
            made.add_worker(nanny=number == 0, threads=threads)
        made.await_workers(workers)
        yield made
    finally:
        made.close()
