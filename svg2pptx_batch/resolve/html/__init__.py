"""HTML labels: the boxes browsers would make of them, laid out and turned into scene nodes."""

from __future__ import annotations

from svg2pptx_batch.resolve.html.label import draw_label, is_kept

__all__ = ["draw_label", "is_kept"]
