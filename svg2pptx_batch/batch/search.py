"""Looks for the files the user names: folders, patterns, archives, links.

What is found is a Candidate, what cannot be used a Refusal; neither has its final name yet, because
names start at the common root of everything found. No link is followed out of its folder.
"""
# Paths are compared as text, as the user wrote them, and links must stay links: no pathlib.
# ruff: noqa: PTH100, PTH109, PTH112, PTH114, PTH116, PTH118, PTH120, PTH122, PTH123

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from svg2pptx_batch.batch.archive import Entry, spool_error, unpack
from svg2pptx_batch.batch.names import NameFilter, has_magic, is_hidden, is_svg_name, translate
from svg2pptx_batch.batch.sniff import HEAD_BYTES, is_zip, looks_like, looks_like_svg
from svg2pptx_batch.errors import InputError
from svg2pptx_batch.options import Limits

_MAY_READ = "Check that you may read it."


class Place(NamedTuple):
    """Where something stands among the inputs.

    Attributes:
        base: Absolute path of the folder its name starts at; an archive counts as a folder.
        relative: Its name below that folder, `/` between parts.
        source: What the user knows it by.
    """

    base: str
    relative: str
    source: str


@dataclass(slots=True)
class Candidate:
    """A file found; the fields are those of `InputFile`, whose name is not known yet."""

    place: Place
    path: str
    size_bytes: int
    modified_s: float = 0.0
    folder: str = ""
    root: str = ""
    archive: str = ""
    member: str = ""


@dataclass(slots=True)
class Refusal:
    """Something that cannot be used; the fields are those of `Problem`."""

    place: Place
    code: str
    message: str
    remedy: str


