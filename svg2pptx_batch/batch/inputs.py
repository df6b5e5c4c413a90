"""What the user names becomes a list of files: folders, globs, lists, archives, standard input.

Files and links are looked at, never parsed. A thing that cannot be used is a Problem of that file;
only when nothing at all is left does discovering fail. What an archive or standard input holds, or
lies elsewhere, is streamed under caps into the spool folder, under names of our own.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from svg2pptx_batch.batch.findings import Candidate, Findings, Place, Refusal
from svg2pptx_batch.batch.names import NameFilter, UniqueNames, natural_key
from svg2pptx_batch.batch.search import Search, is_text, relative_name
from svg2pptx_batch.errors import LimitError, NoInputError, UnreadableError, UsageError
from svg2pptx_batch.options import Limits, SortOrder

if TYPE_CHECKING:
    from svg2pptx_batch.svg import ParseLimits
    from svg2pptx_batch.svg.resources import ResourceLoader

STDIN = "-"
_PROBLEMS_TOLD = 5
_PAUSES_S = (0.05, 0.25)
_TRANSIENT = frozenset(
    getattr(errno, name)
    for name in ("EIO", "EAGAIN", "EBUSY", "EMFILE", "ENFILE", "ESTALE", "ETIMEDOUT")
    if hasattr(errno, name)
)
_TRANSIENT_WINDOWS = frozenset({32, 33})
"""ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION."""
_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_PIECE = 2**20


class InputFile(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One SVG to convert.

    Attributes:
        name: Unique among the inputs even where case does not count; folders kept, `/` between.
        path: Absolute path of the bytes: the file itself, or its copy in the spool folder.
        size_bytes: Size as stored; an `.svgz` is packed.
        source: What the user knows it by: a path, or `icons.zip/sub/a.svg`.
        folder: Where relative references start; empty when there is no folder.
        root: Folder which references must not leave.
        archive: Absolute path of the archive it came from, or empty.
        member: Its entry in that archive.
        address: Where it, or its archive, was copied from: `s3://bucket/a.svg`, or empty.
    """

    name: str
    path: str
    size_bytes: int
    source: str = ""
    folder: str = ""
    root: str = ""
    archive: str = ""
    member: str = ""
    address: str = ""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An input that cannot be used; it counts as a file that failed.

    Attributes:
        name: Its name among the inputs.
        code: Stable kebab-case name of the reason.
        message: What is wrong, a sentence.
        remedy: What the user can do, or empty.
        source: What the user knows it by.
    """

    name: str
    code: str
    message: str
    remedy: str = ""
    source: str = ""


class Discovery(msgspec.Struct, frozen=True):
    """What was found.

    Attributes:
        files: To be converted, in the order of their slides.
        problems: Inputs that cannot be used.
        notes: Remarks for people: what was passed over, what was renamed.
    """

    files: tuple[InputFile, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which inputs are taken, and in what order.

    Attributes:
        recursive: Whether folders are walked into their sub-folders.
        include: Patterns; if there are any, a name must match one.
        exclude: Patterns no name may match.
        files_from: Path of a list of inputs, newline or NUL between them; `-` for standard input.
        sort: Order of the files.
    """

    recursive: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    files_from: str = ""
    sort: SortOrder = SortOrder.NATURAL


