"""Source text to Document.

For tool makers: `parse(data, name=…, loader=…, limits=…)` reads an SVG or svgz of any encoding
under `ParseLimits` and settles its cascade. It gives a `Document` of `Element`s, each with its
declared properties and its line, and raises an `SvgError`. What a drawing refers to is not followed
here.
"""

from svg2pptx_batch.svg.document import Document, Element, Problem
from svg2pptx_batch.svg.parser import parse
from svg2pptx_batch.svg.source import ParseLimits

__all__ = ["Document", "Element", "ParseLimits", "Problem", "parse"]
