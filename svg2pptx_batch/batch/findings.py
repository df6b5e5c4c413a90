"""What a search has found so far: candidates within the limits, refusals, remarks.

Nothing here has its final name yet, because names start at the common root of everything found.
"""

from __future__ import annotations

import msgspec

from svg2pptx_batch.batch.sniff import looks_like
from svg2pptx_batch.errors import InputError
from svg2pptx_batch.options import Limits


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where something stands among the inputs.

    Attributes:
        base: Absolute path of the folder its name starts at; an archive counts as a folder.
        relative: Its name below that folder, `/` between parts.
        source: What the user knows it by.
        folder: Absolute path of the folder it lies in; empty where that is an archive.
    """

    base: str
    relative: str
    source: str
    folder: str = ""


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A file found; the fields are those of `InputFile`, whose name is not known yet."""

    place: Place
    path: str
    size_bytes: int
    modified_s: float = 0.0
    folder: str = ""
    root: str = ""
    archive: str = ""
    member: str = ""
    address: str = ""


class Refusal(msgspec.Struct, frozen=True, gc=False):
    """Something that cannot be used; the fields are those of `Problem`."""

    place: Place
    code: str
    message: str
    remedy: str


class Findings(msgspec.Struct):
    """Gathers candidates and refusals.

    Attributes:
        limits: Bounds on count and size.
        found: What was found, as it came.
        refused: What cannot be used, as it came.
        notes: Remarks for people.
        filtered: How many files --include and --exclude left out.
        shallow: Whether sub-folders were passed over.
    """

    limits: Limits
    found: list[Candidate] = []
    refused: list[Refusal] = []
    notes: list[str] = []
    filtered: int = 0
    shallow: bool = False
    _total_bytes: int = 0

    @property
    def seen(self) -> int:
        """How many files were met, whatever became of them."""
        return len(self.found) + len(self.refused) + self.filtered

    @property
    def room_files(self) -> int:
        """How many files may still come."""
        return self.limits.max_files - len(self.found)

    @property
    def room_bytes(self) -> int:
        """How many bytes may still come."""
        return self.limits.max_total_bytes - self._total_bytes

    def add(self, found: Candidate) -> None:
        """Add a candidate.

        Raises:
            InputError: With it there is more than the limits allow.
        """
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

    def refuse(self, place: Place, code: str, message: str, remedy: str) -> None:
        """Add a refusal."""
        self.refused.append(Refusal(place, code, message, remedy))

    def refuse_special(self, place: Place) -> None:
        """Refuse what is no regular file."""
        self.refuse(
            place,
            "special-file",
            f"{place.source} is not a regular file.",
            "Use - to read an SVG from standard input.",
        )

    def refuse_kind(self, place: Place, head: bytes) -> None:
        """Refuse a file whose first bytes are no SVG's."""
        self.refuse(
            place,
            "not-svg",
            f"{place.source} is not an SVG: {looks_like(head)}.",
            "Name SVG files, folders or ZIP archives.",
        )

    def refuse_unmatched(self, place: Place, pattern: str) -> None:
        """Refuse a pattern that matches nothing."""
        self.refuse(
            place,
            "not-found",
            f"No SVG matches {pattern}.",
            "Check the pattern; `**` looks into sub-folders.",
        )

    def tell_archives(self, count: int, folder: str) -> None:
        """Remark on archives in a folder, which are not opened."""
        self.notes.append(
            f"{count} ZIP archive{'s' if count > 1 else ''} in {folder} not opened; "
            "name an archive to convert what it holds."
        )

    def refuse_size(self, place: Place) -> None:
        """Refuse what is too large."""
        self.refuse(
            place,
            "limit",
            f"{place.source} is larger than {self.limits.max_file_bytes:,} bytes.",
            "Raise --max-file-size.",
        )

    def refuse_archive_size(self, place: Place) -> None:
        """Refuse an archive, or what may be one, that is larger than all files may be together."""
        self.refuse(
            place,
            "limit",
            f"{place.source} is larger than {self.limits.max_total_bytes:,} bytes.",
            "Raise --max-total-size.",
        )

    def refuse_unreadable(self, place: Place, error: OSError) -> None:
        """Refuse what the system does not let us read."""
        reason = error.strerror or error
        self.refuse(
            place,
            "unreadable",
            f"{place.source} cannot be read: {reason}.",
            "Check that you may read it.",
        )
