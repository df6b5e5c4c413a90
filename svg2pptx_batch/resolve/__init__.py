"""Document to Scene: every question SVG leaves open is settled here."""
