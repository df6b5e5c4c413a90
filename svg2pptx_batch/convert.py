"""One SVG, bytes to slide: the compiler's driver."""

from __future__ import annotations

import msgspec

from svg2pptx_batch.diagnostics import Diagnostic
from svg2pptx_batch.drawingml.slide import Slide


class Conversion(msgspec.Struct, frozen=True):
    """What converting one SVG gave.

    Attributes:
        slide: The slide.
        diagnostics: What became of elements that are not simply native, and other remarks.
        fidelity: How many drawn elements ended how: fidelity name to count.
    """

    slide: Slide
    diagnostics: tuple[Diagnostic, ...] = ()
    fidelity: dict[str, int] = {}
