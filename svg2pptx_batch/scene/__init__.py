"""The display list between SVG and DrawingML: types only, in user units, no references."""
