"""Papers of the webinar programme: what they say, apart from the file that it becomes."""
