"""Scene to a Scene that DrawingML can hold."""

from svg2pptx_batch.lower.legal import IllegalNodeError, LegalScene
from svg2pptx_batch.lower.passes import lower

__all__ = ["IllegalNodeError", "LegalScene", "lower"]
