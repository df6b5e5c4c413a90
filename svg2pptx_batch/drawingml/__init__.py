"""Legal Scene to Slide: it only writes."""

from svg2pptx_batch.drawingml.slide import Media, Relationship, Slide
from svg2pptx_batch.drawingml.slide_writer import write_slide

__all__ = ["Media", "Relationship", "Slide", "write_slide"]