def discover(
    sources: Sequence[str | os.PathLike[str]],
    selection: Selection,
    limits: Limits,
    spool: Path,
    *,
    stdin: BinaryIO | None = None,
) -> Discovery:
    """Find every SVG the sources name.

    Args:
        sources: Files, folders, patterns, ZIP archives, addresses of any of them, or `-` for one
            SVG on standard input.
        selection: Which of them are taken, and their order.
        limits: Bounds on count and size.
        spool: Folder for copies of what is no file by itself; made when needed.
        stdin: Standard input; the process's own when None.

    Raises:
        NoInputError: Nothing usable was found.
        InputError: More files or bytes than the limits allow.
        ArchiveError: An archive is refused as a whole.
        OutputError: Copies cannot be written into the spool folder.
        UsageError: Standard input is asked for twice, or the list cannot be read.
    """
    search = Search(
        NameFilter(selection.include, selection.exclude), selection.recursive, limits, spool, stdin
    )
    texts = [os.fspath(source) for source in sources]
    if texts.count(STDIN) + (selection.files_from == STDIN) > 1:
        raise UsageError(
            "Standard input can be read only once.",
            remedy="Use `-` once, either as an input or with --files-from.",
        )
    for text in texts:
        if text == STDIN:
            search.take_stdin()
        else:
            search.take(text, patterns=True)
    if selection.files_from:
        for text in read_list(selection.files_from, stdin):
            search.take(text, patterns=False)
    if not search.findings.found:
        raise _nothing(search.findings)
    return _finish(search.findings, selection.sort)


def read_list(path: str, stdin: BinaryIO | None = None) -> list[str]:
    """Read the paths of a `--files-from` list: NUL between them if there is one, else newlines."""
    try:
        data = (stdin or sys.stdin.buffer).read() if path == STDIN else Path(path).read_bytes()
    except OSError as error:
        raise UsageError(
            f"The list {path} cannot be read: {error.strerror or error}.",
            remedy="Give --files-from a readable text file, or - for standard input.",
        ) from error
    data = data.removeprefix(b"\xef\xbb\xbf")
    pieces = data.split(b"\0") if b"\0" in data else data.splitlines()
    return [os.fsdecode(piece) for piece in pieces if piece]


def read(file: InputFile, limits: Limits) -> bytes:
    """Return the bytes of an input; what may pass by itself is tried three times.

    Raises:
        UnreadableError: The file is gone, is no regular file any more or may not be read.
        LimitError: It has grown beyond the limit.
    """
    pauses = iter(_PAUSES_S)
    while True:
        try:
            data = _read_once(file, limits)
            break
        except OSError as error:
            pause = next(pauses, None) if _may_pass(error) else None
            if pause is None:
                raise UnreadableError(
                    f"{file.source or file.name} cannot be read: {error.strerror or error}.",
                    remedy="Check that the file is still there and that you may read it.",
                ) from error
            time.sleep(pause)
    if len(data) > limits.max_file_bytes:
        raise LimitError(
            f"{file.source or file.name} is larger than {limits.max_file_bytes:,} bytes.",
            remedy="Raise --max-file-size.",
        )
    return data


def _read_once(file: InputFile, limits: Limits) -> bytes:
    """Return the bytes of an input, one more than allowed at most."""
    found = os.stat(file.path)  # noqa: PTH116  quicker, and this runs for each file
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableError(
            f"{file.source or file.name} is not a regular file.",
            remedy="Replace it with the SVG itself.",
        )
    most = limits.max_file_bytes + 1
    stream = os.open(file.path, _READING)
    try:
        # The buffer for a read is made at its full size: first what should be there.
        data = os.read(stream, min(found.st_size + 1, most))
        if len(data) != found.st_size:  # it has changed, or comes in pieces
            while len(data) < most and (more := os.read(stream, min(_PIECE, most - len(data)))):
                data += more
    finally:
        os.close(stream)
    return data


def _may_pass(error: OSError) -> bool:
    """Tell whether an error may be gone in a moment: a network, a full table, a sharing program."""
    return error.errno in _TRANSIENT or getattr(error, "winerror", None) in _TRANSIENT_WINDOWS


@lru_cache(maxsize=4)
def parse_limits(limits: Limits) -> ParseLimits:
    """Return the bounds on the source of one input, which holds when it is unpacked, too."""
    from svg2pptx_batch.svg import ParseLimits

    return ParseLimits(max_bytes=limits.max_file_bytes)


