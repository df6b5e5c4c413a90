"""Source text to Document."""

from svg2pptx_batch.svg.document import Document, Element, Problem
from svg2pptx_batch.svg.parser import parse
from svg2pptx_batch.svg.source import ParseLimits

__all__ = ["Document", "Element", "ParseLimits", "Problem", "parse"]
