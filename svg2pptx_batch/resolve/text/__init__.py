"""White space, chunks and layout of text."""
