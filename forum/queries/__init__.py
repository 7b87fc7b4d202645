"""What pages, letters and lists show, each in a fixed number of statements."""
