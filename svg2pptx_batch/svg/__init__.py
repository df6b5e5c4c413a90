"""Source text to Document."""
