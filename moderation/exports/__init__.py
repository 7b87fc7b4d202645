"""Papers and lists as files, to work on outside the forum."""
