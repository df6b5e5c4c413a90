"""Batch converter from SVG to PowerPoint: native, editable DrawingML."""

__version__ = "0.1.0"