@dataclass(slots=True)
class Search:
    """Gathers candidates and refusals; one lives for one discovery.

    Attributes:
        names: Which names are taken.
        recursive: Whether folders are walked into their sub-folders.
        limits: Bounds on count and size.
        spool: Folder for copies; made when needed.
        stdin: Standard input; the process's own when None.
        found: What was found, as it came.
        refused: What cannot be used, as it came.
        notes: Remarks for people.
        filtered: How many files `names` left out.
        shallow: Whether sub-folders were passed over.
    """

    names: NameFilter
    recursive: bool
    limits: Limits
    spool: Path
    stdin: BinaryIO | None = None
    found: list[Candidate] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    filtered: int = 0
    shallow: bool = False
    _seen: set[str] = field(default_factory=set)
    _real: dict[str, str] = field(default_factory=dict)
    _copies: int = 0
    _total_bytes: int = 0

    def take_stdin(self) -> None:
        """Copy standard input into the spool folder."""
        data = (self.stdin or sys.stdin.buffer).read(self.limits.max_file_bytes + 1)
        place = Place(os.getcwd(), "stdin.svg", "standard input")
        if len(data) > self.limits.max_file_bytes:
            self._refuse_size(place)
            return
        self._add(Candidate(place, self._spooled(data), len(data)))

    def take(self, text: str, *, patterns: bool) -> None:
        """Take one path or, where `patterns` says so, one pattern."""
        path = os.path.abspath(text)
        place = Place(*os.path.split(path), text)
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
                self._refuse(place, code, f"{text}: {reason}.", "Check how it is spelt.")
            return
        if stat.S_ISDIR(mode):
            self._take_folder(path, text)
        elif os.path.islink(path):
            self._take_link(place, path, place.base, named=True)
        elif not stat.S_ISREG(mode):
            self._refuse_special(place)
        else:
            self._take_named(place, path)

    def _take_named(self, place: Place, path: str) -> None:
        """Take a regular file the user named: its content tells what it is, if not its name."""
        if is_svg_name(place.relative):
            self._take_file(place, path, place.base)
            return
        try:
            with open(path, "rb") as stream:
                head = stream.read(HEAD_BYTES)
        except OSError as error:
            self._refuse_unreadable(place, error)
            return
        if place.relative.lower().endswith(".zip") or is_zip(head):
            self._take_archive(place, path)
        elif looks_like_svg(head):
            self._take_file(place, path, place.base)
        else:
            self._refuse(
                place,
                "not-svg",
                f"{place.source} is not an SVG: {looks_like(head)}.",
                "Name SVG files, folders or ZIP archives.",
            )

    def _take_folder(self, folder: str, source: str) -> None:
        """Take the SVG files of a folder, and with --recursive of those below it."""
        archives = 0
        for relative, entry in self._walk(folder, source, self.recursive):
            if is_svg_name(entry.name):
                self._take_entry(Place(folder, relative, os.path.join(source, relative)), entry)
            elif entry.name.lower().endswith(".zip"):
                archives += 1
        if archives:
            self.notes.append(
                f"{archives} ZIP archive{'s' if archives > 1 else ''} in {source} not opened; "
                "name an archive to convert what it holds."
            )

    def _take_pattern(self, pattern: str) -> None:
        """Take the files a pattern matches which no shell has expanded."""
        parts = pattern.replace(os.sep, "/").split("/")
        fixed = next(index for index, part in enumerate(parts) if has_magic(part))
        rest = "/".join(parts[fixed:])
        source = "/".join(parts[:fixed]) or ("/" if fixed else "")
        base = os.path.abspath(source or ".")
        regex = translate(rest)
        suffix = os.path.splitext(rest)[1].lower()
        before = len(self.found) + len(self.refused) + self.filtered
        if os.path.isdir(base):
            deep = "/" in rest or "**" in rest
            for relative, entry in self._walk(base, source, deep, hidden="/." in f"/{rest}"):
                if not regex.fullmatch(relative):
                    continue
                place = Place(base, relative, os.path.join(source, relative))
                if is_svg_name(entry.name):
                    self._take_entry(place, entry)
                elif (
                    suffix
                    and entry.name.lower().endswith(suffix)
                    and entry.is_file(follow_symlinks=False)
                ):
                    self._take_named(place, entry.path)
        if len(self.found) + len(self.refused) + self.filtered == before:
            self._refuse(
                Place(base, rest, pattern),
                "not-found",
                f"No SVG matches {pattern}.",
                "Check the pattern; `**` looks into sub-folders.",
            )

    def _take_archive(self, place: Place, path: str) -> None:
        """Take the SVG files of an archive, as if it were a folder of its own name."""
        if not self._first(path):
            return
        stem = os.path.splitext(place.relative)[0]
        inside = os.path.join(place.base, *stem.split("/"))

        def wanted(member: str) -> bool:
            taken = self.names.takes(member)
            self.filtered += not taken
            return taken

        content = unpack(
            Path(path),
            self.limits,
            self._spool_path,
            wanted=wanted,
            room_files=self.limits.max_files - len(self.found),
            room_bytes=self.limits.max_total_bytes - self._total_bytes,
            label=place.source,
        )
        self.notes.extend(content.notes)
        for problem in content.problems:
            where = Place(inside, problem.name, f"{place.source}/{problem.name}")
            self._refuse(where, problem.code, problem.message, problem.remedy)
        for entry in content.entries:
            where = Place(inside, entry.name, f"{place.source}/{entry.name}")
            self._add(_from_entry(entry, where, path))

    def _walk(
        self, base: str, source: str, recursive: bool, *, hidden: bool = False
    ) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """Yield name and entry of what is below `base`, by name, files before sub-folders.

        No linked folder is entered. A folder named like an SVG is yielded, not entered.
        """
        pending = [base]
        while pending:
            here = pending.pop()
            try:
                with os.scandir(here) as scan:
                    entries = sorted(scan, key=lambda entry: entry.name)
            except OSError as error:
                name = relative_name(here, base)
                self._refuse_unreadable(Place(base, name, os.path.join(source, name)), error)
                continue
            below: list[str] = []
            for entry in entries:
                if is_hidden(entry.name) and not hidden:
                    continue
                if entry.is_dir(follow_symlinks=False) and not is_svg_name(entry.name):
                    below.append(entry.path)
                else:
                    yield relative_name(entry.path, base), entry
            if recursive:
                pending.extend(reversed(below))
            elif below:
                self.shallow = True

    def _take_entry(self, place: Place, entry: os.DirEntry[str]) -> None:
        """Take what a walk found under the name of an SVG."""
        if entry.is_symlink():
            self._take_link(place, entry.path, place.base)
        elif entry.is_file():
            self._take_file(place, entry.path, place.base, entry.stat())
        elif entry.is_dir():
            self._refuse(
                place,
                "folder",
                f"{place.source} is a folder, though it is named like an SVG.",
                "Rename it, or name it as an input of its own.",
            )
        else:
            self._refuse_special(place)

    def _take_link(self, place: Place, path: str, root: str, *, named: bool = False) -> None:
        """Take a symbolic link if it ends at a regular file below `root`."""
        if not self._wanted(place):
            return
        try:
            target = os.path.realpath(path, strict=True)
            status = os.stat(target)
        except OSError as error:
            self._refuse(
                place,
                "link",
                f"{place.source} is a link that leads nowhere: {error.strerror or error}.",
                "Replace the link with the file.",
            )
            return
        if not _is_below(target, self._resolve(root)):
            self._refuse(
                place,
                "link",
                f"{place.source} is a link that leaves its folder; it is not followed.",
                "Name the file it points to, or put a copy in its place.",
            )
        elif not stat.S_ISREG(status.st_mode):
            self._refuse_special(place)
        elif named:
            self._take_named(place, target)
        else:
            self._take_file(place, target, root, status)

    def _take_file(
        self, place: Place, path: str, root: str, status: os.stat_result | None = None
    ) -> None:
        """Take a regular file."""
        own = os.path.join(place.base, place.relative)
        if not self._wanted(place) or not self._first(own):
            return
        if status is None:
            status = os.stat(path)
        if status.st_size > self.limits.max_file_bytes:
            self._refuse_size(place)
            return
        folder = os.path.dirname(own)
        if not is_text(path):
            try:
                with open(path, "rb") as stream:
                    data = stream.read(self.limits.max_file_bytes)
            except OSError as error:
                self._refuse_unreadable(place, error)
                return
            path = self._spooled(data)
        if not is_text(folder):
            folder = root = ""
        self._add(Candidate(place, path, status.st_size, status.st_mtime, folder, root))

    def _wanted(self, place: Place) -> bool:
        """Tell whether --include and --exclude leave a file."""
        taken = self.names.takes(place.relative)
        self.filtered += not taken
        return taken

    def _first(self, path: str) -> bool:
        """Tell whether a path comes for the first time."""
        folder, name = os.path.split(path)
        key = os.path.normcase(os.path.join(self._resolve(folder), name))
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

    def _add(self, found: Candidate) -> None:
        """Add a candidate, within the limits."""
        self.found.append(found)
        self._total_bytes += found.size_bytes
        if len(self.found) > self.limits.max_files:
            raise InputError(
                f"There are more than {self.limits.max_files:,} files.",
                remedy="Choose fewer inputs, or raise --max-files.",
            )
        if self._total_bytes > self.limits.max_total_bytes:
            raise InputError(
                f"The files hold more than {self.limits.max_total_bytes:,} bytes together.",
                remedy="Choose fewer inputs, or raise --max-total-size.",
            )

    def _refuse(self, place: Place, code: str, message: str, remedy: str) -> None:
        self.refused.append(Refusal(place, code, message, remedy))

    def _refuse_special(self, place: Place) -> None:
        self._refuse(
            place,
            "special-file",
            f"{place.source} is not a regular file.",
            "Use - to read an SVG from standard input.",
        )

    def _refuse_size(self, place: Place) -> None:
        self._refuse(
            place,
            "limit",
            f"{place.source} is larger than {self.limits.max_file_bytes:,} bytes.",
            "Raise --max-file-size.",
        )

    def _refuse_unreadable(self, place: Place, error: OSError) -> None:
        reason = error.strerror or error
        self._refuse(place, "unreadable", f"{place.source} cannot be read: {reason}.", _MAY_READ)

    def _spooled(self, data: bytes) -> str:
        """Write a copy into the spool folder; return its path."""
        path = self._spool_path()
        try:
            path.write_bytes(data)
        except OSError as error:
            raise spool_error(self.spool, error) from error
        return str(path)

    def _spool_path(self) -> Path:
        """Return the path of a new file in the spool folder."""
        try:
            self.spool.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise spool_error(self.spool, error) from error
        while True:
            self._copies += 1
            path = self.spool / f"{self._copies:06d}.svg"
            if not path.exists():
                return path


def _from_entry(entry: Entry, place: Place, archive: str) -> Candidate:
    return Candidate(
        place,
        str(entry.path),
        entry.size_bytes,
        entry.modified_s,
        archive=archive if is_text(archive) else "",
        member=entry.member,
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
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
