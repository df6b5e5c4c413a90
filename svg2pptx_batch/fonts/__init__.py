"""Which fonts there are, which one fits, what its glyphs measure and look like."""
