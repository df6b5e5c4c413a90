"""Values: one grammar a file, text to typed value, None where the text is wrong."""
