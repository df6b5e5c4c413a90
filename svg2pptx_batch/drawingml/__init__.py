"""Legal Scene to Slide: it only writes.

For tool makers: `write_slide(scene, background=…, name=…)` takes what `lower.lower` gives and
returns a `Slide`: the XML of a slide part, its relationships under local ids, its media.

The writer is loaded on first use (PEP 562): who only assembles slides does not pay for it.
"""

from typing import TYPE_CHECKING

from svg2pptx_batch.drawingml.slide import Media, Relationship, Slide

if TYPE_CHECKING:
    from svg2pptx_batch.drawingml.slide_writer import Heading, write_slide

__all__ = ["Heading", "Media", "Relationship", "Slide", "write_slide"]


def __getattr__(name: str) -> object:
    """Load what the writer offers."""
    if name not in ("Heading", "write_slide"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from svg2pptx_batch.drawingml import slide_writer

    return getattr(slide_writer, name)
