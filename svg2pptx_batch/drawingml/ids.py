"""What shapes of one slide share: the id counter, relationships and media."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from svg2pptx_batch.drawingml.slide import Media, Relationship
from svg2pptx_batch.drawingml.xml import encode_uri

_SCHEMES = frozenset({"", "http", "https", "mailto", "ftp", "ftps", "tel", "sms", "file"})


class SlideParts:
    """Hands out shape ids and relationship ids of one slide.

    The root of the shape tree has id 1, so shapes start at 2; `rId1` is the layout's.
    """

    __slots__ = ("_last_id", "_media", "_relationships")

    def __init__(self) -> None:
        self._last_id = 1
        self._relationships: dict[tuple[str, str], str] = {}
        self._media: dict[str, bytes] = {}

    def next_id(self) -> int:
        """Return a shape id not given before."""
        self._last_id += 1
        return self._last_id

    def _relate(self, kind: str, target: str) -> str:
        key = (kind, target)
        known = self._relationships.get(key)
        if known is None:
            known = self._relationships[key] = f"rId{len(self._relationships) + 2}"
        return known

    def picture(self, data: bytes, extension: str) -> str:
        """Return the relationship id of a picture.

        Args:
            data: File content.
            extension: Without dot, `png`.
        """
        name = f"{hashlib.sha256(data).hexdigest()[:16]}.{extension}"
        self._media.setdefault(name, data)
        return self._relate("image", name)

    def hyperlink(self, address: str) -> str:
        """Return the relationship id of an outside address.

        Returns:
            An empty string where a slide cannot point there: fragments of the drawing itself, and
            schemes that run code.
        """
        target = encode_uri(address)
        if not target or target.startswith("#"):
            return ""
        try:
            scheme = urlsplit(target).scheme
        except ValueError:
            return ""
        return self._relate("hyperlink", target) if scheme in _SCHEMES else ""

    @property
    def relationships(self) -> tuple[Relationship, ...]:
        """All relationships, in order of their ids."""
        return tuple(
            Relationship(name, kind, target) for (kind, target), name in self._relationships.items()
        )

    @property
    def media(self) -> tuple[Media, ...]:
        """All pictures, in order of first use."""
        return tuple(Media(name, data) for name, data in self._media.items())
