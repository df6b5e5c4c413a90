"""The fonts there are: which face answers a request, and who helps out with missing characters.

Nothing is read before the first question. Folders given by the user come before the system's.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Container, Iterable, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.fonts.face import OpenFace, Variations, open_face
from svg2pptx_batch.fonts.families import (
    DEFAULT_GENERIC,
    GENERIC_FAMILIES,
    GENRES,
    THEME_SAFE,
    generic_of,
    look_alikes,
    metric_twins,
    parse_postscript_name,
)
from svg2pptx_batch.fonts.folders import FontFile, list_fonts, system_folders
from svg2pptx_batch.fonts.matching import best_face, variations_for
from svg2pptx_batch.fonts.scan_cache import default_cache_file, scan
from svg2pptx_batch.fonts.sfnt import FaceRecord
from svg2pptx_batch.scene.text import NO_TYPEFACE, FaceId, Font, FontStyle, Typeface

_BOLD = 600


class Match(NamedTuple):
    """What a request for a font came to.

    Attributes:
        face: The face that measures; None where no font at all is installed.
        variations: Axis settings.
        typeface: What a deck carries: the author's first concrete family, or a family every Office
            has where only generic ones were named.
        installed: What programs on this machine ask for to get the measuring face.
        missing: The author's first concrete family where it is not installed under its own or a
            metric twin's name; empty otherwise.
    """

    face: FaceId | None
    variations: Variations
    typeface: Typeface
    installed: Typeface
    missing: str = ""


class _Request(NamedTuple):
    """A family, and the font asked of it: PostScript names bring weight and slant along."""

    family: str
    font: Font


_Wanted = tuple[str, tuple[str, ...], int, FontStyle]


class _Found(NamedTuple):
    record: FaceRecord
    request: _Request


class FontCatalog:
    """Fonts of some folders, and of the system.

    Args:
        font_dirs: Folders searched first.
        system: Whether the system's fonts count.
        cache_file: Where scans are kept; the user's cache folder by default.

    Attributes:
        questions: How often it was asked for a face.
    """

    def __init__(
        self,
        font_dirs: Sequence[str] = (),
        system: bool = True,
        *,
        cache_file: Path | None = None,
    ) -> None:
        self._own_folders = tuple(Path(folder) for folder in font_dirs)
        self._system = system
        self._cache_file = cache_file
        self.questions = 0
        self._files: list[FontFile] | None = None
        self._faces: tuple[FaceRecord, ...] | None = None
        self._own_count = 0
        self._by_family: dict[str, list[int]] = {}
        self._by_full_name: dict[str, list[int]] = {}
        self._matches: dict[Font, Match] = {}
        self._fallbacks: dict[_Wanted, FaceRecord | None] = {}
        self._rankings: dict[tuple[int, FontStyle, bool], list[FaceRecord]] = {}

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, of the font files there are: equal digests mean equal faces.

        Files are listed, not read.
        """
        sha = hashlib.sha256()
        for file in self._listing():
            sha.update(repr(tuple(file)).encode("utf-8", "surrogateescape"))
        return sha.hexdigest()

    @property
    def portable_digest(self) -> str:
        """SHA-256, in hex, of names and sizes of the font files, in the order they are used in.

        On machines where it is the same, texts are set alike, wherever the fonts lie.
        """
        sha = hashlib.sha256()
        for file in self._listing():
            name = Path(file.path).name.encode("utf-8", "surrogateescape")
            sha.update(b"%d %b\0" % (file.size_bytes, name))
        return sha.hexdigest()

    @property
    def faces(self) -> tuple[FaceRecord, ...]:
        """All faces; those of the user's folders first."""
        if self._faces is None:
            self._faces = scan(self._listing(), self._cache_file or default_cache_file())
            own = {file.path for file in self._own_listing()}
            self._own_count = sum(face.path in own for face in self._faces)
            for index, face in enumerate(self._faces):
                for name in face.families:
                    self._by_family.setdefault(name, []).append(index)
                for name in face.full_names:
                    self._by_full_name.setdefault(name, []).append(index)
        return self._faces

    def match(self, font: Font) -> Match:
        """Return the face that answers a request best, and the names to write for it.

        Families are tried in the author's order, each under its own name and under those of its
        metric twins; then look-alikes of those names; then what browsers set text in by default;
        then any face.

        Source: CSS Fonts Module Level 4, 5.
        """
        self.questions += 1
        known = self._matches.get(font)
        if known is None:
            known = self._matches[font] = self._match(font)
        return known

    def open(self, match: Match) -> OpenFace | None:
        """Open the face of a match."""
        return None if match.face is None else open_face(match.face, match.variations)

    def fallback(self, character: str, font: Font) -> OpenFace | None:
        """Return a face that has a character; None if nobody has.

        The author's families come first, in their order, then the face closest to the request;
        faces of coloured glyphs come last, except for emoji.

        Source: CSS Fonts Module Level 4, 5.3.
        """
        self.questions += 1
        key = (character, font.families, font.weight, font.style)
        if key not in self._fallbacks:
            self._fallbacks[key] = self._find_fallback(character, font)
        record = self._fallbacks[key]
        if record is None:
            return None
        return open_face(FaceId(record.path, record.number), variations_for(record, font))

    def _listing(self) -> list[FontFile]:
        if self._files is None:
            folders = (*self._own_folders, *(system_folders() if self._system else ()))
            self._files = list_fonts(folders)
        return self._files

    def _own_listing(self) -> list[FontFile]:
        return list_fonts(self._own_folders) if self._own_folders else []

    def _match(self, font: Font) -> Match:
        requests = [self._request(name, font) for name in font.families]
        first = next((request for request in requests if not generic_of(request.family)), None)
        found = self._find(requests, font)
        if first is None:
            generic = next((generic_of(name) for name in font.families), "") or DEFAULT_GENERIC
            typeface = Typeface(THEME_SAFE[generic], font.weight >= _BOLD)
        elif found is not None and found.request.family == first.family:
            typeface = _office_typeface(found)
        else:
            typeface = Typeface(first.family, first.font.weight >= _BOLD)
        missing = "" if first is None else first.family
        if found is None:
            return Match(None, (), typeface, NO_TYPEFACE, missing)
        if first is not None and found.request.family == first.family:
            missing = ""
        record = found.record
        return Match(
            FaceId(record.path, record.number),
            variations_for(record, found.request.font),
            typeface,
            _office_typeface(found),
            missing,
        )

    def _request(self, family: str, font: Font) -> _Request:
        if not generic_of(family) and not self._named(family):
            parsed = parse_postscript_name(family)
            if parsed is not None:
                weight = font.weight if parsed.weight is None else parsed.weight
                style = FontStyle.ITALIC if parsed.italic else font.style
                return _Request(parsed.family, replace(font, weight=weight, style=style))
        return _Request(family, font)

    def _find(self, requests: Sequence[_Request], font: Font) -> _Found | None:
        if not self.faces:
            return None
        for request in requests:
            generic = generic_of(request.family)
            found = self._generic(generic, font) if generic else self._concrete(request)
            if found is not None:
                return found
        for family, wanted in requests:
            found = self._first_of(look_alikes(family), wanted)
            if found is not None:
                return found
        return self._generic(DEFAULT_GENERIC, font) or self._any(font)

    def _concrete(self, request: _Request) -> _Found | None:
        faces = self._named(request.family)
        if faces:
            return _Found(best_face(faces, request.font), request)
        twin = self._first_of(metric_twins(request.family), request.font)
        # The author's name is kept: programs know the metric twins, too.
        return None if twin is None else _Found(twin.record, request)

    def _named(self, family: str) -> list[FaceRecord]:
        """Return the faces of a family, or the face of a full name."""
        faces, folded = self.faces, family.casefold()
        indexes = self._by_family.get(folded) or self._by_full_name.get(folded) or ()
        return [faces[index] for index in indexes]

    def _first_of(self, families: Iterable[str], font: Font) -> _Found | None:
        for family in families:
            faces = self._named(family)
            if faces:
                return _Found(best_face(faces, font), _Request(family, font))
        return None

    def _generic(self, generic: str, font: Font) -> _Found | None:
        """Answer a generic family from the user's own folders, else from everywhere."""
        families = GENERIC_FAMILIES[generic]
        all_faces = self.faces
        own = set(all_faces[: self._own_count])
        for family in families if own else ():
            faces = [face for face in self._named(family) if face in own]
            if faces:
                return _Found(best_face(faces, font), _Request(family, font))
        found = self._first_of(families, font)
        if found is not None:
            return found
        genre = GENRES.get(generic, generic)
        if genre == "monospace":
            faces = [face for face in all_faces if face.monospaced and not face.color]
        else:
            faces = [face for face in all_faces if face.genre == genre and not face.color]
        if faces:
            face = best_face(faces, font)
            return _Found(face, _Request(face.family, font))
        return None if generic == DEFAULT_GENERIC else self._generic(DEFAULT_GENERIC, font)

    def _any(self, font: Font) -> _Found | None:
        plain = [face for face in self.faces if not face.color] or list(self.faces)
        latin = [face for face in plain if open_face(FaceId(face.path, face.number)).covers("a")]
        if not plain:
            return None
        face = best_face(latin or plain, font)
        return _Found(face, _Request(face.family, font))

    def _find_fallback(self, character: str, font: Font) -> FaceRecord | None:
        for family in font.families:
            named = None if generic_of(family) else self._concrete(self._request(family, font))
            if named is not None and _covers(named.record.path, named.record.number, character):
                return named.record
        emoji = character >= "\U0001f000" or unicodedata.category(character) == "So"
        key = (font.weight, font.style, emoji)
        ranked = self._rankings.get(key)
        if ranked is None:
            ranked = self._rankings[key] = self._rank(font, emoji)
        return next(
            (face for face in ranked if _covers(face.path, face.number, character)),
            None,
        )

    def _rank(self, font: Font, emoji: bool) -> list[FaceRecord]:
        """Return all faces, those likest a font first."""
        faces = self.faces

        def key(index: int) -> tuple[bool, bool, bool, int, bool, int]:
            face = faces[index]
            return (
                face.color != emoji,
                index >= self._own_count,
                (face.style == "normal") != (font.style is FontStyle.NORMAL),
                abs(face.weight - font.weight),
                face.stretch != font.stretch,
                index,
            )

        return [faces[index] for index in sorted(range(len(faces)), key=key)]


@cache
def _coverage(path: str, number: int) -> Container[int]:
    """Return the code points of a face; the file is let go."""
    import uharfbuzz

    try:
        unicodes: Container[int] = uharfbuzz.Face(
            uharfbuzz.Blob.from_file_path(path), number
        ).unicodes
    except (OSError, uharfbuzz.HarfBuzzError):
        return frozenset()
    return unicodes


def _covers(path: str, number: int, character: str) -> bool:
    return ord(character) in _coverage(path, number)


def _office_typeface(found: _Found) -> Typeface:
    """Return how Office is asked for a face.

    It splits families of more than four styles: `Noto Sans Light`. The author's own spelling is
    kept where the plain family will do.
    """
    record, (family, font) = found
    if record.axes or family.casefold() not in record.families:
        return Typeface(family, font.weight >= _BOLD)
    if record.gdi_family.casefold() == record.family.casefold():
        return Typeface(family, font.weight >= _BOLD)
    return Typeface(record.gdi_family, record.gdi_bold)
