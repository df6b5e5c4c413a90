"""API keys: made, listed, revoked, looked up. Of a key only its SHA-256 is kept.

A key holds 256 random bits, so nobody finds it by trying, whatever the hash costs: a slow hash,
which a password needs, would only slow the server down. Comparing takes the same time whichever
key it is and whether it is one at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import msgspec

from svg2pptx_batch.batch.events import timestamp
from svg2pptx_batch.errors import OutputError, UsageError
from svg2pptx_batch.places import state_dir

_BEGINNING = "s2p_"
_SHOWN = len(_BEGINNING) + 6
_RANDOM_BYTES = 32
_LONGEST_NAME = 100


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a key.

    Attributes:
        id: Names it in the records of its jobs; never used again.
        name: What it is for, as its maker said.
        prefix: Its first characters, by which people know it.
        created: RFC 3339, UTC.
        sha256: Of the whole key, hex.
    """

    id: str
    name: str
    prefix: str
    created: str
    sha256: str


class KeyFile:
    """The keys there are; others may change them at any time.

    Args:
        path: Of the file; the state folder's own when None.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or state_dir() / "keys.json"
        self._seen: tuple[int, int, int] | None = None
        self._keys: tuple[Key, ...] = ()

    def all(self) -> tuple[Key, ...]:
        """Return the keys, oldest first; the file is read again only when it has changed.

        Raises:
            UsageError: The file cannot be read or understood: nobody must get in by breaking it.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._seen, self._keys = None, ()
            return ()
        except OSError as error:
            raise self._unreadable(error) from error
        seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        if seen != self._seen:
            self._keys = self._read()
            self._seen = seen
        return self._keys

    def find(self, text: str) -> Key | None:
        """Return the key with this text, None where there is none."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        found = None
        for key in self.all():
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def create(self, name: str) -> tuple[str, Key]:
        """Make a key.

        Args:
            name: What it is for; no two keys have the same.

        Returns:
            The key itself, which nobody can tell again, and what is kept of it.

        Raises:
            UsageError: The name is none, or taken.
            OutputError: The file cannot be written.
        """
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            raise UsageError(
                f"{name!r} is no name for a key.",
                remedy=f"Give it 1 to {_LONGEST_NAME} characters that can be shown.",
            )
        text = _BEGINNING + secrets.token_urlsafe(_RANDOM_BYTES)
        key = Key(
            id=secrets.token_hex(8),
            name=name,
            prefix=text[:_SHOWN],
            created=timestamp(),
            sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
        with self._locked():
            keys = self.all()
            if any(other.name == name for other in keys):
                raise UsageError(
                    f"There is a key named {name!r} already.",
                    remedy="Choose another name, or revoke that key first.",
                )
            self._write((*keys, key))
        return text, key

    def revoke(self, which: str) -> Key:
        """Remove a key; a running server takes it no more.

        Args:
            which: Its name or its prefix.

        Raises:
            UsageError: No key is called so, or more than one.
            OutputError: The file cannot be written.
        """
        with self._locked():
            keys = self.all()
            found = [key for key in keys if key.name == which]
            found = found or [key for key in keys if key.prefix == which]
            if len(found) != 1:
                raise UsageError(
                    f"{len(found) or 'No'} keys are called {which!r}.",
                    remedy="Name one as `svg2pptx-batch keys list` does.",
                )
            self._write(tuple(key for key in keys if key is not found[0]))
        return found[0]

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the file while it is changed."""
        from filelock import FileLock

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._path.with_suffix(".lock"))
            lock.acquire()
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield
        finally:
            lock.release()

    def _read(self) -> tuple[Key, ...]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=tuple[Key, ...])
        except (OSError, msgspec.DecodeError) as error:
            raise self._unreadable(error) from error

    def _write(self, keys: tuple[Key, ...]) -> None:
        """Replace the file; nobody else may read it."""
        temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}.tmp")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(msgspec.json.format(msgspec.json.encode(keys)) + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(self._path)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unreadable(self, error: Exception) -> UsageError:
        reason = getattr(error, "strerror", None) or error
        return UsageError(
            f"The keys in {self._path} cannot be read: {reason}.",
            remedy="Restore the file, or remove it and make new keys.",
        )

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(
            f"The keys cannot be written to {self._path}: {error.strerror or error}.",
            remedy="Make that folder writable, or set SVG2PPTX_STATE_DIR to another.",
        )
