"""Scene to a Scene that DrawingML can hold.

For tool makers: `lower(scene, slide=…, options=…, fonts=…, diagnostics=…)` places a drawing on its
slide and gives a `LegalScene` in slide px: what has no native form has become outlines or pictures,
and `diagnostics` says which. `legal` states what is legal.
"""

from svg2pptx_batch.lower.legal import IllegalNodeError, LegalScene
from svg2pptx_batch.lower.passes import lower

__all__ = ["IllegalNodeError", "LegalScene", "lower"]
