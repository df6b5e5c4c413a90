"""Looks for the files the user names: folders, patterns, archives, links.

What is found is a Candidate, what cannot be used a Refusal. No link is followed out of its folder.
"""
# Paths are compared as text, as the user wrote them, and links must stay links: no pathlib.
# ruff: noqa: PTH100, PTH109, PTH112, PTH114, PTH116, PTH118, PTH122, PTH123

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from svg2pptx_batch.batch.archive import Entry, unpack
from svg2pptx_batch.batch.findings import Candidate, Findings, Place
from svg2pptx_batch.batch.names import NameFilter, has_magic, is_hidden, is_svg_name, translate
from svg2pptx_batch.batch.sniff import HEAD_BYTES, is_zip, looks_like_svg
from svg2pptx_batch.batch.spool import Spool
from svg2pptx_batch.batch.storage import is_address, local_path
from svg2pptx_batch.options import Limits

if TYPE_CHECKING:
    from svg2pptx_batch.batch.fetching import Fetching


class Search:
    """Looks through what it is given; one lives for one discovery.

    Attributes:
        findings: What was found so far.

    Args:
        names: Which names are taken.
        recursive: Whether folders are walked into their sub-folders.
        limits: Bounds on count and size.
        spool: Folder for copies; made when needed.
        stdin: Standard input; the process's own when None.
    """

    def __init__(
        self,
        names: NameFilter,
        recursive: bool,
        limits: Limits,
        spool: Path,
        stdin: BinaryIO | None = None,
    ) -> None:
        self.findings = Findings(limits)
        self._names = names
        self._recursive = recursive
        self._limits = limits
        self._spool = Spool(spool)
        self._stdin = stdin
        self._seen: set[tuple[str, str]] = set()
        self._real: dict[str, str] = {}
        self._elsewhere: Fetching | None = None

    def take_stdin(self) -> None:
        """Copy standard input into the spool folder."""
        data = (self._stdin or sys.stdin.buffer).read(self._limits.max_file_bytes + 1)
        place = Place(os.getcwd(), "stdin.svg", "standard input")
        if len(data) > self._limits.max_file_bytes:
            self.findings.refuse_size(place)
            return
        self.findings.add(Candidate(place, self._spool.keep(data), len(data)))

    def take(self, text: str, *, patterns: bool) -> None:
        """Take one path or address or, where `patterns` says so, one pattern."""
        if is_address(text):
            self._fetching().take(text, patterns=patterns)
            return
        text = local_path(text)
        path = os.path.abspath(text)
        folder, name = os.path.split(path)
        place = Place(folder, name, text, folder)
        try:
            if not text:
                raise FileNotFoundError(2, "an input has no name")
            mode = os.stat(path).st_mode
        except (OSError, ValueError) as error:
            if os.path.islink(path):
                self._take_link(place, path, place.base, named=True)
            elif patterns and has_magic(text):
                self._take_pattern(text)
            else:
                code = "not-found" if isinstance(error, FileNotFoundError) else "unreadable"
                reason = getattr(error, "strerror", None) or error
                self.findings.refuse(place, code, f"{text}: {reason}.", "Check how it is spelt.")
            return
        if stat.S_ISDIR(mode):
            self._take_folder(path, text)
        elif os.path.islink(path):
            self._take_link(place, path, place.base, named=True)
        elif not stat.S_ISREG(mode):
            self.findings.refuse_special(place)
        else:
            self._take_named(place, path)

    def _fetching(self) -> Fetching:
        """Return what looks through addresses; loaded where there are any."""
        if self._elsewhere is None:
            from svg2pptx_batch.batch.fetching import Fetching

            self._elsewhere = Fetching(
                self.findings,
                self._names,
                self._recursive,
                self._limits,
                self._spool,
                self._take_archive,
            )
        return self._elsewhere

    def _take_named(self, place: Place, path: str) -> None:
        """Take a regular file the user named: its content tells what it is, if not its name."""
        if is_svg_name(place.relative):
            self._take_file(place, path, place.base)
            return
        try:
            with open(path, "rb") as stream:
                head = stream.read(HEAD_BYTES)
        except OSError as error:
            self.findings.refuse_unreadable(place, error)
            return
        if place.relative.lower().endswith(".zip") or is_zip(head):
            self._take_archive(place, path)
        elif looks_like_svg(head):
            self._take_file(place, path, place.base)
        else:
            self.findings.refuse_kind(place, head)

    def _take_folder(self, folder: str, source: str) -> None:
        """Take the SVG files of a folder, and with --recursive of those below it."""
        archives = 0
        for place, entry in self._walk(folder, source, self._recursive):
            if is_svg_name(entry.name):
                self._take_entry(place, entry)
            elif entry.name.lower().endswith(".zip"):
                archives += 1
        if archives:
            self.findings.tell_archives(archives, source)

    def _take_pattern(self, pattern: str) -> None:
        """Take the files a pattern matches which no shell has expanded."""
        parts = pattern.replace(os.sep, "/").split("/")
        fixed = next(index for index, part in enumerate(parts) if has_magic(part))
        rest = "/".join(parts[fixed:])
        source = "/".join(parts[:fixed]) or ("/" if fixed else "")
        base = os.path.abspath(source or ".")
        regex = translate(rest)
        suffix = os.path.splitext(rest)[1].lower()
        before = self.findings.seen
        if os.path.isdir(base):
            deep = "/" in rest or "**" in rest
            for place, entry in self._walk(base, source, deep, hidden="/." in f"/{rest}"):
                if not regex.fullmatch(place.relative):
                    continue
                if is_svg_name(entry.name):
                    self._take_entry(place, entry)
                elif (
                    suffix
                    and entry.name.lower().endswith(suffix)
                    and entry.is_file(follow_symlinks=False)
                ):
                    self._take_named(place, entry.path)
        if self.findings.seen == before:
            self.findings.refuse_unmatched(Place(base, rest, pattern), pattern)

    def _take_archive(self, place: Place, path: str) -> None:
        """Take the SVG files of an archive, as if it were a folder of its own name."""
        if not self._first(*os.path.split(path)):
            return
        stem = os.path.splitext(place.relative)[0]
        inside = os.path.join(place.base, *stem.split("/"))

        def wanted(member: str) -> bool:
            taken = self._names.takes(member)
            self.findings.filtered += not taken
            return taken

        content = unpack(
            Path(path),
            self._limits,
            self._spool.new_path,
            wanted=wanted,
            room_files=self.findings.room_files,
            room_bytes=self.findings.room_bytes,
            label=place.source,
        )
        self.findings.notes.extend(content.notes)
        for problem in content.problems:
            where = Place(inside, problem.name, f"{place.source}/{problem.name}")
            self.findings.refuse(where, problem.code, problem.message, problem.remedy)
        for entry in content.entries:
            where = Place(inside, entry.name, f"{place.source}/{entry.name}")
            self.findings.add(_from_entry(entry, where, path, place.source))

    def _walk(
        self, base: str, source: str, recursive: bool, *, hidden: bool = False
    ) -> Iterator[tuple[Place, os.DirEntry[str]]]:
        """Yield place and entry of what is below `base`, by name, files before sub-folders.

        No linked folder is entered. A folder named like an SVG is yielded, not entered.
        """
        pending = [base]
        while pending:
            here = pending.pop()
            prefix = relative_name(here, base)
            try:
                with os.scandir(here) as scan:
                    entries = sorted(scan, key=attrgetter("name"))
            except OSError as error:
                self.findings.refuse_unreadable(
                    Place(base, prefix, os.path.join(source, prefix)), error
                )
                continue
            if prefix:
                prefix += "/"
            shown = os.path.join(source, prefix)
            below: list[str] = []
            for entry in entries:
                name = entry.name
                if is_hidden(name) and not hidden:
                    continue
                if entry.is_dir(follow_symlinks=False) and not is_svg_name(name):
                    below.append(entry.path)
                else:
                    yield Place(base, prefix + name, shown + name, here), entry
            if recursive:
                pending.extend(reversed(below))
            elif below:
                self.findings.shallow = True

    def _take_entry(self, place: Place, entry: os.DirEntry[str]) -> None:
        """Take what a walk found under the name of an SVG."""
        if entry.is_symlink():
            self._take_link(place, entry.path, place.base)
        elif entry.is_file():
            self._take_file(place, entry.path, place.base, entry.stat())
        elif entry.is_dir():
            self.findings.refuse(
                place,
                "folder",
                f"{place.source} is a folder, though it is named like an SVG.",
                "Rename it, or name it as an input of its own.",
            )
        else:
            self.findings.refuse_special(place)

    def _take_link(self, place: Place, path: str, root: str, *, named: bool = False) -> None:
        """Take a symbolic link if it ends at a regular file below `root`."""
        if not self._wanted(place):
            return
        try:
            target = os.path.realpath(path, strict=True)
            status = os.stat(target)
        except OSError as error:
            self.findings.refuse(
                place,
                "link",
                f"{place.source} is a link that leads nowhere: {error.strerror or error}.",
                "Replace the link with the file.",
            )
            return
        if not _is_below(target, self._resolve(root)):
            self.findings.refuse(
                place,
                "link",
                f"{place.source} is a link that leaves its folder; it is not followed.",
                "Name the file it points to, or put a copy in its place.",
            )
        elif not stat.S_ISREG(status.st_mode):
            self.findings.refuse_special(place)
        elif named:
            self._take_named(place, target)
        else:
            self._take_file(place, target, root, status)

    def _take_file(
        self, place: Place, path: str, root: str, status: os.stat_result | None = None
    ) -> None:
        """Take a regular file."""
        if not self._wanted(place) or not self._first(place.folder, place.relative):
            return
        if status is None:
            status = os.stat(path)
        if status.st_size > self._limits.max_file_bytes:
            self.findings.refuse_size(place)
            return
        if not is_text(path):
            try:
                with open(path, "rb") as stream:
                    data = stream.read(self._limits.max_file_bytes)
            except OSError as error:
                self.findings.refuse_unreadable(place, error)
                return
            path = self._spool.keep(data)
        folder = place.folder
        if not is_text(folder):
            folder = root = ""
        self.findings.add(Candidate(place, path, status.st_size, status.st_mtime, folder, root))

    def _wanted(self, place: Place) -> bool:
        """Tell whether --include and --exclude leave a file."""
        if self._names.takes(place.relative):
            return True
        self.findings.filtered += 1
        return False

    def _first(self, folder: str, name: str) -> bool:
        """Tell whether a file comes for the first time.

        Args:
            folder: The folder it lies in.
            name: Its name; what comes before the last `/` does not count.
        """
        key = (self._resolve(folder), os.path.normcase(name.rpartition("/")[2]))
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _resolve(self, folder: str) -> str:
        """Resolve the links of a folder."""
        real = self._real.get(folder)
        if real is None:
            real = self._real[folder] = os.path.realpath(folder)
        return real


def _from_entry(entry: Entry, place: Place, archive: str, source: str) -> Candidate:
    return Candidate(
        place,
        str(entry.path),
        entry.size_bytes,
        entry.modified_s,
        archive=archive if is_text(archive) else "",
        member=entry.member,
        address=source if is_address(source) else "",
    )


def relative_name(path: str, base: str) -> str:
    """Return the name of a path below a folder, `/` between its parts."""
    return path[len(base) :].replace(os.sep, "/").lstrip("/")


def _is_below(path: str, folder: str) -> bool:
    """Tell whether a path is in a folder or below it; both are absolute and without links."""
    try:
        return os.path.commonpath((path, folder)) == folder
    except ValueError:
        return False


def is_text(path: str) -> bool:
    """Tell whether a path can be written down: it holds no bytes outside the system's encoding."""
    if path.isascii():
        return True
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
