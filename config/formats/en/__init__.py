"""English of an international organisation: the day first, 24 hours."""