def loader_for(file: InputFile, resource_root: str = "") -> ResourceLoader:
    """Return what may be read on behalf of an input.

    Args:
        file: The input.
        resource_root: Folder below which files may be read; empty for the input's own.
    """
    from svg2pptx_batch.svg.resources import ArchiveLoader, DataLoader, FolderLoader

    if file.archive:
        from svg2pptx_batch.batch.zip_directory import entry_name

        return ArchiveLoader(Path(file.archive), file.member, entry_name)
    if file.folder:
        return FolderLoader(file.folder, resource_root or file.root)
    if resource_root:
        return FolderLoader(resource_root, resource_root)
    return DataLoader()


def _finish(findings: Findings, sort: SortOrder) -> Discovery:
    """Name and sort what was found."""
    root = _common_root(item.place.base for item in findings.found)
    below = cache(partial(_below, root=root))

    def wish_of(place: Place) -> str:
        return _text(below(place.base) + place.relative)

    wishes = [(item, wish_of(item.place)) for item in findings.found]
    match sort:
        case SortOrder.NATURAL:
            wishes.sort(key=lambda pair: natural_key(pair[1]))
        case SortOrder.NAME:
            wishes.sort(key=lambda pair: pair[1])
        case SortOrder.MTIME:
            wishes.sort(key=lambda pair: (pair[0].modified_s, natural_key(pair[1])))
        case SortOrder.NONE:
            pass
    unique = UniqueNames()
    files: list[InputFile] = []
    notes = findings.notes
    for item, wish in wishes:
        name = unique.claim(wish)
        files.append(_input_file(item, name))
        if name != wish:
            notes.append(f"{item.place.source} is called {name}: another input has its name.")
    return Discovery(
        tuple(files),
        tuple(_problem(item, unique.claim(wish_of(item.place))) for item in findings.refused),
        tuple(_text(note) for note in notes),
    )


def _input_file(item: Candidate, name: str) -> InputFile:
    return InputFile(
        name=name,
        path=item.path,
        size_bytes=item.size_bytes,
        source=_text(item.place.source),
        folder=item.folder,
        root=item.root,
        archive=item.archive,
        member=item.member,
        address=item.address,
    )


def _problem(item: Refusal, name: str) -> Problem:
    return Problem(
        name=name,
        code=item.code,
        message=_text(item.message),
        remedy=item.remedy,
        source=_text(item.place.source),
    )


def _nothing(findings: Findings) -> NoInputError:
    """Tell why nothing was found."""
    if findings.refused:
        told = [item.message for item in findings.refused[:_PROBLEMS_TOLD]]
        if len(findings.refused) > len(told):
            told.append(f"{len(findings.refused) - len(told):,} more inputs cannot be used either.")
        return NoInputError(_text(" ".join(told)), remedy=findings.refused[0].remedy or None)
    if findings.filtered:
        return NoInputError(
            f"--include and --exclude leave none of {findings.filtered:,} SVG files.",
            remedy="Check the patterns.",
        )
    if findings.shallow:
        return NoInputError("No SVG was found.", remedy="Add -r to look into sub-folders as well.")
    return NoInputError(
        "No SVG was found.", remedy="Name SVG files, folders or ZIP archives that hold some."
    )


def _common_root(folders: Iterable[str]) -> str:
    """Return the folder all the others are in, empty where they are on several drives."""
    try:
        return os.path.commonpath(sorted(set(folders)))
    except ValueError:
        return ""


def _below(folder: str, root: str) -> str:
    """Return what names from a folder start with: its path below the root, `/` at the end."""
    if not root:
        relative = folder.replace(":", "", 1).replace(os.sep, "/").strip("/")
    elif folder == root or os.path.commonpath((folder, root)) != root:
        relative = ""
    else:
        relative = relative_name(folder, root)
    return f"{relative}/" if relative else ""


def _text(text: str) -> str:
    """Return a text that can be written down: bytes outside the encoding become U+FFFD."""
    return text if is_text(text) else os.fsencode(text).decode("utf-8", "replace")
