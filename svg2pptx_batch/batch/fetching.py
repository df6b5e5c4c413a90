"""Looks for the files that addresses name, and copies them into the spool folder.

What is taken of a folder, a pattern or an archive is what `search` takes of one on a disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from svg2pptx_batch.batch.findings import Candidate, Findings, Place
from svg2pptx_batch.batch.names import NameFilter, has_magic, is_hidden, is_svg_name, translate
from svg2pptx_batch.batch.sniff import HEAD_BYTES, is_zip, looks_like_svg
from svg2pptx_batch.batch.spool import Spool, spool_error
from svg2pptx_batch.batch.storage import Storage, Stored
from svg2pptx_batch.errors import UnreadableError
from svg2pptx_batch.options import Limits

_MOST_AT_ONCE: Final = 64
_BYTES_AT_ONCE: Final = 32 * 2**20

TakeArchive = Callable[[Place, str], None]
"""Takes what the copy of an archive holds."""


class Fetching:
    """Looks through addresses; one lives for one search.

    Args:
        findings: Hears what is found.
        names: Which names are taken.
        recursive: Whether folders are walked into their sub-folders.
        limits: Bounds on size.
        spool: Where copies go.
        take_archive: Takes what an archive holds.
    """

    def __init__(
        self,
        findings: Findings,
        names: NameFilter,
        recursive: bool,
        limits: Limits,
        spool: Spool,
        take_archive: TakeArchive,
    ) -> None:
        self._findings = findings
        self._names = names
        self._recursive = recursive
        self._limits = limits
        self._spool = spool
        self._take_archive = take_archive
        self._seen: set[str] = set()

    def take(self, address: str, *, patterns: bool) -> None:
        """Take what an address names or, where `patterns` says so, what a pattern matches.

        Raises:
            UsageError: The address cannot be used.
            OutputError: The spool folder cannot be written.
        """
        storage = Storage(address)
        folder, _, name = storage.address.rpartition("/")
        place = _place(folder, name)
        try:
            if patterns and has_magic(address) and not storage.exists():
                self._take_pattern(address)
                return
            file = storage.look()
            if file is None:
                self._take_folder(storage)
            elif is_svg_name(file.name):
                self._take_files(storage, [(place, file)])
            else:
                self._take_other(storage, place, file)
        except UnreadableError as error:
            self._refuse(place, error)

    def _take_folder(self, storage: Storage) -> None:
        """Take the SVG files of a folder, and with --recursive of those below it."""
        found = storage.walk(None if self._recursive else 1)
        shown = [file for file in found if not _is_hidden(file.name)]
        drawings = [file for file in shown if is_svg_name(file.name)]
        self._take_files(storage, ((_place(storage.address, file.name), file) for file in drawings))
        archives = sum(file.name.lower().endswith(".zip") for file in shown)
        if archives:
            self._findings.tell_archives(archives, storage.address)
        if not drawings and not self._recursive and storage.has_folders():
            self._findings.shallow = True

    def _take_pattern(self, address: str) -> None:
        """Take the files that a pattern matches."""
        parts = address.split("/")
        fixed = next(index for index, part in enumerate(parts) if has_magic(part))
        rest = parts[fixed:]
        storage = Storage("/".join(parts[:fixed]) + "/")
        regex = translate("/".join(rest))
        found = storage.walk(None if "**" in rest else len(rest))
        hidden = any(is_hidden(part) for part in rest)
        matching = [
            file
            for file in found
            if regex.fullmatch(file.name) and (hidden or not _is_hidden(file.name))
        ]
        drawings = [file for file in matching if is_svg_name(file.name)]
        self._take_files(storage, ((_place(storage.address, file.name), file) for file in drawings))
        suffix = PurePosixPath(rest[-1]).suffix.lower()
        for file in matching:
            if suffix and file.name.lower().endswith(suffix) and not is_svg_name(file.name):
                self._take_other(storage, _place(storage.address, file.name), file)
        if not matching:
            self._findings.refuse_unmatched(_place(storage.address, "/".join(rest)), address)

    def _take_files(self, storage: Storage, files: Iterable[tuple[Place, Stored]]) -> None:
        """Copy drawings, as many at once as is good."""
        for group in _groups(self._wanted(files)):
            most = self._limits.max_file_bytes
            contents = storage.read([file for _, file in group], most + 1)
            for (place, file), data in zip(group, contents, strict=True):
                if isinstance(data, UnreadableError):
                    self._refuse(place, data)
                elif len(data) > most:
                    self._findings.refuse_size(place)
                else:
                    self._add(place, file, self._spool.keep(data), len(data))

    def _wanted(self, files: Iterable[tuple[Place, Stored]]) -> Iterator[tuple[Place, Stored]]:
        """Leave out what --include and --exclude do, what comes again and what is too large."""
        for place, file in files:
            if not self._names.takes(place.relative):
                self._findings.filtered += 1
            elif place.source not in self._seen:
                self._seen.add(place.source)
                if (file.size_bytes or 0) > self._limits.max_file_bytes:
                    self._findings.refuse_size(place)
                else:
                    yield place, file

    def _take_other(self, storage: Storage, place: Place, file: Stored) -> None:
        """Take a file whose name is no SVG's: its content tells what it is."""
        if place.source in self._seen:
            return
        self._seen.add(place.source)
        copy = self._spool.new_path()
        most = self._limits.max_total_bytes
        try:
            copied = storage.copy(file, copy, most)
            with copy.open("rb") as stream:
                head = stream.read(HEAD_BYTES)
        except OSError as error:
            raise spool_error(copy.parent, error) from error
        if copied > most:
            self._findings.refuse_archive_size(place)
        elif is_zip(head) or place.relative.lower().endswith(".zip"):
            self._take_archive(place, str(copy))
        elif not looks_like_svg(head):
            self._findings.refuse_kind(place, head)
        elif not self._names.takes(place.relative):
            self._findings.filtered += 1
        elif copied > self._limits.max_file_bytes:
            self._findings.refuse_size(place)
        else:
            self._add(place, file, str(copy), copied)

    def _add(self, place: Place, file: Stored, copy: str, size_bytes: int) -> None:
        self._findings.add(
            Candidate(place, copy, size_bytes, file.modified_s, address=place.source)
        )

    def _refuse(self, place: Place, error: UnreadableError) -> None:
        self._findings.refuse(place, error.code, error.message, error.remedy or "")


def _place(folder: str, name: str) -> Place:
    """Return where a file stands among the inputs: its storage counts as a drive."""
    scheme, _, path = folder.partition("://")
    base = Path(os.sep, scheme, *(part for part in path.split("/") if part))
    return Place(str(base), name, f"{folder}/{name}")


def _is_hidden(name: str) -> bool:
    return any(is_hidden(part) for part in name.split("/"))


def _groups(files: Iterable[tuple[Place, Stored]]) -> Iterator[list[tuple[Place, Stored]]]:
    """Gather files so that what is held of them at once stays small."""
    group: list[tuple[Place, Stored]] = []
    size = 0
    for place, file in files:
        group.append((place, file))
        size += file.size_bytes or 0
        if len(group) == _MOST_AT_ONCE or size >= _BYTES_AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group
