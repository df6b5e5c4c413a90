"""Pure mathematics of the plane: no file formats here."""
