"""Disks that fill up, and faults put on processes from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.faults import Faults, UnavailableError


class TinyDisk:
    """A file system of 2 MiB.

    Attributes:
        folder: Where it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def leave(self, size: int) -> None:
        """Fill it up but for so many bytes, as near as its pages allow."""
        self.empty()
        block = os.statvfs(self.folder).f_frsize
        with self._ballast.open("wb", buffering=0) as file:
            while self.free >= size + block:
                file.write(bytes(block))

    def empty(self) -> None:
        """Take out what fills it up."""
        self._ballast.unlink(missing_ok=True)

    @property
    def free(self) -> int:
        """Bytes left."""
        told = os.statvfs(self.folder)
        return told.f_bavail * told.f_frsize

    def set_writable(self, writable: bool) -> None:
        """Let it be written or not."""
        options = f"remount,{'rw' if writable else 'ro'}"
        subprocess.run(["mount", "-o", options, str(self.folder)], check=True)


@pytest.fixture
def tiny_disk() -> Iterator[TinyDisk]:
    """A small file system, where mounting is allowed; its path is short, for sockets in it."""
    if sys.platform != "linux":
        pytest.skip("needs Linux")
    with tempfile.TemporaryDirectory(prefix="disk-") as folder:
        yield from _mounted(Path(folder))


def _mounted(folder: Path) -> Iterator[TinyDisk]:
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    try:
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("mounting is not permitted here")
    except OSError:
        pytest.skip("there is no mount")
    yield TinyDisk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="session")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Faults:
    """Faults of disk and clock, where they can be made."""
    try:
        return Faults(tmp_path_factory.mktemp("faults"))
    except UnavailableError as error:
        pytest.skip(str(error))
