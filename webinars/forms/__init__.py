"""Input about webinars."""
