"""Recognisers: filter chains that DrawingML has its own words for."""
