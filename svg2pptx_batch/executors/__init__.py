"""Callables to outcomes; knows no SVG."""
