"""Which changes of a watched folder matter, and when they have come to rest.

Pure: moments and what files look like are told, nothing is read. Moments are seconds of one
monotonic clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from svg2pptx_batch.batch.names import is_hidden

_TEMPORARY_STARTS = ("~$", "#", ".~")
_TEMPORARY_ENDS = (
    *("~", "#", ".tmp", ".temp", ".bak"),
    *(".swp", ".swx", ".part", ".partial", ".crdownload", ".download"),
    *(".pptx", ".pptm"),
)
"""Names of programs' own files, and of decks: no drawing uses them."""


class Look(NamedTuple):
    """What a file looked like at one moment; a file that is not there looks like `GONE`.

    Attributes:
        size_bytes: Its size; -1 where there is none.
        mtime_ns: When it was written.
        digest: Of its content, empty where that is not read.
    """

    size_bytes: int
    mtime_ns: int
    digest: str = ""

    @property
    def content(self) -> tuple[int, str | int]:
        """What it holds, as far as that can be told."""
        return self.size_bytes, self.digest or self.mtime_ns


GONE = Look(-1, 0)


class Interest:
    """Tells which paths matter.

    Args:
        roots: The folders and files that are watched.
        own: What a run writes: paths that never matter, nor does what is below them.
    """

    def __init__(self, roots: Iterable[Path], own: Iterable[Path] = ()) -> None:
        self._roots = tuple(roots)
        self._own = tuple(own)

    def has(self, path: Path) -> bool:
        """Tell whether a change of a path may change a deck.

        Whatever a drawing may refer to counts, and folders do; hidden files and those that
        programs keep for themselves do not.
        """
        if any(path == own or own in path.parents for own in self._own):
            return False
        root = next((root for root in self._roots if path == root or root in path.parents), None)
        if root is None:
            return False
        name = path.name.lower()
        return not (
            is_hidden(path.relative_to(root).as_posix())
            or name.startswith(_TEMPORARY_STARTS)
            or name.endswith(_TEMPORARY_ENDS)
        )


class _Change:
    """A path under observation.

    Attributes:
        look: What it looked like last, None before the first look.
        since: Since when it has looked so.
        seen_at: When it was looked at last.
    """

    __slots__ = ("look", "seen_at", "since")

    def __init__(self, now: float) -> None:
        self.look: Look | None = None
        self.since = now
        self.seen_at = now


class Burst:
    """Changes that belong together, from the first until all of them have come to rest.

    Args:
        settle_s: How long a file must look the same to count as written.
        longest_s: The longest wait: then what never rests is taken as it is.
    """

    def __init__(self, settle_s: float, longest_s: float) -> None:
        self._settle_s = settle_s
        self._longest_s = longest_s
        self._changes: dict[Path, _Change] = {}
        self._known: dict[Path, Look] = {}
        self._began = 0.0

    def note(self, path: Path, now: float) -> None:
        """Note that something has happened to a path."""
        if not self._changes:
            self._began = now
        change = self._changes.setdefault(path, _Change(now))
        change.since = now

    def to_look_at(self, now: float) -> list[Path]:
        """Return the paths to be looked at now: none is looked at more often than need be."""
        return [
            path
            for path, change in self._changes.items()
            if change.look is None or now - max(change.since, change.seen_at) >= self._settle_s
        ]

    def saw(self, path: Path, look: Look, now: float) -> None:
        """Tell what a path looks like."""
        change = self._changes[path]
        if look != change.look:
            change.since = now
        change.look, change.seen_at = look, now

    def is_over(self, now: float) -> bool:
        """Tell whether there are changes and all of them have come to rest."""
        if not self._changes:
            return False
        return now - self._began >= self._longest_s or all(
            change.look is not None and change.seen_at - change.since >= self._settle_s
            for change in self._changes.values()
        )

    def take(self) -> list[Path]:
        """Return the paths that are not what they were when last taken, and begin anew."""
        taken = []
        for path, change in self._changes.items():
            look = change.look or GONE
            known = self._known.get(path)
            if known is None or known.content != look.content:
                taken.append(path)
            self._known[path] = look
        self._changes.clear()
        return sorted(taken)
