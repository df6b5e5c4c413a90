"""Legal Scene to Slide: it only writes."""
