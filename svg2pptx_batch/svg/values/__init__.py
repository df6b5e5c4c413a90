"""Grammars of attribute and property values, one a file."""
