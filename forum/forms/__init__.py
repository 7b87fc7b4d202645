"""Input about what participants say."""
