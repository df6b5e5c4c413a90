"""What earlier scans found, kept on disk so that no process reads hundreds of fonts again.

One file below the user's cache folder maps each font file to its faces, valid while size and
modification time are the same. It is written whole under another name and renamed, so readers never
see half of it; a file that cannot be understood is told to the log and made anew.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from svg2pptx_batch.fonts.folders import FontFile
from svg2pptx_batch.fonts.sfnt import FaceRecord, FontFileError, read_faces
from svg2pptx_batch.places import cache_dir

log = logging.getLogger(__name__)

_FORMAT = 1


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    size_bytes: int
    mtime_ns: int
    faces: tuple[FaceRecord, ...]


class _CacheFile(msgspec.Struct, frozen=True, array_like=True):
    format: int
    entries: dict[str, _Entry]


def default_cache_file() -> Path:
    """Return where scans are kept for this user."""
    return cache_dir() / "fonts.msgpack"


def scan(files: Sequence[FontFile], cache_file: Path) -> tuple[FaceRecord, ...]:
    """Return the faces of font files, in their order, reading only files the cache does not know.

    Broken font files count as files without faces. A cache that cannot be written costs time, never
    the conversion.
    """
    known = _load(cache_file)
    entries: dict[str, _Entry] = {}
    fresh = 0
    for file in files:
        entry = known.get(file.path)
        if entry is None or (entry.size_bytes, entry.mtime_ns) != file[1:]:
            fresh += 1
            entry = _Entry(file.size_bytes, file.mtime_ns, _faces_of(file))
        entries[file.path] = entry
    if fresh:
        log.debug("read %d of %d font files", fresh, len(files))
        _save(cache_file, known, entries)
    return tuple(face for entry in entries.values() for face in entry.faces)


def _faces_of(file: FontFile) -> tuple[FaceRecord, ...]:
    try:
        return read_faces(Path(file.path))
    except (FontFileError, OSError) as error:
        log.info("font file left out: %s: %s", file.path, error)
        return ()


def _load(cache_file: Path) -> Mapping[str, _Entry]:
    try:
        loaded = msgspec.msgpack.decode(cache_file.read_bytes(), type=_CacheFile)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        log.warning("the font cache %s is read anew: %s", cache_file, error)
        return {}
    return loaded.entries if loaded.format == _FORMAT else {}


def _save(cache_file: Path, known: Mapping[str, _Entry], entries: Mapping[str, _Entry]) -> None:
    """Write both old and new entries: other jobs look at other folders through the same file."""
    kept = {path: entry for path, entry in known.items() if Path(path).exists()}
    content = msgspec.msgpack.encode(_CacheFile(_FORMAT, {**kept, **entries}))
    try:
        cache_file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=cache_file.parent, prefix=".fonts-")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            temporary.replace(cache_file)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        log.warning("the font cache %s cannot be written: %s", cache_file, error)
