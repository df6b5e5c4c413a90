"""Scene to a Scene that DrawingML can hold."""
