"""Pictures as parts of a package: their types, how they are packed, each stored once."""

from __future__ import annotations

from svg2pptx_batch.deck.zip_stream import Payload, ZipStream, deflate, store

FOLDER = "ppt/media"

CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "svg": "image/svg+xml",
    "emf": "image/x-emf",
    "wmf": "image/x-wmf",
}
_COMPRESSED_ALREADY = frozenset({"png", "jpg", "jpeg", "gif"})


def extension(name: str) -> str:
    """Return the extension of a media name, lower case.

    Raises:
        ValueError: It is no picture type a deck may hold.
    """
    ending = name.rpartition(".")[2].lower()
    if ending not in CONTENT_TYPES:
        raise ValueError(f"{name} is no picture type a deck may hold")
    return ending


def pack_media(name: str, data: bytes) -> Payload:
    """Return picture data ready for an archive: stored if its format compresses, else deflated."""
    return store(data) if extension(name) in _COMPRESSED_ALREADY else deflate(data)


class MediaFolder:
    """Writes each picture into the archive the first time it comes by.

    Names carry the digest of the content, so an equal name means an equal picture.
    """

    __slots__ = ("_archive", "_names", "extensions")

    def __init__(self, archive: ZipStream) -> None:
        self._archive = archive
        self._names: set[str] = set()
        self.extensions: set[str] = set()

    def claim(self, name: str) -> bool:
        """Tell whether no picture of a name is there yet; from now on there is."""
        if name in self._names:
            return False
        self._names.add(name)
        return True

    def add(self, name: str, payload: Payload) -> None:
        """Write a picture unless it is there.

        Raises:
            ValueError: It is no picture type a deck may hold.
            OutputError: The archive is full.
        """
        ending = extension(name)
        if self.claim(name):
            self.extensions.add(ending)
            self._archive.add(f"{FOLDER}/{name}", payload)
