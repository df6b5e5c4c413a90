"""Where the result goes: its form, the names of decks, and whether it can be written at all.

Everything that can be known before the first file is converted is checked here.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from svg2pptx_batch.batch.names import UniqueNames
from svg2pptx_batch.batch.storage import Storage, is_address
from svg2pptx_batch.errors import OutputError, UnreadableError, UsageError
from svg2pptx_batch.options import OutputMode

DECK_SUFFIX = ".pptx"

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069/\\:*?"<>|]')
"""What Windows refuses, and what moves the cursor or turns a line around wherever it is shown."""
_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?", re.IGNORECASE
)
_FIELDS = frozenset({"index", "stem", "folder", "title", "hash"})
_FIELD = re.compile(r"\{([^{}]*)\}")
_HASH_DIGITS = 12
_MAX_STEM = 200
_MAX_STEM_BYTES = 240
"""Leaves room in 255 bytes, or UTF-16 units, for a number and the extension."""


def mode_for(output: str, mode: OutputMode = OutputMode.MERGED) -> OutputMode:
    """Tell the form of a result from its name, where a merged deck cannot be meant.

    Args:
        output: As the user wrote it.
        mode: What was asked for; `zip` and `folder` stand.

    Raises:
        UsageError: Nothing can be made under such a name.
    """
    if mode is not OutputMode.MERGED:
        return mode
    suffix = Path(output).suffix.lower()
    if output.endswith(("/", os.sep)) or Path(output).is_dir():
        return OutputMode.FOLDER
    if suffix == DECK_SUFFIX:
        return OutputMode.MERGED
    if suffix == ".zip":
        return OutputMode.ZIP
    if not suffix:
        return OutputMode.FOLDER
    raise UsageError(
        f"What to write to {output} cannot be told from its name.",
        remedy="Name a .pptx, a .zip or a folder.",
    )


class Origin(NamedTuple):
    """What a deck of one drawing is named after.

    Attributes:
        place: The drawing's in the plan, from 0.
        name: The drawing's name, `/` between folders.
        digest: SHA-256 of its content, hex.
        title: Its own title, empty where it has none.
    """

    place: int
    name: str
    digest: str = ""
    title: str = ""


class DeckName(NamedTuple):
    """The name of a deck, relative, with `/`; `wish` is what it would be if no other had it."""

    name: str
    wish: str

    @property
    def renamed(self) -> bool:
        """Whether another deck has the name it would have."""
        return self.name != self.wish


def check_template(template: str) -> None:
    """Check a template for the names of decks.

    Raises:
        UsageError: It has another field than `{index}`, `{stem}`, `{folder}`, `{title}` and
            `{hash}`, or a folder.
    """
    unknown = {field for field in _FIELD.findall(template) if field not in _FIELDS}
    if unknown or not template.strip() or "/" in template or "\\" in template:
        remedy = "Use text with {index}, {stem}, {folder}, {title} and {hash}, without folders."
        if "parent" in unknown:
            remedy = "The name of the folder that a drawing lies in is {folder}."
        raise UsageError(f"The name template {template!r} is not understood.", remedy=remedy)


def wants_titles(template: str) -> bool:
    """Return whether names made by a template are known only once the drawings are converted."""
    return "{title}" in template


def deck_names(origins: Iterable[Origin], template: str, total: int) -> dict[int, DeckName]:
    """Name a deck for each drawing: the tree of the inputs, no two names alike on any system.

    Args:
        origins: In plan order.
        template: `{index}` (from 1, padded), `{stem}`, `{folder}` (the nearest one), `{title}` (the
            stem where a drawing has none) and `{hash}` (its first 12 digits) are replaced, once:
            what comes in their place is neither a field nor a folder.
        total: How many drawings there are in the plan.

    Returns:
        By the drawing's place.
    """
    width = len(str(total))
    wishes: dict[int, str] = {}
    folders: set[str] = set()
    for place, name, digest, title in origins:
        path = PurePosixPath(name)
        fields = {
            "index": f"{place + 1:0{width}d}",
            "stem": path.stem,
            "folder": path.parent.name,
            "title": title or path.stem,
            "hash": digest[:_HASH_DIGITS],
        }
        stem = _FIELD.sub(lambda match, fields=fields: fields.get(match[1], match[0]), template)  # type: ignore[misc]
        parts = [safe_part(part) for part in path.parent.parts if part not in ("/", "..", ".")]
        folders.update("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
        wishes[place] = "/".join([*parts, safe_part(stem) + DECK_SUFFIX])
    unique = UniqueNames()
    for folder in sorted(folders):
        if folder.lower().endswith(DECK_SUFFIX):  # where it stands no deck can
            unique.claim(folder)
    return {place: DeckName(unique.claim(wish), wish) for place, wish in wishes.items()}


def folder_of(name: str) -> str:
    """Return the folders of an input's name, `/` between them; empty where it has none."""
    return name.rpartition("/")[0]


