"""Scene or SVG to pixels."""
