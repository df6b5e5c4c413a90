"""One handler an element."""
