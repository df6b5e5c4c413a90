"""The spool folder: copies of what is no file by itself, under names of our own."""

from __future__ import annotations

from pathlib import Path

from svg2pptx_batch.errors import OutputError
from svg2pptx_batch.places import STATE_DIR_VARIABLE


class Spool:
    """Gives places to copies; nothing in the folder is ever overwritten.

    Args:
        folder: Made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._copies = 0

    def new_path(self) -> Path:
        """Return the path of a new file.

        Raises:
            OutputError: The folder cannot be made.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise spool_error(self._folder, error) from error
        while True:
            self._copies += 1
            path = self._folder / f"{self._copies:06d}.svg"
            if not path.exists():
                return path

    def keep(self, data: bytes) -> str:
        """Write a copy; return its path.

        Raises:
            OutputError: It cannot be written.
        """
        path = self.new_path()
        try:
            path.write_bytes(data)
        except OSError as error:
            raise spool_error(self._folder, error) from error
        return str(path)


def spool_error(folder: Path, error: OSError) -> OutputError:
    """Say that the folder for copies cannot be written."""
    return OutputError(
        f"{folder} cannot be written: {error.strerror or error}.",
        remedy=f"Free some space, or set {STATE_DIR_VARIABLE} to another folder.",
    )
