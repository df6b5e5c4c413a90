"""What a slide came of beside its key: the files its drawing refers to, and the fonts it asked for.

Nobody can tell these from the source alone, so they are recorded while a drawing is converted. The
slide may be used again while they are what they were: references are read anew and compared by
content, fonts by the digest of the catalogue.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from svg2pptx_batch.batch.inputs import InputFile, loader_for
from svg2pptx_batch.errors import SvgError
from svg2pptx_batch.options import ConvertOptions

if TYPE_CHECKING:
    from svg2pptx_batch.svg.resources import Resource, ResourceLoader

_MOST_CHARACTERS = 2**16
_NEVER = "?"


class Dependencies(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """What a slide depends on beside its key.

    Attributes:
        fonts: Digest of the font catalogue, empty where none was asked.
        references: By address as written: SHA-256 of what was read or, after a `!`, of what was
            said where nothing could be read.
    """

    fonts: str = ""
    references: dict[str, str] = {}


class RecordingLoader:
    """Hands on what a loader reads, and keeps what it was.

    Args:
        loader: Who reads.

    Attributes:
        references: As in `Dependencies`; of addresses too long to be kept only that no slide can
            be used again.
    """

    def __init__(self, loader: ResourceLoader) -> None:
        self._loader = loader
        self._characters = 0
        self.references: dict[str, str] = {}

    def load(self, href: str) -> Resource:
        """See `svg.resources.ResourceLoader.load`."""
        if href.lstrip()[:5].lower() == "data:":
            return self._loader.load(href)
        try:
            resource = self._loader.load(href)
        except SvgError as error:
            self._keep(href, _digest_of_error(error))
            raise
        self._keep(href, hashlib.sha256(resource.data).hexdigest())
        return resource

    def _keep(self, href: str, digest: str) -> None:
        self._characters += len(href)
        if self._characters > _MOST_CHARACTERS:
            self.references = {"": _NEVER}
        elif self.references.get(href, digest) != digest:  # it changed meanwhile
            self.references[href] = _NEVER
        else:
            self.references[href] = digest


class Checker:
    """Tells whether what slides came of is still the same.

    Args:
        options: What the slides are like.
    """

    def __init__(self, options: ConvertOptions) -> None:
        self._options = options

    def holds(self, dependencies: Dependencies, file: InputFile) -> bool:
        """Return whether a slide made of a file may be used again."""
        if dependencies.fonts and dependencies.fonts != self._fonts:
            return False
        if not dependencies.references:
            return True
        loader = loader_for(file, self._options.resource_root)
        return all(
            _digest(loader, href) == digest for href, digest in dependencies.references.items()
        )

    @cached_property
    def _fonts(self) -> str:
        from svg2pptx_batch.fonts import FontCatalog

        return FontCatalog(self._options.font_dirs, system=self._options.system_fonts).digest


def _digest(loader: ResourceLoader, href: str) -> str:
    try:
        return hashlib.sha256(loader.load(href).data).hexdigest()
    except SvgError as error:
        return _digest_of_error(error)


def _digest_of_error(error: SvgError) -> str:
    return "!" + hashlib.sha256(error.message.encode("utf-8", "replace")).hexdigest()
