"""Fonts: the faces there are, what they measure, and the glyphs text is set in."""

from __future__ import annotations

from svg2pptx_batch.fonts.catalog import FontCatalog, Match
from svg2pptx_batch.fonts.face import OpenFace, open_face

__all__ = ["FontCatalog", "Match", "OpenFace", "open_face"]
