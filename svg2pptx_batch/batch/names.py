"""Names of inputs: which ones a pattern takes, in what order they come, how they are kept apart.

Pure functions on text; no file is looked at. Names use `/` on every system.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

NaturalKey = tuple[int | str, ...]

_NUMBERS = re.compile(r"[0-9]+")
_MAGIC = re.compile(r"[*?\[]")


def natural_key(name: str) -> NaturalKey:
    """Return a sort key under which `icon2` comes before `icon10` and folders stay together.

    Args:
        name: A name with `/` between folders.

    Returns:
        Three items a part of the name: the files of a folder come before its sub-folders, numbers
        are compared by value, letters without regard to case; equals differ by spelling.
    """
    folder, slash, file = name.rpartition("/")
    return (*(_folder_key(folder) if slash else ()), 0, _comparable(file), file)


@lru_cache(maxsize=4096)
def _folder_key(folder: str) -> NaturalKey:
    return tuple(item for part in folder.split("/") for item in (1, _comparable(part), part))


def _comparable(part: str) -> str:
    """Return a text that sorts as a part of a name should: numbers begin with their length.

    A NUL, which no name holds, sorts a number before any letter.
    """
    return _NUMBERS.sub(_sortable_number, part.casefold())


def _sortable_number(match: re.Match[str]) -> str:
    number = match[0].lstrip("0")
    return f"\0{chr(len(number))}{number}"


def fold(name: str) -> str:
    """Return what two names share when some file system takes them for one: NFC, case folded."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


class UniqueNames:
    """Hands out names none of which a file system could take for another."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def claim(self, name: str) -> str:
        """Return `name`, or with a number before its extension if it is taken: `a (2).svg`."""
        key = fold(name)
        if key not in self._taken:
            self._taken.add(key)
            return name
        folder, slash, file = name.rpartition("/")
        stem, dot, extension = file.rpartition(".")
        if not stem:
            stem, dot, extension = file, "", ""
        number = self._next.get(key, 2)
        while True:
            other = f"{folder}{slash}{stem} ({number}){dot}{extension}"
            number += 1
            if fold(other) not in self._taken:
                self._next[key] = number
                self._taken.add(fold(other))
                return other


def is_svg_name(name: str) -> bool:
    """Tell whether a name is an SVG's; spaces and dots some programs leave at its end are fine."""
    return name.rstrip(" .").lower().endswith((".svg", ".svgz"))


def has_magic(text: str) -> bool:
    """Tell whether a text holds a wildcard: `*`, `?` or `[`."""
    return _MAGIC.search(text) is not None


def is_hidden(name: str) -> bool:
    """Tell whether a name, or a folder in it, is one that people do not see: `.x`, `__MACOSX`."""
    if "/" in name:
        return any(map(is_hidden, name.split("/")))
    return (name.startswith(".") and name not in (".", "..")) or name == "__MACOSX"


def translate(pattern: str) -> re.Pattern[str]:
    """Compile a path pattern, matched against a whole name without regard to case.

    Args:
        pattern: `*` and `?` stay within a folder, `**` as a whole part crosses any number of
            them, `[abc]` and `[!abc]` are sets.
    """
    regex = ""
    parts = pattern.split("/")
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == "**":
            regex += ".*" if last else "(?:[^/]+/)*"
        else:
            regex += _translate_part(part) + ("" if last else "/")
    return re.compile(regex, re.IGNORECASE | re.DOTALL)


def _translate_part(part: str) -> str:
    """Translate the pattern of one part of a name to a regular expression."""
    regex, at = "", 0
    while at < len(part):
        char = part[at]
        at += 1
        if char == "*":
            regex += "[^/]*"
        elif char == "?":
            regex += "[^/]"
        elif char == "[" and (end := part.find("]", at + 1 + (part[at : at + 1] == "!"))) > 0:
            body = part[at:end].replace("\\", r"\\").replace("[", r"\[")
            if body.startswith("!"):
                body = "^/" + body[1:]
            elif body.startswith("^"):
                body = "\\" + body
            regex += f"[{body}]"
            at = end + 1
        else:
            regex += re.escape(char)
    return regex


class NameFilter:
    """Says which names `--include` and `--exclude` leave.

    A pattern without `/` is held against the file's own name and that of each folder above it; one
    with `/` against the whole name, and it takes what lies below a folder it matches.
    """

    def __init__(self, include: Sequence[str], exclude: Sequence[str]) -> None:
        self._include = [_name_pattern(pattern) for pattern in include]
        self._exclude = [_name_pattern(pattern) for pattern in exclude]

    def takes(self, name: str) -> bool:
        """Tell whether a name is included (nothing said includes all) and not excluded."""
        if self._include and not any(pattern.fullmatch(name) for pattern in self._include):
            return False
        return not (self._exclude and any(pattern.fullmatch(name) for pattern in self._exclude))


def _name_pattern(pattern: str) -> re.Pattern[str]:
    """Compile one include or exclude pattern."""
    pattern = pattern.replace("\\", "/").removeprefix("./").rstrip("/")
    prefix = "" if "/" in pattern else "(?:.*/)?"
    body = translate(pattern.removeprefix("/")).pattern
    return re.compile(f"{prefix}(?:{body})(?:/.*)?", re.IGNORECASE | re.DOTALL)