def check_output(place: str, mode: OutputMode, *, overwrite: bool) -> None:
    """See to it that the result can be written, before any work is done.

    The folder it goes to is made. A folder of decks is checked for existing decks by
    `check_decks`, once their names are known. Whether something elsewhere can be written shows
    only when it is.

    Args:
        place: Absolute path, or an address.
        mode: The form of the result.
        overwrite: Whether an existing file may be replaced.

    Raises:
        OutputError: It cannot.
    """
    if is_address(place):
        if mode is not OutputMode.FOLDER and not overwrite:
            check_absent(place)
        return
    output = Path(place)
    folder = output if mode is OutputMode.FOLDER else output.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(
            f"Cannot write to {folder}: {error.strerror or error}.",
            remedy="Choose a folder you may write to.",
        ) from error
    if mode is OutputMode.FOLDER:
        return
    if output.is_dir():
        raise OutputError(f"Cannot write {output}: it is a folder.", remedy="Name a file.")
    if not overwrite and output.exists():
        raise _exists(place)


def check_inputs(
    output: str, status_file: str, inputs: Collection[str], append_to: str = ""
) -> None:
    """See to it that nothing written replaces an input.

    Args:
        output: Absolute path of the result, or its address.
        status_file: Absolute path of the status file, or empty.
        inputs: Absolute paths of files that are read, and addresses.
        append_to: Absolute path of the deck that is appended to, which only the output may be;
            or empty.

    Raises:
        OutputError: It would.
    """
    if status_file and os.path.realpath(status_file) == os.path.realpath(output):
        raise OutputError(
            f"{status_file} cannot be both output and status file.",
            remedy="Choose another name for one of them.",
        )
    if is_address(output) and output in inputs:
        raise _replaced(output)
    written = (path for path in (output, status_file) if path)
    targets = {same: path for path in written if (same := _identity(path))}
    for path in {*inputs, append_to} if targets else ():
        same = _identity(path)
        target = targets.get(same) if same else None
        if target and not (path == append_to and target == output):
            raise _replaced(target)


def check_decks(place: str, names: Sequence[str]) -> None:
    """See to it that the decks of a folder are not there yet.

    Args:
        place: Absolute path of the folder, or its address.
        names: Of the decks, below it.

    Raises:
        OutputError: One is, or it cannot be told.
    """
    if is_address(place):
        check_absent(place, names)
        return
    for name in names:
        if (path := Path(place, name)).exists():
            raise _exists(str(path))


def check_absent(address: str, names: Sequence[str] = ("",)) -> None:
    """See to it that nothing is at an address yet.

    Args:
        address: Of what is to be written.
        names: Of files below it; empty for the address itself.

    Raises:
        OutputError: Something is, or it cannot be told.
    """
    storage = Storage(address)
    try:
        if not storage.exists():
            return
        there = {""} if "" in names else {file.name for file in storage.walk(None)}
    except UnreadableError as error:
        raise OutputError(error.message, remedy=error.remedy) from error
    for name in names:
        if name in there:
            raise _exists(f"{storage.address}/{name}" if name else storage.address)


def _identity(path: str) -> tuple[int, int] | None:
    """Return what tells a file from every other, whatever its name; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  quicker, and this runs for each file
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _replaced(path: str) -> OutputError:
    return OutputError(
        f"{path} is an input as well, and would be replaced.",
        remedy="Choose another name for what is written.",
    )


def _exists(path: str) -> OutputError:
    return OutputError(
        f"{path} exists already.", remedy="Choose another name, or allow it with --overwrite."
    )


def safe_part(part: str) -> str:
    """Return a part of a path that every system takes."""
    part = _FORBIDDEN.sub("_", part)[:_MAX_STEM]
    part = part.encode(errors="ignore")[:_MAX_STEM_BYTES].decode(errors="ignore")
    part = part.rstrip(". ") or "_"
    return f"_{part}" if _RESERVED.fullmatch(part) else part
