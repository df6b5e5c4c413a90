"""Slides to a deck."""
