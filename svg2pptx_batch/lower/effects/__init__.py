"""Filters as DrawingML's own effects."""

from svg2pptx_batch.lower.effects.filtered import lower_filtered

__all__ = ["lower_filtered"]
