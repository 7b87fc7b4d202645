"""Lists as files, to work on outside the forum."""
